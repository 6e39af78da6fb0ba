/* SPDX-License-Identifier: MIT
 *
 * A slice is as many cells as are sure to fit into a slot of the ring. */
#include "stages/writers/csv_writer.h"

#include "stages/writers/output_ring.h"

#include <stdlib.h>

typedef struct csv_writer csv_writer;

typedef struct slice {
    csv_writer *writer;
    weft_ring_slot *slot;
    const weft_chunk *chunk;
    int64_t first, count; /* cells of the chunk, row-major */
    int64_t lines;
} slice;

struct csv_writer {
    weft_table_writer base;
    const weft_table_spec *spec;
    weft_output_ring ring;
    slice *slices; /* one for each slot */
    int64_t cells; /* in a slice */
    int64_t next_cell;
};

static weft_status format_slice(void *payload, int worker, weft_error *err) {
    slice *task = payload;
    const weft_table_spec *spec = task->writer->spec;
    weft_status status = weft_cancel_check(spec->context->cancel, err);
    if (status != WEFT_OK) return status;
    weft_activity *activity = spec->context->activity;
    uint32_t before = weft_activity_enter(activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    task->slot->length = weft_row_format_cells(spec->format, task->chunk->window, task->chunk->columns, task->first,
                                               task->count, task->slot->memory.data, &task->lines);
    weft_activity_leave(activity, worker, before);
    return WEFT_OK;
}

static weft_status count_lines(void *payload, int slot, weft_error *err) {
    csv_writer *writer = payload;
    (void)err;
    writer->base.rows += writer->slices[slot].lines;
    return WEFT_OK;
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    csv_writer *writer = (csv_writer *)base;
    int64_t first_cell = chunk->window.row * writer->spec->cols + chunk->window.col, begin;
    int64_t cells = weft_table_spec_clip(writer->spec, chunk->window, writer->next_cell, &begin);
    weft_status status = WEFT_OK;
    if (cells == 0) return WEFT_OK;
    for (int64_t first = begin; first < cells && status == WEFT_OK; first += writer->cells) {
        int number;
        status = weft_output_ring_next(&writer->ring, &number, err);
        if (status != WEFT_OK) break;
        int64_t count = cells - first < writer->cells ? cells - first : writer->cells;
        writer->slices[number] = (slice){writer, &writer->ring.slots[number], chunk, first, count, 0};
        weft_output_ring_submit(&writer->ring, format_slice, &writer->slices[number]);
    }
    writer->next_cell = first_cell + cells;
    return weft_output_ring_drain(&writer->ring, status, err);
}

static void position(const weft_table_writer *base, weft_table_position *out) {
    const csv_writer *writer = (const csv_writer *)base;
    *out = (weft_table_position){
        .bytes = weft_output_file_size(base->output), .next_cell = writer->next_cell, .rows = base->rows};
}

static weft_status resume(weft_table_writer *base, const weft_table_position *at, weft_error *err) {
    (void)err;
    ((csv_writer *)base)->next_cell = at->next_cell;
    base->rows = at->rows;
    return WEFT_OK;
}

static weft_status join(weft_table_writer *base, const weft_table_piece *piece, weft_error *err) {
    csv_writer *writer = (csv_writer *)base;
    if (piece->end_cell <= writer->next_cell) return WEFT_OK;
    weft_status status = weft_output_file_append_file(base->output, piece->path, 0, piece->bytes, err);
    writer->next_cell = piece->end_cell;
    base->rows += piece->rows;
    return status;
}

static void free_writer(weft_table_writer *base) {
    csv_writer *writer = (csv_writer *)base;
    weft_output_ring_dispose(&writer->ring);
    free(writer->slices);
    free(writer);
}

static const weft_table_writer_kind csv_kind = {
    .write_chunk = write_chunk, .free = free_writer, .position = position, .resume = resume, .join = join};

static weft_status write_header(const csv_writer *writer, weft_error *err) {
    const weft_table_spec *spec = writer->spec;
    size_t capacity = weft_row_format_header_bound(spec->format, spec->names);
    char *header = malloc(capacity);
    if (header == NULL) return weft_error_no_memory(err, "the header");
    size_t length = weft_row_format_header(spec->format, spec->names, header, capacity);
    weft_status status = weft_output_file_write(writer->base.output, header, length, err);
    free(header);
    return status;
}

weft_status weft_csv_writer_new(weft_table_writer **out, const weft_table_spec *spec, weft_output_file *output,
                                int64_t slice_bytes, weft_error *err) {
    csv_writer *writer = calloc(1, sizeof *writer);
    int64_t line = (int64_t)weft_row_format_bound(spec->format, spec->types);
    weft_status status = WEFT_OK;
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "the export stage");
    writer->base = (weft_table_writer){.kind = &csv_kind, .output = output};
    writer->spec = spec;
    writer->next_cell = spec->first_cell;
    writer->ring =
        (weft_output_ring){.context = spec->context, .output = output, .written = count_lines, .payload = writer};
    status = weft_output_ring_init(&writer->ring, slice_bytes, line, err);
    if (status != WEFT_OK) goto done;
    writer->cells = writer->ring.slot_bytes / line;
    writer->slices = calloc((size_t)writer->ring.ready, sizeof *writer->slices);
    if (writer->slices == NULL) status = weft_error_no_memory(err, "the export stage");
    if (status == WEFT_OK && weft_output_file_size(output) == 0 && !spec->piece) status = write_header(writer, err);
done:
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}
