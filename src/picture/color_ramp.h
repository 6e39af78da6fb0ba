/* The colours that values become: dark blue over green to yellow, even in lightness, and told apart by people who see
 * red and green alike.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PICTURE_COLOR_RAMP_H
#define WEFT_PICTURE_COLOR_RAMP_H

#include "core/palette.h"

/* 0xffRRGGBB for `share` of the way from low to high; beyond them it is their colour. */
uint32_t weft_color_ramp(double share);

/* Colours `count` values that span low .. high: 0 (transparent) where one is NaN, infinities as the nearer end. Where
 * low and high are one, all have the colour of the middle. */
void weft_color_ramp_paint(const float *values, int64_t count, double low, double high, uint32_t *out);

/* Colours `count` values as the palette does: 0 (transparent) where one is NaN, black where it has no colour. */
void weft_palette_paint(const float *values, int64_t count, const weft_palette *palette, uint32_t *out);

#endif
