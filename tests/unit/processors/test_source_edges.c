/* Which pixels a cell takes where rounding or the turn's seam leaves two answers.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "unit/processors/resampler_rig.h"

#include <math.h>
#include <stdlib.h>

static weft_resampler floats(const weft_method *kernel) {
    return (weft_resampler){.method = kernel,
                            .source_type = WEFT_FLOAT32,
                            .type = WEFT_FLOAT32,
                            .scale_x = 1,
                            .scale_y = 1,
                            .value_scale = 1,
                            .source_cols = RIG_COLS,
                            .source_rows = RIG_ROWS};
}

/* Whether the cell centred at (u, v) has a value; the same as a separable band of one. */
static bool has_value(const weft_method *kernel, const float *values, double u, double v) {
    weft_resampler how = floats(kernel);
    weft_patch patch = {{0, 0, RIG_COLS, RIG_ROWS}, WEFT_FLOAT32, values, NULL};
    weft_positions one = {.cols = 1, .rows = 1, .u = &u, .v = &v};
    float out = 0, separable = 0;
    rig_run(&how, &patch, &one, (weft_values){WEFT_FLOAT32, &out, NULL, 1});
    one.separable = true;
    rig_run(&how, &patch, &one, (weft_values){WEFT_FLOAT32, &separable, NULL, 1});
    assert_int_equal(isnan(out) != 0, isnan(separable) != 0);
    return !isnan(out);
}

/* gdalwarp floors a position after adding 1e-10: one that is a pixel's edge up to rounding is that pixel's. */
static void test_a_centre_on_an_edge_up_to_rounding_is_the_next_pixels(void **state) {
    (void)state;
    static const weft_method *const kernels[] = {&weft_method_nearest, &weft_method_bilinear, &weft_method_cubic,
                                                 &weft_method_cubicspline, &weft_method_lanczos};
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        float values[RIG_COLS * RIG_ROWS] = {0};
        values[2 * RIG_COLS + 4] = NAN;
        assert_false(has_value(kernels[i], values, 4 - 1e-12, 2.5));
        assert_false(has_value(kernels[i], values, 4 + 1e-12, 2.5));
        assert_false(has_value(kernels[i], values, 4.5, 2 - 1e-12));
        assert_true(has_value(kernels[i], values, 4 - 1e-6, 2.5));
        assert_true(has_value(kernels[i], values, 5 - 1e-12, 2.5));
        assert_true(has_value(kernels[i], values, RIG_COLS - 1e-12, RIG_ROWS - 1e-12));
    }
}

/* A cell that folds over is its centre pixel, found in the same way. */
static void test_a_folded_cell_on_an_edge_up_to_rounding_takes_the_next_pixel(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = (float)i;
    weft_patch patch = {{0, 0, RIG_COLS, RIG_ROWS}, WEFT_FLOAT32, values, NULL};
    const double u[] = {3, 5, 5, 3}, v[] = {1, 1, 3, 3}, centre_u = 4 - 1e-12, centre_v = 2 - 1e-12;
    static const weft_method *const kernels[] = {&weft_method_average, &weft_method_mode, &weft_method_med};
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        float out = 0;
        weft_resampler how = floats(kernels[i]);
        weft_positions one = {.cols = 1, .rows = 1, .u = &centre_u, .v = &centre_v, .corner_u = u, .corner_v = v};
        rig_run(&how, &patch, &one, (weft_values){WEFT_FLOAT32, &out, NULL, 1});
        assert_true(out == 2 * RIG_COLS + 4);
    }
}

/* Cells of 2.5 pixels around a turn of 360, from `start` on: some lie over the seam and over the turn's middle. */
#define TURN       360
#define TURN_CELLS 144

static void go_round(double start, double u[TURN_CELLS], double corner_u[TURN_CELLS + 1]) {
    for (int i = 0; i <= TURN_CELLS; i++)
        corner_u[i] = fmod(start + 2.5 * i + TURN, TURN);
    for (int i = 0; i < TURN_CELLS; i++)
        u[i] = fmod(start + 2.5 * (i + 0.5) + TURN, TURN);
}

/* The values of cells of one row from no more pixels than they ask for. */
static void run_on_footprint(const weft_resampler *how, const weft_positions *positions, double *out) {
    weft_window need = weft_resampler_footprint(how, positions);
    double *values = malloc((size_t)need.cols * sizeof *values);
    assert_non_null(values);
    assert_int_equal(need.rows, 1);
    for (int64_t i = 0; i < need.cols; i++)
        values[i] = (double)((need.col + i + 2 * TURN) % TURN * 7 % 31);
    weft_patch patch = {need, WEFT_FLOAT64, values, NULL};
    rig_run(how, &patch, positions, (weft_values){WEFT_FLOAT64, out, NULL, positions->cols});
    free(values);
}

static void test_footprints_around_the_turn_are_whole_and_the_same_on_their_own(void **state) {
    (void)state;
    static const double starts[] = {0, -1.25, 1.3, 0.5};
    const double v = 0.5, corner_v[] = {0, 1};
    double u[TURN_CELLS], corner_u[TURN_CELLS + 1], total = 0;
    for (int i = 0; i < TURN; i++)
        total += i * 7 % 31;
    for (int i = 0; weft_method_at(i / 4) != NULL; i++) {
        double together[TURN_CELLS], alone, sum = 0;
        const weft_method *method = weft_method_at(i / 4);
        if (!weft_method_needs_corners(method)) continue;
        weft_resampler how = {.method = method,
                              .source_type = WEFT_FLOAT64,
                              .type = WEFT_FLOAT64,
                              .scale_x = 2.5,
                              .scale_y = 1,
                              .value_scale = 1,
                              .source_cols = TURN,
                              .source_rows = 1,
                              .wrap_cols = TURN};
        go_round(starts[i % 4], u, corner_u);
        weft_positions all = {TURN_CELLS, 1, true, u, &v, corner_u, corner_v, false};
        run_on_footprint(&how, &all, together);
        for (int cell = 0; cell < TURN_CELLS; cell++) {
            weft_positions one = {1, 1, true, u + cell, &v, corner_u + cell, corner_v, false};
            run_on_footprint(&how, &one, &alone);
            assert_memory_equal(&alone, &together[cell], sizeof alone);
            sum += alone;
        }
        if (method == &weft_method_sum) assert_true(fabs(sum - total) < 1e-9 * total);
    }
}

/* Of six whole pixels of 7, the footprint's all; 7 is the class, and the hundredth. */
static float expected_of_sevens(const weft_method *method) {
    if (method == &weft_method_sum) return 42;
    if (method == &weft_method_count) return 6;
    if (method == &weft_method_stdev) return 0;
    bool one = method == &weft_method_variety || method == &weft_method_share || method == &weft_method_coverage;
    return one ? 1 : 7;
}

/* The cell over columns 2 .. 4 and rows 2 .. 3, its sides off by what rounding leaves: around it all is 100 above and
 * -100 below, and neither is seen, not even through a hole. */
static void test_a_side_on_an_edge_up_to_rounding_covers_nothing_beyond(void **state) {
    (void)state;
    const double off = 1e-11, u[] = {2 - off, 5 + off, 2 - off, 5 + off}, v[] = {2 - off, 2 - off, 4 + off, 4 + off};
    const double centre_u = 3.5, centre_v = 3, axis_u[] = {2 - off, 5 + off}, axis_v[] = {2 - off, 4 + off};
    for (int i = 0; weft_method_at(i / 4) != NULL; i++) {
        if (!weft_method_needs_corners(weft_method_at(i / 4))) continue;
        float values[RIG_COLS * RIG_ROWS], out = 0;
        bool hole = i % 2 == 1, separable = i / 2 % 2 == 1;
        weft_resampler how = floats(weft_method_at(i / 4));
        how.class = (weft_value_range){7, 7};
        for (int at = 0; at < RIG_COLS * RIG_ROWS; at++) {
            bool inside = at % RIG_COLS >= 2 && at % RIG_COLS < 5 && at / RIG_COLS >= 2 && at / RIG_COLS < 4;
            values[at] = inside ? (hole ? NAN : 7) : at < 3 * RIG_COLS ? 100 : -100;
        }
        weft_patch patch = {{0, 0, RIG_COLS, RIG_ROWS}, WEFT_FLOAT32, values, NULL};
        weft_positions one = {1,    1, separable, &centre_u, &centre_v, separable ? axis_u : u, separable ? axis_v : v,
                              false};
        rig_run(&how, &patch, &one, (weft_values){WEFT_FLOAT32, &out, NULL, 1});
        if (hole)
            assert_true(isnan(out));
        else if (out != expected_of_sevens(how.method))
            fail_msg("%s: %.9g", how.method->choice.word, (double)out);
    }
}

/* So wide that all weights are the same, but each pixel's once: the mean of the turn. */
static void test_a_kernel_wider_than_the_turn_takes_each_pixel_once(void **state) {
    (void)state;
    float values[RIG_COLS];
    for (int i = 0; i < RIG_COLS; i++)
        values[i] = (float)(i * i);
    weft_patch patch = {{0, 0, RIG_COLS, 1}, WEFT_FLOAT32, values, NULL};
    static const weft_method *const kernels[] = {&weft_method_bilinear, &weft_method_cubicspline, &weft_method_lanczos};
    for (size_t i = 0; i < 3 * (size_t)RIG_COLS; i++) {
        float out = 0;
        double u = (double)(i / 3) + 0.3, v = 0.5;
        weft_resampler how = floats(kernels[i % 3]);
        how.scale_x = 1e5;
        how.source_rows = 1;
        how.wrap_cols = RIG_COLS;
        weft_positions one = {.cols = 1, .rows = 1, .separable = i % 2 == 0, .u = &u, .v = &v};
        rig_run(&how, &patch, &one, (weft_values){WEFT_FLOAT32, &out, NULL, 1});
        assert_true(fabsf(out - 17.5f) < 0.01f); /* (0 + 1 + 4 + .. + 49) / 8 */
    }
}

/* Whether a square of `half` a side around (4, 3), turned by `angle`, holds all of a pixel. */
static bool holds_pixel(double half, double angle, int col, int row) {
    for (int i = 0; i < 4; i++) {
        double x = col + i % 2 - 4, y = row + i / 2 - 3;
        double along = x * cos(angle) + y * sin(angle), across = y * cos(angle) - x * sin(angle);
        if (fabs(along) > half || fabs(across) > half) return false;
    }
    return true;
}

/* Pixels of different values that are all there whole cover the same area: the mode is the smallest of them, whatever
 * rounding makes of the sides. */
static void test_pixels_that_are_covered_whole_tie(void **state) {
    (void)state;
    static const double right[] = {-1, 1, -1, 1}, down[] = {-1, -1, 1, 1};
    const double half = 2.05, centre_u = 4, centre_v = 3;
    float values[RIG_COLS * RIG_ROWS];
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = (float)(i * 37 % 49);
    weft_patch patch = {{0, 0, RIG_COLS, RIG_ROWS}, WEFT_FLOAT32, values, NULL};
    for (double angle = 0.02; angle < 1.55; angle += 0.03) {
        double u[4], v[4];
        float out = 0, expected = INFINITY;
        for (int i = 0; i < 4; i++) {
            u[i] = centre_u + half * (right[i] * cos(angle) - down[i] * sin(angle));
            v[i] = centre_v + half * (right[i] * sin(angle) + down[i] * cos(angle));
        }
        for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
            if (holds_pixel(half, angle, i % RIG_COLS, i / RIG_COLS)) expected = fminf(expected, values[i]);
        weft_resampler how = floats(&weft_method_mode);
        weft_positions one = {.cols = 1, .rows = 1, .u = &centre_u, .v = &centre_v, .corner_u = u, .corner_v = v};
        rig_run(&how, &patch, &one, (weft_values){WEFT_FLOAT32, &out, NULL, 1});
        assert_true(out == expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_centre_on_an_edge_up_to_rounding_is_the_next_pixels),
        cmocka_unit_test(test_a_folded_cell_on_an_edge_up_to_rounding_takes_the_next_pixel),
        cmocka_unit_test(test_a_side_on_an_edge_up_to_rounding_covers_nothing_beyond),
        cmocka_unit_test(test_a_kernel_wider_than_the_turn_takes_each_pixel_once),
        cmocka_unit_test(test_pixels_that_are_covered_whole_tie),
        cmocka_unit_test(test_footprints_around_the_turn_are_whole_and_the_same_on_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
