/* SPDX-License-Identifier: MIT
 *
 * One frame a block (RFC 8878). */
#include "raster/tiff/tiff_codec.h"

#include <zstd.h>

static void *make_state(void) {
    return ZSTD_createDCtx();
}

static void free_state(void *state) {
    (void)ZSTD_freeDCtx(state);
}

static bool decode(void *state, const void *from, size_t from_bytes, void *to, size_t to_bytes) {
    size_t frame = ZSTD_findFrameCompressedSize(from, from_bytes);
    if (ZSTD_isError(frame)) return false;
    return ZSTD_decompressDCtx(state, to, to_bytes, from, frame) == to_bytes;
}

const weft_tiff_codec weft_tiff_zstd = {
    .tags = {50000},
    .predicts = true,
    .state_bytes = 256 << 10,
    .make_state = make_state,
    .free_state = free_state,
    .decode = decode,
};
