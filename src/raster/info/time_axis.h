/* Between the files of this folder only: the dates of bands that lie along a time axis.
 *
 * Time is a number of some unit since a date, in a calendar that need not be the Gregorian one (CF conventions 1.10,
 * chapter 4.4).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_TIME_AXIS_H
#define WEFT_RASTER_TIME_AXIS_H

#include "core/moment.h"
#include "raster/info/source_info.h"

#include <gdal.h>

/* Sets the dates of bands, where GDAL's netCDF driver says that each is of another time: days alone where no two are of
 * one day. It is enough that those which may be read (`wanted`) are of different times, as the bands of one level are.
 * Returns why they have no dates though there is a time axis; NULL: they have, or there is none. */
const char *weft_time_axis_read(weft_band_info *bands, int count, GDALDatasetH dataset);

#endif
