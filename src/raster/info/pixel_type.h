/* The pixel types of GDAL's versions, as weft's own: what a band's pixels are, and its blocks as values of that type.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_PIXEL_TYPE_H
#define WEFT_RASTER_PIXEL_TYPE_H

#include "core/data_type.h"
#include "core/status.h"

/* `band` is a GDALRasterBandH, of this number in the file `path`. Errors: WEFT_ERR_DATA, its pixels are complex, or of
 * a type that weft does not know, or are 8-bit integers with a sign as VRTs had them for GDAL before 3.7, of which a
 * newer one makes the negative ones 0.
 *
 * Int8     GDAL's own type since 3.7; before that a Byte whose PIXELTYPE is SIGNEDBYTE
 * Float32  of Float16 too, which GDAL has since 3.11 (before that it gave such files' pixels as Float32 itself) */
weft_status weft_pixel_type(void *band, const char *path, int number, weft_data_type *out, weft_error *err);

/* The GDALDataType to ask GDALRasterIO() for, so that pixels come as values of weft_pixel_type(). */
int weft_pixel_buffer_type(void *band);

/* Reads a block whole, as GDALReadBlock() does, `count` values of weft_pixel_type(). One thread a dataset at a time.
 * False: GDAL could not, and has said why. */
bool weft_pixel_read_block(void *band, int block_col, int block_row, int64_t count, void *values);

#endif
