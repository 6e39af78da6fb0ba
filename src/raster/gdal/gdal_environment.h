/* Between the files of this folder only: keeps GDAL's settings from outside from changing what is read and written.
 *
 * GDAL asks the environment, and its configuration file (~/.gdal/gdalrc, GDAL_CONFIG_FILE), for some hundred options.
 * Many of them change values (GDAL_NETCDF_BOTTOMUP, GRIB_NORMALIZE_UNITS), hide companions (GDAL_PAM_ENABLED), hide
 * errors (GTIFF_IGNORE_READ_ERRORS), change the bytes of outputs (GDAL_TIFF_ENDIANNESS), or take memory that the limit
 * does not know (GDAL_CACHEMAX, VSI_CACHE). A run's answer follows from its configuration and inputs, so they are left
 * out. What stays says where things are and how they are reached: data folders, plugins, proxies, credentials, caches
 * on disk, and limits whose excess GDAL refuses.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_GDAL_ENVIRONMENT_H
#define WEFT_RASTER_GDAL_ENVIRONMENT_H

#include <stdbool.h>

/* Whether a variable of the environment, or a key of the configuration file, is an option that is left out. */
bool weft_gdal_option_is_left_out(const char *name);

/* Takes the options that are left out from the environment of this process, and says on the log which were set. Before
 * GDAL registers its drivers, and while there is one thread. */
void weft_gdal_environment_clean(void);

/* The same for what GDAL has read from its configuration file, once its drivers are registered. */
void weft_gdal_options_clean(void);

#endif
