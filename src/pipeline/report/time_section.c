/* SPDX-License-Identifier: MIT */
#include "picture/time_bars.h"
#include "pipeline/report/page.h"
#include "pipeline/report/query_table.h"
#include "pipeline/report/sections.h"

#include <stdio.h>

#define MAX_BARS 40

typedef struct operations {
    weft_time_bar bars[MAX_BARS];
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
        weft_time_bar *bar = &out->bars[out->count++];
        (void)snprintf(bar->stage, sizeof bar->stage, "%s", weft_metrics_reader_text(report->reader, 0));
        (void)snprintf(bar->operation, sizeof bar->operation, "%s", weft_metrics_reader_text(report->reader, 1));
        bar->seconds = weft_metrics_reader_number(report->reader, 3);
    }
    return weft_metrics_reader_end(report->reader, err);
}

static const weft_query_table operation_table = {
    .query = "run_operations",
};

static const weft_query_table stage_table = {
    .query = "run_stages",
    .note = "<p class=note>Items are windows, chunks and rows. A stage that another one pulls has the time of its "
            "threads, one that runs by itself that of the wall.</p>\n",
};

/* The shares behind the verdict. */
static const weft_query_table share_table = {
    .query = "run_shares",
    .title = "What held it up",
    .note = "<p class=note>Each is a share of what it could have taken: of all workers' time, or of the whole time "
            "for writing (disk) and starting, which one thread does.</p>\n",
};

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
    const weft_query_table *const tables[] = {&operation_table, &stage_table, &share_table};
    for (int i = 0; i < 3 && status == WEFT_OK; i++)
        status = weft_query_table_add(report->out, report->reader, report->run.run_id, tables[i], NULL, err);
    return status;
}
