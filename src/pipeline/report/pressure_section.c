/* SPDX-License-Identifier: MIT */
#include "pipeline/report/html.h"
#include "pipeline/report/sections.h"

#include <string.h>

/* Asks a query whose rows end in the number of all rows. */
static weft_status ask(weft_report *report, const char *name, weft_error *err) {
    return weft_metrics_reader_ask(report->reader, name, report->run.run_id, NULL, err);
}

static void text_cell(weft_report *report, int column) {
    weft_html_cell(report->out, weft_metrics_reader_text(report->reader, column));
}

static void begin_table(weft_report *report, const char *title, const char *const *heads) {
    weft_text_add(report->out, "<h3>%s</h3>\n", title);
    weft_html_table_begin(report->out, heads);
}

static weft_status add_alerts(weft_report *report, int64_t *shown, weft_error *err) {
    static const char *const heads[] = {"At", "Level", "#usage", "Probe", "Stage", "#resident", "#of", NULL};
    int64_t all = 0;
    *shown = 0;
    weft_status status = ask(report, "run_alerts", err);
    if (status != WEFT_OK) return status;
    while (weft_metrics_reader_next(report->reader)) {
        if ((*shown)++ == 0) begin_table(report, "Alerts", heads);
        all = weft_metrics_reader_integer(report->reader, 7);
        weft_html_row_begin(report->out);
        text_cell(report, 0);
        text_cell(report, 1);
        weft_html_cell_number(report->out, weft_metrics_reader_number(report->reader, 2), "%.0f %%");
        text_cell(report, 3);
        text_cell(report, 4);
        weft_html_cell_bytes(report->out, weft_metrics_reader_number(report->reader, 5));
        weft_html_cell_bytes(report->out, weft_metrics_reader_number(report->reader, 6));
        weft_html_row_end(report->out);
    }
    if (*shown > 0) weft_html_table_end(report->out);
    weft_html_capped(report->out, "The first", *shown, all);
    return weft_metrics_reader_end(report->reader, err);
}

static void size_cell(weft_report *report, int column, bool bytes) {
    double value = weft_metrics_reader_number(report->reader, column);
    if (bytes)
        weft_html_cell_bytes(report->out, value);
    else
        weft_html_cell_count(report->out, value);
}

static weft_status add_adaptations(weft_report *report, int64_t *shown, weft_error *err) {
    static const char *const heads[] = {"At", "Stage", "What", "#before", "#after", "Level", "#usage", "Why", NULL};
    int64_t all = 0;
    *shown = 0;
    weft_status status = ask(report, "run_adaptations", err);
    if (status != WEFT_OK) return status;
    while (weft_metrics_reader_next(report->reader)) {
        if ((*shown)++ == 0) begin_table(report, "Adaptations", heads);
        all = weft_metrics_reader_integer(report->reader, 8);
        bool bytes = strstr(weft_metrics_reader_text(report->reader, 2), "bytes") != NULL;
        weft_html_row_begin(report->out);
        for (int column = 0; column < 3; column++)
            text_cell(report, column);
        size_cell(report, 3, bytes);
        size_cell(report, 4, bytes);
        text_cell(report, 5);
        weft_html_cell_number(report->out, weft_metrics_reader_number(report->reader, 6), "%.0f %%");
        text_cell(report, 7);
        weft_html_row_end(report->out);
    }
    if (*shown > 0) weft_html_table_end(report->out);
    weft_html_capped(report->out, "The first", *shown, all);
    return weft_metrics_reader_end(report->reader, err);
}

static weft_status add_events(weft_report *report, weft_error *err) {
    static const char *const heads[] = {"At", "Kind", "What", "#times", "Detail", NULL};
    int64_t shown = 0, all = 0;
    weft_status status = ask(report, "run_events", err);
    if (status != WEFT_OK) return status;
    while (weft_metrics_reader_next(report->reader)) {
        if (shown++ == 0) begin_table(report, "What it got over, or did otherwise than it was asked to", heads);
        all = weft_metrics_reader_integer(report->reader, 5);
        weft_html_row_begin(report->out);
        for (int column = 0; column < 3; column++)
            text_cell(report, column);
        weft_html_cell_count(report->out, weft_metrics_reader_number(report->reader, 3));
        text_cell(report, 4);
        weft_html_row_end(report->out);
    }
    if (shown > 0) weft_html_table_end(report->out);
    weft_html_capped(report->out, "The first", shown, all);
    return weft_metrics_reader_end(report->reader, err);
}

weft_status weft_report_pressure(weft_report *report, weft_error *err) {
    int64_t alerts = 0, adaptations = 0;
    weft_status status = add_alerts(report, &alerts, err);
    if (status == WEFT_OK) status = add_adaptations(report, &adaptations, err);
    if (status == WEFT_OK && alerts == 0 && adaptations == 0)
        weft_text_add(report->out, "<p>Memory stayed under the warning level, and no size had to change.</p>\n");
    return status == WEFT_OK ? add_events(report, err) : status;
}
