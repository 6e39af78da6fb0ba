/* The contract of an output format: what it is called, what it can, what it takes, and how its writer is made.
 *
 * Each is one constant table in a file of its own in this folder, found through formats.h. Everybody else
 * (configuration, schema, plan, memory, run, metadata, tests of the documentation) goes through that list and knows no
 * format by name. How to add one: docs/adding.md.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_FORMAT_H
#define WEFT_PIPELINE_FORMAT_H

#include "core/memory/keep.h"
#include "core/memory/reserve.h"
#include "pipeline/plan/plan.h"
#include "stages/writers/table_writer.h"

/* How many cells a table has: columns times rows. */
typedef struct weft_format_cells {
    int64_t cols, rows;
} weft_format_cells;

/* What is to be written, for what a format asks of memory. Borrowed. */
typedef struct weft_format_shape {
    const weft_plan *plan;       /* its memory is not shared out yet */
    const weft_data_type *types; /* of the plan's columns */
    /* Of formats of tables (weft_format.table): the columns, and how many cells there are. */
    const weft_data_type *table_types;
    int table_columns;
    weft_format_cells cells;
    int64_t line_bytes; /* the most that a row of the table takes as text */
    int threads;
    int64_t library_bytes; /* of libraries' pages that were dropped, of which some formats touch more than others */
} weft_format_shape;

/* Where a writer works. Borrowed; all it names outlives the writer. */
typedef struct weft_format_place {
    const weft_plan *plan;
    const weft_table_spec *table;
    weft_output_file *file;
    const char *scratch_folder;
    int64_t memory_bytes;              /* of the ledger: its share, at least what reserve() called the least */
    weft_table_writer *const *writers; /* of the plan's outputs, as far as they are made: those before this one */
    weft_keep *keep;                   /* for what the writer borrows */
} weft_format_place;

struct weft_format {
    weft_format_facts facts; /* its name, its own options, whether it can go to standard output */
    const char *suffix;      /* of its file's name: "tif" */
    bool resumes;  /* --resume continues its file, and hashes the bytes that are there; else the file is made again */
    bool table;    /* it writes rows, in long layout a row a date (plan->table); else cells, as rasters do */
    bool texts;    /* it writes cells as text: x is made text once for all rows */
    bool one_case; /* its columns' names must differ in more than capital letters */
    const char *spool; /* the file in scratch that its position() counts; NULL: none */
    double ending;     /* passes over the grid that it takes after the last chunk, within a factor of two */
    /* It has a file a column too, "STEM_COLUMN.suffix", made with its writer, which gets its name before the output
     * does: what such a file is, for messages. NULL: it has none. And an upper guess of the bytes of one. */
    const char *column_file;
    int64_t (*column_file_estimate)(const weft_plan *plan);
    /* Refuses what it cannot hold, before memory is shared out. NULL: it holds everything. Errors: WEFT_ERR_DATA. */
    weft_status (*check)(const weft_plan *plan, weft_error *err);
    /* Warns, in the plan, of what it does not hold as it is. NULL: there is nothing. Errors: WEFT_ERR_MEMORY. */
    weft_status (*warn)(weft_plan *plan, weft_error *err);
    /* What writing takes: the plan shares the ledger out by it, and the run takes its share by it. Errors:
     * WEFT_ERR_MEMORY. */
    weft_status (*reserve)(weft_reserve *out, const weft_format_shape *shape, weft_error *err);
    /* An upper guess of the bytes of all its files: every value is there. */
    int64_t (*estimate)(const weft_plan *plan);
    /* What they take at least. NULL: nothing is known. */
    double (*min)(const weft_plan *plan);
    /* Its file is a sequence of units, each made of so many of the grid's cells, counted from the first one: shards
     * write pieces of whole units, and whoever joins them copies these (weft_table_writer_kind.join). 0: this table's
     * cannot be. NULL: never. Then shards keep the cells, and it is written when they are joined. */
    int64_t (*unit)(const weft_plan *plan);
    /* Makes the writer. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY, WEFT_ERR_DATA. */
    weft_status (*open)(weft_table_writer **out, const weft_format_place *place, weft_error *err);
};

#endif
