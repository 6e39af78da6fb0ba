/* The table as Parquet: workers encode columns of a row group, which are written one after the other.
 *
 * A row group's rows are fixed (weft_parquet_group_rows()) and counted over the whole table, so that a file has the
 * same bytes whatever the chunks. A group that lies whole in a chunk is encoded where it lies; one that does not, or of
 * which the row filter may drop cells, is gathered first. Row groups' metadata goes to a spool file, so that memory
 * does not grow with the table.
 *
 * Rows with a geometry have two more columns, after all others: one of four bounds, and one of WKB.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PARQUET_WRITER_H
#define WEFT_STAGES_PARQUET_WRITER_H

#include "core/memory/reserve.h"
#include "processors/parquet/parquet_footer.h"
#include "stages/parquet/shape_column.h"
#include "stages/writers/table_writer.h"

typedef struct weft_parquet_options {
    const weft_table_spec *spec; /* borrowed, outlives the writer */
    weft_output_file *output;    /* borrowed */
    weft_page_codec codec;
    int64_t memory_bytes;   /* of the ledger, at most, but at least weft_parquet_writer_reserve()'s. 0: as desired */
    const char *spool_path; /* borrowed; for row groups' metadata; the file stays, for another process to resume from */
    const weft_shape_options *shapes; /* NULL: rows have no geometry, or none is written. Borrowed */
    const char *shape_name, *bounds_name;
    /* The file's key-value metadata. Borrowed until the end. */
    const weft_pair *pairs;
    int pair_count;
} weft_parquet_options;

/* Writes the file's first bytes, unless the output has them. The writer can be continued after whole row groups. The
 * columns are x and y, then the spec's. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_parquet_writer_new(weft_table_writer **out, const weft_parquet_options *options, weft_error *err);

/* Rows of each of its row groups but the last. */
int64_t weft_parquet_writer_group_rows(const weft_data_type *types, int column_count, int64_t cols, int64_t rows);

/* What a writer of this table needs, geometry left out, with `threads` workers: two columns for each worker are
 * desired, one column at a time is the least; each worker's compressor is beside the ledger. */
weft_reserve weft_parquet_writer_reserve(const weft_data_type *types, int column_count, int64_t cols, int64_t rows,
                                         int threads);

#endif
