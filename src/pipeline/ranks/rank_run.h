/* A table made by several processes that one launcher started: each takes the next range of rows that is not done,
 * until there is none.
 *
 * A range is a shard (pipeline/shards): what is done stays done, whichever process made it, and whoever begins again,
 * with as many processes as it likes, makes what is missing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RANK_RUN_H
#define WEFT_PIPELINE_RANK_RUN_H

#include "pipeline/ranks/rank_link.h"
#include "pipeline/run/run_options.h"

/* Ranges for each rank of the first run, so that a slow one holds the others up for a small part of the time only. */
#define WEFT_RANGES_A_RANK 16

typedef struct weft_rank_options {
    const weft_rank_link *link;
    weft_run_options run; /* of each range; its `resume` is that of the whole */
    int count;            /* ranges; 0: those that are there, with `resume`, or WEFT_RANGES_A_RANK a rank */
    bool resume;
} weft_rank_options;

/* Makes all ranges of a named configuration, all ranks together. Memory and threads that the configuration leaves to
 * weft are those of a host, shared by the ranks on it.
 *
 * count    how many ranges there are
 * errors   the first of this rank's, whose other ranges are made all the same; WEFT_ERR_CANCELLED: the ranks do not
 *          wait for each other any more, and are to be aborted */
weft_status weft_rank_run(weft_config *config, const weft_rank_options *options, int *count, weft_error *err);

#endif
