/* Between merge and the writers: the columns of a chunk that are computed of others, and the rows that are kept.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CHUNK_COLUMNS_H
#define WEFT_STAGES_CHUNK_COLUMNS_H

#include "processors/table/column_program.h"
#include "stages/context/worker.h"

typedef struct weft_chunk_columns weft_chunk_columns;

/* workers       one for each thread of the context's pool; borrowed, as the program is
 * marks         of weft_deriver_run(); borrowed
 * errors        WEFT_ERR_MEMORY */
weft_status weft_chunk_columns_new(weft_chunk_columns **out, weft_context *context, weft_worker *workers,
                                   const weft_column_program *program, atomic_uchar *marks, weft_error *err);
/* NULL is fine. */
void weft_chunk_columns_free(weft_chunk_columns *columns);

const weft_column_program *weft_chunk_columns_program(const weft_chunk_columns *columns);

/* weft_deriver_run() of all `cells`, by all workers; returns when that is done. One thread, not a worker. Errors:
 * WEFT_ERR_MEMORY, WEFT_ERR_CANCELLED. */
weft_status weft_chunk_columns_compute(weft_chunk_columns *columns, const weft_values *values, uint8_t *kept,
                                       int64_t cells, weft_error *err);

#endif
