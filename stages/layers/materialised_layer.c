/* Values lie row by row over the whole grid, then the mask.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/layers/materialised_layer.h"

#include <stdlib.h>

typedef struct materialised_layer {
    weft_layer base;
    int64_t cols, rows;
    weft_buffer memory;
} materialised_layer;

static weft_values whole(const materialised_layer *layer) {
    int64_t size = (int64_t)weft_data_type_size(layer->base.type);
    uint8_t *mask = (uint8_t *)layer->memory.data + layer->cols * layer->rows * size;
    return (weft_values){layer->base.type, layer->memory.data, weft_data_type_is_float(layer->base.type) ? NULL : mask,
                         layer->cols};
}

static weft_status read_materialised(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                                     weft_error *err) {
    const materialised_layer *layer = (const materialised_layer *)base;
    (void)worker;
    (void)err;
    weft_values_copy(out, weft_values_at(whole(layer), window.row, window.col), window.cols, window.rows);
    return WEFT_OK;
}

weft_status weft_materialised_layer_fill(weft_layer *base, weft_layer *from, weft_worker *worker, weft_window window,
                                         weft_error *err) {
    const materialised_layer *layer = (const materialised_layer *)base;
    return weft_layer_read(from, worker, window, weft_values_at(whole(layer), window.row, window.col), err);
}

static void free_materialised(weft_layer *base) {
    materialised_layer *layer = (materialised_layer *)base;
    weft_buffer_release(&layer->memory);
    free(layer);
}

static const weft_layer_kind materialised_kind = {WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, read_materialised,
                                                  free_materialised};

static bool grant_memory(materialised_layer *layer, weft_context *context) {
    int64_t cells, bytes;
    return weft_checked_mul(layer->cols, layer->rows, &cells) &&
           weft_checked_mul(cells, (int64_t)weft_data_type_cell_bytes(layer->base.type), &bytes) &&
           bytes <= weft_ledger_available_bytes(context->ledger) - context->working_bytes &&
           weft_buffer_reserve(&layer->memory, context->ledger, WEFT_TAG_LAYER, bytes, NULL) == WEFT_OK;
}

weft_layer *weft_materialised_layer_new(const weft_layer *like, int64_t cols, int64_t rows, weft_context *context) {
    materialised_layer *layer = calloc(1, sizeof *layer);
    if (layer == NULL) return NULL;
    *layer = (materialised_layer){.base = {.kind = &materialised_kind,
                                           .column = like->column,
                                           .type = like->type,
                                           .dataset = like->dataset,
                                           .of_class = like->of_class},
                                  .cols = cols,
                                  .rows = rows};
    if (grant_memory(layer, context)) return &layer->base;
    free_materialised(&layer->base);
    return NULL;
}
