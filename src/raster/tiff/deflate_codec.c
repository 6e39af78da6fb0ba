/* SPDX-License-Identifier: MIT
 *
 * A zlib stream (RFC 1950), whose checksum libdeflate compares. A stream that is longer than its block is cut, as libtiff
 * does: some files have last strips of as many rows as the others, and damage makes such streams too. There libdeflate
 * stops before the end of the block, where a string lies across it, and libtiff leaves what was in its memory before.
 * zlib fills a block to its end. */
#include "raster/tiff/tiff_codec.h"

#include <errno.h>
#include <libdeflate.h>
#include <limits.h>
#include <zlib.h>

static void *make_state(void) {
    return libdeflate_alloc_decompressor();
}

static void free_state(void *state) {
    libdeflate_free_decompressor(state);
}

/* The stream's first bytes. */
static bool decode_first(const void *from, size_t from_bytes, void *to, size_t to_bytes) {
    if (from_bytes > UINT_MAX || to_bytes > UINT_MAX) return false;
    z_stream stream = {
        .next_in = (Bytef *)from, .avail_in = (uInt)from_bytes, .next_out = to, .avail_out = (uInt)to_bytes};
    int answer = inflateInit(&stream);
    if (answer == Z_OK) {
        answer = inflate(&stream, Z_SYNC_FLUSH);
        (void)inflateEnd(&stream);
    }
    if (answer == Z_MEM_ERROR) errno = ENOMEM;
    return answer == Z_OK && stream.avail_out == 0;
}

static bool decode(void *state, const void *from, size_t from_bytes, void *to, size_t to_bytes) {
    enum libdeflate_result result = libdeflate_zlib_decompress(state, from, from_bytes, to, to_bytes, NULL);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) return decode_first(from, from_bytes, to, to_bytes);
    return result == LIBDEFLATE_SUCCESS;
}

const weft_tiff_codec weft_tiff_deflate = {
    .tags = {8, 32946},
    .predicts = true,
    .by_block = true,
    .state_bytes = 56 << 10, /* of libdeflate 12 KiB, of zlib 40 KiB */
    .make_state = make_state,
    .free_state = free_state,
    .decode = decode,
};
