/* The contract of a resampling method: what it is called, what its results are, and how it makes them.
 *
 * Each is one constant table in the file that implements it, found through methods.h. Everybody else (configuration,
 * schema, plan, memory, metadata, tests of the documentation) goes through that list and knows no method by name. How
 * to add one: docs/adding.md.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_METHOD_H
#define WEFT_PROCESSORS_METHOD_H

#include "core/choice.h"
#include "processors/resample/kernel.h"

/* The type of results. Unscaled data are never kept, and weigh as WEFT_RESULT_WEIGHED does. */
typedef enum weft_result {
    WEFT_RESULT_KEPT,    /* the pixels' own: one of them is chosen */
    WEFT_RESULT_WEIGHED, /* Float32 of 8- and 16-bit integers and of Float32, else Float64 */
    WEFT_RESULT_REAL,    /* Float64, whatever the pixels are */
    WEFT_RESULT_COUNT,   /* UInt32: whole numbers */
} weft_result;

typedef struct weft_axis weft_axis;               /* axis.h */
typedef struct weft_pixel_plane weft_pixel_plane; /* pixel_plane.h */

/* Cells whose weights are made side by side. */
#define WEFT_INTERPOLATION_LANES 64

/* An interpolating method's weights. A pixel's weight follows from its distance to the cell's centre, along u and along
 * v; the kernel is as wide as its support, in pixels, until cells are larger than pixels, and then in cells. */
typedef struct weft_interpolation {
    double support; /* to either side */
    bool narrow;    /* it is wider only where a cell is over 1 / 0.95 pixels on an axis, as gdalwarp's is */
    bool lobes;     /* some weights are negative: beside holes and edges it is bilinear, so that it cannot ring */
    /* Weights of `count` pixels, the first of which lies `offset` pixels from the centre, before they are normalised.
     * What rounding leaves of a zero is 0. Returns weft_weights_sum(). */
    double (*weigh)(const weft_axis *axis, double offset, int64_t count, double *restrict weights);
    /* Weights of the 2 * support neighbours of centres that lie share[i] of the way from one pixel to the next, in a
     * kernel that is not widened; they sum to 1. NULL: weigh() is as fast. */
    void (*share)(const double *restrict share, double (*restrict weights)[WEFT_INTERPOLATION_LANES]);
    /* Numbers that all cells of an axis share: how many, and making them. NULL: there are none. */
    int64_t (*table_doubles)(const weft_axis *axis);
    void (*fill_table)(const weft_axis *axis, double *table);
} weft_interpolation;

/* A pixel under a footprint, which covers so much of it. */
typedef struct weft_sample {
    double value, area; /* in pixels */
} weft_sample;

/* The valid pixels under one footprint, at least one, in no order that counts. */
typedef struct weft_samples {
    weft_sample *items; /* may be put in another order */
    int64_t count;
    double footprint; /* its area, of missing pixels and of what lies beyond the source too; NaN: there is none, the
                         only sample is the pixel under the centre */
} weft_samples;

/* Which of the pixels under a footprint is chosen. */
typedef enum weft_order { WEFT_ORDER_MIN, WEFT_ORDER_GREATEST, WEFT_ORDER_MODE, WEFT_ORDER_QUANTILE } weft_order;

/* How methods of one family work. Pure functions on spans. */
typedef struct weft_kernel {
    bool corners; /* it sees a cell's footprint, and needs the positions of its corners */
    /* Scratch for each pixel under a cell where positions are not separable, and where they are, in bytes; for plans,
     * which know no positions yet. */
    int pixel_bytes, separable_pixel_bytes;
    /* Whether it takes pixels as a plane of doubles, and not from the patch itself. */
    bool (*takes_plane)(const weft_resampler *resampler, bool separable);
    /* Bytes of scratch, beside the plane, for these cells and a patch of `pixels`. */
    int64_t (*scratch_bytes)(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels);
    /* The whole band in the pixels' own type, where no double is between; returns whether it did. NULL: never. */
    bool (*run)(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                void *scratch, weft_values out);
    /* Row `row` of the band into out[positions->cols], NaN where missing. Of the plane only what takes_plane() asks for
     * is there. Rows come in order, from 0; what `scratch` holds stays from one to the next. */
    void (*row)(const weft_resampler *resampler, const weft_patch *patch, const weft_pixel_plane *plane,
                const weft_positions *positions, int64_t row, void *scratch, double *out);
} weft_kernel;

struct weft_method {
    weft_choice choice; /* "lanczos" */
    const weft_kernel *kernel;
    weft_result result;
    bool keeps_classes;   /* results are numbers of classes where pixels are: nothing is calculated with them */
    bool unscales_pixels; /* scale and offset come before it: it gives another answer than after */
    /* One of these, as the kernel is. */
    const weft_interpolation *interpolation; /* interpolation.h */
    bool adds, squares;                      /* footprint_kernel.c: no mean but a sum; of squares, and its root */
    weft_order order;                        /* order_kernels.h */
    double share;                            /* of a quantile: of the covered area that lies at or under it */
    /* Instead of an order: what is told of all pixels under a footprint; NaN is missing. NULL: one is chosen. */
    double (*tell)(const weft_resampler *resampler, const weft_samples *samples);
    bool of_pixels;  /* results say how many or which pixels there are: they have neither their unit nor their scale */
    bool of_classes; /* a result for each class that the configuration names: weft_resampler.argument */
};

/* Whether cells need the positions of their corners (footprints) besides those of their centres. */
static inline bool weft_method_needs_corners(const weft_method *method) {
    return method->kernel->corners;
}

/* Of a quantile: the share of the covered area that lies at or under it. */
static inline double weft_quantile_share(const weft_resampler *resampler) {
    return resampler->method->choice.last > 0 ? resampler->argument / 100 : resampler->method->share;
}

#endif
