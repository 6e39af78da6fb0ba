/* SPDX-License-Identifier: MIT */
#include "stages/chunk_stage.h"

#include "core/clock.h"

#include <stdlib.h>

#define SLOTS 2

struct weft_chunk_stage {
    weft_chunk_options options;
    weft_chunk_filler filler;
    weft_chunk_slot slots[SLOTS];
    int64_t next_row, next_col; /* where the next chunk begins */
    int64_t chunks;
    weft_chunk_slot *filling; /* the slot under way; NULL: none */
};

/* --- memory --- */

static weft_chunk_layout layout_of(const weft_chunk_stage *stage) {
    const weft_chunk_options *options = &stage->options;
    return (weft_chunk_layout){options->layers, options->layer_count,
                               options->columns == NULL ? NULL : weft_chunk_columns_program(options->columns)};
}

static bool chunk_bytes(const weft_chunk_stage *stage, weft_window window, int64_t *out) {
    weft_chunk_layout layout = layout_of(stage);
    int64_t cells;
    return weft_checked_mul(window.cols, window.rows, &cells) && weft_chunk_layout_bytes(&layout, cells, out) &&
           weft_checked_add(*out, stage->filler.bytes(&stage->slots[0], window), out);
}

/* The largest next chunk that is asked for: what is left of a row that was begun, else whole rows. */
static weft_window desired_window(const weft_chunk_stage *stage) {
    const weft_chunk_options *options = &stage->options;
    int64_t rows = weft_adaptive_size_take(options->chunk_size), left = options->rows - stage->next_row;
    if (stage->next_col > 0) return (weft_window){stage->next_col, stage->next_row, options->cols - stage->next_col, 1};
    return (weft_window){0, stage->next_row, options->cols, rows < left ? rows : left};
}

static bool halve(weft_window *window) {
    if (window->rows > 1) {
        window->rows = (window->rows + 1) / 2;
        return true;
    }
    if (window->cols <= WEFT_CHUNK_FEWEST_CELLS) return false;
    window->cols = (window->cols + 1) / 2;
    return true;
}

static bool within_share(const weft_chunk_stage *stage, weft_window window) {
    int64_t bytes, max = stage->options.slot_bytes;
    return chunk_bytes(stage, window, &bytes) && (max == 0 || bytes <= max);
}

static weft_chunk_slot *free_slot(weft_chunk_stage *stage) {
    for (int i = 0; i < SLOTS; i++)
        if (stage->slots[i].state == WEFT_SLOT_FREE) return &stage->slots[i];
    return NULL;
}

/* Whether no slot has a chunk, so that no memory will come back by waiting. */
static bool is_idle(const weft_chunk_stage *stage) {
    for (int i = 0; i < SLOTS; i++)
        if (stage->slots[i].state != WEFT_SLOT_FREE) return false;
    return true;
}

/* Releases the memory that other slots keep for their next chunk. */
static void release_kept(weft_chunk_stage *stage, const weft_chunk_slot *target) {
    for (int i = 0; i < SLOTS; i++) {
        weft_chunk_slot *other = &stage->slots[i];
        if (other != target && other->state == WEFT_SLOT_FREE) weft_buffer_release(&other->memory);
    }
}

/* Reserves memory for the next chunk and sets its window, which is halved as long as the memory is refused. */
static weft_status reserve_slot(weft_chunk_stage *stage, weft_chunk_slot *target, weft_error *err) {
    weft_ledger *ledger = stage->options.context->ledger;
    weft_window window = desired_window(stage);
    weft_status status = WEFT_ERR_MEMORY;
    int64_t bytes;
    /* A slot that is larger than the size now desired gives the difference back. */
    if (chunk_bytes(stage, window, &bytes) && target->memory.bytes > 2 * bytes) weft_buffer_release(&target->memory);
    /* One chunk at a time needs no more than one slot. */
    if (!weft_context_may_read_ahead(stage->options.context)) release_kept(stage, target);
    while (!within_share(stage, window) && halve(&window)) {
    }
    do {
        if (!chunk_bytes(stage, window, &bytes)) continue;
        status = weft_buffer_reserve(&target->memory, ledger, WEFT_TAG_CHUNK, bytes, NULL);
    } while (status != WEFT_OK && halve(&window));
    if (status != WEFT_OK && chunk_bytes(stage, window, &bytes)) {
        bool idle = is_idle(stage);
        if (idle) release_kept(stage, target);
        status =
            (idle ? weft_buffer_reserve_min : weft_buffer_reserve)(&target->memory, ledger, WEFT_TAG_CHUNK, bytes, err);
    }
    if (status != WEFT_OK) return status;
    weft_chunk_layout layout = layout_of(stage);
    target->chunk.window = window;
    target->rows = window.rows;
    target->rest = weft_chunk_layout_make(&layout, window, target->memory.data, &target->views);
    return WEFT_OK;
}

/* --- one chunk --- */

static bool at_end(const weft_chunk_stage *stage) {
    return stage->next_row >= stage->options.rows;
}

/* Starts the next chunk in a free slot. */
static weft_status start(weft_chunk_stage *stage, weft_error *err) {
    weft_chunk_slot *target = free_slot(stage);
    weft_status status = reserve_slot(stage, target, err);
    if (status != WEFT_OK) return status;
    const weft_window *window = &target->chunk.window;
    if (window->row + window->rows == stage->options.rows && window->col + window->cols == stage->options.cols)
        weft_adaptive_size_leave(stage->options.chunk_size);
    target->begun_ns = weft_clock_monotonic_ns();
    target->chunk.number = stage->chunks++;
    target->state = WEFT_SLOT_FILLING;
    stage->filling = target;
    stage->filler.start(target);
    return WEFT_OK;
}

/* No room for a second chunk is no failure: the next call starts it when the first has been given back. */
static void read_ahead(weft_chunk_stage *stage) {
    const weft_context *context = stage->options.context;
    if (!at_end(stage) && free_slot(stage) != NULL && weft_context_may_read_ahead(context) &&
        weft_cancel_check_next(context->cancel, NULL) == WEFT_OK)
        (void)start(stage, NULL);
}

static weft_status await_tasks(weft_chunk_stage *stage, weft_chunk_slot *slot, weft_error *err) {
    weft_activity_wait(stage->options.context->activity, WEFT_ACTIVITY_COORDINATOR);
    weft_status status = weft_task_group_wait(&slot->tasks, err);
    const weft_window *window = &slot->chunk.window;
    stage->filling = NULL;
    stage->next_col = window->col + window->cols;
    stage->next_row = window->row;
    if (stage->next_col == stage->options.cols) {
        stage->next_col = 0;
        stage->next_row += window->rows;
    }
    return status;
}

/* Completes a chunk whose tasks have ended. Where the filler has a fill(), the next chunk's tasks are started first:
 * they read a file on one thread, while fill() and derived columns use all workers. */
static weft_status finish(weft_chunk_stage *stage, weft_chunk_slot *slot, weft_error *err) {
    weft_chunk_columns *columns = stage->options.columns;
    weft_status status = WEFT_OK;
    if (stage->filler.fill != NULL) {
        read_ahead(stage);
        status = stage->filler.fill(slot, err);
    }
    if (status == WEFT_OK && columns != NULL)
        status = weft_chunk_columns_compute(columns, slot->views.values, slot->views.kept, slot->chunk.window, err);
    slot->chunk.fill_seconds = (double)(atomic_load(&slot->filled_ns) - slot->begun_ns) / 1e9;
    return status;
}

weft_status weft_chunk_stage_next(weft_chunk_stage *stage, const weft_chunk **out, weft_error *err) {
    weft_context *context = stage->options.context;
    *out = NULL;
    uint32_t before =
        weft_activity_enter(context->activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
    weft_status status = weft_cancel_check_next(context->cancel, err);
    if (status == WEFT_OK && stage->filling == NULL && !at_end(stage)) status = start(stage, err);
    weft_chunk_slot *slot = stage->filling;
    if (status == WEFT_OK && slot != NULL) {
        status = await_tasks(stage, slot, err);
        if (status == WEFT_OK) status = finish(stage, slot, err);
        slot->state = status == WEFT_OK ? WEFT_SLOT_LENT : WEFT_SLOT_FREE;
        if (status == WEFT_OK) *out = &slot->chunk;
        if (status == WEFT_OK && stage->filler.fill == NULL) read_ahead(stage);
    }
    weft_activity_leave(context->activity, WEFT_ACTIVITY_COORDINATOR, before);
    return status;
}

void weft_chunk_stage_release(weft_chunk_stage *stage, const weft_chunk *chunk) {
    for (int i = 0; i < SLOTS; i++) {
        weft_chunk_slot *given = &stage->slots[i];
        if (&given->chunk != chunk) continue;
        given->state = WEFT_SLOT_FREE;
        /* After the last chunk the memory is for what ends the outputs. */
        if (at_end(stage) || !weft_context_may_read_ahead(stage->options.context)) weft_buffer_release(&given->memory);
    }
}

/* --- the stage --- */

static weft_status next_chunk(void *stage, const weft_chunk **out, weft_error *err) {
    return weft_chunk_stage_next(stage, out, err);
}

static void release_chunk(void *stage, const weft_chunk *chunk) {
    weft_chunk_stage_release(stage, chunk);
}

weft_chunk_source weft_chunk_stage_source(weft_chunk_stage *stage) {
    return stage == NULL ? (weft_chunk_source){0} : (weft_chunk_source){next_chunk, release_chunk, stage};
}

int64_t weft_chunk_stage_chunks(const weft_chunk_stage *stage) {
    return stage == NULL ? 0 : stage->chunks;
}

int64_t weft_chunk_stage_windows(const weft_chunk_stage *stage) {
    int64_t windows = 0;
    for (int i = 0; i < SLOTS && stage != NULL; i++)
        windows += atomic_load(&stage->slots[i].windows);
    return windows;
}

weft_status weft_chunk_stage_new(weft_chunk_stage **out, const weft_chunk_options *options,
                                 const weft_chunk_filler *filler, weft_error *err) {
    weft_chunk_stage *stage = calloc(1, sizeof *stage);
    *out = NULL;
    if (stage == NULL) {
        if (filler->free != NULL) filler->free(filler->payload);
        return weft_error_no_memory(err, "chunks");
    }
    stage->options = *options;
    stage->filler = *filler;
    stage->next_row = options->first_row;
    weft_chunk_layout layout = layout_of(stage);
    weft_status status = WEFT_OK;
    for (int i = 0; i < SLOTS && status == WEFT_OK; i++) {
        weft_chunk_slot *slot = &stage->slots[i];
        slot->options = &stage->options;
        slot->payload = filler->payload;
        status = weft_chunk_views_new(&slot->views, &layout, err);
        slot->chunk.columns = slot->views.columns;
        slot->chunk.column_count = slot->views.column_count;
        if (status == WEFT_OK) status = weft_task_group_init(&slot->tasks, err);
        slot->has_tasks = status == WEFT_OK;
    }
    if (status == WEFT_OK)
        *out = stage;
    else
        weft_chunk_stage_free(stage);
    return status;
}

void weft_chunk_stage_free(weft_chunk_stage *stage) {
    if (stage == NULL) return;
    for (int i = 0; i < SLOTS; i++) {
        weft_chunk_slot *slot = &stage->slots[i];
        if (slot->has_tasks) {
            (void)weft_task_group_wait(&slot->tasks, NULL);
            weft_task_group_dispose(&slot->tasks);
        }
        weft_buffer_release(&slot->memory);
        weft_chunk_views_dispose(&slot->views);
    }
    if (stage->filler.free != NULL) stage->filler.free(stage->filler.payload);
    free(stage);
}
