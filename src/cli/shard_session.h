/* One shard of a table on the command line, and the end of all of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_SHARD_SESSION_H
#define WEFT_CLI_SHARD_SESSION_H

#include "cli/run_session.h"

/* Runs shard `number` of `count` of a configuration; the last one to end makes the folder of a table that stays in
 * parts. Returns the process's exit code. */
int weft_shard_session(weft_config *config, const weft_run_request *request, int number, int count);

/* Makes the outputs, or the folder, of all shards of a configuration.
 *
 * count   of shards; 0: as many as are there
 * keep     leave the shards' pieces where they are
 * returns  the process's exit code */
int weft_join_session(weft_config *config, const weft_run_request *request, int count, bool keep);

#endif
