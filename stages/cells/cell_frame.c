/* SPDX-License-Identifier: MIT */
#include "stages/cells/cell_frame.h"

#include "core/window.h"
#include "processors/parquet/page_compressor.h"

#include <string.h>

#define FRAME_BYTES (INT64_C(512) << 10) /* of cells: what a page compressor is sized for */
#define MIN_CELLS   64

weft_frame_layout weft_frame_layout_of(const weft_data_type *types, int column_count, bool chosen, int64_t cells) {
    weft_frame_layout out = {.cell_bytes = chosen ? 1 : 0};
    for (int i = 0; i < column_count; i++)
        out.cell_bytes += (int64_t)weft_data_type_cell_bytes(types[i]);
    out.streams = (int)out.cell_bytes;
    out.max_cells = weft_smaller(weft_larger(FRAME_BYTES / out.cell_bytes, MIN_CELLS), cells);
    out.packed_bytes = (int64_t)weft_page_compressor_bound((size_t)(out.max_cells * out.cell_bytes), out.streams);
    return out;
}

/* Byte `which` of each of a view's values. */
static uint8_t *split_stream(weft_values from, int64_t cols, int64_t rows, size_t which, uint8_t *out) {
    size_t size = weft_data_type_size(from.type);
    for (int64_t row = 0; row < rows; row++) {
        const uint8_t *bytes = (const uint8_t *)weft_values_at(from, row, 0).values + which;
        for (int64_t col = 0; col < cols; col++)
            *out++ = bytes[(size_t)col * size];
    }
    return out;
}

static uint8_t *split_mask(const uint8_t *mask, int64_t stride, int64_t cols, int64_t rows, uint8_t *out) {
    for (int64_t row = 0; row < rows; row++, mask += stride, out += cols)
        memcpy(out, mask, (size_t)cols);
    return out;
}

void weft_frame_split(const weft_table_spec *spec, const weft_chunk *chunk, weft_window window, uint8_t *out,
                      size_t *stream_ends) {
    int64_t row = window.row - chunk->window.row, col = window.col - chunk->window.col;
    uint8_t *at = out;
    int columns = spec->format->column_count;
    for (int i = 0; i < columns; i++) {
        weft_values from = weft_values_at(chunk->columns[i], row, col);
        for (size_t which = 0; which < weft_data_type_size(from.type); which++) {
            at = split_stream(from, window.cols, window.rows, which, at);
            *stream_ends++ = (size_t)(at - out);
        }
        if (weft_data_type_is_float(from.type)) continue;
        at = split_mask(from.valid, from.stride, window.cols, window.rows, at);
        *stream_ends++ = (size_t)(at - out);
    }
    if (!spec->format->chosen) return;
    weft_values kept = weft_values_at(chunk->columns[columns], row, col);
    at = split_mask(kept.values, kept.stride, window.cols, window.rows, at);
    *stream_ends = (size_t)(at - out);
}

static const uint8_t *unite_stream(weft_values to, int64_t cols, int64_t rows, size_t which, const uint8_t *from) {
    size_t size = weft_data_type_size(to.type);
    for (int64_t row = 0; row < rows; row++) {
        uint8_t *bytes = (uint8_t *)weft_values_at(to, row, 0).values + which;
        for (int64_t col = 0; col < cols; col++)
            bytes[(size_t)col * size] = *from++;
    }
    return from;
}

static const uint8_t *unite_mask(uint8_t *mask, int64_t stride, int64_t cols, int64_t rows, const uint8_t *from) {
    for (int64_t row = 0; row < rows; row++, mask += stride, from += cols)
        memcpy(mask, from, (size_t)cols);
    return from;
}

void weft_frame_unite(const weft_table_spec *spec, const weft_values *columns, int64_t cols, int64_t rows,
                      const uint8_t *from) {
    int count = spec->format->column_count;
    for (int i = 0; i < count; i++) {
        for (size_t which = 0; which < weft_data_type_size(columns[i].type); which++)
            from = unite_stream(columns[i], cols, rows, which, from);
        if (!weft_data_type_is_float(columns[i].type))
            from = unite_mask(columns[i].valid, columns[i].stride, cols, rows, from);
    }
    if (spec->format->chosen) (void)unite_mask(columns[count].values, columns[count].stride, cols, rows, from);
}
