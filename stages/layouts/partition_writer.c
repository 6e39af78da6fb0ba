/* SPDX-License-Identifier: MIT
 *
 * A segment is a header, the key where it is its partition's first, the cells' numbers, and each column's values and
 * masks. Segments of a partition are a chain from the last to the first. */
#include "stages/layouts/partition_writer.h"

#include "core/memory/buffer.h"
#include "core/text.h"
#include "core/window.h"
#include "stages/layouts/partition_keys.h"
#include "stages/layouts/partition_manifest.h"
#include "stages/writers/place_columns.h"
#include "stages/writers/row_gatherer.h"
#include "stages/writers/spool_file.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_BYTES    (INT64_C(4) << 20) /* of all that a batch takes */
#define MAX_BATCH_ROWS 65536
#define MIN_BATCH_ROWS 64

typedef struct segment {
    int64_t previous; /* of the same partition: where it begins; -1: this is the first */
    int64_t bytes;    /* with this header */
    int32_t partition, count;
} segment;

typedef struct partition_writer {
    weft_table_writer base;
    weft_partition_options options;
    weft_table_spec file; /* of the file under way */
    weft_row_format file_format;
    weft_partition_keys keys;
    weft_row_gatherer gatherer;
    weft_place_columns places;
    weft_buffer memory; /* of a batch: */
    int32_t *numbers, *order, *touched;
    uint8_t *staged;
    weft_values *columns; /* of a file: places in memory, others the gatherer's */
    uint8_t *key;
    weft_spool_file *spool;
    int64_t next_cell;
} partition_writer;

/* --- memory --- */

static int64_t key_bytes(const weft_partition_columns *columns) {
    int64_t bytes = 8;
    for (int i = 0; i < columns->by_count; i++)
        bytes += 1 + (int64_t)weft_data_type_size(columns->by_types[i]);
    return bytes;
}

/* The most that a row takes in segments. */
static int64_t staged_bytes(const weft_partition_columns *columns) {
    int64_t bytes = (int64_t)sizeof(segment) + key_bytes(columns) + (int64_t)sizeof(int64_t);
    for (int i = 0; i < columns->column_count; i++)
        if (columns->from[i] >= 0) bytes += (int64_t)weft_data_type_cell_bytes(columns->types[i]);
    return bytes;
}

static int64_t place_bytes(const weft_partition_columns *columns) {
    int64_t bytes = 0;
    for (int i = 0; i < columns->column_count; i++)
        if (columns->from[i] < 0) bytes += (int64_t)weft_data_type_cell_bytes(columns->types[i]);
    return bytes;
}

static int64_t own_row_bytes(const weft_partition_columns *columns) {
    return staged_bytes(columns) + place_bytes(columns) + 3 * (int64_t)sizeof(int32_t);
}

static int64_t batch_rows(const weft_partition_columns *columns, const weft_data_type *types, int column_count,
                          int64_t cells) {
    int64_t row = own_row_bytes(columns) + weft_row_gatherer_bytes(types, column_count, 1 << 16) / (1 << 16) + 1;
    int64_t rows = weft_larger(weft_smaller(BATCH_BYTES / row, MAX_BATCH_ROWS), MIN_BATCH_ROWS);
    return weft_larger(weft_smaller(rows, cells), 1);
}

static int64_t own_bytes(const weft_partition_columns *columns, int64_t rows) {
    return rows * own_row_bytes(columns) + (4 + 2 * (int64_t)columns->column_count) * WEFT_ALIGNMENT;
}

int64_t weft_partition_writer_bytes(const weft_partition_columns *columns, const weft_data_type *types,
                                    int column_count, int64_t cells) {
    int64_t rows = batch_rows(columns, types, column_count, cells);
    return own_bytes(columns, rows) + weft_row_gatherer_bytes(types, column_count, rows) +
           weft_partition_keys_bytes(columns->by_types, columns->by_count) + 2 * weft_page_bytes();
}

static void lay_out(partition_writer *writer) {
    const weft_partition_columns *columns = writer->options.columns;
    int64_t rows = writer->gatherer.group_rows;
    uint8_t *at = writer->memory.data;
    int32_t **const lists[] = {&writer->numbers, &writer->order, &writer->touched};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++, at += weft_align(rows * (int64_t)sizeof(int32_t)))
        *lists[i] = (int32_t *)(void *)at;
    for (int i = 0; i < columns->column_count; i++) {
        if (columns->from[i] >= 0) {
            writer->columns[i] = writer->gatherer.columns[columns->from[i]];
            continue;
        }
        writer->columns[i] = (weft_values){.type = columns->types[i], .values = at};
        at += weft_align(rows * (int64_t)weft_data_type_size(columns->types[i]));
        if (weft_data_type_is_float(columns->types[i])) continue;
        writer->columns[i].valid = at;
        memset(at, 1, (size_t)rows);
        at += weft_align(rows);
    }
    writer->staged = at;
}

/* --- rows to segments --- */

static weft_status number_rows(partition_writer *writer, int64_t rows, int *touched, weft_error *err) {
    const weft_partition_columns *columns = writer->options.columns;
    weft_status status = WEFT_OK;
    *touched = 0;
    for (int64_t i = 0; i < rows && status == WEFT_OK; i++) {
        int number, known = writer->keys.count;
        weft_partition_keys_read(&writer->keys, writer->gatherer.columns, columns->by, i, writer->key);
        status = weft_partition_keys_find(&writer->keys, writer->key, &number, err);
        if (status == WEFT_OK && number == known)
            status = weft_partition_keys_check(&writer->keys, number, columns->by_names, err);
        if (status != WEFT_OK) break;
        writer->numbers[i] = number;
        if (writer->keys.partitions[number].pending++ == 0) writer->touched[(*touched)++] = number;
    }
    return status;
}

/* Rows of one partition side by side, each's in the order of the table. */
static void order_rows(partition_writer *writer, int64_t rows, int touched) {
    int64_t start = 0;
    for (int i = 0; i < touched; i++) {
        weft_partition *partition = &writer->keys.partitions[writer->touched[i]];
        int64_t count = partition->pending;
        partition->pending = start;
        start += count;
    }
    for (int64_t i = 0; i < rows; i++)
        writer->order[writer->keys.partitions[writer->numbers[i]].pending++] = (int32_t)i;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t length) {
    memcpy(at, bytes, length);
    return at + length;
}

static uint8_t *put_picked(uint8_t *at, const void *values, size_t size, const int32_t *order, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        memcpy(at + (size_t)i * size, (const char *)values + (size_t)order[i] * size, size);
    return at + (size_t)count * size;
}

/* Stages rows order[0 .. count - 1] of partition `number`. */
static uint8_t *put_segment(partition_writer *writer, int number, const int32_t *order, int64_t count, uint8_t *at) {
    weft_partition *partition = &writer->keys.partitions[number];
    const weft_partition_columns *columns = writer->options.columns;
    uint8_t *begin = at;
    segment head = {.previous = partition->last, .partition = number, .count = (int32_t)count};
    at += sizeof head;
    if (head.previous < 0) at = put(at, weft_partition_key(&writer->keys, number), writer->keys.key_bytes);
    at = put_picked(at, writer->gatherer.cells, sizeof(int64_t), order, count);
    for (int i = 0; i < columns->column_count; i++) {
        if (columns->from[i] < 0) continue;
        const weft_values *column = &writer->columns[i];
        at = put_picked(at, column->values, weft_data_type_size(column->type), order, count);
        if (column->valid != NULL) at = put_picked(at, column->valid, 1, order, count);
    }
    head.bytes = at - begin;
    memcpy(begin, &head, sizeof head);
    partition->last = weft_spool_file_size(writer->spool) + (begin - writer->staged);
    partition->rows += count;
    partition->segments++;
    return at;
}

/* Opened with the first batch, when it is known that the run does not resume an earlier spool. */
static weft_status open_spool(partition_writer *writer, weft_error *err) {
    return writer->spool != NULL ? WEFT_OK : weft_spool_file_open(&writer->spool, writer->options.spool_path, 0, err);
}

/* Brings what is gathered to the spool. */
static weft_status flush(partition_writer *writer, weft_error *err) {
    int64_t rows = writer->gatherer.filled, first = 0;
    uint8_t *at = writer->staged;
    int touched;
    weft_status status = open_spool(writer, err);
    if (rows == 0 || status != WEFT_OK) return status;
    status = number_rows(writer, rows, &touched, err);
    if (status != WEFT_OK) return status;
    order_rows(writer, rows, touched);
    for (int i = 0; i < touched; i++) {
        weft_partition *partition = &writer->keys.partitions[writer->touched[i]];
        int64_t end = partition->pending;
        at = put_segment(writer, writer->touched[i], writer->order + first, end - first, at);
        partition->pending = 0;
        first = end;
    }
    status = weft_spool_file_append(writer->spool, writer->staged, (size_t)(at - writer->staged), err);
    writer->base.rows += rows;
    writer->gatherer.filled = 0;
    return status;
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    partition_writer *writer = (partition_writer *)base;
    const weft_table_spec *spec = writer->options.spec;
    weft_activity *activity = spec->context->activity;
    int64_t first_cell = chunk->window.row * spec->cols + chunk->window.col, begin;
    int64_t end = weft_table_spec_clip(spec, chunk->window, writer->next_cell, &begin);
    weft_status status = WEFT_OK;
    uint32_t before =
        weft_activity_enter(activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK);
    for (int64_t at = begin; at < end && status == WEFT_OK;) {
        status = weft_cancel_check(spec->context->cancel, err);
        if (status == WEFT_OK) status = weft_row_gatherer_take(&writer->gatherer, chunk, &at, end, err);
        if (status == WEFT_OK && writer->gatherer.filled == writer->gatherer.group_rows) status = flush(writer, err);
    }
    if (end > begin) writer->next_cell = first_cell + end;
    weft_activity_leave(activity, WEFT_ACTIVITY_COORDINATOR, before);
    return status;
}

/* --- segments to files --- */

/* The offsets of a partition's segments, from the first on: in `out`, of partition->segments. */
static weft_status list_segments(const partition_writer *writer, const weft_partition *partition, int64_t *out,
                                 weft_error *err) {
    int64_t at = partition->last;
    weft_status status = WEFT_OK;
    for (int64_t i = partition->segments - 1; i >= 0 && status == WEFT_OK; i--) {
        segment head;
        out[i] = at;
        status = weft_spool_file_read(writer->spool, at, &head, sizeof head, err);
        at = head.previous;
    }
    return status;
}

/* Reads a segment's rows to after the `filled` ones that are there. The cells' numbers go where the gatherer keeps
 * them. */
static weft_status read_segment(partition_writer *writer, const segment *head, int64_t offset, int64_t filled,
                                weft_error *err) {
    const weft_partition_columns *columns = writer->options.columns;
    int64_t before = (int64_t)sizeof *head + (head->previous < 0 ? (int64_t)writer->keys.key_bytes : 0);
    size_t count = (size_t)head->count;
    const uint8_t *at = writer->staged;
    weft_status status =
        weft_spool_file_read(writer->spool, offset + before, writer->staged, (size_t)(head->bytes - before), err);
    if (status != WEFT_OK) return status;
    memcpy(writer->gatherer.cells + filled, at, count * sizeof(int64_t));
    at += count * sizeof(int64_t);
    for (int i = 0; i < columns->column_count; i++) {
        if (columns->from[i] < 0) continue;
        size_t size = weft_data_type_size(columns->types[i]);
        memcpy((char *)writer->columns[i].values + (size_t)filled * size, at, count * size);
        at += count * size;
        if (writer->columns[i].valid == NULL) continue;
        memcpy(writer->columns[i].valid + filled, at, count);
        at += count;
    }
    return WEFT_OK;
}

/* Gives `count` rows to a file's writer, from its row `first` on. */
static weft_status give_rows(partition_writer *writer, weft_table_writer *to, int64_t first, int64_t count,
                             weft_error *err) {
    const weft_partition_columns *columns = writer->options.columns;
    const weft_group_rows rows = {0, count, writer->gatherer.cells};
    for (int i = 0; i < writer->places.count; i++)
        weft_place_columns_fill(&writer->places, &rows, i, writer->columns[i].values);
    for (int i = 0; i < columns->column_count; i++)
        writer->columns[i].stride = 1;
    const weft_chunk chunk = {
        .window = {0, first, 1, count}, .column_count = columns->column_count, .columns = writer->columns};
    return to->kind->write_chunk(to, &chunk, err);
}

static weft_status give_partition(partition_writer *writer, const weft_partition *partition, weft_table_writer *to,
                                  weft_error *err) {
    weft_buffer memory = {0};
    int64_t filled = 0, first = 0;
    weft_status status = weft_buffer_reserve_min(&memory, writer->options.spec->context->ledger, WEFT_TAG_TEXT,
                                                 partition->segments * (int64_t)sizeof(int64_t), err);
    if (status == WEFT_OK) status = list_segments(writer, partition, memory.data, err);
    for (int64_t i = 0; i < partition->segments && status == WEFT_OK; i++) {
        int64_t offset = ((const int64_t *)memory.data)[i];
        segment head;
        status = weft_cancel_check(writer->options.spec->context->cancel, err);
        if (status == WEFT_OK) status = weft_spool_file_read(writer->spool, offset, &head, sizeof head, err);
        if (status == WEFT_OK && filled + head.count > writer->gatherer.group_rows) {
            status = give_rows(writer, to, first, filled, err);
            first += filled;
            filled = 0;
        }
        if (status == WEFT_OK) status = read_segment(writer, &head, offset, filled, err);
        if (status == WEFT_OK) filled += head.count;
    }
    if (status == WEFT_OK) status = give_rows(writer, to, first, filled, err);
    weft_buffer_release(&memory);
    return status;
}

/* Where files stand while the table is not whole: beside the manifest's own part. */
static char *part_folder(const partition_writer *writer, const char *folder) {
    const char *manifest = weft_output_file_part_path(writer->base.output);
    return weft_text_format("%.*s/%s", (int)(strrchr(manifest, '/') - manifest), manifest, folder);
}

static weft_status write_file(partition_writer *writer, const weft_partition *partition, const char *path,
                              int64_t *bytes, char digest[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    const weft_partition_options *options = &writer->options;
    weft_output_file *file = NULL;
    weft_table_writer *to = NULL;
    writer->file.rows = writer->file.end_cell = partition->rows;
    weft_status status = weft_output_file_open(&file, path, err);
    if (status == WEFT_OK) weft_output_file_set_cancel(file, options->spec->context->cancel);
    if (status == WEFT_OK && options->digests) status = weft_output_file_keep_digest(file, WEFT_DIGEST_SHA256, err);
    if (status == WEFT_OK) status = options->open(options->payload, &writer->file, file, &to, err);
    if (status == WEFT_OK) status = give_partition(writer, partition, to, err);
    if (status == WEFT_OK && to->kind->finish != NULL) status = to->kind->finish(to, err);
    if (status == WEFT_OK) status = weft_output_file_digest(file, digest, err);
    if (status == WEFT_OK) *bytes = weft_output_file_size(file);
    weft_table_writer_free(to);
    options->closed(options->payload);
    if (status == WEFT_OK) status = weft_output_file_commit(file, err);
    weft_output_file_close(file);
    return status;
}

static weft_status write_partition(partition_writer *writer, int number, weft_error *err) {
    const weft_partition_options *options = &writer->options;
    const weft_partition *partition = &writer->keys.partitions[number];
    char digest[WEFT_DIGEST_HEX_BYTES] = "", *folder = NULL, *path = NULL;
    weft_text name = {0};
    int64_t bytes = 0;
    weft_status status = WEFT_OK;
    weft_partition_keys_folder(&writer->keys, number, options->columns->by_names, &name);
    folder = name.failed ? NULL : part_folder(writer, name.data);
    path = folder == NULL ? NULL : weft_text_format("%s/part-0.%s", folder, options->suffix);
    if (path == NULL) status = weft_error_no_memory(err, "the name of a partition");
    if (status == WEFT_OK) status = weft_make_folders(folder, err);
    if (status == WEFT_OK) status = write_file(writer, partition, path, &bytes, digest, err);
    if (status == WEFT_OK) {
        weft_text_add(&name, "/part-0.%s", options->suffix);
        status = weft_partition_manifest_add(writer->base.output, number, name.failed ? "" : name.data, partition->rows,
                                             bytes, digest, err);
        writer->base.other_bytes += bytes;
    }
    weft_text_dispose(&name);
    free(folder);
    free(path);
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    partition_writer *writer = (partition_writer *)base;
    const weft_partition_columns *columns = writer->options.columns;
    weft_status status = flush(writer, err);
    if (status == WEFT_OK)
        status = weft_partition_manifest_begin(base->output, columns->by_names, columns->by_count, writer->keys.count,
                                               base->rows, err);
    for (int i = 0; i < writer->keys.count && status == WEFT_OK; i++)
        status = write_partition(writer, i, err);
    return status == WEFT_OK ? weft_partition_manifest_end(base->output, err) : status;
}

/* --- stopping and resuming --- */

static void position(const weft_table_writer *base, weft_table_position *out) {
    const partition_writer *writer = (const partition_writer *)base;
    *out = (weft_table_position){
        .spool_bytes = writer->spool == NULL ? 0 : weft_spool_file_size(writer->spool),
        .next_cell = writer->gatherer.filled > 0 ? writer->gatherer.cells[0] : writer->next_cell,
        .rows = base->rows,
    };
}

/* What is known of partitions, from the segments that the spool has. */
static weft_status read_partitions(partition_writer *writer, weft_error *err) {
    int64_t size = weft_spool_file_size(writer->spool);
    weft_status status = WEFT_OK;
    for (int64_t at = 0; at < size && status == WEFT_OK;) {
        segment head;
        int number = 0;
        status = weft_spool_file_read(writer->spool, at, &head, sizeof head, err);
        if (status == WEFT_OK && head.previous < 0) {
            status = weft_spool_file_read(writer->spool, at + (int64_t)sizeof head, writer->key, writer->keys.key_bytes,
                                          err);
            if (status == WEFT_OK) status = weft_partition_keys_find(&writer->keys, writer->key, &number, err);
        }
        if (status != WEFT_OK) return status;
        weft_partition *partition = &writer->keys.partitions[head.partition];
        partition->last = at;
        partition->rows += head.count;
        partition->segments++;
        at += head.bytes;
    }
    return status;
}

static weft_status resume(weft_table_writer *base, const weft_table_position *at, weft_error *err) {
    partition_writer *writer = (partition_writer *)base;
    char hash[WEFT_DIGEST_HEX_BYTES];
    writer->next_cell = at->next_cell;
    base->rows = at->rows;
    weft_status status = weft_spool_file_open(&writer->spool, writer->options.spool_path, at->spool_bytes, err);
    if (status == WEFT_OK)
        status = weft_spool_file_digest(writer->spool, writer->options.spec->context->cancel, hash, err);
    return status == WEFT_OK ? read_partitions(writer, err) : status;
}

static weft_status sync_spool(weft_table_writer *base, char hash[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    weft_spool_file *spool = ((partition_writer *)base)->spool;
    hash[0] = '\0';
    if (spool == NULL) return WEFT_OK;
    weft_status status = weft_spool_file_sync(spool, err);
    return status == WEFT_OK ? weft_spool_file_digest(spool, NULL, hash, err) : status;
}

static void free_writer(weft_table_writer *base) {
    partition_writer *writer = (partition_writer *)base;
    weft_row_gatherer_dispose(&writer->gatherer);
    weft_partition_keys_dispose(&writer->keys);
    weft_buffer_release(&writer->memory);
    weft_place_columns_dispose(&writer->places);
    weft_spool_file_close(writer->spool, true);
    free(writer->columns);
    free(writer->key);
    free(writer);
}

static const weft_table_writer_kind partition_kind = {.write_chunk = write_chunk,
                                                      .finish = finish,
                                                      .free = free_writer,
                                                      .position = position,
                                                      .resume = resume,
                                                      .sync_spool = sync_spool};

/* --- making one --- */

/* One column of rows that are no cells: places are columns like others. */
static void describe_file(partition_writer *writer) {
    const weft_table_spec *spec = writer->options.spec;
    const weft_partition_columns *columns = writer->options.columns;
    writer->file_format = *spec->format;
    writer->file_format.column_count = columns->column_count;
    writer->file_format.filter = WEFT_ROW_ALL;
    writer->file_format.chosen = false;
    writer->file_format.carried = NULL;
    writer->file_format.x_texts = NULL;
    writer->file_format.cell_rows = 1;
    if (!spec->format->unplaced) writer->file_format.places = writer->places.count;
    writer->file_format.unplaced = true;
    writer->file = (weft_table_spec){.context = spec->context,
                                     .format = &writer->file_format,
                                     .types = columns->types,
                                     .names = columns->names,
                                     .cols = 1};
}

weft_status weft_partition_writer_new(weft_table_writer **out, const weft_partition_options *options, weft_error *err) {
    const weft_table_spec *spec = options->spec;
    const weft_partition_columns *columns = options->columns;
    partition_writer *writer = calloc(1, sizeof *writer);
    int64_t rows = batch_rows(columns, spec->types, spec->format->column_count, spec->cols * spec->rows);
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "the export stage");
    writer->base = (weft_table_writer){.kind = &partition_kind, .output = options->output};
    writer->options = *options;
    writer->next_cell = spec->first_cell;
    weft_place_columns_init(&writer->places, spec);
    describe_file(writer);
    writer->columns = calloc((size_t)columns->column_count + 1, sizeof *writer->columns);
    writer->key = calloc(1, (size_t)key_bytes(columns) + 8);
    weft_status status = WEFT_OK;
    if (writer->columns == NULL || writer->key == NULL) status = weft_error_no_memory(err, "the export stage");
    if (status == WEFT_OK)
        status =
            weft_partition_keys_init(&writer->keys, spec->context->ledger, columns->by_types, columns->by_count, err);
    if (status == WEFT_OK) status = weft_row_gatherer_init(&writer->gatherer, spec, rows, err);
    if (status == WEFT_OK)
        status = weft_buffer_reserve_min(&writer->memory, spec->context->ledger, WEFT_TAG_TEXT,
                                         own_bytes(columns, rows), err);
    if (status == WEFT_OK) lay_out(writer);
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}
