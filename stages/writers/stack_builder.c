/* SPDX-License-Identifier: MIT
 *
 * The scratch file holds one row of tiles, each tile's cells together, and is used again for the next row of tiles. */
#include "stages/writers/stack_builder.h"

#include "core/memory/buffer.h"
#include "core/window.h"
#include "stages/writers/scratch_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define TILE ((int64_t)WEFT_STACK_TILE)

typedef struct slot slot;

/* A tile to write to the stack (whole), or a part of one to store in the scratch file until the rest of it comes. The
 * chunk has its rows `row` .. `end` - 1 and columns `col` .. `col_end` - 1; a whole tile's rows above `row` are in the
 * scratch file. */
typedef struct tile_task {
    weft_stack_builder *builder;
    slot *target;
    const weft_chunk *chunk;
    int band;
    int64_t tile_col, tile_row;
    int64_t row, end, col, col_end; /* of the grid */
    bool whole;
} tile_task;

struct slot {
    weft_buffer memory;
    weft_task_group group;
    tile_task task;
};

struct weft_stack_builder {
    weft_stack_builder_options options;
    weft_context *context;
    weft_stack_file *file;
    weft_scratch_file *gathered;
    slot *slots;
    int ready;               /* slots that have memory */
    int64_t submitted, done; /* tasks, since the beginning */
    int64_t cell_bytes, tiles_across;
};

weft_reserve weft_stack_builder_reserve(weft_data_type type, int threads) {
    int64_t tile = TILE * TILE * (int64_t)weft_data_type_size(type) + weft_page_bytes();
    return (weft_reserve){.min = tile, .desired = 2 * threads * tile};
}

/* --- what workers do --- */

/* Where a cell of a tile lies in the scratch file, in bytes. */
static int64_t place_of(const weft_stack_builder *builder, const tile_task *task, int64_t row, int64_t col) {
    int64_t tile = (task->band * builder->tiles_across + task->tile_col) * TILE * TILE;
    return (tile + (row - task->tile_row * TILE) * TILE + (col - task->tile_col * TILE)) * builder->cell_bytes;
}

static weft_status refuse_value(const weft_stack_builder *builder, const tile_task *task, weft_error *err) {
    weft_data_type type = builder->options.type->type;
    char value[32];
    (void)snprintf(value, sizeof value, "%.0f", weft_stack_type_nodata(builder->options.type));
    if (type == WEFT_UINT64) (void)snprintf(value, sizeof value, "%" PRIu64, UINT64_MAX); /* which no double is */
    weft_error_set(err, WEFT_ERR_DATA, "column %s holds %s, which stands for a missing value in a GeoTIFF of %s",
                   builder->options.table->names[task->band], value, weft_data_type_name(type));
    weft_error_hint(err, "declare the dataset's nodata value, or leave geotiff and cog out of export.formats");
    return WEFT_ERR_DATA;
}

/* Writes the chunk's rows of the task to `out`, each row TILE cells, those beyond the grid's last
 * column missing. */
static weft_status convert_rows(const weft_stack_builder *builder, const tile_task *task, char *out, weft_error *err) {
    const weft_stack_type *type = builder->options.type;
    weft_window window = task->chunk->window;
    int64_t cols = task->col_end - task->col;
    for (int64_t row = task->row; row < task->end; row++) {
        weft_values from = weft_values_at(task->chunk->columns[task->band], row - window.row, task->col - window.col);
        if (!weft_stack_cells(type, from, cols, out)) return refuse_value(builder, task, err);
        if (cols < TILE) weft_stack_fill_missing(type, TILE - cols, out + cols * builder->cell_bytes);
        out += TILE * builder->cell_bytes;
    }
    return WEFT_OK;
}

static weft_status make_tile(const weft_stack_builder *builder, const tile_task *task, char *cells, weft_error *err) {
    int64_t top = task->tile_row * TILE, row_bytes = TILE * builder->cell_bytes;
    int64_t above = (task->row - top) * row_bytes, below = top + TILE - task->end;
    weft_status status = WEFT_OK;
    if (above > 0)
        status = weft_scratch_file_read(builder->gathered, place_of(builder, task, top, task->tile_col * TILE), cells,
                                        above, err);
    if (status == WEFT_OK) status = convert_rows(builder, task, cells + above, err);
    if (below > 0) weft_stack_fill_missing(builder->options.type, below * TILE, cells + (TILE - below) * row_bytes);
    return status;
}

/* Stores whole rows of a tile, or a part of one row, until the tile is complete. Columns beyond the grid's last one are
 * stored as missing. */
static weft_status store_part(const weft_stack_builder *builder, const tile_task *task, char *cells, weft_error *err) {
    weft_status status = convert_rows(builder, task, cells, err);
    if (status != WEFT_OK) return status;
    int64_t end = task->col_end == builder->options.table->cols ? (task->tile_col + 1) * TILE : task->col_end;
    int64_t count = (task->end - task->row - 1) * TILE + end - task->col;
    return weft_scratch_file_write(builder->gathered, place_of(builder, task, task->row, task->col), cells,
                                   count * builder->cell_bytes, err);
}

static weft_status run_task(void *payload, int worker, weft_error *err) {
    tile_task *task = payload;
    weft_context *context = task->builder->context;
    weft_status status = weft_cancel_check(context->cancel, err);
    if (status != WEFT_OK) return status;
    uint32_t before = weft_activity_enter(context->activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    status = task->whole ? make_tile(task->builder, task, task->target->memory.data, err)
                         : store_part(task->builder, task, task->target->memory.data, err);
    weft_activity_leave(context->activity, worker, before);
    return status;
}

/* --- the order of tasks --- */

static weft_status end_oldest(weft_stack_builder *builder, weft_error *err) {
    slot *oldest = &builder->slots[builder->done % builder->ready];
    const tile_task *task = &oldest->task;
    weft_status status = weft_task_group_wait(&oldest->group, err);
    if (status == WEFT_OK && task->whole) {
        weft_activity *activity = builder->context->activity;
        uint32_t before =
            weft_activity_enter(activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK);
        status =
            weft_stack_file_write(builder->file, task->band, task->tile_col, task->tile_row, oldest->memory.data, err);
        weft_activity_leave(activity, WEFT_ACTIVITY_COORDINATOR, before);
    }
    builder->done++;
    return status;
}

static weft_status submit(weft_stack_builder *builder, tile_task task, weft_error *err) {
    if (builder->submitted - builder->done == builder->ready) {
        weft_status status = end_oldest(builder, err);
        if (status != WEFT_OK) return status;
    }
    slot *next = &builder->slots[builder->submitted++ % builder->ready];
    next->task = task;
    next->task.builder = builder;
    next->task.target = next;
    weft_work_pool_submit(builder->context->pool, &next->group, WEFT_TASK_URGENT, run_task, &next->task);
    return WEFT_OK;
}

static weft_status drain(weft_stack_builder *builder, weft_status so_far, weft_error *err) {
    weft_status status = so_far;
    while (status == WEFT_OK && builder->done < builder->submitted)
        status = end_oldest(builder, err);
    for (int i = 0; i < builder->ready && status != WEFT_OK; i++)
        (void)weft_task_group_wait(&builder->slots[i].group, NULL);
    builder->done = builder->submitted;
    return status;
}

/* A task for each tile that the chunk touches in one row of tiles, band after band. */
static weft_status submit_tiles(weft_stack_builder *builder, const weft_chunk *chunk, tile_task task, weft_error *err) {
    const weft_table_spec *table = builder->options.table;
    int64_t first = task.whole ? 0 : chunk->window.col;
    int64_t end = task.whole ? table->cols : chunk->window.col + chunk->window.cols;
    weft_status status = WEFT_OK;
    task.chunk = chunk;
    for (task.band = 0; task.band < chunk->column_count; task.band++) {
        for (int64_t col = first; col < end && status == WEFT_OK; col = task.col_end) {
            task.tile_col = col / TILE;
            task.col = col;
            task.col_end = weft_smaller((task.tile_col + 1) * TILE, end);
            status = submit(builder, task, err);
        }
    }
    /* The scratch file is read by whole tiles and written by the others, never both at once. */
    return drain(builder, status, err);
}

weft_status weft_stack_builder_take(weft_stack_builder *builder, const weft_chunk *chunk, weft_error *err) {
    const weft_table_spec *table = builder->options.table;
    weft_window window = chunk->window;
    bool whole_rows = window.cols == table->cols, to_the_end = window.col + window.cols == table->cols;
    weft_status status = WEFT_OK;
    for (int64_t row = window.row, end; row < window.row + window.rows && status == WEFT_OK; row = end) {
        tile_task task = {.tile_row = row / TILE, .row = row};
        int64_t bottom = weft_smaller((task.tile_row + 1) * TILE, table->rows);
        task.end = end = weft_smaller(bottom, window.row + window.rows);
        bool completes = end == bottom && to_the_end;
        if (!completes || !whole_rows) status = submit_tiles(builder, chunk, task, err);
        if (status != WEFT_OK || !completes) continue;
        task.whole = true;
        if (!whole_rows) task.row = task.end;
        status = submit_tiles(builder, chunk, task, err);
    }
    return status;
}

weft_status weft_stack_builder_finish(weft_stack_builder *builder, weft_error *err) {
    return weft_stack_file_finish(builder->file, err);
}

/* --- making --- */

/* Two slots a worker, so that none waits for the file; fewer where there is less for them. */
static weft_status make_slots(weft_stack_builder *builder, weft_error *err) {
    int64_t bytes = TILE * TILE * builder->cell_bytes;
    int64_t wanted =
        weft_smaller(2 * weft_work_pool_threads(builder->context->pool), builder->options.tiles_bytes / bytes);
    if (wanted < 1) wanted = 1;
    builder->slots = calloc((size_t)wanted, sizeof *builder->slots);
    if (builder->slots == NULL) return weft_error_no_memory(err, "the stack's tiles");
    while (builder->ready < wanted) {
        slot *next = &builder->slots[builder->ready];
        bool first = builder->ready == 0;
        weft_error *reason = first ? err : NULL;
        weft_status status = (first ? weft_buffer_reserve_min : weft_buffer_reserve)(
            &next->memory, builder->context->ledger, WEFT_TAG_TEXT, bytes, reason);
        if (status == WEFT_OK) status = weft_task_group_init(&next->group, reason);
        if (status != WEFT_OK) {
            weft_buffer_release(&next->memory);
            return first ? status : WEFT_OK;
        }
        builder->ready++;
    }
    return WEFT_OK;
}

weft_status weft_stack_builder_new(weft_stack_builder **out, const weft_stack_builder_options *options,
                                   weft_error *err) {
    weft_stack_builder *builder = calloc(1, sizeof *builder);
    *out = NULL;
    if (builder == NULL) return weft_error_no_memory(err, "the stack");
    builder->options = *options;
    builder->context = options->table->context;
    builder->cell_bytes = (int64_t)weft_data_type_size(options->type->type);
    builder->tiles_across = weft_divide_up(options->table->cols, TILE);
    weft_status status = make_slots(builder, err);
    if (status == WEFT_OK) status = weft_scratch_file_open(&builder->gathered, options->gather_path, err);
    if (status == WEFT_OK) status = weft_stack_file_create(&builder->file, options->path, options->stack, err);
    if (status == WEFT_OK)
        *out = builder;
    else
        weft_stack_builder_free(builder);
    return status;
}

void weft_stack_builder_free(weft_stack_builder *builder) {
    if (builder == NULL) return;
    for (int i = 0; i < builder->ready; i++) {
        (void)weft_task_group_wait(&builder->slots[i].group, NULL);
        weft_task_group_dispose(&builder->slots[i].group);
        weft_buffer_release(&builder->slots[i].memory);
    }
    weft_stack_file_close(builder->file);
    weft_scratch_file_close(builder->gathered);
    free(builder->slots);
    free(builder);
}
