/* What the first bytes of a file say of how it is compressed, where the driver does not tell: for codec_memory.c, which
 * needs to know before a pixel is read. A file that is not understood gives false or 0.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CODEC_HEADER_H
#define WEFT_RASTER_CODEC_HEADER_H

#include <stdbool.h>
#include <stdint.h>

/* The size of the tiles of a JPEG 2000 image of cols x rows pixels (ISO/IEC 15444-1, A.5.1), no larger than it. False
 * where the file does not say, or holds another image first. path: anything GDAL opens. */
bool weft_codec_header_jp2_tile(const char *path, double cols, double rows, double *tile_cols, double *tile_rows);

/* Bytes that libjpeg keeps of a progressive file's coefficients (ISO/IEC 10918-1, B.2.2); 0 where it is not one. */
int64_t weft_codec_header_jpeg_coefficients(const char *path);

/* Whether all of a PNG is read before its first row is known (ISO/IEC 15948, 11.2.2). */
bool weft_codec_header_is_interlaced_png(const char *path);

#endif
