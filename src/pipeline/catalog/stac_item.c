/* SPDX-License-Identifier: MIT */
#include "pipeline/catalog/stac_item.h"

#include "core/moment.h"
#include "core/text.h"
#include "pipeline/catalog/stac_footprint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

char *weft_stac_address(const char *href, const char *folder) {
    static const struct {
        const char *scheme, *prefix;
        bool keeps; /* the scheme is part of the name */
    } kinds[] = {{"https://", "/vsicurl/", true}, {"http://", "/vsicurl/", true}, {"s3://", "/vsis3/", false},
                 {"gs://", "/vsigs/", false},     {"az://", "/vsiaz/", false},    {"file://", "", false}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].scheme);
        if (strncasecmp(href, kinds[i].scheme, length) == 0)
            return weft_text_format("%s%s", kinds[i].prefix, kinds[i].keeps ? href : href + length);
    }
    if (href[0] == '/' || strchr(href, ':') != NULL) return weft_text_format("%s", href);
    while (strncmp(href, "./", 2) == 0)
        href += 2;
    char *joined = weft_text_format("%s/%s", folder, href);
    /* "../x" too is the path that a scan would give, where the file is there. */
    char *real = joined != NULL ? realpath(joined, NULL) : NULL;
    if (real == NULL) return joined;
    free(joined);
    return real;
}

/* --- an asset --- */

/* What an asset says, or else its item. */
static const json_t *find(const json_t *asset, const json_t *properties, const char *key) {
    const json_t *own = json_object_get(asset, key);
    return own != NULL ? own : json_object_get(properties, key);
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strcspn(text, "?#"), tail = strlen(end);
    return length > tail && strncasecmp(text + length - tail, end, tail) == 0;
}

static bool is_raster(const json_t *asset, const char *href) {
    static const char *const suffixes[] = {".tif", ".tiff", ".jp2", ".vrt", ".nc", ".hdf", ".h5", ".img", ".grib2"};
    const char *type = json_string_value(json_object_get(asset, "type"));
    const json_t *roles = json_object_get(asset, "roles");
    for (size_t i = 0; i < json_array_size(roles); i++) {
        const char *role = json_string_value(json_array_get(roles, i));
        if (role != NULL && (strcmp(role, "thumbnail") == 0 || strcmp(role, "metadata") == 0)) return false;
    }
    if (type != NULL &&
        (strncmp(type, "image/tiff", 10) == 0 || strncmp(type, "image/jp2", 9) == 0 ||
         strncmp(type, "image/vnd.stac.geotiff", 22) == 0 || strncmp(type, "application/x-netcdf", 20) == 0))
        return true;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (ends_with(href, suffixes[i])) return true;
    return false;
}

/* proj:transform is a row-major matrix of 2 x 3, or 3 x 3; proj:shape rows and columns. */
static void read_place(weft_catalog_raster *out, const json_t *asset, const json_t *properties) {
    static const int order[] = {1, 2, 0, 4, 5, 3};
    const json_t *shape = find(asset, properties, "proj:shape"), *matrix = find(asset, properties, "proj:transform");
    if (json_array_size(shape) != 2 || json_array_size(matrix) < 6) return;
    for (int i = 0; i < 6; i++)
        out->geotransform[order[i]] = json_number_value(json_array_get(matrix, (size_t)i));
    out->rows = json_integer_value(json_array_get(shape, 0));
    out->cols = json_integer_value(json_array_get(shape, 1));
    if (out->rows <= 0 || out->cols <= 0) out->rows = out->cols = 0;
}

static char *read_crs(const json_t *asset, const json_t *properties) {
    const json_t *code = find(asset, properties, "proj:code"), *epsg = find(asset, properties, "proj:epsg");
    if (json_is_string(code)) return weft_text_format("%s", json_string_value(code));
    if (json_is_integer(epsg)) return weft_text_format("EPSG:%lld", (long long)json_integer_value(epsg));
    return NULL;
}

/* Whichever of STAC's lists of bands there is, as a catalog's. *first: the name of the first one. */
static json_t *read_bands(const json_t *asset, const char **first) {
    const json_t *named = json_object_get(asset, "bands"), *typed = json_object_get(asset, "raster:bands");
    if (named == NULL) named = json_object_get(asset, "eo:bands");
    size_t names = json_array_size(named), types = json_array_size(typed), count = names > types ? names : types;
    json_t *out = count > 0 ? json_array() : NULL;
    for (size_t i = 0; i < count && out != NULL; i++) {
        const json_t *name = json_array_get(named, i), *type = i < types ? json_array_get(typed, i) : name;
        const char *text = json_string_value(json_object_get(name, "name"));
        json_t *band = json_object();
        (void)json_object_set_new(band, "name", json_string(text != NULL ? text : ""));
        (void)json_object_set(band, "type", json_object_get(type, "data_type"));
        (void)json_object_set(band, "nodata", json_object_get(type, "nodata"));
        (void)json_array_append_new(out, band);
        if (i == 0 && text != NULL) *first = text;
    }
    return out;
}

static void read_time(weft_catalog_raster *out, const json_t *properties) {
    const char *time = json_string_value(json_object_get(properties, "datetime"));
    if (time == NULL) time = json_string_value(json_object_get(properties, "start_datetime"));
    weft_moment moment;
    bool reads = time != NULL && weft_moment_read_any(time, &moment);
    out->acquired_ms = reads ? weft_moment_ms(&moment) : WEFT_CATALOG_NO_TIME;
}

/* The item's, and which item and asset it is, and of one band which. */
static char *join_properties(const json_t *item, const char *key, const json_t *bands, const char *first) {
    json_t *all = json_copy(json_object_get(item, "properties"));
    if (all == NULL) all = json_object();
    (void)json_object_set(all, "id", json_object_get(item, "id"));
    if (json_object_get(item, "collection") != NULL)
        (void)json_object_set(all, "collection", json_object_get(item, "collection"));
    (void)json_object_set_new(all, "asset", json_string(key));
    if (json_array_size(bands) <= 1) (void)json_object_set_new(all, "band", json_string(first != NULL ? first : key));
    char *text = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    return text;
}

/* One asset at a time: what it needs, to be freed. */
typedef struct parts {
    char *location, *crs, *bands, *properties;
} parts;

static bool read_asset(weft_catalog_raster *out, parts *of, const json_t *item, const char *key, const json_t *asset,
                       const char *href, const char *folder) {
    const json_t *properties = json_object_get(item, "properties");
    const json_t *clouds = json_object_get(properties, "eo:cloud_cover");
    const char *first = NULL;
    json_t *bands = read_bands(asset, &first);
    of->location = weft_stac_address(href, folder);
    of->crs = read_crs(asset, properties);
    of->properties = join_properties(item, key, bands, first);
    of->bands = bands != NULL ? json_dumps(bands, JSON_COMPACT) : NULL;
    out->band_count = (int)json_array_size(bands);
    json_decref(bands);
    if (of->location == NULL || of->properties == NULL) return false;
    const char *slash = strrchr(of->location, '/');
    out->location = of->location;
    out->name = slash != NULL ? slash + 1 : of->location;
    out->bytes = -1;
    out->crs = of->crs;
    out->bands = of->bands;
    out->properties = of->properties;
    out->cloud_cover = json_is_number(clouds) ? json_number_value(clouds) : NAN;
    read_place(out, asset, properties);
    read_time(out, properties);
    return true;
}

weft_status weft_stac_item_read(const json_t *item, const char *folder,
                                weft_status (*take)(void *payload, const weft_catalog_raster *raster, weft_error *err),
                                void *payload, bool *placed, weft_error *err) {
    weft_stac_outline *shape = malloc(sizeof *shape);
    weft_status status = WEFT_OK;
    const char *key;
    json_t *asset;
    if (shape == NULL) return weft_error_no_memory(err, "an item");
    *placed = weft_stac_outline_find(shape, item);
    json_object_foreach((json_t *)json_object_get(item, "assets"), key, asset) {
        const char *href = json_string_value(json_object_get(asset, "href"));
        if (!*placed || status != WEFT_OK || href == NULL || !is_raster(asset, href)) continue;
        weft_catalog_raster raster = {.footprint = shape->footprint};
        parts of = {0};
        status = read_asset(&raster, &of, item, key, asset, href, folder) ? take(payload, &raster, err)
                                                                          : weft_error_no_memory(err, "an item");
        free(of.location);
        free(of.crs);
        free(of.bands);
        free(of.properties);
    }
    free(shape);
    return status;
}
