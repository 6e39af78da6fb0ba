/* SPDX-License-Identifier: MIT
 *
 * The inverse of the two by two matrix in a geotransform. */
#include "raster/crs/geotransform.h"

#include <stdbool.h>

void weft_geotransform_step(const double g[6], double dx, double dy, double *du, double *dv) {
    double determinant = g[1] * g[5] - g[2] * g[4];
    bool straight = g[2] == 0 && g[4] == 0;
    *du = straight ? dx / g[1] : (dx * g[5] - dy * g[2]) / determinant;
    *dv = straight ? dy / g[5] : (dy * g[1] - dx * g[4]) / determinant;
}
