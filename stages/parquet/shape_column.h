/* The geometry of a table's rows: a column of WKB, and four of bounds. A row that has x and y columns is the point
 * there; of other rows the geometry is read from their file, by the row's number.
 *
 * Rows come one by one, in order. WKB is compressed page by page into a scratch file, until the row group is complete.
 * So memory is that of a page and of the largest shape.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_SHAPE_COLUMN_H
#define WEFT_STAGES_SHAPE_COLUMN_H

#include "core/memory/buffer.h"
#include "processors/parquet/parquet_blobs.h"
#include "raster/vector/vector_file.h"
#include "stages/context/chunk.h"
#include "stages/context/context.h"
#include "stages/writers/spool_file.h"

/* What shapes are. */
typedef struct weft_shape_options {
    bool points;              /* columns 0 and 1 are x and y; else: */
    weft_vector_options file; /* borrowed; row i is its feature i */
    size_t max;               /* bytes of the longest WKB */
    const char *scratch_path; /* borrowed */
} weft_shape_options;

#define WEFT_WKB_POINT 21 /* bytes */

/* Zero-initialised may be disposed. One thread, not a worker. */
typedef struct weft_shape_column {
    const weft_shape_options *options; /* borrowed */
    weft_page_compressor *compressor;
    weft_parquet_blobs blobs;
    weft_vector_file *file; /* opened with the first row */
    int64_t next_row;       /* that the file gives next */
    weft_spool_file *spool;
    weft_buffer memory;
    double *bounds[4]; /* in the memory: of each row of the group xmin, ymin, xmax, ymax; NaN: it has no geometry */
    int64_t count;     /* rows of the group so far */
} weft_shape_column;

/* What it takes of the ledger for groups of so many rows. */
int64_t weft_shape_column_bytes(const weft_shape_options *options, int64_t group_rows);

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_shape_column_init(weft_shape_column *column, const weft_shape_options *options, weft_page_codec codec,
                                   weft_ledger *ledger, int64_t group_rows, weft_error *err);
void weft_shape_column_dispose(weft_shape_column *column);

/* Adds the geometry of the chunk's row `at`, counted from its first one, which is the table's row `row`. Errors:
 * WEFT_ERR_IO; those of weft_vector_file_open(). */
weft_status weft_shape_column_add(weft_shape_column *column, const weft_chunk *chunk, int64_t at, int64_t row,
                                  weft_error *err);
/* Ends the group: its column chunk goes to the output. `bounds` stay until the next row. Errors: WEFT_ERR_IO. */
weft_status weft_shape_column_end(weft_shape_column *column, weft_output_file *output, weft_parquet_chunk *out,
                                  weft_error *err);

#endif
