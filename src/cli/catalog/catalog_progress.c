/* SPDX-License-Identifier: MIT */
#include "cli/catalog/catalog_progress.h"

#include "cli/terminal/terminal.h"
#include "core/clock.h"
#include "core/log.h"

#include <stdio.h>

#define PLAIN_NS INT64_C(5000000000)

static void clear_bar(void *payload) {
    weft_catalog_progress *progress = payload;
    if (!progress->bar_standing) return;
    weft_terminal_clear_line();
    progress->bar_standing = false;
}

void weft_catalog_progress_start(weft_catalog_progress *progress, weft_progress_kind kind) {
    if (kind == WEFT_PROGRESS_AUTO) kind = weft_terminal_is_there() ? WEFT_PROGRESS_BAR : WEFT_PROGRESS_PLAIN;
    *progress = (weft_catalog_progress){.kind = kind};
    progress->began_ns = progress->shown_ns = weft_clock_monotonic_ns();
    if (kind == WEFT_PROGRESS_BAR) weft_log_set_hook(clear_bar, progress);
    if (kind == WEFT_PROGRESS_JSON) weft_log_set_json(true);
}

static void show_json(const weft_catalog_counts *counts, double seconds) {
    weft_text fields = {0};
    weft_text_add(&fields,
                  ", \"stage\": \"scan\", \"folders\": %lld, \"files\": %lld, \"opened\": %lld, \"broken\": %lld, "
                  "\"seconds\": %.1f",
                  (long long)counts->folders, (long long)counts->files, (long long)counts->opened,
                  (long long)counts->broken, seconds);
    weft_log_event(WEFT_LOG_INFO, "progress", &fields);
    weft_text_dispose(&fields);
}

void weft_catalog_progress_show(void *payload, const weft_catalog_counts *counts) {
    weft_catalog_progress *progress = payload;
    int64_t now_ns = weft_clock_monotonic_ns();
    double seconds = (double)(now_ns - progress->began_ns) / 1e9;
    bool is_bar = progress->kind == WEFT_PROGRESS_BAR;
    if (progress->kind == WEFT_PROGRESS_NONE || (!is_bar && now_ns - progress->shown_ns < PLAIN_NS)) return;
    progress->shown_ns = now_ns;
    if (progress->kind == WEFT_PROGRESS_JSON) {
        show_json(counts, seconds);
        return;
    }
    char line[256];
    (void)snprintf(line, sizeof line, "scan  %lld folders  %lld files  %lld opened, %.0f a second  %lld broken",
                   (long long)counts->folders, (long long)counts->files, (long long)counts->opened,
                   seconds > 0 ? (double)counts->opened / seconds : 0, (long long)counts->broken);
    if (!is_bar) {
        weft_log(WEFT_LOG_INFO, "%s", line);
        return;
    }
    weft_terminal_clear_line();
    weft_terminal_write(line);
    fflush(stderr);
    progress->bar_standing = true;
}

void weft_catalog_progress_finish(weft_catalog_progress *progress) {
    if (progress->kind != WEFT_PROGRESS_BAR) return;
    clear_bar(progress);
    weft_log_set_hook(NULL, NULL);
}
