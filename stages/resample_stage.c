/* Bands of windows; in each, workers take windows of the size that memory allows then. The next band begins before the
 * one in hand is done, so that no worker waits at its end for the others.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/resample_stage.h"

#include "core/window.h"
#include "stages/context/window_walk.h"
#include "stages/layers/materialised_layer.h"

#include <stdlib.h>

typedef struct fill_task {
    const weft_resample_options *options;
    weft_layer *const *out;
    int first_layer, end_layer; /* the layers of one dataset */
    weft_window window;
    _Atomic int64_t *windows; /* counted */
} fill_task;

/* All layers of the dataset that memory holds. */
static weft_status fill_layers(void *payload, weft_worker *worker, weft_window band, weft_error *err) {
    const fill_task *task = payload;
    weft_status status = WEFT_OK;
    for (int i = task->first_layer; i < task->end_layer && status == WEFT_OK; i++)
        if (task->out[i] != NULL)
            status = weft_materialised_layer_fill(task->out[i], task->options->lazy[i], worker, band, err);
    return status;
}

static weft_status fill_window(void *payload, int worker, weft_error *err) {
    fill_task *task = payload;
    weft_window_walk walk = {task->options->window_size, task->windows, fill_layers, task};
    return weft_window_walk_run(&walk, &task->options->workers[worker], task->window, err);
}

/* Rows of windows of the layers of one dataset, under way. */
typedef struct band {
    weft_task_group group;
    fill_task *tasks; /* NULL: none is under way */
    int64_t end_row;
} band;

static weft_status begin_band(band *self, const fill_task *common, weft_window window, int64_t side, weft_error *err) {
    int64_t count = weft_divide_up(window.cols, side);
    self->tasks = calloc((size_t)count, sizeof *self->tasks);
    if (self->tasks == NULL)
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for %lld windows", (long long)count);
    self->end_row = window.row + window.rows;
    for (int64_t i = 0; i < count; i++) {
        self->tasks[i] = *common;
        self->tasks[i].window = weft_window_intersect((weft_window){i * side, window.row, side, window.rows}, window);
        weft_work_pool_submit(common->options->context->pool, &self->group, WEFT_TASK_NORMAL, fill_window,
                              &self->tasks[i]);
    }
    return WEFT_OK;
}

int64_t weft_resample_window_side(int64_t cols, int64_t window_size, int threads) {
    int64_t share = cols / (2 * threads);
    if (share < 64) share = 64;
    return window_size < share ? window_size : share;
}

static int64_t window_side(const weft_resample_options *options) {
    return weft_resample_window_side(options->cols, options->window_size->desired,
                                     weft_work_pool_threads(options->context->pool));
}

/* `layers` layers are done, and `rows` of the next `under_way`. */
static void report(const weft_resample_options *options, int layers, int under_way, int64_t rows) {
    const weft_observer *observer = &options->context->observer;
    if (observer->progressed != NULL)
        observer->progressed(observer->payload, WEFT_STAGE_RESAMPLE, layers * options->rows + under_way * rows,
                             options->layer_count * options->rows);
}

/* Waits for a band; nothing where none is under way. */
static weft_status end_band(band *self, const fill_task *common, weft_error *err) {
    if (self->tasks == NULL) return WEFT_OK;
    weft_status status = weft_task_group_wait(&self->group, err);
    free(self->tasks);
    self->tasks = NULL;
    if (status == WEFT_OK)
        report(common->options, common->first_layer, common->end_layer - common->first_layer, self->end_row);
    return status;
}

static weft_status fill_dataset(const fill_task *common, band bands[2], weft_error *err) {
    const weft_resample_options *options = common->options;
    weft_status status = WEFT_OK;
    int turn = 0;
    for (int64_t row = options->first_row; row < options->rows && status == WEFT_OK; turn = 1 - turn) {
        int64_t height = options->window_size->desired;
        if (height > options->rows - row) height = options->rows - row;
        status = end_band(&bands[turn], common, err);
        if (status == WEFT_OK)
            status = begin_band(&bands[turn], common, (weft_window){0, row, options->cols, height},
                                weft_layer_window_cols(options->lazy[common->first_layer], window_side(options)), err);
        row += height;
    }
    for (int i = 0; i < 2; i++) {
        weft_status ended = end_band(&bands[turn], common, status == WEFT_OK ? err : NULL);
        if (status == WEFT_OK) status = ended;
        turn = 1 - turn;
    }
    return status;
}

static bool has_any(weft_layer *const *layers, int first, int end) {
    for (int i = first; i < end; i++)
        if (layers[i] != NULL) return true;
    return false;
}

static weft_status fill_all(const weft_resample_options *options, weft_layer *const *out, weft_resample_result *result,
                            weft_error *err) {
    band bands[2] = {0};
    weft_status status = weft_task_group_init(&bands[0].group, err);
    if (status != WEFT_OK) return status;
    status = weft_task_group_init(&bands[1].group, err);
    if (status != WEFT_OK) {
        weft_task_group_dispose(&bands[0].group);
        return status;
    }
    for (int first = 0, end; first < options->layer_count && status == WEFT_OK; first = end) {
        end = weft_layers_of_dataset(options->lazy, options->layer_count, first);
        fill_task common = {
            .options = options, .out = out, .first_layer = first, .end_layer = end, .windows = &result->windows};
        if (has_any(out, first, end)) status = fill_dataset(&common, bands, err);
    }
    weft_task_group_dispose(&bands[0].group);
    weft_task_group_dispose(&bands[1].group);
    return status;
}

weft_status weft_resample_run(const weft_resample_options *options, weft_layer **out, weft_resample_result *result,
                              weft_error *err) {
    *result = (weft_resample_result){0};
    for (int i = 0; i < options->layer_count; i++) {
        out[i] = weft_materialised_layer_new(options->lazy[i], options->cols, options->rows, options->context);
        if (out[i] == NULL) result->lazy_layers++;
    }
    weft_status status = fill_all(options, out, result, err);
    for (int i = 0; i < options->layer_count && status != WEFT_OK; i++) {
        weft_layer_free(out[i]);
        out[i] = NULL;
    }
    return status;
}
