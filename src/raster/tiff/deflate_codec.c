/* SPDX-License-Identifier: MIT
 *
 * A zlib stream (RFC 1950), whose checksum libdeflate compares. */
#include "raster/tiff/tiff_codec.h"

#include <libdeflate.h>

static void *make_state(void) {
    return libdeflate_alloc_decompressor();
}

static void free_state(void *state) {
    libdeflate_free_decompressor(state);
}

static bool decode(void *state, const void *from, size_t from_bytes, void *to, size_t to_bytes) {
    return libdeflate_zlib_decompress(state, from, from_bytes, to, to_bytes, NULL) == LIBDEFLATE_SUCCESS;
}

const weft_tiff_codec weft_tiff_deflate = {
    .tags = {8, 32946},
    .predicts = true,
    .state_bytes = 16 << 10,
    .make_state = make_state,
    .free_state = free_state,
    .decode = decode,
};
