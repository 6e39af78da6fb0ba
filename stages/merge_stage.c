/* Two slots: one in the caller's hands, one being filled by the workers.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/merge_stage.h"

#include "core/clock.h"
#include "stages/chunk_layout.h"
#include "stages/context/window_walk.h"

#include <stdlib.h>

#define SLOTS        2
#define FEWEST_CELLS 64 /* a row is not cut into pieces smaller than this */

typedef struct slot slot;

typedef struct window_task {
    slot *target;
    weft_window window;
    int first_layer, end_layer; /* the layers of one dataset */
} window_task;

struct slot {
    weft_merge_stage *stage;
    weft_chunk chunk;
    weft_chunk_views views; /* into memory */
    weft_buffer memory;
    window_task *tasks; /* in memory, behind the columns */
    weft_task_group group;
    bool group_ready, busy, lent; /* busy: being filled */
    int64_t begun_ns;
    _Atomic int64_t filled_ns; /* when the last window of it was, so far */
};

struct weft_merge_stage {
    weft_merge_options options;
    slot slots[SLOTS];
    int64_t next_row, next_col; /* where the next chunk begins */
    int64_t chunks;
    _Atomic int64_t windows;
    int filling; /* the slot under way, or -1 */
};

static int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* Workers take less at once when memory is short. */
int64_t weft_merge_window_side(int64_t cols, int64_t rows, int64_t window_size, int threads) {
    int64_t side = window_size, wanted = 2 * (int64_t)threads;
    while (side > 64 && divide_up(cols, side) * divide_up(rows, side) < wanted)
        side = divide_up(side, 2);
    return side;
}

int64_t weft_merge_chunk_bytes(int64_t cols, int64_t rows, int64_t cell_bytes, int columns, int datasets,
                               int64_t window_size, int threads) {
    int64_t cells, bytes, side = weft_merge_window_side(cols, rows, window_size, threads);
    /* A dataset of several columns may want narrow windows. */
    int64_t tasks = divide_up(cols, columns > datasets ? FEWEST_CELLS : side) * divide_up(rows, side) * datasets;
    if (!weft_checked_mul(cols, rows, &cells) || !weft_checked_mul(cells, cell_bytes, &bytes) || bytes > INT64_MAX / 8)
        return INT64_MAX / 4;
    return bytes + columns * (int64_t)(2 * WEFT_CHUNK_ALIGNMENT) + tasks * (int64_t)sizeof(window_task);
}

static int64_t window_side(const weft_merge_stage *stage, weft_window chunk) {
    return weft_merge_window_side(chunk.cols, chunk.rows, stage->options.window_size->desired,
                                  weft_work_pool_threads(stage->options.context->pool));
}

static int64_t count_tasks(const weft_merge_stage *stage, weft_window chunk) {
    weft_layer *const *layers = stage->options.layers;
    int64_t side = window_side(stage, chunk), count = 0;
    for (int i = 0; i < stage->options.layer_count; i = weft_layers_of_dataset(layers, stage->options.layer_count, i))
        count += divide_up(chunk.cols, weft_layer_window_cols(layers[i], side)) * divide_up(chunk.rows, side);
    return count;
}

static weft_chunk_layout layout_of(const weft_merge_stage *stage) {
    const weft_merge_options *options = &stage->options;
    return (weft_chunk_layout){options->layers, options->layer_count,
                               options->columns == NULL ? NULL : weft_chunk_columns_program(options->columns)};
}

static bool chunk_bytes(const weft_merge_stage *stage, weft_window window, int64_t *out) {
    weft_chunk_layout layout = layout_of(stage);
    int64_t cells, tasks = count_tasks(stage, window) * (int64_t)sizeof(window_task);
    return weft_checked_mul(window.cols, window.rows, &cells) && weft_chunk_layout_bytes(&layout, cells, out) &&
           weft_checked_add(*out, tasks, out);
}

static void lay_out(slot *target) {
    weft_chunk_layout layout = layout_of(target->stage);
    target->tasks = weft_chunk_layout_make(&layout, target->chunk.window, target->memory.data, &target->views);
}

/* The largest next chunk that is asked for: what is left of a row that was begun, else whole rows. */
static weft_window desired_window(const weft_merge_stage *stage) {
    const weft_merge_options *options = &stage->options;
    int64_t rows = weft_adaptive_size_take(options->chunk_size), left = options->rows - stage->next_row;
    if (stage->next_col > 0) return (weft_window){stage->next_col, stage->next_row, options->cols - stage->next_col, 1};
    return (weft_window){0, stage->next_row, options->cols, rows < left ? rows : left};
}

static bool halve(weft_window *window) {
    if (window->rows > 1) {
        window->rows = (window->rows + 1) / 2;
        return true;
    }
    if (window->cols <= FEWEST_CELLS) return false;
    window->cols = (window->cols + 1) / 2;
    return true;
}

static bool within_share(const weft_merge_stage *stage, weft_window window) {
    int64_t bytes, max = stage->options.slot_bytes;
    return chunk_bytes(stage, window, &bytes) && (max == 0 || bytes <= max);
}

/* Whether no chunk is under way, whose memory will come back. */
static bool is_idle(const weft_merge_stage *stage) {
    for (int i = 0; i < SLOTS; i++)
        if (stage->slots[i].busy || stage->slots[i].lent) return false;
    return true;
}

/* What other slots kept for their next chunk. */
static void release_kept(slot *target) {
    for (int i = 0; i < SLOTS; i++) {
        slot *other = &target->stage->slots[i];
        if (other != target && !other->busy && !other->lent) weft_buffer_release(&other->memory);
    }
}

static weft_status reserve_slot(slot *target, weft_error *err) {
    weft_ledger *ledger = target->stage->options.context->ledger;
    weft_window window = desired_window(target->stage);
    weft_status status = WEFT_ERR_MEMORY;
    int64_t bytes;
    /* A slot that is larger than the size now desired gives the difference back. */
    if (chunk_bytes(target->stage, window, &bytes) && target->memory.bytes > 2 * bytes)
        weft_buffer_release(&target->memory);
    /* One chunk at a time needs no more than one slot. */
    if (!weft_context_may_read_ahead(target->stage->options.context)) release_kept(target);
    while (!within_share(target->stage, window) && halve(&window)) {
    }
    do {
        if (!chunk_bytes(target->stage, window, &bytes)) continue;
        status = weft_buffer_reserve(&target->memory, ledger, WEFT_TAG_CHUNK, bytes, NULL);
    } while (status != WEFT_OK && halve(&window));
    if (status != WEFT_OK && chunk_bytes(target->stage, window, &bytes)) {
        bool idle = is_idle(target->stage);
        if (idle) release_kept(target);
        status =
            (idle ? weft_buffer_reserve_min : weft_buffer_reserve)(&target->memory, ledger, WEFT_TAG_CHUNK, bytes, err);
    }
    if (status != WEFT_OK) return status;
    target->chunk.window = window;
    lay_out(target);
    return WEFT_OK;
}

/* All layers of the dataset. */
static weft_status fill_band(void *payload, weft_worker *worker, weft_window band, weft_error *err) {
    const window_task *task = payload;
    atomic_uchar *seen = task->target->stage->options.seen;
    weft_window chunk = task->target->chunk.window;
    weft_status status = WEFT_OK;
    for (int i = task->first_layer; i < task->end_layer && status == WEFT_OK; i++) {
        weft_values out = weft_values_at(task->target->views.values[i], band.row - chunk.row, band.col - chunk.col);
        weft_layer *layer = task->target->stage->options.layers[i];
        status = weft_layer_read(layer, worker, band, out, err);
        if (status == WEFT_OK && seen != NULL) weft_layer_look_for_value(layer, out, band.cols, band.rows, &seen[i]);
    }
    return status;
}

static weft_status fill_window(void *payload, int worker_index, weft_error *err) {
    window_task *task = payload;
    weft_merge_stage *stage = task->target->stage;
    weft_window_walk walk = {stage->options.window_size, &stage->windows, fill_band, task};
    weft_status status = weft_window_walk_run(&walk, &stage->options.workers[worker_index], task->window, err);
    atomic_store(&task->target->filled_ns, weft_clock_monotonic_ns());
    return status;
}

/* Cuts the chunk into tasks: all parts of a dataset, then the next dataset's, so that blocks are used while warm.
 * Returns how many. */
static int64_t cut_windows(slot *target) {
    const weft_merge_options *options = &target->stage->options;
    weft_window chunk = target->chunk.window;
    int64_t side = window_side(target->stage, chunk), count = 0;
    for (int first = 0, end; first < options->layer_count; first = end) {
        int64_t width = weft_layer_window_cols(options->layers[first], side);
        end = weft_layers_of_dataset(options->layers, options->layer_count, first);
        for (int64_t row = 0; row < chunk.rows; row += side) {
            for (int64_t col = 0; col < chunk.cols; col += width) {
                weft_window cell = {chunk.col + col, chunk.row + row, width, side};
                target->tasks[count++] = (window_task){target, weft_window_intersect(cell, chunk), first, end};
            }
        }
    }
    return count;
}

static void advance(weft_merge_stage *stage, weft_window window) {
    stage->next_col = window.col + window.cols;
    stage->next_row = window.row;
    if (stage->next_col == stage->options.cols) {
        stage->next_col = 0;
        stage->next_row += window.rows;
    }
}

static bool at_end(const weft_merge_stage *stage) {
    return stage->next_row >= stage->options.rows;
}

static slot *free_slot(weft_merge_stage *stage) {
    for (int i = 0; i < SLOTS; i++)
        if (!stage->slots[i].busy && !stage->slots[i].lent) return &stage->slots[i];
    return NULL;
}

/* Starts the next chunk in a free slot. */
static weft_status start(weft_merge_stage *stage, weft_error *err) {
    slot *target = free_slot(stage);
    weft_status status = reserve_slot(target, err);
    if (status != WEFT_OK) return status;
    int64_t count = cut_windows(target);
    target->begun_ns = weft_clock_monotonic_ns();
    target->chunk.number = stage->chunks++;
    advance(stage, target->chunk.window);
    if (at_end(stage)) weft_adaptive_size_leave(stage->options.chunk_size);
    target->busy = true;
    stage->filling = (int)(target - stage->slots);
    for (int64_t i = 0; i < count; i++)
        weft_work_pool_submit(stage->options.context->pool, &target->group, WEFT_TASK_NORMAL, fill_window,
                              &target->tasks[i]);
    return WEFT_OK;
}

static weft_status compute_columns(slot *ready, weft_error *err) {
    weft_chunk_columns *columns = ready->stage->options.columns;
    if (columns == NULL) return WEFT_OK;
    return weft_chunk_columns_compute(columns, ready->views.values, ready->views.kept, ready->chunk.window, err);
}

weft_status weft_merge_stage_next(weft_merge_stage *stage, const weft_chunk **out, weft_error *err) {
    weft_context *context = stage->options.context;
    *out = NULL;
    uint32_t before =
        weft_activity_enter(context->activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
    weft_status status = weft_cancel_check_next(context->cancel, err);
    if (status == WEFT_OK && stage->filling < 0 && !at_end(stage)) status = start(stage, err);
    if (status == WEFT_OK && stage->filling >= 0) {
        slot *ready = &stage->slots[stage->filling];
        weft_activity_wait(context->activity, WEFT_ACTIVITY_COORDINATOR);
        status = weft_task_group_wait(&ready->group, err);
        ready->chunk.fill_seconds = (double)(atomic_load(&ready->filled_ns) - ready->begun_ns) / 1e9;
        if (status == WEFT_OK) status = compute_columns(ready, err);
        ready->busy = false;
        stage->filling = -1;
        if (status == WEFT_OK) {
            ready->lent = true;
            *out = &ready->chunk;
        }
    }
    /* No room for a second chunk is no failure: the next call starts it when this one has been given back. */
    if (status == WEFT_OK && *out != NULL && !at_end(stage) && free_slot(stage) != NULL &&
        weft_context_may_read_ahead(context) && weft_cancel_check_next(context->cancel, NULL) == WEFT_OK)
        (void)start(stage, NULL);
    weft_activity_leave(context->activity, WEFT_ACTIVITY_COORDINATOR, before);
    return status;
}

void weft_merge_stage_release(weft_merge_stage *stage, const weft_chunk *chunk) {
    for (int i = 0; i < SLOTS; i++) {
        slot *given = &stage->slots[i];
        if (&given->chunk != chunk) continue;
        given->lent = false;
        /* After the last chunk the memory is for what ends the outputs. */
        if (at_end(stage) || !weft_context_may_read_ahead(stage->options.context)) weft_buffer_release(&given->memory);
    }
}

static weft_status next_chunk(void *stage, const weft_chunk **out, weft_error *err) {
    return weft_merge_stage_next(stage, out, err);
}

static void release_chunk(void *stage, const weft_chunk *chunk) {
    weft_merge_stage_release(stage, chunk);
}

weft_chunk_source weft_merge_stage_source(weft_merge_stage *stage) {
    return (weft_chunk_source){next_chunk, release_chunk, stage};
}

int64_t weft_merge_stage_chunks(const weft_merge_stage *stage) {
    return stage->chunks;
}

int64_t weft_merge_stage_windows(const weft_merge_stage *stage) {
    return atomic_load(&stage->windows);
}

weft_status weft_merge_stage_new(weft_merge_stage **out, const weft_merge_options *options, weft_error *err) {
    weft_merge_stage *stage = calloc(1, sizeof *stage);
    *out = NULL;
    if (stage == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the merge stage");
    stage->options = *options;
    stage->next_row = options->first_row;
    stage->filling = -1;
    weft_chunk_layout layout = layout_of(stage);
    weft_status status = WEFT_OK;
    for (int i = 0; i < SLOTS && status == WEFT_OK; i++) {
        slot *target = &stage->slots[i];
        target->stage = stage;
        status = weft_chunk_views_new(&target->views, &layout, err);
        target->chunk.columns = target->views.columns;
        target->chunk.column_count = target->views.column_count;
        if (status == WEFT_OK) status = weft_task_group_init(&target->group, err);
        target->group_ready = status == WEFT_OK;
    }
    if (status != WEFT_OK) {
        weft_merge_stage_free(stage);
        return status;
    }
    *out = stage;
    return WEFT_OK;
}

void weft_merge_stage_free(weft_merge_stage *stage) {
    if (stage == NULL) return;
    for (int i = 0; i < SLOTS; i++) {
        slot *target = &stage->slots[i];
        if (target->group_ready) {
            (void)weft_task_group_wait(&target->group, NULL);
            weft_task_group_dispose(&target->group);
        }
        weft_buffer_release(&target->memory);
        weft_chunk_views_dispose(&target->views);
    }
    free(stage);
}
