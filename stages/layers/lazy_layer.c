/* A window is filled a lattice row at a time: the positions of its cells, then the patch of source pixels under them, then
 * the values. The band of cells is halved where its patch is too large for the worker's share, or is mostly pixels that no
 * cell needs. A cell's value does not depend on the bands.
 *
 * SPDX-License-Identifier: MIT */
#include "stages/layers/lazy_layer.h"

#include "processors/lattice/lattice_positions.h"
#include "stages/layers/places.h"

#include <math.h>
#include <stdlib.h>

#define MAX_BANDS     40   /* 2^32 columns can be halved 32 times and 32 rows five times: 37, and one, and some room */
#define WORTH_A_PATCH 4096 /* pixels: reading so many takes about as long as beginning another patch .. */
#define WORTH_A_CELL  16   /* .. and as finding a cell's place once more */

typedef struct lazy_layer {
    weft_layer base;
    weft_source *source;
    int band;
    const weft_lattice_spec *lattice;
    weft_resampler resampler;
    const weft_projector *projector; /* of places; NULL: it is read in windows of the grid alone */
    const weft_coverage *coverage;   /* NULL: the source may lie under any window */
} lazy_layer;

/* Brings positions, which may be up to two turns wide, back into the first turn. */
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

/* Bytes of a patch with `scratch_bytes` of the kernel's scratch before its pixels and mask. False: more than can be
 * addressed. */
static bool patch_bytes(const lazy_layer *layer, weft_window pixels, int64_t scratch_bytes, int64_t *out) {
    int64_t size = (int64_t)weft_data_type_size(layer->resampler.source_type) + 1, count;
    return weft_checked_mul(pixels.cols, pixels.rows, &count) && weft_checked_mul(count, size, out) &&
           weft_checked_add(*out, scratch_bytes, out);
}

/* Reads the pixels. Scratch and pixels lie in one buffer: two buffers would each keep the size of the largest window they
 * have seen, not of the same one, and together be more than the worker's share. */
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

/* Whether a patch is within the worker's share; kernels count its pixels in 32 bits. */
static bool fits(const lazy_layer *layer, const weft_worker *worker, weft_window pixels, int64_t scratch_bytes) {
    int64_t bytes;
    return patch_bytes(layer, pixels, scratch_bytes, &bytes) && pixels.cols * pixels.rows <= INT32_MAX &&
           bytes <= worker->context->patch_bytes;
}

/* How many pixels less are read when a band is halved, where its first and its last cell along the cut lie at u and v.
 *
 * The band's rectangle of pixels is cols x rows, and its two ends are du and dv apart. Each half spans du / 2 and dv / 2
 * less, so that both read 2 (cols - du / 2) (rows - dv / 2). Below 0 where that is more than the whole, as with one cell,
 * whose ends are the same, and where the ends have no positions. */
static double pixels_saved(weft_window pixels, const double u[2], const double v[2]) {
    double cols = (double)pixels.cols, rows = (double)pixels.rows, du = fabs(u[1] - u[0]), dv = fabs(v[1] - v[0]);
    if (isnan(du) || isnan(dv)) return -1;
    return cols * rows - 2 * (cols - fmin(du, cols) / 2) * (rows - fmin(dv, rows) / 2);
}

/* Whether halving a band saves enough reading. Where the grid is turned against the source, a row of n cells lies on a
 * slanted line of pixels: the rectangle around it grows with n^2, while the cells need a few pixels each. Sets *cut_rows:
 * whether the halves have half of the rows, or else half of the columns. */
static bool is_worth_halving(const weft_positions *at, weft_window pixels, bool *cut_rows) {
    int64_t end = at->cols - 1, below = (at->rows - 1) * at->cols;
    if (at->separable || at->apart) return false;
    double of_cols = pixels_saved(pixels, (double[]){at->u[0], at->u[end]}, (double[]){at->v[0], at->v[end]});
    double of_rows = pixels_saved(pixels, (double[]){at->u[0], at->u[below]}, (double[]){at->v[0], at->v[below]});
    *cut_rows = of_rows > of_cols;
    return fmax(of_cols, of_rows) > WORTH_A_PATCH + WORTH_A_CELL * (double)(at->cols * at->rows);
}

/* A stack of the bands that are still to be filled. It replaces a recursion, since workers have small stacks. Halving takes
 * one band off and puts two on, so it never holds more than a band can be halved, and one. */
typedef struct band_stack {
    weft_window items[MAX_BANDS];
    int count;
} band_stack;

/* Pushes the two halves of a band, the first one to be filled next. */
static void push_halves(band_stack *rest, weft_window window, bool cut_rows) {
    weft_window first = window, second = window;
    if (cut_rows) {
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

/* Fills a band, or pushes its halves. */
static weft_status fill_or_halve(lazy_layer *layer, weft_worker *worker, weft_window window, band_stack *rest,
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
    int64_t scratch_bytes = weft_align(weft_resampler_scratch_bytes(&layer->resampler, &positions, pixels));
    bool cut_rows = window.rows >= window.cols, too_large = !fits(layer, worker, pixels, scratch_bytes);
    if ((too_large || is_worth_halving(&positions, pixels, &cut_rows)) && window.cols * window.rows > 1) {
        push_halves(rest, window, cut_rows);
        return WEFT_OK;
    }
    status = read_patch(layer, worker, pixels, scratch_bytes, &patch, err);
    if (status == WEFT_OK) weft_resampler_run(&layer->resampler, &patch, &positions, worker->patch.data, out);
    return status;
}

/* Fills a band of cells, which lies within one lattice row. */
static weft_status fill_band(lazy_layer *layer, weft_worker *worker, weft_window window, weft_values out,
                             weft_error *err) {
    band_stack rest = {.items = {window}, .count = 1};
    weft_status status = WEFT_OK;
    while (rest.count > 0 && status == WEFT_OK) {
        weft_window next = rest.items[--rest.count];
        weft_values at = weft_values_at(out, next.row - window.row, next.col - window.col);
        status = fill_or_halve(layer, worker, next, &rest, at, err);
    }
    return status;
}

/* The same, but cells that the source cannot reach are missing without a look: to find the place of a cell takes as long
 * far from the source as under it. */
static weft_status fill_covered(lazy_layer *layer, weft_worker *worker, weft_window window, weft_values out,
                                weft_error *err) {
    weft_status status = WEFT_OK;
    weft_window part = {0};
    int64_t done = 0;
    while (status == WEFT_OK && weft_coverage_next(layer->coverage, window, &part)) {
        int64_t at = part.col - window.col;
        weft_values_fill_missing(weft_values_at(out, 0, done), at - done, window.rows);
        status = fill_band(layer, worker, part, weft_values_at(out, 0, at), err);
        done = at + part.cols;
    }
    weft_values_fill_missing(weft_values_at(out, 0, done), window.cols - done, window.rows);
    return status;
}

static weft_status read_lazy(weft_layer *base, weft_worker *worker, weft_window window, weft_values out,
                             weft_error *err) {
    lazy_layer *layer = (lazy_layer *)base;
    weft_status status = WEFT_OK;
    bool covered = layer->coverage != NULL && worker->places == NULL;
    for (int64_t done = 0; done < window.rows && status == WEFT_OK;) {
        weft_window rest = {window.col, window.row + done, window.cols, window.rows - done};
        rest.rows = weft_lattice_band_rows(rest);
        weft_values band = weft_values_at(out, done, 0);
        status = covered ? fill_covered(layer, worker, rest, band, err) : fill_band(layer, worker, rest, band, err);
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

void weft_lazy_layer_take_coverage(weft_layer *layer, const weft_coverage *coverage) {
    ((lazy_layer *)layer)->coverage = coverage;
}
