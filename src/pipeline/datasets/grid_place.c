/* SPDX-License-Identifier: MIT */
#include "pipeline/datasets/grid_place.h"

#include "raster/crs/grid.h"
#include "raster/gdal/gdal_setup.h"
#include "raster/info/header_footprint.h"
#include "raster/source/source.h"

#include <math.h>
#include <string.h>

#define REACH 8.0   /* cells: a kernel of three, in any direction, and what bounds are snapped outward */
#define SLACK 0.002 /* degrees, and this share of the whole: edges of a footprint are straight between its points */

/* What of the grid is known. */
typedef struct place {
    weft_crs *crs;
    weft_bounds bounds;
    double resolution[2]; /* 0: not known */
} place;

/* The file of a dataset that is one file. */
static const char *path_of(const weft_config *config, int dataset) {
    const weft_config_dataset *of = dataset >= 0 ? &config->datasets[dataset] : NULL;
    return of == NULL || of->is_mosaic || of->variable != NULL || of->crs != NULL || of->has_geotransform
               ? NULL
               : of->paths[0];
}

/* Opens the file that is the grid's model. False: it cannot be. */
static bool open_model(weft_source **out, const char *path) {
    return path != NULL && weft_source_open(out, path, (weft_source_options){0}, NULL, NULL) == WEFT_OK;
}

static bool take_model(place *out, const weft_source *model, bool with_bounds) {
    const weft_source_info *info = weft_source_describe(model);
    if (out->resolution[0] == 0) {
        out->resolution[0] = hypot(info->geotransform[1], info->geotransform[4]);
        out->resolution[1] = hypot(info->geotransform[2], info->geotransform[5]);
    }
    weft_crs *own = NULL;
    if (out->crs == NULL && weft_crs_copy(&own, info->crs, NULL) == WEFT_OK) out->crs = own;
    if (with_bounds) out->bounds = weft_source_bounds(model);
    return out->crs != NULL && (!with_bounds || weft_crs_equal(out->crs, info->crs));
}

/* From the configuration alone, or from the one file that it names. */
static bool find_place(place *out, const weft_config *config) {
    const weft_config_grid *desired = &config->grid;
    bool by_bounds = desired->like == NULL && desired->extent == WEFT_EXTENT_BOUNDS;
    const char *path;
    memcpy(out->resolution, desired->resolution, sizeof out->resolution);
    if (desired->crs != NULL && weft_crs_parse(&out->crs, desired->crs, NULL) != WEFT_OK) return false;
    if (desired->like != NULL) {
        int dataset = weft_config_find_dataset(config, desired->like);
        path = dataset >= 0 ? path_of(config, dataset) : desired->like;
    } else if (by_bounds) {
        out->bounds = (weft_bounds){desired->bounds[0], desired->bounds[1], desired->bounds[2], desired->bounds[3]};
        if (out->crs != NULL && out->resolution[0] > 0) return true;
        path = path_of(config, 0);
    } else if (desired->extent == WEFT_EXTENT_DATASET) {
        path = path_of(config,
                       desired->extent_dataset == NULL ? 0 : weft_config_find_dataset(config, desired->extent_dataset));
    } else {
        return false;
    }
    weft_source *model = NULL;
    bool found = open_model(&model, path) && take_model(out, model, !by_bounds);
    weft_source_close(model);
    return found;
}

static void box_of(const weft_footprint *footprint, double bbox[4]) {
    for (int i = 0; i < footprint->ring_count; i++) {
        weft_footprint_point low, high;
        weft_footprint_ring_span(&footprint->rings[i], &low, &high);
        if (i == 0) bbox[0] = low.x; /* of two parts, the first ends at 180 degrees, and the second begins there */
        bbox[2] = high.x;
        bbox[1] = i == 0 ? low.y : fmin(bbox[1], low.y);
        bbox[3] = i == 0 ? high.y : fmax(bbox[3], high.y);
    }
}

static void grow_box(double bbox[4]) {
    double turn = bbox[0] > bbox[2] ? 360 : 0;
    double slack[2] = {SLACK + SLACK * (bbox[2] + turn - bbox[0]), SLACK + SLACK * (bbox[3] - bbox[1])};
    if (bbox[2] + turn - bbox[0] + 2 * slack[0] >= 360) {
        bbox[0] = -180, bbox[2] = 180;
    } else {
        bbox[0] -= slack[0], bbox[2] += slack[0];
        if (bbox[0] < -180) bbox[0] += 360;
        if (bbox[2] > 180) bbox[2] -= 360;
    }
    bbox[1] = fmax(bbox[1] - slack[1], -90);
    bbox[3] = fmin(bbox[3] + slack[1], 90);
}

/* As a raster of one pixel that is cut into pieces like a footprint. */
weft_status weft_grid_place_box(double bbox[4], bool *known, const weft_crs *crs, weft_bounds b, weft_error *err) {
    weft_header_footprint outline;
    weft_transform *transform = NULL;
    const double g[6] = {b.xmin, b.xmax - b.xmin, 0, b.ymax, 0, b.ymin - b.ymax};
    *known = false;
    weft_status status = weft_transform_to_degrees(&transform, crs, err);
    if (status == WEFT_OK)
        status = weft_header_footprint_find(&outline, transform, weft_crs_is_geographic(crs), g, 1, 1, known, err);
    if (status == WEFT_OK && *known) box_of(&outline.footprint, bbox);
    weft_transform_free(transform);
    return status;
}

/* The bounds grown by what kernels reach. */
static weft_status find_box(double bbox[4], bool *known, const place *of, weft_error *err) {
    weft_bounds b = of->bounds;
    double beside = REACH * of->resolution[0], above = REACH * of->resolution[1];
    b = (weft_bounds){b.xmin - beside, b.ymin - above, b.xmax + beside, b.ymax + above};
    weft_status status = weft_grid_place_box(bbox, known, of->crs, b, err);
    if (status == WEFT_OK && *known) grow_box(bbox);
    return status;
}

weft_status weft_grid_place_find(double bbox[4], bool *known, const weft_config *config, weft_error *err) {
    place of = {0};
    *known = false;
    weft_status status = weft_raster_init(err);
    if (status == WEFT_OK && find_place(&of, config)) status = find_box(bbox, known, &of, err);
    weft_crs_free(of.crs);
    if (status == WEFT_ERR_MEMORY) return status;
    if (status != WEFT_OK) *known = false;
    return WEFT_OK;
}
