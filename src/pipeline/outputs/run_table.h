/* How the table's rows are written: what every format is told of the grid, the columns and their text.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_TABLE_H
#define WEFT_PIPELINE_RUN_TABLE_H

#include "pipeline/plan/plan.h"
#include "stages/writers/table_writer.h"

/* Zero-initialised is empty and may be disposed. Must not move once it is made. */
typedef struct weft_run_table {
    weft_table_spec spec;   /* of the plan's columns */
    weft_row_format format; /* spec.format */
    const char **names;     /* spec.names */
    weft_data_type *types;  /* spec.types */
    weft_table_spec rows;   /* of the plan's table, as table formats write it */
    weft_row_format rows_format;
    char *nodata_field;  /* format.nodata */
    weft_buffer x_texts; /* format.x_texts */
} weft_run_table;

/* Takes the texts of x from the ledger where the plan has room for them. `context` and `plan` outlive it.
 * Errors: WEFT_ERR_MEMORY; dispose takes what there is. */
weft_status weft_run_table_make(weft_run_table *table, weft_context *context, const weft_plan *plan, weft_error *err);
/* Before the ledger goes. */
void weft_run_table_dispose(weft_run_table *table);

#endif
