/* A stage as the orchestrator sees it: its name, how to run it, and a count of what it did.
 *
 * Whoever makes a stage also disposes of it; it runs once. A stage without `run` works when a later stage pulls from it:
 * merge always, resample in streaming mode.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_STAGE_H
#define WEFT_STAGES_STAGE_H

#include "core/status.h"
#include "core/threads/activity.h"

#include <stdint.h>

typedef struct weft_stage {
    weft_stage_id id;
    /* Runs the stage to its end, on the coordinating thread. Errors: the stage's own. NULL: it is pulled. */
    weft_status (*run)(void *payload, weft_error *err);
    /* Windows, chunks or lines, so far. */
    int64_t (*items)(const void *payload);
    void *payload;
} weft_stage;

#endif
