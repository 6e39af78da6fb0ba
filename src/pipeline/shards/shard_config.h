/* A configuration as one of several processes runs it, which make a table together, each a range of its rows.
 *
 * A shard is a run like any other, in a folder of its own (`OUTPUT_DIR/.weft/shards/EXPERIMENT/I-of-N`): its pieces of
 * the outputs, its run state, its metrics and its metadata lie there.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SHARD_CONFIG_H
#define WEFT_PIPELINE_SHARD_CONFIG_H

#include "config/config.h"

/* More are refused. */
#define WEFT_MAX_SHARDS 100000

/* Gives a configuration without a name the one that all processes find: the file's, without a time stamp. Errors:
 * WEFT_ERR_DATA (it writes to standard output), WEFT_ERR_MEMORY. */
weft_status weft_shard_config_name(weft_config *config, weft_error *err);

/* Makes the configuration of shard `number`, from 1, of `count`, of a named one, with which it shares all but its
 * folders: these are weft_shard_config_dispose()'s. Errors: WEFT_ERR_MEMORY. */
weft_status weft_shard_config_copy(weft_config *out, const weft_config *whole, int number, int count, weft_error *err);
void weft_shard_config_dispose(weft_config *copy);

/* Where the shards of a named configuration are, on the heap; NULL: no memory. And one of them. */
char *weft_shards_folder(const weft_config *config);
char *weft_shard_folder(const weft_config *config, int number, int count);

/* The folder that a partitioned table is, beside where its outputs would be; and what describes its parts. On the heap;
 * NULL: no memory, or the path is too long. */
char *weft_parts_folder(const weft_config *config);
char *weft_parts_manifest(const weft_config *config);

#endif
