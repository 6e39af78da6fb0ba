/* Shown at most ten times a second on a terminal and every few seconds in a pipe, however often the run reports.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/text.h"
#include "monitors/memory_probe.h"
#include "pipeline/formats/formats.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SECOND_NS INT64_C(1000000000)

/* Runs under the log's lock. */
static void clear_bar(void *payload) {
    weft_progress *progress = payload;
    if (!progress->bar_standing) return;
    fputs("\r\033[K", stderr);
    progress->bar_standing = false;
}

/* Passes over the grid that formats take when the last chunk is written: a COG is written anew from the stack, with its
 * overviews; what a library has written is read back once for its checksum. They need to be right within a factor
 * of two or so: they only keep the time left from being nothing while a COG is made. */
static double passes_at_the_end(const weft_plan *plan) {
    double passes = 0;
    for (int i = 0; i < plan->output_count; i++)
        passes += plan->outputs[i].format->ending;
    return passes;
}

void weft_progress_start(weft_progress *progress, weft_progress_kind kind, const weft_plan *plan) {
    if (kind == WEFT_PROGRESS_AUTO) kind = isatty(STDERR_FILENO) ? WEFT_PROGRESS_BAR : WEFT_PROGRESS_PLAIN;
    *progress = (weft_progress){.kind = kind,
                                .cols = plan->table_cols,
                                .layer_rows = plan->layer_count * plan->table_rows,
                                .ending = passes_at_the_end(plan),
                                .stage_ns = weft_clock_monotonic_ns()};
    /* A pipe hears of a run only when it takes a while. */
    if (kind == WEFT_PROGRESS_PLAIN) progress->shown_ns = progress->stage_ns;
    if (kind == WEFT_PROGRESS_BAR) weft_log_set_hook(clear_bar, progress);
}

void weft_progress_finish(weft_progress *progress) {
    if (progress->kind != WEFT_PROGRESS_BAR) return;
    clear_bar(progress);
    weft_log_set_hook(NULL, NULL);
}

/* What is known at one step. */
typedef struct step {
    const char *stage;
    int64_t done, total;
    double cells_per_second, seconds_left, resident_gib;
    char memory[WEFT_SIZE_TEXT_BYTES];
} step;

double weft_progress_left(const weft_progress *progress, weft_stage_id stage, int64_t done, int64_t total,
                          double seconds_a_row) {
    double passes = progress->ending + (stage == WEFT_STAGE_RESAMPLE ? 1 : 0);
    /* A row of resampling is one layer's, a row of export holds all of them. */
    double pass = stage == WEFT_STAGE_RESAMPLE ? (double)progress->layer_rows : (double)total;
    return seconds_a_row * ((double)(total - done) + passes * pass);
}

/* From the stage's first step on, once there is a second one: what an earlier run had done took no time in this one. */
static double seconds_a_row(const weft_progress *progress, int64_t done, int64_t now_ns) {
    bool later = done > progress->first_rows;
    int64_t rows = later ? done - progress->first_rows : done;
    int64_t from_ns = later ? progress->first_ns : progress->stage_ns;
    return rows > 0 ? (double)(now_ns - from_ns) / 1e9 / (double)rows : 0;
}

static step measure(const weft_progress *progress, weft_stage_id stage, int64_t done, int64_t total, int64_t now_ns) {
    step out = {.stage = weft_stage_name(stage), .done = done, .total = total};
    weft_process_memory memory = {0};
    double each = seconds_a_row(progress, done, now_ns);
    (void)weft_process_memory_read(&memory);
    weft_text_size(memory.resident_bytes, out.memory);
    out.resident_gib = (double)memory.resident_bytes / (1024.0 * 1024 * 1024);
    if (each > 0) out.cells_per_second = (double)progress->cols / each;
    out.seconds_left = weft_progress_left(progress, stage, done, total, each);
    return out;
}

static void show_bar(weft_progress *progress, const step *now) {
    enum { WIDTH = 30 };
    char bar[WIDTH + 1];
    int filled = (int)(WIDTH * now->done / (now->total > 0 ? now->total : 1)), left = (int)(now->seconds_left + 0.5);
    memset(bar, '.', WIDTH);
    memset(bar, '#', (size_t)filled);
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r\033[K%-8s [%s] %3d %%  %.1f M cells/s  %d:%02d left  %s", now->stage, bar,
            (int)(100 * now->done / (now->total > 0 ? now->total : 1)), now->cells_per_second / 1e6, left / 60,
            left % 60, now->memory);
    fflush(stderr);
    progress->bar_standing = true;
}

static void show_plain(const step *now) {
    weft_log(WEFT_LOG_INFO, "%s %d %%, %.1f M cells/s, %.0f s left, %s", now->stage,
             (int)(100 * now->done / (now->total > 0 ? now->total : 1)), now->cells_per_second / 1e6, now->seconds_left,
             now->memory);
}

static void show_json(const step *now) {
    weft_text fields = {0};
    weft_text_add(&fields,
                  ", \"stage\": \"%s\", \"done\": %lld, \"total\": %lld, \"cells_per_second\": %.0f, "
                  "\"seconds_left\": %.1f, \"memory_gb\": %.4f",
                  now->stage, (long long)now->done, (long long)now->total, now->cells_per_second, now->seconds_left,
                  now->resident_gib);
    weft_log_event(WEFT_LOG_INFO, "progress", &fields);
    weft_text_dispose(&fields);
}

void weft_progress_step(void *payload, weft_stage_id stage, int64_t done, int64_t total) {
    weft_progress *progress = payload;
    if (progress->kind == WEFT_PROGRESS_NONE) return;
    int64_t now_ns = weft_clock_monotonic_ns();
    if (progress->stage != stage) {
        /* The first step of a stage comes when some of it is done: it began when the one before ended. */
        if (progress->stage != WEFT_STAGE_NONE) progress->stage_ns = progress->step_ns;
        progress->stage = stage;
        progress->first_rows = done;
        progress->first_ns = now_ns;
    }
    progress->step_ns = now_ns;
    int64_t pause_ns = progress->kind == WEFT_PROGRESS_BAR     ? SECOND_NS / 10
                       : progress->kind == WEFT_PROGRESS_PLAIN ? 5 * SECOND_NS
                                                               : SECOND_NS / 2;
    if (now_ns - progress->shown_ns < pause_ns) return;
    progress->shown_ns = now_ns;
    step now = measure(progress, stage, done, total, now_ns);
    if (progress->kind == WEFT_PROGRESS_BAR) show_bar(progress, &now);
    if (progress->kind == WEFT_PROGRESS_PLAIN) show_plain(&now);
    if (progress->kind == WEFT_PROGRESS_JSON) show_json(&now);
}
