/* Arithmetic on geotransforms, GDAL's six numbers: x = g[0] + u g[1] + v g[2], y = g[3] + u g[4] + v g[5].
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_GEOTRANSFORM_H
#define WEFT_RASTER_GEOTRANSFORM_H

/* A step in CRS units as a step in pixels. Without rotation it is one division, which gives whole pixels where there
 * are whole pixels. */
void weft_geotransform_step(const double g[6], double dx, double dy, double *du, double *dv);

#endif
