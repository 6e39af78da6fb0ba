/* The grid is what the configuration says, and for the rest what the first dataset is.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/planner/grid_plan.h"

#include "pipeline/plan/input_difference.h"
#include "pipeline/planner/grid_extent.h"
#include "raster/crs/projection_limits.h"

#include <math.h>
#include <string.h>

/* Cells are given places in rasters of another CRS through longitude and latitude. */
static weft_status check_crs(const weft_crs *crs, const weft_plan *plan, weft_error *err) {
    return weft_plan_has_other_crs(plan, crs) ? weft_projection_check_inverse(crs, err) : WEFT_OK;
}

/* --- like --- */

/* Only rows that run west to east and columns that run north to south are a grid's. */
static weft_status check_upright(const weft_source_info *info, weft_error *err) {
    const double *g = info->geotransform;
    if (g[2] == 0 && g[4] == 0 && g[1] > 0 && g[5] < 0) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: a rotated or flipped raster cannot be the model of a grid", info->path);
    weft_error_hint(err, "give grid.crs, grid.resolution and grid.extent instead of grid.like");
    return WEFT_ERR_DATA;
}

/* A raster's own grid, exactly. With a resolution of its own it begins at the raster's top left corner, and ends at its
 * last row and column or, where cells do not end there, in the next cell. */
static weft_status grid_of_source(weft_grid *out, const weft_source *source, const double resolution[2],
                                  weft_error *err) {
    const weft_source_info *info = weft_source_describe(source);
    const double *g = info->geotransform;
    weft_status status = check_upright(info, err);
    if (status != WEFT_OK) return status;
    if (resolution[0] > 0) {
        weft_bounds bounds = weft_source_bounds(source);
        return weft_grid_from_bounds(out, info->crs, bounds, resolution[0], resolution[1], WEFT_GRID_ALIGNED,
                                     (const double[]){bounds.xmin, bounds.ymax}, err);
    }
    *out = (weft_grid){
        .origin_x = g[0], .origin_y = g[3], .res_x = g[1], .res_y = -g[5], .cols = info->cols, .rows = info->rows};
    return weft_crs_copy(&out->crs, info->crs, err);
}

static weft_status grid_like(weft_grid *out, const weft_plan *plan, weft_error *err) {
    const weft_config_grid *desired = &plan->config->grid;
    int index = weft_config_find_dataset(plan->config, desired->like);
    if (index >= 0 && plan->datasets[index].input_count > 1) {
        weft_input_difference between;
        weft_input_difference_find(&between, &plan->datasets[index]);
        if (between.in_place)
            weft_error_set(err, WEFT_ERR_DATA, "like names the mosaic \"%s\", whose files are on %d grids",
                           desired->like, plan->datasets[index].input_count);
        else
            weft_error_set(err, WEFT_ERR_DATA,
                           "like names the mosaic \"%s\", whose files are not one raster: %s is not the same in all",
                           desired->like, between.what);
        weft_error_hint(err, "give grid.crs, grid.resolution and grid.extent instead of grid.like");
        return WEFT_ERR_DATA;
    }
    if (index >= 0 && plan->datasets[index].input_count == 1)
        return grid_of_source(out, plan->datasets[index].inputs[0].source, desired->resolution, err);
    if (index >= 0)
        return weft_error_set(err, WEFT_ERR_DATA, "like names the dataset \"%s\", which is skipped", desired->like);
    weft_source *model = NULL;
    weft_status status = weft_source_open(&model, desired->like, (weft_source_options){0}, NULL, err);
    if (status == WEFT_OK) status = grid_of_source(out, model, desired->resolution, err);
    weft_source_close(model);
    return status;
}

/* --- what the first dataset gives --- */

typedef struct model {
    const weft_source_info *info; /* of the first dataset's first file; NULL where it is skipped */
    const char *name;
} model;

static model first_of(const weft_plan *plan) {
    model first = {.name = plan->config->datasets[0].name};
    if (plan->datasets[0].input_count > 0) first.info = weft_source_describe(plan->datasets[0].inputs[0].source);
    return first;
}

static weft_status find_crs(weft_crs **out, const weft_config_grid *desired, const model *first, weft_error *err) {
    if (desired->crs != NULL) return weft_crs_parse(out, desired->crs, err);
    if (first->info != NULL) return weft_crs_copy(out, first->info->crs, err);
    weft_error_set(err, WEFT_ERR_DATA,
                   "crs is missing; it could be that of the first dataset, \"%s\", which is skipped", first->name);
    weft_error_hint(err, "give grid.crs and grid.resolution");
    return WEFT_ERR_DATA;
}

/* The resolution, and where it is the first dataset's, a corner of its pixels, so that cells are its pixels. */
static weft_status find_resolution(double resolution[2], double anchor[2], const weft_config_grid *desired,
                                   const model *first, const weft_crs *crs, weft_error *err) {
    anchor[0] = anchor[1] = 0;
    memcpy(resolution, desired->resolution, 2 * sizeof *resolution);
    if (resolution[0] > 0) return WEFT_OK;
    const char *why = first->info == NULL                      ? "which is skipped"
                      : !weft_crs_equal(first->info->crs, crs) ? "which has another CRS"
                                                               : NULL;
    const double *g = why == NULL ? first->info->geotransform : NULL;
    if (g != NULL && (g[2] != 0 || g[4] != 0)) why = "which is rotated";
    if (why != NULL) {
        weft_error_set(err, WEFT_ERR_DATA, "resolution is missing; it could be that of the first dataset, \"%s\", %s",
                       first->name, why);
        weft_error_hint(err, "give grid.resolution, in units of the grid's CRS, for example resolution: %s",
                        weft_crs_is_geographic(crs) ? "0.1" : "30");
        return WEFT_ERR_DATA;
    }
    resolution[0] = fabs(g[1]);
    resolution[1] = fabs(g[5]);
    anchor[0] = g[0];
    anchor[1] = g[3];
    return WEFT_OK;
}

/* --- extent --- */

/* The one raster whose own cells the grid is to have: no key says another resolution or extent. NULL: there are
 * several, as files of a mosaic or as dates, or its pixels are of another CRS or rotated. */
static const weft_source_info *sole_model(const weft_plan *plan, const weft_crs *crs) {
    const weft_config_grid *desired = &plan->config->grid;
    const weft_plan_dataset *first = &plan->datasets[0];
    if (desired->resolution[0] > 0 || desired->extent != WEFT_EXTENT_DATASET) return NULL;
    if (desired->extent_dataset != NULL && weft_config_find_dataset(plan->config, desired->extent_dataset) != 0)
        return NULL;
    if (first->input_count != 1 || first->mosaic != NULL) return NULL;
    if (plan->dataset_count > 1 && plan->datasets[1].origin == first->origin) return NULL;
    const weft_source_info *info = weft_source_describe(first->inputs[0].source);
    const double *g = info->geotransform;
    return g[2] == 0 && g[4] == 0 && weft_crs_equal(info->crs, crs) ? info : NULL;
}

/* A raster's pixels as cells; of a flipped one the top left corner is another. */
static weft_status grid_of_pixels(weft_grid *out, const weft_source_info *info, const weft_crs *crs, weft_error *err) {
    const double *g = info->geotransform;
    *out = (weft_grid){.origin_x = g[1] > 0 ? g[0] : g[0] + (double)info->cols * g[1],
                       .origin_y = g[5] < 0 ? g[3] : g[3] + (double)info->rows * g[5],
                       .res_x = fabs(g[1]),
                       .res_y = fabs(g[5]),
                       .cols = info->cols,
                       .rows = info->rows};
    return weft_crs_copy(&out->crs, crs, err);
}

/* Bounds that were found, and not given, may be so wide because a projection has a place at infinity. */
static weft_status check_extent(const weft_crs *crs, weft_bounds bounds, weft_error *err) {
    const char *pole = weft_projection_pole_at_infinity(crs, bounds);
    weft_bounds area;
    if (pole == NULL) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "the extent reaches the %s pole, which %s puts at infinity", pole,
                   weft_crs_name(crs));
    if (weft_projection_area_of_use(crs, &area))
        weft_error_hint(err,
                        "give grid.bounds: [%.0f, %.0f, %.0f, %.0f] is what this CRS is meant for; or take a raster "
                        "that ends before the pole",
                        floor(area.xmin), floor(area.ymin), ceil(area.xmax), ceil(area.ymax));
    else
        weft_error_hint(err, "give grid.bounds, or take a raster that ends before the pole");
    return WEFT_ERR_DATA;
}

static weft_status find_bounds(weft_bounds *out, const weft_plan *plan, const weft_crs *crs, const double resolution[2],
                               weft_error *err) {
    const weft_config_grid *desired = &plan->config->grid;
    *out = (weft_bounds){desired->bounds[0], desired->bounds[1], desired->bounds[2], desired->bounds[3]};
    if (desired->extent == WEFT_EXTENT_BOUNDS) return WEFT_OK;
    weft_status status = weft_grid_extent(out, plan, crs, resolution, err);
    return status == WEFT_OK ? check_extent(crs, *out, err) : status;
}

static weft_status grid_from_keys(weft_grid *out, const weft_plan *plan, weft_error *err) {
    const weft_config_grid *desired = &plan->config->grid;
    model first = first_of(plan);
    weft_crs *crs = NULL;
    double resolution[2], anchor[2];
    weft_bounds bounds;
    weft_status status = find_crs(&crs, desired, &first, err);
    if (status == WEFT_OK) status = find_resolution(resolution, anchor, desired, &first, crs, err);
    if (status == WEFT_OK) status = check_crs(crs, plan, err);
    const weft_source_info *sole = status == WEFT_OK ? sole_model(plan, crs) : NULL;
    if (sole != NULL) {
        status = grid_of_pixels(out, sole, crs, err);
    } else {
        if (status == WEFT_OK) status = find_bounds(&bounds, plan, crs, resolution, err);
        if (status == WEFT_OK)
            status = weft_grid_from_bounds(out, crs, bounds, resolution[0], resolution[1],
                                           desired->align ? WEFT_GRID_ALIGNED : WEFT_GRID_WHOLE, anchor, err);
    }
    weft_crs_free(crs);
    return status;
}

weft_status weft_grid_plan(weft_grid *out, const weft_plan *plan, weft_error *err) {
    *out = (weft_grid){0};
    bool like = plan->config->grid.like != NULL;
    weft_status status = like ? grid_like(out, plan, err) : grid_from_keys(out, plan, err);
    if (status == WEFT_OK && like) status = check_crs(out->crs, plan, err);
    if (status == WEFT_OK) return status;
    weft_error_prefix(err, "grid: ");
    weft_config_place_error(plan->config, plan->config->grid.place, err);
    return status;
}
