/* SPDX-License-Identifier: MIT */
#include "pipeline/plan/plan.h"

#include "raster/blocks/handle_limit.h"
#include "raster/crs/outline.h"
#include "stages/merge_stage.h"
#include "stages/resample_stage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds a copy of a line. */
static weft_status add_line(char ***lines, int *count, const char *line, weft_error *err) {
    char **more = realloc(*lines, (size_t)(*count + 1) * sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the plan");
    *lines = more;
    more[*count] = weft_text_format("%s", line);
    if (more[*count] == NULL) return weft_error_no_memory(err, "the plan");
    ++*count;
    return WEFT_OK;
}

weft_status weft_plan_warn(weft_plan *plan, weft_error *err, const char *format, ...) {
    char message[WEFT_ERROR_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return add_line(&plan->warnings, &plan->warning_count, message, err);
}

weft_status weft_plan_match(weft_plan *plan, weft_error *err, const char *format, ...) {
    char message[WEFT_ERROR_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return add_line(&plan->matches, &plan->match_count, message, err);
}

weft_status weft_plan_warn_once(weft_plan *plan, const char *warning, weft_error *err) {
    for (int i = 0; i < plan->warning_count; i++)
        if (strcmp(plan->warnings[i], warning) == 0) return WEFT_OK;
    return weft_plan_warn(plan, err, "%s", warning);
}

void weft_plan_place_error(const weft_plan *plan, const weft_config_dataset *dataset, weft_place place,
                           weft_error *err) {
    weft_error_prefix(err, "dataset %s: ", dataset->name);
    weft_config_place_error(plan->config, place.line > 0 ? place : dataset->place, err);
}

/* --- files --- */

static weft_status check_dataset(const weft_plan_dataset *dataset, weft_error *err) {
    if (dataset->mosaic != NULL) return weft_mosaic_check_files(dataset->mosaic, err);
    return dataset->input_count == 0 ? WEFT_OK : weft_source_check_files(dataset->inputs[0].source, err);
}

weft_status weft_plan_visit_files(const weft_plan_dataset *dataset, weft_file_list_fn fn, void *payload,
                                  weft_error *err) {
    if (dataset->mosaic != NULL) return weft_mosaic_visit_files(dataset->mosaic, fn, payload, err);
    return dataset->input_count == 0 ? WEFT_OK : weft_source_visit_files(dataset->inputs[0].source, fn, payload, err);
}

weft_status weft_plan_visit_bad(const weft_plan_dataset *dataset, weft_plan_bad_file_fn fn, void *payload,
                                weft_error *err) {
    int count = dataset->mosaic != NULL ? weft_mosaic_file_count(dataset->mosaic) : dataset->input_count;
    weft_status status = WEFT_OK;
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        const char *path = dataset->mosaic != NULL ? weft_mosaic_file_path(dataset->mosaic, i)
                                                   : weft_source_describe(dataset->inputs[i].source)->path;
        int64_t bad = dataset->mosaic != NULL ? weft_mosaic_file_bad_blocks(dataset->mosaic, i)
                                              : weft_source_bad_blocks(dataset->inputs[i].source);
        if (bad > 0) status = fn(payload, path, bad, err);
    }
    return status;
}

weft_status weft_plan_add_bad(weft_plan_dataset *dataset, const char *path, int64_t blocks, weft_error *err) {
    int at = 0, count = dataset->bad_file_count;
    while (at < count && strcmp(dataset->bad_files[at].path, path) != 0)
        at++;
    if (at == count) {
        weft_plan_bad_file *more = realloc(dataset->bad_files, (size_t)(count + 1) * sizeof *more);
        if (more == NULL) return weft_error_no_memory(err, "the plan");
        dataset->bad_files = more;
        more[at] = (weft_plan_bad_file){.path = weft_text_format("%s", path)};
        if (more[at].path == NULL) return weft_error_no_memory(err, "the plan");
        dataset->bad_file_count++;
    }
    dataset->bad_files[at].blocks += blocks;
    return WEFT_OK;
}

static weft_status warn_of_bad_file(void *payload, const char *path, int64_t blocks, weft_error *err) {
    return weft_plan_warn(payload, err, "%s: %lld %s could not be read or decoded and %s missing", path,
                          (long long)blocks, blocks == 1 ? "block" : "blocks", blocks == 1 ? "is" : "are");
}

weft_status weft_plan_warn_of_bad_blocks(weft_plan *plan, bool earlier, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++)
        status = weft_plan_visit_bad(&plan->datasets[i], warn_of_bad_file, plan, err);
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK && earlier; i++)
        if (plan->datasets[i].config->on_error == WEFT_ON_ERROR_MISSING)
            status = weft_plan_warn(plan, err,
                                    "dataset %s: blocks that the run could not read before it was resumed are not "
                                    "counted here",
                                    plan->datasets[i].config->name);
    return status;
}

weft_status weft_plan_check_files(const weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++)
        status = check_dataset(&plan->datasets[i], err);
    return status;
}

/* --- windows --- */

bool weft_plan_has_other_crs(const weft_plan *plan, const weft_crs *crs) {
    for (int i = 0; i < plan->dataset_count; i++)
        for (int j = 0; j < plan->datasets[i].input_count; j++)
            if (!weft_crs_equal(weft_source_describe(plan->datasets[i].inputs[j].source)->crs, crs)) return true;
    return false;
}

bool weft_plan_is_in_memory(const weft_plan *plan) {
    return plan->memory.layers_bytes > 0;
}

int64_t weft_plan_window_side(const weft_plan *plan) {
    const weft_memory_plan *memory = &plan->memory;
    int64_t rows = weft_smaller(memory->chunk_rows, plan->table_rows);
    return weft_plan_is_in_memory(plan)
               ? weft_resample_window_side(plan->table_cols, memory->window_size, memory->threads)
               : weft_merge_window_side(plan->table_cols, rows, memory->window_size, memory->threads);
}

/* --- freeing --- */

static void close_inputs(weft_plan_dataset *dataset) {
    for (int i = 0; i < dataset->skipped_file_count; i++) {
        free(dataset->skipped_files[i].path);
        free(dataset->skipped_files[i].reason);
    }
    free(dataset->skipped_files);
    for (int i = 0; i < dataset->bad_file_count; i++)
        free(dataset->bad_files[i].path);
    free(dataset->bad_files);
    for (int i = 0; i < dataset->input_count; i++) {
        weft_projector_free(dataset->inputs[i].projector);
        if (dataset->mosaic == NULL) weft_source_close(dataset->inputs[i].source);
    }
    for (int i = 0; i < dataset->net_count; i++)
        weft_coverage_free(dataset->nets[i].coverage);
    weft_mosaic_close(dataset->mosaic);
    weft_crs_free(dataset->crs);
    free(dataset->nets);
    free(dataset->inputs);
}

static void free_transforms(weft_plan *plan) {
    for (int i = 0; i < plan->transform_count; i++)
        if (!plan->transforms[i].borrowed) weft_crs_operation_dispose(&plan->transforms[i].operation);
    free(plan->transforms);
}

void weft_plan_method_write(weft_config_method method, char out[WEFT_PLAN_METHOD_BYTES]) {
    const char *word = weft_method_name(weft_method_at(method.number));
    if (method.argument > 0)
        (void)snprintf(out, WEFT_PLAN_METHOD_BYTES, "%s%d", word, method.argument);
    else
        (void)snprintf(out, WEFT_PLAN_METHOD_BYTES, "%s", word);
}

const char *weft_plan_layer_unit(const weft_plan_layer *layer) {
    return layer->info == NULL || layer->method.method->of_pixels ? NULL : layer->info->unit;
}

/* Of the copy, what is its own. */
static void free_own(weft_plan_dataset *dataset) {
    free(dataset->variable);
    free(dataset->expected);
    if (dataset->own == NULL) return;
    for (int i = 0; i < dataset->own->path_count; i++)
        free(dataset->own->paths[i]);
    free(dataset->own->paths);
    free(dataset->own->name);
    free(dataset->own);
}

void weft_plan_free(weft_plan *plan) {
    if (plan == NULL) return;
    for (int i = 0; i < plan->dataset_count && plan->datasets != NULL; i++) {
        close_inputs(&plan->datasets[i]);
        free(plan->datasets[i].skipped);
        free_own(&plan->datasets[i]);
    }
    for (int i = 0; plan->mask_rules != NULL && i < plan->config->dataset_count; i++)
        if (plan->mask_rules[i] != NULL) plan->free_mask_rule(plan->mask_rules[i]);
    free(plan->mask_rules);
    for (int i = 0; i < plan->pair_count; i++)
        weft_crs_pair_free(plan->pairs[i]);
    free(plan->pairs);
    for (int i = 0; i < plan->layer_total; i++) {
        free(plan->layers[i].column);
        free(plan->layers[i].variable);
        free(plan->layers[i].resamplers);
    }
    for (int i = 0; i < plan->warning_count; i++)
        free(plan->warnings[i]);
    for (int i = 0; i < plan->match_count; i++)
        free(plan->matches[i]);
    free(plan->matches);
    weft_outline_free(plan->grid.outline);
    weft_grid_dispose(&plan->grid);
    weft_handle_limit_free(plan->handles);
    free(plan->datasets);
    free(plan->layers);
    free(plan->columns);
    for (int i = 0; i < plan->derived_count; i++)
        free(plan->derived[i].name);
    free(plan->derived);
    weft_plan_table_dispose(&plan->table);
    weft_plan_partition_dispose(&plan->partition);
    if (plan->program != NULL) weft_column_program_dispose(plan->program);
    free(plan->program);
    free(plan->warnings);
    free_transforms(plan);
    weft_plan_rows_dispose(&plan->rows);
    for (int i = 0; i < plan->output_count; i++)
        free(plan->outputs[i].path);
    free(plan);
}
