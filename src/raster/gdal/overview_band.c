/* SPDX-License-Identifier: MIT
 *
 * Overviews are reached through the raster's bands. GDAL's open option OVERVIEW_LEVEL makes a dataset of one, but its
 * bands have lost their names, scale and offset. */
#include "raster/gdal/overview_band.h"

#include <gdal.h>

void *weft_overview_band(void *dataset, int number, int overview) {
    GDALRasterBandH band = GDALGetRasterBand(dataset, number);
    if (overview == 0 || band == NULL) return band;
    return overview <= GDALGetOverviewCount(band) ? GDALGetOverview(band, overview - 1) : NULL;
}

const char *weft_overview_structure(void *dataset, int overview, const char *item) {
    GDALRasterBandH band = overview == 0 ? NULL : weft_overview_band(dataset, 1, overview);
    GDALDatasetH of = band == NULL ? NULL : GDALGetBandDataset(band);
    const char *text = of == NULL ? NULL : GDALGetMetadataItem(of, item, "IMAGE_STRUCTURE");
    return text != NULL ? text : GDALGetMetadataItem(dataset, item, "IMAGE_STRUCTURE");
}
