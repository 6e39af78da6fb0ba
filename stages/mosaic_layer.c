/* SPDX-License-Identifier: MIT
 *
 * A window is done in pieces, so that the scratch for a part's values is small whatever the window. Values do not
 * depend on the pieces. */
#include "stages/mosaic_layer.h"

#include <stdlib.h>
#include <string.h>

typedef struct layer_part {
    weft_layer *layer;
    const weft_coverage *coverage;
} layer_part;

typedef struct mosaic_layer {
    weft_layer base;
    weft_overlap rule;
    layer_part *parts;
    int count;
} mosaic_layer;

/* A worker's scratch for one piece. */
typedef struct piece {
    weft_window window;
    weft_values values; /* a part's */
    void *converted;    /* a row of them in the layer's type */
    double *sums;
    int32_t *counts;
} piece;

static weft_status lay_out(piece *out, weft_worker *worker, weft_window window, weft_error *err) {
    weft_status status =
        weft_buffer_reserve(&worker->group, worker->context->ledger, WEFT_TAG_PATCH, WEFT_MOSAIC_LAYER_BYTES, err);
    if (status != WEFT_OK) return status;
    const int64_t most = WEFT_MOSAIC_LAYER_COLS * WEFT_MOSAIC_LAYER_ROWS;
    double *sums = worker->group.data;
    out->window = window;
    out->sums = sums;
    out->values = (weft_values){.values = sums + most, .stride = window.cols};
    out->converted = sums + 2 * most;
    out->counts = (int32_t *)(sums + 3 * most);
    out->values.valid = (uint8_t *)(out->counts + most);
    return WEFT_OK;
}

static weft_status read_part(weft_layer *part, weft_worker *worker, piece *into, weft_error *err) {
    weft_values values = into->values;
    values.type = part->type;
    if (weft_data_type_is_float(part->type)) values.valid = NULL;
    return part->kind->read(part, worker, into->window, values, err);
}

static void join(const mosaic_layer *layer, const weft_layer *part, const piece *from, weft_values out) {
    bool floats = weft_data_type_is_float(part->type);
    for (int64_t row = 0; row < from->window.rows; row++) {
        weft_values to = weft_values_at(out, row, 0);
        int64_t cols = from->window.cols, at = row * cols;
        const void *values = (const char *)from->values.values + at * (int64_t)weft_data_type_size(part->type);
        const uint8_t *valid = floats ? NULL : from->values.valid + at;
        if (layer->rule == WEFT_OVERLAP_MEAN) {
            weft_overlap_add(part->type, cols, from->sums + at, from->counts + at, values, valid);
            continue;
        }
        if (part->type != to.type) {
            weft_data_type_convert(to.type, from->converted, part->type, values, cols);
            values = from->converted;
        }
        weft_overlap_join(layer->rule, to.type, cols, to.values, to.valid, values, valid);
    }
}

static weft_status read_all(const mosaic_layer *layer, weft_worker *worker, piece *scratch, weft_values out,
                            weft_error *err) {
    int64_t cols = scratch->window.cols, rows = scratch->window.rows;
    bool mean = layer->rule == WEFT_OVERLAP_MEAN, backwards = layer->rule == WEFT_OVERLAP_LAST;
    weft_status status = WEFT_OK;
    weft_values_fill_missing(out, cols, rows);
    if (mean) {
        memset(scratch->sums, 0, (size_t)(cols * rows) * sizeof *scratch->sums);
        memset(scratch->counts, 0, (size_t)(cols * rows) * sizeof *scratch->counts);
    }
    for (int i = 0; i < layer->count && status == WEFT_OK; i++) {
        const layer_part *part = &layer->parts[backwards ? layer->count - 1 - i : i];
        if (!weft_coverage_may_reach(part->coverage, scratch->window)) continue;
        status = read_part(part->layer, worker, scratch, err);
        if (status == WEFT_OK) join(layer, part->layer, scratch, out);
    }
    for (int64_t row = 0; row < rows && mean && status == WEFT_OK; row++)
        weft_overlap_mean(out.type, cols, scratch->sums + row * cols, scratch->counts + row * cols,
                          weft_values_at(out, row, 0).values, NULL);
    return status;
}

/* The only part that may have values here, when its values are the layer's as they are. */
static weft_layer *only_part(const mosaic_layer *layer, weft_window window) {
    weft_layer *only = NULL;
    for (int i = 0; i < layer->count; i++) {
        if (!weft_coverage_may_reach(layer->parts[i].coverage, window)) continue;
        if (only != NULL) return NULL;
        only = layer->parts[i].layer;
    }
    return only != NULL && only->type == layer->base.type ? only : NULL;
}

static weft_status read_piece(const mosaic_layer *layer, weft_worker *worker, weft_window window, weft_values out,
                              weft_error *err) {
    weft_layer *only = only_part(layer, window);
    piece scratch;
    if (only != NULL) return only->kind->read(only, worker, window, out, err);
    weft_status status = lay_out(&scratch, worker, window, err);
    return status == WEFT_OK ? read_all(layer, worker, &scratch, out, err) : status;
}

static weft_status read_mosaic(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                               weft_error *err) {
    const mosaic_layer *layer = (const mosaic_layer *)base;
    weft_layer *only = only_part(layer, window);
    if (only != NULL) return only->kind->read(only, worker, window, out, err);
    weft_status status = WEFT_OK;
    for (int64_t row = 0; row < window.rows; row += WEFT_MOSAIC_LAYER_ROWS) {
        for (int64_t col = 0; col < window.cols && status == WEFT_OK; col += WEFT_MOSAIC_LAYER_COLS) {
            weft_window cells = {window.col + col, window.row + row, WEFT_MOSAIC_LAYER_COLS, WEFT_MOSAIC_LAYER_ROWS};
            status =
                read_piece(layer, worker, weft_window_intersect(cells, window), weft_values_at(out, row, col), err);
        }
    }
    return status;
}

static void free_mosaic(weft_layer *base) {
    mosaic_layer *layer = (mosaic_layer *)base;
    for (int i = 0; i < layer->count; i++)
        weft_layer_free(layer->parts[i].layer);
    free(layer->parts);
    free(layer);
}

static const weft_layer_kind mosaic_kind = {WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW, read_mosaic,
                                            free_mosaic};

weft_status weft_mosaic_layer_new(weft_layer **out, const weft_mosaic_layer_options *options, int capacity,
                                  weft_error *err) {
    mosaic_layer *layer = calloc(1, sizeof *layer);
    layer_part *parts = calloc((size_t)capacity, sizeof *parts);
    *out = NULL;
    if (layer == NULL || parts == NULL) {
        free(layer);
        free(parts);
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for column %s", options->column);
    }
    *layer = (mosaic_layer){.base = {&mosaic_kind, options->column, options->type, options->dataset},
                            .rule = options->rule,
                            .parts = parts};
    *out = &layer->base;
    return WEFT_OK;
}

void weft_mosaic_layer_add(weft_layer *base, weft_layer *part, const weft_coverage *coverage) {
    mosaic_layer *layer = (mosaic_layer *)base;
    layer->parts[layer->count++] = (layer_part){part, coverage};
}
