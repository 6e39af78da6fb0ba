/* The contract of a resampling method: its name, the type of its results, and how it computes them.
 *
 * Each method is one constant weft_method in the file that implements it, listed in methods.h. All other code
 * (configuration, schema, plan, memory, metadata, tests of the documentation) loops over that list and knows no method
 * by name. How to add one: docs/adding.md.
 *
 * A method belongs to one family of kernels:
 *
 * kernel                     methods                                    the members of weft_method that it reads
 * weft_interpolating_kernel  bilinear, cubic, cubicspline, lanczos      interpolation
 * footprint_kernel           average, sum, rms                          adds, squares
 * weft_order_kernel          mode, min, max, med, q1, q3, p             order, quantile
 * weft_order_kernel          stdev, variety, share, coverage, count     summarise
 * nearest_kernel             nearest                                    none
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_METHOD_H
#define WEFT_PROCESSORS_METHOD_H

#include "core/choice.h"
#include "processors/resample/kernel.h"

/* The type of results. Where a band has a scale or offset, WEFT_RESULT_KEPT becomes WEFT_RESULT_WEIGHED. */
typedef enum weft_result {
    WEFT_RESULT_KEPT,    /* the source's type: the method chooses one pixel's value */
    WEFT_RESULT_WEIGHED, /* Float32 of 8- and 16-bit integers and of Float32, else Float64 */
    WEFT_RESULT_REAL,    /* Float64, whatever the pixels are */
    WEFT_RESULT_COUNT,   /* UInt32: whole numbers */
} weft_result;

typedef struct weft_axis weft_axis;               /* axis.h */
typedef struct weft_pixel_plane weft_pixel_plane; /* pixel_plane.h */

/* How many cells' weights are computed together, in loops that vectorise. */
#define WEFT_INTERPOLATION_LANES 64

/* The weights of an interpolating method. A pixel's weight is the product of two weights, by its distance to the cell's
 * centre along u and along v. Distances are in pixels while cells are not larger than pixels, and in cells beyond that
 * (the kernel is widened, docs/resampling.md). */
typedef struct weft_interpolation {
    double support; /* the kernel is 0 at this distance and beyond */
    bool narrow;    /* widen only where a cell is over 1 / 0.95 pixels on an axis, as gdalwarp does */
    bool lobes; /* some weights are negative: use bilinear beside missing pixels and edges, so that it cannot ring */
    /* Weights of `count` pixels, before they are normalised. The first pixel lies `offset` pixels from the centre.
     * Weights under WEFT_WEIGHT_ROUNDING are set to 0. Returns their sum. */
    double (*weigh)(const weft_axis *axis, double offset, int64_t count, double *restrict weights);
    /* A fast path where the kernel is not widened: the weights of the 2 * support neighbours, which sum to 1, of
     * WEFT_INTERPOLATION_LANES centres; centre i lies share[i] (0 to 1) pixels after a pixel's centre. NULL: there is
     * none, and weigh() is used. */
    void (*weigh_neighbours)(const double *restrict share, double (*restrict weights)[WEFT_INTERPOLATION_LANES]);
    /* A table of numbers that depend on the axis alone: its length, and a function that fills it. NULL: no table. */
    int64_t (*table_doubles)(const weft_axis *axis);
    void (*fill_table)(const weft_axis *axis, double *table);
} weft_interpolation;

/* One pixel under a footprint. */
typedef struct weft_sample {
    double value;
    double area; /* how much of the pixel the footprint covers, 0 to 1 */
} weft_sample;

/* The valid pixels under one footprint, at least one, in any order. */
typedef struct weft_samples {
    weft_sample *items; /* the callee may reorder them */
    int64_t count;
    double footprint; /* the footprint's whole area in pixels, missing pixels and what lies beyond the source included.
                         NaN: the cell has no footprint, and the only sample is the pixel under its centre */
} weft_samples;

/* Which of the pixels under a footprint is chosen. */
typedef enum weft_order { WEFT_ORDER_MIN, WEFT_ORDER_MAX, WEFT_ORDER_MODE, WEFT_ORDER_QUANTILE } weft_order;

/* How the methods of one family compute. Pure functions on memory. */
typedef struct weft_kernel {
    bool corners; /* needs the positions of cell corners: the methods see footprints */
    /* Bytes of scratch a pixel under a cell, for positions that are not separable and that are. The memory plan uses
     * these before any position is known. */
    int pixel_bytes, separable_pixel_bytes;
    /* Whether row() reads pixels from a plane of doubles (pixel_plane.h); else it reads the patch. */
    bool (*takes_plane)(const weft_resampler *resampler, bool separable);
    /* Bytes of scratch for these cells and a patch of `pixels`, without the plane. */
    int64_t (*scratch_bytes)(const weft_resampler *resampler, const weft_positions *positions, weft_window pixels);
    /* Computes the whole band in the pixels' own type, without going through doubles. Returns false, having done
     * nothing, where it cannot; then row() is called for each row. NULL: it never can. */
    bool (*run)(const weft_resampler *resampler, const weft_patch *patch, const weft_positions *positions,
                void *scratch, weft_values out);
    /* Computes row `row` of the band into out[positions->cols]; NaN is missing. `plane` is empty unless takes_plane().
     * Rows come in order, from 0; `scratch` keeps its contents from one to the next. */
    void (*row)(const weft_resampler *resampler, const weft_patch *patch, const weft_pixel_plane *plane,
                const weft_positions *positions, int64_t row, void *scratch, double *out);
} weft_kernel;

/* What a method computes of all pixels under a polygon (polygon/zone_sums.h, polygon/zone_ranks.h). */
typedef enum weft_zone {
    WEFT_ZONE_NONE, /* it interpolates: there is no such value */
    WEFT_ZONE_AVERAGE,
    WEFT_ZONE_SUM,
    WEFT_ZONE_RMS,
    WEFT_ZONE_STDEV,
    WEFT_ZONE_MIN,
    WEFT_ZONE_MAX,
    WEFT_ZONE_SHARE,
    WEFT_ZONE_COVERAGE,
    WEFT_ZONE_COUNT,
    WEFT_ZONE_RANKED, /* this and all that follow need the area of each value: */
    WEFT_ZONE_MODE = WEFT_ZONE_RANKED,
    WEFT_ZONE_QUANTILE,
    WEFT_ZONE_VARIETY,
} weft_zone;

struct weft_method {
    weft_choice choice; /* its name ("lanczos"), synonyms, and the range of its number, if it has one ("p90") */
    const weft_kernel *kernel;
    weft_result result;
    bool keeps_classes;   /* class codes stay class codes: the method chooses a pixel, and does not calculate */
    bool unscales_pixels; /* apply scale and offset to pixels, not to the result, which would give another answer */
    /* What the kernel reads: see the table at the top. */
    const weft_interpolation *interpolation;
    bool adds, squares; /* a sum instead of a mean; the root of the mean of squares */
    weft_order order;
    double quantile; /* with WEFT_ORDER_QUANTILE: 0 to 1; unused where the method has a number */
    /* A value computed from all valid pixels under a footprint; NaN is missing. NULL: `order` chooses one. */
    double (*summarise)(const weft_resampler *resampler, const weft_samples *samples);
    bool tells_apart; /* `summarise` counts different values; those of 64-bit integers are not rounded for it */
    bool of_pixels;   /* results are counts or shares: they have neither the unit nor the scale of the pixels */
    weft_zone zone;   /* the same of a polygon */
    /* Pixels are 1 where they are of the resampler's class, and 0 elsewhere. */
    bool of_classes; /* a column for each of the dataset's `classes`; weft_resampler.class says which */
};

/* Whether cells need the positions of their corners (footprints) besides those of their centres. */
static inline bool weft_method_needs_corners(const weft_method *method) {
    return method->kernel->corners;
}

/* The quantile that the resampler computes, 0 to 1: the share of the covered area that lies at or under it. */
static inline double weft_quantile_share(const weft_resampler *resampler) {
    return resampler->method->choice.last > 0 ? resampler->argument / 100 : resampler->method->quantile;
}

#endif
