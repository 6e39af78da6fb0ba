/* What the row stage needs of a kind of rows that come from a file: reading them, and filling their columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ROW_FILLER_H
#define WEFT_STAGES_ROW_FILLER_H

#include "raster/vector/vector_file.h"
#include "stages/chunk_stage.h"

#define WEFT_ROW_NUMBERS 2 /* a filler has no more */

typedef struct weft_row_filler {
    int numbers; /* columns of the file that read() gives, before those of its fields */
    /* What so many rows take beside their columns. */
    int64_t (*bytes)(const void *payload, int64_t rows);
    /* Whether the slot has no room for a row `row`, so that the next slot begins with it; not asked of the first. NULL:
     * bytes() are always enough. */
    bool (*is_full)(void *payload, const weft_chunk_slot *slot, int64_t row);
    /* Takes the file's feature at hand as the slot's row `row`, counted from 0: keeps what fill() needs in slot->rest,
     * and says its numbers. Rows come in order. Any thread, one at a time; another slot may be being filled. Errors:
     * those of weft_vector_feature_rings(), weft_vector_feature_point(). */
    weft_status (*read)(void *payload, weft_vector_file *file, weft_chunk_slot *slot, int64_t row,
                        double numbers[WEFT_ROW_NUMBERS], weft_error *err);
    /* Before the first fill() of a slot, whose rows are all read. One thread, not a worker, as fill(). */
    weft_status (*begin)(void *payload, weft_chunk_slot *slot, weft_error *err);
    /* Fills the columns of layers first .. end - 1, which are a dataset's, by the context's workers; returns when that
     * is done. Errors: those of weft_layer_read(). */
    weft_status (*fill)(void *payload, weft_chunk_slot *slot, int first, int end, weft_error *err);
    void (*free)(void *payload);
    void *payload;
} weft_row_filler;

#endif
