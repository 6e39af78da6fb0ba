/* SPDX-License-Identifier: MIT
 *
 * The parameters are those of the CF conventions (1.10, appendix F), the correspondence is that of GDAL's
 * OGRSpatialReference::SetDerivedGeogCRSWithPoleRotationNetCDFCFConvention(). */
#include "raster/array/rotated_pole.h"

#include <cpl_string.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An attribute of the variable of a grid mapping; `otherwise` where there is none. */
static double number(GDALDatasetH dataset, const char *mapping, const char *attribute, double otherwise) {
    const char *text = GDALGetMetadataItem(dataset, CPLSPrintf("%s#%s", mapping, attribute), NULL);
    return text == NULL ? otherwise : strtod(text, NULL);
}

bool weft_rotated_pole_crs(void *dataset, char *out, size_t capacity) {
    const char *mapping = GDALGetMetadataItem(GDALGetRasterBand(dataset, 1), "grid_mapping", NULL);
    if (mapping == NULL) return false;
    const char *name = GDALGetMetadataItem(dataset, CPLSPrintf("%s#grid_mapping_name", mapping), NULL);
    if (name == NULL || strcmp(name, "rotated_latitude_longitude") != 0) return false;
    double pole_longitude = number(dataset, mapping, "grid_north_pole_longitude", 0);
    (void)snprintf(out, capacity,
                   "+proj=ob_tran +o_proj=longlat +o_lon_p=%.10g +o_lat_p=%.10g +lon_0=%.10g +ellps=WGS84 "
                   "+to_meter=0.0174532925199433",
                   number(dataset, mapping, "north_pole_grid_longitude", 0),
                   number(dataset, mapping, "grid_north_pole_latitude", 90), 180 + pole_longitude);
    return true;
}
