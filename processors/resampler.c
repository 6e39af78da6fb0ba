/* Chooses the kernel, finds the pixels it needs, and turns its doubles into the layer's type.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/resampler.h"

#include "processors/kernels.h"

#include <math.h>

#define SPAN 512 /* cells whose doubles are held at once */

weft_data_type weft_resampler_result_type(weft_kernel kernel, weft_data_type source_type, bool unscaled) {
    if (kernel == WEFT_KERNEL_NEAREST && !unscaled) return source_type;
    switch (source_type) {
    case WEFT_INT8:
    case WEFT_UINT8:
    case WEFT_INT16:
    case WEFT_UINT16:
    case WEFT_FLOAT32:
        return WEFT_FLOAT32;
    default:
        return WEFT_FLOAT64;
    }
}

bool weft_resampler_needs_corners(weft_kernel kernel) {
    return kernel == WEFT_KERNEL_AVERAGE;
}

void weft_resampler_reach(const weft_resampler *resampler, int64_t *reach_x, int64_t *reach_y) {
    *reach_x = *reach_y = 0;
    if (resampler->kernel != WEFT_KERNEL_BILINEAR) return;
    bool narrow = weft_kernels_bilinear_is_narrow(resampler);
    *reach_x = (int64_t)ceil(narrow ? 1 : weft_kernels_bilinear_radius(resampler->scale_x));
    *reach_y = (int64_t)ceil(narrow ? 1 : weft_kernels_bilinear_radius(resampler->scale_y));
}

/* --- which pixels --- */

typedef struct range {
    double low, high;
} range;

static void widen(range *all, double value) {
    if (value < all->low) all->low = value;
    if (value > all->high) all->high = value;
}

/* What the positions span. Where the source wraps, both halves of the turn are kept apart, so that cells on both sides
 * of the seam do not ask for all that lies between. */
typedef struct extent {
    range west, east, v;
    double middle; /* of the turn; infinite where nothing wraps */
} extent;

static void take_span(extent *all, const double *u, const double *v, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        if (!(u[i] == u[i] && v[i] == v[i])) continue;
        widen(u[i] < all->middle ? &all->west : &all->east, u[i]);
        widen(&all->v, v[i]);
    }
}

/* The shorter way from one end to the other: straight, or over the seam. */
static range across(const extent *all, double wrap) {
    bool west = all->west.low <= all->west.high, east = all->east.low <= all->east.high;
    if (!west) return all->east;
    if (!east) return all->west;
    range whole = {all->west.low, all->east.high}, seam = {all->east.low, all->west.high + wrap};
    return seam.high - seam.low < whole.high - whole.low ? seam : whole;
}

static int64_t clamp(double value, int64_t low, int64_t high) {
    if (value <= (double)low) return low;
    return value >= (double)high ? high : (int64_t)value;
}

weft_window weft_resampler_footprint(const weft_resampler *resampler, const weft_row_positions *rows,
                                     int64_t row_count) {
    const range nothing = {INFINITY, -INFINITY};
    double wrap = (double)resampler->wrap_cols;
    extent all = {nothing, nothing, nothing, wrap > 0 ? wrap / 2 : INFINITY};
    int64_t reach_x, reach_y;
    for (int64_t i = 0; i < row_count; i++) {
        take_span(&all, rows[i].u, rows[i].v, rows[i].n);
        if (!weft_resampler_needs_corners(resampler->kernel)) continue;
        take_span(&all, rows[i].top_u, rows[i].top_v, rows[i].n + 1);
        take_span(&all, rows[i].bottom_u, rows[i].bottom_v, rows[i].n + 1);
    }
    if (!(all.v.low <= all.v.high)) return (weft_window){0};
    weft_resampler_reach(resampler, &reach_x, &reach_y);
    range u = across(&all, wrap);
    int64_t left = wrap > 0 ? -resampler->wrap_cols : 0,
            right = wrap > 0 ? 3 * resampler->wrap_cols : resampler->source_cols;
    int64_t col = clamp(floor(u.low) - (double)reach_x, left, right);
    int64_t end_col = clamp(floor(u.high + WEFT_EDGE_ROUNDING) + 1 + (double)reach_x, left, right);
    int64_t row = clamp(floor(all.v.low) - (double)reach_y, 0, resampler->source_rows);
    int64_t end_row = clamp(floor(all.v.high + WEFT_EDGE_ROUNDING) + 1 + (double)reach_y, 0, resampler->source_rows);
    /* All the way round, and once more as far as a kernel reaches over the seam. */
    if (wrap > 0 && end_col - col >= resampler->wrap_cols) {
        col = -reach_x - 1;
        end_col = resampler->wrap_cols + reach_x + 1;
    }
    weft_window out = {col, row, end_col - col, end_row - row};
    return weft_window_is_empty(out) ? (weft_window){0} : out;
}

/* --- values --- */

typedef void (*kernel_fn)(const weft_resampler *, const weft_patch *, const weft_row_positions *, int64_t, int64_t,
                          double *);

static kernel_fn choose(const weft_resampler *resampler, const weft_kernels *kernels) {
    switch (resampler->kernel) {
    case WEFT_KERNEL_BILINEAR:
        return weft_kernels_bilinear_is_narrow(resampler) ? kernels->bilinear : kernels->wide_bilinear;
    case WEFT_KERNEL_AVERAGE:
        return kernels->average;
    case WEFT_KERNEL_NEAREST:
        break;
    }
    return kernels->point;
}

/* value_scale 1 and value_offset 0 change no bit of any value but -0, which + 0 makes 0. */
static void store(const weft_resampler *resampler, const double *values, int64_t first, int64_t n, weft_values out) {
    double scale = resampler->value_scale, offset = resampler->value_offset;
    bool plain = scale == 1 && offset == 0;
    if (resampler->type == WEFT_FLOAT32) {
        float *to = (float *)out.values + first;
        for (int64_t i = 0; i < n; i++)
            to[i] = (float)(plain ? values[i] : values[i] * scale + offset);
    } else {
        double *to = (double *)out.values + first;
        for (int64_t i = 0; i < n; i++)
            to[i] = plain ? values[i] : values[i] * scale + offset;
    }
}

void weft_resampler_run(const weft_resampler *resampler, const weft_patch *patch, const weft_row_positions *positions,
                        weft_values out) {
    const weft_kernels *kernels = weft_kernels_for(patch->type);
    double values[SPAN];
    if (resampler->kernel == WEFT_KERNEL_NEAREST && resampler->type == resampler->source_type &&
        resampler->value_scale == 1 && resampler->value_offset == 0) {
        kernels->nearest(resampler, patch, positions, out);
        return;
    }
    kernel_fn kernel = choose(resampler, kernels);
    for (int64_t first = 0; first < positions->n; first += SPAN) {
        int64_t n = positions->n - first < SPAN ? positions->n - first : SPAN;
        kernel(resampler, patch, positions, first, n, values);
        store(resampler, values, first, n, out);
    }
}
