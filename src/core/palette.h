/* The colours of classes, as a file's colour table gives them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_PALETTE_H
#define WEFT_CORE_PALETTE_H

#include <stdint.h>

/* Value i has colors[i]: 0xffRRGGBB, without transparency, since what is missing is said by nodata. Values beyond
 * them are black, as they are in TIFF. Zero-initialised: there is no palette. */
typedef struct weft_palette {
    const uint32_t *colors;
    int count;
} weft_palette;

#endif
