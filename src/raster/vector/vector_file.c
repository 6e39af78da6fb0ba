/* SPDX-License-Identifier: MIT */
#include "raster/vector/vector_file.h"

#include "core/text.h"
#include "raster/crs/crs_handle.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/read_trouble.h"
#include "raster/vector/csv_rows.h"
#include "raster/vector/decimal.h"

#include <cpl_error.h>
#include <errno.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct weft_vector_file {
    GDALDatasetH dataset;
    OGRLayerH layer; /* the dataset's */
    OGRFeatureH feature;
    weft_crs *crs;
    char *path;
    double *x, *y; /* of a ring; capacity of them */
    int64_t capacity;
    bool has_fields; /* x and y are fields: */
    int field_x, field_y;
    bool is_text;
    weft_csv_rows *csv; /* its rows, past OGR; NULL: they come from the layer */
};

static weft_status no_memory(const char *path, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", path);
}

/* --- opening --- */

static weft_status check_path(const char *path, weft_error *err) {
    struct stat info;
    if (!weft_is_plain_path(path)) return WEFT_OK;
    if (stat(path, &info) != 0 && errno != EACCES)
        return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no such file", path);
    if (access(path, R_OK) != 0) return weft_error_set_errno(err, errno, "%s", path);
    return WEFT_OK;
}

static weft_status open_dataset(weft_vector_file *file, weft_error *err) {
    weft_status status = check_path(file->path, err);
    if (status != WEFT_OK) return status;
    if (!weft_raster_clear_errors()) return no_memory(file->path, err);
    file->dataset = GDALOpenEx(file->path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (file->dataset != NULL && GDALDatasetGetLayerCount(file->dataset) > 0) return WEFT_OK;
    if (weft_raster_out_of_memory()) return no_memory(file->path, err);
    const char *reason = file->dataset != NULL ? "it has no layers" : weft_raster_last_reason("no driver knows it");
    weft_error_set(err, WEFT_ERR_DATA, "%s: no features that OGR can read (%s)", file->path, reason);
    weft_error_hint(err, "ogrinfo says the same; ogrinfo --formats lists what can be read");
    return WEFT_ERR_DATA;
}

/* The names of all layers, as a hint. */
static void hint_layers(const weft_vector_file *file, weft_error *err) {
    weft_text names = {0};
    for (int i = 0; i < GDALDatasetGetLayerCount(file->dataset) && i < 12; i++)
        weft_text_add(&names, i == 0 ? "%s" : ", %s", OGR_L_GetName(GDALDatasetGetLayer(file->dataset, i)));
    if (!names.failed) weft_error_hint(err, "layer: one of %.300s", names.data);
    weft_text_dispose(&names);
}

static weft_status find_layer(weft_vector_file *file, const char *name, weft_error *err) {
    if (name != NULL)
        file->layer = GDALDatasetGetLayerByName(file->dataset, name);
    else if (GDALDatasetGetLayerCount(file->dataset) == 1)
        file->layer = GDALDatasetGetLayer(file->dataset, 0);
    if (file->layer != NULL) return WEFT_OK;
    if (name != NULL)
        weft_error_set(err, WEFT_ERR_DATA, "%s: there is no layer \"%s\"", file->path, name);
    else
        weft_error_set(err, WEFT_ERR_DATA, "%s has %d layers, and layer does not say which", file->path,
                       GDALDatasetGetLayerCount(file->dataset));
    hint_layers(file, err);
    return WEFT_ERR_DATA;
}

static weft_status set_filter(weft_vector_file *file, const char *where, weft_error *err) {
    if (where == NULL) return WEFT_OK;
    if (!weft_raster_clear_errors()) return no_memory(file->path, err);
    if (OGR_L_SetAttributeFilter(file->layer, where) == OGRERR_NONE) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: where: OGR does not read \"%.200s\" (%s)", file->path, where,
                   weft_raster_last_reason("no reason given"));
    weft_error_hint(err, "fields as they are, texts in single quotes: iso = 'BRA' and area > 10");
    return WEFT_ERR_DATA;
}

/* Of its own, with x before y: the layer's is the dataset's. */
static weft_status read_crs(weft_vector_file *file, const char *crs, weft_error *err) {
    if (crs != NULL) return weft_crs_parse(&file->crs, crs, err);
    OGRSpatialReferenceH own = OGR_L_GetSpatialRef(file->layer);
    if (own == NULL) return WEFT_OK;
    OGRSpatialReferenceH copy = OSRClone(own);
    if (copy == NULL) return no_memory(file->path, err);
    OSRSetAxisMappingStrategy(copy, OAMS_TRADITIONAL_GIS_ORDER);
    return weft_crs_wrap(&file->crs, copy, err);
}

static weft_status find_coordinates(weft_vector_file *file, const weft_vector_options *options, weft_error *err) {
    GDALDriverH driver = GDALGetDatasetDriver(file->dataset);
    file->is_text = driver != NULL && strcmp(GDALGetDriverShortName(driver), "CSV") == 0;
    if (options->x == NULL) return WEFT_OK;
    file->has_fields = true;
    weft_status status = weft_vector_file_field(file, options->x, &file->field_x, err);
    return status == WEFT_OK ? weft_vector_file_field(file, options->y, &file->field_y, err) : status;
}

/* A CSV file without a schema beside it, of which a row is two numbers and texts: no geometry, no filter, no types. */
static void open_csv(weft_vector_file *file, const weft_vector_options *options) {
    int count = weft_vector_file_field_count(file);
    if (!file->is_text || !file->has_fields || options->where != NULL || !weft_is_plain_path(file->path) ||
        OGR_L_GetGeomType(file->layer) != wkbNone)
        return;
    const char **names = calloc((size_t)count + 1, sizeof *names);
    bool texts = names != NULL;
    for (int i = 0; i < count && texts; i++) {
        OGRFieldDefnH definition = OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(file->layer), i);
        texts = OGR_Fld_GetType(definition) == OFTString;
        names[i] = OGR_Fld_GetNameRef(definition);
    }
    if (texts) file->csv = weft_csv_rows_open(file->path, names, count);
    free(names);
}

weft_status weft_vector_file_open(weft_vector_file **out, const weft_vector_options *options, weft_error *err) {
    weft_vector_file *file = calloc(1, sizeof *file);
    *out = NULL;
    if (file == NULL) return no_memory(options->path, err);
    file->path = strdup(options->path);
    weft_status status = file->path == NULL ? no_memory(options->path, err) : open_dataset(file, err);
    if (status == WEFT_OK) status = find_layer(file, options->layer, err);
    if (status == WEFT_OK) status = set_filter(file, options->where, err);
    if (status == WEFT_OK) status = read_crs(file, options->crs, err);
    if (status == WEFT_OK) status = find_coordinates(file, options, err);
    if (status == WEFT_OK) open_csv(file, options);
    if (status == WEFT_OK)
        *out = file;
    else
        weft_vector_file_close(file);
    return status;
}

void weft_vector_file_close(weft_vector_file *file) {
    if (file == NULL) return;
    if (file->feature != NULL) OGR_F_Destroy(file->feature);
    if (file->dataset != NULL) GDALClose(file->dataset);
    weft_csv_rows_close(file->csv);
    weft_crs_free(file->crs);
    free(file->path);
    free(file->x);
    free(file->y);
    free(file);
}

const weft_crs *weft_vector_file_crs(const weft_vector_file *file) {
    return file->crs;
}

bool weft_vector_file_is_text(const weft_vector_file *file) {
    return file->is_text;
}

bool weft_vector_file_has_geometry(const weft_vector_file *file) {
    return file->has_fields || OGR_L_GetGeomType(file->layer) != wkbNone;
}

/* --- fields --- */

int weft_vector_file_field_count(const weft_vector_file *file) {
    return OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(file->layer));
}

const char *weft_vector_file_field_name(const weft_vector_file *file, int field) {
    return OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(file->layer), field));
}

weft_status weft_vector_file_field(const weft_vector_file *file, const char *name, int *out, weft_error *err) {
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(file->layer);
    int count = OGR_FD_GetFieldCount(definition);
    *out = OGR_FD_GetFieldIndex(definition, name);
    if (*out >= 0) return WEFT_OK;
    const char **names = calloc((size_t)count + 1, sizeof *names);
    weft_text all = {0};
    for (int i = 0; i < count && names != NULL; i++) {
        names[i] = OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, i));
        if (i < 12) weft_text_add(&all, i == 0 ? "%s" : ", %s", names[i]);
    }
    const char *nearest = names == NULL ? NULL : weft_text_nearest(name, names);
    weft_error_set(err, WEFT_ERR_DATA, "%s: there is no field \"%.100s\"", file->path, name);
    if (nearest != NULL)
        weft_error_hint(err, "did you mean %s?", nearest);
    else if (all.length > 0)
        weft_error_hint(err, "its fields: %.300s", all.data);
    weft_text_dispose(&all);
    free(names);
    return WEFT_ERR_DATA;
}

weft_data_type weft_vector_file_field_type(const weft_vector_file *file, int field) {
    OGRFieldDefnH definition = OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(file->layer), field);
    switch (OGR_Fld_GetType(definition)) {
    case OFTInteger:
    case OFTInteger64:
        return WEFT_INT64;
    case OFTReal:
        return WEFT_FLOAT64;
    case OFTDate:
        return WEFT_DATE;
    default:
        return WEFT_TEXT(1);
    }
}

/* --- features --- */

/* Leaves the file's rows to OGR, from row `index` on. */
static weft_status leave_csv(weft_vector_file *file, int64_t index, weft_error *err) {
    weft_csv_rows_close(file->csv);
    file->csv = NULL;
    return weft_vector_file_seek(file, index, err);
}

weft_status weft_vector_file_next(weft_vector_file *file, bool *any, weft_error *err) {
    if (file->csv != NULL) {
        weft_csv_step step = weft_csv_rows_next(file->csv);
        *any = step == WEFT_CSV_ROW;
        if (step != WEFT_CSV_OTHER) return WEFT_OK;
        weft_status status = leave_csv(file, weft_csv_rows_number(file->csv), err);
        if (status != WEFT_OK) return status;
    }
    if (file->feature != NULL) OGR_F_Destroy(file->feature);
    file->feature = NULL;
    *any = false;
    if (!weft_raster_clear_errors()) return no_memory(file->path, err);
    file->feature = OGR_L_GetNextFeature(file->layer);
    *any = file->feature != NULL;
    if (*any) return WEFT_OK;
    if (weft_raster_out_of_memory()) return no_memory(file->path, err);
    if (CPLGetLastErrorType() < CE_Failure) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: cannot read all features (%s)", file->path,
                   weft_raster_last_reason("no reason given"));
    weft_error_hint(err, "ogrinfo -al shows the same");
    return WEFT_ERR_DATA;
}

void weft_vector_file_rewind(weft_vector_file *file) {
    if (file->csv != NULL && !weft_csv_rows_rewind(file->csv)) {
        weft_csv_rows_close(file->csv);
        file->csv = NULL;
    }
    OGR_L_ResetReading(file->layer);
}

weft_status weft_vector_file_seek(weft_vector_file *file, int64_t index, weft_error *err) {
    weft_status status = WEFT_OK;
    bool any = true;
    if (file->csv == NULL && OGR_L_SetNextByIndex(file->layer, index) == OGRERR_NONE) return WEFT_OK;
    weft_vector_file_rewind(file);
    for (int64_t i = 0; i < index && any && status == WEFT_OK; i++)
        status = weft_vector_file_next(file, &any, err);
    return status;
}

int64_t weft_vector_feature_id(const weft_vector_file *file) {
    return file->csv != NULL ? weft_csv_rows_number(file->csv) : OGR_F_GetFID(file->feature);
}

static bool is_set(const weft_vector_file *file, int field) {
    return OGR_F_IsFieldSetAndNotNull(file->feature, field) != 0;
}

bool weft_vector_feature_integer(const weft_vector_file *file, int field, int64_t *out) {
    if (!is_set(file, field)) return false;
    *out = OGR_F_GetFieldAsInteger64(file->feature, field);
    return true;
}

bool weft_vector_feature_real(const weft_vector_file *file, int field, double *out) {
    if (!is_set(file, field)) return false;
    *out = OGR_F_GetFieldAsDouble(file->feature, field);
    return true;
}

bool weft_vector_feature_date(const weft_vector_file *file, int field, int32_t *out) {
    int year, month, day, hour, minute, second, zone;
    return is_set(file, field) &&
           OGR_F_GetFieldAsDateTime(file->feature, field, &year, &month, &day, &hour, &minute, &second, &zone) != 0 &&
           weft_date_days(year, month, day, out);
}

const char *weft_vector_feature_text(const weft_vector_file *file, int field) {
    if (file->csv != NULL) return weft_csv_rows_field(file->csv, field);
    return is_set(file, field) ? OGR_F_GetFieldAsString(file->feature, field) : NULL;
}

/* --- geometry --- */

static weft_status reserve(weft_vector_file *file, int64_t count, weft_error *err) {
    if (count <= file->capacity) return WEFT_OK;
    double *x = realloc(file->x, (size_t)count * sizeof *x);
    if (x != NULL) file->x = x;
    double *y = realloc(file->y, (size_t)count * sizeof *y);
    if (y != NULL) file->y = y;
    if (x == NULL || y == NULL) return no_memory(file->path, err);
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

/* GEOS says where a polygon crosses itself, as a warning. */
static weft_status check_valid(const weft_vector_file *file, OGRGeometryH geometry, weft_error *err) {
    if (!weft_raster_clear_errors()) return no_memory(file->path, err);
    if (OGR_G_IsValid(geometry)) return WEFT_OK;
    if (weft_raster_out_of_memory()) return no_memory(file->path, err);
    weft_error_set(err, WEFT_ERR_DATA, "%s: the polygon of feature %lld is broken (%s)", file->path,
                   (long long)weft_vector_feature_id(file), weft_raster_last_reason("it is not valid"));
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
        if (straight == NULL) return no_memory(file->path, err);
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
    *any = *any && text[0] != '\0';
    if (text[0] == '\0') return WEFT_OK;
    *out = weft_decimal_read(text, &end);
    if (end != text && *skip_blanks(end) == '\0') return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: feature %lld: %s is \"%.60s\", which is no number", file->path,
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
        weft_error_hint(err, "rows.of: points wants a point a feature");
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
    if (OGR_G_ExportToIsoWkb(geometry, wkbNDR, out) != OGRERR_NONE) return no_memory(file->path, err);
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
    if (plain == NULL) return no_memory(file->path, err);
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
