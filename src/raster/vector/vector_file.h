/* Features of a file that OGR reads, one after the other: their geometry and the values of their fields.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_VECTOR_FILE_H
#define WEFT_RASTER_VECTOR_FILE_H

#include "core/data_type.h"
#include "raster/crs/crs.h"

typedef struct weft_vector_file weft_vector_file; /* one thread at a time */

typedef struct weft_vector_options {
    const char *path;
    const char *layer; /* NULL: the only one */
    const char *where; /* OGR's SQL; NULL: all features */
    const char *crs;   /* instead of what the file says; NULL: the file's */
    const char *x, *y; /* the fields that are a point's coordinates; NULL: its geometry is */
} weft_vector_options;

/* Opens the file, finds the layer, sets the filter.
 *
 * errors  WEFT_ERR_NO_INPUT, WEFT_ERR_PERMISSION, WEFT_ERR_DATA (not OGR's, no such layer, several layers, a filter
 *         that OGR does not read), each with a hint; WEFT_ERR_MEMORY */
weft_status weft_vector_file_open(weft_vector_file **out, const weft_vector_options *options, weft_error *err);
/* NULL is fine. */
void weft_vector_file_close(weft_vector_file *file);

/* NULL: the file says none, nor did the options. */
const weft_crs *weft_vector_file_crs(const weft_vector_file *file);

/* Fields are counted from 0. */
int weft_vector_file_field_count(const weft_vector_file *file);
const char *weft_vector_file_field_name(const weft_vector_file *file, int field);
/* The number of the field of this name. Errors: WEFT_ERR_DATA, with the nearest name, or all of them, as a hint. */
weft_status weft_vector_file_field(const weft_vector_file *file, const char *name, int *out, weft_error *err);
/* WEFT_INT64, WEFT_FLOAT64, WEFT_DATE, or WEFT_TEXT(1) for what is kept as text, of whatever width. */
weft_data_type weft_vector_file_field_type(const weft_vector_file *file, int field);

/* Whether it knows texts alone, as CSV does. */
bool weft_vector_file_is_text(const weft_vector_file *file);
/* Whether its features have a geometry, or none ever has. */
bool weft_vector_file_has_geometry(const weft_vector_file *file);
/* Goes to where weft_vector_file_next() gives the feature `index` of those that the filter lets through. Errors:
 * WEFT_ERR_DATA, WEFT_ERR_IO. */
weft_status weft_vector_file_seek(weft_vector_file *file, int64_t index, weft_error *err);
/* The number of a CSV file's row, of those that were read, in which a quote begins inside a field and does not end in its
 * line, so that OGR takes rows after it for a part of that field; 0: none was seen. */
int64_t weft_vector_file_open_quote(const weft_vector_file *file);
/* What GDAL warned of while the file was opened and its features were read, on one line; NULL: of nothing. The file's. */
const char *weft_vector_file_warnings(const weft_vector_file *file);

/* Goes on to the next feature; *any is false after the last. Errors: WEFT_ERR_IO, WEFT_ERR_DATA. */
weft_status weft_vector_file_next(weft_vector_file *file, bool *any, weft_error *err);
/* Begins again at the first. */
void weft_vector_file_rewind(weft_vector_file *file);

/* --- of the feature at hand --- */

int64_t weft_vector_feature_id(const weft_vector_file *file);

/* The value of a field; false where it is not set. A text is the file's until the next feature. */
bool weft_vector_feature_integer(const weft_vector_file *file, int field, int64_t *out);
bool weft_vector_feature_real(const weft_vector_file *file, int field, double *out);
bool weft_vector_feature_date(const weft_vector_file *file, int field, int32_t *out);
const char *weft_vector_feature_text(const weft_vector_file *file, int field);

/* Calls `ring` for each ring of the feature's polygons, which it may change. x, y: its corners in the file's CRS, the
 * first once more at the end. Curves are made of straight pieces. *any: whether there was one.
 *
 * errors  WEFT_ERR_DATA: no polygon, or one that is not valid (it crosses itself) and covers a place
 * twice or less than once, with where; those of `ring` */
typedef weft_status (*weft_vector_ring_fn)(void *payload, bool hole, double *x, double *y, int64_t count,
                                           weft_error *err);
weft_status weft_vector_feature_rings(weft_vector_file *file, weft_vector_ring_fn ring, void *payload, bool *any,
                                      weft_error *err);

/* The feature's point, of its geometry or of its fields. *any is false where it has no geometry or an empty one, or no
 * value in one of these fields, or one that is not finite. Errors: WEFT_ERR_DATA: not a point; a field that is no number. */
weft_status weft_vector_feature_point(weft_vector_file *file, double *x, double *y, bool *any, weft_error *err);

/* The feature's geometry as WKB (ISO, little endian) of two dimensions, in the file's CRS, and its bounds: xmin, ymin,
 * xmax, ymax. *length: 0 where it has none, or an empty one. Curves are made of straight pieces. Errors: WEFT_ERR_DATA:
 * it takes more than `room` bytes. */
weft_status weft_vector_feature_wkb(const weft_vector_file *file, uint8_t *out, size_t room, size_t *length,
                                    double bounds[4], weft_error *err);
/* What that takes at most. */
size_t weft_vector_feature_wkb_bytes(const weft_vector_file *file);
/* The same geometry's kind: "Polygon", "MultiPolygon", "Point" ..; NULL: there is none. */
const char *weft_vector_feature_kind(const weft_vector_file *file);

#endif
