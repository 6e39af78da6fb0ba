/* Between the files of this folder only: the taps of a band of cells where u depends on the column alone and v on the
 * row alone: those of every column, made once, and those of the row in hand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_SEPARABLE_TAPS_H
#define WEFT_PROCESSORS_SEPARABLE_TAPS_H

#include "processors/resample/taps.h"

typedef struct weft_separable_taps {
    weft_axis axis_u, axis_v;
    int64_t max_u, max_v; /* taps of a cell */
    weft_taps *across;    /* a column's */
    int64_t *starts;      /* where they begin in the patch; -1: they do not lie side by side, or there are none */
    double *weights_u;    /* cols * max_u */
    weft_taps down;       /* of the row in hand */
    double *weights_v;    /* max_v */
    double *end;          /* of the memory: what follows is the kernel's own */
} weft_separable_taps;

/* The most taps that a cell of the band has. */
void weft_separable_taps_lengths(const weft_resampler *resampler, const weft_positions *positions, int64_t *max_u,
                                 int64_t *max_v);

/* Doubles that the taps of a band need. */
int64_t weft_separable_taps_doubles(const weft_resampler *resampler, const weft_positions *positions);

/* Makes the taps of row `row`; those of the columns too with row 0.
 *
 * memory  weft_separable_taps_doubles(), kept from row 0 to the last of one band */
void weft_separable_taps_make(weft_separable_taps *out, const weft_resampler *resampler, weft_window window,
                              const weft_positions *positions, int64_t row, double *memory);

#endif
