/* SPDX-License-Identifier: MIT
 *
 * What cannot be placed on the ground, or is no number, is refused here, with the command that mends it. */
#include "raster/info/source_info_read.h"

#include "raster/array/missing_attributes.h"
#include "raster/array/rotated_pole.h"
#include "raster/array/source_axes.h"
#include "raster/array/unread_attributes.h"
#include "raster/array/valid_range.h"
#include "raster/crs/crs_handle.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/gdal/overview_band.h"
#include "raster/info/class_signs.h"
#include "raster/info/codec_memory.h"
#include "raster/info/color_table.h"
#include "raster/info/missing_values.h"
#include "raster/info/pixel_type.h"
#include "raster/info/time_axis.h"
#include "raster/info/vrt_gaps.h"

#include <cpl_string.h>
#include <errno.h>
#include <gdal.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TURNED 1e-6 /* of a pixel */

static weft_status refuse(weft_error *err, const char *path, const char *what) {
    return weft_error_set(err, WEFT_ERR_DATA, "%s: %s", path, what);
}

/* --- nodata --- */

/* The value that GDAL says is missing. False: none. */
static bool declared_value(weft_value_range *out, GDALRasterBandH handle, weft_data_type type) {
    int has = 0;
    long double value;
    if (type == WEFT_INT64)
        value = (long double)GDALGetRasterNoDataValueAsInt64(handle, &has);
    else if (type == WEFT_UINT64)
        value = (long double)GDALGetRasterNoDataValueAsUInt64(handle, &has);
    else
        value = GDALGetRasterNoDataValue(handle, &has);
    *out = (weft_value_range){value, value};
    return has != 0;
}

/* *has: whether the file declares one or several. valid: what pixels can be. False: no memory. */
static bool declared_nodata(weft_band_info *band, GDALDatasetH dataset, GDALRasterBandH handle, weft_valid_range valid,
                            bool *has) {
    weft_value_range values[WEFT_MISSING_ATTRIBUTES_MOST + 2];
    int count = 0;
    if (declared_value(&values[0], handle, band->type))
        count = weft_missing_attributes_add(values, 1, dataset, handle, band->type);
    int listed = count;
    count = weft_valid_range_add(values, count, valid, band->type);
    *has = count > 0;
    if (!*has) return true;
    if (count > 1 || listed == 0) return weft_missing_values_set(band, values, count);
    if (band->type == WEFT_INT64) return weft_missing_values_declare_bits(band, (uint64_t)(int64_t)values[0].low);
    if (band->type == WEFT_UINT64) return weft_missing_values_declare_bits(band, (uint64_t)values[0].low);
    return weft_missing_values_declare(band, (double)values[0].low);
}

static bool is_zarr(GDALDatasetH dataset) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    return driver != NULL && strcmp(GDALGetDriverShortName(driver), "Zarr") == 0;
}

/* A value first, then a mask, then alpha: GDAL knows alpha as a mask only in files of two and of four bands. */
static bool read_nodata(weft_band_info *band, GDALDatasetH dataset, GDALRasterBandH handle, int alpha_band,
                        weft_valid_range valid, weft_source_options options) {
    bool has;
    band->nodata_unused = NAN;
    if (options.has_nodata)
        return options.nodata_count == 0 || weft_missing_values_set(band, options.nodata, options.nodata_count);
    if (!declared_nodata(band, dataset, handle, valid, &has)) return false;
    int flags = GDALGetMaskFlags(handle);
    band->mask_unused = has && (alpha_band > 0 || (flags & (GMF_ALL_VALID | GMF_ALPHA | GMF_NODATA)) == 0);
    band->zero_fill = has && band->nodata == 0 && is_zarr(dataset);
    if (has) return true;
    bool mask = (flags & (GMF_ALL_VALID | GMF_ALPHA)) == 0;
    band->nodata_kind = mask ? WEFT_NODATA_MASK : alpha_band > 0 ? WEFT_NODATA_ALPHA : WEFT_NODATA_NONE;
    return true;
}

/* --- bands --- */

static void read_unscaling(weft_band_info *band, GDALRasterBandH handle, weft_source_options options) {
    int has = 0;
    double scale = GDALGetRasterScale(handle, &has);
    band->scale = has && isfinite(scale) && scale != 0 ? scale : 1;
    double offset = GDALGetRasterOffset(handle, &has);
    band->offset = has && isfinite(offset) ? offset : 0;
    if (options.scale != NULL) band->scale = *options.scale;
    if (options.offset != NULL) band->offset = *options.offset;
}

/* A copy of a text that says something. False: no memory. */
static bool keep_text(const char **out, const char *text) {
    if (text == NULL || text[0] == '\0') return true;
    *out = strdup(text);
    return *out != NULL;
}

static bool is_wanted(int number, weft_source_options options) {
    if (options.bands == NULL) return true;
    for (int i = 0; i < options.band_count; i++)
        if (options.bands[i] == number) return true;
    return false;
}

static int find_alpha(GDALDatasetH dataset) {
    for (int number = GDALGetRasterCount(dataset); number > 0; number--)
        if (GDALGetRasterColorInterpretation(GDALGetRasterBand(dataset, number)) == GCI_AlphaBand) return number;
    return 0;
}

/* Where the user says what GDAL is to do with it, it is GDAL's. */
static weft_valid_range valid_range(GDALDatasetH dataset, weft_data_type type, weft_source_options options) {
    bool asked = CSLFetchNameValue((char **)options.open_options, WEFT_VALID_RANGE_OPTION) != NULL;
    return asked || options.has_nodata ? (weft_valid_range){-INFINITY, INFINITY} : weft_valid_range_read(dataset, type);
}

/* Of the first band that could have some: all bands of a VRT are of the same files, or nearly always. */
static void count_gaps(weft_band_info *bands, int count, GDALDatasetH dataset, weft_source_options options) {
    for (int i = 0; i < count && !options.has_nodata; i++) {
        weft_band_info *band = &bands[i];
        if (!band->wanted || band->nodata_kind != WEFT_NODATA_NONE) continue;
        band->gap_pixels = weft_vrt_gaps_count(dataset, band->number);
        return;
    }
}

static weft_status read_bands(weft_source_info *out, GDALDatasetH dataset, weft_source_options options,
                              weft_error *err) {
    int count = GDALGetRasterCount(dataset);
    weft_band_info *bands = calloc((size_t)count, sizeof *bands);
    if (bands == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for %d bands", out->path, count);
    weft_valid_range valid = {-INFINITY, INFINITY};
    out->bands = bands;
    out->alpha_band = find_alpha(dataset);
    for (int number = 1; number <= count; number++) {
        GDALRasterBandH handle = GDALGetRasterBand(dataset, number);
        weft_band_info *band = &bands[out->band_count];
        if (GDALGetRasterColorInterpretation(handle) == GCI_AlphaBand) continue;
        band->number = number;
        weft_status status = weft_pixel_type(handle, out->path, number, &band->type, err);
        if (status != WEFT_OK) return status;
        band->wanted = is_wanted(number, options);
        read_unscaling(band, handle, options);
        out->band_count++;
        /* All bands are of one variable. */
        if (out->band_count == 1) valid = valid_range(dataset, band->type, options);
        if (!read_nodata(band, dataset, handle, out->alpha_band, valid, options))
            return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for %d bands", out->path, count);
    }
    count_gaps(bands, out->band_count, dataset, options);
    return out->band_count > 0 ? WEFT_OK : refuse(err, out->path, "there is no band that can be a column");
}

static void read_blocks(weft_source_info *out, GDALDatasetH dataset) {
    int cols, rows;
    GDALGetBlockSize(weft_overview_band(dataset, out->bands[0].number, out->overview), &cols, &rows);
    out->block_cols = cols;
    out->block_rows = rows;
    const char *interleave = weft_overview_structure(dataset, out->overview, "INTERLEAVE");
    out->pixel_interleaved = out->band_count > 1 && interleave != NULL && strcmp(interleave, "PIXEL") == 0;
    out->bands_at_once = out->pixel_interleaved ? GDALGetRasterCount(dataset) : 1;
}

/* --- place --- */

static weft_status refuse_ungeoreferenced(GDALDatasetH dataset, const char *path, weft_error *err) {
    if (GDALGetGCPCount(dataset) > 0) {
        refuse(err, path, "it is placed by ground control points only");
        weft_error_hint(err, "gdalwarp -tps IN OUT.tif makes a georeferenced raster of it");
    } else if (GDALGetMetadata(dataset, "RPC") != NULL) {
        refuse(err, path, "it is placed by RPCs only");
        weft_error_hint(err, "gdalwarp -rpc IN OUT.tif makes a georeferenced raster of it");
    } else if (GDALGetMetadata(dataset, "GEOLOCATION") != NULL) {
        refuse(err, path, "it is a swath: each pixel has a longitude and a latitude of its own");
        weft_error_hint(err, "gdalwarp -geoloc '%s' OUT.tif makes a georeferenced raster of it", path);
    } else {
        refuse(err, path, "it has no geotransform");
        weft_error_hint(err, "datasets[].geotransform: [left, width, 0, top, 0, -height] gives it one");
    }
    return WEFT_ERR_DATA;
}

/* A turn that moves no pixel of the raster by a millionth of its size is one of rounding: programs multiply by the
 * cosine and the sine of an angle that was 0. */
static void straighten(double *g, int64_t cols, int64_t rows) {
    bool straight =
        fabs(g[2]) * (double)rows <= TURNED * fabs(g[1]) && fabs(g[4]) * (double)cols <= TURNED * fabs(g[5]);
    if (straight) g[2] = g[4] = 0;
}

static weft_status read_geotransform(weft_source_info *out, GDALDatasetH dataset, weft_source_options options,
                                     weft_error *err) {
    double *g = out->geotransform;
    if (options.geotransform != NULL)
        memcpy(g, options.geotransform, sizeof out->geotransform);
    else if (GDALGetGeoTransform(dataset, g) != CE_None)
        return refuse_ungeoreferenced(dataset, out->path, err);
    /* An overview covers the same ground, by GDAL's rule: also one whose size is rounded. */
    double across = (double)GDALGetRasterXSize(dataset) / (double)out->cols;
    double down = (double)GDALGetRasterYSize(dataset) / (double)out->rows;
    g[1] *= across;
    g[4] *= across;
    g[2] *= down;
    g[5] *= down;
    straighten(g, out->cols, out->rows);
    double determinant = g[1] * g[5] - g[2] * g[4];
    if (!isfinite(determinant) || determinant == 0 || !isfinite(g[0]) || !isfinite(g[3]))
        return refuse(err, out->path, "its geotransform has no inverse");
    return WEFT_OK;
}

static weft_status refuse_without_crs(GDALDatasetH dataset, const char *path, weft_error *err) {
    char rotated[256];
    refuse(err, path, "it has no CRS");
    if (weft_rotated_pole_crs(dataset, rotated, sizeof rotated))
        weft_error_hint(err, "its pole is rotated: datasets[].crs: \"%s\"", rotated);
    else
        weft_error_hint(err, "datasets[].crs gives it one: crs: EPSG:NNNN");
    return WEFT_ERR_DATA;
}

static weft_status read_crs(weft_source_info *out, GDALDatasetH dataset, weft_source_options options, weft_error *err) {
    weft_crs *owned = NULL;
    weft_status status;
    if (options.crs != NULL) {
        status = weft_crs_copy(&owned, options.crs, err);
    } else {
        OGRSpatialReferenceH crs = GDALGetSpatialRef(dataset), copy = crs == NULL ? NULL : OSRClone(crs);
        if (copy == NULL && out->crs_assumed) {
            status = weft_crs_parse(&owned, "OGC:CRS84", err);
            out->crs = owned;
            return status;
        }
        if (copy == NULL) {
            return refuse_without_crs(dataset, out->path, err);
        }
        status = weft_crs_wrap(&owned, copy, err);
    }
    out->crs = owned;
    return status;
}

/* Geographic, rows along parallels, and a full turn wide to half a pixel; one column more is the first one again. */
void weft_source_info_find_wrap(weft_source_info *out) {
    const double *g = out->geotransform;
    if (!weft_crs_is_geographic(out->crs) || g[2] != 0 || g[4] != 0) return;
    double turn = weft_crs_turn(out->crs) / fabs(g[1]);
    if (!isfinite(turn) || turn > 1e9) return;
    int64_t whole = (int64_t)llround(turn);
    bool wide = fabs((double)out->cols - turn) <= 0.5 || (out->cols == whole + 1 && fabs(turn - (double)whole) <= 0.5);
    if (!wide || whole < 2) return;
    out->wraps = true;
    out->wrap_cols = whole < out->cols ? whole : out->cols;
}

static char *copy_path(const char *path) {
    char *absolute = realpath(path, NULL);
    return absolute != NULL || errno == ENOMEM ? absolute : strdup(path);
}

/* All else that an overview has is the raster's: its nodata, names, scale .. */
static weft_status read_overview_size(weft_source_info *out, GDALDatasetH dataset, int overview, weft_error *err) {
    GDALRasterBandH band = weft_overview_band(dataset, out->bands[0].number, overview);
    if (band == NULL) return weft_error_set(err, WEFT_ERR_DATA, "%s: it has no overview %d", out->path, overview);
    out->overview = overview;
    out->cols = GDALGetRasterBandXSize(band);
    out->rows = GDALGetRasterBandYSize(band);
    return WEFT_OK;
}

/* What is compared when the file is opened again, but its CRS. Nothing here may have GDAL make one (a GeoTIFF's unit
 * does): see weft_source_info_compare(). */
static weft_status read_declared(weft_source_info *out, GDALDatasetH dataset, const char *path,
                                 weft_source_options options, weft_error *err) {
    *out = (weft_source_info){
        .path = copy_path(path), .cols = GDALGetRasterXSize(dataset), .rows = GDALGetRasterYSize(dataset)};
    if (out->path == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to describe it", path);
    if (GDALGetRasterCount(dataset) == 0) {
        char **subdatasets = GDALGetMetadata(dataset, "SUBDATASETS");
        refuse(err, path, "it holds no band of its own");
        const char *first = CSLFetchNameValue(subdatasets, "SUBDATASET_1_NAME");
        if (first != NULL) weft_error_hint(err, "it holds subdatasets: path: '%s'", first);
        return WEFT_ERR_DATA;
    }
    weft_status status = read_bands(out, dataset, options, err);
    if (status == WEFT_OK && options.overview > 0) status = read_overview_size(out, dataset, options.overview, err);
    if (status == WEFT_OK) status = read_geotransform(out, dataset, options, err);
    if (status == WEFT_OK) read_blocks(out, dataset);
    return status;
}

/* longitudes: its axes are degrees east and north, so that no CRS of its own means WGS 84. */
static weft_status read_declared_crs(weft_source_info *out, GDALDatasetH dataset, weft_source_options options,
                                     bool longitudes, weft_error *err) {
    out->crs_assumed = longitudes && options.crs == NULL && GDALGetSpatialRef(dataset) == NULL;
    weft_status status = read_crs(out, dataset, options, err);
    if (status == WEFT_OK) weft_source_info_find_wrap(out);
    return status;
}

static bool is_in_time(const weft_band_info *band, const weft_moment *dates) {
    return dates == NULL || !band->has_date ||
           (weft_moment_compare(&band->date, &dates[0]) >= 0 && weft_moment_compare(&band->date, &dates[1]) <= 0);
}

static bool keep_unread(weft_source_info *out, GDALDatasetH dataset, weft_source_options options) {
    char scaling[WEFT_UNREAD_BYTES], missing[WEFT_UNREAD_BYTES];
    weft_unread_attributes_find(dataset, scaling, missing);
    return (options.scale != NULL || options.offset != NULL || keep_text(&out->unread_scaling, scaling)) &&
           (options.has_nodata || keep_text(&out->unread_missing, missing));
}

weft_status weft_source_info_read(weft_source_info *out, void *dataset, const char *path, weft_source_options options,
                                  weft_error *err) {
    bool longitudes = false;
    weft_status status =
        options.geotransform == NULL ? weft_source_axes_check(dataset, path, &longitudes, err) : WEFT_OK;
    if (status == WEFT_OK) status = read_declared(out, dataset, path, options, err);
    if (status == WEFT_OK) status = read_declared_crs(out, dataset, options, longitudes, err);
    if (status != WEFT_OK) return status;
    int wanted = 0;
    out->undated = weft_time_axis_read((weft_band_info *)out->bands, out->band_count, dataset);
    for (int i = 0; i < out->band_count; i++) {
        weft_band_info *band = (weft_band_info *)&out->bands[i];
        band->wanted = band->wanted && is_in_time(band, options.dates);
        GDALRasterBandH handle = GDALGetRasterBand(dataset, band->number);
        if (!keep_text(&band->description, GDALGetDescription(handle)) ||
            !keep_text(&band->unit, GDALGetRasterUnitType(handle)))
            return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for the texts of its bands", path);
        band->classes = weft_class_signs_find(dataset, handle);
        band->class_names = weft_class_names_read(handle);
        wanted += band->wanted;
        if (band->wanted && !options.without_palettes && !weft_color_table_read(&band->palette, handle))
            return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its palette", path);
    }
    if (!keep_unread(out, dataset, options))
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its attributes", path);
    out->codec = weft_codec_memory(dataset, wanted, out->overview);
    if (out->band_count > 1 && !out->pixel_interleaved) out->bands_at_once = out->codec.bands_at_once;
    return WEFT_OK;
}

/* --- opened again --- */

/* NaN is the same as NaN. */
static bool same_number(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static bool same_missing(const weft_band_info *a, const weft_band_info *b) {
    if (a->nodata_kind != b->nodata_kind) return false;
    if (a->nodata_kind != WEFT_NODATA_VALUE) return true;
    size_t bytes = (size_t)a->missing_count * sizeof *a->missing;
    return same_number(a->nodata, b->nodata) && a->nodata_occurs == b->nodata_occurs &&
           a->missing_count == b->missing_count && (bytes == 0 || memcmp(a->missing, b->missing, bytes) == 0);
}

/* What of two descriptions is not the same, or NULL. A CRS that `b` has not is not compared. */
static const char *difference(const weft_source_info *a, const weft_source_info *b) {
    if (a->cols != b->cols || a->rows != b->rows) return "its size";
    if (a->band_count != b->band_count || a->alpha_band != b->alpha_band) return "its bands";
    if (a->block_cols != b->block_cols || a->block_rows != b->block_rows) return "its blocks";
    if (a->pixel_interleaved != b->pixel_interleaved) return "its interleaving";
    for (int i = 0; i < a->band_count; i++) {
        const weft_band_info *one = &a->bands[i], *other = &b->bands[i];
        if (one->number != other->number || one->type != other->type) return "its pixels' type";
        if (!same_missing(one, other)) return "how it says that a pixel is missing";
        if (one->scale != other->scale || one->offset != other->offset) return "its scale or offset";
    }
    for (int i = 0; i < 6; i++)
        if (a->geotransform[i] != b->geotransform[i]) return "its place";
    if (b->crs == NULL) return NULL;
    bool same_crs = strcmp(weft_crs_wkt(a->crs), weft_crs_wkt(b->crs)) == 0 || weft_crs_equal(a->crs, b->crs);
    return same_crs ? NULL : "its CRS";
}

weft_status weft_source_info_compare(const weft_source_info *then, void *dataset, weft_source_options options,
                                     bool with_crs, weft_error *err) {
    weft_source_info now = {0};
    weft_error reason = {0};
    weft_status status = read_declared(&now, dataset, then->path, options, &reason);
    if (status == WEFT_OK && with_crs) status = read_declared_crs(&now, dataset, options, then->crs_assumed, &reason);
    const char *what = status == WEFT_OK ? difference(then, &now) : NULL;
    if (status == WEFT_ERR_MEMORY && err != NULL) *err = reason;
    if (status != WEFT_OK && status != WEFT_ERR_MEMORY)
        weft_error_set(err, WEFT_ERR_DATA, "%s: it changed while it was used (%s)", then->path, reason.message);
    if (what != NULL)
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: it changed while it was used: %s differs", then->path, what);
    if (status != WEFT_OK && status != WEFT_ERR_MEMORY)
        weft_error_hint(err, "rows of both would be mixed, so nothing is kept: run again when it no longer changes");
    weft_source_info_dispose(&now);
    return status == WEFT_OK || status == WEFT_ERR_MEMORY ? status : WEFT_ERR_DATA;
}

void weft_source_info_dispose(weft_source_info *info) {
    weft_crs_free((weft_crs *)info->crs);
    for (int i = 0; i < info->band_count; i++) {
        free((void *)info->bands[i].description);
        free((void *)info->bands[i].unit);
        free((void *)info->bands[i].missing);
        free((void *)info->bands[i].palette.colors);
    }
    free((void *)info->bands);
    free((void *)info->path);
    free((void *)info->unread_scaling);
    free((void *)info->unread_missing);
    free((void *)info->warnings);
    *info = (weft_source_info){0};
}
