/* A stage that gives chunks: consecutive rows with the values of all columns. It has two slots. The caller works on one
 * chunk while the next is being filled in the other slot, unless memory is short.
 *
 * A chunk that is larger than its share, or that the ledger refuses, is tried again with half the rows, down to one; a
 * row that is too wide is cut along x. Chunks come in row-major order, whatever their size. What fills them is the
 * filler's: merge_stage.h for cells of the grid, rows/row_stage.h for rows of a file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_CHUNK_STAGE_H
#define WEFT_STAGES_CHUNK_STAGE_H

#include "core/memory/buffer.h"
#include "stages/chunk_columns.h"
#include "stages/chunk_layout.h"
#include "stages/context/adaptive_size.h"
#include "stages/context/chunk.h"
#include "stages/layers/layer.h"

#include <stdatomic.h>

/* A row is not cut into pieces smaller than this. */
#define WEFT_CHUNK_FEWEST_CELLS 64

typedef struct weft_chunk_stage weft_chunk_stage;

/* All is borrowed. */
typedef struct weft_chunk_options {
    weft_context *context;
    weft_worker *workers;      /* one for each thread of the context's pool */
    weft_layer *const *layers; /* in column order, those of one dataset side by side */
    int layer_count;
    int64_t cols, rows; /* the table's: the grid's, or 1 and how many rows there are */
    int64_t first_row;  /* where to begin; > 0 on resume */
    int64_t slot_bytes; /* a chunk that takes more is cut; from the memory plan. 0: the ledger alone decides */
    atomic_uchar *seen; /* of each layer, whether it had a value: weft_layer_look_for_value(). NULL: not wanted */
    weft_chunk_columns *columns;     /* computes columns from the layers, and chooses rows. NULL: the layers are the
                                        columns */
    weft_adaptive_size *chunk_size;  /* rows */
    weft_adaptive_size *window_size; /* cells a side; of the grid */
} weft_chunk_options;

typedef enum weft_chunk_slot_state { WEFT_SLOT_FREE, WEFT_SLOT_FILLING, WEFT_SLOT_LENT } weft_chunk_slot_state;

/* What one chunk is made in. */
typedef struct weft_chunk_slot {
    const weft_chunk_options *options;
    void *payload;    /* the filler's */
    weft_chunk chunk; /* its tasks may lower chunk.window.rows; the next chunk begins after the rows that are left */
    weft_chunk_views views; /* where the columns of layers and derived columns lie in `memory` */
    int64_t rows;           /* for which there is memory; chunk.window.rows may be fewer */
    void *rest;             /* the filler's own memory after the columns: filler.bytes() of it, aligned for doubles */
    weft_task_group tasks;
    _Atomic int64_t filled_ns; /* monotonic; set by the filler when the chunk's last value is there */
    int64_t begun_ns;          /* monotonic; when the chunk was begun. fill() may set a later time */
    _Atomic int64_t windows;   /* how many were begun for all chunks of this slot so far */
    /* Used by the stage alone: */
    weft_buffer memory;
    bool has_tasks;
    weft_chunk_slot_state state;
} weft_chunk_slot;

typedef struct weft_chunk_filler {
    /* Bytes that a chunk of this window takes besides its columns. */
    int64_t (*bytes)(const weft_chunk_slot *slot, weft_window window);
    /* Submits the tasks that fill the slot. */
    void (*start)(weft_chunk_slot *slot);
    /* Called when the slot's tasks have ended: fills by all workers what tasks did not fill. The next chunk's tasks run
     * meanwhile. NULL: tasks fill everything. */
    weft_status (*fill)(weft_chunk_slot *slot, weft_error *err);
    void (*free)(void *payload); /* NULL: there is nothing to free */
    void *payload;
} weft_chunk_filler;

/* The filler is the stage's from here on, also after a failure. Errors: WEFT_ERR_MEMORY. */
weft_status weft_chunk_stage_new(weft_chunk_stage **out, const weft_chunk_options *options,
                                 const weft_chunk_filler *filler, weft_error *err);

/* Waits for the tasks that are running. NULL is allowed. */
void weft_chunk_stage_free(weft_chunk_stage *stage);

/* The stage as a chunk source, for callers that must not know where chunks come from. Of NULL: an empty one. */
weft_chunk_source weft_chunk_stage_source(weft_chunk_stage *stage);

/* Gives the next chunk, completely filled, and starts the one after it.
 *
 * out     NULL at the end; borrowed until weft_chunk_stage_release()
 * thread  one, not a worker
 * errors  the filler's; WEFT_ERR_MEMORY when not even a few cells fit */
weft_status weft_chunk_stage_next(weft_chunk_stage *stage, const weft_chunk **out, weft_error *err);
void weft_chunk_stage_release(weft_chunk_stage *stage, const weft_chunk *chunk);

/* How many chunks were begun; NULL: none. */
int64_t weft_chunk_stage_chunks(const weft_chunk_stage *stage);
/* How many windows of those chunks were begun, summed over datasets. */
int64_t weft_chunk_stage_windows(const weft_chunk_stage *stage);

#endif
