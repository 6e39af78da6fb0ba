/* The run of this process, as a server beside it sees it: progress, and what its threads do just now.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_LIVE_RUN_H
#define WEFT_SERVER_LIVE_RUN_H

#include "pipeline/run/run_options.h"
#include "pipeline/run/run_pace.h"

typedef struct weft_live_run weft_live_run;

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_live_run_new(weft_live_run **out, weft_error *err);
/* Nobody may read it any more. NULL is fine. */
void weft_live_run_free(weft_live_run *live);

/* What a run tells: weft_run_options.planned, its observer's progressed, and working. */
void weft_live_run_planned(weft_live_run *live, const weft_plan *plan);
void weft_live_run_progressed(weft_live_run *live, weft_stage_id stage, int64_t done, int64_t total);
void weft_live_run_working(void *live, const weft_run_watch *watch);

/* Whether a run is under way here, and is the experiment of this name (NULL: any). This and all below: any thread. */
bool weft_live_run_is(weft_live_run *live, const char *experiment);

/* Adds its progress, as members of an object: stage, done, total, cells_per_second, seconds_left, and workers, an array
 * of what each does. False: none is under way, nothing was added. */
bool weft_live_run_add_progress(weft_live_run *live, weft_text *out);
/* Adds its pools and its operations, each as the items of an array: the members that the record of a run has. */
bool weft_live_run_add_pools(weft_live_run *live, weft_text *out);
bool weft_live_run_add_operations(weft_live_run *live, weft_text *out);

/* Takes memory for something else out of the run's: false where it has none to spare. Where no run is under way there
 * is nothing to ask. What was taken is given back; until then the run does not end. NULL is fine. */
bool weft_live_run_borrow(weft_live_run *live, int64_t bytes);
void weft_live_run_give_back(weft_live_run *live);

#endif
