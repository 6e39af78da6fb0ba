/* What of a band says that its values are numbers of classes, or flags, of which no mean can be taken.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CLASS_SIGNS_H
#define WEFT_RASTER_CLASS_SIGNS_H

/* The first sign that is there, in words ("it has a palette"), which last; NULL: none. dataset, band: GDAL's. One
 * thread for each dataset. */
const char *weft_class_signs_find(void *dataset, void *band);

#endif
