/* SPDX-License-Identifier: MIT
 *
 * GDAL's COG driver makes overviews and layout. Its bands are interleaved, so a tile is smaller the more bands there
 * are; and each thread would hold twenty tiles more, so it works in one. */
#include "core/text.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/stack/stack_check.h"
#include "raster/stack/stack_file.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_TILE 512
#define MIN_TILE     128
#define TILE_BYTES   (INT64_C(2) << 20) /* of all bands: smaller tiles are taken above it */
#define CACHED_TILES 6  /* that GDAL holds: those under a tile of an overview, or they are decoded once a band */
#define HELD_TILES   28 /* that it was measured to hold besides, most of them for overviews */

static int64_t tile_side(int band_count, weft_data_type type) {
    int64_t side = LARGEST_TILE, cell = band_count * (int64_t)weft_data_type_size(type);
    while (side > MIN_TILE && side * side * cell > TILE_BYTES)
        side /= 2;
    return side;
}

/* Of all bands. */
static int64_t tile_bytes(int band_count, weft_data_type type) {
    int64_t side = tile_side(band_count, type);
    return side * side * band_count * (int64_t)weft_data_type_size(type);
}

int64_t weft_cog_memory(int64_t cols, int64_t rows, int band_count, weft_data_type type) {
    int64_t side = tile_side(band_count, type), tile = tile_bytes(band_count, type);
    double tiles = ceil((double)cols / (double)side) * ceil((double)rows / (double)side), table = 80.0 * tiles;
    /* Of a small one, all tiles and those of its overviews, twice. */
    double held = fmin(2.7 * tiles + CACHED_TILES, HELD_TILES + CACHED_TILES);
    return (table < 1e15 ? (int64_t)table : INT64_C(1000000000000000)) + (int64_t)(held * (double)tile) +
           (INT64_C(8) << 20);
}

static int keep_going(double complete, const char *message, void *payload) {
    const weft_cancel *cancel = payload;
    (void)complete;
    (void)message;
    return cancel == NULL || weft_cancel_requested(cancel) == WEFT_CANCEL_NONE;
}

static char **creation_options(const weft_cog_options *options, const weft_stack_spec *spec) {
    double bytes = (double)spec->grid->cols * (double)spec->grid->rows * spec->band_count *
                   (double)weft_data_type_size(spec->type);
    char number[32], **list = NULL;
    (void)snprintf(number, sizeof number, "%lld", (long long)tile_side(spec->band_count, spec->type));
    list = CSLSetNameValue(list, "BLOCKSIZE", number);
    list = CSLSetNameValue(list, "COMPRESS", "DEFLATE");
    list = CSLSetNameValue(list, "PREDICTOR", "YES");
    list = CSLSetNameValue(list, "OVERVIEW_RESAMPLING", options->nearest ? "NEAREST" : "AVERAGE");
    list = CSLSetNameValue(list, "OVERVIEWS", "IGNORE_EXISTING");
    /* With its overviews it is a third larger. */
    return CSLSetNameValue(list, "BIGTIFF", bytes > 1.5e9 ? "YES" : "NO");
}

static weft_status copy(const weft_cog_options *options, const weft_stack_spec *spec, GDALDatasetH stack,
                        weft_error *err) {
    char **list = creation_options(options, spec);
    CPLErrorReset();
    GDALDatasetH made = GDALCreateCopy(GDALGetDriverByName("COG"), options->path, stack, FALSE, list, keep_going,
                                       (void *)options->cancel);
    CSLDestroy(list);
    bool ok = made != NULL && CPLGetLastErrorType() < CE_Failure;
    if (made != NULL) GDALClose(made);
    if (ok && CPLGetLastErrorType() < CE_Failure) return WEFT_OK;
    weft_status status = options->cancel == NULL ? WEFT_OK : weft_cancel_check(options->cancel, err);
    return status != WEFT_OK ? status : weft_stack_io_error(err, options->path, "cannot write");
}

/* Reads a stretch of the last band's last tile. */
static bool read_last(GDALDatasetH dataset, const weft_stack_spec *spec, void *cells) {
    int side = (int)tile_side(spec->band_count, spec->type);
    int cols = GDALGetRasterXSize(dataset), rows = GDALGetRasterYSize(dataset);
    int col = (cols - 1) / side * side, row = (rows - 1) / side * side;
    int width = cols - col < MIN_TILE ? cols - col : MIN_TILE;
    int height = rows - row < MIN_TILE ? rows - row : MIN_TILE;
    GDALRasterBandH band = GDALGetRasterBand(dataset, spec->band_count);
    return GDALRasterIO(band, GF_Read, col, row, width, height, cells, width, height, GDALGetRasterDataType(band), 0,
                        0) == CE_None;
}

/* Whether it says that it is laid out for the cloud, and cells of its last tile are the stack's. */
static weft_status check(const weft_cog_options *options, const weft_stack_spec *spec, GDALDatasetH stack,
                         weft_error *err) {
    static const char *const drivers[] = {"GTiff", NULL};
    size_t bytes = (size_t)MIN_TILE * MIN_TILE * weft_data_type_size(spec->type);
    char *cells = calloc(2, bytes);
    if (cells == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to look at it", options->path);
    CPLErrorReset();
    GDALDatasetH made = GDALOpenEx(options->path, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, NULL, NULL);
    const char *layout = made == NULL ? NULL : GDALGetMetadataItem(made, "LAYOUT", "IMAGE_STRUCTURE");
    bool same = layout != NULL && strcmp(layout, "COG") == 0 && read_last(made, spec, cells) &&
                read_last(stack, spec, cells + bytes) && memcmp(cells, cells + bytes, bytes) == 0;
    if (made != NULL) GDALClose(made);
    free(cells);
    if (same) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_IO, "%s: what was written does not read back as it should", options->path);
}

weft_status weft_cog_make(const weft_cog_options *options, const weft_stack_spec *spec, weft_error *err) {
    static const char *const drivers[] = {"GTiff", NULL};
    CPLErrorReset();
    GDALDatasetH stack = GDALOpenEx(options->stack_path, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, NULL, NULL);
    if (stack == NULL) return weft_stack_io_error(err, options->stack_path, "cannot open");
    int64_t cache = GDALGetCacheMax64(), wanted = CACHED_TILES * tile_bytes(spec->band_count, spec->type);
    if (!options->small_cache && wanted > cache) GDALSetCacheMax64(wanted);
    CPLSetThreadLocalConfigOption("CPL_TMPDIR", options->temp_folder);
    weft_stack_alone(true);
    weft_status status = copy(options, spec, stack, err);
    weft_stack_alone(false);
    CPLSetThreadLocalConfigOption("CPL_TMPDIR", NULL);
    GDALSetCacheMax64(cache);
    if (status == WEFT_OK) status = weft_stack_sync(options->path, err);
    if (status == WEFT_OK) status = weft_stack_check(options->path, spec, NULL, err);
    if (status == WEFT_OK) status = check(options, spec, stack, err);
    GDALClose(stack);
    return status;
}
