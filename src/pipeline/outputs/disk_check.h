/* Whether the disk has room for what a run will write, asked before it writes.
 *
 * How large a table becomes is known only within bounds. A run is refused when even the lower one does not fit, and
 * warned of when the upper one may not.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_DISK_CHECK_H
#define WEFT_PIPELINE_DISK_CHECK_H

#include "pipeline/plan/plan.h"

typedef struct weft_disk_need {
    int64_t min_bytes;   /* outputs cannot be smaller */
    int64_t upper_bytes; /* outputs are not likely to be larger */
} weft_disk_need;

/* Bytes that the run will add to the output folder; what an interrupted run left in .part files is there already. */
weft_disk_need weft_disk_need_of(const weft_plan *plan);

/* Adds a warning to the plan when the upper bound does not fit. Errors: WEFT_ERR_MEMORY. */
weft_status weft_disk_check_warn(weft_plan *plan, weft_error *err);
/* Errors: WEFT_ERR_IO when the lower bound does not fit: names the folder, what is needed and what is free. */
weft_status weft_disk_check(const weft_plan *plan, weft_error *err);

#endif
