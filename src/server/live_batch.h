/* The batch of this process, as a server beside it sees it: its jobs, and how far those are that run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_LIVE_BATCH_H
#define WEFT_SERVER_LIVE_BATCH_H

#include "core/text.h"
#include "pipeline/batch/batch_observer.h"

typedef struct weft_live_batch weft_live_batch;

/* Of the jobs of `work`, whose names it borrows. Errors: WEFT_ERR_MEMORY. */
weft_status weft_live_batch_new(weft_live_batch **out, const weft_batch_work *work, weft_error *err);
/* Nobody may read it any more. NULL is fine. */
void weft_live_batch_free(weft_live_batch *live);

/* As weft_batch_observer, on the batch's thread. */
void weft_live_batch_note(weft_live_batch *live, weft_batch_event event, const weft_batch_view *view,
                          const weft_job *job);

/* Adds the batch as members of an object: name, counts by state, granted_bytes, budget_bytes, seconds, seconds_left;
 * and items, an array of at most `limit` jobs, those that run or failed first. Any thread. */
void weft_live_batch_add(weft_live_batch *live, int limit, weft_text *out);

#endif
