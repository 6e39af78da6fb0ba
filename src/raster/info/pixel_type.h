/* The pixel types of GDAL's versions, as weft's own: what a band's pixels are, and its blocks as values of that type.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_PIXEL_TYPE_H
#define WEFT_RASTER_PIXEL_TYPE_H

#include "core/data_type.h"

/* `band` is a GDALRasterBandH. False: its pixels are complex, or of a type that weft does not know.
 *
 * Int8     GDAL's own type since 3.7; before that a Byte whose PIXELTYPE is SIGNEDBYTE
 * Float32  of Float16 too, which GDAL has since 3.11 (before that it gave such files' pixels as Float32 itself) */
bool weft_pixel_type(void *band, weft_data_type *out);

/* The GDALDataType to ask GDALRasterIO() for, so that pixels come as values of weft_pixel_type(). */
int weft_pixel_buffer_type(void *band);

/* Reads a block whole, as GDALReadBlock() does, `count` values of weft_pixel_type(). One thread a dataset at a time.
 * False: GDAL could not, and has said why. */
bool weft_pixel_read_block(void *band, int block_col, int block_row, int64_t count, void *values);

#endif
