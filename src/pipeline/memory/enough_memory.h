/* The smallest limit with which a run loses no time to memory.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_ENOUGH_MEMORY_H
#define WEFT_PIPELINE_ENOUGH_MEMORY_H

#include "pipeline/memory/memory_needs.h"

/* The smallest limit, in whole MiB, with which all of needs->threads run, windows and chunks are as large as they are
 * configured, every decoder that is wanted has room, and the block cache holds what a chunk touches: nothing is decoded
 * twice and nobody waits. Whole layers are not counted, as resampling them while they are merged costs no time.
 * needs->outputs are for all threads. 0: not known. */
int64_t weft_enough_memory(const weft_config *config, const weft_memory_needs *needs);

#endif
