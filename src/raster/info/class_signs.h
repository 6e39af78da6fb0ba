/* What of a band says that its values are numbers of classes, or flags, of which no mean can be taken.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CLASS_SIGNS_H
#define WEFT_RASTER_CLASS_SIGNS_H

#include <stdint.h>

/* The first sign that is there, in words ("it has a palette"), which last; NULL: none. dataset, band: GDAL's. One
 * thread for each dataset. */
const char *weft_class_signs_find(void *dataset, void *band);

/* Digests of the names that a band gives its values, so that bands of many files can be compared. */
typedef struct weft_class_names {
    uint64_t set;    /* of the names, whatever value each is of; 0: there are none */
    uint64_t placed; /* of the names with their values */
} weft_class_names;

weft_class_names weft_class_names_read(void *band);

#endif
