/* SPDX-License-Identifier: MIT
 *
 * A task is one column of one row group; the ring writes them in the order of the file. The columns of places are made
 * by the task that encodes them. A row group that lies in several chunks is gathered first (row_gatherer.c). */
#include "stages/parquet/parquet_writer.h"

#include "core/window.h"
#include "stages/parquet/parquet_groups.h"
#include "stages/writers/output_ring.h"
#include "stages/writers/place_columns.h"
#include "stages/writers/row_gatherer.h"

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
    weft_shape_column *shapes; /* NULL: there are none */
    encoder *encoders;         /* one a worker */
    int encoder_count;
    weft_output_ring ring;
    column_task *tasks; /* one for each slot */
    weft_parquet_groups groups;
    int64_t next_cell; /* that the next chunk is taken from on */
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

/* Writes the group's geometry, which comes after its other columns in the file. It waits until these are written; then the
 * memory of the rows that they are made of may be used again. */
static weft_status write_shapes(parquet_writer *writer, weft_status so_far, weft_error *err) {
    weft_parquet_chunk chunk;
    weft_status status = weft_output_ring_drain(&writer->ring, so_far, err);
    if (status == WEFT_OK) status = weft_shape_column_end(writer->shapes, writer->base.output, &chunk, err);
    return status == WEFT_OK ? weft_parquet_groups_keep(&writer->groups, &chunk, err) : status;
}

/* Takes the geometry of `count` rows of a chunk: of the cells `cells`, or, where that is NULL, of those from `from` on.
 * first_cell: the chunk's first. */
static weft_status take_shapes(parquet_writer *writer, const weft_chunk *chunk, int64_t first_cell,
                               const int64_t *cells, int64_t from, int64_t count, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int64_t i = 0; i < count && writer->shapes != NULL && status == WEFT_OK; i++) {
        int64_t cell = cells != NULL ? cells[i] : from + i;
        if (i % 256 == 0) status = weft_cancel_check(writer->spec->context->cancel, err);
        if (status == WEFT_OK) status = weft_shape_column_add(writer->shapes, chunk, cell - first_cell, cell, err);
    }
    return status;
}

/* Hands a group's columns to the workers. `columns` and `at`: where its values begin. */
static weft_status submit_group(parquet_writer *writer, weft_group_rows rows, const weft_values *columns, int64_t at,
                                weft_error *err) {
    int last = writer->table.field_count - (writer->shapes == NULL ? 0 : 1), bounds = writer->shapes == NULL ? 0 : 4;
    weft_status status = WEFT_OK;
    for (int i = 0; i < last && status == WEFT_OK; i++) {
        int number;
        status = weft_output_ring_next(&writer->ring, &number, err);
        if (status != WEFT_OK) break;
        column_task *task = &writer->tasks[number];
        *task = (column_task){.writer = writer, .slot = &writer->ring.slots[number], .column = i, .rows = rows};
        if (i >= last - bounds) {
            task->values = writer->shapes->bounds[i - (last - bounds)];
        } else if (i >= writer->places.count) {
            weft_values from = weft_values_at(columns[i - writer->places.count], 0, at);
            task->values = from.values;
            task->valid = from.valid;
        }
        weft_output_ring_submit(&writer->ring, encode_column, task);
    }
    writer->base.rows += rows.count;
    return writer->shapes == NULL ? status : write_shapes(writer, status, err);
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
            status = take_shapes(writer, chunk, first_cell, NULL, first_cell + at, writer->group_rows, err);
            if (status == WEFT_OK) status = submit_group(writer, rows, chunk->columns, at, err);
            at += writer->group_rows;
            continue;
        }
        /* What is still being encoded may be the last group, in the memory that is written to now. */
        status = weft_output_ring_drain(&writer->ring, WEFT_OK, err);
        int64_t before = gatherer->filled;
        if (status == WEFT_OK) status = weft_row_gatherer_take(gatherer, chunk, &at, end, err);
        if (status == WEFT_OK)
            status =
                take_shapes(writer, chunk, first_cell, gatherer->cells + before, 0, gatherer->filled - before, err);
        if (status == WEFT_OK && gatherer->filled == writer->group_rows) status = submit_gathered(writer, err);
    }
    if (end > begin) writer->next_cell = first_cell + end;
    return weft_output_ring_drain(&writer->ring, status, err);
}

static weft_status column_written(void *payload, int slot, weft_error *err) {
    parquet_writer *writer = payload;
    const column_task *task = &writer->tasks[slot];
    return weft_parquet_groups_keep(&writer->groups, &task->chunk, err);
}

/* --- joining pieces --- */

static weft_status join(weft_table_writer *base, const weft_table_piece *piece, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    int fd;
    if (piece->end_cell <= writer->next_cell) return WEFT_OK;
    weft_status status = weft_piece_file_open(&fd, piece, err);
    if (status != WEFT_OK) return status;
    status = weft_parquet_groups_join(&writer->groups, piece, fd, writer->group_rows, err);
    (void)close(fd);
    writer->next_cell = piece->end_cell;
    base->rows = writer->groups.rows;
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    weft_status status = WEFT_OK;
    if (writer->gatherer.filled > 0) status = submit_gathered(writer, err);
    status = weft_output_ring_drain(&writer->ring, status, err);
    if (status != WEFT_OK) return status;
    return writer->spec->piece ? weft_parquet_groups_end_piece(&writer->groups, err)
                               : weft_parquet_groups_end(&writer->groups, base->rows, err);
}

static void free_writer(weft_table_writer *base) {
    parquet_writer *writer = (parquet_writer *)base;
    weft_output_ring_dispose(&writer->ring);
    weft_row_gatherer_dispose(&writer->gatherer);
    if (writer->shapes != NULL) weft_shape_column_dispose(writer->shapes);
    free(writer->shapes);
    for (int i = 0; i < writer->encoder_count; i++) {
        weft_page_compressor_free(writer->encoders[i].compressor);
        weft_buffer_release(&writer->encoders[i].scratch);
    }
    weft_spool_file_close(writer->groups.spool, true);
    weft_place_columns_dispose(&writer->places);
    free(writer->encoders);
    free(writer->fields);
    free(writer->groups.chunks);
    free(writer->tasks);
    free(writer);
}

/* --- stopping and resuming: at whole row groups --- */

/* Gathered rows are not in the file yet, so a resumed run begins at the first of them. The file holds whole groups, and the
 * spool the metadata of the same groups. */
static void position(const weft_table_writer *base, weft_table_position *out) {
    const parquet_writer *writer = (const parquet_writer *)base;
    *out = (weft_table_position){
        .bytes = weft_output_file_size(base->output),
        .spool_bytes = weft_spool_file_size(writer->groups.spool),
        .next_cell = writer->gatherer.filled > 0 ? writer->gatherer.cells[0] : writer->next_cell,
        .rows = writer->groups.rows,
    };
}

/* The whole spool is hashed here, where a signal may end it; checkpoints then hash only what is new. */
static weft_status resume(weft_table_writer *base, const weft_table_position *at, weft_error *err) {
    parquet_writer *writer = (parquet_writer *)base;
    assert(weft_output_file_size(base->output) == at->bytes);
    /* The last group of a table is smaller. */
    writer->groups.count = weft_divide_up(at->rows, writer->group_rows);
    writer->groups.rows = base->rows = at->rows;
    writer->next_cell = at->next_cell;
    weft_status status = weft_spool_file_open(&writer->groups.spool, writer->spool_path, at->spool_bytes, err);
    if (status != WEFT_OK) return status;
    char hash[WEFT_DIGEST_HEX_BYTES];
    return weft_spool_file_digest(writer->groups.spool, writer->spec->context->cancel, hash, err);
}

static weft_status sync_spool(weft_table_writer *base, char hash[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    weft_spool_file *spool = ((parquet_writer *)base)->groups.spool;
    weft_status status = weft_spool_file_sync(spool, err);
    return status == WEFT_OK ? weft_spool_file_digest(spool, NULL, hash, err) : status;
}

static const weft_table_writer_kind parquet_kind = {write_chunk, finish,     free_writer, position,
                                                    resume,      sync_spool, join};

/* --- making one --- */

/* The four bounds, and the geometry. */
static int field_count(const parquet_writer *writer, const weft_parquet_options *options) {
    return writer->spec->format->column_count + writer->places.count + (options->shapes == NULL ? 0 : 5);
}

static void describe_table(parquet_writer *writer, const weft_parquet_options *options) {
    const weft_table_spec *spec = writer->spec;
    static const char *const bounds[4] = {"xmin", "ymin", "xmax", "ymax"};
    int columns = spec->format->column_count, places = writer->places.count;
    for (int i = 0; i < places; i++)
        writer->fields[i] = (weft_parquet_field){
            .name = writer->places.names[i], .type = weft_place_columns_type(&writer->places, i), .required = true};
    for (int i = 0; i < columns; i++)
        writer->fields[places + i] = (weft_parquet_field){.name = spec->names[i], .type = spec->types[i]};
    for (int i = 0; i < 4 && options->shapes != NULL; i++)
        writer->fields[places + columns + i] =
            (weft_parquet_field){.name = bounds[i], .type = WEFT_FLOAT64, .group = options->bounds_name};
    if (options->shapes != NULL)
        writer->fields[places + columns + 4] =
            (weft_parquet_field){.name = options->shape_name, .type = WEFT_FLOAT64, .blob = true};
    writer->table = (weft_parquet_table){writer->fields, field_count(writer, options), options->codec,
                                         options->pairs, options->pair_count,          "weft version " WEFT_VERSION};
}

static weft_status make_encoders(parquet_writer *writer, weft_error *err) {
    weft_ledger *ledger = writer->spec->context->ledger;
    int64_t rows = writer->group_rows;
    weft_data_type type = widest(writer->spec->types, writer->spec->format->column_count);
    int count = weft_work_pool_threads(writer->spec->context->pool);
    weft_status status = WEFT_OK;
    writer->encoders = calloc((size_t)count, sizeof *writer->encoders);
    if (writer->encoders == NULL) return weft_error_no_memory(err, "the Parquet writer");
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
    if (writer->tasks == NULL) return weft_error_no_memory(err, "the Parquet writer");
    weft_place_columns_make_xs(&writer->places, rest - writer->ring.ready * (bytes + weft_page_bytes()));
    return WEFT_OK;
}

weft_status weft_parquet_writer_new(weft_table_writer **out, const weft_parquet_options *options, weft_error *err) {
    const weft_table_spec *spec = options->spec;
    parquet_writer *writer = calloc(1, sizeof *writer);
    int64_t shape_bytes = 0;
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "the Parquet writer");
    writer->base = (weft_table_writer){.kind = &parquet_kind, .output = options->output};
    writer->spec = spec;
    writer->next_cell = spec->first_cell;
    writer->groups = (weft_parquet_groups){.table = &writer->table, .output = options->output};
    writer->group_rows =
        weft_parquet_writer_group_rows(spec->types, spec->format->column_count, spec->cols, spec->rows);
    writer->ring = (weft_output_ring){
        .context = spec->context, .output = options->output, .written = column_written, .payload = writer};
    weft_place_columns_init(&writer->places, spec);
    size_t fields = (size_t)field_count(writer, options);
    weft_status status = WEFT_OK;
    writer->fields = calloc(fields, sizeof *writer->fields);
    writer->groups.chunks = calloc(fields, sizeof *writer->groups.chunks);
    if (writer->fields == NULL || writer->groups.chunks == NULL) {
        status = weft_error_no_memory(err, "the Parquet writer");
        goto done;
    }
    describe_table(writer, options);
    if (options->shapes != NULL) {
        shape_bytes = weft_shape_column_bytes(options->shapes, writer->group_rows) + weft_page_bytes();
        writer->shapes = calloc(1, sizeof *writer->shapes);
        status = writer->shapes == NULL ? weft_error_no_memory(err, "the Parquet writer")
                                        : weft_shape_column_init(writer->shapes, options->shapes, options->codec,
                                                                 spec->context->ledger, writer->group_rows, err);
        if (status != WEFT_OK) goto done;
    }
    status = reserve(writer, options->memory_bytes == 0 ? 0 : options->memory_bytes - shape_bytes, err);
    if (status != WEFT_OK) goto done;
    writer->spool_path = options->spool_path;
    if (weft_output_file_size(options->output) > 0) goto done;
    status = weft_spool_file_open(&writer->groups.spool, options->spool_path, 0, err);
    if (status == WEFT_OK)
        status = weft_output_file_write(options->output, WEFT_PARQUET_MAGIC, WEFT_PARQUET_MAGIC_BYTES, err);
done:
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}
