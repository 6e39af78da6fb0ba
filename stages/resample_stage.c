/* Bands of windows, one after the other; in each, workers take windows of the size that memory allows then.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/resample_stage.h"

#include "stages/materialised_layer.h"
#include "stages/window_walk.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct fill_task {
    const weft_resample_options *options;
    weft_layer *const *out;
    int first_layer, end_layer; /* the layers of one dataset */
    weft_window window;
    _Atomic int64_t *windows; /* counted */
} fill_task;

/* All layers of the dataset. */
static weft_status fill_layers(void *payload, weft_worker *worker, weft_window band, weft_error *err) {
    const fill_task *task = payload;
    weft_status status = WEFT_OK;
    for (int i = task->first_layer; i < task->end_layer && status == WEFT_OK; i++)
        status = weft_materialised_layer_fill(task->out[i], task->options->lazy[i], worker, band, err);
    return status;
}

static weft_status fill_window(void *payload, int worker, weft_error *err) {
    fill_task *task = payload;
    weft_window_walk walk = {task->options->window_size, task->windows, fill_layers, task};
    return weft_window_walk_run(&walk, &task->options->workers[worker], task->window, err);
}

/* One band of windows of the layers of one dataset. */
static weft_status fill_band(const weft_resample_options *options, weft_layer *const *out, int first, int end,
                             weft_window band, int64_t side, weft_task_group *group, weft_resample_result *result,
                             weft_error *err) {
    int64_t count = (band.cols + side - 1) / side;
    fill_task *tasks = calloc((size_t)count, sizeof *tasks);
    if (tasks == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for %lld windows", (long long)count);
    for (int64_t i = 0; i < count; i++) {
        weft_window window = weft_window_intersect((weft_window){i * side, band.row, side, band.rows}, band);
        tasks[i] = (fill_task){options, out, first, end, window, &result->windows};
        weft_work_pool_submit(options->context->pool, group, WEFT_TASK_NORMAL, fill_window, &tasks[i]);
    }
    weft_status status = weft_task_group_wait(group, err);
    free(tasks);
    return status;
}

/* Narrow grids: a side that still gives every worker something to do in a band. */
static int64_t window_side(const weft_resample_options *options) {
    int64_t side = options->window_size->wish, share;
    share = options->cols / (2 * weft_work_pool_threads(options->context->pool));
    if (share < 64) share = 64;
    return side < share ? side : share;
}

/* `layers` layers are done, and `rows` of the next `under_way`. */
static void report(const weft_resample_options *options, int layers, int under_way, int64_t rows) {
    const weft_observer *observer = &options->context->observer;
    if (observer->progressed != NULL)
        observer->progressed(observer->payload, WEFT_STAGE_RESAMPLE, layers * options->rows + under_way * rows,
                             options->layer_count * options->rows);
}

static weft_status fill_dataset(const weft_resample_options *options, weft_layer *const *out, int first, int end,
                                weft_task_group *group, weft_resample_result *result, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int64_t row = options->first_row; row < options->rows && status == WEFT_OK;) {
        int64_t height = options->window_size->wish, side = window_side(options);
        if (height > options->rows - row) height = options->rows - row;
        weft_window band = {0, row, options->cols, height};
        status = fill_band(options, out, first, end, band, side, group, result, err);
        row += height;
        if (status == WEFT_OK) report(options, first, end - first, row);
    }
    return status;
}

static weft_status make_layer(const weft_resample_options *options, int i, weft_layer **out,
                              weft_resample_result *result, weft_error *err) {
    weft_layer *from = options->lazy[i];
    char path[4096];
    bool in_memory = false;
    if (snprintf(path, sizeof path, "%s/layer-%d.scratch", options->scratch_folder, i) >= (int)sizeof path)
        return weft_error_set(err, WEFT_ERR_IO, "%s: the path is too long", options->scratch_folder);
    weft_status status = weft_materialised_layer_new(out, from->column, from->type, from->dataset, options->cols,
                                                     options->rows, options->context, path, &in_memory, err);
    if (status == WEFT_OK && !in_memory) result->layers_in_scratch++;
    return status;
}

weft_status weft_resample_run(const weft_resample_options *options, weft_layer **out, weft_resample_result *result,
                              weft_error *err) {
    weft_task_group group;
    *result = (weft_resample_result){0};
    for (int i = 0; i < options->layer_count; i++)
        out[i] = NULL;
    weft_status status = weft_task_group_init(&group, err);
    if (status != WEFT_OK) return status;
    for (int i = 0; i < options->layer_count && status == WEFT_OK; i++)
        status = make_layer(options, i, &out[i], result, err);
    for (int first = 0, end; first < options->layer_count && status == WEFT_OK; first = end) {
        end = weft_layers_of_dataset(options->lazy, options->layer_count, first);
        status = fill_dataset(options, out, first, end, &group, result, err);
    }
    weft_task_group_dispose(&group);
    for (int i = 0; i < options->layer_count && status != WEFT_OK; i++) {
        weft_layer_free(out[i]);
        out[i] = NULL;
    }
    return status;
}
