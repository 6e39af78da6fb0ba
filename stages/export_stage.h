/* The export stage: gives every chunk, in order, to the writer of every output.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_EXPORT_STAGE_H
#define WEFT_STAGES_EXPORT_STAGE_H

#include "stages/cells/table_part.h"
#include "stages/context/chunk.h"
#include "stages/writers/table_writer.h"

/* Records how far the outputs are on disk. */
typedef struct weft_checkpoint {
    /* Called after a chunk, when every writer's position() is valid. It decides by itself whether it is time for a
     * checkpoint.
     *
     * rows_done  complete grid rows so far
     * last       nothing is written after this call, so a checkpoint is due
     * errors     WEFT_ERR_IO */
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

/* Gives every chunk to every writer, then finishes the writers.
 *
 * After a signal the current chunk is still written, if that takes at most 3 seconds. Whatever ends the stage between two
 * chunks, a last checkpoint is taken.
 *
 * thread  one, not a worker
 * errors  those of the chunk source, the writers and the checkpoint */
weft_status weft_export_run(const weft_export_options *options, weft_export_result *out, weft_error *err);

#endif
