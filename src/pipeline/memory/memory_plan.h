/* The memory plan: how the limit is shared out between libraries and the ledger, and the ledger between its uses.
 *
 * Configured sizes are the desired ones. The plan gives as much of them as the ledger can hold.
 *
 * 1. weft_memory_needs_gather()   what the plan's sources, columns and outputs need
 * 2. weft_memory_limit()          the limit in bytes
 * 3. weft_memory_plan_make()      the shares, or the smallest limit that works
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_MEMORY_PLAN_H
#define WEFT_PIPELINE_MEMORY_PLAN_H

#include "config/config.h"
#include "core/memory/reserve.h"
#include "core/status.h"
#include "pipeline/plan/plan.h"

/* What the shares depend on. All sizes are bytes. */
typedef struct weft_memory_needs {
    int threads;
    int64_t cols, rows;      /* the table's */
    int64_t chunk_rows;      /* that a chunk is to have; no layer is held whole. 0: what the configuration says */
    int columns, datasets;   /* columns: that are resampled */
    int64_t cell_bytes;      /* of one cell in all of them: values and masks */
    int derived_columns;     /* of a chunk besides */
    int64_t derived_bytes;   /* of one cell in all of these */
    bool x_texts;            /* text is written */
    weft_reserve outputs;    /* of all outputs */
    int64_t touched_bytes;   /* at most, of all blocks that the grid touches */
    int64_t useful_cache;    /* more block cache than this would not help; at least the largest block a thread */
    int64_t sweep_line;      /* blocks under one line across the grid, all sources together (source_needs.h) */
    double sweep_row;        /* blocks more for each row of a chunk */
    bool once_a_chunk;       /* a chunk needs each block once, and those of one dataset after those of another */
    int64_t largest_block;   /* bytes of the largest source block, decoded, with its mask */
    int64_t corner_bytes;    /* of the blocks that meet in a corner (source_needs.h), of the source where it is most */
    int64_t decoder_min;     /* what one handle takes beside weft's buffers once it has decoded, of any source */
    int64_t decoder_bytes;   /* of one handle of every source, all together */
    int64_t opened_bytes;    /* of that, what is resident already, since the sources are open */
    int64_t shared_decoders; /* of that, of sources that several workers will read at once */
    int64_t gdal_cache;      /* of blocks that GDAL keeps beside the one that was asked for, for one thread */
    int64_t gdal_cache_max;  /* that its cache is to hold for one thread, for the input that wants most */
    int64_t downloads;       /* that GDAL keeps of files on a network */
    int64_t resident_bytes;  /* when the sources are open, nothing read and all that libraries can spare given back */
    int64_t started_bytes;   /* resident at most while the run was planned; 0: not known */
    int64_t library_bytes;   /* of that, pages of libraries that were dropped */
    int sources;             /* that a worker may have a handle of */
    int mosaic_handles;      /* that mosaics want besides */
    int transforms;          /* a worker's, of PROJ */
    int64_t band_column;     /* what a worker's positions take for a column of a band, at most */
    int64_t band_fixed;      /* and for the band itself */
    int64_t window_scratch;  /* what a worker needs to join the groups of a mosaic, and to compute columns */
    int64_t parsers;         /* what libraries take for a worker's compiled expressions */
    weft_reserve patch;      /* source pixels of a worker: under one cell, and under a band of the widest window */
} weft_memory_needs;

/* All but threads, what outputs need (plan_outputs.h), and what is resident, which are left 0. Reads no pixel; projects
 * a few points a source. Errors: the projectors'. */
weft_status weft_memory_needs_gather(weft_memory_needs *needs, const weft_plan *plan, weft_error *err);

/* The limit in bytes that the configuration asks for: auto is 75 % of the smallest of the cgroup's limit, the batch
 * scheduler's grant, available memory and what the process's own limits leave; a percentage is of the smallest of the
 * first two and all memory.
 *
 * root    put before /proc and /sys
 * errors  WEFT_ERR_MEMORY: the system does not say */
weft_status weft_memory_limit(int64_t *out, weft_size desired, const char *root, weft_error *err);

/* What `auto` is 75 % of, in words: "the cgroup's limit", "Slurm's grant", "available memory", "ulimit -v" and so on.
 * NULL: the system does not say. */
const char *weft_memory_limit_origin(const char *root);

/* Shares the limit out. Errors: WEFT_ERR_MEMORY, with the smallest limit that works. */
weft_status weft_memory_plan_make(weft_memory_plan *out, const weft_config *config, const weft_memory_needs *needs,
                                  weft_error *err);

/* What GDAL's cache is to hold for `threads` when `bytes` are for one. */
int64_t weft_memory_plan_gdal_cache(int64_t bytes, int threads);

/* The ledger's capacity while `unmanaged_bytes` are resident outside it: 10 points under the warning level. */
int64_t weft_memory_plan_capacity(const weft_config *config, int64_t limit_bytes, int64_t unmanaged_bytes);

/* The ledger's bound: under the critical level, and under 95 % of the limit. */
int64_t weft_memory_plan_bound(const weft_config *config, int64_t limit_bytes, int64_t unmanaged_bytes);

#endif
