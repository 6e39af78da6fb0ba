/* What a catalog keeps of a file and of a raster: the reader of headers fills it in, the store writes it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_CATALOG_RECORDS_H
#define WEFT_CORE_CATALOG_RECORDS_H

#include "core/status.h"

#include <stdint.h>

/* Longitude and latitude. */
typedef struct weft_footprint_point {
    double x, y;
} weft_footprint_point;

/* A ring without holes; the first point is not repeated. */
typedef struct weft_footprint_ring {
    const weft_footprint_point *points;
    int count;
} weft_footprint_ring;

/* The least and the largest longitude and latitude of a ring that has points. */
static inline void weft_footprint_ring_span(const weft_footprint_ring *ring, weft_footprint_point *low,
                                            weft_footprint_point *high) {
    *low = *high = ring->points[0];
    for (int i = 1; i < ring->count; i++) {
        const weft_footprint_point *point = &ring->points[i];
        if (point->x < low->x) low->x = point->x;
        if (point->y < low->y) low->y = point->y;
        if (point->x > high->x) high->x = point->x;
        if (point->y > high->y) high->y = point->y;
    }
}

/* What a raster covers: one ring, or two where it is cut by the meridian of 180 degrees. */
typedef struct weft_footprint {
    weft_footprint_ring rings[2];
    int ring_count;
} weft_footprint;

/* A file of a folder, as the file system shows it. */
typedef struct weft_catalog_file {
    const char *name; /* any bytes but / */
    int64_t bytes, modified_ns, changed_ns, inode;
    int64_t fid;         /* of its feature; 0: none */
    const char *problem; /* NULL: none */
} weft_catalog_file;

#define WEFT_CATALOG_NO_TIME INT64_MIN

/* One feature. All is borrowed. NULL: not known. */
typedef struct weft_catalog_raster {
    weft_footprint footprint;
    const char *location; /* what GDAL opens: an absolute path, or a name of one of its own file systems */
    const char *name;
    int64_t bytes, modified_ns; /* bytes -1: not known, the time neither */
    const char *driver;
    const char *crs, *crs_wkt;
    int64_t cols, rows; /* 0: not known, geotransform neither */
    double geotransform[6];
    int band_count; /* 0: not known */
    const char *type;
    const char *bands;      /* JSON, an array of objects: name, type, nodata, unit, block, overviews */
    int overviews;          /* of the first band */
    int64_t acquired_ms;    /* since 1970 in UTC; WEFT_CATALOG_NO_TIME */
    double cloud_cover;     /* in percent; NaN */
    const char *properties; /* JSON, an object */
    const char *depends;    /* JSON, an array of paths */
    const char *problem;    /* what GDAL warned of */
    int64_t layout;         /* rasters of one are alike in all but place and size; 0: not known */
} weft_catalog_raster;

#endif
