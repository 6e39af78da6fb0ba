/* The values under one polygon and how much of it each covers, in bounded memory: sorted parts (runs) go to scratch, and
 * are merged when all are there. As many runs as memory can merge at once become one of the next level meanwhile.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_ZONE_COLLECTOR_H
#define WEFT_STAGES_ZONE_COLLECTOR_H

#include "core/memory/buffer.h"
#include "processors/polygon/zone_ranks.h"
#include "stages/writers/scratch_file.h"

/* A sorted part in scratch. */
typedef struct weft_zone_run {
    int64_t place, count; /* bytes from the start; pairs */
} weft_zone_run;

#define WEFT_ZONE_LEVELS 4 /* the least memory merges 256 runs of 16384 pairs: some 10^13 different values */

/* Runs that were merged as often. */
typedef struct weft_zone_level {
    weft_scratch_file *file;
    int64_t written; /* bytes of it */
    weft_zone_run *runs;
    int run_count, run_capacity;
} weft_zone_level;

/* Zero-initialised but for ledger and path. One worker's. */
typedef struct weft_zone_collector {
    weft_ledger *ledger;
    const char *path; /* of scratch files, which are made when they are needed */
    weft_buffer pairs, other;
    int64_t count, capacity, max; /* capacity grows to `most` pairs, WEFT_ZONE_FEWEST at least */
    uint64_t total;               /* area of all that was added */
    weft_zone_level levels[WEFT_ZONE_LEVELS];
} weft_zone_collector;

#define WEFT_ZONE_FEWEST INT64_C(16384)

/* Bytes that one with so many pairs takes. */
static inline int64_t weft_zone_collector_bytes(int64_t max) {
    return 2 * max * (int64_t)sizeof(weft_zone_pair);
}

void weft_zone_collector_dispose(weft_zone_collector *self);
/* Forgets what was added; keeps memory. */
void weft_zone_collector_clear(weft_zone_collector *self);

/* Adds pixels: orders of values (core/data_type.h), and areas; those without area do not count. Errors: WEFT_ERR_MEMORY, WEFT_ERR_IO. */
weft_status weft_zone_collector_add(weft_zone_collector *self, const uint64_t *orders, const double *areas,
                                    int64_t count, weft_error *err);

/* Calls weft_zone_rank_add() for each of `count` ranks with every pair, in order. Errors: WEFT_ERR_MEMORY, WEFT_ERR_IO.
 */
weft_status weft_zone_collector_rank(weft_zone_collector *self, weft_zone_rank *ranks, int count, weft_error *err);

#endif
