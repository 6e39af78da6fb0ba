/* SPDX-License-Identifier: MIT
 *
 * What SQL gives is already of a size that can be drawn: a part of the time a row. */
#include "picture/memory_chart.h"
#include "pipeline/report/html.h"
#include "pipeline/report/page.h"
#include "pipeline/report/sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_POINTS 512
#define MAX_MARKS  256
#define STAGES     4

static const char *const stages[STAGES] = {"prepare", "resample", "merge", "export"};

typedef struct memory_data {
    weft_memory_point points[MAX_POINTS];
    weft_memory_mark marks[MAX_MARKS];
    weft_memory_chart chart;
} memory_data;

static double since(const weft_report *report, int column) {
    return fmax((double)(weft_metrics_reader_integer(report->reader, column) - report->run.started_ms) / 1000.0, 0);
}

/* Databases of older wefts know the ledger's sum alone. */
static void take_point(weft_memory_point *point, const weft_report *report) {
    double ledger = weft_metrics_reader_number(report->reader, 9), held = 0;
    *point =
        (weft_memory_point){.seconds = since(report, 0), .resident = weft_metrics_reader_number(report->reader, 1)};
    for (int i = 1; i < WEFT_MEMORY_HOLDERS; i++) {
        double bytes = weft_metrics_reader_number(report->reader, i + 1);
        point->held[i] = isnan(bytes) ? 0 : bytes;
        held += point->held[i];
    }
    if (held == 0 && ledger > 0) point->held[WEFT_MEMORY_HOLDERS - 1] = ledger;
}

static weft_status read_points(memory_data *out, weft_report *report, weft_error *err) {
    weft_status status = weft_metrics_reader_ask(report->reader, "run_memory", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (out->chart.count < MAX_POINTS && weft_metrics_reader_next(report->reader))
        take_point(&out->points[out->chart.count++], report);
    return weft_metrics_reader_end(report->reader, err);
}

static weft_status read_marks(memory_data *out, weft_report *report, weft_error *err) {
    weft_status status = weft_metrics_reader_ask(report->reader, "run_marks", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (out->chart.mark_count < MAX_MARKS && weft_metrics_reader_next(report->reader))
        out->marks[out->chart.mark_count++] =
            (weft_memory_mark){since(report, 0), weft_metrics_reader_integer(report->reader, 1) != 0};
    return weft_metrics_reader_end(report->reader, err);
}

static weft_status draw(weft_drawing *drawing, const void *payload, weft_error *err) {
    return weft_memory_chart_draw(drawing, payload, err);
}

/* Which holders had anything. */
static void add_legend(weft_text *out, const memory_data *data) {
    weft_page_legend_begin(out);
    for (int holder = 0; holder < WEFT_MEMORY_HOLDERS; holder++) {
        bool any = holder == 0;
        for (int i = 0; i < data->chart.count; i++)
            any = any || data->points[i].held[holder] > 0;
        if (any)
            weft_page_legend(out, weft_memory_holders[holder].color, weft_memory_holders[holder].name,
                             weft_memory_holders[holder].means);
    }
    weft_page_legend_end(out);
    if (data->chart.mark_count > 0)
        weft_text_add(out,
                      "<p class=note>Red marks that point down: a window, chunk or cache became smaller; green ones "
                      "that point up: it grew again.</p>\n");
}

/* What held the memory when most was resident. */
static void add_peak(weft_text *out, const weft_run_card *run, const memory_data *data) {
    char seen[WEFT_SIZE_TEXT_BYTES], max[WEFT_SIZE_TEXT_BYTES];
    static const char *const heads[] = {"At the peak", "#held", "#share", NULL};
    const weft_memory_point *peak = &data->points[0];
    double held = 0;
    for (int i = 1; i < data->chart.count; i++)
        if (data->points[i].resident > peak->resident) peak = &data->points[i];
    for (int i = 1; i < WEFT_MEMORY_HOLDERS; i++)
        held += peak->held[i];
    weft_html_table_begin(out, heads);
    for (int i = 0; i < WEFT_MEMORY_HOLDERS; i++) {
        double bytes = i == 0 ? peak->resident - held : peak->held[i];
        if (bytes == 0) continue;
        weft_html_row_begin(out);
        weft_html_cell(out, weft_memory_holders[i].name);
        weft_html_cell_bytes(out, bytes);
        weft_html_cell_number(out, peak->resident > 0 ? 100 * bytes / peak->resident : NAN, "%.0f %%");
        weft_html_row_end(out);
    }
    weft_html_row_begin(out);
    weft_html_cell(out, "resident");
    weft_html_cell_bytes(out, peak->resident);
    weft_html_cell(out, "");
    weft_html_row_end(out);
    weft_html_table_end(out);
    weft_text_size((int64_t)peak->resident, seen);
    weft_text_size(run->peak_bytes, max);
    if ((double)run->peak_bytes > 1.02 * peak->resident)
        weft_text_add(
            out,
            "<p class=note>Samples saw at most %s. The run's peak of %s was counted by the system: between two "
            "samples, or with pages of files that it could have given back.</p>\n",
            seen, max);
    if (held > peak->resident)
        weft_text_add(
            out, "<p class=note>Less than nothing is unmanaged where memory is reserved and not touched yet.</p>\n");
}

/* What was resident while a stage was at work. One sample counts once, whatever operations it is charged to. */
typedef struct stage_memory {
    int64_t sampled_ms; /* of the last sample */
    double last, samples, sum, peak, min;
} stage_memory;

static void add_sample(stage_memory *stage, int64_t sampled_ms, double resident) {
    bool again = stage->samples > 0 && sampled_ms == stage->sampled_ms;
    if (again && resident <= stage->last) return;
    stage->sum += again ? resident - stage->last : resident;
    stage->samples += !again;
    stage->sampled_ms = sampled_ms;
    stage->last = resident;
    stage->peak = fmax(stage->peak, resident);
}

/* The least is that of samples which are whole. */
static void end_sample(stage_memory *stage, int64_t next_ms) {
    if (stage->samples > 0 && stage->sampled_ms != next_ms)
        stage->min = stage->min == 0 ? stage->last : fmin(stage->min, stage->last);
}

static weft_status read_stages(stage_memory out[STAGES], weft_report *report, weft_error *err) {
    weft_metrics_reader *reader = report->reader;
    weft_status status = weft_metrics_reader_ask(reader, "run_memory_stages", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (weft_metrics_reader_next(reader)) {
        const char *name = weft_metrics_reader_text(reader, 1);
        int64_t sampled_ms = weft_metrics_reader_integer(reader, 0);
        int stage = 0;
        while (stage < STAGES && strcmp(stages[stage], name) != 0)
            stage++;
        if (stage == STAGES) continue;
        end_sample(&out[stage], sampled_ms);
        add_sample(&out[stage], sampled_ms, weft_metrics_reader_number(reader, 2));
    }
    for (int stage = 0; stage < STAGES; stage++)
        end_sample(&out[stage], INT64_MAX);
    return weft_metrics_reader_end(reader, err);
}

static weft_status add_stages(weft_report *report, weft_error *err) {
    static const char *const heads[] = {"Stage", "#samples", "#average", "#peak", "#least", NULL};
    stage_memory found[STAGES] = {0};
    weft_status status = read_stages(found, report, err);
    if (status != WEFT_OK) return status;
    weft_html_table_begin(report->out, heads);
    for (int i = 0; i < STAGES; i++) {
        if (found[i].samples == 0) continue;
        weft_html_row_begin(report->out);
        weft_html_cell(report->out, stages[i]);
        weft_html_cell_count(report->out, found[i].samples);
        weft_html_cell_bytes(report->out, found[i].sum / found[i].samples);
        weft_html_cell_bytes(report->out, found[i].peak);
        weft_html_cell_bytes(report->out, found[i].min);
        weft_html_row_end(report->out);
    }
    weft_html_table_end(report->out);
    return WEFT_OK;
}

static weft_status add_chart(weft_report *report, const memory_data *data, weft_error *err) {
    char peak[WEFT_SIZE_TEXT_BYTES], limit[WEFT_SIZE_TEXT_BYTES], alt[256];
    weft_text_size(report->run.peak_bytes, peak);
    weft_text_size(report->run.limit_bytes, limit);
    (void)snprintf(alt, sizeof alt,
                   "Resident memory over time, stacked by holder: at most %s, under a limit of %s. The "
                   "tables below have the figures.",
                   peak, limit);
    weft_status status =
        weft_page_drawing(report->out, alt, WEFT_MEMORY_CHART_WIDTH, WEFT_MEMORY_CHART_HEIGHT, draw, &data->chart, err);
    if (status == WEFT_OK) add_legend(report->out, data);
    if (status == WEFT_OK && weft_memory_chart_is_cut(&data->chart))
        weft_text_add(report->out, "<p class=note>The limit is far above what was used: the axis is cut below its "
                                   "lines.</p>\n");
    return status;
}

weft_status weft_report_memory(weft_report *report, weft_error *err) {
    const weft_run_card *run = &report->run;
    memory_data *data = calloc(1, sizeof *data);
    if (data == NULL) return weft_error_no_memory(err, "a report");
    weft_status status = read_points(data, report, err);
    if (status == WEFT_OK) status = read_marks(data, report, err);
    if (status != WEFT_OK) goto done;
    if (data->chart.count == 0) {
        weft_text_add(report->out, "<p>There is no sample of it.</p>\n");
        goto done;
    }
    data->chart.points = data->points;
    data->chart.marks = data->marks;
    data->chart.seconds = fmax(run->seconds, data->points[data->chart.count - 1].seconds);
    data->chart.limit = (double)run->limit_bytes;
    data->chart.warning = data->chart.limit * run->warning_percent / 100;
    data->chart.critical = data->chart.limit * run->critical_percent / 100;
    status = add_chart(report, data, err);
    if (status == WEFT_OK) status = add_stages(report, err);
    if (status == WEFT_OK) add_peak(report->out, run, data);
done:
    free(data);
    return status;
}
