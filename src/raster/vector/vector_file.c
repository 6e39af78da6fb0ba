/* SPDX-License-Identifier: MIT */
#include "raster/vector/vector_file.h"

#include "core/text.h"
#include "raster/crs/crs_handle.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/path_kind.h"
#include "raster/vector/vector_parts.h"

#include <cpl_error.h>
#include <errno.h>
#include <gdal.h>
#include <ogr_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- opening --- */

static weft_status check_path(const char *path, weft_error *err) {
    struct stat info;
    if (!weft_is_plain_path(path)) return WEFT_OK;
    if (stat(path, &info) != 0 && errno != EACCES)
        return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no such file", path);
    if (access(path, R_OK) != 0) return weft_error_set_errno(err, errno, "%s", path);
    return WEFT_OK;
}

/* How many bytes the file begins with, 512 at most; *text: whether all of them can be of a text. */
static size_t look_into(const char *path, bool *text) {
    char head[512];
    FILE *file = weft_is_plain_path(path) ? fopen(path, "re") : NULL;
    size_t length = file != NULL ? fread(head, 1, sizeof head, file) : 0;
    bool read = file != NULL && ferror(file) == 0;
    if (file != NULL) (void)fclose(file);
    *text = length > 0 && memchr(head, '\0', length) == NULL;
    return read ? length : sizeof head;
}

/* What no driver takes. GDAL knows a table of text by its name alone, which ends in .csv, .tsv or .psv: here are others. */
static weft_status not_read(const weft_vector_file *file, const char *reason, weft_error *err) {
    static const char *const endings[] = {".txt", ".dat", ".tab"};
    bool text, named = false;
    size_t length = strlen(file->path);
    if (look_into(file->path, &text) == 0)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: the file is empty", file->path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        named = named || (length > 4 && strcasecmp(file->path + length - 4, endings[i]) == 0);
    weft_error_set(err, WEFT_ERR_DATA, "%s: no features that OGR can read (%s)", file->path, reason);
    if (text && named)
        weft_error_hint(err, "of a table of text that is not called .csv: path: CSV:%s", file->path);
    else
        weft_error_hint(err, "ogrinfo says the same; ogrinfo --formats lists what can be read");
    return WEFT_ERR_DATA;
}

static weft_status open_dataset(weft_vector_file *file, weft_error *err) {
    weft_status status = check_path(file->path, err);
    if (status != WEFT_OK) return status;
    if (!weft_read_watch_begin(&file->watch)) return weft_vector_no_memory(file->path, err);
    file->watch.warned = file->path;
    file->dataset = GDALOpenEx(file->path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    weft_read_watch_end(&file->watch);
    if (file->dataset != NULL && GDALDatasetGetLayerCount(file->dataset) > 0) return WEFT_OK;
    if (weft_raster_out_of_memory()) return weft_vector_no_memory(file->path, err);
    const char *reason = file->dataset != NULL ? "it has no layers" : weft_raster_last_reason("no driver knows it");
    return not_read(file, reason, err);
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
    if (!weft_raster_clear_errors()) return weft_vector_no_memory(file->path, err);
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
    if (copy == NULL) return weft_vector_no_memory(file->path, err);
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
    if (file == NULL) return weft_vector_no_memory(options->path, err);
    file->path = strdup(options->path);
    weft_status status = file->path == NULL ? weft_vector_no_memory(options->path, err) : open_dataset(file, err);
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

/* Whether a text of OGR's feature goes over lines. */
static bool has_line_break(const weft_vector_file *file) {
    int count = OGR_F_GetFieldCount(file->feature);
    bool any = false;
    for (int i = 0; i < count && !any; i++)
        any = strchr(OGR_F_GetFieldAsString(file->feature, i), '\n') != NULL;
    return any;
}

weft_status weft_vector_file_next(weft_vector_file *file, bool *any, weft_error *err) {
    bool open_quote = false;
    if (file->csv != NULL) {
        weft_csv_step step = weft_csv_rows_next(file->csv);
        *any = step == WEFT_CSV_ROW;
        if (step != WEFT_CSV_OTHER) return WEFT_OK;
        open_quote = weft_csv_rows_open_quote(file->csv);
        weft_status status = leave_csv(file, weft_csv_rows_number(file->csv), err);
        if (status != WEFT_OK) return status;
    }
    if (file->feature != NULL) OGR_F_Destroy(file->feature);
    file->feature = NULL;
    *any = false;
    if (!weft_raster_clear_errors()) return weft_vector_no_memory(file->path, err);
    weft_read_watch_resume(&file->watch);
    file->feature = OGR_L_GetNextFeature(file->layer);
    weft_read_watch_end(&file->watch);
    *any = file->feature != NULL;
    if (*any && open_quote && has_line_break(file)) file->open_quote = weft_vector_feature_id(file);
    if (*any) return WEFT_OK;
    if (weft_raster_out_of_memory()) return weft_vector_no_memory(file->path, err);
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

int64_t weft_vector_file_open_quote(const weft_vector_file *file) {
    return file->open_quote;
}

const char *weft_vector_file_warnings(const weft_vector_file *file) {
    return file->watch.warning_count > 0 ? file->watch.warnings : NULL;
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
