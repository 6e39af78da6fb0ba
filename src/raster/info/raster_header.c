/* SPDX-License-Identifier: MIT */
#include "raster/info/raster_header.h"

#include "core/files/path_fields.h"
#include "core/text.h"
#include "raster/crs/crs_handle.h"
#include "raster/files/vrt_sources.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/info/layout_digest.h"

#include <cpl_error.h>
#include <cpl_string.h>
#include <errno.h>
#include <fcntl.h>
#include <gdal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define KEPT_CRSS     8
#define MOST_BANDS    1024
#define LONGEST_VALUE 1024
#define MOST_TAGS     16384 /* bytes of all */

typedef struct known_crs {
    weft_crs *crs;
    weft_transform *to_degrees; /* NULL: PROJ knows no way */
} known_crs;

struct weft_header_reader {
    const char *pattern;
    weft_crs *degrees;
    known_crs crss[KEPT_CRSS];
    int next; /* whose place the next one takes */
};

/* --- names --- */

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), tail = strlen(end);
    return length > tail && strcasecmp(name + length - tail, end) == 0;
}

static bool ends_with_any(const char *name, const char *const *ends) {
    for (; *ends != NULL; ends++)
        if (ends_with(name, *ends)) return true;
    return false;
}

bool weft_raster_header_may_be_raster(const char *name) {
    static const char *const others[] = {
        ".xml", ".json", ".geojson", ".txt",      ".csv",      ".tsv",     ".html", ".md",  ".py",  ".r",   ".sh",
        ".c",   ".h",    ".yml",     ".yaml",     ".log",      ".zip",     ".gz",   ".tar", ".tgz", ".7z",  ".pdf",
        ".doc", ".docx", ".xlsx",    ".gpkg",     ".sqlite",   ".db",      ".fgb",  ".shp", ".dbf", ".shx", ".prj",
        ".cpg", ".qml",  ".part",    ".gpkg-wal", ".gpkg-shm", ".parquet", ".svg",  NULL};
    bool any;
    return weft_raster_header_companion_of(name, &any) == 0 && !ends_with_any(name, others);
}

size_t weft_raster_header_companion_of(const char *name, bool *any) {
    static const char *const whole[] = {".aux.xml", ".ovr", ".msk"};
    static const char *const stem[] = {".tfw", ".tifw", ".tiffw", ".wld", ".jgw",
                                       ".pgw", ".j2w",  ".hdr",   ".rpb", ".imd"};
    *any = false;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (ends_with(name, whole[i])) return strlen(name) - strlen(whole[i]);
    *any = true;
    for (size_t i = 0; i < sizeof stem / sizeof *stem; i++)
        if (ends_with(name, stem[i])) return strlen(name) - strlen(stem[i]);
    return 0;
}

/* Names that promise a raster: one that does not open is broken, and not just something else. */
static bool promises_raster(const char *name) {
    static const char *const ends[] = {".tif",  ".tiff", ".vrt", ".img", ".jp2",  ".nc",  ".hdf",
                                       ".h5",   ".hgt",  ".asc", ".bil", ".bip",  ".bsq", ".grd",
                                       ".grib", ".grb2", ".png", ".jpg", ".jpeg", NULL};
    return ends_with_any(name, ends);
}

/* --- reader --- */

weft_status weft_header_reader_new(weft_header_reader **out, const char *pattern, weft_error *err) {
    weft_header_reader *reader = calloc(1, sizeof *reader);
    *out = NULL;
    if (reader == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to read headers");
    reader->pattern = pattern;
    weft_status status = weft_crs_parse(&reader->degrees, "OGC:CRS84", err);
    if (status == WEFT_OK)
        *out = reader;
    else
        weft_header_reader_free(reader);
    return status;
}

void weft_header_reader_free(weft_header_reader *reader) {
    if (reader == NULL) return;
    for (int i = 0; i < KEPT_CRSS; i++) {
        weft_transform_free(reader->crss[i].to_degrees);
        weft_crs_free(reader->crss[i].crs);
    }
    weft_crs_free(reader->degrees);
    free(reader);
}

static weft_status find_crs(weft_header_reader *reader, OGRSpatialReferenceH handle, const known_crs **out,
                            weft_error *err) {
    static const char *const options[] = {"CRITERION=STRICT", "IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", NULL};
    for (int i = 0; i < KEPT_CRSS; i++) {
        *out = &reader->crss[i];
        if (reader->crss[i].crs != NULL && OSRIsSameEx(weft_crs_handle(reader->crss[i].crs), handle, options))
            return WEFT_OK;
    }
    OGRSpatialReferenceH copy = OSRClone(handle);
    if (copy == NULL) return weft_error_no_memory(err, "a CRS");
    known_crs *place = &reader->crss[reader->next];
    reader->next = (reader->next + 1) % KEPT_CRSS;
    weft_transform_free(place->to_degrees);
    weft_crs_free(place->crs);
    *place = (known_crs){0};
    *out = place;
    weft_status status = weft_crs_wrap(&place->crs, copy, err);
    if (status == WEFT_OK)
        status = weft_transform_new(&place->to_degrees, place->crs, reader->degrees, NULL, NULL, err);
    return status == WEFT_ERR_DATA ? WEFT_OK : status;
}

/* --- JSON --- */

static void add_string(weft_text *out, const char *text) {
    char json[6 * LONGEST_VALUE + 3];
    size_t length = weft_text_json_string(text, json, sizeof json);
    weft_text_add_bytes(out, json, length);
}

/* The text, or NULL and an error. */
static const char *take(weft_text *text, weft_error *err) {
    if (!text->failed) return text->data;
    weft_text_dispose(text);
    weft_error_no_memory(err, "a header");
    return NULL;
}

static void add_nodata(weft_text *out, GDALRasterBandH band) {
    int has = 0;
    double nodata = GDALGetRasterNoDataValue(band, &has);
    if (!has)
        weft_text_add(out, "null");
    else if (isfinite(nodata))
        weft_text_add(out, "%.17g", nodata);
    else
        weft_text_add(out, isnan(nodata) ? "\"nan\"" : nodata > 0 ? "\"inf\"" : "\"-inf\"");
}

static weft_status read_bands(weft_catalog_raster *record, GDALDatasetH dataset, weft_error *err) {
    weft_text out = {0};
    GDALRasterBandH first = GDALGetRasterBand(dataset, 1);
    record->band_count = GDALGetRasterCount(dataset);
    record->overviews = GDALGetOverviewCount(first);
    record->type = GDALGetDataTypeName(GDALGetRasterDataType(first));
    for (int i = 0; i < record->band_count && i < MOST_BANDS; i++) {
        GDALRasterBandH band = GDALGetRasterBand(dataset, i + 1);
        const char *name = GDALGetDescription(band), *unit = GDALGetRasterUnitType(band);
        int cols, rows;
        GDALGetBlockSize(band, &cols, &rows);
        weft_text_add(&out, "%s{\"name\": ", i == 0 ? "[" : ", ");
        add_string(&out, name != NULL ? name : "");
        weft_text_add(&out, ", \"type\": \"%s\", \"nodata\": ", GDALGetDataTypeName(GDALGetRasterDataType(band)));
        add_nodata(&out, band);
        weft_text_add(&out, ", \"unit\": ");
        add_string(&out, unit != NULL ? unit : "");
        weft_text_add(&out, ", \"block\": [%d, %d]}", cols, rows);
    }
    weft_text_add(&out, "]");
    record->bands = take(&out, err);
    return record->bands != NULL ? WEFT_OK : WEFT_ERR_MEMORY;
}

/* --- properties --- */

static bool is_one_of(const char *key, size_t length, const char *const *keys) {
    for (; *keys != NULL; keys++)
        if (strlen(*keys) == length && strncasecmp(key, *keys, length) == 0) return true;
    return false;
}

static void note(weft_catalog_raster *record, const char *key, size_t length, const char *value, bool has_time) {
    static const char *const times[] = {"ACQUISITIONDATETIME",
                                        "ACQUISITION_DATE",
                                        "DATE_ACQUIRED",
                                        "SENSING_TIME",
                                        "datetime",
                                        "time_coverage_start",
                                        "NC_GLOBAL#time_coverage_start",
                                        NULL};
    static const char *const weak_times[] = {"TIFFTAG_DATETIME", NULL};
    static const char *const clouds[] = {
        "CLOUDCOVER", "CLOUD_COVER", "CLOUDY_PIXEL_PERCENTAGE", "CLOUD_COVERAGE_ASSESSMENT", "eo:cloud_cover", NULL};
    char *end;
    bool none = record->acquired_ms == WEFT_CATALOG_NO_TIME;
    weft_moment time;
    if (!has_time && (is_one_of(key, length, times) || (none && is_one_of(key, length, weak_times))) &&
        weft_moment_read_any(value, &time))
        record->acquired_ms = weft_moment_ms(&time);
    if (!is_one_of(key, length, clouds)) return;
    double share = strtod(value, &end);
    if (end != value && isfinite(share)) record->cloud_cover = share;
}

static void add_tags(weft_text *out, weft_catalog_raster *record, char **tags, bool has_time) {
    for (int i = 0; tags != NULL && tags[i] != NULL && out->length < MOST_TAGS; i++) {
        const char *equals = strchr(tags[i], '=');
        if (equals == NULL || equals == tags[i] || strlen(equals) > LONGEST_VALUE || equals - tags[i] > 256) continue;
        char key[257];
        (void)snprintf(key, sizeof key, "%.*s", (int)(equals - tags[i]), tags[i]);
        weft_text_add(out, out->length > 1 ? ", " : "");
        add_string(out, key);
        weft_text_add(out, ": ");
        add_string(out, equals + 1);
        note(record, tags[i], (size_t)(equals - tags[i]), equals + 1, has_time);
    }
}

/* Returns whether the name says when. */
static bool add_captures(weft_text *out, weft_catalog_raster *record, const char *pattern, const char *path) {
    weft_path_fields fields;
    bool undated;
    if (pattern == NULL || !weft_path_fields_match(pattern, weft_path_fields_tail(pattern, path), &fields, &undated))
        return false;
    for (int i = 0; i < fields.count; i++) {
        weft_text_add(out, out->length > 1 ? ", " : "");
        add_string(out, fields.items[i].name);
        weft_text_add(out, ": ");
        add_string(out, fields.items[i].value);
    }
    if (fields.has_date) record->acquired_ms = weft_moment_ms(&fields.date);
    return fields.has_date;
}

static weft_status read_properties(weft_catalog_raster *record, const weft_header_reader *reader, GDALDatasetH dataset,
                                   weft_error *err) {
    weft_text out = {0};
    weft_text_add(&out, "{");
    bool has_time = add_captures(&out, record, reader->pattern, record->location);
    add_tags(&out, record, GDALGetMetadata(dataset, NULL), has_time);
    add_tags(&out, record, GDALGetMetadata(dataset, "IMAGERY"), has_time);
    weft_text_add(&out, "}");
    record->properties = take(&out, err);
    return record->properties != NULL ? WEFT_OK : WEFT_ERR_MEMORY;
}

/* --- dependencies --- */

static weft_status add_path(void *payload, const char *path, weft_error *err) {
    weft_text *out = payload;
    (void)err;
    if (strlen(path) > LONGEST_VALUE) return WEFT_OK;
    weft_text_add(out, out->length > 1 ? ", " : "");
    add_string(out, path);
    return WEFT_OK;
}

static weft_status read_depends(weft_catalog_raster *record, GDALDatasetH dataset, const char *const *siblings,
                                weft_error *err) {
    weft_text out = {0};
    weft_status status = WEFT_OK;
    int folder = (int)(record->name - record->location);
    bool is_vrt = strcmp(record->driver, "VRT") == 0, any;
    weft_text_add(&out, "[");
    for (; siblings != NULL && *siblings != NULL; siblings++) {
        if (weft_raster_header_companion_of(*siblings, &any) == 0) continue;
        char *path = weft_text_format("%.*s%s", folder, record->location, *siblings);
        if (path != NULL) status = add_path(&out, path, err);
        free(path);
    }
    if (is_vrt) status = weft_vrt_sources_visit(record->location, add_path, &out, err);
    char **files = is_vrt || strcmp(record->driver, "GTiff") == 0 ? NULL : GDALGetFileList(dataset);
    for (int i = 0; files != NULL && files[i] != NULL; i++)
        if (strcmp(files[i], record->location) != 0 && weft_raster_header_companion_of(files[i], &any) == 0)
            status = add_path(&out, files[i], err);
    CSLDestroy(files);
    weft_text_add(&out, "]");
    record->depends = take(&out, err);
    return status != WEFT_OK ? status : record->depends != NULL ? WEFT_OK : WEFT_ERR_MEMORY;
}

/* --- one file --- */

static void is_broken(weft_raster_header *out, const char *format, const char *reason) {
    out->kind = WEFT_HEADER_BROKEN;
    (void)snprintf(out->problem, sizeof out->problem, format, reason);
}

/* It did not open: why not. */
static void judge(weft_raster_header *out, const char *path) {
    char reason[256];
    (void)snprintf(reason, sizeof reason, "%s", weft_raster_last_reason("no driver knows it"));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int failure = fd < 0 ? errno : 0;
    off_t bytes = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    if (fd >= 0) (void)close(fd);
    out->kind = WEFT_HEADER_OTHER;
    if (failure == ENOENT)
        out->kind = WEFT_HEADER_GONE;
    else if (failure != 0)
        is_broken(out, "it cannot be read: %s", strerror(failure));
    else if (!promises_raster(path))
        out->kind = WEFT_HEADER_OTHER;
    else if (bytes == 0)
        is_broken(out, "the file is empty%s", "");
    else
        is_broken(out, "not a raster that GDAL can open (%s)", reason);
}

/* Whether it has bands and a place. */
static bool is_usable(weft_raster_header *out, GDALDatasetH dataset) {
    weft_catalog_raster *record = &out->record;
    double *g = record->geotransform;
    record->cols = GDALGetRasterXSize(dataset);
    record->rows = GDALGetRasterYSize(dataset);
    if (GDALGetRasterCount(dataset) == 0) {
        const char *first = CSLFetchNameValue(GDALGetMetadata(dataset, "SUBDATASETS"), "SUBDATASET_1_NAME");
        is_broken(out, first != NULL ? "it holds subdatasets, the first of which is %s" : "it holds no band%s",
                  first != NULL ? first : "");
        return false;
    }
    if (GDALGetGeoTransform(dataset, g) != CE_None)
        is_broken(out, "it has no geotransform%s", GDALGetGCPCount(dataset) > 0 ? ", only ground control points" : "");
    else if (!isfinite(g[1] * g[5] - g[2] * g[4]) || g[1] * g[5] - g[2] * g[4] == 0)
        is_broken(out, "its geotransform has no inverse%s", "");
    else if (GDALGetSpatialRef(dataset) == NULL)
        is_broken(out, "it has no CRS%s", "");
    return out->kind != WEFT_HEADER_BROKEN;
}

static weft_status read_place(weft_raster_header *out, weft_header_reader *reader, GDALDatasetH dataset,
                              weft_error *err) {
    weft_catalog_raster *record = &out->record;
    const known_crs *crs = NULL;
    bool known = false;
    weft_status status = find_crs(reader, GDALGetSpatialRef(dataset), &crs, err);
    if (status != WEFT_OK) return status;
    if (crs->to_degrees == NULL) {
        is_broken(out, "PROJ knows no way from %s to longitude and latitude", weft_crs_name(crs->crs));
        return WEFT_OK;
    }
    record->crs = weft_text_format("%s", weft_crs_name(crs->crs));
    record->crs_wkt = weft_text_format("%s", weft_crs_wkt(crs->crs));
    if (record->crs == NULL || record->crs_wkt == NULL) return weft_error_no_memory(err, "a header");
    status = weft_header_footprint_find(&out->outline, crs->to_degrees, weft_crs_is_geographic(crs->crs),
                                        record->geotransform, record->cols, record->rows, &known, err);
    record->footprint = out->outline.footprint;
    if (status == WEFT_OK && !known) is_broken(out, "no part of it has a place on Earth in %s", record->crs);
    return status;
}

weft_status weft_raster_header_read(weft_raster_header *out, weft_header_reader *reader, const char *path,
                                    const char *const *siblings, weft_error *err) {
    out->kind = WEFT_HEADER_RASTER;
    out->problem[0] = '\0';
    out->record = (weft_catalog_raster){
        .location = path, .name = strrchr(path, '/') + 1, .acquired_ms = WEFT_CATALOG_NO_TIME, .cloud_cover = NAN};
    weft_status status = WEFT_OK;
    if (!weft_raster_clear_errors())
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: not enough memory to open it", path);
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, siblings);
    if (dataset == NULL && weft_raster_out_of_memory())
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: not enough memory to open it", path);
    if (dataset == NULL) {
        judge(out, path);
        return WEFT_OK;
    }
    out->record.driver = GDALGetDriverShortName(GDALGetDatasetDriver(dataset));
    if (is_usable(out, dataset)) {
        status = read_place(out, reader, dataset, err);
        if (status == WEFT_OK) status = read_bands(&out->record, dataset, err);
        if (out->record.crs_wkt != NULL) out->record.layout = weft_layout_digest(dataset, out->record.crs_wkt);
        if (status == WEFT_OK) status = read_properties(&out->record, reader, dataset, err);
        if (status == WEFT_OK) status = read_depends(&out->record, dataset, siblings, err);
    }
    GDALClose(dataset);
    if (status != WEFT_OK) weft_raster_header_dispose(out);
    return status;
}

void weft_raster_header_dispose(weft_raster_header *header) {
    const char *const owned[] = {header->record.crs, header->record.crs_wkt, header->record.bands,
                                 header->record.properties, header->record.depends};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free((void *)owned[i]);
    header->record = (weft_catalog_raster){0};
}
