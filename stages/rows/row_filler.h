/* What the row stage needs of a kind of rows that come from a file: reading them, and filling their columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ROW_FILLER_H
#define WEFT_STAGES_ROW_FILLER_H

#include "core/data_type.h"
#include "stages/context/chunk.h"

/* Rows that are made together. */
typedef struct weft_row_slot {
    int64_t first, count;      /* of the table's rows */
    int64_t chunk_rows;        /* that memory was laid out for: count, until read() lowers it */
    const weft_values *values; /* of the layers; (i, 0) is row first + i's */
    void *memory;              /* the filler's: its bytes() of `count`, aligned for doubles */
    int64_t memory_bytes;
    weft_chunk_shapes shapes;
    bool has_shapes; /* set by read() where there are any */
} weft_row_slot;

typedef struct weft_row_filler {
    /* What so many rows take beside their columns. */
    int64_t (*bytes)(const void *payload, int64_t rows);
    /* Reads the rows' features: the columns that are fields of the file, and what fill() needs. Slots come in order.
     * Where the slot's memory does not hold all of them it lowers slot->count, to 1 at least. Any thread, one at a
     * time. Errors: those of weft_vector_file_next(). */
    weft_status (*read)(void *payload, weft_row_slot *slot, weft_error *err);
    /* Fills all other columns, by the context's workers; returns when that is done. One thread, not a worker. Errors:
     * those of weft_layer_read(). */
    weft_status (*fill)(void *payload, weft_row_slot *slot, weft_error *err);
    void (*free)(void *payload);
    void *payload;
} weft_row_filler;

#endif
