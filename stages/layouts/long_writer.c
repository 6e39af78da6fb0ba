/* SPDX-License-Identifier: MIT
 *
 * A task is one column of a piece. Pieces are whole rows of the grid, or a part of one. */
#include "stages/layouts/long_writer.h"

#include "core/memory/buffer.h"
#include "core/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES   (INT64_C(2) << 20) /* of a piece; more where one cell takes more */
#define CONVERT_CELLS 256

typedef struct long_writer long_writer;

typedef struct turn_task {
    long_writer *writer;
    const weft_chunk *chunk;
    int64_t first, count; /* cells of the chunk */
    int column;
} turn_task;

struct long_writer {
    weft_table_writer base;
    weft_table_writer_kind kind; /* the inner one's, as far as it can */
    weft_table_writer *inner;
    const weft_table_spec *spec;
    const weft_long_table *table;
    weft_buffer memory;
    weft_values *columns; /* of a piece; after them, where cells are chosen, which rows are */
    int64_t cells;        /* of a piece, at most */
    turn_task *tasks;
    weft_task_group group;
    bool group_ready;
};

/* --- memory --- */

static int64_t cell_bytes(const weft_long_table *table) {
    int64_t bytes = table->chosen ? 1 : 0;
    for (int i = 0; i < table->column_count; i++)
        bytes += (int64_t)weft_data_type_cell_bytes(table->types[i]);
    return bytes * table->dates;
}

static int64_t piece_cells(const weft_long_table *table, int64_t cells) {
    return weft_smaller(weft_larger(PIECE_BYTES / cell_bytes(table), 1), cells);
}

int64_t weft_long_writer_bytes(const weft_long_table *table, int64_t cells) {
    return piece_cells(table, cells) * cell_bytes(table) + (2 * (int64_t)table->column_count + 1) * WEFT_ALIGNMENT +
           weft_page_bytes();
}

/* --- turning, on the workers --- */

static void put_missing(weft_values to, int64_t count, int64_t dates) {
    for (int64_t i = 0; i < count; i++)
        weft_values_fill_missing(weft_values_at(to, 0, i * dates), 1, 1);
}

/* `size` bytes each, from side by side to `dates` apart. */
static void spread(void *to, const void *from, size_t size, int64_t count, int64_t dates) {
#define SPREAD(type)                                                                                                   \
    for (int64_t i = 0; i < count; i++)                                                                                \
        ((type *)to)[i * dates] = ((const type *)from)[i];
    switch (size) {
    case 1:
        SPREAD(uint8_t)
        break;
    case 2:
        SPREAD(uint16_t)
        break;
    case 4:
        SPREAD(uint32_t)
        break;
    case 8:
        SPREAD(uint64_t)
        break;
    default:
        for (int64_t i = 0; i < count; i++)
            memcpy((char *)to + (size_t)(i * dates) * size, (const char *)from + (size_t)i * size, size);
    }
#undef SPREAD
}

/* Where a float is made of integers, missing is NaN. */
static void put_converted(weft_values to, weft_values from, int64_t count, int64_t dates) {
    uint64_t line[CONVERT_CELLS];
    size_t size = weft_data_type_size(to.type);
    for (int64_t at = 0; at < count; at += CONVERT_CELLS) {
        int64_t piece = weft_smaller(count - at, CONVERT_CELLS);
        weft_values source = weft_values_at(from, 0, at), target = weft_values_at(to, 0, at * dates);
        weft_data_type_convert(to.type, line, from.type, source.values, piece);
        for (int64_t i = 0; i < piece && source.valid != NULL && target.valid == NULL; i++) {
            if (source.valid[i] != 0) continue;
            if (to.type == WEFT_FLOAT32)
                ((float *)(void *)line)[i] = NAN;
            else
                ((double *)(void *)line)[i] = NAN;
        }
        spread(target.values, line, size, piece, dates);
    }
}

static void put_values(weft_values to, weft_values from, int64_t count, int64_t dates) {
    if (to.valid != NULL && from.valid != NULL) spread(to.valid, from.valid, 1, count, dates);
    if (to.type == from.type)
        spread(to.values, from.values, weft_data_type_size(to.type), count, dates);
    else
        put_converted(to, from, count, dates);
}

static void put_dates(weft_values to, const void *values, int64_t count, int64_t dates) {
    size_t bytes = (size_t)dates * weft_data_type_size(to.type);
    for (int64_t i = 0; i < count; i++)
        memcpy((char *)to.values + (size_t)i * bytes, values, bytes);
    memset(to.valid, 1, (size_t)(count * dates));
}

static weft_status turn_column(void *payload, int worker, weft_error *err) {
    const turn_task *task = payload;
    const weft_long_table *table = task->writer->table;
    weft_activity *activity = task->writer->spec->context->activity;
    int64_t dates = table->dates;
    weft_values to = task->writer->columns[task->column];
    (void)err;
    uint32_t before = weft_activity_enter(activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    bool is_date = task->column < table->column_count && table->from[task->column * dates] == WEFT_LONG_DATES;
    if (is_date) put_dates(to, table->date_values, task->count, dates);
    for (int64_t d = 0; d < dates && !is_date; d++) {
        int source = task->column < table->column_count ? table->from[task->column * dates + d]
                                                        : task->chunk->column_count; /* which cells are rows */
        weft_values own = weft_values_at(to, 0, d);
        if (source < 0)
            put_missing(own, task->count, dates);
        else
            put_values(own, weft_values_at(task->chunk->columns[source], 0, task->first), task->count, dates);
    }
    weft_activity_leave(activity, worker, before);
    return WEFT_OK;
}

/* --- the writer --- */

static weft_status write_piece(long_writer *writer, const weft_chunk *chunk, int64_t first, weft_window window,
                               weft_error *err) {
    const weft_long_table *table = writer->table;
    int count = table->column_count + (table->chosen ? 1 : 0);
    bool unplaced = writer->spec->format->unplaced; /* then there is one column, and rows are more in place of it */
    weft_chunk piece = {
        .window = {window.col * table->dates, window.row * (unplaced ? table->dates : 1),
                   window.cols * (unplaced ? 1 : table->dates), window.rows * (unplaced ? table->dates : 1)},
        .number = chunk->number,
        .column_count = table->column_count,
        .columns = writer->columns,
    };
    for (int i = 0; i < count; i++) {
        writer->columns[i].stride = piece.window.cols;
        writer->tasks[i] = (turn_task){writer, chunk, first, window.cols * window.rows, i};
        weft_work_pool_submit(writer->spec->context->pool, &writer->group, WEFT_TASK_URGENT, turn_column,
                              &writer->tasks[i]);
    }
    weft_status status = weft_task_group_wait(&writer->group, err);
    return status == WEFT_OK ? writer->inner->kind->write_chunk(writer->inner, &piece, err) : status;
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    long_writer *writer = (long_writer *)base;
    weft_window window = chunk->window;
    int64_t rows = weft_larger(writer->cells / window.cols, 1), cols = weft_smaller(writer->cells, window.cols);
    weft_status status = WEFT_OK;
    for (int64_t row = 0; row < window.rows && status == WEFT_OK; row += rows) {
        for (int64_t col = 0; col < window.cols && status == WEFT_OK; col += cols) {
            weft_window piece = {window.col + col, window.row + row, weft_smaller(cols, window.cols - col),
                                 weft_smaller(rows, window.rows - row)};
            status = weft_cancel_check(writer->spec->context->cancel, err);
            if (status == WEFT_OK) status = write_piece(writer, chunk, row * window.cols + col, piece, err);
        }
    }
    base->rows = writer->inner->rows;
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    long_writer *writer = (long_writer *)base;
    weft_status status = writer->inner->kind->finish(writer->inner, err);
    base->rows = writer->inner->rows;
    base->other_bytes = writer->inner->other_bytes;
    return status;
}

static void position(const weft_table_writer *base, weft_table_position *out) {
    const weft_table_writer *inner = ((const long_writer *)base)->inner;
    inner->kind->position(inner, out);
}

static weft_status resume(weft_table_writer *base, const weft_table_position *at, weft_error *err) {
    weft_table_writer *inner = ((long_writer *)base)->inner;
    weft_status status = inner->kind->resume(inner, at, err);
    base->rows = inner->rows;
    return status;
}

static weft_status sync_spool(weft_table_writer *base, char hash[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    weft_table_writer *inner = ((long_writer *)base)->inner;
    return inner->kind->sync_spool(inner, hash, err);
}

static weft_status join(weft_table_writer *base, const weft_table_piece *piece, weft_error *err) {
    weft_table_writer *inner = ((long_writer *)base)->inner;
    weft_status status = inner->kind->join(inner, piece, err);
    base->rows = inner->rows;
    return status;
}

static void free_writer(weft_table_writer *base) {
    long_writer *writer = (long_writer *)base;
    if (writer->group_ready) weft_task_group_dispose(&writer->group);
    weft_table_writer_free(writer->inner);
    weft_buffer_release(&writer->memory);
    free(writer->columns);
    free(writer->tasks);
    free(writer);
}

/* --- making one --- */

static void lay_out(long_writer *writer) {
    const weft_long_table *table = writer->table;
    int64_t rows = writer->cells * table->dates;
    uint8_t *at = writer->memory.data;
    for (int i = 0; i < table->column_count + (table->chosen ? 1 : 0); i++) {
        weft_values *column = &writer->columns[i];
        *column = (weft_values){.type = i < table->column_count ? table->types[i] : WEFT_UINT8, .values = at};
        at += weft_align(rows * (int64_t)weft_data_type_size(column->type));
        if (weft_data_type_is_float(column->type) || i == table->column_count) continue;
        column->valid = at;
        at += weft_align(rows);
    }
}

weft_status weft_long_writer_new(weft_table_writer **out, weft_table_writer *inner, const weft_table_spec *spec,
                                 const weft_long_table *table, weft_error *err) {
    long_writer *writer = calloc(1, sizeof *writer);
    size_t columns = (size_t)table->column_count + 1;
    *out = NULL;
    if (writer == NULL) {
        weft_table_writer_free(inner);
        return weft_error_no_memory(err, "the export stage");
    }
    const weft_table_writer_kind *own = inner->kind;
    writer->kind = (weft_table_writer_kind){.write_chunk = write_chunk,
                                            .free = free_writer,
                                            .finish = own->finish != NULL ? finish : NULL,
                                            .position = own->position != NULL ? position : NULL,
                                            .resume = own->resume != NULL ? resume : NULL,
                                            .sync_spool = own->sync_spool != NULL ? sync_spool : NULL,
                                            .join = own->join != NULL ? join : NULL};
    writer->base = (weft_table_writer){
        .kind = &writer->kind, .output = inner->output, .rows = inner->rows, .cell_rows = table->dates};
    writer->inner = inner;
    writer->spec = spec;
    writer->table = table;
    writer->cells = piece_cells(table, spec->cols * spec->rows);
    writer->columns = calloc(columns, sizeof *writer->columns);
    writer->tasks = calloc(columns, sizeof *writer->tasks);
    weft_status status = WEFT_OK;
    if (writer->columns == NULL || writer->tasks == NULL) status = weft_error_no_memory(err, "the export stage");
    if (status == WEFT_OK) status = weft_task_group_init(&writer->group, err);
    writer->group_ready = status == WEFT_OK;
    if (status == WEFT_OK)
        status =
            weft_buffer_reserve_min(&writer->memory, spec->context->ledger, WEFT_TAG_TEXT,
                                    weft_long_writer_bytes(table, spec->cols * spec->rows) - weft_page_bytes(), err);
    if (status == WEFT_OK) {
        lay_out(writer);
        *out = &writer->base;
    } else {
        free_writer(&writer->base);
    }
    return status;
}
