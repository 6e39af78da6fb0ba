/* Each use's part of the memory limit.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_MEMORY_SHARES_H
#define WEFT_PIPELINE_MEMORY_SHARES_H

#include <stdint.h>

typedef struct weft_memory_plan {
    int threads; /* that the shares are for, and that the run is to use */
    int64_t limit_bytes;
    int64_t unmanaged_bytes; /* what is resident outside the ledger, with what the run will add */
    int64_t ledger_bytes;    /* what weft's own buffers may take */
    int64_t block_cache_bytes;
    int64_t patch_bytes;         /* source pixels, for each worker */
    int64_t x_text_bytes;        /* of the columns' x, made once; 0: they are formatted row by row */
    int64_t encoder_bytes;       /* of all outputs: text, row groups, tiles, and what makes them */
    int64_t decoder_bytes;       /* of what libraries hold to decode: few may decode at once where it is little */
    int64_t working_bytes;       /* of the ledger, kept free of whole layers */
    int64_t window_size;         /* cells a side */
    int64_t chunk_rows;          /* of the mode that runs; a row that is more than chunk_bytes / 2 is cut along x */
    int64_t chunk_bytes;         /* of two chunks */
    int64_t idle_handles;        /* open files that may wait for their next use */
    int64_t layers_bytes;        /* of all layers, whole; 0: they are resampled as they are merged */
    int64_t peak_bytes;          /* what is granted and what libraries take: the most that will be resident */
    int64_t min_limit_bytes;     /* the smallest limit that would do */
    int64_t desired_limit_bytes; /* the smallest that gives all that this one does */
    int64_t enough_limit_bytes;  /* the smallest with which memory would cost no time; 0: not known */
    int64_t touched_bytes;       /* at most, of all blocks that the grid touches */
} weft_memory_plan;

#endif
