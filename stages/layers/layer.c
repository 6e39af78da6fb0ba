/* SPDX-License-Identifier: MIT
 *
 * Reading charges the layer's own stage, whoever pulls: in streaming mode resampling is charged to resample. */
#include "stages/layers/layer.h"

#include <math.h>
#include <stdlib.h>

weft_status weft_layer_read(weft_layer *layer, weft_worker *worker, weft_window window, weft_values out,
                            weft_error *err) {
    weft_context *context = worker->context;
    weft_status status = weft_cancel_check(context->cancel, err);
    if (status != WEFT_OK) return status;
    uint32_t before = weft_activity_enter(context->activity, worker->index, layer->kind->stage, layer->kind->operation);
    weft_activity_note(context->activity, worker->index, layer->column, window);
    status = layer->kind->read(layer, worker, window, out, err);
    weft_activity_leave(context->activity, worker->index, before);
    if (status != WEFT_OK)
        weft_error_context(err, "stage=%s column=%s rows %lld..%lld cols %lld..%lld",
                           weft_stage_name(layer->kind->stage), layer->column, (long long)window.row,
                           (long long)(window.row + window.rows - 1), (long long)window.col,
                           (long long)(window.col + window.cols - 1));
    return status;
}

static bool has_value(weft_values values, int64_t cols, int64_t rows) {
    for (int64_t row = 0; row < rows; row++) {
        weft_values line = weft_values_at(values, row, 0);
        for (int64_t i = 0; i < cols; i++) {
            if (line.type == WEFT_FLOAT32   ? !isnan(((const float *)line.values)[i])
                : line.type == WEFT_FLOAT64 ? !isnan(((const double *)line.values)[i])
                                            : line.valid[i] != 0)
                return true;
        }
    }
    return false;
}

/* Whether a class is there; of Float64. */
static bool has_share(weft_values values, int64_t cols, int64_t rows) {
    for (int64_t row = 0; row < rows; row++) {
        const double *line = weft_values_at(values, row, 0).values;
        for (int64_t i = 0; i < cols; i++)
            if (line[i] > 0) return true;
    }
    return false;
}

void weft_layer_look_for_value(const weft_layer *layer, weft_values values, int64_t cols, int64_t rows,
                               atomic_uchar *seen) {
    if (atomic_load_explicit(seen, memory_order_relaxed) == 0 &&
        (layer->of_class ? has_share(values, cols, rows) : has_value(values, cols, rows)))
        atomic_store_explicit(seen, 1, memory_order_relaxed);
}

int weft_layers_of_dataset(weft_layer *const *layers, int count, int first) {
    int end = first + 1;
    while (end < count && layers[end]->dataset == layers[first]->dataset && layers[end]->group == layers[first]->group)
        end++;
    return end;
}

int64_t weft_layer_window_cols(const weft_layer *layer, int64_t side) {
    return layer->window_cols > 0 && layer->window_cols < side ? layer->window_cols : side;
}

void weft_layer_free(weft_layer *layer) {
    if (layer != NULL) layer->kind->free(layer);
}

static weft_status read_empty(weft_layer *layer, weft_worker *worker, weft_window window, weft_values out,
                              weft_error *err) {
    (void)layer;
    (void)worker;
    (void)err;
    weft_values_fill_missing(out, window.cols, window.rows);
    return WEFT_OK;
}

static void free_empty(weft_layer *layer) {
    free(layer);
}

static const weft_layer_kind empty_kind = {WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, read_empty, free_empty};

weft_status weft_empty_layer_new(weft_layer **out, const char *column, weft_data_type type, int dataset,
                                 weft_error *err) {
    weft_layer *layer = calloc(1, sizeof *layer);
    *out = layer;
    if (layer == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for column %s", column);
    *layer = (weft_layer){.kind = &empty_kind, .column = column, .type = type, .dataset = dataset};
    return WEFT_OK;
}
