/* Reads a catalog: features that pass a filter, and what is known of one file.
 *
 * Errors of all functions, where nothing else is said: WEFT_ERR_IO, WEFT_ERR_BUSY, WEFT_ERR_DATA (damaged),
 * WEFT_ERR_MEMORY. One thread.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_CATALOG_QUERY_H
#define WEFT_STORE_CATALOG_QUERY_H

#include "store/catalog/catalog_file.h"
#include "store/queries/metrics_query.h"

#define WEFT_CATALOG_PIXELS 8

/* What features are to be. Texts are borrowed; zero-initialised passes all. */
typedef struct weft_catalog_filter {
    bool has_bbox;
    bool by_pixels;        /* those too that meet the box grown by WEFT_CATALOG_PIXELS pixels of their own */
    double bbox[4];        /* west, south, east, north; west over east: across the meridian of 180 degrees */
    const char *name;      /* a glob, of the name, or where it has a slash of the location; NULL: any */
    const char *from, *to; /* acquired then, both of them too: the beginning of a time in ISO 8601; NULL: any */
    bool has_resolution;
    double resolution[2];    /* CRS units a pixel, the larger side: from, to */
    const char *band;        /* a band's name, or the property "band"; NULL: any */
    const char *const *tags; /* "KEY" is there, "KEY=VALUE" is that */
    int tag_count;
    bool has_cloud_cover;
    double cloud_cover; /* at most, in percent; unknown passes not */
    const char *where;  /* a condition of SQL, over fields and properties; NULL: none */
    /* newest, oldest, name, or a field or property, "-" before it: from high to low. NULL: location. */
    const char *order;
    int64_t limit; /* 0: none */
} weft_catalog_filter;

/* Which columns rows have. */
typedef enum weft_catalog_columns {
    WEFT_CATALOG_SHORT, /* for people */
    WEFT_CATALOG_PLAIN, /* all but JSON */
    WEFT_CATALOG_ALL,   /* these, with JSON, after the footprint as a GeoJSON geometry */
} weft_catalog_columns;

/* Calls `fn` for each feature, the header first, as weft_metrics_query() does. Errors: WEFT_ERR_USAGE (the condition or
 * the order is no good). */
weft_status weft_catalog_list(weft_catalog *catalog, const weft_catalog_filter *filter, weft_catalog_columns columns,
                              weft_metrics_row_fn fn, void *payload, weft_error *err);

/* What a run needs of a feature that passes. All is borrowed. */
typedef struct weft_catalog_pick {
    const char *location;
    int64_t bytes, modified_ms; /* bytes -1: not known, the time neither */
    int64_t layout;             /* 0: not known; else cols, rows and geotransform are */
    int64_t cols, rows;
    double geotransform[6];
    const char *acquired;      /* in ISO 8601; NULL: not known */
    const char *const *values; /* of the properties that were asked for; NULL: it has none of that name */
} weft_catalog_pick;

typedef weft_status (*weft_catalog_pick_fn)(void *payload, const weft_catalog_pick *pick, weft_error *err);

#define WEFT_CATALOG_PROPERTIES 16

/* Calls `fn` for each feature that passes, in order. properties: names of what `values` are, `count` of them, at most
 * WEFT_CATALOG_PROPERTIES. Errors: as weft_catalog_list(); those of fn. */
weft_status weft_catalog_pick_all(weft_catalog *catalog, const weft_catalog_filter *filter,
                                  const char *const *properties, int count, weft_catalog_pick_fn fn, void *payload,
                                  weft_error *err);

/* Like weft_catalog_list(), of the one feature of this location. *found: whether it is there. */
weft_status weft_catalog_show(weft_catalog *catalog, const char *location, weft_catalog_columns columns,
                              weft_metrics_row_fn fn, void *payload, bool *found, weft_error *err);

/* Rows of files and folders that cannot be used: path, problem. */
weft_status weft_catalog_problems(weft_catalog *catalog, weft_metrics_row_fn fn, void *payload, weft_error *err);
/* Rows of counts: what, value, rasters, bytes. */
weft_status weft_catalog_stats(weft_catalog *catalog, weft_metrics_row_fn fn, void *payload, weft_error *err);

/* Calls `visit` for each path that the feature of this location depends on. *known: whether there is such a feature. */
weft_status weft_catalog_depends(weft_catalog *catalog, const char *location, bool *known,
                                 weft_status (*visit)(void *payload, const char *path, weft_error *err), void *payload,
                                 weft_error *err);

/* Forgets features and files that are not there any more, of those that lie in the file system. Commits. */
weft_status weft_catalog_prune(weft_catalog *catalog, int64_t *dropped, weft_error *err);

#endif
