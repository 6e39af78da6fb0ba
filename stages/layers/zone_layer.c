/* SPDX-License-Identifier: MIT */
#include "stages/layers/zone_layer.h"

#include "core/window.h"

#include <stdlib.h>
#include <string.h>

typedef struct zone_layer {
    weft_layer base;
    const weft_polygon_set *polygons;
    const weft_values *values;
} zone_layer;

int64_t weft_zone_layer_bytes(const weft_polygon_set *polygons, int64_t cols) {
    return weft_align(weft_polygon_scan_bytes(polygons, cols)) + cols * (int64_t)sizeof(int32_t);
}

static void copy_values(const weft_values *from, const int32_t *features, int64_t cols, weft_values to) {
    size_t size = weft_data_type_size(from->type);
    for (int64_t i = 0; i < cols; i++) {
        if (features[i] < 0) {
            weft_values_fill_missing(weft_values_at(to, 0, i), 1, 1);
            continue;
        }
        memcpy((char *)to.values + (size_t)i * size, (const char *)from->values + (size_t)features[i] * size, size);
        if (to.valid != NULL) to.valid[i] = from->valid[features[i]];
    }
}

static weft_status read_zones(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                              weft_error *err) {
    const zone_layer *layer = (const zone_layer *)base;
    weft_status status = weft_buffer_reserve_min(&worker->region, worker->context->ledger, WEFT_TAG_LATTICE,
                                                 weft_zone_layer_bytes(layer->polygons, window.cols), err);
    if (status != WEFT_OK) return status;
    int32_t *features = (int32_t *)(void *)((char *)worker->region.data +
                                            weft_align(weft_polygon_scan_bytes(layer->polygons, window.cols)));
    for (int64_t row = 0; row < window.rows; row++) {
        weft_polygon_scan_features(layer->polygons, window.row + row, window.col, window.cols, features,
                                   worker->region.data);
        copy_values(layer->values, features, window.cols, weft_values_at(out, row, 0));
    }
    return WEFT_OK;
}

static void free_zones(weft_layer *base) {
    free(base);
}

static const weft_layer_kind zone_kind = {WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, read_zones, free_zones};

weft_status weft_zone_layer_new(weft_layer **out, const char *column, int dataset, const weft_polygon_set *polygons,
                                const weft_values *values, weft_error *err) {
    zone_layer *layer = calloc(1, sizeof *layer);
    *out = NULL;
    if (layer == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for column %s", column);
    *layer = (zone_layer){
        {.kind = &zone_kind, .column = column, .type = values->type, .dataset = dataset}, polygons, values};
    *out = &layer->base;
    return WEFT_OK;
}
