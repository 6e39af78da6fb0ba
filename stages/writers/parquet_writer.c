/* SPDX-License-Identifier: MIT
 *
 * A task is one column of one row group; the ring writes them in the order of the file. The columns of places are made
 * by the task that encodes them. A row group that lies in several chunks is gathered first (row_gatherer.c). */
#include "stages/writers/parquet_writer.h"

#include "core/window.h"
#include "stages/writers/output_ring.h"
#include "stages/writers/place_columns.h"
#include "stages/writers/row_gatherer.h"
#include "stages/writers/spool_file.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

/* What a compressor touches: tables, and a page on its way in and out; measured. */
#define COMPRESSOR_FIXED (INT64_C(256) * 1024)
#define COMPRESSOR_ROW   10

typedef struct parquet_writer parquet_writer;

/* One column of one group. `values` and `valid` are NULL for places. */
typedef struct column_task {
    parquet_writer *writer;
    weft_ring_slot *slot;
    int column;
    weft_group_rows rows;
    const void *values;
    const uint8_t *valid;
    weft_parquet_chunk chunk;
} column_task;

typedef struct encoder {
    weft_page_compressor *compressor;
    weft_buffer scratch;
} encoder;

struct parquet_writer {
    weft_table_writer base;
    const weft_table_spec *spec;
    weft_parquet_table table;
    weft_parquet_field *fields;
    int64_t group_rows;        /* of each but the last */
    weft_place_columns places; /* before the spec's columns */
    weft_row_gatherer gatherer;
    encoder *encoders; /* one a worker */
    int encoder_count;
    weft_output_ring ring;
    column_task *tasks;         /* one for each slot */
    weft_parquet_chunk *chunks; /* of the group that is being written */
    int chunks_written;
    int64_t group_offset, groups, groups_rows; /* groups_rows: of the whole groups in the file */
    int64_t next_cell;                         /* that the next chunk is taken from on */
    weft_spool_file *spool;
    const char *spool_path;
};

/* --- memory --- */

int64_t weft_parquet_writer_group_rows(const weft_data_type *types, int count, int64_t cols, int64_t rows) {
    return weft_smaller(weft_parquet_group_rows(types, count), cols * rows);
}

/* The column that needs the most: the longest text, or a place's. */
static weft_data_type widest(const weft_data_type *types, int count) {
    weft_data_type type = WEFT_FLOAT64;
    for (int i = 0; i < count; i++)
        if (weft_data_type_is_text(types[i]) && (!weft_data_type_is_text(type) || types[i] > type)) type = types[i];
    return type;
}

static int64_t encoder_bytes(weft_data_type type, int64_t rows) {
    int64_t bytes = weft_larger((int64_t)weft_parquet_scratch_bytes(type, rows),
                                (int64_t)weft_parquet_scratch_bytes(WEFT_FLOAT64, rows));
    return bytes + weft_page_bytes();
}

static int64_t slot_bytes(weft_data_type type, int64_t rows) {
    return weft_larger((int64_t)weft_parquet_chunk_bound(type, rows),
                       (int64_t)weft_parquet_chunk_bound(WEFT_FLOAT64, rows));
}

weft_reserve weft_parquet_writer_reserve(const weft_data_type *types, int column_count, int64_t cols, int64_t rows,
                                         int threads) {
    int64_t in_group = weft_parquet_writer_group_rows(types, column_count, cols, rows);
    weft_data_type type = widest(types, column_count);
    int64_t fixed = weft_row_gatherer_bytes(types, column_count, in_group) + threads * encoder_bytes(type, in_group) +
                    weft_page_bytes();
    int64_t slot = slot_bytes(type, in_group) + weft_page_bytes();
    int64_t xs = weft_place_columns_bytes(cols);
    int64_t compressor = weft_smaller(COMPRESSOR_FIXED + COMPRESSOR_ROW * in_group, WEFT_PAGE_COMPRESSOR_BYTES);
    return (weft_reserve){
        .min = fixed + slot, .desired = fixed + 2 * threads * slot + xs, .beside = threads * compressor};
}

/* --- encoding --- */

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
    if (task->column < writer->places.count) {
        void *values = weft_parquet_scratch_values(own->scratch.data);
        weft_place_columns_fill(&writer->places, &task->rows, task->column, values);
        slice.values = values;
    }
    status =
        weft_parquet_encode(&slice, own->compressor, own->scratch.data, task->slot->memory.data, &task->chunk, err);
    task->slot->length = (size_t)task->chunk.bytes;
    weft_activity_leave(context->activity, worker, before);
    return status;
}

/* Hands a group's columns to the workers. `columns` and `at`: where its values begin. */
static weft_status submit_group(parquet_writer *writer, weft_group_rows rows, const weft_values *columns, int64_t at,
                                weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < writer->table.field_count && status == WEFT_OK; i++) {
        int number;
        status = weft_output_ring_next(&writer->ring, &number, err);
        if (status != WEFT_OK) break;
        column_task *task = &writer->tasks[number];
        *task = (column_task){.writer = writer, .slot = &writer->ring.slots[number], .column = i, .rows = rows};
        if (i >= writer->places.count) {
            weft_values from = weft_values_at(columns[i - writer->places.count], 0, at);
            task->values = from.values;
            task->valid = from.valid;
        }
        weft_output_ring_submit(&writer->ring, encode_column, task);
    }
    writer->base.rows += rows.count;
    return status;
}

/* --- the writer --- */

static weft_status submit_gathered(parquet_writer *writer, weft_error *err) {
    return submit_group(writer, weft_row_gatherer_end_group(&writer->gatherer), writer->gatherer.columns, 0, err);
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    weft_row_gatherer *gatherer = &writer->gatherer;
    weft_window window = chunk->window;
    int64_t first_cell = window.row * writer->spec->cols + window.col, begin;
    int64_t end = weft_table_spec_clip(writer->spec, window, writer->next_cell, &begin);
    bool all = weft_row_format_keeps_all(writer->spec->format);
    weft_status status = WEFT_OK;
    for (int64_t at = begin; at < end && status == WEFT_OK;) {
        assert(chunk->columns[0].stride == window.cols || window.rows == 1);
        if (all && gatherer->filled == 0 && end - at >= writer->group_rows) {
            weft_group_rows rows = {first_cell + at, writer->group_rows, NULL};
            status = submit_group(writer, rows, chunk->columns, at, err);
            at += writer->group_rows;
            continue;
        }
        /* What is still being encoded may be the last group, in the memory that is written to now. */
        status = weft_output_ring_drain(&writer->ring, WEFT_OK, err);
        if (status == WEFT_OK) status = weft_row_gatherer_take(gatherer, chunk, &at, end, err);
        if (status == WEFT_OK && gatherer->filled == writer->group_rows) status = submit_gathered(writer, err);
    }
    if (end > begin) writer->next_cell = first_cell + end;
    return weft_output_ring_drain(&writer->ring, status, err);
}

/* What the spool has of a group: its chunks, as they are, behind its place in the file. */
static size_t record_bytes(const parquet_writer *writer) {
    return sizeof(int64_t) + (size_t)writer->table.field_count * sizeof *writer->chunks;
}

/* Keeps the group of writer->chunks, which begins at writer->group_offset. */
static weft_status keep_group(parquet_writer *writer, weft_error *err) {
    weft_status status = weft_spool_file_append(writer->spool, &writer->group_offset, sizeof(int64_t), err);
    if (status == WEFT_OK)
        status = weft_spool_file_append(writer->spool, writer->chunks, record_bytes(writer) - sizeof(int64_t), err);
    writer->groups++;
    writer->groups_rows += writer->chunks[0].count;
    return status;
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
    return keep_group(writer, err);
}

/* --- the end --- */

/* The footer's runs of the groups, made of what the spool has of each. Adds their length to *length. */
static weft_status write_groups(parquet_writer *writer, int64_t *length, weft_error *err) {
    uint8_t *bytes = NULL;
    size_t room = 0;
    weft_status status = WEFT_OK;
    for (int64_t i = 0, at = 0; i < writer->groups && status == WEFT_OK; i++, at += (int64_t)record_bytes(writer)) {
        int64_t offset = 0;
        status = weft_spool_file_read(writer->spool, at, &offset, sizeof offset, err);
        if (status == WEFT_OK)
            status = weft_spool_file_read(writer->spool, at + (int64_t)sizeof offset, writer->chunks,
                                          record_bytes(writer) - sizeof offset, err);
        if (status != WEFT_OK) break;
        size_t run = weft_parquet_row_group(&writer->table, writer->chunks, offset, NULL, 0);
        uint8_t *more = run > room ? realloc(bytes, run) : bytes;
        if (more == NULL) {
            status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a row group's metadata");
            break;
        }
        room = run > room ? run : room;
        bytes = more;
        (void)weft_parquet_row_group(&writer->table, writer->chunks, offset, bytes, run);
        status = weft_output_file_write(writer->base.output, bytes, run, err);
        *length += (int64_t)run;
    }
    free(bytes);
    return status;
}

static weft_status write_trailer(parquet_writer *writer, int64_t length, weft_error *err) {
    uint8_t trailer[WEFT_PARQUET_TRAILER_BYTES];
    if (weft_parquet_trailer(length, trailer))
        return weft_output_file_write(writer->base.output, trailer, sizeof trailer, err);
    weft_error_set(err, WEFT_ERR_DATA, "Parquet cannot hold this table: its footer would take %lld bytes",
                   (long long)length);
    weft_error_hint(err, "fewer columns or a smaller grid; or export.formats: [csv]");
    return WEFT_ERR_DATA;
}

static weft_status write_footer(parquet_writer *writer, weft_error *err) {
    weft_output_file *output = writer->base.output;
    size_t head = weft_parquet_footer_head(&writer->table, writer->base.rows, writer->groups, NULL, 0);
    size_t tail = weft_parquet_footer_tail(&writer->table, NULL, 0);
    int64_t length = (int64_t)(head + tail);
    uint8_t *bytes = malloc(head > tail ? head : tail);
    if (bytes == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the Parquet footer");
    (void)weft_parquet_footer_head(&writer->table, writer->base.rows, writer->groups, bytes, head);
    weft_status status = weft_output_file_write(output, bytes, head, err);
    if (status == WEFT_OK) status = write_groups(writer, &length, err);
    (void)weft_parquet_footer_tail(&writer->table, bytes, tail);
    if (status == WEFT_OK) status = weft_output_file_write(output, bytes, tail, err);
    free(bytes);
    return status == WEFT_OK ? write_trailer(writer, length, err) : status;
}

/* A piece ends in what its spool has, and in how many bytes of it are groups. */
static weft_status end_piece(parquet_writer *writer, weft_error *err) {
    int64_t bytes = weft_output_file_size(writer->base.output);
    weft_status status = weft_spool_file_copy(writer->spool, writer->base.output, err);
    return status == WEFT_OK ? weft_output_file_write(writer->base.output, &bytes, sizeof bytes, err) : status;
}

/* --- joining pieces --- */

/* The groups of an open piece whose `bytes` first bytes are they: moved by as much as their bytes are. */
static weft_status join_groups(parquet_writer *writer, const weft_table_piece *piece, int fd, int64_t bytes,
                               weft_error *err) {
    int64_t moved = weft_output_file_size(writer->base.output) - WEFT_PARQUET_MAGIC_BYTES;
    int64_t size = (int64_t)record_bytes(writer), end = piece->bytes - (int64_t)sizeof bytes;
    /* Only the table's last group is not full: where another one was, groups would not be those of one run. */
    bool full = writer->groups_rows % writer->group_rows == 0 || end == bytes;
    if (!full || bytes < WEFT_PARQUET_MAGIC_BYTES || bytes > end || (end - bytes) % size != 0)
        return weft_piece_file_damaged(piece, err);
    weft_status status = weft_output_file_append_file(writer->base.output, piece->path, WEFT_PARQUET_MAGIC_BYTES,
                                                      bytes - WEFT_PARQUET_MAGIC_BYTES, err);
    for (int64_t at = bytes; at < end && status == WEFT_OK; at += size) {
        status = weft_piece_file_read(fd, piece, at, &writer->group_offset, sizeof(int64_t), err);
        if (status == WEFT_OK)
            status = weft_piece_file_read(fd, piece, at + (int64_t)sizeof(int64_t), writer->chunks,
                                          record_bytes(writer) - sizeof(int64_t), err);
        writer->group_offset += moved;
        if (status == WEFT_OK) status = keep_group(writer, err);
    }
    return status;
}

static weft_status join(weft_table_writer *base, const weft_table_piece *piece, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    int64_t bytes = 0;
    int fd;
    if (piece->end_cell <= writer->next_cell) return WEFT_OK;
    weft_status status = weft_piece_file_open(&fd, piece, err);
    if (status != WEFT_OK) return status;
    status = weft_piece_file_read(fd, piece, piece->bytes - (int64_t)sizeof bytes, &bytes, sizeof bytes, err);
    if (status == WEFT_OK) status = join_groups(writer, piece, fd, bytes, err);
    (void)close(fd);
    writer->next_cell = piece->end_cell;
    base->rows = writer->groups_rows;
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    weft_status status = WEFT_OK;
    if (writer->gatherer.filled > 0) status = submit_gathered(writer, err);
    status = weft_output_ring_drain(&writer->ring, status, err);
    if (status != WEFT_OK) return status;
    return writer->spec->piece ? end_piece(writer, err) : write_footer(writer, err);
}

static void free_writer(weft_table_writer *base) {
    parquet_writer *writer = (parquet_writer *)base;
    weft_output_ring_dispose(&writer->ring);
    weft_row_gatherer_dispose(&writer->gatherer);
    for (int i = 0; i < writer->encoder_count; i++) {
        weft_page_compressor_free(writer->encoders[i].compressor);
        weft_buffer_release(&writer->encoders[i].scratch);
    }
    weft_spool_file_close(writer->spool, true);
    weft_place_columns_dispose(&writer->places);
    free(writer->encoders);
    free(writer->fields);
    free(writer->chunks);
    free(writer->tasks);
    free(writer);
}

/* --- stopping and going on: at whole row groups --- */

/* Rows that are gathered are not in the file: another process begins at the first of them. Of the table's rows the file
 * holds whole groups, and of the spool their metadata, so both are cut at the same group. */
static void get_position(const weft_table_writer *base, weft_table_position *out) {
    const parquet_writer *writer = (const parquet_writer *)base;
    *out = (weft_table_position){
        .bytes = weft_output_file_size(base->output),
        .spool_bytes = weft_spool_file_size(writer->spool),
        .next_cell = writer->gatherer.filled > 0 ? writer->gatherer.cells[0] : writer->next_cell,
        .rows = writer->groups_rows,
    };
}

/* The spool is hashed here, where a signal may end it: checkpoints add what is new. */
static weft_status go_on(weft_table_writer *base, const weft_table_position *at, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    assert(weft_output_file_size(base->output) == at->bytes);
    /* The last group of a table is smaller. */
    writer->groups = (at->rows + writer->group_rows - 1) / writer->group_rows;
    writer->groups_rows = base->rows = at->rows;
    writer->next_cell = at->next_cell;
    weft_status status = weft_spool_file_open(&writer->spool, writer->spool_path, at->spool_bytes, err);
    if (status != WEFT_OK) return status;
    char hash[WEFT_DIGEST_HEX_BYTES];
    return weft_spool_file_digest(writer->spool, writer->spec->context->cancel, hash, err);
}

static weft_status sync_spool(weft_table_writer *base, char hash[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    weft_spool_file *spool = ((parquet_writer *)base)->spool;
    weft_status status = weft_spool_file_sync(spool, err);
    return status == WEFT_OK ? weft_spool_file_digest(spool, NULL, hash, err) : status;
}

static const weft_table_writer_kind parquet_kind = {write_chunk, finish,     free_writer, get_position,
                                                    go_on,       sync_spool, join};

/* --- making one --- */

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the Parquet writer");
}

static void describe_table(parquet_writer *writer, const weft_parquet_options *options) {
    const weft_table_spec *spec = writer->spec;
    int columns = spec->format->column_count, places = writer->places.count;
    for (int i = 0; i < places; i++)
        writer->fields[i] =
            (weft_parquet_field){writer->places.names[i], weft_place_columns_type(&writer->places, i), true};
    for (int i = 0; i < columns; i++)
        writer->fields[places + i] = (weft_parquet_field){spec->names[i], spec->types[i], false};
    writer->table = (weft_parquet_table){writer->fields, columns + places,    options->codec,
                                         options->pairs, options->pair_count, "weft version " WEFT_VERSION};
}

static weft_status make_encoders(parquet_writer *writer, weft_error *err) {
    weft_ledger *ledger = writer->spec->context->ledger;
    int64_t rows = writer->group_rows;
    weft_data_type type = widest(writer->spec->types, writer->spec->format->column_count);
    int count = weft_work_pool_threads(writer->spec->context->pool);
    weft_status status = WEFT_OK;
    writer->encoders = calloc((size_t)count, sizeof *writer->encoders);
    if (writer->encoders == NULL) return no_memory(err);
    writer->encoder_count = count;
    for (int i = 0; i < writer->encoder_count && status == WEFT_OK; i++) {
        encoder *own = &writer->encoders[i];
        status = weft_page_compressor_new(&own->compressor, writer->table.codec, err);
        if (status == WEFT_OK)
            status = weft_buffer_reserve_min(&own->scratch, ledger, WEFT_TAG_TEXT,
                                             encoder_bytes(type, rows) - weft_page_bytes(), err);
    }
    return status;
}

/* Takes what the ledger grants: the group and the encoders, then slots, then the x of all columns from what is left. */
static weft_status reserve(parquet_writer *writer, int64_t memory_bytes, weft_error *err) {
    const weft_table_spec *spec = writer->spec;
    int columns = spec->format->column_count;
    weft_status status = weft_row_gatherer_init(&writer->gatherer, spec, writer->group_rows, err);
    if (status == WEFT_OK) status = make_encoders(writer, err);
    if (status != WEFT_OK) return status;
    weft_data_type type = widest(spec->types, columns);
    int64_t bytes = slot_bytes(type, writer->group_rows), rest = INT64_MAX;
    if (memory_bytes > 0) {
        rest = memory_bytes - weft_row_gatherer_bytes(spec->types, columns, writer->group_rows) - weft_page_bytes() -
               writer->encoder_count * encoder_bytes(type, writer->group_rows);
        int64_t slots = rest / (bytes + weft_page_bytes());
        writer->ring.max = slots < 1 ? 1 : (int)weft_smaller(slots, INT32_MAX);
    }
    status = weft_output_ring_init(&writer->ring, bytes, bytes, err);
    if (status != WEFT_OK) return status;
    writer->tasks = calloc((size_t)writer->ring.ready, sizeof *writer->tasks);
    if (writer->tasks == NULL) return no_memory(err);
    weft_place_columns_make_xs(&writer->places, rest - writer->ring.ready * (bytes + weft_page_bytes()));
    return WEFT_OK;
}

weft_status weft_parquet_writer_new(weft_table_writer **out, const weft_parquet_options *options, weft_error *err) {
    const weft_table_spec *spec = options->spec;
    parquet_writer *writer = calloc(1, sizeof *writer);
    *out = NULL;
    if (writer == NULL) return no_memory(err);
    writer->base = (weft_table_writer){.kind = &parquet_kind, .output = options->output};
    writer->spec = spec;
    writer->next_cell = spec->first_cell;
    writer->group_rows =
        weft_parquet_writer_group_rows(spec->types, spec->format->column_count, spec->cols, spec->rows);
    writer->ring = (weft_output_ring){
        .context = spec->context, .output = options->output, .written = column_written, .payload = writer};
    weft_place_columns_init(&writer->places, spec);
    size_t fields = (size_t)(spec->format->column_count + writer->places.count);
    weft_status status = WEFT_OK;
    writer->fields = calloc(fields, sizeof *writer->fields);
    writer->chunks = calloc(fields, sizeof *writer->chunks);
    if (writer->fields == NULL || writer->chunks == NULL) {
        status = no_memory(err);
        goto done;
    }
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
