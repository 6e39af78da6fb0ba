/* SPDX-License-Identifier: MIT */
#include "core/clock.h"
#include "picture/job_chart.h"
#include "pipeline/report/html.h"
#include "pipeline/report/page.h"
#include "pipeline/report/query_table.h"
#include "pipeline/report/sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BARS  2000
#define MAX_LANES 48

typedef struct batch_data {
    char name[128];
    int64_t started_ms, ended_ms, jobs, attempts, rows, bytes;
    double cpu_seconds;
    weft_job_bar bars[MAX_BARS];
    int count, lanes;
} batch_data;

static double seconds_of(const batch_data *data) {
    return fmax((double)(data->ended_ms - data->started_ms) / 1000.0, 1e-3);
}

static weft_status read_batch(batch_data *out, weft_metrics_reader *reader, weft_error *err) {
    weft_status status = weft_metrics_reader_ask(reader, "batch", 0, NULL, err);
    if (status != WEFT_OK) return status;
    if (weft_metrics_reader_next(reader)) {
        (void)snprintf(out->name, sizeof out->name, "%s", weft_metrics_reader_text(reader, 0));
        out->started_ms = weft_metrics_reader_integer(reader, 1);
        out->ended_ms = weft_metrics_reader_integer(reader, 2);
        out->jobs = weft_metrics_reader_integer(reader, 3);
        out->attempts = weft_metrics_reader_integer(reader, 4);
        out->cpu_seconds = weft_metrics_reader_number(reader, 5);
        out->rows = weft_metrics_reader_integer(reader, 6);
        out->bytes = weft_metrics_reader_integer(reader, 7);
    }
    status = weft_metrics_reader_end(reader, err);
    if (status == WEFT_OK && out->jobs == 0)
        status = weft_error_set(err, WEFT_ERR_DATA, "there is no job of a batch in this record");
    return status;
}

static weft_job_look look_of(const char *cause) {
    return strcmp(cause, "done") == 0      ? WEFT_JOB_LOOK_DONE
           : strcmp(cause, "stopped") == 0 ? WEFT_JOB_LOOK_STOPPED
                                           : WEFT_JOB_LOOK_FAILED;
}

static weft_status read_bars(batch_data *out, weft_metrics_reader *reader, weft_error *err) {
    weft_status status = weft_metrics_reader_ask(reader, "batch_attempts", 0, NULL, err);
    if (status != WEFT_OK) return status;
    while (out->count < MAX_BARS && weft_metrics_reader_next(reader))
        out->bars[out->count++] = (weft_job_bar){
            .from_seconds = (double)(weft_metrics_reader_integer(reader, 0) - out->started_ms) / 1000.0,
            .to_seconds = (double)(weft_metrics_reader_integer(reader, 1) - out->started_ms) / 1000.0,
            .granted = weft_metrics_reader_number(reader, 2),
            .used = weft_metrics_reader_number(reader, 3),
            .look = look_of(weft_metrics_reader_text(reader, 4)),
        };
    out->lanes = weft_job_bars_lay(out->bars, out->count, MAX_LANES);
    return weft_metrics_reader_end(reader, err);
}

static weft_status draw_lanes(weft_drawing *drawing, const void *payload, weft_error *err) {
    const batch_data *data = payload;
    (void)err;
    weft_job_lanes_draw(drawing, data->bars, data->count, data->lanes, seconds_of(data));
    return WEFT_OK;
}

static weft_status draw_memory(weft_drawing *drawing, const void *payload, weft_error *err) {
    const batch_data *data = payload;
    return weft_job_memory_draw(drawing, data->bars, data->count, seconds_of(data), err);
}

/* --- the head --- */

static void add_figures(weft_text *out, const batch_data *data) {
    char value[WEFT_HTML_NUMBER_BYTES], size[WEFT_SIZE_TEXT_BYTES], note[80];
    weft_text_add(out, "<div class=figures>\n");
    weft_page_figure(out, "Time", weft_html_seconds(seconds_of(data), value), "from the first begin to the last end");
    (void)snprintf(note, sizeof note, "%lld attempts", (long long)data->attempts);
    weft_page_figure(out, "Jobs", weft_text_grouped(data->jobs, value), note);
    (void)snprintf(note, sizeof note, "%.1f CPUs on average", data->cpu_seconds / seconds_of(data));
    weft_page_figure(out, "CPU time", weft_html_seconds(data->cpu_seconds, value), note);
    weft_text_size(data->bytes, size);
    weft_page_figure(out, "Rows", weft_text_grouped(data->rows, value), size);
    weft_text_add(out, "</div>\n");
}

static void add_head(weft_text *out, const batch_data *data) {
    char started[WEFT_CLOCK_TEXT_BYTES], *title = weft_text_format("%s: weft batch report", data->name);
    weft_clock_format(data->started_ms, started);
    out->failed = out->failed || title == NULL;
    weft_page_begin(out, title);
    free(title);
    weft_text_add(out, "<header><h1>");
    weft_html_text(out, data->name, 120);
    weft_text_add(out, "</h1>\n<p class=sub>A batch, begun %s. All attempts that its record knows.</p></header>\n",
                  started);
}

/* How many of the jobs are done, in words. */
static weft_status add_verdict(weft_text *out, const batch_data *data, weft_metrics_reader *reader, weft_error *err) {
    int64_t done = 0;
    char some[WEFT_HTML_NUMBER_BYTES], all[WEFT_HTML_NUMBER_BYTES];
    weft_status status = weft_metrics_reader_ask(reader, "batch_outcomes", 0, NULL, err);
    if (status != WEFT_OK) return status;
    while (weft_metrics_reader_next(reader))
        if (strcmp(weft_metrics_reader_text(reader, 0), "done") == 0) done = weft_metrics_reader_integer(reader, 1);
    status = weft_metrics_reader_end(reader, err);
    weft_text_add(out, "<div class=\"verdict%s\"><p>%s of %s jobs are done, in %lld attempts.</p></div>\n",
                  done == data->jobs ? "" : " bad", weft_text_grouped(done, some), weft_text_grouped(data->jobs, all),
                  (long long)data->attempts);
    return status;
}

/* --- parts --- */

static weft_status add_timeline(weft_text *out, const batch_data *data, weft_error *err) {
    char note[64];
    weft_page_section(out, "timeline", "Jobs over time");
    weft_status status =
        weft_page_drawing(out,
                          "Attempts over time, each a bar; those that ran at once lie one under the "
                          "other.",
                          WEFT_JOB_CHART_WIDTH, weft_job_lanes_height(data->lanes), draw_lanes, data, err);
    if (status != WEFT_OK) return status;
    weft_page_legend_begin(out);
    weft_page_legend(out, weft_job_color(WEFT_JOB_LOOK_DONE), "done", NULL);
    weft_page_legend(out, weft_job_color(WEFT_JOB_LOOK_FAILED), "failed", NULL);
    weft_page_legend(out, weft_job_color(WEFT_JOB_LOOK_STOPPED), "stopped", NULL);
    weft_page_legend_end(out);
    (void)snprintf(note, sizeof note, "The pictures show the longest");
    weft_html_capped(out, note, data->count, data->attempts);
    weft_page_section_end(out);
    return status;
}

static weft_status add_memory(weft_text *out, const batch_data *data, weft_metrics_reader *reader, weft_error *err) {
    static const weft_query_table tight = {.query = "batch_tight", .capped = "The jobs that used most of their grant:"};
    weft_page_section(out, "memory", "Granted and used memory");
    weft_text_add(
        out, "<p>The line is what all jobs that ran at a time were granted, the area the sum of their peaks.</p>\n");
    weft_status status = weft_page_drawing(out,
                                           "Granted and used memory over time. The table below has the jobs that used "
                                           "most of their grant.",
                                           WEFT_JOB_CHART_WIDTH, WEFT_JOB_MEMORY_CHART_HEIGHT, draw_memory, data, err);
    if (status == WEFT_OK) status = weft_query_table_add(out, reader, 0, &tight, NULL, err);
    weft_page_section_end(out);
    return status;
}

/* --- tables --- */

static const weft_query_table outcomes = {.query = "batch_outcomes"};

static const weft_query_table failed = {
    .query = "batch_failed", .id = "failed", .title = "Jobs that are not done", .capped = "The first"};

static const weft_query_table retries = {
    .query = "batch_retries", .id = "retries", .title = "Why jobs were tried again", .none = "<p>None was.</p>\n"};

static const weft_query_table longest = {
    .query = "batch_long", .id = "long", .title = "The jobs that took longest", .capped = "The longest"};

weft_status weft_report_batch(weft_text *out, weft_metrics_reader *reader, weft_error *err) {
    batch_data *data = calloc(1, sizeof *data);
    if (data == NULL) return weft_error_no_memory(err, "a report");
    weft_status status = read_batch(data, reader, err);
    if (status == WEFT_OK) status = read_bars(data, reader, err);
    if (status != WEFT_OK) goto done;
    add_head(out, data);
    status = add_verdict(out, data, reader, err);
    if (status == WEFT_OK) {
        add_figures(out, data);
        status = weft_query_table_add(out, reader, 0, &outcomes, NULL, err);
    }
    if (status == WEFT_OK) status = weft_query_table_add(out, reader, 0, &failed, NULL, err);
    if (status == WEFT_OK) status = add_timeline(out, data, err);
    if (status == WEFT_OK) status = add_memory(out, data, reader, err);
    if (status == WEFT_OK) status = weft_query_table_add(out, reader, 0, &retries, NULL, err);
    if (status == WEFT_OK) status = weft_query_table_add(out, reader, 0, &longest, NULL, err);
done:
    free(data);
    return status;
}
