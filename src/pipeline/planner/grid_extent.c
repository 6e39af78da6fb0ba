/* SPDX-License-Identifier: MIT
 *
 * Every file gives bounds; a mosaic's are those of its files. y is bounded plainly, and so is x unless it is longitude:
 * then it is ranges on a circle (lon_arcs.h). */
#include "pipeline/planner/grid_extent.h"

#include "raster/crs/lon_arcs.h"
#include "raster/source/source_extent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OF_A_CELL 1e-3 /* how exactly bounds are found; snapping forgives 1e-6 only of what is exact */

/* What is covered so far. */
typedef struct area {
    weft_bounds bounds;
    weft_arcs arcs; /* what x is where it is longitude */
    bool any;
    bool mapped; /* a part has another CRS: its bounds were searched, and are not exact */
} area;

/* What every step needs. */
typedef struct extent_task {
    const weft_crs *crs;
    double turn; /* a whole one, where x is longitude; else 0 */
    double tolerance[2];
} extent_task;

static void add(area *all, const extent_task *extent, weft_bounds one) {
    if (extent->turn > 0) weft_arcs_add(&all->arcs, one.xmin, one.xmax);
    all->bounds = all->any ? (weft_bounds){fmin(all->bounds.xmin, one.xmin), fmin(all->bounds.ymin, one.ymin),
                                           fmax(all->bounds.xmax, one.xmax), fmax(all->bounds.ymax, one.ymax)}
                           : one;
    all->any = true;
}

/* The plain bounds of an area that is not empty. A world of rounded pixels is not quite a full turn wide, and keeps its
 * own width: what is missing to a turn, or is too much, would be a column of its own. */
static weft_bounds bounds_of(area *all, const extent_task *extent) {
    weft_bounds out = all->bounds;
    if (extent->turn == 0) return out;
    weft_arc arc = weft_arcs_narrowest(&all->arcs, extent->tolerance[0]);
    if (!all->mapped && fabs(out.xmax - out.xmin - (arc.east - arc.west)) <= extent->tolerance[0]) return out;
    out.xmin = arc.west;
    out.xmax = arc.east;
    return out;
}

/* --- a dataset --- */

/* A file, or a mosaic's file: what lies between those is not covered. */
typedef struct piece {
    const weft_source *source;
    weft_window pixels;
    weft_bounds glance;
    bool plain; /* the glance tells where it is */
} piece;

static const weft_crs *crs_of(const weft_plan_dataset *dataset, int index) {
    return weft_source_describe(dataset->inputs[index].source)->crs;
}

static bool same_text(const weft_crs *a, const weft_crs *b) {
    return a == b || strcmp(weft_crs_wkt(a), weft_crs_wkt(b)) == 0;
}

/* The bounds of those inputs that have this CRS, and how many pieces they have. */
static weft_bounds bounds_of_crs(const weft_plan_dataset *dataset, const weft_crs *crs, int *pieces) {
    weft_bounds all = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    *pieces = 0;
    for (int i = 0; i < dataset->input_count; i++) {
        if (!same_text(crs_of(dataset, i), crs)) continue;
        weft_bounds one = weft_source_bounds(dataset->inputs[i].source);
        all = (weft_bounds){fmin(all.xmin, one.xmin), fmin(all.ymin, one.ymin), fmax(all.xmax, one.xmax),
                            fmax(all.ymax, one.ymax)};
        *pieces += dataset->mosaic != NULL ? weft_mosaic_part_count(dataset->mosaic, i) : 1;
    }
    return all;
}

static void list_pieces(piece *out, const weft_plan_dataset *dataset, const weft_crs *crs) {
    for (int i = 0; i < dataset->input_count; i++) {
        if (!same_text(crs_of(dataset, i), crs)) continue;
        const weft_source *source = dataset->inputs[i].source;
        const weft_source_info *info = weft_source_describe(source);
        int parts = dataset->mosaic != NULL ? weft_mosaic_part_count(dataset->mosaic, i) : 1;
        for (int part = 0; part < parts; part++, out++) {
            out->source = source;
            out->pixels = dataset->mosaic != NULL ? weft_mosaic_part_window(dataset->mosaic, i, part)
                                                  : (weft_window){0, 0, info->cols, info->rows};
        }
    }
}

/* Whether a piece lies inside all glances, so that no bound is its own. Longitudes are to have others on both sides:
 * the range that is asked for may begin at any gap, even one that only another dataset leaves the widest. */
static bool is_inside(const piece *one, const extent_task *extent, const area *all) {
    weft_bounds own = one->glance;
    double wide = 0.25 * (own.xmax - own.xmin), high = 0.25 * (own.ymax - own.ymin);
    if (!one->plain || own.ymin - high <= all->bounds.ymin || own.ymax + high >= all->bounds.ymax) return false;
    if (extent->turn > 0) return weft_arcs_hold(&all->arcs, own.xmin - wide, own.xmax + wide);
    return own.xmin - wide > all->bounds.xmin && own.xmax + wide < all->bounds.xmax;
}

static void glance_at(area *all, const extent_task *extent, weft_extent_finder *finder, piece *pieces, int count) {
    for (int i = 0; i < count; i++) {
        weft_source_extent_glance(finder, pieces[i].source, pieces[i].pixels, &pieces[i].glance, &pieces[i].plain);
        if (pieces[i].plain) add(all, extent, pieces[i].glance);
    }
    if (all->arcs.count == 0) return;
    (void)weft_arcs_narrowest(&all->arcs, 0);
    weft_arcs_join(&all->arcs);
}

/* Of thousands of files few lie at the dataset's bounds: those alone are searched. */
static weft_status add_pieces(area *all, const extent_task *extent, weft_extent_finder *finder, piece *pieces,
                              int count, weft_error *err) {
    area glances = {.arcs.turn = extent->turn};
    weft_status status = WEFT_OK;
    glance_at(&glances, extent, finder, pieces, count);
    if (glances.arcs.failed) status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory to find the grid's extent");
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        weft_bounds one = pieces[i].glance;
        if (!is_inside(&pieces[i], extent, &glances))
            status = weft_source_extent(finder, pieces[i].source, pieces[i].pixels, &one, err);
        if (status == WEFT_OK)
            add(all, extent, one);
        else
            weft_error_context(err, "%s", weft_source_describe(pieces[i].source)->path);
    }
    weft_arcs_dispose(&glances.arcs);
    return status;
}

static weft_status add_crs(area *all, const extent_task *extent, const weft_plan_dataset *dataset, const weft_crs *crs,
                           weft_error *err) {
    weft_extent_finder *finder = NULL;
    int count;
    all->mapped = all->mapped || !weft_crs_equal(crs, extent->crs);
    weft_bounds whole = bounds_of_crs(dataset, crs, &count);
    piece *pieces = calloc((size_t)count, sizeof *pieces);
    if (pieces == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to find the grid's extent");
    list_pieces(pieces, dataset, crs);
    weft_status status = weft_extent_finder_new(&finder, crs, extent->crs, whole, extent->tolerance, err);
    if (status == WEFT_OK) status = add_pieces(all, extent, finder, pieces, count, err);
    weft_extent_finder_free(finder);
    free(pieces);
    return status;
}

/* One CRS after the other, each with one way there. */
static weft_status add_dataset(area *all, const extent_task *extent, const weft_plan_dataset *dataset,
                               weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < dataset->input_count && status == WEFT_OK; i++) {
        bool seen = false;
        for (int j = 0; j < i && !seen; j++)
            seen = same_text(crs_of(dataset, j), crs_of(dataset, i));
        if (!seen) status = add_crs(all, extent, dataset, crs_of(dataset, i), err);
    }
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
    weft_arcs common = {.turn = extent->turn};
    *all = (weft_bounds){all->xmin, fmax(all->ymin, one.ymin), all->xmax, fmin(all->ymax, one.ymax)};
    if (extent->turn == 0) {
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

static weft_status intersection(weft_bounds *out, const weft_plan *plan, const extent_task *extent, bool *any,
                                weft_error *err) {
    weft_status status = WEFT_OK;
    *any = false;
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++) {
        area one = {.arcs.turn = extent->turn};
        status = add_dataset(&one, extent, &plan->datasets[i], err);
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
static weft_status together(weft_bounds *out, const weft_plan *plan, const extent_task *extent, int only, bool *any,
                            weft_error *err) {
    area all = {.arcs.turn = extent->turn};
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++)
        if (only < 0 || plan->datasets[i].origin == &plan->config->datasets[only])
            status = add_dataset(&all, extent, &plan->datasets[i], err);
    if (status == WEFT_OK && all.arcs.failed)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory to find the grid's extent");
    *any = all.any;
    if (status == WEFT_OK && all.any) *out = bounds_of(&all, extent);
    weft_arcs_dispose(&all.arcs);
    return status;
}

weft_status weft_grid_extent(weft_bounds *out, const weft_plan *plan, const weft_crs *crs, const double resolution[2],
                             weft_error *err) {
    const weft_config_grid *desired = &plan->config->grid;
    extent_task extent = {crs, weft_crs_turn(crs), {OF_A_CELL * resolution[0], OF_A_CELL * resolution[1]}};
    int only = desired->extent != WEFT_EXTENT_DATASET ? -1
               : desired->extent_dataset == NULL      ? 0
                                                      : weft_config_find_dataset(plan->config, desired->extent_dataset);
    bool any;
    weft_status status = desired->extent == WEFT_EXTENT_INTERSECTION ? intersection(out, plan, &extent, &any, err)
                                                                     : together(out, plan, &extent, only, &any, err);
    if (status == WEFT_OK && !any)
        return weft_error_set(err, WEFT_ERR_DATA, "no dataset is left to take the extent from");
    /* Lines of cells that are the grid's own cut a turn that is a little too wide into one column more. */
    if (extent.turn > 0 && desired->align) out->xmax = fmin(out->xmax, out->xmin + extent.turn);
    return status;
}
