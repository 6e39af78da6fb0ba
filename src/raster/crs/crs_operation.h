/* Which of PROJ's operations takes places from one CRS to another, and how exact it is.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CRS_OPERATION_H
#define WEFT_RASTER_CRS_OPERATION_H

#include "raster/crs/grid.h"

/* Texts are owned; NULL where there is nothing to say. */
typedef struct weft_crs_operation {
    char *name;      /* of the operation that is used; NULL: PROJ lists none */
    double accuracy; /* metres; negative: not known */
    char *better;    /* of a better one, whose grids are missing here */
    double better_accuracy;
    char *missing; /* those grids' file names, with ", " between */
} weft_crs_operation;

/* Asks PROJ for the best operation with the grids that are there, and with all that it knows of, for `area` in `from`.
 * Errors: WEFT_ERR_MEMORY. */
weft_status weft_crs_operation_find(weft_crs_operation *out, const weft_crs *from, const weft_crs *to, weft_bounds area,
                                    weft_error *err);
void weft_crs_operation_dispose(weft_crs_operation *operation);

#endif
