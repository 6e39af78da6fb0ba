/* SPDX-License-Identifier: MIT
 *
 * Whoever reads no further knows what ran, how it ended, and what held it up. */
#include "core/clock.h"
#include "pipeline/report/html.h"
#include "pipeline/report/page.h"
#include "pipeline/report/sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_head(weft_report *report) {
    const weft_run_card *run = &report->run;
    char started[WEFT_CLOCK_TEXT_BYTES], *title = weft_text_format("%s: weft report", run->experiment);
    weft_clock_format(run->started_ms, started);
    report->out->failed = report->out->failed || title == NULL;
    weft_page_begin(report->out, title);
    free(title);
    weft_text_add(report->out, "<header><h1>");
    weft_html_text(report->out, run->experiment, 200);
    weft_text_add(report->out,
                  "</h1>\n<p class=sub>Run %lld of weft %s, begun %s; %s, on %lld thread%s.</p></header>\n",
                  (long long)run->run_id, run->weft_version, started, run->mode, (long long)run->threads,
                  run->threads == 1 ? "" : "s");
}

static bool is_ok(const weft_run_card *run) {
    return strcmp(run->status, "ok") == 0;
}

static void add_verdict(weft_report *report) {
    const weft_run_card *run = &report->run;
    weft_text *out = report->out;
    bool running = strcmp(run->status, "running") == 0;
    weft_text_add(out, "<div class=\"verdict%s\">", is_ok(run) || running ? "" : " bad");
    if (running) {
        weft_text_add(out, "<p><b>It has not said that it ended.</b> It is at work, or was killed; this is what its "
                           "record holds.</p>");
    } else if (!is_ok(run)) {
        weft_text_add(out, "<p><b>It did not finish (%s).</b> ", run->status);
        weft_html_text(out, run->message, 1200);
        weft_text_add(out, "</p>");
    }
    if (run->verdict[0] != '\0') {
        weft_text_add(out, "<p>%c",
                      run->verdict[0] >= 'a' && run->verdict[0] <= 'z' ? run->verdict[0] - 'a' + 'A' : run->verdict[0]);
        weft_html_text(out, run->verdict + 1, 2000);
        weft_text_add(out, "</p>");
    } else if (is_ok(run)) {
        weft_text_add(out, "<p>It finished. Its record has no verdict.</p>");
    }
    weft_text_add(out, "</div>\n");
}

/* Figures of the run that the summary shows; NaN where the record has none. */
typedef struct figures {
    double rows, kept, output_bytes;
} figures;

static weft_status read_figures(figures *out, weft_report *report, weft_error *err) {
    *out = (figures){NAN, 0, NAN};
    weft_status status = weft_metrics_reader_ask(report->reader, "run_figures", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (weft_metrics_reader_next(report->reader)) {
        const char *name = weft_metrics_reader_text(report->reader, 0);
        double value = weft_metrics_reader_number(report->reader, 1);
        if (strcmp(name, "rows") == 0) out->rows = value;
        if (strcmp(name, "rows_kept") == 0) out->kept = value;
        if (strcmp(name, "output_bytes") == 0) out->output_bytes = value;
    }
    return weft_metrics_reader_end(report->reader, err);
}

static void add_figures(weft_report *report, const figures *seen) {
    const weft_run_card *run = &report->run;
    weft_text *out = report->out;
    char value[WEFT_HTML_NUMBER_BYTES], per_second[WEFT_HTML_NUMBER_BYTES], note[96], size[WEFT_SIZE_TEXT_BYTES],
        limit[WEFT_SIZE_TEXT_BYTES];
    weft_text_add(out, "<div class=figures>\n");
    weft_page_figure(out, "Time", weft_html_seconds(run->seconds, value),
                     run->ended_ms > 0 ? "" : "so far as was seen");
    double rows = isnan(seen->rows) ? (double)run->rows : seen->rows;
    double made = rows - seen->kept;
    (void)snprintf(note, sizeof note, "%s a second",
                   run->seconds > 0 ? weft_text_grouped(llround(made / run->seconds), per_second) : "?");
    weft_page_figure(out, "Rows", weft_text_grouped(llround(rows), value), rows > 0 ? note : "");
    weft_text_size(run->peak_bytes, size);
    weft_text_size(run->limit_bytes, limit);
    (void)snprintf(note, sizeof note, "%.0f %% of the limit of %s",
                   run->limit_bytes > 0 ? 100.0 * (double)run->peak_bytes / (double)run->limit_bytes : 0, limit);
    weft_page_figure(out, "Peak memory", size, note);
    if (run->enough_bytes > 0) {
        weft_text_size(run->enough_bytes, size);
        weft_page_figure(out, "Enough memory", size, "the smallest limit that costs nothing");
    }
    char rows_text[WEFT_HTML_NUMBER_BYTES], cols_text[WEFT_HTML_NUMBER_BYTES];
    char *grid = weft_text_format("%s \303\227 %s", weft_text_grouped(run->grid_cols, cols_text),
                                  weft_text_grouped(run->grid_rows, rows_text));
    (void)snprintf(note, sizeof note, "cells; %lld layer%s", (long long)run->layers, run->layers == 1 ? "" : "s");
    weft_page_figure(out, "Grid", grid, note);
    out->failed = out->failed || grid == NULL;
    free(grid);
    if (isfinite(seen->output_bytes)) {
        weft_text_size((int64_t)seen->output_bytes, size);
        weft_page_figure(out, "Written", size, "");
    }
    weft_text_add(out, "</div>\n");
}

weft_status weft_report_summary(weft_report *report, weft_error *err) {
    figures seen;
    weft_status status = read_figures(&seen, report, err);
    if (status != WEFT_OK) return status;
    add_head(report);
    add_verdict(report);
    add_figures(report, &seen);
    return WEFT_OK;
}
