/* SPDX-License-Identifier: MIT */
#include "cli/init/found_rasters.h"

#include "core/text.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/source/source.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define EQUATOR_RADIUS 6378137.0           /* metres; of WGS 84 */
#define ECCENTRICITY2  0.00669437999014132 /* the square of its eccentricity */
#define RADIANS        0.017453292519943295
#define SHOWN_BANDS    12

/* One more place of `size` bytes after `count` of them, or NULL, with the old ones as they were. */
static void *grown(void *items, int count, size_t size) {
    return realloc(items, ((size_t)count + 1) * size);
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Files that GDAL takes for rasters and that are a raster's companions, or tables of points. */
static bool is_other(const char *path, const char *name) {
    static const char *const ends[] = {".ovr", ".msk", ".aux.xml", ".part"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, ends[i])) return true;
    const char *driver = weft_raster_driver_of(path);
    return driver == NULL || strcmp(driver, "XYZ") == 0;
}

/* Distance of two places in degrees: that on a sphere, whose radius is WGS 84's of curvature, along the meridian for the
 * part of the way that goes there, and across it. A sphere of one radius is off by up to 0.6 %: 28.6 m for 28.5 m. */
static double distance(double lon1, double lat1, double lon2, double lat2) {
    double a = sin((lat2 - lat1) * RADIANS / 2), b = sin((lon2 - lon1) * RADIANS / 2);
    double north = a * a, east = cos(lat1 * RADIANS) * cos(lat2 * RADIANS) * b * b, h = north + east;
    double s = sin((lat1 + lat2) / 2 * RADIANS), w = 1 - ECCENTRICITY2 * s * s;
    double across = EQUATOR_RADIUS / sqrt(w), along = across * (1 - ECCENTRICITY2) / w;
    if (h == 0) return 0;
    return 2 * asin(sqrt(h < 1 ? h : 1)) * sqrt((along * along * north + across * across * east) / h);
}

/* The side of a square as large as the pixel at the centre. Where that has no place on Earth, CRS units. */
static double pixel_metres(const weft_found_raster *raster, const weft_crs *degrees) {
    const double *g = raster->geotransform;
    double u = (double)raster->cols / 2, v = (double)raster->rows / 2;
    double x[3] = {g[0] + u * g[1] + v * g[2], 0, 0}, y[3] = {g[3] + u * g[4] + v * g[5], 0, 0};
    weft_transform *transform = NULL;
    x[1] = x[0] + g[1], y[1] = y[0] + g[4];
    x[2] = x[0] + g[2], y[2] = y[0] + g[5];
    double side = sqrt(fabs(g[1] * g[5] - g[2] * g[4]));
    if (weft_transform_new(&transform, raster->crs, degrees, NULL, NULL, NULL) == WEFT_OK) {
        weft_transform_points(transform, 3, x, y);
        double across = distance(x[0], y[0], x[1], y[1]), down = distance(x[0], y[0], x[2], y[2]);
        if (isfinite(across) && isfinite(down) && across > 0 && down > 0) side = sqrt(across * down);
    }
    weft_transform_free(transform);
    return side;
}

static weft_status share_crs(weft_found_rasters *found, const weft_crs *crs, const weft_crs **out, weft_error *err) {
    for (int i = 0; i < found->crs_count; i++) {
        if (!weft_crs_equal(found->crss[i], crs)) continue;
        *out = found->crss[i];
        return WEFT_OK;
    }
    weft_crs **more = grown(found->crss, found->crs_count, sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the rasters of a folder");
    found->crss = more;
    weft_status status = weft_crs_copy(&more[found->crs_count], crs, err);
    if (status == WEFT_OK) *out = more[found->crs_count++];
    return status;
}

/* The names of the bands, where there are any. */
static char *list_bands(const weft_source_info *info) {
    weft_text out = {0};
    weft_text_add(&out, "%s", "");
    for (int i = 0; i < info->band_count && i < SHOWN_BANDS; i++)
        if (info->bands[i].description != NULL && info->bands[i].description[0] != '\0')
            weft_text_add(&out, "%s%d %s", out.length > 0 ? ", " : "", info->bands[i].number,
                          info->bands[i].description);
    if (!out.failed) return out.data;
    weft_text_dispose(&out);
    return NULL;
}

static weft_status keep(weft_found_rasters *found, const weft_source *source, const char *name, const weft_crs *degrees,
                        weft_error *err) {
    const weft_source_info *info = weft_source_describe(source);
    weft_found_raster *more = grown(found->rasters, found->count, sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the rasters of a folder");
    found->rasters = more;
    weft_found_raster *raster = &more[found->count++];
    *raster = (weft_found_raster){.type = info->bands[0].type,
                                  .cols = info->cols,
                                  .rows = info->rows,
                                  .band_count = info->band_count,
                                  .bounds = weft_source_bounds(source),
                                  .name = weft_text_format("%s", name),
                                  .bands = list_bands(info)};
    memcpy(raster->geotransform, info->geotransform, sizeof raster->geotransform);
    for (int i = 0; i < info->band_count && raster->classes == NULL; i++)
        if (info->bands[i].classes != NULL) raster->classes = weft_text_format("%s", info->bands[i].classes);
    if (raster->name == NULL || raster->bands == NULL) return weft_error_no_memory(err, "the rasters of a folder");
    weft_status status = share_crs(found, info->crs, &raster->crs, err);
    if (status == WEFT_OK) raster->metres = pixel_metres(raster, degrees);
    return status;
}

static weft_status leave_out(weft_found_rasters *found, const char *name, const weft_error *why, weft_error *err) {
    weft_left_out *more = grown(found->left_out, found->left_out_count, sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the rasters of a folder");
    found->left_out = more;
    /* Mostly the message begins with the path. */
    const char *message = why->message, *at = strstr(message, name);
    if (message[0] == '/' && at != NULL) message = at + strlen(name) + strspn(at + strlen(name), ": ");
    weft_left_out *file = &more[found->left_out_count++];
    file->name = weft_text_format("%s", name);
    file->why = weft_text_format("%s%s%s", message, why->hint[0] != '\0' ? "; " : "", why->hint);
    return file->name != NULL && file->why != NULL ? WEFT_OK : weft_error_no_memory(err, "the rasters of a folder");
}

static weft_status look(weft_found_rasters *found, const char *folder, const char *name, const weft_crs *degrees,
                        weft_error *err) {
    struct stat info;
    weft_source *source = NULL;
    weft_error why = {0};
    char *path = weft_text_format("%s/%s", folder, name);
    weft_status status = WEFT_OK;
    if (path == NULL) return weft_error_no_memory(err, "the rasters of a folder");
    bool is_file = stat(path, &info) == 0 && S_ISREG(info.st_mode) && !is_other(path, name);
    if (is_file && !weft_text_is_utf8(name)) {
        weft_error_set(&why, WEFT_ERR_DATA, "its name is not UTF-8, as a configuration has to be; rename it");
        status = leave_out(found, name, &why, err);
    } else if (is_file) {
        status = weft_source_open(&source, path, (weft_source_options){.without_palettes = true}, NULL, &why);
        if (status == WEFT_OK)
            status = keep(found, source, name, degrees, err);
        else if (status != WEFT_ERR_MEMORY)
            status = leave_out(found, name, &why, err);
        else if (err != NULL)
            *err = why;
    }
    weft_source_close(source);
    free(path);
    return status;
}

static int no_hidden(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

weft_status weft_found_rasters_read(weft_found_rasters *out, const char *folder, weft_error *err) {
    struct dirent **entries = NULL;
    weft_crs *degrees = NULL;
    int count = scandir(folder, &entries, no_hidden, by_bytes);
    if (count < 0) return weft_error_set_errno(err, errno, "%s", folder);
    weft_status status = weft_crs_parse(&degrees, "EPSG:4326", err);
    for (int i = 0; i < count; i++) {
        if (status == WEFT_OK) status = look(out, folder, entries[i]->d_name, degrees, err);
        free(entries[i]);
    }
    free(entries);
    weft_crs_free(degrees);
    return status;
}

void weft_found_rasters_dispose(weft_found_rasters *found) {
    for (int i = 0; i < found->count; i++) {
        free(found->rasters[i].name);
        free(found->rasters[i].classes);
        free(found->rasters[i].bands);
    }
    for (int i = 0; i < found->left_out_count; i++) {
        free(found->left_out[i].name);
        free(found->left_out[i].why);
    }
    for (int i = 0; i < found->crs_count; i++)
        weft_crs_free(found->crss[i]);
    free(found->rasters);
    free(found->left_out);
    free(found->crss);
    *found = (weft_found_rasters){0};
}
