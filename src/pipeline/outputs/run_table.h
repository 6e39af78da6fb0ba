/* What writers are told of the table: the grid's geometry, the columns, and how their values become text.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_TABLE_H
#define WEFT_PIPELINE_RUN_TABLE_H

#include "pipeline/plan/plan.h"
#include "stages/writers/table_writer.h"

/* The table in two forms, which are the same unless the layout is long. Zero-initialised is empty and may be disposed.
 * Must not move once it is made. */
typedef struct weft_run_table {
    weft_table_spec chunks; /* as chunks have it: the plan's columns, and one row for each cell */
    weft_table_spec table;  /* as formats of tables write it: in long layout a row for each date of a cell */
    /* What the specs point to: */
    weft_row_format chunks_format, table_format;
    const char **names;    /* of the plan's columns */
    weft_data_type *types; /* of the plan's columns */
    bool *given;         /* of the plan's columns: a coordinate, a field or a zone, which says nothing of the rasters */
    char *nodata_field;  /* the text of a missing value, quoted where it must be */
    weft_buffer x_texts; /* the text of x of each column of the grid; empty: made row by row */
} weft_run_table;

/* Takes the texts of x from the ledger where the plan has room for them. `context` and `plan` outlive it.
 * Errors: WEFT_ERR_MEMORY; dispose takes what there is. */
weft_status weft_run_table_make(weft_run_table *table, weft_context *context, const weft_plan *plan, weft_error *err);
/* Call it before the ledger is freed. */
void weft_run_table_dispose(weft_run_table *table);

#endif
