/* Shown at most ten times a second on a terminal and every few seconds in a pipe, however often the run reports.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include "cli/terminal/terminal.h"
#include "core/log.h"
#include "core/text.h"
#include "monitors/process_memory.h"

#include <stdio.h>
#include <string.h>

#define SECOND_NS INT64_C(1000000000)

bool weft_take_progress(const weft_option *option, void *target, const char *value, weft_error *err) {
    weft_progress_kind *kind = target;
    if (!weft_take_word(option, kind, value, err)) return false;
    weft_log_set_json(*kind == WEFT_PROGRESS_JSON);
    return true;
}

/* Runs under the log's lock. */
static void clear_bar(void *payload) {
    weft_progress *progress = payload;
    if (!progress->bar_standing) return;
    weft_terminal_clear_line();
    progress->bar_standing = false;
}

void weft_progress_start(weft_progress *progress, weft_progress_kind kind, const weft_plan *plan) {
    if (kind == WEFT_PROGRESS_AUTO) kind = weft_terminal_is_there() ? WEFT_PROGRESS_BAR : WEFT_PROGRESS_PLAIN;
    *progress = (weft_progress){.kind = kind};
    weft_run_pace_start(&progress->pace, plan);
    /* A pipe hears of a run only when it takes a while. */
    if (kind == WEFT_PROGRESS_PLAIN) progress->shown_ns = progress->pace.stage_ns;
    if (kind == WEFT_PROGRESS_BAR) weft_log_set_hook(clear_bar, progress);
}

void weft_progress_finish(weft_progress *progress) {
    if (progress->kind != WEFT_PROGRESS_BAR) return;
    clear_bar(progress);
    weft_log_set_hook(NULL, NULL);
}

/* What is known at one step. */
typedef struct step {
    weft_run_step pace;
    double resident_gib;
    char memory[WEFT_SIZE_TEXT_BYTES];
} step;

static step measure(const weft_progress *progress, int64_t done, int64_t total) {
    step out = {.pace = weft_run_pace_measure(&progress->pace, done, total)};
    weft_process_memory memory = {0};
    (void)weft_process_memory_read(&memory);
    weft_text_size(memory.resident_bytes, out.memory);
    out.resident_gib = (double)memory.resident_bytes / (1024.0 * 1024 * 1024);
    return out;
}

static void time_left(double seconds, char *out, size_t size) {
    long long left = (long long)(seconds + 0.5);
    if (left < 3600)
        (void)snprintf(out, size, "%lld:%02lld", left / 60, left % 60);
    else
        (void)snprintf(out, size, "%lld:%02lld:%02lld", left / 3600, left / 60 % 60, left % 60);
}

/* The bar takes what the rest leaves of the line, and is left out where that is next to nothing. */
static void show_bar(weft_progress *progress, const step *now) {
    enum { NAME = 9, LEAST = 5, MOST = 30 };
    char bar[MOST + 4] = "", rest[96], left[32], line[160];
    int64_t total = now->pace.total > 0 ? now->pace.total : 1;
    time_left(now->pace.seconds_left, left, sizeof left);
    int length = snprintf(rest, sizeof rest, "%3d %%  %.1f M cells/s  %s left  %s", (int)(100 * now->pace.done / total),
                          now->pace.cells_per_second / 1e6, left, now->memory);
    int room = weft_terminal_columns() - NAME - length - 3, width = room < MOST ? room : MOST; /* "[", "] " */
    if (width >= LEAST) {
        int filled = (int)(width * now->pace.done / total);
        bar[0] = '[';
        memset(bar + 1, '.', (size_t)width);
        memset(bar + 1, '#', (size_t)filled);
        memcpy(bar + 1 + width, "] ", sizeof "] ");
    }
    (void)snprintf(line, sizeof line, "%-*s%s%s", NAME, weft_stage_name(now->pace.stage), bar, rest);
    weft_terminal_clear_line();
    weft_terminal_write(line);
    fflush(stderr);
    progress->bar_standing = true;
}

static void show_plain(const step *now) {
    weft_log(WEFT_LOG_INFO, "%s %d %%, %.1f M cells/s, %.0f s left, %s", weft_stage_name(now->pace.stage),
             (int)(100 * now->pace.done / (now->pace.total > 0 ? now->pace.total : 1)),
             now->pace.cells_per_second / 1e6, now->pace.seconds_left, now->memory);
}

static void show_json(const step *now) {
    weft_text fields = {0};
    weft_text_add(&fields,
                  ", \"stage\": \"%s\", \"done\": %lld, \"total\": %lld, \"cells_per_second\": %.0f, "
                  "\"seconds_left\": %.1f, \"memory_gb\": %.4f",
                  weft_stage_name(now->pace.stage), (long long)now->pace.done, (long long)now->pace.total,
                  now->pace.cells_per_second, now->pace.seconds_left, now->resident_gib);
    weft_log_event(WEFT_LOG_INFO, "progress", &fields);
    weft_text_dispose(&fields);
}

void weft_progress_step(void *payload, weft_stage_id stage, int64_t done, int64_t total) {
    weft_progress *progress = payload;
    if (progress->kind == WEFT_PROGRESS_NONE) return;
    weft_run_pace_note(&progress->pace, stage, done);
    int64_t now_ns = progress->pace.step_ns;
    int64_t pause_ns = progress->kind == WEFT_PROGRESS_BAR     ? SECOND_NS / 10
                       : progress->kind == WEFT_PROGRESS_PLAIN ? 5 * SECOND_NS
                                                               : SECOND_NS / 2;
    if (now_ns - progress->shown_ns < pause_ns) return;
    progress->shown_ns = now_ns;
    step now = measure(progress, done, total);
    if (progress->kind == WEFT_PROGRESS_BAR) show_bar(progress, &now);
    if (progress->kind == WEFT_PROGRESS_PLAIN) show_plain(&now);
    if (progress->kind == WEFT_PROGRESS_JSON) show_json(&now);
}
