/* Which shard of how many a process is, as a scheduler or a launcher says in its environment.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SHARD_PLACE_H
#define WEFT_PIPELINE_SHARD_PLACE_H

#include "core/status.h"

typedef struct weft_shard_place {
    int number, count;     /* number from 1 */
    const char *scheduler; /* who says so: "a Slurm array" */
} weft_shard_place;

/* Looks through the environment, array jobs before ranks.
 *
 * count   how many there are, for schedulers that do not say; 0: nobody said
 * get     getenv() or its like
 * errors  WEFT_ERR_USAGE: none of them says anything; how many is not known, or said twice; the array has holes */
weft_status weft_shard_place_find(weft_shard_place *out, int count, char *(*get)(const char *name), weft_error *err);

/* "3/7". Errors: WEFT_ERR_USAGE. */
weft_status weft_shard_place_read(weft_shard_place *out, const char *text, weft_error *err);

#endif
