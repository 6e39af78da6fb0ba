/* Statistics of the columns, over the rows that are written: one more that takes the table's chunks, without an output.
 *
 * Parts are a fixed number of the grid's cells, counted from its first one, and are combined in order, so that the
 * numbers have the same bits whatever the chunks. A spool file in scratch holds the parts that are whole: with it the
 * count can be resumed after a stop.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_STATS_WRITER_H
#define WEFT_STAGES_STATS_WRITER_H

#include "processors/table/column_stats.h"
#include "stages/writers/table_writer.h"

typedef struct weft_stats_options {
    const weft_table_spec *spec; /* borrowed, outlives the writer */
    const char *spool_path;      /* copied; the file is made with the first chunk */
    bool keep_spool;             /* leave it there when the writer is freed */
    weft_output_file *output;    /* gets the parts of a piece, at the end; borrowed. NULL: nobody joins them */
} weft_stats_options;

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_stats_writer_new(weft_table_writer **out, const weft_stats_options *options, weft_error *err);

/* Of each column, once the writer is finished. Owned by the writer, whose `rows` are those that were looked at. */
const weft_column_stats *weft_stats_writer_columns(const weft_table_writer *writer);

/* Cells of a part. */
int64_t weft_stats_part_cells(void);

/* What a writer holds in the ledger. */
int64_t weft_stats_writer_bytes(int column_count, int threads);

#endif
