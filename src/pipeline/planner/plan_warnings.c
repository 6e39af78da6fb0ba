/* SPDX-License-Identifier: MIT
 *
 * Each is said once: the first file, band or raster that is odd stands for its like. */
#include "pipeline/planner/plan_warnings.h"

#include "pipeline/columns/plan_columns.h"
#include "pipeline/plan/input_difference.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DIVISOR      10  /* integers that are multiplied by this and more are seldom meant to be */
#define FEW_LEFT     0.1 /* of the values that a type can hold */
#define WIDE_DEGREES 10  /* a resolution over this is one in metres, or a mistake */
#define FEW_CELLS    4
#define OFF_LINE     1e-3 /* of a pixel: less changes no value that anyone would notice */

/* --- what files, or the configuration in their place, say of their pixels --- */

typedef bool (*is_odd_fn)(const weft_band_info *band);

static bool has_unused_nodata(const weft_band_info *band) {
    return band->wanted && !isnan(band->nodata_unused);
}

static bool has_divisor(const weft_band_info *band) {
    double power = log10(fabs(band->scale));
    return band->wanted && !weft_data_type_is_float(band->type) && fabs(band->scale) >= DIVISOR &&
           fabs(power - round(power)) < 1e-9;
}

/* The first input's band that is odd, or NULL; *info: its source's. */
static const weft_band_info *find_odd(const weft_plan_dataset *dataset, is_odd_fn is_odd,
                                      const weft_source_info **info) {
    for (int i = 0; i < dataset->input_count; i++) {
        *info = weft_source_describe(dataset->inputs[i].source);
        for (int b = 0; b < (*info)->band_count; b++)
            if (is_odd(&(*info)->bands[b])) return &(*info)->bands[b];
    }
    return NULL;
}

static weft_status warn_of_crs(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    for (int i = 0; i < dataset->input_count; i++) {
        const weft_source_info *info = weft_source_describe(dataset->inputs[i].source);
        if (!info->crs_assumed) continue;
        return weft_plan_warn(plan, err,
                              "dataset %s: %s has no CRS, but degrees_east and degrees_north: taken as longitude and "
                              "latitude on WGS 84; datasets[].crs says another",
                              dataset->config->name, info->path);
    }
    return WEFT_OK;
}

static weft_status warn_of_nodata(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_source_info *info;
    const weft_band_info *band = find_odd(dataset, has_unused_nodata, &info);
    if (band == NULL) return WEFT_OK;
    return weft_plan_warn(
        plan, err, "dataset %s: nodata value %.17g fits no %s pixel of band %d, so nothing is missing by it: %s",
        dataset->config->name, band->nodata_unused, weft_data_type_name(band->type), band->number, info->path);
}

static bool has_zero_fill(const weft_band_info *band) {
    return band->wanted && band->zero_fill;
}

/* Zarr's own default: blocks that are not stored are of it, and GDAL and xarray take it for missing. */
static weft_status warn_of_fill(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_source_info *info;
    if (find_odd(dataset, has_zero_fill, &info) == NULL) return WEFT_OK;
    return weft_plan_warn(
        plan, err,
        "dataset %s: the fill value of the Zarr array is 0, and each 0 counts as missing; where it is a "
        "value, datasets[].nodata: none: %s",
        dataset->config->name, info->path);
}

static bool has_gaps(const weft_band_info *band) {
    return band->wanted && band->gap_pixels > 0;
}

static weft_status warn_of_gaps(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_source_info *info;
    const weft_band_info *band = find_odd(dataset, has_gaps, &info);
    if (band == NULL) return WEFT_OK;
    return weft_plan_warn(plan, err,
                          "dataset %s: no file of the VRT fills %lld or more pixels of band %d, and without a nodata "
                          "value they are 0; datasets[].nodata: 0, or gdalbuildvrt -vrtnodata, makes them missing: %s",
                          dataset->config->name, (long long)band->gap_pixels, band->number, info->path);
}

static bool has_unused_mask(const weft_band_info *band) {
    return band->wanted && band->mask_unused;
}

/* GDAL's own mask is the mask band then, and readers that ask it (rasterio) take the value for data. */
static weft_status warn_of_mask(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_source_info *info;
    const weft_band_info *band = find_odd(dataset, has_unused_mask, &info);
    if (band == NULL) return WEFT_OK;
    bool alpha = info->alpha_band > 0;
    return weft_plan_warn(plan, err,
                          "dataset %s: band %d has a nodata value and %s: the value says what is missing, the %s is "
                          "not looked at; gdal_edit.py -unsetnodata leaves the %s alone: %s",
                          dataset->config->name, band->number, alpha ? "an alpha band" : "a mask",
                          alpha ? "alpha band" : "mask", alpha ? "alpha band" : "mask", info->path);
}

static weft_status warn_of_scale(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_source_info *info;
    const weft_band_info *band = dataset->config->unscale ? find_odd(dataset, has_divisor, &info) : NULL;
    if (band == NULL) return WEFT_OK;
    return weft_plan_warn(plan, err,
                          "dataset %s: values are multiplied by %.15g, the scale of band %d; if it is a divisor, "
                          "datasets[].scale: %.15g: %s",
                          dataset->config->name, band->scale, band->number, 1 / band->scale, info->path);
}

/* GDAL leaves these attributes of HDF files to whoever reads them. */
static weft_status warn_of_unread(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_source_info *info = dataset->input_count > 0 ? weft_source_describe(dataset->inputs[0].source) : NULL;
    weft_status status = WEFT_OK;
    if (info != NULL && info->unread_scaling != NULL && dataset->config->unscale)
        status = weft_plan_warn(plan, err,
                                "dataset %s: %s says %s, which GDAL does not read: values are as they are stored; "
                                "datasets[].scale and offset apply it, unscale: false leaves them",
                                dataset->config->name, info->path, info->unread_scaling);
    if (status == WEFT_OK && info != NULL && info->unread_missing != NULL)
        status = weft_plan_warn(plan, err,
                                "dataset %s: %s says %s, which GDAL does not read: nothing is missing by it; "
                                "datasets[].nodata says what is",
                                dataset->config->name, info->path, info->unread_missing);
    return status;
}

/* Two numbers are a range: [0, 255] of bytes leaves nothing. */
static bool leaves_little(const weft_band_info *band) {
    double missing = 0, size = (double)weft_data_type_size(band->type);
    if (!band->wanted || weft_data_type_is_float(band->type)) return false;
    for (int i = 0; i < band->missing_count; i++) {
        weft_pixel_range range = band->missing[i];
        missing += weft_data_type_is_signed(band->type)
                       ? (double)range.high.integer - (double)range.low.integer + 1
                       : (double)range.high.unsigned_integer - (double)range.low.unsigned_integer + 1;
    }
    return missing >= (1 - FEW_LEFT) * ldexp(1, (int)(8 * size));
}

static weft_status warn_of_pair(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_config_dataset *config = dataset->config;
    const weft_source_info *info;
    if (!config->nodata_pair || find_odd(dataset, leaves_little, &info) == NULL) return WEFT_OK;
    double low = (double)config->nodata->low, high = (double)config->nodata->high;
    return weft_plan_warn(plan, err,
                          "dataset %s: nodata: [%.15g, %.15g] is a range, and leaves next to no value; for the two "
                          "values alone: nodata: [[%.15g], [%.15g]]",
                          config->name, low, high, low, high);
}

/* Of four bands of bytes GDAL makes the fourth alpha when it writes them, unless it is told not to: near infrared, or a
 * class. Any other alpha band was asked for. */
static weft_status warn_of_alpha(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    if (dataset->input_count == 0 || dataset->config->band_count > 0) return WEFT_OK;
    const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
    bool usual = info->alpha_band == 4 && info->band_count == 3 && info->bands[0].type == WEFT_UINT8;
    if (!usual) return WEFT_OK;
    return weft_plan_warn(plan, err,
                          "dataset %s: band %d is alpha, which is no column: if it holds values, gdal_edit.py "
                          "-colorinterp_%d undefined makes it one, or else datasets[].bands says which are: %s",
                          dataset->config->name, info->alpha_band, info->alpha_band, info->path);
}

/* Bands of a variable are named by their dates, where they can be. */
static weft_status warn_of_numbers(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_config_dataset *config = dataset->config;
    if (dataset->input_count == 0 || config->variable == NULL || weft_plan_bands_of(dataset) == 1) return WEFT_OK;
    const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
    if (info->undated == NULL || config->column_names == WEFT_COLUMNS_LIST) return WEFT_OK;
    return weft_plan_warn(
        plan, err,
        "dataset %s: columns have numbers, not dates: %s; datasets[].bands chooses some, of one level "
        "for example, columns names them: %s",
        config->name, info->undated, info->path);
}

/* --- what GDAL says --- */

/* A file may be several datasets'. */
static bool was_said(const weft_plan *plan, const weft_plan_dataset *dataset, const weft_source_info *info) {
    for (const weft_plan_dataset *other = plan->datasets; other < dataset; other++) {
        if (other->mosaic != NULL || other->input_count == 0) continue;
        const weft_source_info *said = weft_source_describe(other->inputs[0].source);
        if (said->warnings == NULL || strcmp(said->path, info->path) != 0) continue;
        if (strcmp(said->warnings, info->warnings) == 0) return true;
    }
    return false;
}

static weft_status pass_on_of_mosaic(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_mosaic_warning *warnings;
    weft_status status = WEFT_OK;
    int others, count = weft_mosaic_warnings(dataset->mosaic, &warnings, &others);
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        const char *path = weft_mosaic_file_path(dataset->mosaic, warnings[i].first);
        status = warnings[i].count == 1
                     ? weft_plan_warn(plan, err, "dataset %s: %s: GDAL warns: %s", dataset->config->name, path,
                                      warnings[i].text)
                     : weft_plan_warn(plan, err, "dataset %s: %s, the first of %d such files: GDAL warns: %s",
                                      dataset->config->name, path, warnings[i].count, warnings[i].text);
    }
    if (status != WEFT_OK || others == 0) return status;
    return weft_plan_warn(plan, err, "dataset %s: GDAL warns of %d more files, in other words", dataset->config->name,
                          others);
}

/* What GDAL warned of when files were opened: it may be why values or places are not those that were meant. */
static weft_status pass_on(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    if (dataset->mosaic != NULL) return pass_on_of_mosaic(plan, dataset, err);
    if (dataset->input_count == 0) return WEFT_OK;
    const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
    if (info->warnings == NULL || was_said(plan, dataset, info)) return WEFT_OK;
    return weft_plan_warn(plan, err, "dataset %s: %s: GDAL warns: %s", dataset->config->name, info->path,
                          info->warnings);
}

weft_status weft_plan_warn_of_sources(weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++) {
        const weft_plan_dataset *dataset = &plan->datasets[i];
        status = pass_on(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_crs(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_nodata(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_fill(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_mask(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_alpha(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_numbers(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_pair(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_scale(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_unread(plan, dataset, err);
        if (status == WEFT_OK) status = warn_of_gaps(plan, dataset, err);
    }
    return status;
}

/* --- the grid --- */

static weft_status warn_of_size(weft_plan *plan, weft_error *err) {
    const weft_grid *grid = &plan->grid;
    bool geographic = weft_crs_is_geographic(grid->crs);
    if (geographic && fmax(grid->res_x, grid->res_y) > WIDE_DEGREES)
        return weft_plan_warn(plan, err,
                              "the grid's resolution is %.15g x %.15g degrees, since %s is geographic: is it meant in "
                              "metres?",
                              grid->res_x, grid->res_y, weft_crs_name(grid->crs));
    if (grid->cols * grid->rows >= FEW_CELLS) return WEFT_OK;
    return weft_plan_warn(plan, err,
                          "the grid has only %lld x %lld cells, of %.15g x %.15g %s: is the resolution right?",
                          (long long)grid->cols, (long long)grid->rows, grid->res_x, grid->res_y,
                          geographic ? "degrees" : "units of its CRS");
}

/* How far `at` is from a line of a net that begins at `start`, in steps. */
static double off_line(double at, double start, double step) {
    double lines = (at - start) / step;
    return fabs(lines - round(lines));
}

/* Whether a raster has the grid's CRS and cell size; then how far off its lines are, in pixels. */
static bool is_alike(const weft_grid *grid, const weft_source_info *info, double off[2]) {
    const double *g = info->geotransform;
    bool size = g[2] == 0 && g[4] == 0 && fabs(fabs(g[1]) / grid->res_x - 1) < 1e-9 &&
                fabs(fabs(g[5]) / grid->res_y - 1) < 1e-9;
    if (!size || !weft_crs_equal(grid->crs, info->crs)) return false;
    off[0] = off_line(grid->origin_x, g[0], g[1]);
    off[1] = off_line(grid->origin_y, g[3], g[5]);
    return true;
}

/* A grid of a raster's own CRS and resolution is meant to be its pixels. Of an extent of several, one that fits is
 * enough: the others cannot all. */
static weft_status warn_of_lines(weft_plan *plan, weft_error *err) {
    const weft_config_grid *desired = &plan->config->grid;
    const char *name = desired->extent == WEFT_EXTENT_DATASET ? desired->extent_dataset : NULL;
    const char *first = NULL;
    double worst[2] = {0, 0};
    if (desired->like != NULL || desired->extent == WEFT_EXTENT_BOUNDS) return WEFT_OK;
    int only = desired->extent != WEFT_EXTENT_DATASET ? -1
               : name == NULL                         ? 0
                                                      : weft_config_find_dataset(plan->config, name);
    for (int i = 0; i < plan->dataset_count; i++) {
        const weft_plan_dataset *dataset = &plan->datasets[i];
        double off[2];
        if (dataset->input_count == 0 || (only >= 0 && dataset->origin != &plan->config->datasets[only])) continue;
        if (!is_alike(&plan->grid, weft_source_describe(dataset->inputs[0].source), off)) continue;
        if (off[0] <= OFF_LINE && off[1] <= OFF_LINE) return WEFT_OK;
        if (first != NULL) continue;
        first = dataset->config->name;
        memcpy(worst, off, sizeof worst);
    }
    if (first == NULL) return WEFT_OK;
    return weft_plan_warn(plan, err,
                          "the grid has the CRS and the resolution of dataset %s, but lies %.3g x %.3g pixels off its "
                          "pixels, whose values are resampled: grid.align: false keeps them, as grid.like: %s does",
                          first, worst[0], worst[1], first);
}

weft_status weft_plan_warn_of_grid(weft_plan *plan, weft_error *err) {
    weft_status status = warn_of_size(plan, err);
    return status == WEFT_OK ? warn_of_lines(plan, err) : status;
}

/* --- numbers of classes have no order: a least, a middle or a greatest one says as little as a mean --- */

static bool is_calculated(weft_overlap overlap) {
    return overlap != WEFT_OVERLAP_FIRST && overlap != WEFT_OVERLAP_LAST && overlap != WEFT_OVERLAP_COUNT;
}

/* What counts classes takes them for what they are. */
static bool calculates(const weft_plan_layer *layer) {
    return !layer->method.method->keeps_classes && !layer->method.method->of_pixels;
}

static weft_status warn_of_classes(weft_plan *plan, const weft_plan_dataset *dataset, const weft_plan_layer *first,
                                   int count, weft_error *err) {
    const char *path = weft_source_describe(dataset->inputs[0].source)->path;
    char bands[64];
    if (count == 1)
        (void)snprintf(bands, sizeof bands, "band %d is", first->band);
    else
        (void)snprintf(bands, sizeof bands, "band %d and %d more are", first->band, count - 1);
    if (calculates(first))
        return weft_plan_warn(plan, err,
                              "dataset %s: %s of classes in %s (%s), but method %s calculates with their numbers: "
                              "method: nearest or mode keeps them",
                              dataset->config->name, bands, path, first->info->classes, first->method.name);
    return weft_plan_warn(plan, err,
                          "dataset %s: %s of classes in %s (%s), but its mosaic calculates with their numbers where "
                          "files overlap: mosaic: first or last keeps them",
                          dataset->config->name, bands, path, first->info->classes);
}

/* Goes over the layers of one dataset, which stand together from layer *at on. Returns the one of classes that a warning
 * names: the first whose method calculates, else the first; NULL: none is of classes. *bands: how many are. */
static const weft_plan_layer *pass_classes(const weft_plan *plan, int *at, int *bands) {
    const weft_plan_layer *named = NULL;
    int dataset = plan->layers[*at].dataset, last_band = -1;
    *bands = 0;
    for (; *at < plan->layer_count && plan->layers[*at].dataset == dataset; ++*at) {
        const weft_plan_layer *layer = &plan->layers[*at];
        if (layer->info == NULL || layer->info->classes == NULL) continue;
        if (named == NULL || (calculates(layer) && !calculates(named))) named = layer;
        *bands += layer->which != last_band; /* a band has a layer a method */
        last_band = layer->which;
    }
    return named;
}

weft_status weft_plan_warn_of_classes(weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->layer_count && status == WEFT_OK;) {
        const weft_plan_dataset *dataset = &plan->datasets[plan->layers[i].dataset];
        int bands;
        const weft_plan_layer *named = pass_classes(plan, &i, &bands);
        bool mixed = dataset->mosaic != NULL && dataset->file_count > 1 && is_calculated(dataset->overlap);
        if (named != NULL && (mixed || calculates(named))) status = warn_of_classes(plan, dataset, named, bands, err);
    }
    return status;
}

/* --- seams between files that are not one raster, each of which is resampled alone --- */

/* Whether the method tells how much there is under a cell, not what it is like. */
static bool tells_how_much(const weft_plan_layer *layer, const weft_config_dataset *config) {
    const weft_method *method = layer->method.method;
    return weft_method_needs_corners(method) && (method->adds || method->of_pixels || config->min_coverage > 0);
}

static int count_on_grid(const weft_plan_dataset *dataset) {
    int count = 0;
    for (int i = 0; i < dataset->input_count; i++)
        count += dataset->inputs[i].on_grid;
    return count;
}

weft_status weft_plan_warn_of_seams(weft_plan *plan, weft_error *err) {
    weft_input_difference between;
    weft_status status = WEFT_OK;
    int warned = -1;
    for (int i = 0; i < plan->layer_count && status == WEFT_OK; i++) {
        const weft_plan_layer *layer = &plan->layers[i];
        const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
        bool looks = layer->info != NULL && dataset->mosaic != NULL && layer->dataset != warned;
        if (!looks || !tells_how_much(layer, dataset->config)) continue;
        int rasters = count_on_grid(dataset);
        if (rasters < 2) continue;
        warned = layer->dataset;
        weft_input_difference_find(&between, dataset);
        status = weft_plan_warn(plan, err,
                                "dataset %s: its files are %d rasters that differ in %s, and each is resampled alone: "
                                "where a cell lies over two of them, %s is of the pixels of one",
                                dataset->config->name, rasters, between.what,
                                dataset->config->min_coverage > 0 ? "what min_coverage looks at" : layer->method.name);
    }
    return status;
}

/* --- maps of the world that end within the grid --- */

#define CORNERS 257 /* along the middle row, at most */

/* Where the source's map ends along the grid's middle row, so that one corner of a cell lies at its left side and the next
 * at its right: column *cut. False: nowhere, or the source does not reach there. */
static weft_status find_cut(const weft_plan *plan, weft_projector *projector, const weft_source_info *info, bool *found,
                            int64_t *cut, weft_error *err) {
    double u[CORNERS], v[CORNERS];
    int64_t from = 0, to = plan->grid.cols;
    *found = false;
    while (to > from) {
        int count = to - from < CORNERS - 1 ? (int)(to - from) + 1 : CORNERS, leap = -1;
        double longest = (double)info->cols / 2;
        for (int i = 0; i < count; i++) {
            u[i] = (double)(from + (to - from) * i / (count - 1));
            v[i] = (double)(plan->grid.rows / 2);
        }
        weft_status status = weft_projector_project(projector, count, u, v, err);
        if (status != WEFT_OK) return status;
        for (int i = 0; i + 1 < count; i++) {
            double left = fmin(u[i], u[i + 1]), right = fmax(u[i], u[i + 1]);
            if (!(right - left > longest) || left < -1 || right > (double)info->cols + 1) continue;
            longest = right - left;
            leap = i;
        }
        if (leap < 0) return WEFT_OK;
        *found = to - from == count - 1;
        *cut = from + leap;
        if (*found) return WEFT_OK;
        int64_t width = to - from;
        to = from + width * (leap + 1) / (count - 1);
        from += width * leap / (count - 1);
    }
    return WEFT_OK;
}

weft_status weft_plan_warn_of_cuts(weft_plan *plan, weft_error *err) {
    const weft_grid *grid = &plan->grid;
    weft_status status = WEFT_OK;
    int warned = -1;
    if (plan->rows.file != NULL || !weft_crs_is_geographic(grid->crs)) return WEFT_OK;
    for (int i = 0; i < plan->layer_count && status == WEFT_OK; i++) {
        const weft_plan_layer *layer = &plan->layers[i];
        const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
        bool looks = layer->info != NULL && layer->dataset != warned && tells_how_much(layer, dataset->config);
        bool found = false;
        int64_t cut = 0;
        for (int input = 0; looks && input < dataset->input_count && !found && status == WEFT_OK; input++) {
            const weft_source_info *info = weft_source_describe(dataset->inputs[input].source);
            if (dataset->inputs[input].on_grid && !weft_crs_is_geographic(info->crs))
                status = find_cut(plan, dataset->inputs[input].projector, info, &found, &cut, err);
        }
        if (!found || status != WEFT_OK) continue;
        warned = layer->dataset;
        double west = grid->origin_x + (double)cut * grid->res_x;
        status =
            weft_plan_warn(plan, err,
                           "dataset %s: its map of the world ends within the grid: cells from longitude %.15g to %.15g "
                           "lie at both ends of it and have no footprint, so that %s misses their pixels; a grid that "
                           "begins where the map does has no such cells",
                           dataset->config->name, west, west + grid->res_x,
                           dataset->config->min_coverage > 0 ? "min_coverage" : layer->method.name);
    }
    return status;
}
