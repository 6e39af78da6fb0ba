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

/* The moment of `value`, in UTC, in units as "days since 1850-01-01 00:00:00" or "hours since 1850-01-01 00:00 -6:00".
 * calendar: CF's name; NULL: standard, which is Julian up to October 1582. False: one of them is of another form. */
bool weft_time_axis_moment(const char *units, const char *calendar, double value, weft_moment *out);

/* Sets the dates of bands, where GDAL's netCDF driver says that each is of another time: days alone where no two are of
 * one day. */
void weft_time_axis_read(weft_band_info *bands, int count, GDALDatasetH dataset);

#endif
