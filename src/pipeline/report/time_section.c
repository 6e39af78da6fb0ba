/* SPDX-License-Identifier: MIT */
#include "picture/time_bars.h"
#include "pipeline/report/html.h"
#include "pipeline/report/page.h"
#include "pipeline/report/sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAX_BARS 40

typedef struct bars {
    weft_time_bar items[MAX_BARS];
    int count;
} bars;

static weft_status draw(weft_drawing *drawing, const void *payload, weft_error *err) {
    const bars *shown = payload;
    (void)err;
    weft_time_bars_draw(drawing, shown->items, shown->count);
    return WEFT_OK;
}

static weft_status read_bars(bars *out, weft_report *report, weft_error *err) {
    weft_status status = weft_metrics_reader_ask(report->reader, "run_operations", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (out->count < MAX_BARS && weft_metrics_reader_next(report->reader)) {
        weft_time_bar *bar = &out->items[out->count++];
        (void)snprintf(bar->stage, sizeof bar->stage, "%s", weft_metrics_reader_text(report->reader, 0));
        (void)snprintf(bar->operation, sizeof bar->operation, "%s", weft_metrics_reader_text(report->reader, 1));
        bar->seconds = weft_metrics_reader_number(report->reader, 3);
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

static weft_status add_operations(weft_report *report, weft_error *err) {
    static const char *const heads[] = {"Stage", "Operation", "#calls", "#all threads", "#median",
                                        "#95 %", "#longest",  "#slow",  "#peak memory", NULL};
    weft_status status = weft_metrics_reader_ask(report->reader, "run_operations", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    weft_html_table_begin(report->out, heads);
    while (weft_metrics_reader_next(report->reader)) {
        weft_html_row_begin(report->out);
        weft_html_cell(report->out, weft_metrics_reader_text(report->reader, 0));
        weft_html_cell(report->out, weft_metrics_reader_text(report->reader, 1));
        weft_html_cell_count(report->out, weft_metrics_reader_number(report->reader, 2));
        weft_html_cell_seconds(report->out, weft_metrics_reader_number(report->reader, 3));
        for (int column = 4; column < 7; column++)
            weft_html_cell_seconds(report->out, weft_metrics_reader_number(report->reader, column) / 1000);
        weft_html_cell_count(report->out, weft_metrics_reader_number(report->reader, 7));
        weft_html_cell_bytes(report->out, weft_metrics_reader_number(report->reader, 8));
        weft_html_row_end(report->out);
    }
    weft_html_table_end(report->out);
    return weft_metrics_reader_end(report->reader, err);
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
    bars shown = {0};
    weft_status status = read_bars(&shown, report, err);
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
    status = add_operations(report, err);
    if (status == WEFT_OK) status = add_stages(report, err);
    return status == WEFT_OK ? add_shares(report, err) : status;
}
