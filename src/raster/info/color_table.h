/* Palettes from GDAL's colour tables, and back.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_COLOR_TABLE_H
#define WEFT_RASTER_COLOR_TABLE_H

#include "core/palette.h"

#include <stdbool.h>

/* A copy of the band's palette, whose colors are freed with free(); stays as it is where the band has none, or one
 * that is not of red, green and blue. band: GDAL's. One thread for each dataset. False: no memory. */
bool weft_color_table_read(weft_palette *out, void *band);

/* Gives it to a band of 8 or 16 bits without a sign, before anything is written to it. False: GDAL refuses; it says
 * why. */
bool weft_color_table_set(void *band, const weft_palette *palette);

#endif
