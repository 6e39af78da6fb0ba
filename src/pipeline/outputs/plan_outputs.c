/* SPDX-License-Identifier: MIT */
#include "pipeline/outputs/plan_outputs.h"

#include "core/text.h"
#include "core/window.h"
#include "pipeline/formats/formats.h"
#include "pipeline/formats/piece_formats.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/outputs/partition_output.h"
#include "processors/text/row_formatter.h"
#include "stages/writers/stats_writer.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t round_up(int64_t cell, int64_t unit, int64_t total) {
    int64_t over = cell % unit;
    return weft_smaller(over == 0 ? cell : cell + unit - over, total);
}

/* Adds an output. Of a shard's it has the units that begin in the shard's rows, whole: the next shard's begins after
 * them. */
static weft_status add(weft_plan *plan, const weft_format *format, const char *stem, const int64_t rows[2],
                       weft_error *err) {
    int64_t cell_rows = weft_format_cell_rows(format, plan), cols = plan->table_cols * cell_rows;
    int64_t total = cols * plan->table_rows;
    bool joined = plan->config->shard.count > 0 && plan->config->partition != WEFT_PARTITION_SHARDS;
    int64_t unit = joined ? weft_format_unit(format, plan) : 1;
    const char *manifest = weft_partition_output_is(plan, format) ? "/" WEFT_PARTS_MANIFEST : "";
    char *path =
        plan->config->to_stdout ? weft_text_format("-") : weft_text_format("%s.%s%s", stem, format->suffix, manifest);
    if (path == NULL) return weft_error_no_memory(err, "the plan");
    weft_plan_output *output = &plan->outputs[plan->output_count++];
    *output = (weft_plan_output){.format = format,
                                 .path = path,
                                 .cell_rows = cell_rows,
                                 .first_cell = round_up(rows[0] * cols, unit, total),
                                 .end_cell = round_up(rows[1] * cols, unit, total)};
    int64_t cells = output->end_cell - output->first_cell, bytes = format->estimate(plan);
    output->bytes_estimate = cells == total ? bytes : (int64_t)((double)bytes * ((double)cells / (double)total));
    return WEFT_OK;
}

/* What a shard writes: the pieces of formats that have units, and the cells for all others. */
static weft_status add_pieces(weft_plan *plan, const char *stem, const int64_t rows[2], weft_error *err) {
    const weft_format *format;
    bool others = false;
    weft_status status = WEFT_OK;
    for (int i = 0; (format = weft_format_at(i)) != NULL && status == WEFT_OK; i++) {
        if (!plan->config->formats[i]) continue;
        bool has_unit = weft_format_unit(format, plan) > 0;
        others = others || !has_unit;
        if (has_unit) status = add(plan, format, stem, rows, err);
    }
    if (status == WEFT_OK && others) status = add(plan, &weft_cells_format, stem, rows, err);
    if (status == WEFT_OK && plan->config->shard.stats) status = add(plan, &weft_statistics_format, stem, rows, err);
    return status;
}

/* A part of a table is a file of its own, of any rows. What is one whole, such as a raster, has none. */
static weft_status check_part(const weft_format *format, const weft_config *config, weft_error *err) {
    weft_text others = {0};
    if (format->unit != NULL) return WEFT_OK;
    for (int i = 0; (format = weft_format_at(i)) != NULL; i++)
        if (format->unit != NULL) weft_text_add(&others, others.length > 0 ? ", %s" : "%s", weft_format_name(format));
    weft_error_set(err, WEFT_ERR_DATA, "%s: export.partition: shards: only %s can be in parts", config->file,
                   others.failed ? "tables" : others.data);
    weft_error_hint(err, "leave out export.partition, and weft merge-shards makes the other formats");
    weft_text_dispose(&others);
    return WEFT_ERR_DATA;
}

/* Folders of files are of tables alone; other formats are as they are without. */
static weft_status check_partition(const weft_plan *plan, weft_error *err) {
    bool any = plan->config->partition != WEFT_PARTITION_BY;
    for (int i = 0; weft_format_at(i) != NULL; i++)
        any = any || (plan->config->formats[i] && weft_format_at(i)->table);
    if (any) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: export.partition.by is of tables, and export.formats has none",
                   plan->config->file);
    weft_error_hint(err, "export.formats: [parquet]");
    return WEFT_ERR_DATA;
}

/* In a shard's own folder, under the name that they have in that of all. */
static bool name_part(char *stem, size_t capacity, const weft_config *config) {
    char whole[PATH_MAX];
    int length = weft_config_output_stem(config, whole, sizeof whole);
    const weft_config_shard *shard = &config->shard;
    if (length >= PATH_MAX) return false;
    return snprintf(stem, capacity, "%s/part-%05d", shard->count > 0 ? config->output_dir : whole,
                    shard->count > 0 ? shard->number - 1 : 0) < (int)capacity;
}

/* The grid's rows that hold what the outputs are of. */
static void find_rows(weft_plan *plan) {
    plan->first_row = plan->table_rows;
    plan->end_row = 0;
    for (int i = 0; i < plan->output_count; i++) {
        const weft_plan_output *output = &plan->outputs[i];
        int64_t cols = plan->table_cols * output->cell_rows;
        if (output->first_cell == output->end_cell) continue;
        plan->first_row = weft_smaller(plan->first_row, output->first_cell / cols);
        plan->end_row = weft_larger(plan->end_row, weft_divide_up(output->end_cell, cols));
    }
    if (plan->end_row == 0) plan->end_row = plan->first_row;
}

weft_status weft_plan_outputs_choose(weft_plan *plan, weft_error *err) {
    const weft_config *config = plan->config;
    const weft_format *format;
    char stem[PATH_MAX] = "";
    const int64_t rows[2] = {plan->first_row, plan->end_row};
    weft_status status = WEFT_OK;
    bool parts = config->partition == WEFT_PARTITION_SHARDS;
    if (parts ? !name_part(stem, sizeof stem, config) : weft_config_output_stem(config, stem, sizeof stem) >= PATH_MAX)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: the outputs' paths would be too long", config->output_dir);
    for (int i = 0; (format = weft_format_at(i)) != NULL && status == WEFT_OK; i++) {
        if (!config->formats[i]) continue;
        status = parts ? check_part(format, config, err) : WEFT_OK;
        if (status == WEFT_OK && format->check != NULL) status = format->check(plan, err);
        if (status == WEFT_OK && (config->shard.count == 0 || parts)) status = add(plan, format, stem, rows, err);
    }
    if (status == WEFT_OK) status = check_partition(plan, err);
    if (status == WEFT_OK && config->shard.count > 0 && !parts) status = add_pieces(plan, stem, rows, err);
    if (status == WEFT_OK) find_rows(plan);
    return status;
}

weft_status weft_plan_outputs_warn(weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++)
        if (plan->outputs[i].format->warn != NULL) status = plan->outputs[i].format->warn(plan, err);
    return status;
}

bool weft_plan_outputs_text(const weft_plan *plan) {
    bool any = false;
    for (int i = 0; i < plan->output_count; i++)
        any = any || plan->outputs[i].format->texts;
    return any;
}

/* The most bytes of text that a row can take. */
static int64_t line_bytes(const weft_plan *plan) {
    const weft_config *config = plan->config;
    weft_row_format format = {.column_count = plan->table.column_count,
                              .nodata = config->nodata_text,
                              .nodata_length = 2 * strlen(config->nodata_text) + 2,
                              .precision = config->precision,
                              .index = config->index_columns};
    return (int64_t)weft_row_format_bound(&format, plan->table.types);
}

weft_long_table weft_plan_outputs_long(const weft_plan *plan) {
    const weft_plan_table *table = &plan->table;
    return (weft_long_table){.dates = table->cell_rows,
                             .column_count = table->column_count,
                             .types = table->types,
                             .from = table->from,
                             .date_values = table->dates,
                             .chosen = !weft_plan_rows_are_all(plan->config)};
}

bool weft_plan_output_is_long(const weft_plan *plan, int output) {
    return plan->config->layout == WEFT_LAYOUT_LONG && plan->outputs[output].format->table;
}

int64_t weft_plan_output_long_bytes(const weft_plan *plan, int output) {
    if (!weft_plan_output_is_long(plan, output)) return 0;
    weft_long_table table = weft_plan_outputs_long(plan);
    return weft_long_writer_bytes(&table, plan->table_cols * plan->table_rows);
}

weft_status weft_plan_outputs_reserve(weft_reserve *all, weft_reserve *each, const weft_plan *plan, int threads,
                                      int64_t library_bytes, weft_error *err) {
    weft_data_type *types = calloc((size_t)plan->column_count + 1, sizeof *types);
    weft_status status = WEFT_OK;
    *all = (weft_reserve){0};
    if (types == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < plan->column_count; i++)
        types[i] = plan->columns[i].type;
    const weft_format_shape shape = {.plan = plan,
                                     .types = types,
                                     .table_types = plan->table.types,
                                     .table_columns = plan->table.column_count,
                                     .cells = {plan->table_cols * plan->table.cell_rows, plan->table_rows},
                                     .line_bytes = line_bytes(plan),
                                     .threads = threads,
                                     .library_bytes = library_bytes};
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++) {
        weft_reserve one = {0};
        const weft_format *format = plan->outputs[i].format;
        status = weft_partition_output_is(plan, format) ? weft_partition_output_reserve(&one, format, &shape, err)
                                                        : format->reserve(&one, &shape, err);
        int64_t turned = weft_plan_output_long_bytes(plan, i);
        one = weft_reserve_add(one, (weft_reserve){.min = turned, .desired = turned});
        *all = weft_reserve_add(*all, one);
        if (each != NULL) each[i] = one;
    }
    free(types);
    if (!plan->config->stats) return status;
    int64_t stats = weft_stats_writer_bytes(plan->column_count, threads);
    *all = weft_reserve_add(*all, (weft_reserve){.min = stats, .desired = stats});
    return status;
}

weft_status weft_plan_outputs_share(const weft_plan *plan, int64_t *out, weft_error *err) {
    weft_reserve all, each[WEFT_PLAN_MAX_OUTPUTS];
    weft_status status = weft_plan_outputs_reserve(&all, each, plan, plan->memory.threads, 0, err);
    double spare = (double)weft_larger(plan->memory.encoder_bytes - all.min, 0);
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++) {
        double more = (double)(each[i].desired - each[i].min);
        out[i] = each[i].min + (more > 0 ? (int64_t)(spare * (more / (double)(all.desired - all.min))) : 0);
    }
    return status;
}
