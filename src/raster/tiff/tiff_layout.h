/* Where a TIFF keeps its blocks, and how: the tags of its first directory that say so (TIFF 6.0, and BigTIFF).
 *
 * Only common layouts are read; of any other it is said that there is none. The places of blocks are not kept: they are
 * looked up in the file, so that a file of millions of blocks takes no more memory than one of a few.
 *
 * thread  any, for every function
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_TIFF_LAYOUT_H
#define WEFT_RASTER_TIFF_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of numbers in the file: the offsets of all blocks, or their sizes. */
typedef struct weft_tiff_list {
    int64_t at; /* byte of the file where it begins */
    int64_t count;
    int entry_bytes; /* 2, 4 or 8 */
} weft_tiff_list;

typedef struct weft_tiff_layout {
    int64_t cols, rows;
    int64_t block_cols, block_rows; /* tiles, or strips as wide as the raster */
    int64_t blocks_across, blocks_down;
    bool tiled;
    int bands;
    int samples;     /* bands in a block: all of them where they are interleaved by pixel, else 1 */
    int value_bytes; /* 1, 2, 4 or 8 */
    int compression; /* the tag's number */
    int predictor;   /* 1, 2 or 3 */
    /* The geotransform, in GDAL's order, that one tiepoint and the pixels' size give (GeoTIFF 1.1, B.6), if the place is
     * told by these; where pixels are points it is half a pixel beside the raster's. */
    bool has_place;
    double place[6];
    weft_tiff_list offsets, sizes;
} weft_tiff_layout;

typedef enum weft_tiff_answer {
    WEFT_TIFF_YES,
    WEFT_TIFF_NO,     /* not such a file, or cut off */
    WEFT_TIFF_FAILED, /* the system could not read: errno says why */
} weft_tiff_answer;

/* Reads `length` bytes at `from`. WEFT_TIFF_NO: the file ends before. */
weft_tiff_answer weft_tiff_read_bytes(int fd, int64_t from, size_t length, void *out);

/* Reads the layout of a file that is open for reading. */
weft_tiff_answer weft_tiff_layout_read(weft_tiff_layout *out, int fd);

/* The number of a block in the lists: band from 1. */
int64_t weft_tiff_block_number(const weft_tiff_layout *layout, int band, int64_t block_col, int64_t block_row);

/* Rows of pixels that a row of blocks has in the file: the last strips are cut at the raster's end, tiles are not. */
int64_t weft_tiff_block_rows_at(const weft_tiff_layout *layout, int64_t block_row);

#endif
