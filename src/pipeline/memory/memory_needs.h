/* What a run's sources, columns and outputs need of memory: the numbers that the memory plan goes by.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_MEMORY_NEEDS_H
#define WEFT_PIPELINE_MEMORY_NEEDS_H

#include "core/memory/reserve.h"
#include "core/status.h"
#include "pipeline/plan/plan.h"

/* What the shares depend on. Members that do not say a unit are bytes. */
typedef struct weft_memory_needs {
    int threads;
    int64_t cols, rows; /* the table's, in cells */

    /* A chunk. */
    int64_t chunk_rows;    /* rows that it is to have, with no layer held whole; 0: what the configuration says */
    int columns, datasets; /* how many; columns: that are resampled */
    int64_t cell_bytes;    /* of one cell in all of these columns: values and masks */
    int derived_columns;   /* how many more a chunk has */
    int64_t derived_bytes; /* of one cell in all of these */

    /* The outputs. */
    weft_reserve outputs; /* of all of them */
    bool x_texts;         /* some write text, so that the x of all columns may be made text once */

    /* Decoded blocks, with masks. */
    int64_t touched_bytes; /* of all blocks that the grid touches, at most */
    int64_t useful_cache;  /* a larger block cache than this would not help; at least the largest block a thread */
    int64_t sweep_line;    /* of the blocks under one line across the grid, of all sources (weft_block_sweep) */
    double sweep_row;      /* of the blocks more for each row of a chunk */
    bool once_a_chunk;     /* a chunk reads each block once, one dataset after the other, as with rows of a file */
    int64_t largest_block; /* of one block, of the source where it is largest */
    int64_t corner_bytes;  /* of the blocks that meet in a corner, of the source where they are largest */

    /* Decoders: what libraries hold for a handle from its first decode until it is closed. */
    int64_t decoder_min;     /* of one handle, of the source where it is most */
    int64_t decoder_bytes;   /* of one handle of each source, all together */
    int64_t opened_bytes;    /* the part of decoder_bytes that is resident already, since the sources are open */
    int64_t shared_decoders; /* the part of decoder_bytes that is of sources which several workers will read at once */
    int sources;             /* how many a worker may have a handle of */
    int mosaic_handles;      /* how many idle handles mosaics want besides */

    /* Caches of libraries, outside the ledger. */
    int64_t gdal_cache;     /* of blocks that GDAL will keep, for one thread */
    int64_t gdal_cache_max; /* the size that GDAL's cache is to have for one thread, for the input that wants most */
    int64_t downloads;      /* that GDAL keeps of files on a network */

    /* Resident memory. */
    int64_t resident_bytes; /* when the sources are open, nothing is read, and pages of libraries were dropped */
    int64_t started_bytes;  /* the most while the run was planned; 0: not known */
    int64_t library_bytes;  /* the pages of libraries that were dropped, some of which the run will use again */

    /* Each worker. */
    int transforms;         /* of PROJ that it uses: how many */
    int64_t band_column;    /* of its positions, for each column of a band, at most */
    int64_t band_fixed;     /* of its positions, for a band of any width */
    int64_t window_scratch; /* to join the groups of a mosaic, and to compute columns */
    int64_t parsers;        /* that libraries take for its compiled expressions */
    weft_reserve patch;     /* source pixels: min under one cell, desired under a band of the widest window */
} weft_memory_needs;

/* All but threads, what outputs need (plan_outputs.h), and what is resident, which are left 0. Reads no pixel; projects
 * a few points a source. Errors: the projectors'. */
weft_status weft_memory_needs_gather(weft_memory_needs *needs, const weft_plan *plan, weft_error *err);

#endif
