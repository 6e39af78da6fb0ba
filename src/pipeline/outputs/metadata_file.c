/* SPDX-License-Identifier: MIT
 *
 * Keys stand in the order in which a reader wants to know them. */
#include "pipeline/outputs/metadata_file.h"

#include "core/clock.h"
#include "core/files/digest.h"
#include "core/text.h"
#include "core/window.h"
#include "pipeline/formats/format.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/outputs/partition_output.h"
#include "pipeline/outputs/plan_files.h"
#include "pipeline/outputs/versions.h"
#include "pipeline/plan/plan_json.h"
#include "pipeline/plan/plan_transforms.h"
#include "pipeline/rows/file_rows.h"
#include "stages/writers/stats_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* JSON has no infinities and no NaN. */
static json_t *json_number(double value) {
    if (isnan(value)) return json_null();
    return isinf(value) ? json_string(value > 0 ? "inf" : "-inf") : json_real(value);
}

static json_t *json_value(weft_stats_value value, weft_data_type type) {
    if (weft_data_type_is_float(type)) return json_number(value.real);
    if (type != WEFT_UINT64) return json_integer(value.integer);
    return value.unsigned_integer <= INT64_MAX ? json_integer((json_int_t)value.unsigned_integer)
                                               : json_real((double)value.unsigned_integer);
}

static json_t *json_stats(const weft_column_stats *stats, weft_data_type type, int64_t rows) {
    bool some = stats->count > 0;
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}", "count", (json_int_t)stats->count, "missing",
                     (json_int_t)(rows - stats->count), "min", some ? json_value(stats->min, type) : json_null(), "max",
                     some ? json_value(stats->max, type) : json_null(), "mean",
                     some ? json_number(stats->mean) : json_null(), "sd", json_number(weft_column_stats_sd(stats)));
}

static json_t *json_grid(const weft_grid *grid) {
    const char *name = weft_crs_name(grid->crs);
    json_t *out = weft_plan_json_grid(grid);
    if (strncmp(name, "EPSG:", 5) == 0) weft_plan_json_put(&out, "epsg", json_integer(atoll(name + 5)));
    return out;
}

static weft_status add_bad_file(void *payload, const char *path, int64_t blocks, weft_error *err) {
    (void)err;
    json_t *one = json_pack("{s:o, s:I}", "path", weft_plan_json_text(path), "blocks", (json_int_t)blocks);
    weft_plan_json_append(payload, one);
    return WEFT_OK;
}

/* What on_error left out. */
static void put_broken(json_t **out, const weft_plan_dataset *dataset) {
    json_t *skipped = json_array(), *bad = json_array();
    for (int i = 0; i < dataset->skipped_file_count; i++)
        weft_plan_json_append(&skipped,
                              json_pack("{s:o, s:o}", "path", weft_plan_json_text(dataset->skipped_files[i].path),
                                        "reason", weft_plan_json_text(dataset->skipped_files[i].reason)));
    (void)weft_plan_visit_bad(dataset, add_bad_file, &bad, NULL);
    for (int i = 0; i < dataset->bad_file_count; i++)
        (void)add_bad_file(&bad, dataset->bad_files[i].path, dataset->bad_files[i].blocks, NULL);
    if (dataset->config->on_error != WEFT_ON_ERROR_FAIL && dataset->mosaic != NULL)
        weft_plan_json_put(out, "skipped_files", skipped);
    else
        json_decref(skipped);
    if (dataset->config->on_error == WEFT_ON_ERROR_MISSING)
        weft_plan_json_put(out, "missing_blocks", bad);
    else
        json_decref(bad);
}

/* One is a text, several are a list. */
static json_t *json_methods(const weft_config_dataset *dataset) {
    char name[WEFT_PLAN_METHOD_BYTES];
    json_t *out = json_array();
    weft_plan_method_write(dataset->methods.items[0], name);
    if (dataset->methods.count == 1) {
        json_decref(out);
        return json_string(name);
    }
    for (int i = 0; i < dataset->methods.count; i++) {
        weft_plan_method_write(dataset->methods.items[i], name);
        weft_plan_json_append(&out, json_string(name));
    }
    return out;
}

static json_t *json_dataset(const weft_plan_dataset *dataset) {
    json_t *out = json_pack("{s:s, s:o, s:o}", "name", dataset->config->name, "paths", weft_plan_json_paths(dataset),
                            "method", json_methods(dataset->config));
    if (dataset->mosaic != NULL)
        weft_plan_json_put(&out, "mosaic", json_string(weft_overlap_rule_name(dataset->config->overlap)));
    if (dataset->skipped != NULL)
        weft_plan_json_put(&out, "skipped", weft_plan_json_text(dataset->skipped));
    else
        weft_plan_json_put(&out, "on_grid", json_boolean(dataset->on_grid));
    weft_plan_json_put_overview(&out, dataset);
    put_broken(&out, dataset);
    return out;
}

static json_t *json_source(const weft_metadata *metadata, const weft_plan_column *column) {
    const weft_plan_layer *layer = column->layer;
    if (layer == NULL)
        return json_pack("{s:s, s:s, s:s}", "name", column->name, "expression", column->derived->from->expression.text,
                         "type", weft_data_type_name(column->type));
    const weft_plan_dataset *dataset = &metadata->plan->datasets[layer->dataset];
    if (dataset->made != NULL)
        return json_pack("{s:s, s:s, s:s}", "name", column->name, "from", dataset->made->from[layer->which], "type",
                         weft_data_type_name(column->type));
    json_t *out =
        json_pack("{s:s, s:s, s:i, s:s, s:o}", "name", column->name, "dataset", dataset->config->name, "band",
                  layer->band, "type", weft_data_type_name(column->type), "nodata", weft_plan_json_nodata(layer->info));
    weft_plan_json_put(&out, "method", json_string(layer->method.name));
    if (layer->method.class != NULL)
        weft_plan_json_put(&out, "class", weft_plan_json_class(layer->method.class->value));
    weft_plan_json_put_date(&out, layer);
    if (weft_plan_layer_unit(layer) != NULL)
        weft_plan_json_put(&out, "unit", weft_plan_json_text(weft_plan_layer_unit(layer)));
    if (layer->info != NULL && layer->info->description != NULL)
        weft_plan_json_put(&out, "description", weft_plan_json_text(layer->info->description));
    return out;
}

static json_t *json_column(const weft_metadata *metadata, int index) {
    const weft_plan_column *column = &metadata->plan->columns[index];
    json_t *out = json_source(metadata, column);
    if (metadata->outputs->stats != NULL) {
        const weft_column_stats *stats = weft_stats_writer_columns(metadata->outputs->stats);
        weft_plan_json_put(&out, "statistics", json_stats(&stats[index], column->type, metadata->outputs->stats->rows));
    }
    return out;
}

/* Of a column's file, which has not got its name yet. hex: its digest, or "". */
static weft_status describe_column_file(const char *path, bool digest, const weft_cancel *cancel, int64_t *bytes,
                                        char hex[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    weft_digest *sum = NULL;
    struct stat info;
    weft_status status = WEFT_OK;
    char *part = weft_text_format("%s.part", path);
    if (part == NULL) return weft_error_no_memory(err, "a file's name");
    int fd = open(part, O_RDONLY | O_CLOEXEC);
    hex[0] = '\0';
    if (fd < 0 || fstat(fd, &info) != 0) {
        status = weft_error_set_errno(err, errno, "%s", part);
        goto done;
    }
    *bytes = info.st_size;
    if (!digest) goto done;
    status = weft_digest_new(&sum, WEFT_DIGEST_SHA256, err);
    if (status == WEFT_OK) status = weft_digest_add_file(sum, fd, 0, *bytes, part, cancel, err);
    if (status == WEFT_OK) status = weft_digest_finish_hex(sum, hex, err);
done:
    weft_digest_free(sum);
    if (fd >= 0) (void)close(fd);
    free(part);
    return status;
}

/* A partitioned table's manifest with its folder. */
static const char *name_of(const weft_plan *plan, const weft_plan_file *file) {
    if (weft_partition_output_is(plan, file->format)) return file->path + strlen(plan->config->output_dir) + 1;
    return strrchr(file->path, '/') + 1;
}

static weft_status list_outputs(json_t **out, const weft_metadata *metadata, weft_error *err) {
    weft_plan_files files = {0};
    weft_status status = weft_plan_files_list(&files, metadata->plan, err);
    *out = json_array();
    for (int i = 0; i < files.count && status == WEFT_OK; i++) {
        const weft_plan_file *file = &files.files[i];
        char hex[WEFT_DIGEST_HEX_BYTES];
        int64_t bytes = 0;
        if (file->output >= 0) {
            const weft_output_file *written = metadata->outputs->files[file->output];
            bytes = weft_output_file_size(written);
            status = weft_output_file_digest(written, hex, err);
        } else {
            status = describe_column_file(file->path, metadata->plan->config->checksums, metadata->plan->retries.cancel,
                                          &bytes, hex, err);
        }
        if (status != WEFT_OK) break;
        json_t *one = json_pack("{s:s, s:s, s:I}", "file", name_of(metadata->plan, file), "format",
                                weft_format_name(file->format), "bytes", (json_int_t)bytes);
        if (hex[0] != '\0' && metadata->plan->config->checksums) weft_plan_json_put(&one, "sha256", json_string(hex));
        weft_plan_json_append(out, one);
    }
    weft_plan_files_dispose(&files);
    return status;
}

/* What whoever joins the shards has to know of this one. */
static json_t *json_shard(const weft_metadata *metadata) {
    const weft_plan *plan = metadata->plan;
    const weft_config_shard *shard = &plan->config->shard;
    json_t *pieces = json_array(), *warnings = json_array();
    int64_t end_cell = plan->end_row * plan->table_cols;
    for (int i = 0; i < plan->output_count; i++) {
        const weft_plan_output *output = &plan->outputs[i];
        end_cell = weft_smaller(end_cell, output->end_cell / output->cell_rows);
        weft_plan_json_append(&pieces,
                              json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "format", weft_format_name(output->format),
                                        "file", strrchr(output->path, '/') + 1, "bytes",
                                        (json_int_t)weft_output_file_size(metadata->outputs->files[i]), "rows",
                                        (json_int_t)metadata->outputs->writers[i]->rows, "first_cell",
                                        (json_int_t)output->first_cell, "end_cell", (json_int_t)output->end_cell));
    }
    for (int i = plan->planned_warnings; i < plan->warning_count; i++)
        weft_plan_json_append(&warnings, weft_plan_json_text(plan->warnings[i]));
    return json_pack("{s:i, s:i, s:I, s:I, s:s, s:o, s:o}", "number", shard->number, "count", shard->count, "cols",
                     (json_int_t)plan->table_cols, "end_row", (json_int_t)(end_cell / plan->table_cols), "columns_seen",
                     metadata->facts->columns_seen != NULL ? metadata->facts->columns_seen : "", "warnings", warnings,
                     "pieces", pieces);
}

/* Takes `outputs` over. */
static json_t *json_metadata(const weft_metadata *metadata, json_t *outputs) {
    static const char *const kept[] = {
        [WEFT_ROWS_ALL] = "all", [WEFT_ROWS_ANY] = "any", [WEFT_ROWS_COMPLETE] = "complete"};
    const weft_plan *plan = metadata->plan;
    json_t *datasets = json_array(), *columns = json_array(), *warnings = json_array();
    char started[WEFT_CLOCK_TEXT_BYTES], ended[WEFT_CLOCK_TEXT_BYTES];
    weft_clock_format(metadata->started_ms, started);
    weft_clock_format(weft_clock_wall_ms(), ended);
    for (int i = 0; i < plan->dataset_count; i++)
        if (plan->datasets[i].made == NULL) weft_plan_json_append(&datasets, json_dataset(&plan->datasets[i]));
    for (int i = 0; i < plan->column_count; i++)
        weft_plan_json_append(&columns, json_column(metadata, i));
    for (int i = 0; i < plan->warning_count; i++)
        weft_plan_json_append(&warnings, weft_plan_json_text(plan->warnings[i]));
    json_t *out =
        json_pack("{s:s, s:s, s:s, s:o, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "experiment",
                  plan->config->experiment, "started", started, "ended", ended, "grid", json_grid(&plan->grid), "rows",
                  (json_int_t)metadata->rows, "rows_kept", kept[plan->config->rows], "columns", columns, "datasets",
                  datasets, "outputs", outputs, "warnings", warnings, "versions", weft_versions_json(), "configuration",
                  weft_plan_json_text(plan->config->text), "transforms", weft_plan_transforms_json(plan));
    if (plan->config->layout == WEFT_LAYOUT_LONG) {
        json_t *table = json_array();
        for (int i = 0; i < plan->table.column_count; i++)
            weft_plan_json_append(&table, json_pack("{s:s, s:s}", "name", plan->table.names[i], "type",
                                                    weft_data_type_name(plan->table.types[i])));
        weft_plan_json_put(&out, "layout", json_string("long"));
        weft_plan_json_put(&out, "table", table);
    }
    if (plan->rows.file != NULL) weft_plan_json_put(&out, "rows_of", weft_file_rows_json(plan));
    if (plan->config->shard.count > 0) weft_plan_json_put(&out, "shard", json_shard(metadata));
    if (plan->config->where.text != NULL)
        weft_plan_json_put(&out, "rows_where", weft_plan_json_text(plan->config->where.text));
    return out;
}

weft_status weft_metadata_file_write(weft_output_file **out, const weft_metadata *metadata, weft_text *text,
                                     weft_error *err) {
    weft_output_file *file = NULL;
    json_t *root = NULL, *outputs = NULL;
    char *path = NULL;
    weft_status status = list_outputs(&outputs, metadata, err);
    if (status != WEFT_OK) {
        json_decref(outputs);
        goto done;
    }
    root = json_metadata(metadata, outputs);
    weft_plan_json_put(&root, "run", weft_finished_run_json(metadata->facts));
    weft_plan_json_print(root, JSON_INDENT(2), text);
    weft_text_add(text, "\n");
    path = weft_finished_run_path(metadata->plan->config);
    if (text->failed || path == NULL) {
        status = weft_error_no_memory(err, "the metadata");
        goto done;
    }
    status = weft_output_file_open(&file, path, err);
    if (status == WEFT_OK) status = weft_output_file_write(file, text->data, text->length, err);
done:
    if (status == WEFT_OK)
        *out = file;
    else
        weft_output_file_close(file);
    free(path);
    json_decref(root);
    return status;
}
