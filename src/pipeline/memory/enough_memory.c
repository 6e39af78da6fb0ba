/* SPDX-License-Identifier: MIT
 *
 * The plan itself is asked, limit by limit: a formula of its own would be a second truth. */
#include "pipeline/memory/enough_memory.h"

#include "core/memory/units.h"
#include "core/window.h"
#include "pipeline/memory/memory_plan.h"

#define MOST_BYTES (INT64_C(1) << 50)

/* What a chunk touches, so that the next one finds what they share; where there is only one, the blocks under a line of
 * it. */
static int64_t cache_wanted(const weft_memory_needs *needs, int64_t chunk_rows) {
    int64_t rows = weft_smaller(chunk_rows, needs->rows);
    double bytes = (double)needs->sweep_line + (rows < needs->rows ? needs->sweep_row * (double)rows : 0);
    return bytes < (double)needs->useful_cache ? (int64_t)bytes : needs->useful_cache;
}

static bool make(weft_memory_plan *out, const weft_config *config, const weft_memory_needs *needs, int64_t limit) {
    weft_config other = *config;
    other.enable_streaming = true;
    other.streaming_chunk_size = config->enable_streaming ? config->streaming_chunk_size : config->chunk_size;
    other.memory_limit = (weft_size){.kind = WEFT_SIZE_BYTES, .bytes = limit};
    return weft_memory_plan_make(out, &other, needs, NULL) == WEFT_OK;
}

int64_t weft_enough_memory(const weft_config *config, const weft_memory_needs *needs) {
    weft_memory_plan all, some;
    if (!make(&all, config, needs, MOST_BYTES)) return 0;
    int64_t cache = cache_wanted(needs, all.chunk_rows), low = 1, high = MOST_BYTES / WEFT_MIB;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        bool enough = make(&some, config, needs, middle * WEFT_MIB) && some.window_size >= all.window_size &&
                      weft_smaller(some.chunk_rows, needs->rows) >= weft_smaller(all.chunk_rows, needs->rows) &&
                      some.decoder_bytes >= all.decoder_bytes && some.block_cache_bytes >= cache;
        if (enough)
            high = middle;
        else
            low = middle + 1;
    }
    return low * WEFT_MIB;
}
