/* SPDX-License-Identifier: MIT */
#include "picture/chunk_map.h"
#include "picture/rate_chart.h"
#include "pipeline/report/html.h"
#include "pipeline/report/page.h"
#include "pipeline/report/sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_PARTS (160 * 8 + 8)
#define MAX_STEPS 128
#define SLOWEST   10

typedef struct grid_data {
    weft_chunk_part parts[MAX_PARTS];
    weft_chunk_map map;
    int64_t chunks, cells;
    double chunk_seconds;
    weft_rate_step steps[MAX_STEPS];
    int step_count;
    double seconds, mean;
} grid_data;

static weft_status read_parts(grid_data *out, weft_report *report, weft_error *err) {
    weft_metrics_reader *reader = report->reader;
    weft_chunk_map *map = &out->map;
    weft_status status = weft_metrics_reader_ask(reader, "run_chunks", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    *map = (weft_chunk_map){report->run.grid_rows, report->run.grid_cols, out->parts, 0, INFINITY, 0};
    while (map->count < MAX_PARTS && weft_metrics_reader_next(reader)) {
        weft_chunk_part *part = &out->parts[map->count++];
        double seconds = weft_metrics_reader_number(reader, 4), cells = weft_metrics_reader_number(reader, 5);
        *part = (weft_chunk_part){weft_metrics_reader_integer(reader, 0), weft_metrics_reader_integer(reader, 1),
                                  weft_metrics_reader_integer(reader, 2), weft_metrics_reader_integer(reader, 3),
                                  cells > 0 ? 1e6 * seconds / cells : 0};
        map->low = fmin(map->low, part->seconds_a_million);
        map->high = fmax(map->high, part->seconds_a_million);
        out->chunks += weft_metrics_reader_integer(reader, 6);
        out->cells += (int64_t)cells;
        out->chunk_seconds += seconds;
    }
    return weft_metrics_reader_end(reader, err);
}

static weft_status read_steps(grid_data *out, weft_report *report, weft_error *err) {
    weft_metrics_reader *reader = report->reader;
    weft_status status = weft_metrics_reader_ask(reader, "run_rate", report->run.run_id, NULL, err);
    if (status != WEFT_OK) return status;
    while (out->step_count < MAX_STEPS && weft_metrics_reader_next(reader)) {
        double part = weft_metrics_reader_number(reader, 0), parts = weft_metrics_reader_number(reader, 2);
        double seconds = weft_metrics_reader_number(reader, 3) / 1000;
        weft_rate_step *step = &out->steps[out->step_count++];
        step->from_seconds = seconds * part / parts;
        step->to_seconds = seconds * (part + 1) / parts;
        step->rate = weft_metrics_reader_number(reader, 1) / fmax(step->to_seconds - step->from_seconds, 1e-6);
        out->mean = (double)out->cells / fmax(seconds, 1e-3);
    }
    return weft_metrics_reader_end(reader, err);
}

static weft_status draw_map(weft_drawing *drawing, const void *payload, weft_error *err) {
    (void)err;
    weft_chunk_map_draw(drawing, &((const grid_data *)payload)->map);
    return WEFT_OK;
}

static weft_status draw_rate(weft_drawing *drawing, const void *payload, weft_error *err) {
    const grid_data *data = payload;
    (void)err;
    weft_rate_chart_draw(drawing, data->steps, data->step_count, data->seconds, data->mean);
    return WEFT_OK;
}

static int slower_first(const void *a, const void *b) {
    const weft_chunk_part *one = a, *other = b;
    return (one->seconds_a_million < other->seconds_a_million) - (one->seconds_a_million > other->seconds_a_million);
}

/* Sorts the parts: when they are drawn. */
static void add_slowest(weft_text *out, grid_data *data) {
    static const char *const heads[] = {"#rows from", "#to", "#columns from", "#to", "#seconds a million cells", NULL};
    int shown = data->map.count < SLOWEST ? data->map.count : SLOWEST;
    qsort(data->parts, (size_t)data->map.count, sizeof *data->parts, slower_first);
    weft_html_table_begin(out, heads);
    for (int i = 0; i < shown; i++) {
        const weft_chunk_part *part = &data->parts[i];
        weft_html_row_begin(out);
        weft_html_cell_count(out, (double)part->first_row);
        weft_html_cell_count(out, (double)part->end_row - 1);
        weft_html_cell_count(out, (double)part->first_col);
        weft_html_cell_count(out, (double)part->end_col - 1);
        weft_html_cell_number(out, part->seconds_a_million, "%.3g");
        weft_html_row_end(out);
    }
    weft_html_table_end(out);
    weft_html_capped(out, "The slowest", shown, data->map.count);
}

static weft_status add_map(weft_report *report, grid_data *data, weft_error *err) {
    char chunks[WEFT_HTML_NUMBER_BYTES], seconds[WEFT_HTML_NUMBER_BYTES];
    weft_text_add(report->out,
                  "<p>%s chunk%s, %s from the first window to the last byte, summed over chunks. Colours are "
                  "the time that a million cells took.%s</p>\n",
                  weft_text_grouped(data->chunks, chunks), data->chunks == 1 ? "" : "s",
                  weft_html_seconds(data->chunk_seconds, seconds),
                  data->chunks > data->map.count ? " Neighbouring chunks are drawn as one." : "");
    weft_status status = weft_page_drawing(report->out,
                                           "The grid, coloured by the time that each chunk took for a million "
                                           "cells. The table below has the slowest.",
                                           WEFT_CHUNK_MAP_WIDTH, WEFT_CHUNK_MAP_HEIGHT, draw_map, data, err);
    if (status == WEFT_OK && data->map.count > 1) add_slowest(report->out, data);
    return status;
}

static weft_status add_rate(weft_report *report, grid_data *data, weft_error *err) {
    char mean[WEFT_HTML_NUMBER_BYTES];
    weft_text_add(report->out, "<h3>Throughput</h3>\n");
    if (data->step_count == 0) {
        weft_text_add(report->out,
                      "<p>%s cells a second from begin to end; chunks are too few for a picture over "
                      "time.</p>\n",
                      weft_text_grouped(llround((double)data->cells / fmax(report->run.seconds, 1e-3)), mean));
        return WEFT_OK;
    }
    weft_text_add(report->out, "<p>Cells a second, by when their chunks were written; on average %s.</p>\n",
                  weft_text_grouped(llround(data->mean), mean));
    return weft_page_drawing(report->out, "Cells a second over time.", WEFT_RATE_CHART_WIDTH, WEFT_RATE_CHART_HEIGHT,
                             draw_rate, data, err);
}

weft_status weft_report_grid(weft_report *report, weft_error *err) {
    grid_data *data = calloc(1, sizeof *data);
    if (data == NULL) return weft_error_no_memory(err, "a report");
    data->seconds = report->run.seconds;
    weft_status status = read_parts(data, report, err);
    if (status == WEFT_OK) status = read_steps(data, report, err);
    if (status == WEFT_OK && data->chunks == 0)
        weft_text_add(report->out, "<p>No chunk of it is in the record.</p>\n");
    else if (status == WEFT_OK) {
        status = add_map(report, data, err);
        if (status == WEFT_OK) status = add_rate(report, data, err);
    }
    free(data);
    return status;
}
