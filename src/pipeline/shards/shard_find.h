/* Which shards of a table are done, by their folders' names and what lies in them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SHARD_FIND_H
#define WEFT_PIPELINE_SHARD_FIND_H

#include "config/config.h"

/* The metadata of a shard that is done, on the heap; NULL: no memory. `config`: a named one. */
char *weft_shard_metadata(const weft_config *config, int number, int count);

/* Whether shard `number` of `count` is done. */
bool weft_shard_is_done(const weft_config *config, int number, int count);

/* The count of which most shards are done, of those that there is something of; 0: there is nothing. */
int weft_shards_there(const weft_config *config);

/* Removes the folders that the shards of a named configuration are in, as far as they are empty. */
void weft_shards_remove_empty(const weft_config *config);

/* Removes all that shards of a named configuration have left. Errors: WEFT_ERR_BUSY (one is at work). */
weft_status weft_shards_clear(const weft_config *config, weft_error *err);

/* Finds of how many shards all are done, and none is at work.
 *
 * count   looked for; 0: whichever is there, if it is one
 * errors  WEFT_ERR_DATA: says which are missing or at work and how to go on, or that several counts are there;
 *         WEFT_ERR_MEMORY */
weft_status weft_shards_find(int *out, const weft_config *config, int count, weft_error *err);

#endif
