/* SPDX-License-Identifier: MIT */
#include "unit/processors/resampler_rig.h"

#include "support/cmocka_all.h"

#include <math.h>
#include <stdlib.h>

weft_resampler rig_resampler(const weft_method *kernel, weft_data_type type, double scale) {
    return (weft_resampler){.method = kernel,
                            .source_type = type,
                            .type = weft_resampler_result_type(kernel, type, false),
                            .scale_x = scale,
                            .scale_y = scale,
                            .value_scale = 1,
                            .source_cols = RIG_COLS,
                            .source_rows = RIG_ROWS};
}

weft_patch rig_patch(weft_data_type type, const void *values, const uint8_t *valid) {
    return (weft_patch){{0, 0, RIG_COLS, RIG_ROWS}, type, values, valid};
}

void rig_run(const weft_resampler *how, const weft_patch *patch, const weft_positions *positions, weft_values out) {
    void *scratch = malloc((size_t)weft_resampler_scratch_bytes(how, positions, patch->window));
    assert_non_null(scratch);
    weft_resampler_run(how, patch, positions, scratch, out);
    free(scratch);
}

float rig_at(const weft_resampler *how, const weft_patch *patch, double u, double v) {
    float out = 0, separable = 0;
    weft_positions positions = {.cols = 1, .rows = 1, .u = &u, .v = &v};
    rig_run(how, patch, &positions, (weft_values){WEFT_FLOAT32, &out, NULL, 1});
    positions.separable = true;
    rig_run(how, patch, &positions, (weft_values){WEFT_FLOAT32, &separable, NULL, 1});
    assert_true(out == separable || (isnan(out) && isnan(separable)));
    return out;
}

double rig_over_as(const weft_resampler *how, const weft_patch *patch, const double u[4], const double v[4]) {
    double centre_u = (u[0] + u[1] + u[2] + u[3]) / 4, centre_v = (v[0] + v[1] + v[2] + v[3]) / 4, wide = 0;
    float narrow = 0;
    bool is_wide = how->type == WEFT_FLOAT64;
    weft_positions positions = {.cols = 1, .rows = 1, .u = &centre_u, .v = &centre_v, .corner_u = u, .corner_v = v};
    rig_run(how, patch, &positions, (weft_values){how->type, is_wide ? (void *)&wide : (void *)&narrow, NULL, 1});
    return is_wide ? wide : (double)narrow;
}

float rig_over(const weft_resampler *how, const weft_patch *patch, const double u[4], const double v[4]) {
    return (float)rig_over_as(how, patch, u, v);
}

void rig_fill_plane(float *values) {
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = (float)(2 * (i % RIG_COLS) + 10 * (i / RIG_COLS) + 1);
}
