/* Other shards at work on this machine, which take memory too.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SHARD_NEIGHBOURS_H
#define WEFT_PIPELINE_SHARD_NEIGHBOURS_H

#include "config/config.h"

/* Warns, on the log, where there are others and the configuration leaves it to each what memory it takes, unless a
 * scheduler has granted this one some: none of them knows of the others' limits. */
void weft_shard_warn_of_neighbours(const weft_config *config);

#endif
