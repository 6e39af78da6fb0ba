/* Values lie row by row over the whole grid, then the mask, in memory and in scratch alike.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/layers/materialised_layer.h"

#include "core/files/disk_space.h"
#include "core/steady_io.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct materialised_layer {
    weft_layer base;
    int64_t cols, rows;
    weft_buffer memory; /* empty when in scratch */
    int scratch;        /* -1 when in memory */
    char *path;         /* that it had; NULL when in memory */
} materialised_layer;

/* Moves `length` bytes between memory and the scratch file: 0 or an errno. */
typedef int (*transfer_fn)(int fd, void *bytes, size_t length, int64_t offset);

static int write_at(int fd, void *bytes, size_t length, int64_t offset) {
    return weft_steady_pwrite(fd, bytes, length, offset);
}

static weft_status transfer(materialised_layer *layer, transfer_fn move, void *bytes, int64_t length, int64_t offset,
                            weft_error *err) {
    int failure = move(layer->scratch, bytes, (size_t)length, offset);
    if (failure == 0) return WEFT_OK;
    weft_error_set_errno(err, failure, "%s: scratch of column %s", layer->path, layer->base.column);
    weft_disk_space_hint(layer->scratch, failure, length, err);
    if (err != NULL) err->status = WEFT_ERR_IO;
    return WEFT_ERR_IO;
}

/* Moves a window between `values` and the scratch file, row by row. */
static weft_status transfer_window(materialised_layer *layer, transfer_fn move, weft_window window, weft_values values,
                                   weft_error *err) {
    int64_t size = (int64_t)weft_data_type_size(layer->base.type);
    int64_t mask_start = layer->cols * layer->rows * size;
    weft_status status = WEFT_OK;
    for (int64_t row = 0; row < window.rows && status == WEFT_OK; row++) {
        weft_values at = weft_values_at(values, row, 0);
        int64_t first = (window.row + row) * layer->cols + window.col;
        status = transfer(layer, move, at.values, window.cols * size, first * size, err);
        if (status == WEFT_OK && at.valid != NULL)
            status = transfer(layer, move, at.valid, window.cols, mask_start + first, err);
    }
    return status;
}

static weft_values whole(const materialised_layer *layer) {
    int64_t size = (int64_t)weft_data_type_size(layer->base.type);
    uint8_t *mask = (uint8_t *)layer->memory.data + layer->cols * layer->rows * size;
    return (weft_values){layer->base.type, layer->memory.data, weft_data_type_is_float(layer->base.type) ? NULL : mask,
                         layer->cols};
}

static weft_status read_materialised(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                                     weft_error *err) {
    materialised_layer *layer = (materialised_layer *)base;
    (void)worker;
    if (layer->scratch >= 0) return transfer_window(layer, weft_steady_pread, window, out, err);
    weft_values_copy(out, weft_values_at(whole(layer), window.row, window.col), window.cols, window.rows);
    return WEFT_OK;
}

/* A lattice row at a time: what is on its way to scratch takes little memory. */
static weft_status fill_scratch_band(materialised_layer *layer, weft_layer *from, weft_worker *worker,
                                     weft_window window, weft_error *err) {
    int64_t cells = window.cols * window.rows, size = (int64_t)weft_data_type_size(layer->base.type);
    weft_status status = weft_buffer_reserve(&worker->window, worker->context->ledger, WEFT_TAG_PATCH,
                                             cells * (int64_t)weft_data_type_cell_bytes(layer->base.type), err);
    if (status != WEFT_OK) return status;
    uint8_t *mask = (uint8_t *)worker->window.data + cells * size;
    weft_values values = {layer->base.type, worker->window.data,
                          weft_data_type_is_float(layer->base.type) ? NULL : mask, window.cols};
    status = weft_layer_read(from, worker, window, values, err);
    if (status != WEFT_OK) return status;
    uint32_t before =
        weft_activity_enter(worker->context->activity, worker->index, WEFT_STAGE_RESAMPLE, WEFT_OPERATION_STORE_LAYER);
    status = transfer_window(layer, write_at, window, values, err);
    weft_activity_leave(worker->context->activity, worker->index, before);
    return status;
}

static weft_status fill_scratch(materialised_layer *layer, weft_layer *from, weft_worker *worker, weft_window window,
                                weft_error *err) {
    weft_status status = WEFT_OK;
    weft_window band = window;
    int64_t end = window.row + window.rows;
    for (; band.row < end && status == WEFT_OK; band.row += band.rows) {
        band.rows = end - band.row;
        band.rows = weft_lattice_band_rows(band);
        status = fill_scratch_band(layer, from, worker, band, err);
    }
    return status;
}

weft_status weft_materialised_layer_fill(weft_layer *base, weft_layer *from, weft_worker *worker, weft_window window,
                                         weft_error *err) {
    materialised_layer *layer = (materialised_layer *)base;
    if (layer->scratch >= 0) return fill_scratch(layer, from, worker, window, err);
    return weft_layer_read(from, worker, window, weft_values_at(whole(layer), window.row, window.col), err);
}

static void free_materialised(weft_layer *base) {
    materialised_layer *layer = (materialised_layer *)base;
    weft_buffer_release(&layer->memory);
    if (layer->scratch >= 0) close(layer->scratch);
    free(layer->path);
    free(layer);
}

static const weft_layer_kind materialised_kind = {WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, read_materialised,
                                                  free_materialised};

static weft_status open_scratch(materialised_layer *layer, const char *path, weft_error *err) {
    layer->path = weft_text_format("%s", path);
    if (layer->path == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for column %s", layer->base.column);
    layer->scratch = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (layer->scratch < 0) {
        weft_error_set_errno(err, errno, "%s: cannot create scratch for column %s", path, layer->base.column);
        if (err != NULL) err->status = WEFT_ERR_IO;
        return WEFT_ERR_IO;
    }
    unlink(path);
    return WEFT_OK;
}

static bool grant_memory(materialised_layer *layer, weft_context *context) {
    int64_t cells, bytes;
    return weft_checked_mul(layer->cols, layer->rows, &cells) &&
           weft_checked_mul(cells, (int64_t)weft_data_type_cell_bytes(layer->base.type), &bytes) &&
           bytes <= weft_ledger_available_bytes(context->ledger) - context->working_bytes &&
           weft_buffer_reserve(&layer->memory, context->ledger, WEFT_TAG_LAYER, bytes, NULL) == WEFT_OK;
}

weft_status weft_materialised_layer_new(weft_layer **out, const char *column, weft_data_type type, int dataset,
                                        int64_t cols, int64_t rows, weft_context *context, const char *scratch_path,
                                        bool *in_memory, weft_error *err) {
    materialised_layer *layer = calloc(1, sizeof *layer);
    *out = NULL;
    if (layer == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for column %s", column);
    *layer = (materialised_layer){
        .base = {&materialised_kind, column, type, dataset}, .cols = cols, .rows = rows, .scratch = -1};
    *in_memory = grant_memory(layer, context);
    weft_status status = *in_memory ? WEFT_OK : open_scratch(layer, scratch_path, err);
    if (status != WEFT_OK) {
        free_materialised(&layer->base);
        return status;
    }
    *out = &layer->base;
    return WEFT_OK;
}
