/* SPDX-License-Identifier: MIT
 *
 * Batches are short enough for the stack, and end with their grid row. */
#include "stages/writers/sink_writer.h"

#include <stdlib.h>

#define BATCH_CELLS 1024

typedef struct sink_writer {
    weft_table_writer base;
    const weft_table_spec *spec;
    weft_row_sink sink;
    weft_values *columns; /* of a batch */
} sink_writer;

/* Adds `count` rows that are no cells, from the chunk's row `row` on. */
static weft_status add_rows(sink_writer *writer, const weft_chunk *chunk, int64_t row, int64_t count, weft_error *err) {
    const weft_row_format *format = writer->spec->format;
    bool kept[BATCH_CELLS];
    weft_row_batch batch = {.count = count, .kept = kept, .columns = writer->columns};
    writer->base.rows += weft_row_format_kept(format, chunk->window, chunk->columns, row, count, kept);
    for (int i = 0; i < format->column_count; i++)
        writer->columns[i] = weft_values_at(chunk->columns[i], row, 0);
    return writer->sink.add(writer->sink.payload, &batch, err);
}

/* Adds `count` cells of a row of the chunk, from its column `col` on. */
static weft_status add_batch(sink_writer *writer, const weft_chunk *chunk, int64_t row, int64_t col, int64_t count,
                             weft_error *err) {
    const weft_row_format *format = writer->spec->format;
    weft_window window = chunk->window;
    bool kept[BATCH_CELLS];
    double x[BATCH_CELLS];
    weft_row_batch batch = {.count = count,
                            .kept = kept,
                            .x = x,
                            .y = weft_row_format_y(format, window.row + row),
                            .row = window.row + row,
                            .col = window.col + col,
                            .cell_rows = format->cell_rows > 1 ? format->cell_rows : 1,
                            .columns = writer->columns};
    writer->base.rows += weft_row_format_kept(format, window, chunk->columns, row * window.cols + col, count, kept);
    for (int64_t i = 0; i < count; i++)
        x[i] = weft_row_format_x(format, weft_row_format_col(format, batch.col + i));
    for (int i = 0; i < format->column_count; i++)
        writer->columns[i] = weft_values_at(chunk->columns[i], row, col);
    return writer->sink.add(writer->sink.payload, &batch, err);
}

static weft_status write_chunk(weft_table_writer *base, const weft_chunk *chunk, weft_error *err) {
    sink_writer *writer = (sink_writer *)base;
    const weft_context *context = writer->spec->context;
    weft_window window = chunk->window;
    weft_status status = WEFT_OK;
    uint32_t before = weft_activity_enter(context->activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT,
                                          WEFT_OPERATION_WRITE_CHUNK);
    int64_t step = writer->spec->format->unplaced ? BATCH_CELLS : 1;
    for (int64_t row = 0; row < window.rows && status == WEFT_OK; row += step) {
        status = weft_cancel_check(context->cancel, err);
        if (status == WEFT_OK && step > 1) {
            int64_t left = window.rows - row;
            status = add_rows(writer, chunk, row, left < step ? left : step, err);
            continue;
        }
        for (int64_t col = 0; col < window.cols && status == WEFT_OK; col += BATCH_CELLS) {
            int64_t left = window.cols - col;
            status = add_batch(writer, chunk, row, col, left < BATCH_CELLS ? left : BATCH_CELLS, err);
        }
    }
    weft_activity_leave(context->activity, WEFT_ACTIVITY_COORDINATOR, before);
    return status;
}

static weft_status finish(weft_table_writer *base, weft_error *err) {
    sink_writer *writer = (sink_writer *)base;
    weft_status status = writer->sink.finish(writer->sink.payload, err);
    return status == WEFT_OK ? weft_output_file_adopt(base->output, err) : status;
}

static void free_writer(weft_table_writer *base) {
    sink_writer *writer = (sink_writer *)base;
    writer->sink.free(writer->sink.payload);
    free(writer->columns);
    free(writer);
}

static const weft_table_writer_kind sink_kind = {.write_chunk = write_chunk, .finish = finish, .free = free_writer};

weft_status weft_sink_writer_new(weft_table_writer **out, const weft_table_spec *spec, weft_output_file *output,
                                 weft_row_sink sink, weft_error *err) {
    sink_writer *writer = calloc(1, sizeof *writer);
    *out = NULL;
    if (writer != NULL) writer->columns = calloc((size_t)spec->format->column_count, sizeof *writer->columns);
    if (writer == NULL || writer->columns == NULL) {
        sink.free(sink.payload);
        free(writer);
        return weft_error_no_memory(err, "the export stage");
    }
    writer->base = (weft_table_writer){.kind = &sink_kind, .output = output};
    writer->spec = spec;
    writer->sink = sink;
    *out = &writer->base;
    return WEFT_OK;
}
