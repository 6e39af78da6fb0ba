/* SPDX-License-Identifier: MIT
 *
 * A task is one part, or as much of it as the chunk holds; the last one of a chunk may stay open for the next chunk. A
 * batch of tasks runs at once and is then combined, in order. */
#include "stages/writers/stats_writer.h"

#include "core/memory/buffer.h"
#include "core/text.h"
#include "stages/writers/spool_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PART_CELLS     16384
#define PIECE_CELLS    1024 /* that are looked at in one go: the row filter's answers lie on the stack */
#define TASKS_A_THREAD 4

typedef struct stats_writer stats_writer;

typedef struct part_task {
    stats_writer *writer;
    const weft_chunk *chunk;
    int64_t first, count; /* cells of the chunk, row-major */
    int64_t rows;         /* of the part so far */
    weft_stats_part *parts;
} part_task;

struct stats_writer {
    weft_table_writer base;
    const weft_table_spec *spec;
    weft_task_group group;
    bool group_ready;
    part_task *tasks;
    int task_count;
    weft_buffer memory;       /* the tasks' parts, then those of the open one */
    weft_stats_part *open;    /* of the part that a chunk's end has cut */
    int64_t open_rows;        /* of it */
    int64_t next_cell;        /* of the grid, row-major: the first one that was not taken */
    weft_column_stats *stats; /* of all whole parts */
    char *spool_path;
    weft_spool_file *spool;
    bool keep_spool;
};

static size_t parts_bytes(int column_count) {
    return (size_t)column_count * sizeof(weft_stats_part);
}

int64_t weft_stats_part_cells(void) {
    return PART_CELLS;
}

int64_t weft_stats_writer_bytes(int column_count, int threads) {
    return (TASKS_A_THREAD * threads + 1) * (int64_t)parts_bytes(column_count) + weft_page_bytes();
}

/* --- on the workers --- */

static weft_status sum_part(void *payload, int worker, weft_error *err) {
    part_task *task = payload;
    const weft_table_spec *spec = task->writer->spec;
    const weft_chunk *chunk = task->chunk;
    bool all = weft_row_format_keeps_all(spec->format), kept[PIECE_CELLS];
    weft_status status = weft_cancel_check(spec->context->cancel, err);
    if (status != WEFT_OK) return status;
    uint32_t before =
        weft_activity_enter(spec->context->activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    for (int64_t at = 0; at < task->count; at += PIECE_CELLS) {
        int64_t count = task->count - at < PIECE_CELLS ? task->count - at : PIECE_CELLS, first = task->first + at;
        task->rows +=
            all ? count : weft_row_format_kept(spec->format, chunk->window, chunk->columns, first, count, kept);
        for (int i = 0; i < chunk->column_count; i++) {
            weft_values values = weft_values_at(chunk->columns[i], 0, first);
            weft_stats_part_add(&task->parts[i], &values, count, all ? NULL : kept);
        }
    }
    weft_activity_leave(spec->context->activity, worker, before);
    return WEFT_OK;
}

/* --- whole parts --- */

static void combine(stats_writer *writer, const weft_stats_part *parts, int64_t rows) {
    for (int i = 0; i < writer->spec->format->column_count; i++)
        weft_column_stats_add(&writer->stats[i], writer->spec->types[i], &parts[i]);
    writer->base.rows += rows;
}

static weft_status keep_part(stats_writer *writer, const weft_stats_part *parts, int64_t rows, weft_error *err) {
    combine(writer, parts, rows);
    weft_status status = weft_spool_file_append(writer->spool, &rows, sizeof rows, err);
    if (status == WEFT_OK)
        status = weft_spool_file_append(writer->spool, parts, parts_bytes(writer->spec->format->column_count), err);
    return status;
}

static bool is_part_end(const stats_writer *writer, int64_t cell) {
    return cell % PART_CELLS == 0 || cell == writer->spec->end_cell;
}

/* --- the writer --- */

/* Makes the next task, of the cells from `at` on: the open part's, or a new one's. */
static void begin_task(stats_writer *writer, part_task *task, const weft_chunk *chunk, int64_t at, int64_t end) {
    int64_t cell = writer->next_cell, left = PART_CELLS - cell % PART_CELLS;
    size_t bytes = parts_bytes(chunk->column_count);
    task->writer = writer;
    task->chunk = chunk;
    task->first = at;
    task->count = left < end - at ? left : end - at;
    task->rows = cell % PART_CELLS != 0 ? writer->open_rows : 0;
    if (cell % PART_CELLS != 0)
        memcpy(task->parts, writer->open, bytes);
    else
        memset(task->parts, 0, bytes);
    writer->next_cell += task->count;
}

/* Combines a batch that has ended at the cell `end`. */
static weft_status take_batch(stats_writer *writer, int count, int64_t end, weft_error *err) {
    weft_status status = WEFT_OK;
    int whole = count > 0 && !is_part_end(writer, end) ? count - 1 : count;
    for (int i = 0; i < whole && status == WEFT_OK; i++)
        status = keep_part(writer, writer->tasks[i].parts, writer->tasks[i].rows, err);
    if (status != WEFT_OK || whole == count) return status;
    writer->open_rows = writer->tasks[whole].rows;
    memcpy(writer->open, writer->tasks[whole].parts, parts_bytes(writer->spec->format->column_count));
    return WEFT_OK;
}

static weft_status open_spool(stats_writer *writer, int64_t kept_bytes, weft_error *err) {
    if (writer->spool != NULL) return WEFT_OK;
    return weft_spool_file_open(&writer->spool, writer->spool_path, kept_bytes, err);
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    stats_writer *writer = (stats_writer *)base;
    weft_window window = chunk->window;
    int64_t first_cell = window.row * writer->spec->cols + window.col, at;
    int64_t end = weft_table_spec_clip(writer->spec, window, writer->next_cell, &at);
    weft_status status = open_spool(writer, 0, err);
    while (at < end && status == WEFT_OK) {
        int count = 0;
        for (; count < writer->task_count && at < end; count++) {
            part_task *task = &writer->tasks[count];
            begin_task(writer, task, chunk, at, end);
            at += task->count;
            weft_work_pool_submit(writer->spec->context->pool, &writer->group, WEFT_TASK_URGENT, sum_part, task);
        }
        status = weft_task_group_wait(&writer->group, err);
        if (status == WEFT_OK) status = take_batch(writer, count, first_cell + at, err);
    }
    return status;
}

static void position(const weft_table_writer *base, weft_table_position *out) {
    const stats_writer *writer = (const stats_writer *)base;
    int64_t cell = writer->next_cell;
    *out = (weft_table_position){.spool_bytes = writer->spool == NULL ? 0 : weft_spool_file_size(writer->spool),
                                 .next_cell = is_part_end(writer, cell) ? cell : cell - cell % PART_CELLS,
                                 .rows = base->rows};
}

static weft_status resume(weft_table_writer *base, const weft_table_position *at, weft_error *err) {
    stats_writer *writer = (stats_writer *)base;
    size_t bytes = parts_bytes(writer->spec->format->column_count);
    weft_status status = open_spool(writer, at->spool_bytes, err);
    for (int64_t offset = 0; offset < at->spool_bytes && status == WEFT_OK;) {
        int64_t rows;
        status = weft_spool_file_read(writer->spool, offset, &rows, sizeof rows, err);
        offset += (int64_t)sizeof rows;
        if (status == WEFT_OK) status = weft_spool_file_read(writer->spool, offset, writer->open, bytes, err);
        offset += (int64_t)bytes;
        if (status == WEFT_OK) combine(writer, writer->open, rows);
        if (status == WEFT_OK) status = weft_cancel_check(writer->spec->context->cancel, err);
    }
    char hash[WEFT_DIGEST_HEX_BYTES]; /* checkpoints add what is new */
    if (status == WEFT_OK) status = weft_spool_file_digest(writer->spool, writer->spec->context->cancel, hash, err);
    writer->next_cell = at->next_cell;
    return status;
}

static weft_status sync_spool(weft_table_writer *base, char hash[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    const stats_writer *writer = (const stats_writer *)base;
    hash[0] = '\0';
    if (writer->spool == NULL) return WEFT_OK;
    weft_status status = weft_spool_file_sync(writer->spool, err);
    return status == WEFT_OK ? weft_spool_file_digest(writer->spool, NULL, hash, err) : status;
}

/* The whole parts of a piece come after those that are there. */
static weft_status join_parts(stats_writer *writer, const weft_table_piece *piece, int fd, weft_error *err) {
    size_t bytes = parts_bytes(writer->spec->format->column_count);
    weft_status status = WEFT_OK;
    for (int64_t offset = 0; offset < piece->bytes && status == WEFT_OK; offset += (int64_t)(sizeof(int64_t) + bytes)) {
        int64_t rows;
        status = weft_cancel_check(writer->spec->context->cancel, err);
        if (status == WEFT_OK) status = weft_piece_file_read(fd, piece, offset, &rows, sizeof rows, err);
        if (status == WEFT_OK)
            status = weft_piece_file_read(fd, piece, offset + (int64_t)sizeof rows, writer->open, bytes, err);
        if (status == WEFT_OK) status = keep_part(writer, writer->open, rows, err);
    }
    return status;
}

static weft_status join(weft_table_writer *base, const weft_table_piece *piece, weft_error *err) {
    stats_writer *writer = (stats_writer *)base;
    int fd;
    if (piece->end_cell <= writer->next_cell) return WEFT_OK;
    weft_status status = open_spool(writer, 0, err);
    if (status == WEFT_OK) status = weft_piece_file_open(&fd, piece, err);
    if (status != WEFT_OK) return status;
    status = join_parts(writer, piece, fd, err);
    (void)close(fd);
    writer->next_cell = piece->end_cell;
    return status;
}

/* A piece's parts are its file. */
static weft_status finish(weft_table_writer *base, weft_error *err) {
    const stats_writer *writer = (const stats_writer *)base;
    if (base->output == NULL || writer->spool == NULL) return WEFT_OK;
    return weft_spool_file_copy(writer->spool, base->output, err);
}

static void free_writer(weft_table_writer *base) {
    stats_writer *writer = (stats_writer *)base;
    if (writer->group_ready) weft_task_group_dispose(&writer->group);
    weft_spool_file_close(writer->spool, writer->keep_spool);
    weft_buffer_release(&writer->memory);
    free(writer->spool_path);
    free(writer->stats);
    free(writer->tasks);
    free(writer);
}

static const weft_table_writer_kind stats_kind = {.write_chunk = write_chunk,
                                                  .finish = finish,
                                                  .free = free_writer,
                                                  .position = position,
                                                  .resume = resume,
                                                  .sync_spool = sync_spool,
                                                  .join = join};

static weft_status allocate(stats_writer *writer, const weft_stats_options *options, weft_error *err) {
    const weft_table_spec *spec = options->spec;
    int columns = spec->format->column_count, threads = weft_work_pool_threads(spec->context->pool);
    writer->task_count = TASKS_A_THREAD * threads;
    writer->tasks = calloc((size_t)writer->task_count, sizeof *writer->tasks);
    writer->stats = calloc((size_t)columns, sizeof *writer->stats);
    writer->spool_path = weft_text_format("%s", options->spool_path);
    if (writer->tasks == NULL || writer->stats == NULL || writer->spool_path == NULL)
        return weft_error_no_memory(err, "the columns' statistics");
    weft_status status = weft_task_group_init(&writer->group, err);
    writer->group_ready = status == WEFT_OK;
    if (status == WEFT_OK)
        status = weft_buffer_reserve_min(&writer->memory, spec->context->ledger, WEFT_TAG_OTHER,
                                         weft_stats_writer_bytes(columns, threads) - weft_page_bytes(), err);
    if (status != WEFT_OK) return status;
    writer->open = writer->memory.data;
    for (int i = 0; i < writer->task_count; i++)
        writer->tasks[i].parts = writer->open + (i + 1) * (int64_t)columns;
    return WEFT_OK;
}

weft_status weft_stats_writer_new(weft_table_writer **out, const weft_stats_options *options, weft_error *err) {
    stats_writer *writer = calloc(1, sizeof *writer);
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "the columns' statistics");
    writer->base = (weft_table_writer){.kind = &stats_kind, .output = options->output};
    writer->spec = options->spec;
    writer->next_cell = options->spec->first_cell;
    writer->keep_spool = options->keep_spool;
    weft_status status = allocate(writer, options, err);
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}

const weft_column_stats *weft_stats_writer_columns(const weft_table_writer *writer) {
    return ((const stats_writer *)writer)->stats;
}
