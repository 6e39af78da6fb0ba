/* SPDX-License-Identifier: MIT */
#include "picture/time_bars.h"
#include "pipeline/report/html.h"
#include "pipeline/report/page.h"
#include "pipeline/report/sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAX_BARS 40

typedef struct operation_figures {
    double calls, median, p95, longest, slow; /* times in seconds */
} operation_figures;

typedef struct operations {
    weft_time_bar bars[MAX_BARS];
    operation_figures figures[MAX_BARS];
    int count;
} operations;

static weft_status draw(weft_drawing *drawing, const void *payload, weft_error *err) {
    const operations *shown = payload;
    (void)err;
    weft_time_bars_draw(drawing, shown->bars, shown->count);
    return WEFT_OK;
}

static weft_status read_operations(operations *out, weft_report *report, weft_error *err) {
    weft_status status = weft_metrics_reader_ask(report->reader, "run_operations", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (out->count < MAX_BARS && weft_metrics_reader_next(report->reader)) {
        weft_time_bar *bar = &out->bars[out->count];
        (void)snprintf(bar->stage, sizeof bar->stage, "%s", weft_metrics_reader_text(report->reader, 0));
        (void)snprintf(bar->operation, sizeof bar->operation, "%s", weft_metrics_reader_text(report->reader, 1));
        bar->seconds = weft_metrics_reader_number(report->reader, 3);
        out->figures[out->count++] = (operation_figures){
            .calls = weft_metrics_reader_number(report->reader, 2),
            .median = weft_metrics_reader_number(report->reader, 4),
            .p95 = weft_metrics_reader_number(report->reader, 5),
            .longest = weft_metrics_reader_number(report->reader, 6),
            .slow = weft_metrics_reader_number(report->reader, 7),
        };
    }
    return weft_metrics_reader_end(report->reader, err);
}

static weft_status add_stages(weft_report *report, weft_error *err) {
    static const char *const heads[] = {"Stage", "#time", "#items", "Ended", NULL};
    weft_status status = weft_metrics_reader_ask(report->reader, "run_stages", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    weft_html_table_begin(report->out, heads);
    while (weft_metrics_reader_next(report->reader)) {
        weft_html_row_begin(report->out);
        weft_html_cell(report->out, weft_metrics_reader_text(report->reader, 0));
        weft_html_cell_seconds(report->out, weft_metrics_reader_number(report->reader, 1));
        weft_html_cell_count(report->out, weft_metrics_reader_number(report->reader, 2));
        weft_html_cell(report->out, weft_metrics_reader_text(report->reader, 3));
        weft_html_row_end(report->out);
    }
    weft_html_table_end(report->out);
    weft_text_add(report->out,
                  "<p class=note>Items are windows, chunks and rows. A stage that another one pulls has the "
                  "time of its threads, one that runs by itself that of the wall.</p>\n");
    return weft_metrics_reader_end(report->reader, err);
}

static void add_operations(weft_text *out, const operations *known) {
    static const char *const heads[] = {"Stage",    "Operation", "#calls", "#all threads", "#median", "#95 %",
                                        "#longest", "#slow",     NULL};
    weft_html_table_begin(out, heads);
    for (int i = 0; i < known->count; i++) {
        weft_html_row_begin(out);
        weft_html_cell(out, known->bars[i].stage);
        weft_html_cell(out, known->bars[i].operation);
        weft_html_cell_count(out, known->figures[i].calls);
        weft_html_cell_seconds(out, known->bars[i].seconds);
        weft_html_cell_seconds(out, known->figures[i].median);
        weft_html_cell_seconds(out, known->figures[i].p95);
        weft_html_cell_seconds(out, known->figures[i].longest);
        weft_html_cell_count(out, known->figures[i].slow);
        weft_html_row_end(out);
    }
    weft_html_table_end(out);
}

/* The shares behind the verdict. */
static weft_status add_shares(weft_report *report, weft_error *err) {
    static const char prefix[] = "share_";
    static const char *const heads[] = {"Bound by", "#share", NULL};
    int count = 0;
    weft_status status = weft_metrics_reader_ask(report->reader, "run_figures", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (weft_metrics_reader_next(report->reader)) {
        const char *name = weft_metrics_reader_text(report->reader, 0);
        if (strncmp(name, prefix, sizeof prefix - 1) != 0) continue;
        if (count++ == 0) {
            weft_text_add(report->out, "<h3>What held it up</h3>\n");
            weft_html_table_begin(report->out, heads);
        }
        weft_html_row_begin(report->out);
        weft_html_cell(report->out, name + sizeof prefix - 1);
        weft_html_cell_number(report->out, 100 * weft_metrics_reader_number(report->reader, 1), "%.1f %%");
        weft_html_row_end(report->out);
    }
    if (count > 0) {
        weft_html_table_end(report->out);
        weft_text_add(report->out,
                      "<p class=note>Each is a share of what it could have taken: of all workers' time, or of "
                      "the whole time for writing (disk) and starting, which one thread does.</p>\n");
    }
    return weft_metrics_reader_end(report->reader, err);
}

weft_status weft_report_time(weft_report *report, weft_error *err) {
    static const char *const stages[] = {"prepare", "resample", "merge", "export"};
    operations shown = {0};
    weft_status status = read_operations(&shown, report, err);
    if (status != WEFT_OK) return status;
    if (shown.count == 0) {
        weft_text_add(report->out, "<p>Its operations were not recorded: it did not come to its end.</p>\n");
        return WEFT_OK;
    }
    status =
        weft_page_drawing(report->out, "Seconds of all threads in each operation. The table below has the figures.",
                          WEFT_TIME_BARS_WIDTH, weft_time_bars_height(shown.count), draw, &shown, err);
    if (status != WEFT_OK) return status;
    weft_page_legend_begin(report->out);
    for (int i = 0; i < 4; i++)
        weft_page_legend(report->out, weft_stage_color(stages[i]), stages[i], NULL);
    weft_page_legend_end(report->out);
    add_operations(report->out, &shown);
    status = add_stages(report, err);
    return status == WEFT_OK ? add_shares(report, err) : status;
}
