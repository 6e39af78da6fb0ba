/* SPDX-License-Identifier: MIT
 *
 * An overview counts where all bands have it, with what says which of its pixels are missing. */
#include "raster/gdal/overview_band.h"
#include "raster/source/source.h"
#include "raster/source/source_parts.h"

#include <gdal.h>
#include <math.h>
#include <stdlib.h>

#define ROUNDING 1e-6 /* of a factor: scales of the same CRS are exact, others are differences of positions */

static bool is_of_size(GDALRasterBandH band, int cols, int rows) {
    return band != NULL && GDALGetRasterBandXSize(band) == cols && GDALGetRasterBandYSize(band) == rows;
}

/* A mask in a file of its own (.msk) may have no overviews; then GDAL calls every pixel of the raster's overview valid. */
static bool mask_has(GDALRasterBandH own, GDALRasterBandH handle, int cols, int rows) {
    GDALRasterBandH mask = GDALGetMaskBand(own);
    bool has = false;
    for (int i = 0; i < GDALGetOverviewCount(mask) && !has; i++)
        has = is_of_size(GDALGetOverview(mask, i), cols, rows);
    return has && (GDALGetMaskFlags(handle) & GMF_ALL_VALID) == 0 && is_of_size(GDALGetMaskBand(handle), cols, rows);
}

static bool band_has(const weft_source_info *info, const weft_band_info *band, GDALDatasetH dataset, int overview,
                     int cols, int rows) {
    GDALRasterBandH own = weft_overview_band(dataset, band->number, 0);
    GDALRasterBandH handle = weft_overview_band(dataset, band->number, overview);
    if (!is_of_size(handle, cols, rows) || GDALGetRasterDataType(handle) != GDALGetRasterDataType(own)) return false;
    if (band->nodata_kind == WEFT_NODATA_ALPHA)
        return is_of_size(weft_overview_band(dataset, info->alpha_band, overview), cols, rows);
    if (band->nodata_kind != WEFT_NODATA_MASK) return true;
    return mask_has(own, handle, cols, rows);
}

static bool is_complete(const weft_source_info *info, GDALDatasetH dataset, int overview, int cols, int rows) {
    for (int i = 0; i < info->band_count; i++)
        if (!band_has(info, &info->bands[i], dataset, overview, cols, rows)) return false;
    return true;
}

/* Of those that fit the one with the fewest pixels. */
static void look_at(const weft_source_info *info, GDALDatasetH dataset, int overview, const double scale[2],
                    weft_source_overview *best) {
    GDALRasterBandH band = weft_overview_band(dataset, info->bands[0].number, overview);
    if (band == NULL) return;
    int cols = GDALGetRasterBandXSize(band), rows = GDALGetRasterBandYSize(band);
    double across = (double)info->cols / cols, down = (double)info->rows / rows;
    bool fits = across <= scale[0] * (1 + ROUNDING) && down <= scale[1] * (1 + ROUNDING);
    if (!fits || across * down <= best->factor[0] * best->factor[1]) return;
    if (!is_complete(info, dataset, overview, cols, rows)) {
        best->incomplete = overview;
        return;
    }
    best->level = overview;
    best->incomplete = 0; /* this one is coarser */
    best->factor[0] = across;
    best->factor[1] = down;
}

weft_status weft_source_find_overview(const weft_source *source, const double scale[2], weft_source_overview *out,
                                      weft_error *err) {
    void *dataset;
    *out = (weft_source_overview){.factor = {1, 1}};
    weft_status status = weft_source_open_same(source, &dataset, err);
    if (status != WEFT_OK) return status;
    out->count = GDALGetOverviewCount(weft_overview_band(dataset, source->info.bands[0].number, 0));
    for (int overview = 1; overview <= out->count; overview++)
        look_at(&source->info, dataset, overview, scale, out);
    GDALClose(dataset);
    return WEFT_OK;
}

weft_status weft_source_open_overview(weft_source **out, const weft_source *source, int overview, weft_error *err) {
    weft_source_options options = source->options;
    const weft_source_info *info = &source->info;
    int *bands = calloc((size_t)info->band_count, sizeof *bands);
    *out = NULL;
    if (bands == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < info->band_count; i++)
        if (info->bands[i].wanted) bands[options.band_count++] = info->bands[i].number;
    options.bands = bands;
    options.overview = overview;
    weft_status status = weft_source_open(out, info->path, options, source->cache, err);
    free(bands);
    return status;
}
