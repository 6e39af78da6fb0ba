/* SPDX-License-Identifier: MIT */
#include "stages/writers/row_gatherer.h"

#include "core/window.h"

#include <stdlib.h>
#include <string.h>

#define SELECT_CELLS 4096 /* that the row filter looks at in one go */

/* Part of a chunk that goes into the group: `count` kept cells, after those that are there. */
typedef struct weft_gather_task {
    weft_row_gatherer *gatherer;
    const weft_chunk *chunk;
    int column;
    int64_t count;
} gather_task;

/* --- memory --- */

int64_t weft_row_gatherer_bytes(const weft_data_type *types, int column_count, int64_t group_rows) {
    int64_t bytes = weft_align(group_rows * (int64_t)sizeof(int64_t));
    for (int i = 0; i < column_count; i++)
        bytes += weft_align(group_rows * (int64_t)weft_data_type_size(types[i])) +
                 (weft_data_type_is_float(types[i]) ? 0 : weft_align(group_rows));
    return bytes;
}

weft_status weft_row_gatherer_init(weft_row_gatherer *gatherer, const weft_table_spec *spec, int64_t group_rows,
                                   weft_error *err) {
    int columns = spec->format->column_count;
    gatherer->spec = spec;
    gatherer->group_rows = group_rows;
    gatherer->columns = calloc((size_t)columns, sizeof *gatherer->columns);
    gatherer->tasks = calloc((size_t)columns, sizeof *gatherer->tasks);
    if (gatherer->columns == NULL || gatherer->tasks == NULL)
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to gather rows");
    weft_status status = weft_task_group_init(&gatherer->group, err);
    if (status != WEFT_OK) return status;
    gatherer->group_ready = true;
    status = weft_buffer_reserve_min(&gatherer->memory, spec->context->ledger, WEFT_TAG_TEXT,
                                     weft_row_gatherer_bytes(spec->types, columns, group_rows), err);
    if (status != WEFT_OK) return status;
    uint8_t *at = gatherer->memory.data;
    gatherer->cells = (int64_t *)(void *)at;
    at += weft_align(group_rows * (int64_t)sizeof(int64_t));
    for (int i = 0; i < columns; i++) {
        weft_values *column = &gatherer->columns[i];
        *column = (weft_values){.type = spec->types[i], .values = at, .stride = group_rows};
        at += weft_align(group_rows * (int64_t)weft_data_type_size(column->type));
        if (weft_data_type_is_float(column->type)) continue;
        column->valid = at;
        at += weft_align(group_rows);
    }
    return WEFT_OK;
}

void weft_row_gatherer_dispose(weft_row_gatherer *gatherer) {
    if (gatherer->group_ready) weft_task_group_dispose(&gatherer->group);
    weft_buffer_release(&gatherer->memory);
    free(gatherer->columns);
    free(gatherer->tasks);
}

/* --- gathering --- */

static void gather_cells(const weft_values *from, const int64_t *cells, int64_t first_cell, int64_t count,
                         const weft_values *to) {
    size_t size = weft_data_type_size(from->type);
    const char *values = from->values;
    char *out = to->values;
    for (int64_t i = 0; i < count; i++) {
        int64_t at = cells[i] - first_cell;
        memcpy(out + (size_t)i * size, values + (size_t)at * size, size);
        if (from->valid != NULL) to->valid[i] = from->valid[at];
    }
}

static weft_status gather_column(void *payload, int worker, weft_error *err) {
    gather_task *task = payload;
    weft_row_gatherer *gatherer = task->gatherer;
    weft_activity *activity = gatherer->spec->context->activity;
    weft_window window = task->chunk->window;
    (void)err;
    uint32_t before = weft_activity_enter(activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    const int64_t *cells = gatherer->cells + gatherer->filled;
    int64_t first_cell = window.row * gatherer->spec->cols + window.col, count = task->count;
    weft_values from = task->chunk->columns[task->column];
    weft_values to = weft_values_at(gatherer->columns[task->column], 0, gatherer->filled);
    /* Cells rise, so so many of them without a gap are one block. */
    if (cells[count - 1] - cells[0] == count - 1)
        weft_values_copy(to, weft_values_at(from, 0, cells[0] - first_cell), count, 1);
    else
        gather_cells(&from, cells, first_cell, count, &to);
    weft_activity_leave(activity, worker, before);
    return WEFT_OK;
}

/* Notes the cells from *at on that the filter keeps, until the group is full or the chunk ends. Returns how many. */
static int64_t select_cells(weft_row_gatherer *gatherer, const weft_chunk *chunk, int64_t *at, int64_t end) {
    weft_window window = chunk->window;
    int64_t first_cell = window.row * gatherer->spec->cols + window.col;
    int64_t room = gatherer->group_rows - gatherer->filled, *cells = gatherer->cells + gatherer->filled, count = 0;
    while (count < room && *at < end) {
        bool kept[SELECT_CELLS];
        int64_t piece = weft_smaller(SELECT_CELLS, weft_smaller(room - count, end - *at));
        weft_row_format_kept(gatherer->spec->format, window, chunk->columns, *at, piece, kept);
        /* Each cell is written, and overwritten by the next one unless it is kept: no branch. */
        for (int64_t i = 0; i < piece; i++) {
            cells[count] = first_cell + *at + i;
            count += kept[i];
        }
        *at += piece;
    }
    return count;
}

weft_status weft_row_gatherer_take(weft_row_gatherer *gatherer, const weft_chunk *chunk, int64_t *at, int64_t end,
                                   weft_error *err) {
    int64_t count = select_cells(gatherer, chunk, at, end);
    if (count == 0) return WEFT_OK;
    for (int i = 0; i < chunk->column_count; i++) {
        gatherer->tasks[i] = (gather_task){gatherer, chunk, i, count};
        weft_work_pool_submit(gatherer->spec->context->pool, &gatherer->group, WEFT_TASK_URGENT, gather_column,
                              &gatherer->tasks[i]);
    }
    weft_status status = weft_task_group_wait(&gatherer->group, err);
    gatherer->filled += count;
    return status;
}

weft_group_rows weft_row_gatherer_end_group(weft_row_gatherer *gatherer) {
    weft_group_rows rows = {gatherer->cells[0], gatherer->filled, gatherer->cells};
    if (gatherer->cells[rows.count - 1] - gatherer->cells[0] == rows.count - 1) rows.cells = NULL;
    gatherer->filled = 0;
    return rows;
}
