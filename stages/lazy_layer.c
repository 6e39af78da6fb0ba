/* A window is done a lattice row at a time: its positions, the patch of source pixels under them, rows of values. A
 * patch that is too large for the worker's share splits the band in two; values do not depend on the split, so any will
 * do.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/lazy_layer.h"

#include <stdlib.h>

typedef struct lazy_layer {
    weft_layer base;
    weft_source *source;
    int band;
    const weft_lattice_spec *lattice;
    weft_resampler resampler;
} lazy_layer;

/* Positions of a band of cells: what the kernels need of every row. */
typedef struct located_band {
    weft_row_positions rows[WEFT_LATTICE_CELL];
    int64_t count;
} located_band;

/* Rows of centres, and one row of corners more than of cells, where the kernel needs corners. */
static weft_status locate(const lazy_layer *layer, weft_worker *worker, weft_window window, located_band *out,
                          weft_error *err) {
    bool corners = weft_resampler_needs_corners(layer->resampler.kernel);
    int64_t corner_cols = window.cols + 1, lines = 2 * window.rows, values = lines * window.cols;
    if (corners) values += (lines + 2) * corner_cols;
    weft_status status = weft_buffer_reserve(&worker->positions, worker->context->ledger, WEFT_TAG_LATTICE,
                                             values * (int64_t)sizeof(double), err);
    if (status == WEFT_OK) status = weft_lattice_prepare(worker->lattice, layer->lattice, window, corners, err);
    if (status != WEFT_OK) return status;
    double *at = worker->positions.data;
    out->count = window.rows;
    for (int64_t i = 0; i < window.rows; i++) {
        out->rows[i] = (weft_row_positions){.n = window.cols, .u = at, .v = at + window.cols};
        weft_lattice_centres(worker->lattice, window.col, window.row + i, window.cols, at, at + window.cols);
        at += 2 * window.cols;
    }
    for (int64_t i = 0; corners && i <= window.rows; i++) {
        weft_lattice_corners(worker->lattice, window.col, window.row + i, corner_cols, at, at + corner_cols);
        if (i < window.rows) out->rows[i].top_u = at, out->rows[i].top_v = at + corner_cols;
        if (i > 0) out->rows[i - 1].bottom_u = at, out->rows[i - 1].bottom_v = at + corner_cols;
        at += 2 * corner_cols;
    }
    return WEFT_OK;
}

static weft_status read_patch(lazy_layer *layer, weft_worker *worker, weft_window pixels, weft_patch *out,
                              weft_error *err) {
    int64_t size = (int64_t)weft_data_type_size(layer->resampler.source_type), count, bytes;
    if (!weft_checked_mul(pixels.cols, pixels.rows, &count) || !weft_checked_mul(count, size + 1, &bytes))
        return weft_error_set(err, WEFT_ERR_MEMORY, "one cell needs %lld x %lld source pixels at once",
                              (long long)pixels.cols, (long long)pixels.rows);
    weft_status status = weft_buffer_reserve(&worker->patch, worker->context->ledger, WEFT_TAG_PATCH, bytes, err);
    if (status != WEFT_OK) return status;
    uint8_t *valid = (uint8_t *)worker->patch.data + count * size;
    bool all_valid = true;
    status = weft_source_read(layer->source, layer->band, pixels, worker->patch.data, valid, &all_valid, err);
    *out = (weft_patch){pixels, layer->resampler.source_type, worker->patch.data, all_valid ? NULL : valid};
    return status;
}

static bool fits(const lazy_layer *layer, const weft_worker *worker, weft_window pixels) {
    int64_t bytes, size = (int64_t)weft_data_type_size(layer->resampler.source_type) + 1;
    return weft_checked_mul(pixels.cols, pixels.rows, &bytes) && weft_checked_mul(bytes, size, &bytes) &&
           bytes <= worker->context->patch_bytes;
}

static weft_status fill(lazy_layer *layer, weft_worker *worker, weft_window window, weft_values out, weft_error *err);

static weft_status fill_halves(lazy_layer *layer, weft_worker *worker, weft_window window, weft_values out,
                               weft_error *err) {
    weft_window first = window, second = window;
    bool across = window.rows >= window.cols;
    if (across) {
        first.rows = window.rows / 2;
        second.row += first.rows;
        second.rows -= first.rows;
    } else {
        first.cols = window.cols / 2;
        second.col += first.cols;
        second.cols -= first.cols;
    }
    weft_status status = fill(layer, worker, first, out, err);
    if (status != WEFT_OK) return status;
    return fill(layer, worker, second, weft_values_at(out, across ? first.rows : 0, across ? 0 : first.cols), err);
}

/* A window within one lattice row. */
static weft_status fill(lazy_layer *layer, weft_worker *worker, weft_window window, weft_values out, weft_error *err) {
    located_band positions;
    weft_patch patch;
    weft_status status = locate(layer, worker, window, &positions, err);
    if (status != WEFT_OK) return status;
    weft_window pixels = weft_resampler_footprint(&layer->resampler, positions.rows, positions.count);
    if (weft_window_is_empty(pixels)) {
        weft_values_fill_missing(out, window.cols, window.rows);
        return WEFT_OK;
    }
    if (!fits(layer, worker, pixels) && window.cols * window.rows > 1)
        return fill_halves(layer, worker, window, out, err);
    status = read_patch(layer, worker, pixels, &patch, err);
    for (int64_t row = 0; row < window.rows && status == WEFT_OK; row++)
        weft_resampler_run(&layer->resampler, &patch, &positions.rows[row], weft_values_at(out, row, 0));
    return status;
}

static weft_status read_lazy(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                             weft_error *err) {
    lazy_layer *layer = (lazy_layer *)base;
    weft_status status = WEFT_OK;
    for (int64_t done = 0; done < window.rows && status == WEFT_OK;) {
        weft_window rest = {window.col, window.row + done, window.cols, window.rows - done};
        rest.rows = weft_lattice_band_rows(rest);
        status = fill(layer, worker, rest, weft_values_at(out, done, 0), err);
        done += rest.rows;
    }
    return status;
}

static void free_lazy(weft_layer *base) {
    free(base);
}

static const weft_layer_kind lazy_kind = {WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW, read_lazy, free_lazy};

weft_status weft_lazy_layer_new(weft_layer **out, const char *column, int dataset, weft_source *source, int band,
                                const weft_lattice_spec *lattice, const weft_resampler *resampler, weft_error *err) {
    lazy_layer *layer = calloc(1, sizeof *layer);
    *out = NULL;
    if (layer == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for column %s", column);
    *layer = (lazy_layer){.base = {&lazy_kind, column, resampler->type, dataset},
                          .source = source,
                          .band = band,
                          .lattice = lattice,
                          .resampler = *resampler};
    *out = &layer->base;
    return WEFT_OK;
}
