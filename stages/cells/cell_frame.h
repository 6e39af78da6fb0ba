/* A frame: cells of the table as bytes in a file. A shard writes them, and merge-shards reads them as if it had computed
 * the cells itself.
 *
 * A frame is whole grid rows, or a part of one. It has a header and one page of zstd. The page holds a stream for each
 * byte of a cell, since equal bytes side by side compress well: first byte of the first column's values, second byte,
 * and so on; after each column of integers a stream with its mask; last, where an expression chooses the rows, a stream
 * that says which cells are rows.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CELL_FRAME_H
#define WEFT_STAGES_CELL_FRAME_H

#include "processors/parquet/page_compressor.h"
#include "stages/writers/table_writer.h"

/* Numbers are in the byte order of the machine that wrote them. */
typedef struct weft_frame_header {
    uint64_t mark;                /* WEFT_FRAME_MARK; another value where the byte order is another */
    int64_t row, col, rows, cols; /* the frame's cells in the grid */
    int64_t packed_bytes;         /* of the page that follows */
} weft_frame_header;

#define WEFT_FRAME_MARK UINT64_C(0x31656d6172667477)

/* How the cells of a table are put into frames. It follows from the table's columns and its size. */
typedef struct weft_frame_layout {
    int64_t cell_bytes;   /* of one cell, unpacked: values, masks, and whether it is a row */
    int streams;          /* into which a frame is split: one for each byte of a cell */
    int64_t max_cells;    /* of a frame: as many as take half a MiB, but at least 64; no more than the table has */
    int64_t packed_bytes; /* the most that a frame takes when it is packed, its header left out */
} weft_frame_layout;

/* chosen  whether an expression chooses which cells are rows
 * cells   of the whole table, at least one */
weft_frame_layout weft_frame_layout_of(const weft_data_type *types, int column_count, bool chosen, int64_t cells);

/* Splits the cells of `window`, which lies in the chunk, into `out`: layout.cell_bytes for each cell.
 * stream_ends: layout.streams of them, where each stream ends in `out`. Any thread. */
void weft_frame_split(const weft_table_spec *spec, const weft_chunk *chunk, weft_window window, uint8_t *out,
                      size_t *stream_ends);
/* Puts the cells of a frame back: `columns` are spec's, and one more where cells are chosen, which says what is a row.
 * All have room for cols * rows cells; `from` is what weft_frame_split() has written. */
void weft_frame_unite(const weft_table_spec *spec, const weft_values *columns, int64_t cols, int64_t rows,
                      const uint8_t *from);

#endif
