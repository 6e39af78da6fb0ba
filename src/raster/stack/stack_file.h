/* The aligned stack as a GeoTIFF: a band a column, written tile by tile, and checked when it is closed.
 *
 * Tiles are WEFT_STACK_TILE cells a side, deflated, each band's tiles apart. The file's bytes follow from the tiles and
 * the order in which they come; GDAL compresses them in threads of its own, in that order. A Cloud Optimized GeoTIFF is
 * made of a whole stack.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_STACK_FILE_H
#define WEFT_RASTER_STACK_FILE_H

#include "core/cancel.h"
#include "raster/stack/stack_spec.h"

typedef struct weft_stack_file weft_stack_file;

/* What the library holds beside the ledger while one is written, with its tables of tiles. */
int64_t weft_stack_file_unmanaged(int64_t cols, int64_t rows, int band_count, weft_data_type type, int threads);

/* Makes the file at `path`, over one that is there. `spec` is borrowed until the file is closed. Errors: WEFT_ERR_IO,
 * WEFT_ERR_DATA (GDAL cannot write such a stack), WEFT_ERR_MEMORY. */
weft_status weft_stack_file_create(weft_stack_file **out, const char *path, const weft_stack_spec *spec,
                                   weft_error *err);

/* Writes a whole tile: WEFT_STACK_TILE rows of as many cells, also where it reaches beyond the grid. Each tile once.
 * band, tile_col and tile_row count from 0. GDAL may
 * leave other cells behind. One thread. Errors: WEFT_ERR_IO. */
weft_status weft_stack_file_write(weft_stack_file *file, int band, int64_t tile_col, int64_t tile_row, void *cells,
                                  weft_error *err);

/* Ends the file, syncs it, opens it anew and compares what it says and its last tile with what was written: GDAL 3.6
 * does not report what goes wrong while it closes. Errors: WEFT_ERR_IO. */
weft_status weft_stack_file_finish(weft_stack_file *file, weft_error *err);

/* Closes it; the file stays. NULL is fine. */
void weft_stack_file_close(weft_stack_file *file);

/* Whether GeoTIFF's keys can say this CRS; readers of a file do not know it else. Any thread. */
bool weft_stack_keeps_crs(const weft_crs *crs);

/* How a stack is made into a Cloud Optimized GeoTIFF. */
typedef struct weft_cog_options {
    const char *stack_path;  /* a finished stack */
    const char *path;        /* of the new file */
    const char *temp_folder; /* for overviews on their way */
    bool nearest;            /* overviews take one of four cells, which classes need; else their mean */
    bool small_cache;        /* memory is short: GDAL decodes some tiles once a band */
    const weft_cancel *cancel;
} weft_cog_options;

/* What the library holds meanwhile, at most. */
int64_t weft_cog_memory(int64_t cols, int64_t rows, int band_count, weft_data_type type);

/* Makes it, and checks layout, size, bands and a tile against the stack. Errors: WEFT_ERR_IO, WEFT_ERR_CANCELLED,
 * WEFT_ERR_MEMORY. */
weft_status weft_cog_make(const weft_cog_options *options, const weft_stack_spec *spec, weft_error *err);

#endif
