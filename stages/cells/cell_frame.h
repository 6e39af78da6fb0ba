/* A block of cells as bytes: the columns' values, so that another process can go on with them as if it had computed
 * them.
 *
 * A frame is whole grid rows, or a part of one. Its values are split into streams of their bytes, which compress well,
 * then its masks, then which cells are rows where an expression chooses them; all of it one page of zstd behind a
 * header.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CELL_FRAME_H
#define WEFT_STAGES_CELL_FRAME_H

#include "processors/parquet/page_compressor.h"
#include "stages/writers/table_writer.h"

/* How the bytes are read that follow. In the order of the machine that wrote them. */
typedef struct weft_frame_header {
    uint64_t mark; /* WEFT_FRAME_MARK: also says the order of bytes */
    int64_t row, col, rows, cols;
    int64_t packed_bytes;
} weft_frame_header;

#define WEFT_FRAME_MARK UINT64_C(0x31656d6172667477)

/* What a frame of this table takes a cell, unpacked. */
int64_t weft_frame_cell_bytes(const weft_data_type *types, int column_count, bool chosen);
/* Into how many streams it is split. */
int weft_frame_parts(const weft_data_type *types, int column_count, bool chosen);
/* The most cells of a frame: as many as take half a MiB, at least 64. */
int64_t weft_frame_max_cells(const weft_data_type *types, int column_count, bool chosen);

/* Splits the cells of `window`, which lies in the chunk, into `out`: weft_frame_cell_bytes() a cell.
 * part_ends: weft_frame_parts() of them. Any thread. */
void weft_frame_split(const weft_table_spec *spec, const weft_chunk *chunk, weft_window window, uint8_t *out,
                      size_t *part_ends);
/* The way back: `columns` are spec's, and one more where cells are chosen, with room for the window's cells. */
void weft_frame_unite(const weft_table_spec *spec, const weft_values *columns, int64_t cols, int64_t rows,
                      const uint8_t *from);

#endif
