/* SPDX-License-Identifier: MIT */
#include "raster/tiff/tiff_codec.h"

const weft_tiff_codec weft_tiff_stored = {.tags = {1}, .stored = true};

static const weft_tiff_codec *const codecs[] = {&weft_tiff_stored, &weft_tiff_deflate, &weft_tiff_lzw, &weft_tiff_zstd};

const weft_tiff_codec *weft_tiff_codec_find(int tag) {
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
        if (tag != 0 && (codecs[i]->tags[0] == tag || codecs[i]->tags[1] == tag)) return codecs[i];
    return NULL;
}
