/* Between merge and the writers: computes a chunk's derived columns, and finds which of its cells are rows.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CHUNK_COLUMNS_H
#define WEFT_STAGES_CHUNK_COLUMNS_H

#include "processors/polygon/region.h"
#include "processors/table/column_program.h"
#include "processors/table/row_sample.h"
#include "stages/context/worker.h"

typedef struct weft_chunk_columns weft_chunk_columns;

/* Which cells are rows, beside the program's `where`. Borrowed. */
typedef struct weft_row_choice {
    const weft_region *region; /* NULL: all of the grid */
    bool samples;              /* those of a sample alone: */
    uint64_t seed;
    uint64_t bound;            /* of weft_row_sample_number(), without a draw */
    const weft_row_draw *draw; /* NULL without one */
} weft_row_choice;

/* workers       one for each thread of the context's pool; borrowed, as the program is
 * seen          what weft_deriver_run() notes of derived columns; borrowed
 * errors        WEFT_ERR_MEMORY */
weft_status weft_chunk_columns_new(weft_chunk_columns **out, weft_context *context, weft_worker *workers,
                                   const weft_column_program *program, atomic_uchar *seen, weft_error *err);
/* Sets which cells are rows from the next chunk on. NULL, as at first: the program's `where` alone decides. */
void weft_chunk_columns_choose(weft_chunk_columns *columns, const weft_row_choice *choice);
/* NULL is fine. */
void weft_chunk_columns_free(weft_chunk_columns *columns);

const weft_column_program *weft_chunk_columns_program(const weft_chunk_columns *columns);

/* Computes the derived columns of all cells of a chunk, by all workers, and sets kept[] of the cells that are rows.
 * Makes the written columns of the other cells missing. Returns when that is done. One thread, not a worker. Errors:
 * WEFT_ERR_MEMORY, WEFT_ERR_CANCELLED. */
weft_status weft_chunk_columns_compute(weft_chunk_columns *columns, const weft_values *values, uint8_t *kept,
                                       weft_window window, weft_error *err);

#endif
