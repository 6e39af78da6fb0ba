/* SPDX-License-Identifier: MIT */
#include "pipeline/run/run_layers.h"

#include "core/log.h"
#include "core/text.h"
#include "pipeline/run/empty_columns.h"
#include "stages/layers/lazy_layer.h"
#include "stages/layers/mosaic_layer.h"
#include "stages/layers/region_layer.h"
#include "stages/layers/zone_layer.h"

#include <stdlib.h>

static weft_status make_lazy(weft_layer **out, const weft_plan_layer *layer, const weft_plan_dataset *dataset,
                             int input, weft_error *err) {
    const weft_source_info *info = weft_source_describe(dataset->inputs[input].source);
    weft_status status = weft_lazy_layer_new(out, layer->column, layer->dataset, dataset->inputs[input].source,
                                             info->bands[layer->which].number, &dataset->inputs[input].lattice,
                                             &layer->resamplers[input], err);
    if (status != WEFT_OK) return status;
    weft_lazy_layer_take_places(*out, dataset->inputs[input].projector);
    /* A mosaic layer asks the coverage itself, for all of its parts at once. */
    if (dataset->input_count == 1)
        weft_lazy_layer_take_coverage(*out, dataset->nets[dataset->inputs[input].net].coverage);
    return WEFT_OK;
}

/* A lazy layer for each group of files that touches the grid, and the one that joins them. */
static weft_status make_mosaic(weft_layer **out, const weft_plan_layer *layer, const weft_plan_dataset *dataset,
                               weft_error *err) {
    weft_mosaic_layer_options options = {.column = layer->column,
                                         .dataset = layer->dataset,
                                         .type = layer->type,
                                         .rule = dataset->overlap,
                                         .corners = weft_method_needs_corners(layer->resamplers[0].method),
                                         .nets = dataset->nets,
                                         .net_count = dataset->net_count};
    weft_status status = weft_mosaic_layer_new(out, &options, dataset->input_count, err);
    for (int i = 0; i < dataset->input_count && status == WEFT_OK; i++) {
        weft_layer *lazy = NULL;
        if (!dataset->inputs[i].on_grid) continue;
        status = make_lazy(&lazy, layer, dataset, i, err);
        if (status == WEFT_OK) weft_mosaic_layer_set(*out, i, lazy);
    }
    return status;
}

/* A file's fields are read with its rows, and not as a layer. */
static weft_status make_made(weft_layer **out, const weft_plan_layer *layer, const weft_plan *plan, weft_error *err) {
    if (plan->rows.file != NULL) return weft_empty_layer_new(out, layer->column, layer->type, layer->dataset, err);
    return weft_zone_layer_new(out, layer->column, layer->dataset, plan->rows.zones, &plan->rows.zone_values, err);
}

/* place: of its band among those of the dataset */
static weft_status make_layer(weft_layer **out, const weft_plan_layer *layer, const weft_plan_dataset *dataset,
                              int place, weft_error *err) {
    if (!dataset->on_grid) return weft_empty_layer_new(out, layer->column, layer->type, layer->dataset, err);
    if (dataset->input_count > 1) return make_mosaic(out, layer, dataset, err);
    weft_status status = make_lazy(out, layer, dataset, 0, err);
    if (status != WEFT_OK) return status;
    (*out)->window_cols = dataset->window_cols;
    if (dataset->columns_together > 0) (*out)->group = place / dataset->columns_together;
    return WEFT_OK;
}

/* The layer that computes a column. place: which of its dataset's bands it is of, in the order of columns. */
static weft_status make_column(weft_layer **out, const weft_plan *plan, const weft_plan_layer *layer, int place,
                               weft_error *err) {
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    weft_status status;
    if (dataset->made != NULL) {
        status = make_made(out, layer, plan, err);
    } else {
        status = make_layer(out, layer, dataset, place, err);
        if (status == WEFT_OK && plan->rows.region != NULL)
            status = weft_region_layer_new(out, *out, plan->rows.region, err);
    }
    if (status == WEFT_OK) (*out)->of_class = layer->method.class != NULL && layer->info != NULL;
    return status;
}

weft_status weft_run_layers_make(weft_run_layers *layers, const weft_plan *plan, weft_error *err) {
    size_t count = (size_t)plan->layer_count;
    layers->count = plan->layer_count;
    layers->lazy = calloc(count, sizeof *layers->lazy);
    layers->materialised = calloc(count, sizeof *layers->materialised);
    layers->merged = calloc(count, sizeof *layers->merged);
    layers->names = calloc(count, sizeof *layers->names);
    layers->seen = calloc((size_t)weft_empty_columns_marks(plan), sizeof *layers->seen);
    if (layers->lazy == NULL || layers->materialised == NULL || layers->merged == NULL || layers->names == NULL ||
        layers->seen == NULL)
        return weft_error_no_memory(err, "the run's layers");
    weft_status status = WEFT_OK;
    for (int i = 0, place = 0; i < layers->count && status == WEFT_OK; i++) {
        const weft_plan_layer *layer = &plan->layers[i];
        bool same = i > 0 && layer->dataset == layer[-1].dataset;
        place = !same ? 0 : layer->which != layer[-1].which ? place + 1 : place;
        layers->names[i] = layer->column;
        status = make_column(&layers->lazy[i], plan, layer, place, err);
    }
    return status;
}

void weft_run_layers_choose(weft_run_layers *layers) {
    weft_text lazy = {0};
    bool any_whole = false;
    for (int i = 0; i < layers->count; i++) {
        bool whole = layers->materialised[i] != NULL;
        layers->merged[i] = whole ? layers->materialised[i] : layers->lazy[i];
        any_whole = any_whole || whole;
        if (!whole) weft_text_add(&lazy, ", %s", layers->names[i]);
    }
    if (any_whole && lazy.length > 0)
        weft_log(WEFT_LOG_INFO,
                 "there is no memory for these columns as a whole, so they are resampled as they are merged: %s",
                 lazy.data + 2);
    weft_text_dispose(&lazy);
}

void weft_run_layers_free_materialised(weft_run_layers *layers) {
    for (int i = 0; layers->materialised != NULL && i < layers->count; i++) {
        weft_layer_free(layers->materialised[i]);
        layers->materialised[i] = NULL;
    }
}

void weft_run_layers_dispose(weft_run_layers *layers) {
    weft_run_layers_free_materialised(layers);
    for (int i = 0; layers->lazy != NULL && i < layers->count; i++)
        weft_layer_free(layers->lazy[i]);
    free(layers->lazy);
    free(layers->materialised);
    free(layers->merged);
    free(layers->names);
    free(layers->seen);
}
