/* How fast a run is, and how long it will still take.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_PACE_H
#define WEFT_PIPELINE_RUN_PACE_H

#include "core/threads/activity.h"
#include "pipeline/plan/plan.h"

#include <stdint.h>

/* One thread. */
typedef struct weft_run_pace {
    weft_stage_id stage; /* of the last step */
    int64_t stage_ns;    /* when it began */
    int64_t first_rows;  /* done at its first step: of a resumed run, those of the earlier one too */
    int64_t first_ns;    /* that step */
    int64_t step_ns;     /* the last step */
    int64_t cols;        /* the grid's: rates are in cells */
    int64_t layer_rows;  /* of the grid, once for each layer */
    double ending;       /* what ends the outputs, in passes over the grid */
} weft_run_pace;

/* What is known at one step. */
typedef struct weft_run_step {
    weft_stage_id stage;
    int64_t done, total;     /* grid rows: of all layers together (resample), of the grid (export) */
    double cells_per_second; /* 0: not known yet */
    double seconds_left;     /* of the whole run */
} weft_run_step;

/* The run begins to work. */
void weft_run_pace_start(weft_run_pace *pace, const weft_plan *plan);

/* Notes a step, as weft_observer.progressed has it. */
void weft_run_pace_note(weft_run_pace *pace, weft_stage_id stage, int64_t done);

/* What is known at the step that was noted last. */
weft_run_step weft_run_pace_measure(const weft_run_pace *pace, int64_t done, int64_t total);

/* The time left of the whole run, in seconds: the rest of the stage at `seconds_a_row`, and what comes after it, export
 * after resampling and the end of the outputs after both, at the same time a value as far as nothing better is
 * known. */
double weft_run_pace_left(const weft_run_pace *pace, weft_stage_id stage, int64_t done, int64_t total,
                          double seconds_a_row);

#endif
