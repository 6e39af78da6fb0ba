/* SPDX-License-Identifier: MIT
 *
 * csv: a line a row. */
#include "pipeline/formats/csv_format.h"

#include "core/window.h"
#include "pipeline/formats/piece_formats.h"
#include "stages/writers/csv_writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of a slice, if each of its rows had the longest text that there can be: mostly it is two fifths of that. Each slice
 * is handed on three times (to a worker, to whoever writes it, to whoever hashes it), and a hand-over wakes a thread.
 * With a ceiling of 1 MiB these took a third of a run's system time; more than 4 MiB saves nothing. */
#define SLICE_FLOOR   (INT64_C(64) << 10)
#define SLICE_CEILING (INT64_C(4) << 20)

/* Digits that a value of this type usually takes, with its comma. */
static double usual_digits(weft_data_type type) {
    static const double digits[] = {
        [WEFT_INT8] = 4,   [WEFT_UINT8] = 4,  [WEFT_INT16] = 6,   [WEFT_UINT16] = 6,   [WEFT_INT32] = 9,
        [WEFT_UINT32] = 9, [WEFT_INT64] = 12, [WEFT_UINT64] = 12, [WEFT_FLOAT32] = 10, [WEFT_FLOAT64] = 18,
    };
    if (type == WEFT_DATE) return 11;
    return weft_data_type_is_text(type) ? (double)weft_data_type_size(type) + 1 : digits[type];
}

/* Bytes of text that a row usually takes. */
static double usual_line(const weft_plan *plan) {
    char x[32], y[32];
    (void)snprintf(x, sizeof x, "%.15g", plan->grid.origin_x + 0.5 * plan->grid.res_x);
    (void)snprintf(y, sizeof y, "%.15g", plan->grid.origin_y - 0.5 * plan->grid.res_y);
    double line = (double)(strlen(x) + strlen(y) + 2);
    for (int i = 0; i < plan->table.column_count; i++)
        line += usual_digits(plan->table.types[i]);
    return line;
}

int64_t weft_csv_format_estimate(const weft_plan *plan) {
    double bytes = weft_plan_table_rows(plan) * usual_line(plan);
    return bytes < 9e18 ? (int64_t)bytes : INT64_MAX;
}

/* Digits before the point of the smallest number between two. */
static double fewest_digits(double a, double b) {
    double smallest = a < 0 && b > 0 ? 0 : fmin(fabs(a), fabs(b));
    return smallest >= 10 ? floor(log10(smallest)) + 1 : 1;
}

/* Every row is a line of two coordinates, and in each column a comma and at least the text of nothing or one digit. A
 * table that leaves rows out has no such bound. */
double weft_csv_format_min_bytes(const weft_plan *plan) {
    if (!weft_plan_keeps_all_rows(plan)) return 0;
    weft_bounds bounds = weft_grid_bounds(&plan->grid);
    size_t nodata = strlen(plan->config->nodata_text);
    double line = fewest_digits(bounds.xmin, bounds.xmax) + 1 + fewest_digits(bounds.ymin, bounds.ymax) + 1;
    return weft_plan_table_rows(plan) * (line + (double)plan->table.column_count * (1 + (nodata > 0 ? 1 : 0)));
}

int64_t weft_csv_format_unit(const weft_plan *plan) {
    (void)plan;
    return 1;
}

/* Two slices a worker, so that none waits for the writer; a row must fit into one. */
weft_status weft_csv_format_reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    (void)err;
    *out = (weft_reserve){.min = 2 * shape->threads * weft_larger(SLICE_FLOOR, shape->line_bytes),
                          .desired = 2 * shape->threads * weft_larger(SLICE_CEILING, shape->line_bytes)};
    return WEFT_OK;
}

weft_status weft_csv_format_open(weft_table_writer **out, const weft_format_place *place, const weft_table_spec *table,
                                 weft_error *err) {
    int64_t slice = place->memory_bytes / (2 * weft_work_pool_threads(table->context->pool));
    return weft_csv_writer_new(out, table, place->file, slice, err);
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    return weft_csv_format_open(out, place, place->table, err);
}

const weft_format weft_csv_format = {
    .facts = {.choice = {.word = "csv"}, .to_stdout = true},
    .suffix = "csv",
    .resumes = true,
    .texts = true,
    .table = true,
    .reserve = weft_csv_format_reserve,
    .estimate = weft_csv_format_estimate,
    .min = weft_csv_format_min_bytes,
    .unit = weft_csv_format_unit,
    .open = start,
};
