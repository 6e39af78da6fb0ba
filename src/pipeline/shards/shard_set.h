/* All shards of a table, as they lie on disk, for whoever joins them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SHARD_SET_H
#define WEFT_PIPELINE_SHARD_SET_H

#include "pipeline/plan/plan.h"
#include "stages/cells/table_part.h"
#include "store/run_state.h"

/* A file of a shard. */
typedef struct weft_shard_piece {
    char *format, *path;
    weft_table_piece piece; /* its path is `path` */
} weft_shard_piece;

/* A file of which blocks are missing. */
typedef struct weft_shard_bad {
    char *dataset, *path;
    int64_t blocks;
} weft_shard_bad;

/* One that is done. */
typedef struct weft_shard {
    int number;
    weft_run_facts facts;
    char *columns_seen; /* as weft_run_facts.columns_seen */
    char **warnings;    /* of what was met while pixels were read */
    int warning_count;
    weft_shard_bad *bad; /* what could not be read or decoded, and is missing */
    int bad_count;
    weft_shard_piece *pieces;
    int piece_count;
    int64_t end_row;
} weft_shard;

/* Zero-initialised is none. */
typedef struct weft_shard_set {
    int count;
    weft_shard *shards;     /* from the top of the grid */
    char *folder;           /* of all of them */
    weft_table_part *parts; /* one a shard; weft_shard_set_tie() */
    weft_table_piece *pieces;
} weft_shard_set;

/* Reads what the shards of a named configuration say of themselves.
 *
 * count   how many they are; 0: as many as are there
 * errors  WEFT_ERR_DATA: some are missing, not done or at work: says which and how to go on; which of several counts is
 *         meant is not clear; a shard's metadata is no such; WEFT_ERR_IO, WEFT_ERR_MEMORY. The set is empty then */
weft_status weft_shard_set_read(weft_shard_set *out, const weft_config *config, int count, weft_error *err);
void weft_shard_set_dispose(weft_shard_set *set);

/* Checks that all are shards of the run that `now` describes: one configuration, inputs and versions. Errors:
 * WEFT_ERR_DATA (names the shard and what is different), WEFT_ERR_MEMORY. */
weft_status weft_shard_set_match(const weft_shard_set *set, const weft_run_facts *now, weft_error *err);

/* The pieces of one format of all shards, one in every `stride` of out; they are there as they were written, and hold
 * the grid's `total` cells without gaps. Errors: WEFT_ERR_DATA (says what is not so). */
weft_status weft_shard_set_pieces(weft_table_piece *out, size_t stride, const weft_shard_set *set, int64_t total,
                                  const char *format, weft_error *err);

/* Checks that all are shards of the run that `now` describes, and that their pieces make up the plan's outputs without
 * gaps, and fills set->parts for the writers of the plan's outputs and, after them, of the statistics. Errors:
 * WEFT_ERR_DATA (names the shard and what is different), WEFT_ERR_MEMORY. */
weft_status weft_shard_set_tie(weft_shard_set *set, const weft_plan *plan, const weft_run_facts *now, weft_error *err);

/* Removes the shards' folders, when their outputs have their names; what cannot be removed stays. */
void weft_shard_set_remove(const weft_shard_set *set, const weft_config *config);

#endif
