/* Drains chunks, in order, into the outputs: every format is written in the one pass over the merged chunks.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_EXPORT_STAGE_H
#define WEFT_STAGES_EXPORT_STAGE_H

#include "stages/cells/table_part.h"
#include "stages/context/chunk.h"
#include "stages/writers/table_writer.h"

/* Whoever keeps how far the outputs are. */
typedef struct weft_checkpoint {
    /* After a chunk, with every writer between chunks: their positions hold. rows_done: of the grid, whole rows.
     * `last`: nothing is written after it, now is the time. Errors: WEFT_ERR_IO. */
    weft_status (*take)(void *payload, int64_t rows_done, bool last, weft_error *err);
    void *payload;
} weft_checkpoint;

typedef struct weft_export_options {
    weft_context *context;
    weft_chunk_source chunks;     /* next NULL: the table is joined of parts */
    const weft_table_part *parts; /* part_count of them, from the top of the grid; borrowed */
    int part_count;
    const weft_table_spec *table;      /* of the parts' table */
    int64_t part_bytes;                /* of the ledger, for cells of parts on their way */
    weft_table_writer *const *writers; /* at least one; borrowed */
    int writer_count;
    int64_t cols;               /* the grid's */
    int64_t first_row, end_row; /* of the grid, that are written: for progress */
    weft_checkpoint checkpoint; /* take may be NULL */
    /* Called after the last chunk, before the outputs are ended: whatever only chunks needed can be given back. NULL:
     * nothing is. */
    void (*chunks_done)(void *payload);
    void *payload;
} weft_export_options;

typedef struct weft_export_result {
    int64_t rows;          /* of the table */
    int64_t bytes, chunks; /* bytes: of all outputs */
} weft_export_result;

/* Gives every chunk to every writer and finishes them. A signal lets the chunk in hand be finished, within 3 seconds;
 * whatever ends the stage between two chunks, a last checkpoint is taken. One thread, not a worker. Errors: those
 * of the chunks' source, the writers', the checkpoint's. */
weft_status weft_export_run(const weft_export_options *options, weft_export_result *out, weft_error *err);

#endif
