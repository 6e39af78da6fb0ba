/* One row a format: its estimate, and what its writer wants of the memory.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/outputs/plan_outputs.h"

#include "config/config_names.h"
#include "core/text.h"
#include "core/window.h"
#include "pipeline/outputs/raster_outputs.h"
#include "processors/text/row_formatter.h"
#include "stages/writers/gzip_writer.h"
#include "stages/writers/parquet_writer.h"
#include "stages/writers/stats_writer.h"
#include "store/sqlite_table.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits that a value of this type usually takes, with its comma. */
static double usual_digits(weft_data_type type) {
    static const double digits[] = {
        [WEFT_INT8] = 4,   [WEFT_UINT8] = 4,  [WEFT_INT16] = 6,   [WEFT_UINT16] = 6,   [WEFT_INT32] = 9,
        [WEFT_UINT32] = 9, [WEFT_INT64] = 12, [WEFT_UINT64] = 12, [WEFT_FLOAT32] = 10, [WEFT_FLOAT64] = 18,
    };
    return digits[type];
}

/* Bytes of text that a cell usually takes. */
static double usual_line(const weft_plan *plan) {
    char x[32], y[32];
    (void)snprintf(x, sizeof x, "%.15g", plan->grid.origin_x + 0.5 * plan->grid.res_x);
    (void)snprintf(y, sizeof y, "%.15g", plan->grid.origin_y - 0.5 * plan->grid.res_y);
    double line = (double)(strlen(x) + strlen(y) + 2);
    for (int i = 0; i < plan->layer_count; i++)
        line += usual_digits(plan->layers[i].type);
    return line;
}

static int64_t estimate_csv(const weft_plan *plan) {
    double bytes = (double)plan->grid.cols * (double)plan->grid.rows * usual_line(plan);
    return bytes < 9e18 ? (int64_t)bytes : INT64_MAX;
}

/* The most bytes of text that a cell can take, and the columns' types, to be freed. NULL: no memory. */
static weft_data_type *describe_lines(const weft_plan *plan, int64_t *line_bytes) {
    const weft_config *config = plan->config;
    weft_row_format format = {.column_count = plan->layer_count,
                              .nodata = config->nodata_text,
                              .nodata_length = 2 * strlen(config->nodata_text) + 2,
                              .precision = config->precision,
                              .index = config->index_columns};
    size_t count = plan->layer_count > 0 ? (size_t)plan->layer_count : 0;
    weft_data_type *types = calloc(count, sizeof *types);
    for (size_t i = 0; i < count && types != NULL; i++)
        types[i] = plan->layers[i].type;
    if (types != NULL) *line_bytes = (int64_t)weft_row_format_bound(&format, types);
    return types;
}

weft_status weft_plan_outputs_reserve(weft_output_reserves *out, const weft_plan *plan, int threads,
                                      int64_t library_bytes, weft_error *err) {
    const bool *formats = plan->config->formats;
    int64_t cols = plan->grid.cols, rows = plan->grid.rows, line;
    weft_data_type *types = describe_lines(plan, &line);
    *out = (weft_output_reserves){0};
    if (types == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the plan");
    if (formats[WEFT_FORMAT_CSV]) out->line_bytes = line;
    if (formats[WEFT_FORMAT_CSV_GZ])
        out->gzip = weft_gzip_writer_reserve(line, plan->layer_count, cols * rows, threads);
    if (formats[WEFT_FORMAT_PARQUET])
        out->parquet = weft_parquet_writer_reserve(types, plan->layer_count, cols, rows, threads);
    free(types);
    weft_status status = weft_raster_outputs_reserve(&out->all, plan, threads, library_bytes, err);
    if (formats[WEFT_FORMAT_SQLITE]) out->all.beside += WEFT_SQLITE_TABLE_BYTES;
    if (plan->config->stats) {
        int64_t stats = weft_stats_writer_bytes(plan->layer_count, threads);
        out->all = weft_reserve_add(out->all, (weft_reserve){.least = stats, .desired = stats});
    }
    out->all = weft_reserve_add(out->all, weft_reserve_add(out->gzip, out->parquet));
    return status;
}

weft_status weft_plan_outputs_share(const weft_plan *plan, weft_output_shares *out, weft_error *err) {
    weft_output_reserves asked;
    weft_status status = weft_plan_outputs_reserve(&asked, plan, plan->memory.threads, 0, err);
    if (status != WEFT_OK) return status;
    int64_t spare = weft_larger(plan->memory.encoder_bytes - asked.all.least, 0);
    if (asked.gzip.least > 0 && asked.parquet.least > 0) spare /= 2;
    *out = (weft_output_shares){asked.gzip.least + spare, asked.parquet.least + spare};
    return WEFT_OK;
}

/* About a third, at the usual level. */
static int64_t estimate_gzip(const weft_plan *plan) {
    return estimate_csv(plan) / 3;
}

/* A row's header and number, coordinates, and a byte of type a value; pages are full to a few percent. */
static int64_t estimate_sqlite(const weft_plan *plan) {
    double cells = (double)plan->grid.cols * (double)plan->grid.rows, row = 8 + 2 * 9;
    for (int i = 0; i < plan->layer_count; i++)
        row += 1 + (weft_data_type_is_float(plan->layers[i].type) ? 8.0
                                                                  : (double)weft_data_type_size(plan->layers[i].type));
    return cells * row < 8e18 ? (int64_t)(cells * row * 1.04) + 16384 : INT64_MAX;
}

/* Values as they are, each column's repeated bytes worth as much as its nulls cost; coordinates next to nothing. */
static int64_t estimate_parquet(const weft_plan *plan) {
    double cells = (double)plan->grid.cols * (double)plan->grid.rows, row = 0.25;
    for (int i = 0; i < plan->layer_count; i++)
        row += (double)weft_data_type_size(plan->layers[i].type);
    return cells * row < 9e18 ? (int64_t)(cells * row) : INT64_MAX;
}

static weft_status check_columns(const weft_plan *plan, weft_error *err) {
    int columns = plan->layer_count + (plan->config->index_columns ? 4 : 2);
    if (!plan->config->formats[WEFT_FORMAT_SQLITE] || columns <= WEFT_SQLITE_MOST_COLUMNS) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "a SQLite table cannot hold %d columns: %d are the most", columns,
                   WEFT_SQLITE_MOST_COLUMNS);
    weft_error_hint(err, "export.formats: [parquet] has no such limit");
    return WEFT_ERR_DATA;
}

static int64_t estimate_geotiff(const weft_plan *plan) {
    return weft_raster_outputs_estimate(plan, WEFT_FORMAT_GEOTIFF);
}

static int64_t estimate_cog(const weft_plan *plan) {
    return weft_raster_outputs_estimate(plan, WEFT_FORMAT_COG);
}

static int64_t estimate_png(const weft_plan *plan) {
    return weft_raster_outputs_estimate(plan, WEFT_FORMAT_PNG);
}

weft_status weft_plan_outputs_name(weft_plan *plan, weft_error *err) {
    static int64_t (*const estimates[WEFT_FORMAT_COUNT])(const weft_plan *) = {
        [WEFT_FORMAT_CSV] = estimate_csv,         [WEFT_FORMAT_CSV_GZ] = estimate_gzip,
        [WEFT_FORMAT_PARQUET] = estimate_parquet, [WEFT_FORMAT_SQLITE] = estimate_sqlite,
        [WEFT_FORMAT_GEOTIFF] = estimate_geotiff, [WEFT_FORMAT_COG] = estimate_cog,
        [WEFT_FORMAT_PNG] = estimate_png};
    /* Where a file is not called by its format's name. */
    static const char *const endings[WEFT_FORMAT_COUNT] = {
        [WEFT_FORMAT_GEOTIFF] = "tif", [WEFT_FORMAT_COG] = "cog.tif"};
    const weft_config *config = plan->config;
    char stem[PATH_MAX];
    weft_status status = check_columns(plan, err);
    if (status != WEFT_OK) return status;
    if (weft_config_output_stem(config, stem, sizeof stem) >= PATH_MAX)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: the outputs' paths would be too long", config->output_dir);
    for (int format = 0; format < WEFT_FORMAT_COUNT; format++) {
        if (!config->formats[format]) continue;
        const char *ending = endings[format] != NULL ? endings[format] : weft_format_name((weft_format)format);
        char *path = config->to_stdout ? weft_text_format("-") : weft_text_format("%s.%s", stem, ending);
        if (path == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the plan");
        plan->outputs[plan->output_count++] =
            (weft_plan_output){.format = (weft_format)format, .path = path, .bytes_estimate = estimates[format](plan)};
    }
    return weft_raster_outputs_warn(plan, err);
}
