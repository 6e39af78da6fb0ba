/* A table as many files: one for the rows of each value of some columns, in folders that are called by them.
 *
 * While chunks come, rows go to a spool in segments of one partition each. At the end each partition's file is written
 * by the format's own writer, one after the other: so one file is open at a time, none is cut in parts, and its bytes
 * are those of its rows in the table's order, whatever the chunks. The output's own file is a manifest of them, in the
 * same folder, which gets its name when all are whole.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PARTITION_WRITER_H
#define WEFT_STAGES_PARTITION_WRITER_H

#include "stages/writers/table_writer.h"

/* Makes the writer of one file of `table` on `output`; both outlive it. */
typedef weft_status (*weft_partition_open_fn)(void *payload, const weft_table_spec *table, weft_output_file *output,
                                              weft_table_writer **out, weft_error *err);

/* Which of the table's columns are where. Borrowed. */
typedef struct weft_partition_columns {
    const int *by; /* the table's columns that are folders: by_count of them */
    int by_count;
    const weft_data_type *by_types;
    const char *const *by_names;
    int column_count; /* of a file: places, then the table's others */
    const int *from;  /* the table's column; -1: a place */
    const weft_data_type *types;
    const char *const *names;
} weft_partition_columns;

typedef struct weft_partition_options {
    const weft_table_spec *spec; /* of the whole table; borrowed, outlives the writer */
    const weft_partition_columns *columns;
    weft_output_file *output; /* the manifest; borrowed */
    const char *suffix;       /* of the files' names */
    const char *spool_path;   /* borrowed; the file stays, for another process to resume from */
    bool digests;             /* of the files, in the manifest */
    weft_partition_open_fn open;
    void (*closed)(void *payload); /* after each file: what its writer borrowed is not needed any more */
    void *payload;
} weft_partition_options;

/* What it takes of the ledger, beside the writer of a file. cells: the table's. */
int64_t weft_partition_writer_bytes(const weft_partition_columns *columns, const weft_data_type *types,
                                    int column_count, int64_t cells);

/* The writer can be continued after whole batches in the spool; the files are always written from the first one.
 * Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_partition_writer_new(weft_table_writer **out, const weft_partition_options *options, weft_error *err);

#endif
