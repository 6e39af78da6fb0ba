/* SPDX-License-Identifier: MIT
 *
 * The layer beneath is asked for the smallest window around the region's cells, a lattice row at a time; what it gives
 * outside the region is made missing, so that values do not depend on how windows are cut. */
#include "stages/layers/region_layer.h"

#include "core/window.h"
#include "processors/lattice/lattice.h"

#include <stdlib.h>
#include <string.h>

typedef struct region_layer {
    weft_layer base;
    weft_layer *inner;
    const weft_region *region;
} region_layer;

int64_t weft_region_layer_bytes(const weft_region *region, int64_t cols, int64_t rows) {
    return weft_align(weft_region_bytes(region, cols)) + cols * rows;
}

/* Makes runs of cells outside the region missing. */
static void mask_values(weft_window window, const uint8_t *mask, weft_values out) {
    for (int64_t row = 0; row < window.rows; row++) {
        const uint8_t *line = mask + row * window.cols;
        for (int64_t col = 0, end; col < window.cols; col = end) {
            const uint8_t *next = memchr(line + col, line[col] == 0, (size_t)(window.cols - col));
            end = next == NULL ? window.cols : next - line;
            if (line[col] == 0) weft_values_fill_missing(weft_values_at(out, row, col), end - col, 1);
        }
    }
}

static weft_status fill_band(const region_layer *layer, weft_worker *worker, weft_window band, weft_values out,
                             weft_error *err) {
    int64_t scratch = weft_align(weft_region_bytes(layer->region, band.cols));
    weft_status status = weft_buffer_reserve_min(&worker->region, worker->context->ledger, WEFT_TAG_LATTICE,
                                                 weft_region_layer_bytes(layer->region, band.cols, band.rows), err);
    if (status != WEFT_OK) return status;
    uint8_t *mask = (uint8_t *)worker->region.data + scratch;
    weft_window part = weft_region_clip(layer->region, band, mask, worker->region.data);
    if (weft_window_is_empty(part)) {
        weft_values_fill_missing(out, band.cols, band.rows);
        return WEFT_OK;
    }
    status = layer->inner->kind->read(layer->inner, worker, part,
                                      weft_values_at(out, part.row - band.row, part.col - band.col), err);
    if (status == WEFT_OK) mask_values(band, mask, out);
    return status;
}

static weft_status read_region(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                               weft_error *err) {
    const region_layer *layer = (const region_layer *)base;
    weft_status status = WEFT_OK;
    for (int64_t done = 0; done < window.rows && status == WEFT_OK;) {
        weft_window band = {window.col, window.row + done, window.cols, window.rows - done};
        band.rows = weft_lattice_band_rows(band);
        status = fill_band(layer, worker, band, weft_values_at(out, done, 0), err);
        done += band.rows;
    }
    return status;
}

static void free_region(weft_layer *base) {
    weft_layer_free(((region_layer *)base)->inner);
    free(base);
}

static const weft_layer_kind region_kind = {WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW, read_region,
                                            free_region};

weft_status weft_region_layer_new(weft_layer **out, weft_layer *inner, const weft_region *region, weft_error *err) {
    region_layer *layer = calloc(1, sizeof *layer);
    *out = NULL;
    if (layer == NULL) {
        weft_error_set(err, WEFT_ERR_MEMORY, "no memory for column %s", inner->column);
        weft_layer_free(inner);
        return WEFT_ERR_MEMORY;
    }
    *layer = (region_layer){.base = *inner, .inner = inner, .region = region};
    layer->base.kind = &region_kind;
    *out = &layer->base;
    return WEFT_OK;
}
