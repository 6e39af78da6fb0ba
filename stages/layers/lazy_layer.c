/* A window is done a lattice row at a time: its positions, the patch of source pixels under them, rows of values. A
 * patch that is too large for the worker's share, or that is mostly pixels which no cell needs, splits the band in two;
 * values do not depend on the split, so any will do.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/layers/lazy_layer.h"

#include "processors/lattice/lattice_positions.h"
#include "stages/layers/places.h"

#include <math.h>
#include <stdlib.h>

#define MOST_WINDOWS  40   /* 2^32 columns are halved 32 times, 32 rows five times */
#define WORTH_A_PATCH 4096 /* pixels: reading so many takes about as long as beginning another patch .. */
#define WORTH_A_CELL  16   /* .. and as finding a cell's place once more */

typedef struct lazy_layer {
    weft_layer base;
    weft_source *source;
    int band;
    const weft_lattice_spec *lattice;
    weft_resampler resampler;
    const weft_projector *projector; /* of places; NULL: it is read in windows of the grid alone */
} lazy_layer;

/* Positions that run on from the first turn into the second, back to the first. */
static void bring_back(double *u, int64_t n, int64_t wrap_cols) {
    double wrap = (double)wrap_cols;
    for (int64_t i = 0; i < n && wrap > 0; i++)
        u[i] = u[i] >= wrap ? u[i] - wrap : u[i];
}

/* Positions of places, and of the corners of the cells around them. */
static weft_status locate_places(const lazy_layer *layer, weft_worker *worker, weft_window window, weft_positions *out,
                                 weft_error *err) {
    const weft_places *places = worker->places;
    bool corners = weft_method_needs_corners(layer->resampler.method);
    int64_t n = window.cols;
    weft_status status = weft_buffer_reserve(&worker->positions, worker->context->ledger, WEFT_TAG_LATTICE,
                                             (corners ? 10 : 2) * n * (int64_t)sizeof(double), err);
    if (status != WEFT_OK) return status;
    double *u = worker->positions.data, *v = u + n, *corner_u = v + n, *corner_v = corner_u + 4 * n;
    for (int64_t i = 0; i < n; i++) {
        int64_t number = weft_place_number(places->order[window.col + i]);
        u[i] = places->x[number];
        v[i] = places->y[number];
        for (int k = 0; corners && k < 4; k++) {
            corner_u[4 * i + k] = u[i] + (k % 2 == 0 ? -1 : 1) * places->half[0];
            corner_v[4 * i + k] = v[i] + (k < 2 ? 1 : -1) * places->half[1];
        }
    }
    status = weft_projector_place(layer->projector, n, u, v, err);
    if (status == WEFT_OK && layer->resampler.runs_on && !corners) bring_back(u, n, layer->resampler.wrap_cols);
    if (status == WEFT_OK && corners) status = weft_projector_place(layer->projector, 4 * n, corner_u, corner_v, err);
    *out = (weft_positions){.cols = n,
                            .rows = 1,
                            .apart = true,
                            .u = u,
                            .v = v,
                            .corner_u = corners ? corner_u : NULL,
                            .corner_v = corners ? corner_v : NULL};
    return status;
}

/* Positions of rows of centres and, where the kernel needs them, of corners: one row and one column more. */
static weft_status locate(const lazy_layer *layer, weft_worker *worker, weft_window window, weft_positions *out,
                          weft_error *err) {
    const weft_lattice_spec *spec = layer->lattice;
    if (worker->places != NULL) return locate_places(layer, worker, window, out, err);
    bool corners = weft_method_needs_corners(layer->resampler.method), separable = weft_lattice_is_separable(spec);
    int64_t rows = window.rows, cols = window.cols;
    int64_t centres = separable ? cols + rows : 2 * rows * cols;
    int64_t all = centres + (!corners ? 0 : separable ? cols + rows + 2 : 2 * (rows + 1) * (cols + 1));
    weft_status status = weft_buffer_reserve(&worker->positions, worker->context->ledger, WEFT_TAG_LATTICE,
                                             all * (int64_t)sizeof(double), err);
    if (status == WEFT_OK) status = weft_lattice_prepare(worker->lattice, spec, window, corners, err);
    if (status != WEFT_OK) return status;
    double *u = worker->positions.data, *v = u + (separable ? cols : rows * cols), *corner_u = u + centres;
    double *corner_v = corner_u + (separable ? cols + 1 : (rows + 1) * (cols + 1));
    *out = (weft_positions){.cols = cols,
                            .rows = rows,
                            .separable = separable,
                            .u = u,
                            .v = v,
                            .corner_u = corners ? corner_u : NULL,
                            .corner_v = corners ? corner_v : NULL};
    if (separable) {
        weft_lattice_axes(spec, 0.5, window.col, window.row, cols, rows, u, v);
        if (corners) weft_lattice_axes(spec, 0, window.col, window.row, cols + 1, rows + 1, corner_u, corner_v);
        return WEFT_OK;
    }
    for (int64_t i = 0; i < rows; i++)
        weft_lattice_centres(worker->lattice, window.col, window.row + i, cols, u + i * cols, v + i * cols);
    if (layer->resampler.runs_on && !corners) bring_back(u, rows * cols, layer->resampler.wrap_cols);
    for (int64_t i = 0; corners && i <= rows; i++)
        weft_lattice_corners(worker->lattice, window.col, window.row + i, cols + 1, corner_u + i * (cols + 1),
                             corner_v + i * (cols + 1));
    return WEFT_OK;
}

weft_lattice_cost weft_lazy_layer_band_cost(const weft_lattice_spec *lattice, const weft_method *method, int64_t rows,
                                            bool split) {
    bool corners = weft_method_needs_corners(method);
    weft_lattice_cost cost = weft_lattice_cost_of(lattice, corners, split);
    const int64_t real = (int64_t)sizeof(double);
    cost.fixed_bytes += weft_page_bytes();
    if (weft_lattice_is_separable(lattice)) {
        cost.column_bytes += (1 + corners) * real;
        cost.fixed_bytes += (rows + corners * (rows + 2)) * real;
    } else {
        cost.column_bytes += 2 * (rows + corners * (rows + 1)) * real;
        cost.fixed_bytes += 2 * corners * (rows + 1) * real;
    }
    return cost;
}

/* The kernel's scratch, then the pixels and their mask. False: more than can be addressed. */
static bool patch_bytes(const lazy_layer *layer, weft_window pixels, int64_t scratch_bytes, int64_t *out) {
    int64_t size = (int64_t)weft_data_type_size(layer->resampler.source_type) + 1, count;
    return weft_checked_mul(pixels.cols, pixels.rows, &count) && weft_checked_mul(count, size, out) &&
           weft_checked_add(*out, scratch_bytes, out);
}

/* One buffer for all: two would each stay as large as ever was needed, one with one window, one with another, and be
 * more than the worker's share together. */
static weft_status read_patch(lazy_layer *layer, weft_worker *worker, weft_window pixels, int64_t scratch_bytes,
                              weft_patch *out, weft_error *err) {
    weft_data_type type = layer->resampler.source_type;
    int64_t bytes;
    if (!patch_bytes(layer, pixels, scratch_bytes, &bytes))
        return weft_error_set(err, WEFT_ERR_MEMORY, "one cell needs %lld x %lld source pixels at once",
                              (long long)pixels.cols, (long long)pixels.rows);
    weft_status status = weft_buffer_reserve(&worker->patch, worker->context->ledger, WEFT_TAG_PATCH, bytes, err);
    if (status != WEFT_OK) return status;
    uint8_t *values = (uint8_t *)worker->patch.data + scratch_bytes;
    uint8_t *valid = values + pixels.cols * pixels.rows * (int64_t)weft_data_type_size(type);
    bool all_valid = true;
    status = weft_source_read(layer->source, layer->band, pixels, values, valid, &all_valid, err);
    *out = (weft_patch){pixels, type, values, all_valid ? NULL : valid};
    return status;
}

/* Pixels are counted in 32 bits. */
static bool fits(const lazy_layer *layer, const weft_worker *worker, weft_window pixels, int64_t scratch_bytes) {
    int64_t bytes;
    return patch_bytes(layer, pixels, scratch_bytes, &bytes) && pixels.cols * pixels.rows <= INT32_MAX &&
           bytes <= worker->context->patch_bytes;
}

/* How many pixels fewer two halves of a window read than the whole; u and v: where its ends lie in the source. Less than 0
 * where they are one, or are not known: so no window of one column is halved into columns. */
static double saved_by_halves(weft_window pixels, const double u[2], const double v[2]) {
    double cols = (double)pixels.cols, rows = (double)pixels.rows, du = fabs(u[1] - u[0]), dv = fabs(v[1] - v[0]);
    if (isnan(du) || isnan(dv)) return -1;
    return cols * rows - 2 * (cols - fmin(du, cols) / 2) * (rows - fmin(dv, rows) / 2);
}

/* Cells of a turned grid lie aslant in the source: of the rectangle of pixels around a row of n cells, which grows with
 * n^2, they need n times a few. Two halves read half of it. Sets *across to whether rows are parted rather than columns. */
static bool is_aslant(const weft_positions *at, weft_window pixels, bool *across) {
    int64_t end = at->cols - 1, below = (at->rows - 1) * at->cols;
    if (at->separable || at->apart) return false;
    double of_cols = saved_by_halves(pixels, (double[]){at->u[0], at->u[end]}, (double[]){at->v[0], at->v[end]});
    double of_rows = saved_by_halves(pixels, (double[]){at->u[0], at->u[below]}, (double[]){at->v[0], at->v[below]});
    *across = of_rows > of_cols;
    return fmax(of_cols, of_rows) > WORTH_A_PATCH + WORTH_A_CELL * (double)(at->cols * at->rows);
}

/* Windows that are still to be filled, the next one last. Each is the other half of what the next one was halved from, or
 * of what that was: there are as many as a window can be halved, and one. A list, since workers' stacks are small. */
typedef struct windows {
    weft_window items[MOST_WINDOWS];
    int count;
} windows;

/* Puts both halves of a window in its place, the first one to be next. */
static void halve(windows *rest, weft_window window, bool across) {
    weft_window first = window, second = window;
    if (across) {
        first.rows = window.rows / 2;
        second.row += first.rows;
        second.rows -= first.rows;
    } else {
        first.cols = window.cols / 2;
        second.col += first.cols;
        second.cols -= first.cols;
    }
    rest->items[rest->count++] = second;
    rest->items[rest->count++] = first;
}

/* Fills a window, or puts its halves into `rest`. */
static weft_status fill_or_halve(lazy_layer *layer, weft_worker *worker, weft_window window, windows *rest,
                                 weft_values out, weft_error *err) {
    weft_positions positions;
    weft_patch patch;
    weft_status status = locate(layer, worker, window, &positions, err);
    if (status != WEFT_OK) return status;
    weft_window pixels = weft_resampler_footprint(&layer->resampler, &positions);
    if (weft_window_is_empty(pixels)) {
        weft_values_fill_missing(out, window.cols, window.rows);
        return WEFT_OK;
    }
    int64_t scratch_bytes = weft_resampler_scratch_bytes(&layer->resampler, &positions, pixels);
    scratch_bytes = weft_align(scratch_bytes);
    bool across = window.rows >= window.cols, parts = !fits(layer, worker, pixels, scratch_bytes);
    if ((parts || is_aslant(&positions, pixels, &across)) && window.cols * window.rows > 1) {
        halve(rest, window, across);
        return WEFT_OK;
    }
    status = read_patch(layer, worker, pixels, scratch_bytes, &patch, err);
    if (status == WEFT_OK) weft_resampler_run(&layer->resampler, &patch, &positions, worker->patch.data, out);
    return status;
}

/* A window within one lattice row. */
static weft_status fill(lazy_layer *layer, weft_worker *worker, weft_window window, weft_values out, weft_error *err) {
    windows rest = {.items = {window}, .count = 1};
    weft_status status = WEFT_OK;
    while (rest.count > 0 && status == WEFT_OK) {
        weft_window next = rest.items[--rest.count];
        weft_values at = weft_values_at(out, next.row - window.row, next.col - window.col);
        status = fill_or_halve(layer, worker, next, &rest, at, err);
    }
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
    *layer = (lazy_layer){.base = {.kind = &lazy_kind, .column = column, .type = resampler->type, .dataset = dataset},
                          .source = source,
                          .band = band,
                          .lattice = lattice,
                          .resampler = *resampler};
    *out = &layer->base;
    return WEFT_OK;
}

void weft_lazy_layer_take_places(weft_layer *layer, const weft_projector *projector) {
    ((lazy_layer *)layer)->projector = projector;
}
