/* Bilinear, cubic, cubicspline and lanczos against arithmetic done by hand and against properties.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "unit/processors/resampler_rig.h"

#include <math.h>
#include <string.h>

static void test_bilinear_of_a_plane_is_the_plane(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    rig_fill_plane(values);
    weft_resampler how = rig_resampler(&weft_method_bilinear, WEFT_FLOAT32, 0.5);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    for (double u = 0.5; u <= RIG_COLS - 0.5; u += 0.25)
        for (double v = 0.5; v <= RIG_ROWS - 0.5; v += 0.25)
            assert_true(rig_at(&how, &patch, u, v) == (float)(2 * (u - 0.5) + 10 * (v - 0.5) + 1));
}

/* Around (2, 2) in pixel corners lie pixels 1 and 2 of rows 1 and 2, each by a quarter. */
static void test_bilinear_renormalises_over_the_valid_neighbours(void **state) {
    (void)state;
    uint8_t values[RIG_COLS * RIG_ROWS] = {0}, valid[RIG_COLS * RIG_ROWS];
    memset(valid, 1, sizeof valid);
    values[RIG_COLS + 1] = 10, values[RIG_COLS + 2] = 20, values[2 * RIG_COLS + 1] = 30, values[2 * RIG_COLS + 2] = 100;
    weft_resampler how = rig_resampler(&weft_method_bilinear, WEFT_UINT8, 1);
    weft_patch patch = rig_patch(WEFT_UINT8, values, valid);
    assert_true(rig_at(&how, &patch, 2, 2) == 40);
    valid[RIG_COLS + 1] = 0;
    assert_true(rig_at(&how, &patch, 2, 2) == 50); /* (20 + 30 + 100) / 3 */
    valid[2 * RIG_COLS + 2] = 0;                   /* the pixel under the centre */
    assert_true(isnan(rig_at(&how, &patch, 2, 2)));
}

static void test_a_mask_that_says_nothing_is_missing_changes_no_bit(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    uint8_t valid[RIG_COLS * RIG_ROWS];
    memset(valid, 1, sizeof valid);
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = (float)sin(i * 1.7) * 100;
    weft_patch bare = rig_patch(WEFT_FLOAT32, values, NULL), masked = rig_patch(WEFT_FLOAT32, values, valid);
    for (double scale = 0.5; scale < 3; scale += 1) {
        weft_resampler how = rig_resampler(&weft_method_bilinear, WEFT_FLOAT32, scale);
        for (double u = 0.05; u < RIG_COLS; u += 0.31) {
            float a = rig_at(&how, &bare, u, 2.77), b = rig_at(&how, &masked, u, 2.77);
            assert_memory_equal(&a, &b, sizeof a);
        }
    }
}

/* Scale 2: the triangle is 2 pixels wide to each side. At u = v = 3 the pixels' centres are 0.5 and 1.5 away: weights
 * 0.75 and 0.25 on each axis, a sum of 2. Row weights are the same. */
static void test_wide_bilinear_weighs_by_the_widened_triangle(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS] = {0};
    weft_resampler how = rig_resampler(&weft_method_bilinear, WEFT_FLOAT32, 2);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    values[2 * RIG_COLS + 2] = 64; /* 0.75 * 0.75 / 4 of it */
    assert_true(rig_at(&how, &patch, 3, 3) == 9);
    values[2 * RIG_COLS + 2] = 0;
    values[1 * RIG_COLS + 4] = 64; /* 0.25 * 0.25 / 4 */
    assert_true(rig_at(&how, &patch, 3, 3) == 1);
}

static void test_infinities_are_values_and_nan_is_missing(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    rig_fill_plane(values);
    values[RIG_COLS + 1] = INFINITY;
    values[3 * RIG_COLS + 3] = NAN;
    weft_resampler how = rig_resampler(&weft_method_bilinear, WEFT_FLOAT32, 1);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    assert_true(rig_at(&how, &patch, 1.9, 1.9) == INFINITY);
    assert_true(isnan(rig_at(&how, &patch, 3.5, 3.5)));
    /* Half from pixel 4 (39), none from the missing one. */
    assert_true(rig_at(&how, &patch, 4.1, 3.5) == 39);
}

/* A turn of 8 columns: u = 7.9 mixes columns 7 and 0; the patch begins at column 7. */
static void test_kernels_reach_over_the_seam(void **state) {
    (void)state;
    float values[2 * RIG_ROWS];
    for (int i = 0; i < 2 * RIG_ROWS; i++)
        values[i] = i % 2 == 0 ? 70 : 0; /* column 7, then column 8 = 0 */
    weft_resampler how = rig_resampler(&weft_method_bilinear, WEFT_FLOAT32, 1);
    how.wrap_cols = RIG_COLS;
    double u = 7.9, v = 2.5;
    weft_positions positions = {.cols = 1, .rows = 1, .u = &u, .v = &v};
    weft_window need = weft_resampler_footprint(&how, &positions);
    assert_true(need.col <= 7 && need.col + need.cols >= 9);
    weft_patch patch = {{7, 0, 2, RIG_ROWS}, WEFT_FLOAT32, values, NULL};
    assert_true(fabsf(rig_at(&how, &patch, u, v) - 42) < 1e-4f);   /* 0.6 of 70 */
    assert_true(fabsf(rig_at(&how, &patch, 0.1, v) - 28) < 1e-4f); /* 0.4 of 70 */
}

/* Keys' kernel at 0.5 and 1.5: 9/16 and -1/16. At u = 4, between pixels 3 and 4, along v on pixel row 2. */
static void test_cubic_weighs_by_keys_kernel(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS] = {0};
    weft_resampler how = rig_resampler(&weft_method_cubic, WEFT_FLOAT32, 1);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    values[2 * RIG_COLS + 3] = 16;
    assert_true(fabsf(rig_at(&how, &patch, 4, 2.5) - 9) < 1e-6f);
    values[2 * RIG_COLS + 3] = 0;
    values[2 * RIG_COLS + 2] = 16;
    assert_true(fabsf(rig_at(&how, &patch, 4, 2.5) + 1) < 1e-6f);
}

/* The B-spline at 0 and 1: 2/3 and 1/6. */
static void test_cubicspline_weighs_by_the_b_spline(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS] = {0};
    weft_resampler how = rig_resampler(&weft_method_cubicspline, WEFT_FLOAT32, 1);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    values[2 * RIG_COLS + 3] = 36;
    assert_true(fabsf(rig_at(&how, &patch, 3.5, 2.5) - 16) < 1e-5f); /* 36 * 2/3 * 2/3 */
    assert_true(fabsf(rig_at(&how, &patch, 4.5, 2.5) - 4) < 1e-5f);  /* 36 * 1/6 * 2/3 */
    assert_true(fabsf(rig_at(&how, &patch, 4.5, 3.5) - 1) < 1e-5f);
}

/* Lanczos at 0.5, 1.5 and 2.5 by its definition, normalised over the six taps of a 12 pixel wide source. */
static void test_lanczos_weighs_by_its_definition(void **state) {
    (void)state;
    static float values[12 * 12];
    const double pi = 3.14159265358979323846;
    double kernel[3], sum = 0;
    for (int i = 0; i < 3; i++) {
        double x = pi * (i + 0.5);
        kernel[i] = sin(x) / x * sin(x / 3) / (x / 3);
        sum += 2 * kernel[i];
    }
    weft_resampler how = rig_resampler(&weft_method_lanczos, WEFT_FLOAT32, 1);
    how.source_cols = how.source_rows = 12;
    weft_patch patch = {{0, 0, 12, 12}, WEFT_FLOAT32, values, NULL};
    for (int i = 0; i < 3; i++) {
        memset(values, 0, sizeof values);
        values[6 * 12 + 6 + i] = 100; /* its centre lies i + 0.5 right of u = 6 */
        assert_true(fabs((double)rig_at(&how, &patch, 6, 6.5) - 100 * kernel[i] / sum) < 1e-4);
    }
}

static void test_all_interpolating_kernels_keep_a_constant(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = 42.5f;
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    static const weft_method *const kernels[] = {&weft_method_bilinear, &weft_method_cubic, &weft_method_cubicspline,
                                                 &weft_method_lanczos};
    for (int k = 0; k < 4; k++) {
        for (double scale = 0.3; scale < 12; scale *= 1.7) {
            weft_resampler how = rig_resampler(kernels[k], WEFT_FLOAT32, scale);
            for (double u = 0.01; u < RIG_COLS; u += 0.37)
                for (double v = 0.02; v < RIG_ROWS; v += 0.41)
                    assert_true(fabsf(rig_at(&how, &patch, u, v) - 42.5f) < 1e-4f);
        }
    }
}

static void test_cubic_of_a_plane_is_the_plane_inside(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    rig_fill_plane(values);
    weft_resampler how = rig_resampler(&weft_method_cubic, WEFT_FLOAT32, 0.5);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    for (double u = 1.5; u <= RIG_COLS - 1.5; u += 0.2)
        for (double v = 1.5; v <= RIG_ROWS - 1.5; v += 0.3)
            assert_true(fabs((double)rig_at(&how, &patch, u, v) - (2 * (u - 0.5) + 10 * (v - 0.5) + 1)) < 1e-4);
}

/* Beside a hole, and at the edge, cubic and lanczos are what bilinear is. */
static void test_kernels_with_lobes_fall_back_to_bilinear_near_a_hole(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    uint8_t valid[RIG_COLS * RIG_ROWS];
    memset(valid, 1, sizeof valid);
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = (float)(i * 31 % 47);
    valid[2 * RIG_COLS + 5] = 0;
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, valid);
    weft_resampler cubic = rig_resampler(&weft_method_cubic, WEFT_FLOAT32, 1);
    weft_resampler bilinear = rig_resampler(&weft_method_bilinear, WEFT_FLOAT32, 1);
    assert_true(rig_at(&cubic, &patch, 4.2, 2.7) == rig_at(&bilinear, &patch, 4.2, 2.7));
    assert_true(rig_at(&cubic, &patch, 0.8, 0.9) == rig_at(&bilinear, &patch, 0.8, 0.9));
    assert_true(rig_at(&cubic, &patch, 2.3, 3.4) != rig_at(&bilinear, &patch, 2.3, 3.4));
    /* Exactly on a pixel the others have no weight: not even a hole beside it, or the edge, matters. */
    assert_true(rig_at(&cubic, &patch, 4.5, 2.5) == values[2 * RIG_COLS + 4]);
    assert_true(rig_at(&cubic, &patch, 0.5, 0.5) == values[0]);
}

/* A source smaller than the kernel. */
static void test_a_kernel_may_be_wider_than_its_source(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    rig_fill_plane(values);
    weft_resampler how = rig_resampler(&weft_method_cubicspline, WEFT_FLOAT32, 500);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    /* Almost flat weights: the mean of the plane, 2 * 3.5 + 10 * 2.5 + 1. */
    assert_true(fabsf(rig_at(&how, &patch, 4, 3) - 33) < 0.05f);
}

/* Far from a projection's middle a cell may be as wide as a billion pixels. Weights take as much memory, and as long, as
 * the source has pixels. */
static void test_a_kernel_much_wider_than_its_source_takes_no_more_for_it(void **state) {
    static const weft_method *const methods[] = {&weft_method_bilinear, &weft_method_cubic, &weft_method_cubicspline,
                                                 &weft_method_lanczos};
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    double u = 4, v = 3;
    rig_fill_plane(values);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        weft_resampler wide = rig_resampler(methods[i], WEFT_FLOAT32, 100);
        weft_resampler widest = rig_resampler(methods[i], WEFT_FLOAT32, 1e9);
        for (int separable = 0; separable < 2; separable++) {
            weft_positions positions = {.cols = 1, .rows = 1, .u = &u, .v = &v, .separable = separable == 1};
            int64_t most = weft_resampler_scratch_bytes(&wide, &positions, patch.window);
            assert_true(most < 32768);
            assert_int_equal(weft_resampler_scratch_bytes(&widest, &positions, patch.window), most);
        }
        /* All weights are alike: the mean of the plane, 2 * 3.5 + 10 * 2.5 + 1. */
        assert_true(fabsf(rig_at(&widest, &patch, u, v) - 33) < 1e-4f);
        assert_true(fabsf(rig_at(&widest, &patch, 0.5, 0.5) - 33) < 1e-4f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bilinear_of_a_plane_is_the_plane),
        cmocka_unit_test(test_bilinear_renormalises_over_the_valid_neighbours),
        cmocka_unit_test(test_a_mask_that_says_nothing_is_missing_changes_no_bit),
        cmocka_unit_test(test_wide_bilinear_weighs_by_the_widened_triangle),
        cmocka_unit_test(test_infinities_are_values_and_nan_is_missing),
        cmocka_unit_test(test_kernels_reach_over_the_seam),
        cmocka_unit_test(test_cubic_weighs_by_keys_kernel),
        cmocka_unit_test(test_cubicspline_weighs_by_the_b_spline),
        cmocka_unit_test(test_lanczos_weighs_by_its_definition),
        cmocka_unit_test(test_all_interpolating_kernels_keep_a_constant),
        cmocka_unit_test(test_cubic_of_a_plane_is_the_plane_inside),
        cmocka_unit_test(test_kernels_with_lobes_fall_back_to_bilinear_near_a_hole),
        cmocka_unit_test(test_a_kernel_may_be_wider_than_its_source),
        cmocka_unit_test(test_a_kernel_much_wider_than_its_source_takes_no_more_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
