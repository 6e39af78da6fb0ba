/* SPDX-License-Identifier: MIT
 *
 * The database is asked once for all: every part of a page is of the same moment. */
#include "pipeline/report/report.h"

#include "pipeline/report/html.h"
#include "pipeline/report/page.h"
#include "pipeline/report/sections.h"

#include <stdio.h>

static weft_status word_unknown(weft_metrics_reader *reader, const char *database, const char *experiment,
                                weft_error *err) {
    enum { MAX = 200 };
    char names[MAX][128];
    const char *list[MAX + 1] = {0};
    int count = 0;
    if (experiment == NULL) return weft_error_set(err, WEFT_ERR_DATA, "%s: there is no run in it", database);
    weft_status status = weft_metrics_reader_ask(reader, "experiment_names", 0, NULL, err);
    if (status != WEFT_OK) return status;
    while (count < MAX && weft_metrics_reader_next(reader)) {
        (void)snprintf(names[count], sizeof names[count], "%s", weft_metrics_reader_text(reader, 0));
        list[count] = names[count];
        count++;
    }
    (void)weft_metrics_reader_end(reader, NULL);
    const char *nearest = weft_text_nearest(experiment, list);
    weft_error_set(err, WEFT_ERR_DATA, "%s: there is no experiment \"%s\"", database, experiment);
    if (nearest != NULL)
        weft_error_hint(err, "did you mean %s?", nearest);
    else if (count > 0)
        weft_error_hint(err, "the last one is %s", names[0]);
    return WEFT_ERR_DATA;
}

weft_status weft_report_find(const char *database, const char *experiment, int64_t *run_id, weft_error *err) {
    weft_metrics_reader *reader = NULL;
    *run_id = 0;
    weft_status status = weft_metrics_reader_open(&reader, database, err);
    if (status == WEFT_OK) status = weft_metrics_reader_ask(reader, "run_latest", 0, experiment, err);
    if (status == WEFT_OK) {
        if (weft_metrics_reader_next(reader)) *run_id = weft_metrics_reader_integer(reader, 0);
        status = weft_metrics_reader_end(reader, err);
    }
    if (status == WEFT_OK && *run_id == 0) status = word_unknown(reader, database, experiment, err);
    weft_metrics_reader_close(reader);
    return status;
}

/* In the order in which a reader wants to know them. */
static const struct section {
    const char *id, *title;
    weft_status (*add)(weft_report *report, weft_error *err);
} sections[] = {
    {"memory", "Memory over time", weft_report_memory},
    {"pressure", "Alerts and adaptations", weft_report_pressure},
    {"time", "Time by stage and operation", weft_report_time},
    {"grid", "The grid and its chunks", weft_report_grid},
    {"slow", "The slowest operations", weft_report_slow},
    {"pools", "Pools and block cache", weft_report_pools},
    {"job", "What ran", weft_report_job},
    {"inputs", "Inputs and transformations", weft_report_inputs},
    {"outputs", "Outputs", weft_report_outputs},
};
#define SECTIONS (sizeof sections / sizeof *sections)

static weft_status add_sections(weft_report *report, weft_error *err) {
    weft_status status = WEFT_OK;
    weft_text_add(report->out, "<nav>");
    for (size_t i = 0; i < SECTIONS; i++)
        weft_text_add(report->out, "<a href=\"#%s\">%s</a> ", sections[i].id, sections[i].title);
    weft_text_add(report->out, "</nav>\n");
    for (size_t i = 0; i < SECTIONS && status == WEFT_OK; i++) {
        weft_page_section(report->out, sections[i].id, sections[i].title);
        status = sections[i].add(report, err);
        weft_page_section_end(report->out);
    }
    return status;
}

static weft_status end_page(weft_text *out, weft_status status, weft_error *err) {
    weft_page_end(out);
    if (status == WEFT_OK && out->failed) status = weft_error_no_memory(err, "a report");
    return status;
}

static weft_status write_run(weft_text *out, const char *database, int64_t run_id, bool pictures, weft_error *err) {
    weft_report report = {.out = out, .pictures = pictures};
    weft_status status = weft_metrics_reader_open(&report.reader, database, err);
    if (status == WEFT_OK) status = weft_run_card_read(&report.run, report.reader, run_id, err);
    if (status == WEFT_OK) status = weft_report_summary(&report, err);
    if (status == WEFT_OK) status = add_sections(&report, err);
    if (status == WEFT_OK) status = end_page(out, status, err);
    weft_run_card_dispose(&report.run);
    weft_metrics_reader_close(report.reader);
    return status;
}

weft_status weft_report_write(weft_text *out, const char *database, int64_t run_id, weft_error *err) {
    return write_run(out, database, run_id, false, err);
}

weft_status weft_report_write_with_pictures(weft_text *out, const char *database, int64_t run_id, weft_error *err) {
    return write_run(out, database, run_id, true, err);
}

weft_status weft_report_write_batch(weft_text *out, const char *database, weft_error *err) {
    weft_metrics_reader *reader = NULL;
    weft_status status = weft_metrics_reader_open(&reader, database, err);
    if (status == WEFT_OK) status = weft_report_batch(out, reader, err);
    if (status == WEFT_OK) status = end_page(out, status, err);
    weft_metrics_reader_close(reader);
    return status;
}
