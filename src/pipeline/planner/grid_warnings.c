/* SPDX-License-Identifier: MIT
 *
 * Each is said once: the first raster that the grid lies off stands for its like. */
#include "pipeline/planner/grid_warnings.h"

#include <math.h>
#include <string.h>

#define WIDE_DEGREES 10 /* a resolution over this is one in metres, or a mistake */
#define FEW_CELLS    4
#define OFF_LINE     1e-3 /* of a pixel: less changes no value that anyone would notice */

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
        if (dataset->input_count == 0 || (only >= 0 && i != only)) continue;
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

weft_status weft_grid_warn(weft_plan *plan, weft_error *err) {
    weft_status status = warn_of_size(plan, err);
    return status == WEFT_OK ? warn_of_lines(plan, err) : status;
}
