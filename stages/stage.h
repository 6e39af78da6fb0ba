/* What the orchestrator needs to know of a stage: who it is, how to run it, what it did.
 *
 * A stage is prepared by whoever makes it (nothing is read before the whole plan stands), run once, and disposed by its
 * maker. A stage without `run` works when a later one pulls: merge always, resample in streaming mode.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_STAGE_H
#define WEFT_STAGES_STAGE_H

#include "core/status.h"
#include "core/threads/activity.h"

#include <stdint.h>

typedef struct weft_stage {
    weft_stage_id id;
    /* To the end, on the coordinating thread. Errors: the stage's own. NULL: pulled. */
    weft_status (*run)(void *payload, weft_error *err);
    /* Windows, chunks or lines, so far. */
    int64_t (*items)(const void *payload);
    void *payload;
} weft_stage;

#endif
