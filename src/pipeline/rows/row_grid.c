/* SPDX-License-Identifier: MIT */
#include "pipeline/rows/row_grid.h"

#include "pipeline/rows/file_rows.h"
#include "pipeline/rows/made_columns.h"
#include "raster/crs/projection_limits.h"

#include <math.h>

#define SIDE 1024 /* cells that a grid is wide or high where no resolution is given: they only say where it is */

/* A resolution that nobody gave. */
static double usual_resolution(const weft_crs *crs, weft_bounds bounds) {
    double side = fmax(bounds.xmax - bounds.xmin, bounds.ymax - bounds.ymin);
    if (side > 0) return side / SIDE;
    return weft_crs_is_geographic(crs) ? 1e-3 : 1;
}

/* One row that lies far off (a typo, the far pole of a polar map) is not to make the grid too large for all others: it
 * has its place all the same, and the grid only says where most are. */
static weft_bounds within_horizon(const weft_crs *crs, weft_bounds bounds) {
    weft_bounds horizon = weft_projection_horizon(crs);
    return (weft_bounds){
        fmin(fmax(bounds.xmin, horizon.xmin), horizon.xmax), fmin(fmax(bounds.ymin, horizon.ymin), horizon.ymax),
        fmin(fmax(bounds.xmax, horizon.xmin), horizon.xmax), fmin(fmax(bounds.ymax, horizon.ymin), horizon.ymax)};
}

/* The rows' bounds in the grid's CRS, and what leads there. */
static weft_status find_bounds(weft_plan_file_rows *rows, const weft_crs *crs, weft_bounds *out, weft_error *err) {
    weft_transform *way = NULL;
    *out = rows->bounds;
    if (weft_crs_equal(rows->crs, crs)) return WEFT_OK;
    double width = rows->bounds.xmax - rows->bounds.xmin, height = rows->bounds.ymax - rows->bounds.ymin;
    rows->own = (weft_grid){.crs = rows->crs,
                            .origin_x = rows->bounds.xmin,
                            .origin_y = rows->bounds.ymax,
                            .res_x = width > 0 ? width : 1e-9,
                            .res_y = height > 0 ? height : 1e-9,
                            .cols = 1,
                            .rows = 1};
    weft_status status = weft_transform_new(&way, rows->crs, crs, rows->crs, &rows->bounds, err);
    if (status == WEFT_OK) status = weft_transform_bounds(way, &rows->bounds, 0, out, err);
    weft_transform_free(way);
    return status;
}

static weft_status make_grid(weft_plan *plan, weft_error *err) {
    const weft_config_grid *desired = &plan->config->grid;
    weft_plan_file_rows *rows = plan->rows.file;
    bool sized = desired->resolution[0] > 0;
    weft_crs *crs = NULL;
    weft_bounds bounds;
    weft_status status =
        sized && desired->crs != NULL ? weft_crs_parse(&crs, desired->crs, err) : weft_crs_copy(&crs, rows->crs, err);
    if (status == WEFT_OK) status = find_bounds(rows, crs, &bounds, err);
    if (status == WEFT_OK) {
        bounds = within_horizon(crs, bounds);
        double usual = usual_resolution(crs, bounds);
        double res_x = sized ? desired->resolution[0] : usual, res_y = sized ? desired->resolution[1] : usual;
        rows->half[0] = sized ? res_x / 2 : 0;
        rows->half[1] = sized ? res_y / 2 : 0;
        bounds = (weft_bounds){bounds.xmin - res_x, bounds.ymin - res_y, bounds.xmax + res_x, bounds.ymax + res_y};
        status = weft_grid_from_bounds(&plan->grid, crs, bounds, res_x, res_y, WEFT_GRID_PLACES, NULL, err);
    }
    if (status == WEFT_OK && !weft_crs_equal(rows->crs, crs))
        status = weft_transform_pool_new(&rows->to_grid, &rows->own, plan->grid.crs, err);
    weft_crs_free(crs);
    return status;
}

weft_status weft_row_grid_plan(weft_plan *plan, weft_error *err) {
    weft_status status = make_grid(plan, err);
    plan->table_cols = 1;
    plan->table_rows = plan->rows.file->count;
    if (status != WEFT_OK && status != WEFT_ERR_MEMORY) weft_file_rows_place_error(plan, err);
    return status;
}

weft_status weft_row_columns_plan(weft_plan *plan, weft_error *err) {
    const weft_plan_file_rows *rows = plan->rows.file;
    const weft_config_rows *config = &plan->config->rows_of;
    int count = rows->fields.count;
    for (const char *const *name = rows->source->columns; name != NULL && *name != NULL; name++)
        count++;
    weft_status status = weft_made_columns_new(plan, "rows", config->file.place, count, err);
    if (status == WEFT_OK) plan->rows.made->in_front = true;
    for (const char *const *name = rows->source->columns; name != NULL && *name != NULL && status == WEFT_OK; name++)
        status = weft_made_columns_add(plan, *name, *name, WEFT_FLOAT64, config->file.path, err);
    for (int i = 0; i < rows->fields.count && status == WEFT_OK; i++)
        status = weft_made_columns_add(plan, rows->fields.items[i].name, "field", rows->fields.items[i].type,
                                       config->file.path, err);
    return status == WEFT_OK ? weft_made_columns_warn(plan, "rows.fields", err) : status;
}
