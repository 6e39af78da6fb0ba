/* SPDX-License-Identifier: MIT
 *
 * Every file gives bounds; a mosaic's are those of its files. y is bounded plainly, and so is x unless it is longitude:
 * then it is ranges on a circle (lon_arcs.h). */
#include "pipeline/grid_extent.h"

#include "pipeline/grid_plan.h"
#include "raster/lon_arcs.h"
#include "raster/source_extent.h"

#include <math.h>
#include <string.h>

#define OF_A_CELL 1e-3 /* how exactly bounds are found; snapping forgives 1e-6 only of what is exact */

/* What is covered so far. */
typedef struct area {
    weft_bounds bounds; /* x is not used where it is longitude */
    weft_arcs arcs;
    bool any;
} area;

/* What every step needs. */
typedef struct extent_task {
    const weft_crs *crs;
    bool longitudes;
    double tolerance[2];
} extent_task;

static void add(area *all, const extent_task *extent, weft_bounds one) {
    if (extent->longitudes) weft_arcs_add(&all->arcs, one.xmin, one.xmax);
    all->bounds = all->any ? (weft_bounds){fmin(all->bounds.xmin, one.xmin), fmin(all->bounds.ymin, one.ymin),
                                           fmax(all->bounds.xmax, one.xmax), fmax(all->bounds.ymax, one.ymax)}
                           : one;
    all->any = true;
}

/* The plain bounds of an area that is not empty. */
static weft_bounds bounds_of(area *all, const extent_task *extent) {
    weft_bounds out = all->bounds;
    if (!extent->longitudes) return out;
    weft_arc arc = weft_arcs_narrowest(&all->arcs, extent->tolerance[0]);
    out.xmin = arc.west;
    out.xmax = arc.east;
    return out;
}

/* --- a dataset --- */

/* A mosaic's files one by one: what lies between them is not covered. */
static weft_status add_input(area *all, const extent_task *extent, weft_extent_finder *finder,
                             const weft_plan_dataset *dataset, int index, weft_error *err) {
    const weft_source *source = dataset->inputs[index].source;
    const weft_source_info *info = weft_source_describe(source);
    weft_window whole = {0, 0, info->cols, info->rows};
    int parts = dataset->mosaic != NULL ? weft_mosaic_part_count(dataset->mosaic, index) : 1;
    for (int i = 0; i < parts; i++) {
        weft_window part = dataset->mosaic != NULL ? weft_mosaic_part_window(dataset->mosaic, index, i) : whole;
        weft_bounds one;
        weft_status status = weft_source_extent(finder, source, part, &one, err);
        if (status != WEFT_OK) {
            weft_error_context(err, "%s", info->path);
            return status;
        }
        add(all, extent, one);
    }
    return WEFT_OK;
}

/* The bounds of those inputs from `first` on that have its CRS. */
static weft_bounds bounds_of_crs(const weft_plan_dataset *dataset, int first) {
    const weft_crs *crs = weft_source_describe(dataset->inputs[first].source)->crs;
    weft_bounds all = weft_source_bounds(dataset->inputs[first].source);
    for (int i = first + 1; i < dataset->input_count; i++) {
        if (strcmp(weft_crs_wkt(weft_source_describe(dataset->inputs[i].source)->crs), weft_crs_wkt(crs)) != 0) break;
        weft_bounds one = weft_source_bounds(dataset->inputs[i].source);
        all = (weft_bounds){fmin(all.xmin, one.xmin), fmin(all.ymin, one.ymin), fmax(all.xmax, one.xmax),
                            fmax(all.ymax, one.ymax)};
    }
    return all;
}

static weft_status add_dataset(area *all, const extent_task *extent, const weft_plan_dataset *dataset,
                               weft_error *err) {
    weft_extent_finder *finder = NULL;
    const weft_crs *known = NULL;
    weft_status status = WEFT_OK;
    for (int i = 0; i < dataset->input_count && status == WEFT_OK; i++) {
        const weft_crs *crs = weft_source_describe(dataset->inputs[i].source)->crs;
        if (known == NULL || strcmp(weft_crs_wkt(known), weft_crs_wkt(crs)) != 0) {
            weft_extent_finder_free(finder);
            status =
                weft_extent_finder_new(&finder, crs, extent->crs, bounds_of_crs(dataset, i), extent->tolerance, err);
            known = crs;
        }
        if (status == WEFT_OK) status = add_input(all, extent, finder, dataset, i, err);
    }
    weft_extent_finder_free(finder);
    return status;
}

/* --- all of them --- */

static weft_status nothing_common(weft_error *err) {
    weft_error_set(err, WEFT_ERR_DATA, "the datasets have no common area");
    weft_error_hint(err, "extent: union covers them all");
    return WEFT_ERR_DATA;
}

/* Narrows *all to what it has in common with `one`; both are bounds. Where two ranges of longitude meet at both ends,
 * what they have in common is in two parts: then it is the narrowest range that holds both. */
static weft_status intersect(weft_bounds *all, weft_bounds one, const extent_task *extent, weft_error *err) {
    weft_arcs common = {0};
    *all = (weft_bounds){all->xmin, fmax(all->ymin, one.ymin), all->xmax, fmin(all->ymax, one.ymax)};
    if (!extent->longitudes) {
        all->xmin = fmax(all->xmin, one.xmin);
        all->xmax = fmin(all->xmax, one.xmax);
    } else {
        weft_arcs_add_common(&common, (weft_arc){all->xmin, all->xmax}, (weft_arc){one.xmin, one.xmax});
        if (common.failed) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to find the grid's extent");
        weft_arc arc = common.count > 0 ? weft_arcs_narrowest(&common, extent->tolerance[0]) : (weft_arc){0, 0};
        all->xmin = arc.west;
        all->xmax = arc.east;
        weft_arcs_dispose(&common);
    }
    return all->xmin < all->xmax && all->ymin < all->ymax ? WEFT_OK : nothing_common(err);
}

static weft_status intersection(weft_bounds *out, const weft_config *config, const weft_plan_dataset *datasets,
                                const extent_task *extent, bool *any, weft_error *err) {
    weft_status status = WEFT_OK;
    *any = false;
    for (int i = 0; i < config->dataset_count && status == WEFT_OK; i++) {
        area one = {0};
        status = add_dataset(&one, extent, &datasets[i], err);
        if (status == WEFT_OK && one.arcs.failed)
            status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory to find the grid's extent");
        if (status == WEFT_OK && one.any) {
            weft_bounds bounds = bounds_of(&one, extent);
            if (*any)
                status = intersect(out, bounds, extent, err);
            else
                *out = bounds;
            *any = true;
        }
        weft_arcs_dispose(&one.arcs);
    }
    return status;
}

/* Of one dataset, or of all where `only` is -1. */
static weft_status together(weft_bounds *out, const weft_config *config, const weft_plan_dataset *datasets,
                            const extent_task *extent, int only, bool *any, weft_error *err) {
    area all = {0};
    weft_status status = WEFT_OK;
    for (int i = 0; i < config->dataset_count && status == WEFT_OK; i++)
        if (only < 0 || only == i) status = add_dataset(&all, extent, &datasets[i], err);
    if (status == WEFT_OK && all.arcs.failed)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory to find the grid's extent");
    *any = all.any;
    if (status == WEFT_OK && all.any) *out = bounds_of(&all, extent);
    weft_arcs_dispose(&all.arcs);
    return status;
}

weft_status weft_grid_extent(weft_bounds *out, const weft_config *config, const weft_plan_dataset *datasets,
                             const weft_crs *crs, const double resolution[2], weft_error *err) {
    const weft_config_grid *wish = &config->grid;
    extent_task extent = {crs, weft_crs_is_geographic(crs), {OF_A_CELL * resolution[0], OF_A_CELL * resolution[1]}};
    int only = wish->extent != WEFT_EXTENT_DATASET ? -1
               : wish->extent_dataset == NULL      ? 0
                                                   : weft_grid_dataset_named(config, wish->extent_dataset);
    bool any;
    weft_status status = wish->extent == WEFT_EXTENT_INTERSECTION
                             ? intersection(out, config, datasets, &extent, &any, err)
                             : together(out, config, datasets, &extent, only, &any, err);
    if (status == WEFT_OK && !any)
        return weft_error_set(err, WEFT_ERR_DATA, "no dataset is left to take the extent from");
    return status;
}
