/* SPDX-License-Identifier: MIT
 *
 * Each library's folder says which version it runs with; zlib, zstd and jansson are asked here. */
#include "cli/version.h"

#include "config/config.h"
#include "raster/gdal_setup.h"
#include "store/metrics_query.h"

#include <jansson.h>
#include <zlib.h>
#include <zstd.h>

void weft_print_version(FILE *to) {
    fprintf(to,
            "weft %s\n"
            "GDAL %s\n"
            "PROJ %s\n"
            "SQLite %s\n"
            "zlib %s\n"
            "zstd %s\n"
            "libyaml %s\n"
            "jansson %s\n",
            WEFT_VERSION, weft_raster_gdal_version(), weft_raster_proj_version(), weft_metrics_sqlite_version(),
            zlibVersion(), ZSTD_versionString(), weft_config_yaml_version(), JANSSON_VERSION);
}
