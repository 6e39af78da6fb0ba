/* SPDX-License-Identifier: MIT */
#include "raster/gdal/gdal_setup.h"
#include "raster/vector/decimal.h"
#include "raster/vector/vector_file.h"
#include "raster/vector/vector_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of a product: some hundred units in the last place, of long rings' sums. Of a coordinate: a corner that lies on a side is
 * off it by a few. */
#define AREA_ROUNDING   1e-13
#define CORNER_ROUNDING 1e-15

static weft_status reserve(weft_vector_file *file, int64_t count, weft_error *err) {
    if (count <= file->capacity) return WEFT_OK;
    double *x = realloc(file->x, (size_t)count * sizeof *x);
    if (x != NULL) file->x = x;
    double *y = realloc(file->y, (size_t)count * sizeof *y);
    if (y != NULL) file->y = y;
    if (x == NULL || y == NULL) return weft_vector_no_memory(file->path, err);
    file->capacity = count;
    return WEFT_OK;
}

static weft_status visit_polygon(weft_vector_file *file, OGRGeometryH polygon, weft_vector_ring_fn ring, void *payload,
                                 bool *any, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < OGR_G_GetGeometryCount(polygon) && status == WEFT_OK; i++) {
        OGRGeometryH part = OGR_G_GetGeometryRef(polygon, i);
        int count = OGR_G_GetPointCount(part);
        if (count < 3) continue;
        status = reserve(file, count, err);
        if (status != WEFT_OK) break;
        (void)OGR_G_GetPoints(part, file->x, sizeof *file->x, file->y, sizeof *file->y, NULL, 0);
        *any = true;
        status = ring(payload, i > 0, file->x, file->y, count, err);
    }
    return status;
}

static weft_status visit_geometry(weft_vector_file *file, OGRGeometryH geometry, weft_vector_ring_fn ring,
                                  void *payload, bool *any, weft_error *err) {
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
    weft_status status = WEFT_OK;
    if (type == wkbPolygon) return visit_polygon(file, geometry, ring, payload, any, err);
    if (type != wkbMultiPolygon && type != wkbGeometryCollection) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: feature %lld is a %s, not a polygon", file->path,
                       (long long)weft_vector_feature_id(file), OGR_G_GetGeometryName(geometry));
        weft_error_hint(err, "points and lines have no area; ogr2ogr makes polygons of closed lines");
        return WEFT_ERR_DATA;
    }
    for (int i = 0; i < OGR_G_GetGeometryCount(geometry) && status == WEFT_OK; i++)
        status = visit_geometry(file, OGR_G_GetGeometryRef(geometry, i), ring, payload, any, err);
    return status;
}

/* --- what is valid --- */

/* A sum of areas, and of what rounding may have added to it at most. */
typedef struct area_sum {
    double x, y; /* counted from here, so that little is rounded */
    double area, doubt;
} area_sum;

/* The area of a ring, whichever way it goes round: a hole's is taken off. */
static weft_status add_area(void *payload, bool hole, double *x, double *y, int64_t count, weft_error *err) {
    area_sum *sum = payload;
    double twice = 0, size = 0, corners = 0;
    (void)err;
    for (int64_t i = 0; i < count; i++) {
        int64_t next = i + 1 < count ? i + 1 : 0;
        double u = x[i] - sum->x, v = y[i] - sum->y, u1 = x[next] - sum->x, v1 = y[next] - sum->y;
        twice += u * v1 - u1 * v;
        size += fabs(u * v1) + fabs(u1 * v);
        corners += (fabs(x[i]) + fabs(y[i])) * (fabs(u1 - u) + fabs(v1 - v));
    }
    sum->area += (hole ? -0.5 : 0.5) * fabs(twice);
    sum->doubt += AREA_ROUNDING * size + CORNER_ROUNDING * corners;
    return WEFT_OK;
}

/* Whether a polygon that is not valid covers each place once all the same: parts that share a side, a ring that touches
 * itself, a spike. Here the areas of rings are added, and those of holes taken off; GEOS makes each ring valid, joins
 * the shells and cuts the holes out. Where a polygon crosses itself, parts overlap or holes lie outside, the two have
 * different areas. By lines alone (GEOS' older way) a gap that parts enclose would be filled. */
static weft_status covers_once(weft_vector_file *file, OGRGeometryH geometry, bool *once, weft_error *err) {
    OGREnvelope box;
    bool any;
    *once = false;
    OGR_G_GetEnvelope(geometry, &box);
    char *by_structure[] = {"METHOD=STRUCTURE", NULL};
    OGRGeometryH mended = OGR_G_MakeValidEx(geometry, by_structure);
    if (mended == NULL) mended = OGR_G_MakeValid(geometry); /* GEOS before 3.10 */
    if (mended == NULL) return weft_raster_out_of_memory() ? weft_vector_no_memory(file->path, err) : WEFT_OK;
    area_sum as_is = {.x = (box.MinX + box.MaxX) / 2, .y = (box.MinY + box.MaxY) / 2}, valid = as_is;
    weft_status status = visit_geometry(file, geometry, add_area, &as_is, &any, err);
    for (int i = 0; i < OGR_G_GetGeometryCount(mended) || i == 0; i++) {
        /* Of a spike a line is left, beside the polygon. */
        OGRGeometryH part = OGR_GT_IsSubClassOf(wkbFlatten(OGR_G_GetGeometryType(mended)), wkbGeometryCollection)
                                ? OGR_G_GetGeometryRef(mended, i)
                                : mended;
        if (part != NULL && status == WEFT_OK && OGR_G_GetDimension(part) == 2)
            status = visit_geometry(file, part, add_area, &valid, &any, err);
        if (part == mended) break;
    }
    *once = fabs(as_is.area - valid.area) <= as_is.doubt + valid.doubt && isfinite(as_is.area);
    OGR_G_DestroyGeometry(mended);
    return status;
}

/* GEOS says where a polygon crosses itself, as a warning. */
static weft_status check_valid(weft_vector_file *file, OGRGeometryH geometry, weft_error *err) {
    char reason[256];
    bool once = false;
    if (!weft_raster_clear_errors()) return weft_vector_no_memory(file->path, err);
    if (OGR_G_IsValid(geometry)) return WEFT_OK;
    if (weft_raster_out_of_memory()) return weft_vector_no_memory(file->path, err);
    (void)snprintf(reason, sizeof reason, "%s", weft_raster_last_reason("it is not valid"));
    weft_status status = covers_once(file, geometry, &once, err);
    if (status != WEFT_OK || once) return weft_raster_clear_errors() ? status : weft_vector_no_memory(file->path, err);
    weft_error_set(err, WEFT_ERR_DATA, "%s: the polygon of feature %lld is broken (%s)", file->path,
                   (long long)weft_vector_feature_id(file), reason);
    weft_error_hint(err, "ogr2ogr -makevalid mended.gpkg %s", file->path);
    return WEFT_ERR_DATA;
}

weft_status weft_vector_feature_rings(weft_vector_file *file, weft_vector_ring_fn ring, void *payload, bool *any,
                                      weft_error *err) {
    OGRGeometryH geometry = OGR_F_GetGeometryRef(file->feature), straight = NULL;
    *any = false;
    if (geometry == NULL || OGR_G_IsEmpty(geometry)) return WEFT_OK;
    if (OGR_G_HasCurveGeometry(geometry, TRUE)) {
        straight = OGR_G_GetLinearGeometry(geometry, 0, NULL);
        if (straight == NULL) return weft_vector_no_memory(file->path, err);
        geometry = straight;
    }
    weft_status status = check_valid(file, geometry, err);
    if (status == WEFT_OK) status = visit_geometry(file, geometry, ring, payload, any, err);
    OGR_G_DestroyGeometry(straight);
    return status;
}

static const char *skip_blanks(const char *text) {
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

/* A coordinate of a field. *any is left as it is where it has a value. */
static weft_status read_coordinate(const weft_vector_file *file, int field, double *out, bool *any, weft_error *err) {
    const char *text = weft_vector_feature_text(file, field), *end;
    if (text == NULL) text = "";
    if (!file->is_text && text[0] != '\0') {
        *out = OGR_F_GetFieldAsDouble(file->feature, field);
        return WEFT_OK;
    }
    text = skip_blanks(text);
    *out = NAN;
    bool none = text[0] == '\0' || weft_decimal_is_na(text);
    *any = *any && !none;
    if (none) return WEFT_OK;
    *out = weft_decimal_read(text, &end);
    if (end != text && *skip_blanks(end) == '\0') return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: feature %lld: %s is \"%.60s\", which is not a number", file->path,
                   (long long)weft_vector_feature_id(file),
                   OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(file->layer), field)), text);
    weft_error_hint(err, "numbers have a decimal point, and no thousands separator");
    return WEFT_ERR_DATA;
}

static weft_status read_point(weft_vector_file *file, double *x, double *y, bool *any, weft_error *err) {
    if (file->has_fields) {
        *any = true;
        weft_status status = read_coordinate(file, file->field_x, x, any, err);
        return status == WEFT_OK ? read_coordinate(file, file->field_y, y, any, err) : status;
    }
    OGRGeometryH geometry = OGR_F_GetGeometryRef(file->feature);
    *any = false;
    if (geometry == NULL || OGR_G_IsEmpty(geometry)) return WEFT_OK;
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
    if (type == wkbMultiPoint && OGR_G_GetGeometryCount(geometry) == 1) {
        geometry = OGR_G_GetGeometryRef(geometry, 0);
        type = wkbPoint;
    }
    if (type != wkbPoint) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: feature %lld is a %s, not a point", file->path,
                       (long long)weft_vector_feature_id(file), OGR_G_GetGeometryName(geometry));
        weft_error_hint(err, "rows.of: points needs a point for each feature");
        return WEFT_ERR_DATA;
    }
    *x = OGR_G_GetX(geometry, 0);
    *y = OGR_G_GetY(geometry, 0);
    *any = true;
    return WEFT_OK;
}

weft_status weft_vector_feature_point(weft_vector_file *file, double *x, double *y, bool *any, weft_error *err) {
    *x = *y = NAN;
    weft_status status = read_point(file, x, y, any, err);
    /* No place is infinitely far, though a column of a raster that goes round the world would be found for it. */
    *any = *any && isfinite(*x) && isfinite(*y);
    return status;
}

static OGRGeometryH geometry_of(const weft_vector_file *file) {
    OGRGeometryH geometry = OGR_F_GetGeometryRef(file->feature);
    return geometry == NULL || OGR_G_IsEmpty(geometry) ? NULL : geometry;
}

static weft_status put_wkb(const weft_vector_file *file, OGRGeometryH geometry, uint8_t *out, size_t room,
                           size_t *length, double bounds[4], weft_error *err) {
    OGREnvelope box;
    OGR_G_FlattenTo2D(geometry);
    size_t bytes = (size_t)OGR_G_WkbSize(geometry);
    if (bytes > room)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: it has larger features than when the run was planned",
                              file->path);
    if (OGR_G_ExportToIsoWkb(geometry, wkbNDR, out) != OGRERR_NONE) return weft_vector_no_memory(file->path, err);
    OGR_G_GetEnvelope(geometry, &box);
    *length = bytes;
    bounds[0] = box.MinX;
    bounds[1] = box.MinY;
    bounds[2] = box.MaxX;
    bounds[3] = box.MaxY;
    return WEFT_OK;
}

static OGRGeometryH plain_copy(OGRGeometryH geometry) {
    return OGR_G_HasCurveGeometry(geometry, TRUE) ? OGR_G_GetLinearGeometry(geometry, 0, NULL) : OGR_G_Clone(geometry);
}

size_t weft_vector_feature_wkb_bytes(const weft_vector_file *file) {
    OGRGeometryH geometry = geometry_of(file), plain = NULL;
    if (geometry == NULL) return 0;
    if (OGR_G_HasCurveGeometry(geometry, TRUE)) plain = plain_copy(geometry);
    size_t bytes = (size_t)OGR_G_WkbSize(plain != NULL ? plain : geometry);
    OGR_G_DestroyGeometry(plain);
    return bytes;
}

weft_status weft_vector_feature_wkb(const weft_vector_file *file, uint8_t *out, size_t room, size_t *length,
                                    double bounds[4], weft_error *err) {
    OGRGeometryH geometry = geometry_of(file);
    *length = 0;
    if (geometry == NULL) return WEFT_OK;
    OGRGeometryH plain = plain_copy(geometry);
    if (plain == NULL) return weft_vector_no_memory(file->path, err);
    weft_status status = put_wkb(file, plain, out, room, length, bounds, err);
    OGR_G_DestroyGeometry(plain);
    return status;
}

const char *weft_vector_feature_kind(const weft_vector_file *file) {
    OGRGeometryH geometry = geometry_of(file);
    if (geometry == NULL) return NULL;
    switch (wkbFlatten(OGR_G_GetGeometryType(geometry))) {
    case wkbPoint:
        return "Point";
    case wkbPolygon:
    case wkbCurvePolygon:
        return "Polygon";
    case wkbMultiPolygon:
    case wkbMultiSurface:
        return "MultiPolygon";
    default:
        return "GeometryCollection";
    }
}
