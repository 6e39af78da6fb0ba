/* SPDX-License-Identifier: MIT */
#include "pipeline/catalog/index_import.h"

#include "core/moment.h"
#include "core/text.h"
#include "pipeline/catalog/stac_item.h"
#include "raster/crs/grid.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/info/header_footprint.h"
#include "raster/vector/vector_file.h"
#include "store/catalog/catalog_writer.h"

#include <ctype.h>
#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool weft_index_import_is_json(const char *path) {
    FILE *file = fopen(path, "re");
    int byte = ' ';
    while (file != NULL && byte != EOF && isspace(byte))
        byte = getc(file);
    if (file != NULL) (void)fclose(file);
    return byte == '{';
}

/* An index that is read. */
typedef struct source {
    weft_catalog *catalog;
    weft_vector_file *file;
    weft_transform *to_degrees;
    char *folder;
    weft_stac_counts *counts;
    int field_count;
    int location; /* field; -1: assets have one each */
} source;

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to import an index");
}

static const char *name_of(const source *from, int field) {
    return weft_vector_file_field_name(from->file, field);
}

/* --- where --- */

/* The boxes around outer rings: two of them, or one around all. */
typedef struct boxes {
    weft_bounds items[2];
    int count;
} boxes;

static void widen(weft_bounds *box, double x, double y) {
    *box = (weft_bounds){fmin(box->xmin, x), fmin(box->ymin, y), fmax(box->xmax, x), fmax(box->ymax, y)};
}

static weft_status add_ring(void *payload, bool hole, double *x, double *y, int64_t count, weft_error *err) {
    boxes *out = payload;
    (void)err;
    if (hole) return WEFT_OK;
    if (out->count == 2) { /* a third: all are in one */
        widen(&out->items[0], out->items[1].xmin, out->items[1].ymin);
        widen(&out->items[0], out->items[1].xmax, out->items[1].ymax);
        out->count = 1;
    } else {
        out->items[out->count++] = (weft_bounds){INFINITY, INFINITY, -INFINITY, -INFINITY};
    }
    for (int64_t i = 0; i < count; i++)
        widen(&out->items[out->count - 1], x[i], y[i]);
    return WEFT_OK;
}

static weft_status map_box(weft_header_footprint *out, const source *from, weft_bounds box, bool *known,
                           weft_error *err) {
    const double g[6] = {box.xmin, box.xmax - box.xmin, 0, box.ymax, 0, box.ymin - box.ymax};
    return weft_header_footprint_find(out, from->to_degrees, weft_crs_is_geographic(weft_vector_file_crs(from->file)),
                                      g, 1, 1, known, err);
}

/* Boxes find rasters; what is cut by the meridian of 180 degrees has one on either side. */
static weft_status find_footprint(weft_header_footprint out[2], weft_footprint *footprint, const source *from,
                                  bool *known, weft_error *err) {
    boxes found = {0};
    bool any = false;
    weft_status status = weft_vector_feature_rings(from->file, add_ring, &found, &any, err);
    *known = status == WEFT_OK && any;
    if (status == WEFT_ERR_DATA) return WEFT_OK;
    if (*known) status = map_box(&out[0], from, found.items[0], known, err);
    if (status != WEFT_OK || !*known) return status;
    *footprint = out[0].footprint;
    if (found.count < 2 || footprint->ring_count != 1) return WEFT_OK;
    bool second = false;
    status = map_box(&out[1], from, found.items[1], &second, err);
    if (status == WEFT_OK && second && out[1].footprint.ring_count == 1)
        footprint->rings[footprint->ring_count++] = out[1].footprint.rings[0];
    return status;
}

/* --- what --- */

/* KEY of "assets.KEY.href"; 0: the field is another one. */
static int asset_key(const char *field, const char **key) {
    static const char begin[] = "assets.", end[] = ".href";
    size_t length = strlen(field);
    *key = field + sizeof begin - 1;
    if (length < sizeof begin + sizeof end - 1 || strncmp(field, begin, sizeof begin - 1) != 0) return 0;
    return strcmp(field + length - (sizeof end - 1), end) == 0 ? (int)(length - sizeof begin - sizeof end + 2) : 0;
}

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names != NULL; names++)
        if (strcasecmp(name, *names) == 0) return true;
    return false;
}

static void read_field(weft_catalog_raster *raster, const source *from, int field, const char *text) {
    static const char *const times[] = {"acquired", "datetime", "start_datetime", "timestamp", "date", "time", NULL};
    static const char *const clouds[] = {"cloud_cover", "eo:cloud_cover", NULL};
    static const char *const codes[] = {"crs", "src_srs", "proj:code", NULL};
    const char *name = name_of(from, field);
    weft_moment moment;
    if (raster->acquired_ms == WEFT_CATALOG_NO_TIME && is_one_of(name, times) && weft_moment_read_any(text, &moment))
        raster->acquired_ms = weft_moment_ms(&moment);
    if (is_one_of(name, clouds)) (void)weft_vector_feature_real(from->file, field, &raster->cloud_cover);
    if (is_one_of(name, codes)) raster->crs = text;
}

/* A field's value: a number where the field is one, else its text. NULL: no memory. */
static json_t *json_of_field(const source *from, int field, const char *text) {
    weft_data_type type = weft_vector_file_field_type(from->file, field);
    double number;
    bool is_number = (type == WEFT_INT64 || type == WEFT_FLOAT64) &&
                     weft_vector_feature_real(from->file, field, &number) && isfinite(number);
    if (!is_number) return json_string(text);
    return type == WEFT_INT64 ? json_integer((json_int_t)number) : json_real(number);
}

/* All fields but those of assets, as one JSON object. NULL: no memory. */
static char *join_properties(weft_catalog_raster *raster, const source *from, const char *key, int key_length) {
    json_t *all = json_object();
    for (int i = 0; i < from->field_count && all != NULL; i++) {
        const char *text = weft_vector_feature_text(from->file, i), *name = name_of(from, i);
        if (text == NULL || i == from->location || strncmp(name, "assets.", 7) == 0) continue;
        read_field(raster, from, i, text);
        (void)json_object_set_new(all, name, json_of_field(from, i, text));
    }
    if (key_length > 0) {
        (void)json_object_set_new(all, "asset", json_stringn(key, (size_t)key_length));
        (void)json_object_set_new(all, "band", json_stringn(key, (size_t)key_length));
    }
    char *text = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    return text;
}

static weft_status put(const source *from, const weft_footprint *footprint, const char *location, const char *key,
                       int key_length, weft_error *err) {
    weft_catalog_raster raster = {
        .footprint = *footprint, .bytes = -1, .acquired_ms = WEFT_CATALOG_NO_TIME, .cloud_cover = NAN};
    char *address = weft_stac_address(location, from->folder);
    char *properties = join_properties(&raster, from, key, key_length);
    weft_status status = address == NULL || properties == NULL ? no_memory(err) : WEFT_OK;
    if (status == WEFT_OK) {
        const char *slash = strrchr(address, '/');
        raster.location = address;
        raster.name = slash != NULL ? slash + 1 : address;
        raster.properties = properties;
        from->counts->rasters++;
        status = weft_catalog_put_raster(from->catalog, &raster, err);
    }
    free(address);
    free(properties);
    return status;
}

static weft_status take_feature(const source *from, weft_error *err) {
    weft_header_footprint outlines[2];
    weft_footprint footprint = {0};
    bool known = false;
    int rasters = 0;
    weft_status status = find_footprint(outlines, &footprint, from, &known, err);
    for (int i = 0; i < from->field_count && status == WEFT_OK && known; i++) {
        const char *key, *location = weft_vector_feature_text(from->file, i);
        int key_length = from->location < 0 ? asset_key(name_of(from, i), &key) : 0;
        if (location == NULL || location[0] == '\0' || (i != from->location && key_length == 0)) continue;
        rasters++;
        status = put(from, &footprint, location, key_length > 0 ? key : NULL, key_length, err);
    }
    from->counts->items += rasters > 0;
    from->counts->left_out += rasters == 0;
    return status == WEFT_OK ? weft_catalog_keep_up(from->catalog, err) : status;
}

/* --- the file --- */

static weft_status find_location(source *from, weft_error *err) {
    const char *key;
    from->location = -1;
    from->field_count = weft_vector_file_field_count(from->file);
    for (int i = 0; i < from->field_count; i++)
        if (asset_key(name_of(from, i), &key) > 0) return WEFT_OK;
    for (int i = 0; i < from->field_count && from->location < 0; i++)
        if (strcasecmp(name_of(from, i), "location") == 0) from->location = i;
    return from->location >= 0 ? WEFT_OK : weft_vector_file_field(from->file, "location", &from->location, err);
}

static weft_status find_way(source *from, const char *path, weft_error *err) {
    const weft_crs *crs = weft_vector_file_crs(from->file);
    weft_crs *degrees = NULL;
    if (crs == NULL) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: it has no CRS, so that its polygons have no place", path);
        weft_error_hint(err, "gdaltindex -t_srs EPSG:4326 makes an index with one");
        return WEFT_ERR_DATA;
    }
    weft_status status = weft_crs_parse(&degrees, "OGC:CRS84", err);
    if (status == WEFT_OK) status = weft_transform_new(&from->to_degrees, crs, degrees, NULL, NULL, err);
    weft_crs_free(degrees);
    return status;
}

/* What GDAL says of a file of Parquet that it cannot read is little. */
static void explain_parquet(const char *path, weft_error *err) {
    const char *dot = strrchr(path, '.');
    if (dot == NULL || (strcasecmp(dot, ".parquet") != 0 && strcasecmp(dot, ".geoparquet") != 0)) return;
    weft_error_set(err, WEFT_ERR_DATA, "%s: GDAL has no driver for Parquet here, or cannot read this file", path);
    weft_error_hint(err,
                    "stac_geoparquet's to_item_collection makes an ItemCollection of it, which weft catalog import "
                    "takes; so does ogr2ogr items.gpkg FILE where GDAL has the driver");
}

static weft_status take_all(source *from, const weft_cancel *cancel, weft_error *err) {
    bool any = true;
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && any) {
        status = weft_cancel_check_next(cancel, err);
        if (status == WEFT_OK) status = weft_vector_file_next(from->file, &any, err);
        if (status == WEFT_OK && any) status = take_feature(from, err);
    }
    weft_error later = {0};
    weft_status kept = weft_catalog_commit(from->catalog, &later);
    if (status != WEFT_OK || kept == WEFT_OK) return status;
    *err = later;
    return kept;
}

weft_status weft_index_import(const char *catalog, const char *path, const weft_cancel *cancel,
                              weft_stac_counts *counts, weft_error *err) {
    source from = {.counts = counts};
    char *real = realpath(path, NULL);
    *counts = (weft_stac_counts){0};
    from.folder = real != NULL ? dirname(real) : ".";
    weft_status status = weft_raster_init(err);
    if (status == WEFT_OK) status = weft_vector_file_open(&from.file, &(weft_vector_options){.path = path}, err);
    if (status == WEFT_ERR_DATA && from.file == NULL) explain_parquet(path, err);
    if (status == WEFT_OK) status = find_location(&from, err);
    if (status == WEFT_OK) status = find_way(&from, path, err);
    if (status == WEFT_OK) status = weft_catalog_open(&from.catalog, catalog, WEFT_CATALOG_MAKE, cancel, err);
    if (status == WEFT_OK) status = take_all(&from, cancel, err);
    weft_catalog_close(from.catalog);
    weft_transform_free(from.to_degrees);
    weft_vector_file_close(from.file);
    free(real);
    return status;
}
