/* A window becomes a patch of source pixels, a patch becomes rows of values. A window whose patch is too large for the
 * worker's share splits in two; values do not depend on the split, so any split will do.
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

/* Where the six rows of positions of a window `cols` wide begin. */
typedef struct position_rows {
    double *u, *v, *top_u, *top_v, *bottom_u, *bottom_v;
} position_rows;

static weft_status reserve_positions(weft_worker *worker, int64_t cols, position_rows *out, weft_error *err) {
    int64_t length = cols + 1;
    weft_status status = weft_buffer_reserve(&worker->positions, worker->context->ledger, WEFT_TAG_LATTICE,
                                             6 * length * (int64_t)sizeof(double), err);
    if (status != WEFT_OK) return status;
    double *first = worker->positions.data;
    *out = (position_rows){
        first, first + length, first + 2 * length, first + 3 * length, first + 4 * length, first + 5 * length};
    return WEFT_OK;
}

static weft_row_positions locate_row(const lazy_layer *layer, const weft_lattice *lattice, const position_rows *rows,
                                     weft_window window, int64_t row) {
    weft_row_positions out = {.n = window.cols, .u = rows->u, .v = rows->v};
    weft_lattice_centres(lattice, window.col, row, window.cols, rows->u, rows->v);
    if (!weft_resampler_needs_corners(layer->resampler.kernel)) return out;
    weft_lattice_corners(lattice, window.col, row, window.cols + 1, rows->top_u, rows->top_v);
    weft_lattice_corners(lattice, window.col, row + 1, window.cols + 1, rows->bottom_u, rows->bottom_v);
    out.top_u = rows->top_u;
    out.top_v = rows->top_v;
    out.bottom_u = rows->bottom_u;
    out.bottom_v = rows->bottom_v;
    return out;
}

static weft_window join(weft_window a, weft_window b) {
    if (weft_window_is_empty(a)) return b;
    if (weft_window_is_empty(b)) return a;
    int64_t col = a.col < b.col ? a.col : b.col, row = a.row < b.row ? a.row : b.row;
    int64_t col_end = a.col + a.cols > b.col + b.cols ? a.col + a.cols : b.col + b.cols;
    int64_t row_end = a.row + a.rows > b.row + b.rows ? a.row + a.rows : b.row + b.rows;
    return (weft_window){col, row, col_end - col, row_end - row};
}

static weft_window window_footprint(const lazy_layer *layer, const weft_lattice *lattice, const position_rows *rows,
                                    weft_window window) {
    weft_window all = {0};
    for (int64_t row = window.row; row < window.row + window.rows; row++) {
        weft_row_positions positions = locate_row(layer, lattice, rows, window, row);
        all = join(all, weft_resampler_footprint(&layer->resampler, &positions));
    }
    return all;
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

static weft_status fill(lazy_layer *layer, weft_worker *worker, const position_rows *rows, weft_window window,
                        weft_values out, weft_error *err);

static weft_status fill_halves(lazy_layer *layer, weft_worker *worker, const position_rows *rows, weft_window window,
                               weft_values out, weft_error *err) {
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
    weft_status status = fill(layer, worker, rows, first, out, err);
    if (status != WEFT_OK) return status;
    return fill(layer, worker, rows, second, weft_values_at(out, across ? first.rows : 0, across ? 0 : first.cols),
                err);
}

static weft_status fill(lazy_layer *layer, weft_worker *worker, const position_rows *rows, weft_window window,
                        weft_values out, weft_error *err) {
    weft_window pixels = window_footprint(layer, worker->lattice, rows, window);
    if (weft_window_is_empty(pixels)) {
        weft_values_fill_missing(out, window.cols, window.rows);
        return WEFT_OK;
    }
    if (!fits(layer, worker, pixels) && window.cols * window.rows > 1)
        return fill_halves(layer, worker, rows, window, out, err);
    weft_patch patch;
    weft_status status = read_patch(layer, worker, pixels, &patch, err);
    for (int64_t row = 0; row < window.rows && status == WEFT_OK; row++) {
        weft_row_positions positions = locate_row(layer, worker->lattice, rows, window, window.row + row);
        weft_resampler_run(&layer->resampler, &patch, &positions, weft_values_at(out, row, 0));
    }
    return status;
}

static weft_status read_lazy(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                             weft_error *err) {
    lazy_layer *layer = (lazy_layer *)base;
    bool corners = weft_resampler_needs_corners(layer->resampler.kernel);
    position_rows rows;
    weft_status status = reserve_positions(worker, window.cols, &rows, err);
    if (status == WEFT_OK) status = weft_lattice_prepare(worker->lattice, layer->lattice, window, corners, err);
    if (status == WEFT_OK) status = fill(layer, worker, &rows, window, out, err);
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
