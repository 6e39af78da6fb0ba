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

/* Asks PROJ for operations to one CRS. PROJ's database is open from one question to the next: to open it takes longer than
 * an answer. One thread at a time. */
typedef struct weft_operation_finder weft_operation_finder;

/* to: outlives it. Errors: WEFT_ERR_MEMORY. */
weft_status weft_operation_finder_new(weft_operation_finder **out, const weft_crs *to, weft_error *err);
/* NULL is fine. */
void weft_operation_finder_free(weft_operation_finder *finder);

/* The best operation with the grids that are there, and with all that PROJ knows of, for `area` in `from`.
 * Errors: WEFT_ERR_MEMORY. */
weft_status weft_operation_find(weft_crs_operation *out, weft_operation_finder *finder, const weft_crs *from,
                                weft_bounds area, weft_error *err);
void weft_crs_operation_dispose(weft_crs_operation *operation);

#endif
