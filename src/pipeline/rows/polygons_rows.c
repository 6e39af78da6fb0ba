/* SPDX-License-Identifier: MIT
 *
 * polygons: a row a polygon, with statistics of the pixels under it. */
#include "core/text.h"
#include "pipeline/plan/input_difference.h"
#include "pipeline/rows/file_rows.h"
#include "stages/rows/polygon_filler.h"
#include "stages/rows/zone_collector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_FLOOR   INT64_C(16384)
#define PAIRS_CEILING INT64_C(524288)

/* --- the file --- */

typedef struct look_at {
    weft_plan_file_rows *rows;
    int64_t corners;
} look_at;

static weft_status look_at_ring(void *payload, bool hole, double *x, double *y, int64_t count, weft_error *err) {
    look_at *to = payload;
    weft_bounds *b = &to->rows->bounds;
    (void)hole;
    (void)err;
    for (int64_t i = 0; i < count; i++)
        *b = (weft_bounds){fmin(b->xmin, x[i]), fmin(b->ymin, y[i]), fmax(b->xmax, x[i]), fmax(b->ymax, y[i])};
    to->corners += count + 1;
    return WEFT_OK;
}

static void note_kind(weft_plan_file_rows *rows, const char *kind) {
    if (kind == NULL) return;
    if (strcmp(kind, "Polygon") == 0)
        rows->polygons = true;
    else if (strcmp(kind, "MultiPolygon") == 0)
        rows->multipolygons = true;
    else
        rows->others = true;
}

static weft_status look(weft_plan_file_rows *rows, weft_vector_file *file, weft_error *err) {
    look_at to = {rows, 0};
    bool any;
    weft_status status = weft_vector_feature_rings(file, look_at_ring, &to, &any, err);
    if (status != WEFT_OK) return status;
    rows->empty += !any;
    size_t wkb = weft_vector_feature_wkb_bytes(file);
    rows->max_wkb = wkb > rows->max_wkb ? wkb : rows->max_wkb;
    note_kind(rows, weft_vector_feature_kind(file));
    rows->corners += to.corners;
    if (to.corners > rows->max_corners) rows->max_corners = to.corners;
    return WEFT_OK;
}

/* --- what can be asked --- */

static weft_status check_dataset(const weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    if (dataset->input_count <= 1) return WEFT_OK;
    weft_input_difference between;
    weft_input_difference_find(&between, dataset);
    if (between.in_place)
        weft_error_set(
            err, WEFT_ERR_DATA,
            "the mosaic's files are on %d pixel lattices, and not one raster whose pixels polygons could cover",
            dataset->input_count);
    else
        weft_error_set(err, WEFT_ERR_DATA,
                       "the mosaic's files are not one raster, whose pixels polygons could cover: %s is not the same "
                       "in %s and %s",
                       between.what, weft_source_describe(dataset->inputs[0].source)->path,
                       weft_source_describe(dataset->inputs[1].source)->path);
    weft_error_hint(err, "%s", between.hint);
    weft_plan_place_error(plan, dataset->config, dataset->config->place, err);
    return WEFT_ERR_DATA;
}

static weft_status check(const weft_plan *plan, weft_error *err) {
    for (int i = 0; i < plan->layer_count; i++) {
        const weft_plan_layer *layer = &plan->layers[i];
        const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
        weft_status status = check_dataset(plan, dataset, err);
        if (status != WEFT_OK) return status;
        if (dataset->made != NULL || layer->method.method->zone != WEFT_ZONE_NONE) continue;
        weft_error_set(err, WEFT_ERR_DATA, "method %s gives the value of a place, and a polygon is an area",
                       layer->method.name);
        weft_error_hint(err, "method: average is its mean over the polygon; several: [average, min, max, p90]");
        weft_plan_place_error(plan, dataset->config, dataset->config->place, err);
        return WEFT_ERR_DATA;
    }
    return WEFT_OK;
}

/* --- memory --- */

static bool is_ranked(const weft_plan *plan) {
    for (int i = 0; i < plan->layer_count; i++)
        if (plan->datasets[plan->layers[i].dataset].made == NULL &&
            plan->layers[i].method.method->zone >= WEFT_ZONE_RANKED)
            return true;
    return false;
}

/* Beside its columns a row has its corners, and its place in an order; workers, sides and pixels. What ranked values
 * take has the place of patches. */
static void need(weft_memory_needs *needs, const weft_plan *plan) {
    const weft_plan_file_rows *rows = plan->rows.file;
    const int64_t pair = weft_zone_collector_bytes(1);
    needs->cell_bytes += 24 + 16 * (rows->corners / rows->count + 1);
    needs->window_scratch += weft_polygon_filler_worker_bytes(rows->max_corners);
    needs->patch = (weft_reserve){.min = is_ranked(plan) ? PAIRS_FLOOR * pair : 0,
                                  .desired = is_ranked(plan) ? PAIRS_CEILING * pair : 0};
}

/* --- the run's --- */

static weft_polygon_layer layer_of(const weft_plan *plan, const weft_plan_layer *layer) {
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    if (dataset->input_count == 0 || !dataset->on_grid) return (weft_polygon_layer){.resampler = layer->resamplers[0]};
    const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
    return (weft_polygon_layer){dataset->inputs[0].source, info->bands[layer->which].number, layer->resamplers[0]};
}

static weft_status open(weft_row_filler *out, const weft_row_place *place, weft_error *err) {
    const weft_plan *plan = place->plan;
    const weft_plan_file_rows *rows = plan->rows.file;
    weft_polygon_layer *from = calloc((size_t)plan->layer_count, sizeof *from);
    if (from == NULL) return weft_error_no_memory(err, "polygons");
    for (int i = 0; i < plan->layer_count; i++)
        from[i] = layer_of(plan, &plan->layers[i]);
    const weft_polygon_filler_options options = {
        .chunks = *place->chunks,
        .from = from,
        .path = plan->config->rows_of.file.path,
        .crs = rows->crs,
        .bounds = rows->bounds,
        .rows = rows->count,
        .corners = rows->corners,
        .max_corners = rows->max_corners,
        .max_pairs = weft_smaller(plan->memory.patch_bytes / weft_zone_collector_bytes(1), PAIRS_CEILING),
        .scratch_folder = place->scratch_folder};
    return weft_polygon_filler_new(out, &options, err);
}

const weft_row_source weft_polygons_rows = {
    .facts = {.choice = {.word = "polygons",
                         .synonyms = "polygon, zones, features, zonal, regions, areas",
                         .example = "{of: polygons, path: basins.gpkg, fields: [basin_id]}"},
              .file = true,
              .grid_keys = "",
              .no_grid_why = "a polygon covers the pixels of each raster as they are"},
    .row = "polygon",
    .look = look,
    .check = check,
    .need = need,
    .open = open,
};
