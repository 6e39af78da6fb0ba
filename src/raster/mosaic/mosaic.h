/* Several files as one input.
 *
 * Files with the same CRS, resolution, pixel lattice (to 1e-3 of a pixel), types, scales and offsets are one raster
 * without a seam: a group, which is read like any source. Other files are in other groups. With FIRST and LAST a file
 * that lies over an earlier file of another group begins a group too, so that the groups' order is the list's. Each
 * file keeps its own nodata value, mask or alpha. Handles are closed after the headers were read, and few are open at a
 * time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_MOSAIC_H
#define WEFT_RASTER_MOSAIC_H

#include "raster/mosaic/mosaic_options.h"
#include "raster/source/source.h"

typedef struct weft_mosaic weft_mosaic;

/* Opens every file once to read its header; of files that a catalog describes, one of each layout. Reads no pixels.
 *
 * paths   `count` of them, in the order that counts
 * cache   as for weft_source_open()
 * errors  weft_source_open()'s, naming the file; WEFT_ERR_DATA when files have not the same number of bands. With
 *         `skipped`, the last file's when none can be opened */
weft_status weft_mosaic_open(weft_mosaic **out, const char *const *paths, int count, weft_mosaic_options options,
                             weft_block_cache *cache, weft_error *err);
/* NULL is fine. */
void weft_mosaic_close(weft_mosaic *mosaic);

/* Groups are in the order of their first files; a group's source is the mosaic's. Its info: path is the first file's,
 * nodata is the first file's, types are floats with WEFT_OVERLAP_MEAN. */
int weft_mosaic_group_count(const weft_mosaic *mosaic);
weft_source *weft_mosaic_group_source(const weft_mosaic *mosaic, int group);

/* A group's files, in list order: where their pixels lie in the group's. */
int weft_mosaic_part_count(const weft_mosaic *mosaic, int group);
weft_window weft_mosaic_part_window(const weft_mosaic *mosaic, int group, int part);

/* All files, in list order: absolute paths. */
int weft_mosaic_file_count(const weft_mosaic *mosaic);
const char *weft_mosaic_file_path(const weft_mosaic *mosaic, int file);
/* What the file declares; of a catalog's, what one of its layout does. */
const weft_source_info *weft_mosaic_file_info(const weft_mosaic *mosaic, int file);

/* How many files have nearly the same bounds and CRS as most of the files do (edges within a twentieth of a side), with
 * the number of the first and of the last of them; 0: no such place holds more than half of them. */
int weft_mosaic_find_pile(const weft_mosaic *mosaic, int *first, int *last);

/* What GDAL warned of when files were opened: a text, how many files it was said of, and the first of them. */
typedef struct weft_mosaic_warning {
    char *text;
    int first, count;
} weft_mosaic_warning;

/* All texts, in the order of their first files; the mosaic's. Texts that differ are kept up to a bound: `*others` is
 * the number of files with further ones. */
int weft_mosaic_warnings(const weft_mosaic *mosaic, const weft_mosaic_warning **out, int *others);

/* weft_source_check_files() and weft_source_visit_files() of every file. */
weft_status weft_mosaic_check_files(const weft_mosaic *mosaic, weft_error *err);
/* Blocks of one file that could not be read or decoded: weft_source_bad_blocks(). */
int64_t weft_mosaic_file_bad_blocks(const weft_mosaic *mosaic, int file);
weft_status weft_mosaic_visit_files(const weft_mosaic *mosaic, weft_file_list_fn fn, void *payload, weft_error *err);

#endif
