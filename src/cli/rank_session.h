/* `weft run --mpi`: what one rank of it does and tells.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_RANK_SESSION_H
#define WEFT_CLI_RANK_SESSION_H

#include "cli/run_session.h"

/* Makes the table with all ranks, and joins it on rank 0. count: of ranges; 0: not said. Returns the process's exit
 * code.
 */
int weft_rank_session(weft_config *config, const weft_run_request *request, int count);

#endif
