/* The table as Parquet: workers encode columns of a row group, which are written one after the other.
 *
 * A row group's rows are fixed (weft_parquet_group_rows()) and counted over the whole table, so that a file has the
 * same bytes whatever the chunks. A group that lies whole in a chunk is encoded where it lies; one that does not, or of
 * which the row filter may drop cells, is gathered first. Row groups' metadata goes to a spool file, so that memory
 * does not grow with the table.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PARQUET_WRITER_H
#define WEFT_STAGES_PARQUET_WRITER_H

#include "processors/parquet_footer.h"
#include "stages/table_writer.h"

/* What of a file is whole: with the first `spool_bytes` of the spool, all it takes to go on after a stop. Plain
 * numbers, to be kept as they are. */
typedef struct weft_parquet_progress {
    int64_t file_bytes;  /* of whole row groups, from the file's beginning */
    int64_t spool_bytes; /* of their metadata */
    int64_t groups, rows;
    int64_t next_cell; /* of the grid, row-major: the first that none of them has seen */
} weft_parquet_progress;

typedef struct weft_parquet_options {
    const weft_table_spec *spec; /* borrowed, outlives the writer */
    weft_output_file *output;    /* borrowed */
    weft_page_codec codec;
    int64_t memory_bytes;   /* of the ledger, at most, but at least weft_parquet_memory.least. 0: as wished */
    const char *spool_path; /* for row groups' metadata; removed when the file is finished */
    bool keep_spool;        /* leave it there when the writer is freed before */
    /* NULL, or where to go on: `output` ends at its file_bytes, the spool is cut to its spool_bytes. Chunks may begin
     * anywhere up to next_cell; what is before it is passed over. */
    const weft_parquet_progress *resume;
    /* The file's key-value metadata. Borrowed until the end. */
    const weft_parquet_pair *pairs;
    int pair_count;
} weft_parquet_options;

/* Writes the file's first bytes, unless it goes on. The columns are x and y, then the spec's. Errors: WEFT_ERR_IO,
 * WEFT_ERR_MEMORY. */
weft_status weft_parquet_writer_new(weft_table_writer **out, const weft_parquet_options *options, weft_error *err);

/* How far the file is whole, between chunks; the spool is synced as far. Errors: WEFT_ERR_IO. */
weft_status weft_parquet_writer_progress(weft_table_writer *writer, weft_parquet_progress *out, weft_error *err);

/* What a writer of this table holds in the ledger with `threads` workers: `wished` with two columns under way a worker,
 * `least` with one column at a time. Beside the ledger each worker's compressor takes WEFT_PAGE_COMPRESSOR_BYTES. */
typedef struct weft_parquet_memory {
    int64_t wished, least;
} weft_parquet_memory;
weft_parquet_memory weft_parquet_writer_memory(const weft_data_type *types, int column_count, int64_t cols,
                                               int64_t rows, int threads);

#endif
