/* Whether the disk has room for what a run will write, asked before it writes.
 *
 * How large a table becomes is known only within bounds. A run is refused when even the lower one does not fit, and
 * warned of when the upper one may not.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_DISK_CHECK_H
#define WEFT_PIPELINE_DISK_CHECK_H

#include "pipeline/plan/plan.h"

/* Adds a warning to the plan when the upper bound does not fit. Errors: WEFT_ERR_MEMORY. */
weft_status weft_disk_check_warn(weft_plan *plan, weft_error *err);
/* Errors: WEFT_ERR_IO when the lower bound does not fit: names the folder, what is needed and what is free. */
weft_status weft_disk_check(const weft_plan *plan, weft_error *err);

#endif
