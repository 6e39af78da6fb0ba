/* SPDX-License-Identifier: MIT
 *
 * A task is one column of one row group; the ring writes them in the order of the file. Coordinates are made by the
 * task that encodes them, from the cells' numbers in the grid, row-major. */
#include "stages/writers/parquet_writer.h"

#include "core/window.h"
#include "stages/writers/output_ring.h"
#include "stages/writers/spool_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SELECT_CELLS 4096 /* that the row filter looks at in one go */
#define ALIGNMENT    64
#define XS_SHARE     16   /* part of the ledger that x may take, made once */
#define WIDE_COLS    1024 /* the x of more are too many for a dictionary */

/* What a compressor touches: tables, and a page on its way in and out; measured. */
#define COMPRESSOR_FIXED (INT64_C(256) * 1024)
#define COMPRESSOR_ROW   10

typedef struct parquet_writer parquet_writer;

/* The rows of a group, as its tasks see them. */
typedef struct group_rows {
    int64_t first_cell, count;
    const int64_t *cells; /* of each row; NULL: those from first_cell on */
} group_rows;

/* One column of one group. `values` and `valid` are NULL for coordinates. */
typedef struct column_task {
    parquet_writer *writer;
    weft_ring_slot *slot;
    int column;
    group_rows rows;
    const void *values;
    const uint8_t *valid;
    weft_parquet_chunk chunk;
} column_task;

/* Part of a chunk that goes into the gathered group: `count` kept cells, behind those that are there. */
typedef struct gather_task {
    parquet_writer *writer;
    const weft_chunk *chunk;
    int column; /* of the spec */
    int64_t count;
} gather_task;

typedef struct encoder {
    weft_page_compressor *compressor;
    weft_buffer scratch;
} encoder;

struct parquet_writer {
    weft_table_writer base;
    const weft_table_spec *spec;
    weft_parquet_table table;
    weft_parquet_field *fields;
    int places;                 /* the columns before the spec's: row and col where the format has them, x and y */
    int64_t group_rows, filled; /* rows of a group; of them gathered */
    weft_buffer gathered;       /* cells, then each column's values and mask */
    int64_t *cells;
    weft_values *columns; /* in gathered */
    weft_buffer xs;       /* the x of every grid column; empty where the ledger has no room for it */
    encoder *encoders;    /* one a worker */
    int encoder_count;
    weft_output_ring ring;
    column_task *tasks; /* one for each slot */
    gather_task *gathers;
    weft_task_group gathering;
    bool gathering_ready;
    weft_parquet_chunk *chunks; /* of the group that is being written */
    int chunks_written;
    int64_t group_offset, groups, groups_rows; /* groups_rows: of the whole groups in the file */
    int64_t next_cell;                         /* that the next chunk is taken from on */
    weft_spool_file *spool;
    const char *spool_path;
};

/* --- memory --- */

static int64_t align(int64_t bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int64_t group_rows_of(const weft_data_type *types, int count, int64_t cols, int64_t rows) {
    return weft_smaller(weft_parquet_group_rows(types, count), cols * rows);
}

static int64_t gathered_bytes(const weft_data_type *types, int count, int64_t rows) {
    int64_t bytes = align(rows * (int64_t)sizeof(int64_t));
    for (int i = 0; i < count; i++)
        bytes += align(rows * (int64_t)weft_data_type_size(types[i])) +
                 (weft_data_type_is_float(types[i]) ? 0 : align(rows));
    return bytes;
}

static int64_t encoder_bytes(int64_t rows) {
    return (int64_t)weft_parquet_scratch_bytes(rows) + weft_page_bytes();
}

static int64_t slot_bytes(int64_t rows) {
    return (int64_t)weft_parquet_chunk_bound(WEFT_FLOAT64, rows);
}

weft_reserve weft_parquet_writer_reserve(const weft_data_type *types, int column_count, int64_t cols, int64_t rows,
                                         int threads) {
    int64_t in_group = group_rows_of(types, column_count, cols, rows);
    int64_t fixed =
        gathered_bytes(types, column_count, in_group) + threads * encoder_bytes(in_group) + weft_page_bytes();
    int64_t slot = slot_bytes(in_group) + weft_page_bytes();
    int64_t xs = cols * (int64_t)sizeof(double) + weft_page_bytes();
    int64_t compressor = weft_smaller(COMPRESSOR_FIXED + COMPRESSOR_ROW * in_group, WEFT_PAGE_COMPRESSOR_BYTES);
    return (weft_reserve){
        .least = fixed + slot, .desired = fixed + 2 * threads * slot + xs, .beside = threads * compressor};
}

static void lay_out(parquet_writer *writer) {
    int64_t rows = writer->group_rows;
    uint8_t *at = writer->gathered.data;
    writer->cells = (int64_t *)(void *)at;
    at += align(rows * (int64_t)sizeof(int64_t));
    for (int i = 0; i < writer->spec->format->column_count; i++) {
        weft_values *column = &writer->columns[i];
        *column = (weft_values){.type = writer->spec->types[i], .values = at, .stride = rows};
        at += align(rows * (int64_t)weft_data_type_size(column->type));
        if (weft_data_type_is_float(column->type)) continue;
        column->valid = at;
        at += align(rows);
    }
}

/* --- encoding --- */

static void fill_x(const parquet_writer *writer, const group_rows *rows, double *out) {
    const double *xs = writer->xs.data;
    int64_t cols = writer->spec->cols, col = rows->first_cell % cols;
    for (int64_t i = 0; i < rows->count; i++) {
        if (rows->cells != NULL) col = rows->cells[i] % cols;
        out[i] = xs != NULL ? xs[col] : weft_row_format_x(writer->spec->format, col);
        if (++col == cols) col = 0;
    }
}

static void fill_y(const parquet_writer *writer, const group_rows *rows, double *out) {
    int64_t cols = writer->spec->cols, row = -1, row_end = 0; /* the row that y is of, and its last cell's successor */
    double y = 0;
    for (int64_t i = 0; i < rows->count; i++) {
        int64_t cell = rows->cells != NULL ? rows->cells[i] : rows->first_cell + i;
        if (row < 0 || cell >= row_end) {
            row = cell / cols;
            row_end = (row + 1) * cols;
            y = weft_row_format_y(writer->spec->format, row);
        }
        out[i] = y;
    }
}

/* The grid's rows, or columns, of the cells. */
static void fill_index(const parquet_writer *writer, const group_rows *rows, bool of_row, int32_t *out) {
    int64_t cols = writer->spec->cols;
    for (int64_t i = 0; i < rows->count; i++) {
        int64_t cell = rows->cells != NULL ? rows->cells[i] : rows->first_cell + i;
        out[i] = (int32_t)(of_row ? cell / cols : cell % cols);
    }
}

/* Makes one of the columns before the spec's in `scratch`. */
static const void *fill_place(const parquet_writer *writer, const group_rows *rows, int column, void *scratch) {
    int back = writer->places - column; /* 4: row, 3: col, 2: x, 1: y */
    void *values = weft_parquet_scratch_values(scratch);
    if (back > 2)
        fill_index(writer, rows, back == 4, values);
    else if (back == 2)
        fill_x(writer, rows, values);
    else
        fill_y(writer, rows, values);
    return values;
}

static weft_status encode_column(void *payload, int worker, weft_error *err) {
    column_task *task = payload;
    parquet_writer *writer = task->writer;
    const weft_context *context = writer->spec->context;
    encoder *own = &writer->encoders[worker];
    weft_status status = weft_cancel_check(context->cancel, err);
    if (status != WEFT_OK) return status;
    uint32_t before = weft_activity_enter(context->activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    const weft_parquet_field *field = &writer->fields[task->column];
    weft_parquet_slice slice = {field->type, field->required, task->values, task->valid, task->rows.count};
    if (task->column < writer->places) slice.values = fill_place(writer, &task->rows, task->column, own->scratch.data);
    status =
        weft_parquet_encode(&slice, own->compressor, own->scratch.data, task->slot->memory.data, &task->chunk, err);
    task->slot->length = (size_t)task->chunk.bytes;
    weft_activity_leave(context->activity, worker, before);
    return status;
}

/* Hands a group's columns to the workers. `columns` and `at`: where its values begin. */
static weft_status submit_group(parquet_writer *writer, group_rows rows, const weft_values *columns, int64_t at,
                                weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < writer->table.field_count && status == WEFT_OK; i++) {
        int number;
        status = weft_output_ring_next(&writer->ring, &number, err);
        if (status != WEFT_OK) break;
        column_task *task = &writer->tasks[number];
        *task = (column_task){.writer = writer, .slot = &writer->ring.slots[number], .column = i, .rows = rows};
        if (i >= writer->places) {
            weft_values from = weft_values_at(columns[i - writer->places], 0, at);
            task->values = from.values;
            task->valid = from.valid;
        }
        weft_output_ring_submit(&writer->ring, encode_column, task);
    }
    writer->base.rows += rows.count;
    return status;
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
    parquet_writer *writer = task->writer;
    const weft_context *context = writer->spec->context;
    weft_window window = task->chunk->window;
    (void)err;
    uint32_t before = weft_activity_enter(context->activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    const int64_t *cells = writer->cells + writer->filled;
    int64_t first_cell = window.row * writer->spec->cols + window.col, count = task->count;
    weft_values from = task->chunk->columns[task->column];
    weft_values to = weft_values_at(writer->columns[task->column], 0, writer->filled);
    if (cells[count - 1] - cells[0] == count - 1)
        weft_values_copy(to, weft_values_at(from, 0, cells[0] - first_cell), count, 1);
    else
        gather_cells(&from, cells, first_cell, count, &to);
    weft_activity_leave(context->activity, worker, before);
    return WEFT_OK;
}

/* Notes the cells from `*at` on that the filter keeps, until the group is full or the chunk ends. Returns how many. */
static int64_t select_cells(parquet_writer *writer, const weft_chunk *chunk, int64_t *at) {
    weft_window window = chunk->window;
    int64_t first_cell = window.row * writer->spec->cols + window.col, end = window.cols * window.rows;
    int64_t room = writer->group_rows - writer->filled, *cells = writer->cells + writer->filled, count = 0;
    while (count < room && *at < end) {
        bool kept[SELECT_CELLS];
        int64_t piece = weft_smaller(SELECT_CELLS, weft_smaller(room - count, end - *at));
        weft_row_format_kept(writer->spec->format, window, chunk->columns, *at, piece, kept);
        for (int64_t i = 0; i < piece; i++) {
            cells[count] = first_cell + *at + i;
            count += kept[i];
        }
        *at += piece;
    }
    return count;
}

/* Takes cells from `*at` on into the gathered group. */
static weft_status gather(parquet_writer *writer, const weft_chunk *chunk, int64_t *at, weft_error *err) {
    /* What is still being encoded may be the last group, in the memory that is written to now. */
    weft_status status = weft_output_ring_drain(&writer->ring, WEFT_OK, err);
    if (status != WEFT_OK) return status;
    int64_t count = select_cells(writer, chunk, at);
    if (count == 0) return WEFT_OK;
    for (int i = 0; i < chunk->column_count; i++) {
        writer->gathers[i] = (gather_task){writer, chunk, i, count};
        weft_work_pool_submit(writer->spec->context->pool, &writer->gathering, WEFT_TASK_URGENT, gather_column,
                              &writer->gathers[i]);
    }
    status = weft_task_group_wait(&writer->gathering, err);
    writer->filled += count;
    return status;
}

static weft_status submit_gathered(parquet_writer *writer, weft_error *err) {
    group_rows rows = {writer->cells[0], writer->filled, writer->cells};
    if (writer->cells[rows.count - 1] - writer->cells[0] == rows.count - 1) rows.cells = NULL;
    writer->filled = 0;
    return submit_group(writer, rows, writer->columns, 0, err);
}

/* --- the writer --- */

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    weft_window window = chunk->window;
    int64_t end = window.cols * window.rows, first_cell = window.row * writer->spec->cols + window.col;
    bool all = writer->spec->format->filter == WEFT_ROW_ALL;
    weft_status status = WEFT_OK;
    int64_t begin = writer->next_cell > first_cell ? writer->next_cell - first_cell : 0;
    for (int64_t at = begin; at < end && status == WEFT_OK;) {
        assert(chunk->columns[0].stride == window.cols || window.rows == 1);
        if (all && writer->filled == 0 && end - at >= writer->group_rows) {
            group_rows rows = {first_cell + at, writer->group_rows, NULL};
            status = submit_group(writer, rows, chunk->columns, at, err);
            at += writer->group_rows;
            continue;
        }
        status = gather(writer, chunk, &at, err);
        if (status == WEFT_OK && writer->filled == writer->group_rows) status = submit_gathered(writer, err);
    }
    if (first_cell + end > writer->next_cell) writer->next_cell = first_cell + end;
    return weft_output_ring_drain(&writer->ring, status, err);
}

/* Keeps the column's metadata; with the group's last one the group's goes to the spool. */
static weft_status column_written(void *payload, int slot, weft_error *err) {
    parquet_writer *writer = payload;
    const column_task *task = &writer->tasks[slot];
    if (writer->chunks_written == 0)
        writer->group_offset = weft_output_file_size(writer->base.output) - task->chunk.bytes;
    writer->chunks[writer->chunks_written++] = task->chunk;
    if (writer->chunks_written < writer->table.field_count) return WEFT_OK;
    writer->chunks_written = 0;
    writer->groups++;
    writer->groups_rows += task->chunk.count;
    size_t length = weft_parquet_row_group(&writer->table, writer->chunks, writer->group_offset, NULL, 0);
    uint8_t *bytes = malloc(length);
    if (bytes == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a row group's metadata");
    (void)weft_parquet_row_group(&writer->table, writer->chunks, writer->group_offset, bytes, length);
    weft_status status = weft_spool_file_append(writer->spool, bytes, length, err);
    free(bytes);
    return status;
}

static weft_status write_footer(parquet_writer *writer, weft_error *err) {
    weft_output_file *output = writer->base.output;
    size_t head = weft_parquet_footer_head(&writer->table, writer->base.rows, writer->groups, NULL, 0);
    size_t tail = weft_parquet_footer_tail(&writer->table, NULL, 0);
    uint8_t *bytes = malloc(head > tail ? head : tail), trailer[WEFT_PARQUET_TRAILER_BYTES];
    weft_status status = WEFT_OK;
    if (bytes == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the Parquet footer");
    int64_t length = (int64_t)(head + tail) + weft_spool_file_size(writer->spool);
    if (!weft_parquet_trailer(length, trailer)) {
        weft_error_set(err, WEFT_ERR_DATA, "Parquet cannot hold this table: its footer would take %lld bytes",
                       (long long)length);
        weft_error_hint(err, "fewer columns or a smaller grid; or export.formats: [csv]");
        status = WEFT_ERR_DATA;
        goto done;
    }
    (void)weft_parquet_footer_head(&writer->table, writer->base.rows, writer->groups, bytes, head);
    status = weft_output_file_write(output, bytes, head, err);
    if (status == WEFT_OK) status = weft_spool_file_copy(writer->spool, output, writer->spec->context->cancel, err);
    (void)weft_parquet_footer_tail(&writer->table, bytes, tail);
    if (status == WEFT_OK) status = weft_output_file_write(output, bytes, tail, err);
    if (status == WEFT_OK) status = weft_output_file_write(output, trailer, sizeof trailer, err);
done:
    free(bytes);
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    weft_status status = WEFT_OK;
    if (writer->filled > 0) status = submit_gathered(writer, err);
    status = weft_output_ring_drain(&writer->ring, status, err);
    if (status == WEFT_OK) status = write_footer(writer, err);
    return status;
}

static void free_writer(weft_table_writer *base) {
    parquet_writer *writer = (parquet_writer *)base;
    weft_output_ring_dispose(&writer->ring);
    if (writer->gathering_ready) weft_task_group_dispose(&writer->gathering);
    for (int i = 0; i < writer->encoder_count; i++) {
        weft_page_compressor_free(writer->encoders[i].compressor);
        weft_buffer_release(&writer->encoders[i].scratch);
    }
    weft_spool_file_close(writer->spool, true);
    weft_buffer_release(&writer->gathered);
    weft_buffer_release(&writer->xs);
    free(writer->encoders);
    free(writer->fields);
    free(writer->columns);
    free(writer->gathers);
    free(writer->chunks);
    free(writer->tasks);
    free(writer);
}

/* --- stopping and going on: at whole row groups --- */

static void get_position(const weft_table_writer *base, weft_table_position *out) {
    const parquet_writer *writer = (const parquet_writer *)base;
    *out = (weft_table_position){
        .bytes = weft_output_file_size(base->output),
        .spool_bytes = weft_spool_file_size(writer->spool),
        .next_cell = writer->filled > 0 ? writer->cells[0] : writer->next_cell,
        .rows = writer->groups_rows,
    };
}

static weft_status go_on(weft_table_writer *base, const weft_table_position *at, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    assert(weft_output_file_size(base->output) == at->bytes);
    writer->groups = at->rows / writer->group_rows;
    writer->groups_rows = base->rows = at->rows;
    writer->next_cell = at->next_cell;
    return weft_spool_file_open(&writer->spool, writer->spool_path, at->spool_bytes, err);
}

static weft_status sync_spool(weft_table_writer *base, char hash[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    weft_spool_file *spool = ((parquet_writer *)base)->spool;
    weft_status status = weft_spool_file_sync(spool, err);
    return status == WEFT_OK ? weft_spool_file_digest(spool, hash, err) : status;
}

static const weft_table_writer_kind parquet_kind = {write_chunk, finish, free_writer, get_position, go_on, sync_spool};

/* --- making one --- */

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the Parquet writer");
}

static weft_status allocate(parquet_writer *writer, weft_error *err) {
    size_t columns = (size_t)writer->spec->format->column_count, fields = columns + 4;
    int encoders = weft_work_pool_threads(writer->spec->context->pool);
    writer->fields = calloc(fields, sizeof *writer->fields);
    writer->chunks = calloc(fields, sizeof *writer->chunks);
    writer->columns = calloc(columns, sizeof *writer->columns);
    writer->gathers = calloc(columns, sizeof *writer->gathers);
    writer->encoders = calloc((size_t)encoders, sizeof *writer->encoders);
    if (writer->fields == NULL || writer->chunks == NULL || writer->columns == NULL || writer->gathers == NULL ||
        writer->encoders == NULL)
        return no_memory(err);
    writer->encoder_count = encoders;
    weft_status status = weft_task_group_init(&writer->gathering, err);
    writer->gathering_ready = status == WEFT_OK;
    return status;
}

static void describe_table(parquet_writer *writer, const weft_parquet_options *options) {
    const weft_table_spec *spec = writer->spec;
    int columns = spec->format->column_count;
    const char *places[4];
    writer->places = weft_row_format_places(spec->format, places);
    for (int i = 0; i < writer->places; i++)
        writer->fields[i] = (weft_parquet_field){places[i], writer->places - i > 2 ? WEFT_INT32 : WEFT_FLOAT64, true};
    for (int i = 0; i < columns; i++)
        writer->fields[writer->places + i] = (weft_parquet_field){spec->names[i], spec->types[i], false};
    writer->table = (weft_parquet_table){writer->fields, columns + writer->places, options->codec,
                                         options->pairs, options->pair_count,      "weft version " WEFT_VERSION};
}

static weft_status make_encoders(parquet_writer *writer, weft_error *err) {
    weft_ledger *ledger = writer->spec->context->ledger;
    int64_t rows = writer->group_rows;
    weft_status status = WEFT_OK;
    for (int i = 0; i < writer->encoder_count && status == WEFT_OK; i++) {
        encoder *own = &writer->encoders[i];
        status = weft_page_compressor_new(&own->compressor, writer->table.codec, err);
        if (status == WEFT_OK)
            status = weft_buffer_reserve_least(&own->scratch, ledger, WEFT_TAG_TEXT,
                                               (int64_t)weft_parquet_scratch_bytes(rows), err);
    }
    return status;
}

/* x is the same in every row: made once, where there is room for it in `share`. */
static void make_xs(parquet_writer *writer, int64_t share) {
    int64_t cols = writer->spec->cols;
    weft_ledger *ledger = writer->spec->context->ledger;
    int64_t bytes = cols * (int64_t)sizeof(double);
    if (bytes > share || bytes > weft_ledger_available_bytes(ledger) / XS_SHARE) return;
    if (weft_buffer_reserve(&writer->xs, ledger, WEFT_TAG_TEXT, bytes, NULL) != WEFT_OK) return;
    for (int64_t col = 0; col < cols; col++)
        ((double *)writer->xs.data)[col] = weft_row_format_x(writer->spec->format, col);
}

static weft_status reserve(parquet_writer *writer, int64_t memory_bytes, weft_error *err) {
    const weft_table_spec *spec = writer->spec;
    int columns = spec->format->column_count;
    writer->group_rows = group_rows_of(spec->types, columns, spec->cols, spec->rows);
    weft_status status = weft_buffer_reserve_least(&writer->gathered, spec->context->ledger, WEFT_TAG_TEXT,
                                                   gathered_bytes(spec->types, columns, writer->group_rows), err);
    if (status != WEFT_OK) return status;
    lay_out(writer);
    status = make_encoders(writer, err);
    if (status != WEFT_OK) return status;
    int64_t bytes = slot_bytes(writer->group_rows), rest = INT64_MAX;
    if (memory_bytes > 0) {
        rest = memory_bytes - gathered_bytes(spec->types, columns, writer->group_rows) - weft_page_bytes() -
               writer->encoder_count * encoder_bytes(writer->group_rows);
        int64_t slots = rest / (bytes + weft_page_bytes());
        writer->ring.most = slots < 1 ? 1 : (int)weft_smaller(slots, INT32_MAX);
    }
    status = weft_output_ring_init(&writer->ring, bytes, bytes, err);
    if (status != WEFT_OK) return status;
    writer->tasks = calloc((size_t)writer->ring.ready, sizeof *writer->tasks);
    if (writer->tasks == NULL) return no_memory(err);
    make_xs(writer, rest - writer->ring.ready * (bytes + weft_page_bytes()));
    return WEFT_OK;
}

weft_status weft_parquet_writer_new(weft_table_writer **out, const weft_parquet_options *options, weft_error *err) {
    parquet_writer *writer = calloc(1, sizeof *writer);
    *out = NULL;
    if (writer == NULL) return no_memory(err);
    writer->base = (weft_table_writer){.kind = &parquet_kind, .output = options->output};
    writer->spec = options->spec;
    writer->ring = (weft_output_ring){
        .context = options->spec->context, .output = options->output, .written = column_written, .payload = writer};
    weft_status status = allocate(writer, err);
    if (status != WEFT_OK) goto done;
    describe_table(writer, options);
    status = reserve(writer, options->memory_bytes, err);
    if (status != WEFT_OK) goto done;
    writer->spool_path = options->spool_path;
    if (weft_output_file_size(options->output) > 0) goto done;
    status = weft_spool_file_open(&writer->spool, options->spool_path, 0, err);
    if (status == WEFT_OK)
        status = weft_output_file_write(options->output, WEFT_PARQUET_MAGIC, WEFT_PARQUET_MAGIC_BYTES, err);
done:
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}
