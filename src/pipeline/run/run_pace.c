/* SPDX-License-Identifier: MIT */
#include "pipeline/run/run_pace.h"

#include "core/clock.h"
#include "pipeline/formats/formats.h"

/* Passes over the grid that formats take when the last chunk is written: a COG is written anew from the stack, with its
 * overviews; what a library has written is read back once for its checksum. They need to be right within a factor
 * of two or so: they only keep the time left from being nothing while a COG is made. */
static double passes_at_the_end(const weft_plan *plan) {
    double passes = 0;
    for (int i = 0; i < plan->output_count; i++)
        passes += plan->outputs[i].format->ending;
    return passes;
}

void weft_run_pace_start(weft_run_pace *pace, const weft_plan *plan) {
    *pace = (weft_run_pace){.cols = plan->table_cols,
                            .layer_rows = plan->layer_count * plan->table_rows,
                            .ending = passes_at_the_end(plan),
                            .stage_ns = weft_clock_monotonic_ns()};
}

void weft_run_pace_note(weft_run_pace *pace, weft_stage_id stage, int64_t done) {
    int64_t now_ns = weft_clock_monotonic_ns();
    if (pace->stage != stage) {
        /* The first step of a stage comes when some of it is done: it began when the one before ended. */
        if (pace->stage != WEFT_STAGE_NONE) pace->stage_ns = pace->step_ns;
        pace->stage = stage;
        pace->first_rows = done;
        pace->first_ns = now_ns;
    }
    pace->step_ns = now_ns;
}

double weft_run_pace_left(const weft_run_pace *pace, weft_stage_id stage, int64_t done, int64_t total,
                          double seconds_a_row) {
    double passes = pace->ending + (stage == WEFT_STAGE_RESAMPLE ? 1 : 0);
    /* A row of resampling is one layer's, a row of export holds all of them. */
    double pass = stage == WEFT_STAGE_RESAMPLE ? (double)pace->layer_rows : (double)total;
    return seconds_a_row * ((double)(total - done) + passes * pass);
}

/* From the stage's first step on, once there is a second one: what an earlier run had done took no time in this one. */
static double seconds_a_row(const weft_run_pace *pace, int64_t done) {
    bool later = done > pace->first_rows;
    int64_t rows = later ? done - pace->first_rows : done;
    int64_t from_ns = later ? pace->first_ns : pace->stage_ns;
    return rows > 0 ? (double)(pace->step_ns - from_ns) / 1e9 / (double)rows : 0;
}

weft_run_step weft_run_pace_measure(const weft_run_pace *pace, int64_t done, int64_t total) {
    weft_run_step out = {.stage = pace->stage, .done = done, .total = total};
    double each = seconds_a_row(pace, done);
    if (each > 0) out.cells_per_second = (double)pace->cols / each;
    out.seconds_left = weft_run_pace_left(pace, pace->stage, done, total, each);
    return out;
}
