/* SPDX-License-Identifier: MIT
 *
 * A task is one frame. A slot of the ring has room for its header, then its packed bytes, then its streams. */
#include "stages/cells/cells_writer.h"

#include "core/window.h"
#include "stages/cells/cell_frame.h"
#include "stages/writers/output_ring.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct cells_writer cells_writer;

typedef struct frame_task {
    cells_writer *writer;
    weft_ring_slot *slot;
    const weft_chunk *chunk;
    weft_window window;
} frame_task;

typedef struct packer {
    weft_page_compressor *compressor;
    size_t *stream_ends; /* layout.streams of them */
} packer;

struct cells_writer {
    weft_table_writer base;
    const weft_table_spec *spec;
    weft_output_ring ring;
    frame_task *tasks; /* one for each slot */
    packer *packers;   /* one a worker */
    int packer_count;
    weft_frame_layout layout;
    int64_t next_cell; /* of the grid, row-major: the first one that was not taken */
};

/* --- memory --- */

/* Where the streams begin in a slot. */
static int64_t streams_offset(const weft_frame_layout *layout) {
    return (int64_t)sizeof(weft_frame_header) + layout->packed_bytes;
}

static int64_t slot_bytes(const weft_frame_layout *layout) {
    return streams_offset(layout) + layout->max_cells * layout->cell_bytes;
}

weft_reserve weft_cells_writer_reserve(weft_frame_layout layout, int threads) {
    int64_t slot = slot_bytes(&layout) + weft_page_bytes();
    return (weft_reserve){.min = slot, .desired = 2 * threads * slot, .beside = threads * WEFT_PAGE_COMPRESSOR_BYTES};
}

/* --- packing --- */

static weft_status pack_frame(void *payload, int worker, weft_error *err) {
    const frame_task *task = payload;
    const cells_writer *writer = task->writer;
    weft_activity *activity = writer->spec->context->activity;
    packer *own = &writer->packers[worker];
    weft_status status = weft_cancel_check(writer->spec->context->cancel, err);
    if (status != WEFT_OK) return status;
    uint32_t before = weft_activity_enter(activity, worker, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    uint8_t *out = task->slot->memory.data, *streams = out + streams_offset(&writer->layout);
    weft_frame_header header = {WEFT_FRAME_MARK,   task->window.row,  task->window.col,
                                task->window.rows, task->window.cols, 0};
    size_t length = 0;
    weft_frame_split(writer->spec, task->chunk, task->window, streams, own->stream_ends);
    status = weft_page_compress(own->compressor, streams, own->stream_ends, writer->layout.streams, out + sizeof header,
                                &length, err);
    header.packed_bytes = (int64_t)length;
    memcpy(out, &header, sizeof header);
    task->slot->length = sizeof header + length;
    weft_activity_leave(activity, worker, before);
    return status;
}

static weft_status frame_written(void *payload, int slot, weft_error *err) {
    cells_writer *writer = payload;
    (void)err;
    writer->base.rows += writer->tasks[slot].window.cols * writer->tasks[slot].window.rows;
    return WEFT_OK;
}

/* --- the writer --- */

/* The next frame from cell `at` of the chunk on: whole rows, as many as one holds, or what is left of a row. */
static weft_window frame_at(const cells_writer *writer, weft_window chunk, int64_t at, int64_t end) {
    int64_t row = at / chunk.cols, col = at % chunk.cols, max_cells = writer->layout.max_cells;
    if (col == 0 && chunk.cols == writer->spec->cols && chunk.cols <= max_cells && end - at >= chunk.cols) {
        int64_t rows = weft_smaller(max_cells / chunk.cols, (end - at) / chunk.cols);
        return (weft_window){chunk.col, chunk.row + row, chunk.cols, rows};
    }
    int64_t cols = weft_smaller(weft_smaller(chunk.cols - col, end - at), max_cells);
    return (weft_window){chunk.col + col, chunk.row + row, cols, 1};
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    cells_writer *writer = (cells_writer *)base;
    int64_t first = chunk->window.row * writer->spec->cols + chunk->window.col, at;
    int64_t end = weft_table_spec_clip(writer->spec, chunk->window, writer->next_cell, &at);
    weft_status status = WEFT_OK;
    if (end == 0) return WEFT_OK;
    while (at < end && status == WEFT_OK) {
        int number;
        status = weft_output_ring_next(&writer->ring, &number, err);
        if (status != WEFT_OK) break;
        weft_window window = frame_at(writer, chunk->window, at, end);
        writer->tasks[number] = (frame_task){writer, &writer->ring.slots[number], chunk, window};
        weft_output_ring_submit(&writer->ring, pack_frame, &writer->tasks[number]);
        at += window.cols * window.rows;
    }
    writer->next_cell = first + end;
    return weft_output_ring_drain(&writer->ring, status, err);
}

static void position(const weft_table_writer *base, weft_table_position *out) {
    const cells_writer *writer = (const cells_writer *)base;
    *out = (weft_table_position){
        .bytes = weft_output_file_size(base->output), .next_cell = writer->next_cell, .rows = base->rows};
}

static weft_status resume(weft_table_writer *base, const weft_table_position *at, weft_error *err) {
    (void)err;
    ((cells_writer *)base)->next_cell = at->next_cell;
    base->rows = at->rows;
    return WEFT_OK;
}

static void free_writer(weft_table_writer *base) {
    cells_writer *writer = (cells_writer *)base;
    weft_output_ring_dispose(&writer->ring);
    for (int i = 0; i < writer->packer_count; i++) {
        weft_page_compressor_free(writer->packers[i].compressor);
        free(writer->packers[i].stream_ends);
    }
    free(writer->packers);
    free(writer->tasks);
    free(writer);
}

static const weft_table_writer_kind cells_kind = {
    .write_chunk = write_chunk, .free = free_writer, .position = position, .resume = resume};

static weft_status make_packers(cells_writer *writer, weft_error *err) {
    int count = weft_work_pool_threads(writer->spec->context->pool);
    weft_status status = WEFT_OK;
    writer->packers = calloc((size_t)count, sizeof *writer->packers);
    if (writer->packers == NULL) return weft_error_no_memory(err, "the piece's cells");
    writer->packer_count = count;
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        writer->packers[i].stream_ends = calloc((size_t)writer->layout.streams, sizeof(size_t));
        if (writer->packers[i].stream_ends == NULL) return weft_error_no_memory(err, "the piece's cells");
        status = weft_page_compressor_new(&writer->packers[i].compressor, WEFT_PAGE_ZSTD, err);
    }
    return status;
}

weft_status weft_cells_writer_new(weft_table_writer **out, const weft_table_spec *spec, weft_output_file *output,
                                  int64_t max_bytes, weft_error *err) {
    cells_writer *writer = calloc(1, sizeof *writer);
    *out = NULL;
    if (writer == NULL) return weft_error_no_memory(err, "the piece's cells");
    writer->base = (weft_table_writer){.kind = &cells_kind, .output = output};
    writer->spec = spec;
    writer->next_cell = spec->first_cell;
    writer->layout =
        weft_frame_layout_of(spec->types, spec->format->column_count, spec->format->chosen, spec->cols * spec->rows);
    int64_t bytes = slot_bytes(&writer->layout);
    int64_t slots = max_bytes / (bytes + weft_page_bytes());
    writer->ring = (weft_output_ring){.context = spec->context,
                                      .output = output,
                                      .written = frame_written,
                                      .payload = writer,
                                      .max = slots < 1 ? 1 : (int)weft_smaller(slots, INT_MAX)};
    weft_status status = make_packers(writer, err);
    if (status == WEFT_OK) status = weft_output_ring_init(&writer->ring, bytes, bytes, err);
    if (status != WEFT_OK) goto done;
    writer->tasks = calloc((size_t)writer->ring.ready, sizeof *writer->tasks);
    if (writer->tasks == NULL) status = weft_error_no_memory(err, "the piece's cells");
done:
    if (status == WEFT_OK)
        *out = &writer->base;
    else
        free_writer(&writer->base);
    return status;
}
