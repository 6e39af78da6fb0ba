/* SPDX-License-Identifier: MIT
 *
 * points: a row a point, with the values at its exact place; or with grid.resolution, those of the cell around it. */
#include "pipeline/rows/file_rows.h"
#include "stages/rows/point_filler.h"

#include <math.h>
#include <stdlib.h>

#define PLACES_AT_ONCE 1024 /* of point_filler.c */
#define DISTANCE       16   /* pixels that kernels reach beyond a part, of scale 1 */

static weft_status look(weft_plan_file_rows *rows, weft_vector_file *file, weft_error *err) {
    double x, y;
    bool any;
    weft_status status = weft_vector_feature_point(file, &x, &y, &any, err);
    if (status != WEFT_OK) return status;
    if (!any) {
        rows->empty++;
        return WEFT_OK;
    }
    rows->bounds = (weft_bounds){fmin(rows->bounds.xmin, x), fmin(rows->bounds.ymin, y), fmax(rows->bounds.xmax, x),
                                 fmax(rows->bounds.ymax, y)};
    return WEFT_OK;
}

/* What sees an area needs one. */
static weft_status check(const weft_plan *plan, weft_error *err) {
    if (plan->rows.file->half[0] > 0) return WEFT_OK;
    for (int i = 0; i < plan->layer_count; i++) {
        const weft_plan_layer *layer = &plan->layers[i];
        const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
        if (dataset->made != NULL || !weft_method_needs_corners(layer->method.method)) continue;
        weft_error_set(err, WEFT_ERR_DATA, "method %s sees an area, and a point has none", layer->method.name);
        weft_error_hint(err, "grid: {resolution: 1000} makes it the cell around each point, in grid.crs; nearest, "
                             "bilinear and cubic give the value at the point");
        weft_plan_place_error(plan, dataset->config, dataset->config->place, err);
        return WEFT_ERR_DATA;
    }
    return WEFT_OK;
}

/* Beside its columns a row has its place, and two items of the order; workers, the positions of places. */
static void need(weft_memory_needs *needs, const weft_plan *plan) {
    int64_t row = 4 * (int64_t)sizeof(double), patch = 0;
    needs->cell_bytes += row;
    needs->band_fixed = weft_larger(needs->band_fixed, PLACES_AT_ONCE * 11 * (int64_t)sizeof(double));
    for (int i = 0; i < plan->layer_count; i++) {
        const weft_plan_layer *layer = &plan->layers[i];
        const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
        for (int j = 0; j < dataset->input_count; j++) {
            const weft_source_info *info = weft_source_describe(dataset->inputs[j].source);
            int64_t cols = weft_smaller(info->block_cols, 256) + DISTANCE,
                    rows = weft_smaller(info->block_rows, 256) + DISTANCE;
            int64_t pixel =
                (int64_t)weft_data_type_size(layer->resamplers[j].source_type) + 1 + 3 * (int64_t)sizeof(double);
            patch = weft_larger(patch, cols * rows * pixel);
        }
    }
    needs->patch.desired = weft_larger(needs->patch.min, patch);
}

/* --- the run's --- */

static weft_point_source source_of(const weft_plan_dataset *dataset) {
    if (dataset->input_count != 1 || !dataset->on_grid) return (weft_point_source){0};
    const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
    return (weft_point_source){dataset->inputs[0].projector, info->cols, info->rows, info->block_cols,
                               info->block_rows};
}

static weft_status open(weft_row_filler *out, const weft_row_place *place, weft_error *err) {
    const weft_plan *plan = place->plan;
    const weft_plan_file_rows *rows = plan->rows.file;
    weft_point_source *sources = calloc((size_t)plan->layer_count, sizeof *sources);
    if (sources == NULL) return weft_error_no_memory(err, "points");
    for (int i = 0; i < plan->layer_count; i++)
        sources[i] = source_of(&plan->datasets[plan->layers[i].dataset]);
    const weft_point_filler_options options = {
        .chunks = *place->chunks,
        .sources = sources,
        .to_grid = rows->to_grid,
        .bounds = weft_grid_bounds(&plan->grid),
        .half = {rows->half[0], rows->half[1]},
    };
    return weft_point_filler_new(out, &options, err);
}

static const char *const columns[] = {"x", "y", NULL};

const weft_row_source weft_points_rows = {
    .facts = {.choice = {.word = "points",
                         .synonyms = "point, plots, occurrences, sites, stations, coordinates",
                         .example = "{of: points, path: plots.csv, x: lon, y: lat, crs: EPSG:4326}"},
              .file = true,
              .coordinates = true,
              .grid_keys = "crs, resolution",
              .no_grid_why = "points have their places; grid.resolution makes it the cell around each, in grid.crs"},
    .row = "point",
    .look = look,
    .columns = columns,
    .check = check,
    .need = need,
    .open = open,
};
