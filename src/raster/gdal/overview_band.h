/* Between the folders of src/raster only: the bands of a raster's overviews.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_OVERVIEW_BAND_H
#define WEFT_RASTER_OVERVIEW_BAND_H

/* A GDALRasterBandH of a GDALDatasetH. overview: counted from 1, as gdalinfo lists them; 0: the raster's own band.
 * NULL: there is none. */
void *weft_overview_band(void *dataset, int number, int overview);

/* What GDAL says of the structure of these pixels ("COMPRESSION", "INTERLEAVE"), which may be other than the raster's;
 * NULL: nothing. */
const char *weft_overview_structure(void *dataset, int overview, const char *item);

#endif
