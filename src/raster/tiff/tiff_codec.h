/* A compression of TIFF blocks that weft undoes itself: one constant table in a file of its own, found by the number of
 * the tag. What is not in the list is left to GDAL.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_TIFF_CODEC_H
#define WEFT_RASTER_TIFF_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct weft_tiff_codec {
    int tags[2];        /* the numbers of the tag Compression; 0: none */
    bool predicts;      /* the tag Predictor counts; libtiff looks at it for these alone */
    bool stored;        /* not compressed: bytes are read to where they belong, and there is no decode() */
    bool by_block;      /* what GDAL gives of a block depends on those before it: it is left as few as may be */
    size_t state_bytes; /* what a state and a decode() take at most */
    /* A decoder's memory, used by one thread at a time. NULL: there is no memory. */
    void *(*make_state)(void);
    void (*free_state)(void *state);
    /* Fills `to` with exactly `to_bytes` decoded bytes. False: `from` does not give them, or there is no memory: then
     * errno is ENOMEM, which the caller sets to 0 before; `to` is undefined. */
    bool (*decode)(void *state, const void *from, size_t from_bytes, void *to, size_t to_bytes);
} weft_tiff_codec;

/* NULL: none of this number. */
const weft_tiff_codec *weft_tiff_codec_find(int tag);

extern const weft_tiff_codec weft_tiff_stored, weft_tiff_deflate, weft_tiff_lzw, weft_tiff_zstd;

#endif
