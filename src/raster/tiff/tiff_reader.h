/* Decodes blocks of a GeoTIFF, one after the other: the memory that a decoder works with, which one thread has at a time.
 *
 * Blocks that are interleaved by pixel are decoded once for all bands that are asked for in a row.
 *
 * memory  a block's compressed bytes, and in their place then some bands of it; where bands are interleaved the decoded
 *         block too; the codec's state. Together no
 *         more than the source's codec.bytes, which is booked for each decoder (handle_limit.h): a block that takes more
 *         is left to GDAL.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_TIFF_READER_H
#define WEFT_RASTER_TIFF_READER_H

#include "raster/tiff/tiff_file.h"

typedef struct weft_tiff_reader weft_tiff_reader;

typedef enum weft_tiff_outcome {
    WEFT_TIFF_DECODED,
    WEFT_TIFF_SPARSE,   /* the file does not hold this block: GDAL knows what it is filled with */
    WEFT_TIFF_UNFIT,    /* it does not decode, is cut off or is unusual: GDAL is to say what it makes of it */
    WEFT_TIFF_UNOPENED, /* the system could not open the file, which says nothing of this block: GDAL is to try */
    WEFT_TIFF_UNREAD,   /* the system could not read it: *reason is its errno */
    WEFT_TIFF_REPLACED, /* the file is another one by now */
    WEFT_TIFF_NO_MEMORY,
} weft_tiff_outcome;

/* NULL: there is no memory. The file outlives it. */
weft_tiff_reader *weft_tiff_reader_new(weft_tiff_file *file);
/* NULL is fine. */
void weft_tiff_reader_free(weft_tiff_reader *reader);

/* Fills `values` with a block of a band: block_cols * block_rows values; rows beyond a last strip's are 0. */
weft_tiff_outcome weft_tiff_reader_read(weft_tiff_reader *reader, int band, int64_t block_col, int64_t block_row,
                                        void *values, int *reason);

#endif
