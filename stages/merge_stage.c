/* SPDX-License-Identifier: MIT */
#include "stages/merge_stage.h"

#include "core/clock.h"
#include "core/window.h"
#include "stages/context/window_walk.h"

typedef struct window_task {
    weft_chunk_slot *slot;
    weft_window window;
    int first_layer, end_layer; /* the layers of one dataset */
} window_task;

/* Workers take less at once when memory is short. */
int64_t weft_merge_window_side(int64_t cols, int64_t rows, int64_t window_size, int threads) {
    int64_t side = window_size, wanted = 2 * (int64_t)threads;
    while (side > 64 && weft_divide_up(cols, side) * weft_divide_up(rows, side) < wanted)
        side = weft_divide_up(side, 2);
    return side;
}

int64_t weft_merge_chunk_bytes(int64_t cols, int64_t rows, int64_t cell_bytes, int columns, int datasets,
                               int64_t window_size, int threads) {
    int64_t cells, bytes, side = weft_merge_window_side(cols, rows, window_size, threads);
    /* A dataset of several columns may want narrow windows. */
    int64_t tasks = weft_divide_up(cols, columns > datasets ? WEFT_CHUNK_FEWEST_CELLS : side) *
                    weft_divide_up(rows, side) * datasets;
    if (!weft_checked_mul(cols, rows, &cells) || !weft_checked_mul(cells, cell_bytes, &bytes) || bytes > INT64_MAX / 8)
        return INT64_MAX / 4;
    return bytes + columns * (int64_t)(2 * WEFT_ALIGNMENT) + tasks * (int64_t)sizeof(window_task);
}

static int64_t window_side(const weft_chunk_options *options, weft_window chunk) {
    return weft_merge_window_side(chunk.cols, chunk.rows, options->window_size->desired,
                                  weft_work_pool_threads(options->context->pool));
}

/* Tasks lie after the columns. */
static int64_t task_bytes(const weft_chunk_slot *slot, weft_window chunk) {
    const weft_chunk_options *options = slot->options;
    int64_t side = window_side(options, chunk), count = 0;
    for (int i = 0; i < options->layer_count; i = weft_layers_of_dataset(options->layers, options->layer_count, i))
        count += weft_divide_up(chunk.cols, weft_layer_window_cols(options->layers[i], side)) *
                 weft_divide_up(chunk.rows, side);
    return count * (int64_t)sizeof(window_task);
}

/* All layers of the dataset. */
static weft_status fill_band(void *payload, weft_worker *worker, weft_window band, weft_error *err) {
    const window_task *task = payload;
    const weft_chunk_options *options = task->slot->options;
    weft_window chunk = task->slot->chunk.window;
    weft_status status = WEFT_OK;
    for (int i = task->first_layer; i < task->end_layer && status == WEFT_OK; i++) {
        weft_values out = weft_values_at(task->slot->views.values[i], band.row - chunk.row, band.col - chunk.col);
        weft_layer *layer = options->layers[i];
        status = weft_layer_read(layer, worker, band, out, err);
        if (status == WEFT_OK && options->seen != NULL)
            weft_layer_look_for_value(layer, out, band.cols, band.rows, &options->seen[i]);
    }
    return status;
}

static weft_status fill_window(void *payload, int worker_index, weft_error *err) {
    window_task *task = payload;
    weft_chunk_slot *slot = task->slot;
    weft_window_walk walk = {slot->options->window_size, &slot->windows, fill_band, task};
    weft_status status = weft_window_walk_run(&walk, &slot->options->workers[worker_index], task->window, err);
    atomic_store(&slot->filled_ns, weft_clock_monotonic_ns());
    return status;
}

/* Cuts the chunk into tasks: all parts of a dataset, then the next dataset's, so that blocks are used while warm. */
static void start(weft_chunk_slot *slot) {
    const weft_chunk_options *options = slot->options;
    weft_window chunk = slot->chunk.window;
    window_task *task = slot->rest;
    int64_t side = window_side(options, chunk);
    for (int first = 0, end; first < options->layer_count; first = end) {
        int64_t width = weft_layer_window_cols(options->layers[first], side);
        end = weft_layers_of_dataset(options->layers, options->layer_count, first);
        for (int64_t row = 0; row < chunk.rows; row += side) {
            for (int64_t col = 0; col < chunk.cols; col += width, task++) {
                weft_window cell = {chunk.col + col, chunk.row + row, width, side};
                *task = (window_task){slot, weft_window_intersect(cell, chunk), first, end};
                weft_work_pool_submit(options->context->pool, &slot->tasks, WEFT_TASK_NORMAL, fill_window, task);
            }
        }
    }
}

weft_status weft_merge_stage_new(weft_chunk_stage **out, const weft_chunk_options *options, weft_error *err) {
    const weft_chunk_filler filler = {.bytes = task_bytes, .start = start};
    return weft_chunk_stage_new(out, options, &filler, err);
}
