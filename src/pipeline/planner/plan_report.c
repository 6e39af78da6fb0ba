/* Two views of one plan: aligned text, and the JSON that scripts and oracles read.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/planner/plan_report.h"

#include "core/window.h"
#include "pipeline/columns/column_report.h"
#include "pipeline/outputs/plan_files.h"
#include "pipeline/plan/input_difference.h"
#include "pipeline/plan/plan_json.h"
#include "pipeline/plan/plan_transforms.h"
#include "pipeline/planner/row_plan.h"
#include "pipeline/rows/file_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t chunk_rows(const weft_plan *plan) {
    return weft_smaller(plan->memory.chunk_rows, plan->table_rows);
}

/* Windows are of whole layers, where chunks are made of those. */
static int64_t window_rows(const weft_plan *plan) {
    return weft_plan_is_in_memory(plan) ? plan->table_rows : chunk_rows(plan);
}

static int64_t window_side(const weft_plan *plan, int64_t max) {
    return weft_smaller(weft_plan_window_side(plan), max);
}

static json_t *json_layer(const weft_plan *plan, const weft_plan_layer *layer) {
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    if (dataset->made != NULL)
        return json_pack("{s:s, s:s, s:s, s:s}", "column", layer->column, "dataset", dataset->config->name, "from",
                         dataset->made->from[layer->which], "type", weft_data_type_name(layer->type));
    const weft_resampler *resampler = &layer->resamplers[0];
    json_t *out = json_pack("{s:s, s:s, s:o, s:i, s:s, s:s, s:[f, f], s:o}", "column", layer->column, "dataset",
                            dataset->config->name, "paths", weft_plan_json_paths(dataset), "band", layer->band,
                            "method", layer->method.name, "type", weft_data_type_name(layer->type), "scale",
                            resampler->scale_x, resampler->scale_y, "nodata", weft_plan_json_nodata(layer->info));
    if (out != NULL && layer->method.class != NULL)
        weft_plan_json_put(&out, "class", weft_plan_json_class(layer->method.class->value));
    if (out != NULL) weft_plan_json_put_date(&out, layer);
    if (out != NULL && dataset->mosaic != NULL)
        weft_plan_json_put(&out, "mosaic", json_string(weft_overlap_rule_name(dataset->config->overlap)));
    if (out != NULL && (resampler->value_scale != 1 || resampler->value_offset != 0))
        weft_plan_json_put(&out, "unscale", json_pack("[f, f]", resampler->value_scale, resampler->value_offset));
    if (out != NULL) weft_plan_json_put_overview(&out, dataset);
    if (out != NULL && dataset->skipped != NULL)
        weft_plan_json_put(&out, "skipped", weft_plan_json_text(dataset->skipped));
    return out;
}

/* A column that is written. */
static json_t *json_column(const weft_plan_column *column) {
    json_t *out = json_pack("{s:s, s:s}", "column", column->name, "type", weft_data_type_name(column->type));
    if (column->derived != NULL)
        weft_plan_json_put(&out, "expression", weft_plan_json_text(column->derived->from->expression.text));
    return out;
}

static json_t *json_plan(const weft_plan *plan, const weft_plan_files *files) {
    json_t *layers = json_array(), *columns = json_array(), *outputs = json_array(), *warnings = json_array();
    for (int i = 0; i < plan->layer_count; i++)
        weft_plan_json_append(&layers, json_layer(plan, &plan->layers[i]));
    for (int i = 0; i < files->count; i++) {
        const weft_plan_file *file = &files->files[i];
        weft_plan_json_append(&outputs, json_pack("{s:s, s:o, s:I}", "format", weft_format_name(file->format), "path",
                                                  weft_plan_json_text(file->path), "bytes_estimate",
                                                  (json_int_t)file->bytes_estimate));
    }
    for (int i = 0; i < plan->warning_count; i++)
        weft_plan_json_append(&warnings, weft_plan_json_text(plan->warnings[i]));
    for (int i = 0; i < plan->column_count; i++)
        weft_plan_json_append(&columns, json_column(&plan->columns[i]));
    json_t *out = json_pack(
        "{s:s, s:o, s:o, s:o, s:i, s:{s:I, s:I, s:I, s:I, s:I}, s:{s:I, s:I}, s:I, s:o, s:o, s:o}", "experiment",
        plan->config->experiment, "grid", weft_plan_json_grid(&plan->grid), "layers", layers, "columns", columns,
        "threads", plan->memory.threads, "memory", "limit_bytes", (json_int_t)plan->memory.limit_bytes,
        "unmanaged_bytes", (json_int_t)plan->memory.unmanaged_bytes, "peak_estimate_bytes",
        (json_int_t)plan->memory.peak_bytes, "min_limit_bytes", (json_int_t)plan->memory.min_limit_bytes,
        "desired_limit_bytes", (json_int_t)plan->memory.desired_limit_bytes, "window", "cols",
        (json_int_t)window_side(plan, plan->table_cols), "rows", (json_int_t)window_side(plan, window_rows(plan)),
        "chunk_rows", (json_int_t)chunk_rows(plan), "outputs", outputs, "transforms", weft_plan_transforms_json(plan),
        "warnings", warnings);
    if (plan->match_count > 0) {
        json_t *matches = json_array();
        for (int i = 0; i < plan->match_count; i++)
            weft_plan_json_append(&matches, weft_plan_json_text(plan->matches[i]));
        weft_plan_json_put(&out, "matches", matches);
    }
    if (plan->config->shard.count > 0)
        weft_plan_json_put(&out, "shard",
                           json_pack("{s:i, s:i, s:I, s:I}", "number", plan->config->shard.number, "count",
                                     plan->config->shard.count, "first_row", (json_int_t)plan->first_row, "end_row",
                                     (json_int_t)plan->end_row));
    weft_plan_json_put(&out, "rows_at_most", json_integer((json_int_t)plan->rows.max_count));
    if (plan->rows.file != NULL) weft_plan_json_put(&out, "rows_of", weft_file_rows_json(plan));
    if (plan->config->where.text != NULL)
        weft_plan_json_put(&out, "rows_where", weft_plan_json_text(plan->config->where.text));
    return out;
}

weft_status weft_plan_json(const weft_plan *plan, weft_text *out, weft_error *err) {
    weft_plan_files files = {0};
    weft_status status = weft_plan_files_list(&files, plan, err);
    if (status != WEFT_OK) return status;
    json_t *root = json_plan(plan, &files);
    weft_plan_files_dispose(&files);
    weft_plan_json_print(root, JSON_INDENT(2), out);
    weft_text_add(out, "\n");
    json_decref(root);
    return out->failed ? weft_error_no_memory(err, "the plan's JSON") : WEFT_OK;
}

static void describe_mosaic(const weft_plan_dataset *dataset, const char *first, weft_text *out) {
    weft_text_add(out, "mosaic of %d %s (%s), %d on the grid", dataset->file_count,
                  dataset->file_count == 1 ? "file" : "files", weft_overlap_rule_name(dataset->config->overlap),
                  dataset->files_on_grid);
    weft_input_difference between;
    if (dataset->input_count > 1) {
        weft_input_difference_find(&between, dataset);
        weft_text_add(out, between.in_place ? ", on %d pixel lattices" : ", as %d rasters that differ in %s",
                      dataset->input_count, between.what);
    }
    weft_text_add(out, dataset->file_count > 1 ? ": %s, .." : ": %s", first);
}

static void describe_overview(const weft_plan_dataset *dataset, weft_text *out) {
    const weft_source_overview *overview = &dataset->overview;
    if (dataset->config->overviews == WEFT_OVERVIEWS_NONE || !dataset->on_grid) return;
    if (overview->count == 0)
        weft_text_add(out, ", full resolution: it has no overviews");
    else if (overview->level == 0)
        weft_text_add(out, ", full resolution: none of %d overviews fits", overview->count);
    else if (fabs(overview->factor[0] / overview->factor[1] - 1) < 0.05)
        weft_text_add(out, ", overview %d of %d, 1/%.3g of the resolution", overview->level, overview->count,
                      sqrt(overview->factor[0] * overview->factor[1]));
    else
        weft_text_add(out, ", overview %d of %d, 1/%.3g and 1/%.3g of the resolution", overview->level, overview->count,
                      overview->factor[0], overview->factor[1]);
}

static void describe_layer(const weft_plan *plan, const weft_plan_layer *layer, int width, weft_text *out) {
    const weft_resampler *resampler = &layer->resamplers[0];
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    if (dataset->made != NULL) {
        weft_text_add(out, "  %-*s  %-8s  %-7s  %s\n", width, layer->column, "-", weft_data_type_name(layer->type),
                      dataset->made->from[layer->which]);
        return;
    }
    weft_text_add(out, "  %-*s  %-8s  %-7s", width, layer->column, layer->method.name,
                  weft_data_type_name(layer->type));
    if (dataset->skipped != NULL) {
        weft_text_add(out, "  skipped: %s\n", dataset->skipped);
        return;
    }
    const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
    weft_text_add(out, "  %.17g x %.17g  ", resampler->scale_x, resampler->scale_y);
    if (dataset->mosaic != NULL && (dataset->own == NULL || dataset->file_count > 1))
        describe_mosaic(dataset, info->path, out);
    else
        weft_text_add(out, "%s", info->path);
    if (layer->band != 1 || info->band_count > 1) weft_text_add(out, " band %d", layer->band);
    if (resampler->value_scale != 1 || resampler->value_offset != 0)
        weft_text_add(out, ", value = raw * %.17g + %.17g", resampler->value_scale, resampler->value_offset);
    describe_overview(dataset, out);
    weft_text_add(out, dataset->on_grid ? "\n" : "  off the grid\n");
}

static void describe_memory(const weft_plan *plan, weft_text *out) {
    char limit[WEFT_SIZE_TEXT_BYTES], unmanaged[WEFT_SIZE_TEXT_BYTES], cache[WEFT_SIZE_TEXT_BYTES],
        ledger[WEFT_SIZE_TEXT_BYTES], peak[WEFT_SIZE_TEXT_BYTES];
    const weft_memory_plan *memory = &plan->memory;
    weft_text_size(memory->limit_bytes, limit);
    weft_text_size(memory->unmanaged_bytes, unmanaged);
    weft_text_size(memory->block_cache_bytes, cache);
    weft_text_size(memory->ledger_bytes, ledger);
    weft_text_size(memory->peak_bytes, peak);
    weft_text_add(out, "memory       limit %s, peak estimate %s\n", limit, peak);
    weft_text_add(out, "             libraries %s, ledger %s, of it block cache %s\n", unmanaged, ledger, cache);
    if (memory->enough_limit_bytes > memory->limit_bytes)
        weft_text_add(out, "             with %lld MiB it would lose no time to memory\n",
                      (long long)(memory->enough_limit_bytes >> 20));
    weft_text_add(out, "threads      %d\n", memory->threads);
    if (plan->rows.file == NULL)
        weft_text_add(out, "windows      %lld x %lld cells\n", (long long)window_side(plan, plan->table_cols),
                      (long long)window_side(plan, window_rows(plan)));
    weft_text_add(out, "chunks       %lld rows, %lld of them (%s)\n", (long long)chunk_rows(plan),
                  (long long)((plan->table_rows + chunk_rows(plan) - 1) / chunk_rows(plan)),
                  plan->rows.file != NULL          ? "read in order"
                  : weft_plan_is_in_memory(plan)   ? "in memory"
                  : plan->config->enable_streaming ? "streaming"
                                                   : "streaming, as whole layers do not fit into memory");
}

weft_status weft_plan_describe(const weft_plan *plan, weft_text *out, weft_error *err) {
    const weft_grid *grid = &plan->grid;
    weft_bounds b = weft_grid_bounds(grid);
    char bytes[WEFT_SIZE_TEXT_BYTES];
    int width = 6;
    weft_plan_files files = {0};
    weft_status status = weft_plan_files_list(&files, plan, err);
    if (status != WEFT_OK) return status;
    weft_text_add(out, "experiment   %s\n", plan->config->experiment);
    if (plan->rows.file != NULL) {
        weft_file_rows_describe(plan, out);
    } else {
        weft_text_add(out, "grid         %s, %lld x %lld cells of %.15g x %.15g\n", weft_crs_name(grid->crs),
                      (long long)grid->cols, (long long)grid->rows, grid->res_x, grid->res_y);
        weft_text_add(out, "bounds       %.15g, %.15g, %.15g, %.15g\n", b.xmin, b.ymin, b.xmax, b.ymax);
    }
    for (int i = 0; i < plan->layer_count; i++)
        if ((int)strlen(plan->layers[i].column) > width) width = (int)strlen(plan->layers[i].column);
    weft_text_add(out, "layers       column, method, type, source pixels a cell, source\n");
    for (int i = 0; i < plan->layer_count; i++)
        describe_layer(plan, &plan->layers[i], width, out);
    weft_plan_describe_derived(plan, out);
    weft_row_plan_describe(plan, out);
    weft_plan_transforms_describe(plan, out);
    if (plan->config->shard.count > 0)
        weft_text_add(out, "shard        %d of %d: %lld rows, from row %lld on\n", plan->config->shard.number,
                      plan->config->shard.count, (long long)(plan->end_row - plan->first_row),
                      (long long)plan->first_row);
    describe_memory(plan, out);
    for (int i = 0; i < files.count; i++) {
        weft_text_size(files.files[i].bytes_estimate, bytes);
        weft_text_add(out, "output       %s, about %s\n", files.files[i].path, bytes);
    }
    weft_plan_files_dispose(&files);
    for (int i = 0; i < plan->match_count; i++)
        weft_text_add(out, "matches      %s\n", plan->matches[i]);
    for (int i = 0; i < plan->warning_count; i++)
        weft_text_add(out, "warning      %s\n", plan->warnings[i]);
    return out->failed ? weft_error_no_memory(err, "the plan's text") : WEFT_OK;
}
