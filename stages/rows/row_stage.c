/* SPDX-License-Identifier: MIT
 *
 * Two slots. One is filled, then in the caller's hands; meanwhile a worker reads the next rows into the other. */
#include "stages/rows/row_stage.h"

#include "core/clock.h"
#include "stages/chunk_layout.h"

#include <stdlib.h>

#define SLOTS 2

typedef enum slot_state { SLOT_FREE, SLOT_READ, SLOT_LENT } slot_state; /* read: or being read, until its group ended */

typedef struct slot {
    weft_row_stage *stage;
    slot_state state;
    weft_row_slot rows;
    weft_chunk chunk;
    weft_chunk_views views;
    weft_buffer memory;
    weft_task_group reading;
    bool group_ready;
} slot;

struct weft_row_stage {
    weft_row_stage_options options;
    slot slots[SLOTS];
    slot *next;       /* that was read, or is; NULL: none */
    int64_t next_row; /* that no slot has */
    int64_t chunks;
};

static weft_chunk_layout layout_of(const weft_row_stage *stage) {
    const weft_row_stage_options *options = &stage->options;
    return (weft_chunk_layout){options->layers, options->layer_count,
                               options->columns == NULL ? NULL : weft_chunk_columns_program(options->columns)};
}

static bool bytes_of(const weft_row_stage *stage, int64_t rows, int64_t *out) {
    const weft_row_filler *filler = stage->options.filler;
    weft_chunk_layout layout = layout_of(stage);
    return weft_chunk_layout_bytes(&layout, rows, out) &&
           weft_checked_add(*out, filler->bytes(filler->payload, rows), out);
}

/* Room for the most rows that the share carries and the ledger grants; one at least. */
static weft_status reserve(slot *target, int64_t rows, weft_error *err) {
    weft_row_stage *stage = target->stage;
    weft_ledger *ledger = stage->options.context->ledger;
    weft_status status = WEFT_ERR_MEMORY;
    int64_t bytes = 0, max = stage->options.slot_bytes;
    while (rows > 1 && (!bytes_of(stage, rows, &bytes) || bytes > max))
        rows = (rows + 1) / 2;
    if (!bytes_of(stage, rows, &bytes)) return weft_error_set(err, WEFT_ERR_MEMORY, "a row is too large");
    if (target->memory.bytes > 2 * bytes) weft_buffer_release(&target->memory);
    while ((status = weft_buffer_reserve(&target->memory, ledger, WEFT_TAG_CHUNK, bytes, NULL)) != WEFT_OK &&
           rows > 1) {
        rows = (rows + 1) / 2;
        (void)bytes_of(stage, rows, &bytes);
    }
    if (status != WEFT_OK) status = weft_buffer_reserve_min(&target->memory, ledger, WEFT_TAG_CHUNK, bytes, err);
    if (status != WEFT_OK) return status;
    const weft_row_filler *filler = stage->options.filler;
    weft_chunk_layout layout = layout_of(stage);
    const weft_window window = {0, stage->next_row, 1, rows};
    void *rest = weft_chunk_layout_make(&layout, window, target->memory.data, &target->views);
    target->rows = (weft_row_slot){.first = stage->next_row,
                                   .count = rows,
                                   .chunk_rows = rows,
                                   .values = target->views.values,
                                   .memory = rest,
                                   .memory_bytes = filler->bytes(filler->payload, rows)};
    return WEFT_OK;
}

static weft_status read_rows(void *payload, int worker, weft_error *err) {
    slot *target = payload;
    const weft_row_filler *filler = target->stage->options.filler;
    (void)worker;
    return filler->read(filler->payload, &target->rows, err);
}

/* Has a worker read the next rows into a free slot. */
static weft_status start(weft_row_stage *stage, weft_error *err) {
    const weft_row_stage_options *options = &stage->options;
    slot *target = stage->slots[0].state == SLOT_FREE ? &stage->slots[0] : &stage->slots[1];
    int64_t rows = weft_adaptive_size_take(options->chunk_size), left = options->rows - stage->next_row;
    weft_status status = reserve(target, rows < left ? rows : left, err);
    if (status != WEFT_OK) return status;
    target->state = SLOT_READ;
    stage->next = target;
    weft_work_pool_submit(options->context->pool, &target->reading, WEFT_TASK_NORMAL, read_rows, target);
    return WEFT_OK;
}

static weft_status await_rows(slot *target, weft_error *err) {
    weft_row_stage *stage = target->stage;
    weft_activity_wait(stage->options.context->activity, WEFT_ACTIVITY_COORDINATOR);
    weft_status status = weft_task_group_wait(&target->reading, err);
    stage->next = NULL;
    if (status != WEFT_OK) {
        target->state = SLOT_FREE;
        return status;
    }
    weft_row_slot *rows = &target->rows;
    target->chunk.window = (weft_window){0, rows->first, 1, rows->count};
    target->chunk.shapes = rows->has_shapes ? &rows->shapes : NULL;
    target->chunk.number = stage->chunks++;
    stage->next_row = rows->first + rows->count;
    if (stage->next_row == stage->options.rows) weft_adaptive_size_leave(stage->options.chunk_size);
    return WEFT_OK;
}

static bool may_read_ahead(const weft_row_stage *stage) {
    bool room = stage->slots[0].state == SLOT_FREE || stage->slots[1].state == SLOT_FREE;
    return room && stage->next == NULL && stage->next_row < stage->options.rows &&
           weft_context_may_read_ahead(stage->options.context) &&
           weft_cancel_check_next(stage->options.context->cancel, NULL) == WEFT_OK;
}

static weft_status fill(slot *ready, weft_error *err) {
    const weft_row_stage_options *options = &ready->stage->options;
    int64_t begun_ns = weft_clock_monotonic_ns();
    weft_status status = options->filler->fill(options->filler->payload, &ready->rows, err);
    if (status == WEFT_OK && options->columns != NULL)
        status = weft_chunk_columns_compute(options->columns, ready->views.values, ready->views.kept,
                                            ready->chunk.window, err);
    ready->chunk.fill_seconds = (double)(weft_clock_monotonic_ns() - begun_ns) / 1e9;
    return status;
}

static weft_status next_chunk(void *payload, const weft_chunk **out, weft_error *err) {
    weft_row_stage *stage = payload;
    weft_context *context = stage->options.context;
    *out = NULL;
    uint32_t before =
        weft_activity_enter(context->activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
    weft_status status = weft_cancel_check_next(context->cancel, err);
    if (status == WEFT_OK && stage->next == NULL && stage->next_row < stage->options.rows) status = start(stage, err);
    slot *ready = stage->next;
    if (status == WEFT_OK && ready != NULL) status = await_rows(ready, err);
    if (status == WEFT_OK && ready != NULL) {
        /* No room for the next rows is no failure: they are read when these have been given back. */
        if (may_read_ahead(stage)) (void)start(stage, NULL);
        status = fill(ready, err);
        ready->state = status == WEFT_OK ? SLOT_LENT : SLOT_FREE;
        if (status == WEFT_OK) *out = &ready->chunk;
    }
    weft_activity_leave(context->activity, WEFT_ACTIVITY_COORDINATOR, before);
    return status;
}

static void release_chunk(void *payload, const weft_chunk *chunk) {
    weft_row_stage *stage = payload;
    for (int i = 0; i < SLOTS; i++) {
        slot *given = &stage->slots[i];
        if (&given->chunk != chunk) continue;
        given->state = SLOT_FREE;
        if (stage->next_row == stage->options.rows || !weft_context_may_read_ahead(stage->options.context))
            weft_buffer_release(&given->memory);
    }
}

weft_chunk_source weft_row_stage_source(weft_row_stage *stage) {
    return (weft_chunk_source){next_chunk, release_chunk, stage};
}

int64_t weft_row_stage_chunks(const weft_row_stage *stage) {
    return stage->chunks;
}

weft_status weft_row_stage_new(weft_row_stage **out, const weft_row_stage_options *options, weft_error *err) {
    weft_row_stage *stage = calloc(1, sizeof *stage);
    *out = NULL;
    if (stage == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for rows");
    stage->options = *options;
    stage->next_row = options->first_row;
    weft_chunk_layout layout = layout_of(stage);
    weft_status status = WEFT_OK;
    for (int i = 0; i < SLOTS && status == WEFT_OK; i++) {
        slot *target = &stage->slots[i];
        target->stage = stage;
        status = weft_chunk_views_new(&target->views, &layout, err);
        target->chunk.columns = target->views.columns;
        target->chunk.column_count = target->views.column_count;
        if (status == WEFT_OK) status = weft_task_group_init(&target->reading, err);
        target->group_ready = status == WEFT_OK;
    }
    if (status == WEFT_OK)
        *out = stage;
    else
        weft_row_stage_free(stage);
    return status;
}

void weft_row_stage_free(weft_row_stage *stage) {
    if (stage == NULL) return;
    for (int i = 0; i < SLOTS; i++) {
        slot *target = &stage->slots[i];
        if (target->group_ready) {
            (void)weft_task_group_wait(&target->reading, NULL);
            weft_task_group_dispose(&target->reading);
        }
        weft_buffer_release(&target->memory);
        weft_chunk_views_dispose(&target->views);
    }
    free(stage);
}
