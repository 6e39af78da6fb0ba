/* SPDX-License-Identifier: MIT
 *
 * One loop a type, without branches, so that the compiler converts several pixels at once. */
#include "processors/resample/pixel_plane.h"

#include "core/multiversion.h"

#include <math.h>

#define CONVERT(name, type)                                                                                            \
    case name: {                                                                                                       \
        const type *from = (const type *)patch->values + first;                                                        \
        for (int64_t i = 0; i < count; i++)                                                                            \
            values[i] = (double)from[i];                                                                               \
        break;                                                                                                         \
    }

/* `count` pixels from index `first` on. */
WEFT_MULTIVERSION static void convert(const weft_patch *patch, int64_t first, int64_t count, double *restrict values) {
    switch (patch->type) { WEFT_FOR_EACH_TYPE(CONVERT) }
}

static void fill_span(const weft_patch *patch, int64_t first, int64_t count, bool square, double *values) {
    const uint8_t *valid = patch->valid != NULL ? patch->valid + first : NULL;
    convert(patch, first, count, values);
    for (int64_t i = 0; square && i < count; i++)
        values[i] *= values[i];
    for (int64_t i = 0; valid != NULL && i < count; i++)
        values[i] = valid[i] != 0 ? values[i] : NAN;
}

void weft_pixel_plane_fill(const weft_patch *patch, bool square, double *values) {
    fill_span(patch, 0, patch->window.cols * patch->window.rows, square, values);
}

weft_pixel_plane weft_pixel_plane_cut(const weft_patch *patch, int64_t wrap_cols, weft_window part, bool square,
                                      double *values) {
    const weft_window *all = &patch->window;
    for (int64_t row = 0; row < part.rows; row++) {
        int64_t start = (part.row + row - all->row) * all->cols;
        for (int64_t done = 0, count; done < part.cols; done += count) {
            int64_t col = weft_column_in(*all, wrap_cols, part.col + done);
            count = all->cols - col < part.cols - done ? all->cols - col : part.cols - done;
            fill_span(patch, start + col, count, square, values + row * part.cols + done);
        }
    }
    return (weft_pixel_plane){part, values, wrap_cols};
}
