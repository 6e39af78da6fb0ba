/* Bounds of sources come into the grid's CRS with densified edges, then join or meet.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/grid_plan.h"

#include <math.h>
#include <string.h>

/* A raster's own grid, exactly: only one whose rows run west to east and whose columns run north to south has one. */
static weft_status grid_of_source(weft_grid *out, const weft_source *source, weft_error *err) {
    const weft_source_info *info = weft_source_describe(source);
    const double *g = info->geotransform;
    if (g[2] != 0 || g[4] != 0 || g[1] <= 0 || g[5] >= 0) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: a rotated or flipped raster cannot be the model of a grid", info->path);
        weft_error_hint(err, "give grid.crs, grid.resolution and grid.extent instead of grid.like");
        return WEFT_ERR_DATA;
    }
    *out = (weft_grid){
        .origin_x = g[0], .origin_y = g[3], .res_x = g[1], .res_y = -g[5], .cols = info->cols, .rows = info->rows};
    return weft_crs_copy(&out->crs, info->crs, err);
}

static int dataset_named(const weft_config *config, const char *name) {
    for (int i = 0; i < config->dataset_count; i++)
        if (strcmp(config->datasets[i].name, name) == 0) return i;
    return -1;
}

static weft_status grid_like(weft_grid *out, const weft_config *config, const weft_plan_dataset *datasets,
                             weft_error *err) {
    int index = dataset_named(config, config->grid.like);
    if (index >= 0 && datasets[index].input_count > 1) {
        weft_error_set(err, WEFT_ERR_DATA, "like names the mosaic \"%s\", whose files are on %d grids",
                       config->grid.like, datasets[index].input_count);
        weft_error_hint(err, "give grid.crs, grid.resolution and grid.extent instead of grid.like");
        return WEFT_ERR_DATA;
    }
    if (index >= 0 && datasets[index].input_count == 1)
        return grid_of_source(out, datasets[index].inputs[0].source, err);
    if (index >= 0)
        return weft_error_set(err, WEFT_ERR_DATA, "like names the dataset \"%s\", which is skipped", config->grid.like);
    weft_source *model = NULL;
    weft_status status = weft_source_open(&model, config->grid.like, (weft_source_options){0}, NULL, err);
    if (status == WEFT_OK) status = grid_of_source(out, model, err);
    weft_source_close(model);
    return status;
}

static weft_status source_bounds(weft_bounds *out, const weft_source *source, const weft_crs *crs, weft_error *err) {
    const weft_source_info *info = weft_source_describe(source);
    weft_bounds bounds = weft_source_bounds(source);
    if (weft_crs_equal(info->crs, crs)) {
        *out = bounds;
        return WEFT_OK;
    }
    weft_transform *transform = NULL;
    weft_status status = weft_transform_new(&transform, info->crs, crs, info->crs, &bounds, err);
    if (status == WEFT_OK) status = weft_transform_bounds(transform, &bounds, out, err);
    if (status != WEFT_OK) weft_error_context(err, "%s", info->path);
    weft_transform_free(transform);
    return status;
}

static void combine(weft_bounds *all, weft_bounds one, bool intersect) {
    all->xmin = intersect ? fmax(all->xmin, one.xmin) : fmin(all->xmin, one.xmin);
    all->ymin = intersect ? fmax(all->ymin, one.ymin) : fmin(all->ymin, one.ymin);
    all->xmax = intersect ? fmin(all->xmax, one.xmax) : fmax(all->xmax, one.xmax);
    all->ymax = intersect ? fmin(all->ymax, one.ymax) : fmax(all->ymax, one.ymax);
}

/* Of all of a dataset's inputs together. */
static weft_status dataset_bounds(weft_bounds *out, const weft_plan_dataset *dataset, const weft_crs *crs,
                                  weft_error *err) {
    for (int i = 0; i < dataset->input_count; i++) {
        weft_bounds one;
        weft_status status = source_bounds(&one, dataset->inputs[i].source, crs, err);
        if (status != WEFT_OK) return status;
        if (i == 0)
            *out = one;
        else
            combine(out, one, false);
    }
    return WEFT_OK;
}

static weft_status extent_bounds(weft_bounds *out, const weft_config *config, const weft_plan_dataset *datasets,
                                 const weft_crs *crs, weft_error *err) {
    int only = config->grid.extent == WEFT_EXTENT_DATASET ? dataset_named(config, config->grid.extent_dataset) : -1;
    int used = 0;
    for (int i = 0; i < config->dataset_count; i++) {
        weft_bounds one;
        if (datasets[i].input_count == 0 || (only >= 0 && i != only)) continue;
        weft_status status = dataset_bounds(&one, &datasets[i], crs, err);
        if (status != WEFT_OK) return status;
        if (used++ == 0)
            *out = one;
        else
            combine(out, one, config->grid.extent == WEFT_EXTENT_INTERSECTION);
    }
    if (used == 0) return weft_error_set(err, WEFT_ERR_DATA, "no dataset is left to take the extent from");
    if (!(out->xmin < out->xmax && out->ymin < out->ymax)) {
        weft_error_set(err, WEFT_ERR_DATA, "the datasets have no common area");
        weft_error_hint(err, "extent: union covers them all");
        return WEFT_ERR_DATA;
    }
    return WEFT_OK;
}

static weft_status grid_from_extent(weft_grid *out, const weft_config *config, const weft_plan_dataset *datasets,
                                    weft_error *err) {
    const weft_config_grid *wish = &config->grid;
    weft_crs *crs = NULL;
    weft_bounds bounds = {wish->bounds[0], wish->bounds[1], wish->bounds[2], wish->bounds[3]};
    weft_status status = weft_crs_parse(&crs, wish->crs, err);
    if (status == WEFT_OK && wish->extent != WEFT_EXTENT_BOUNDS)
        status = extent_bounds(&bounds, config, datasets, crs, err);
    if (status == WEFT_OK)
        status = weft_grid_from_bounds(out, crs, bounds, wish->resolution[0], wish->resolution[1], wish->align, err);
    weft_crs_free(crs);
    return status;
}

weft_status weft_grid_plan(weft_grid *out, const weft_config *config, const weft_plan_dataset *datasets,
                           weft_error *err) {
    *out = (weft_grid){0};
    weft_status status = config->grid.like != NULL ? grid_like(out, config, datasets, err)
                                                   : grid_from_extent(out, config, datasets, err);
    if (status != WEFT_OK)
        weft_error_prefix(err, "%s:%d:%d: grid: ", config->file, config->grid.place.line, config->grid.place.column);
    return status;
}
