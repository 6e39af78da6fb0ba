/* Kernels against arithmetic done by hand and against properties.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/resampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLS 8
#define ROWS 6

static weft_resampler resampler(weft_kernel kernel, weft_data_type type, double scale) {
    return (weft_resampler){.kernel = kernel,
                            .source_type = type,
                            .type = weft_resampler_result_type(kernel, type, false),
                            .scale_x = scale,
                            .scale_y = scale,
                            .value_scale = 1,
                            .source_cols = COLS,
                            .source_rows = ROWS};
}

static weft_patch whole(weft_data_type type, const void *values, const uint8_t *valid) {
    return (weft_patch){{0, 0, COLS, ROWS}, type, values, valid};
}

/* Runs a kernel with as much scratch as it asks for; a sanitizer sees a byte more. */
static void run(const weft_resampler *how, const weft_patch *patch, const weft_positions *positions, weft_values out) {
    void *scratch = malloc((size_t)weft_resampler_scratch_bytes(how, positions, patch->window));
    assert_non_null(scratch);
    weft_resampler_run(how, patch, positions, scratch, out);
    free(scratch);
}

/* One cell of a float result, on its own and as a separable band of one: both give the same bits. */
static float at(const weft_resampler *how, const weft_patch *patch, double u, double v) {
    float out = 0, separable = 0;
    weft_positions positions = {.cols = 1, .rows = 1, .u = &u, .v = &v};
    run(how, patch, &positions, (weft_values){WEFT_FLOAT32, &out, NULL, 1});
    positions.separable = true;
    run(how, patch, &positions, (weft_values){WEFT_FLOAT32, &separable, NULL, 1});
    assert_true(out == separable || (isnan(out) && isnan(separable)));
    return out;
}

/* One cell of a footprint kernel as a double, from corners (upper left, upper right, lower left, lower right). */
static double over_as(const weft_resampler *how, const weft_patch *patch, const double u[4], const double v[4]) {
    double centre_u = (u[0] + u[1] + u[2] + u[3]) / 4, centre_v = (v[0] + v[1] + v[2] + v[3]) / 4, wide = 0;
    float narrow = 0;
    bool is_wide = how->type == WEFT_FLOAT64;
    weft_positions positions = {.cols = 1, .rows = 1, .u = &centre_u, .v = &centre_v, .corner_u = u, .corner_v = v};
    run(how, patch, &positions, (weft_values){how->type, is_wide ? (void *)&wide : (void *)&narrow, NULL, 1});
    return is_wide ? wide : (double)narrow;
}

static float over(const weft_resampler *how, const weft_patch *patch, const double u[4], const double v[4]) {
    return (float)over_as(how, patch, u, v);
}

static void fill_plane(float *values) {
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = (float)(2 * (i % COLS) + 10 * (i / COLS) + 1);
}

static void test_result_types_follow_the_design(void **state) {
    (void)state;
    assert_int_equal(weft_resampler_result_type(WEFT_KERNEL_NEAREST, WEFT_INT64, false), WEFT_INT64);
    assert_int_equal(weft_resampler_result_type(WEFT_KERNEL_NEAREST, WEFT_UINT8, true), WEFT_FLOAT32);
    assert_int_equal(weft_resampler_result_type(WEFT_KERNEL_BILINEAR, WEFT_UINT16, false), WEFT_FLOAT32);
    assert_int_equal(weft_resampler_result_type(WEFT_KERNEL_AVERAGE, WEFT_INT32, false), WEFT_FLOAT64);
    assert_int_equal(weft_resampler_result_type(WEFT_KERNEL_BILINEAR, WEFT_FLOAT64, false), WEFT_FLOAT64);
}

static void test_nearest_takes_the_pixel_under_the_centre_and_keeps_64_bits(void **state) {
    (void)state;
    int64_t values[COLS * ROWS], out[3];
    uint8_t valid[3];
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = INT64_C(9007199254740993) + i; /* 2^53 + 1: no double holds it */
    weft_resampler how = resampler(WEFT_KERNEL_NEAREST, WEFT_INT64, 1);
    weft_patch patch = whole(WEFT_INT64, values, NULL);
    double u[] = {2.999, 3.0, -0.001}, v[] = {1.5, 1.5, 1.5};
    weft_positions positions = {.cols = 3, .rows = 1, .u = u, .v = v};
    run(&how, &patch, &positions, (weft_values){WEFT_INT64, out, valid, 3});
    assert_true(out[0] == values[COLS + 2] && valid[0]);
    assert_true(out[1] == values[COLS + 3] && valid[1]);
    assert_int_equal(valid[2], 0);
}

static void test_bilinear_of_a_plane_is_the_plane(void **state) {
    (void)state;
    float values[COLS * ROWS];
    fill_plane(values);
    weft_resampler how = resampler(WEFT_KERNEL_BILINEAR, WEFT_FLOAT32, 0.5);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    for (double u = 0.5; u <= COLS - 0.5; u += 0.25)
        for (double v = 0.5; v <= ROWS - 0.5; v += 0.25)
            assert_true(at(&how, &patch, u, v) == (float)(2 * (u - 0.5) + 10 * (v - 0.5) + 1));
}

/* Around (2, 2) in pixel corners lie pixels 1 and 2 of rows 1 and 2, each by a quarter. */
static void test_bilinear_renormalises_over_the_valid_neighbours(void **state) {
    (void)state;
    uint8_t values[COLS * ROWS] = {0}, valid[COLS * ROWS];
    memset(valid, 1, sizeof valid);
    values[COLS + 1] = 10, values[COLS + 2] = 20, values[2 * COLS + 1] = 30, values[2 * COLS + 2] = 100;
    weft_resampler how = resampler(WEFT_KERNEL_BILINEAR, WEFT_UINT8, 1);
    weft_patch patch = whole(WEFT_UINT8, values, valid);
    assert_true(at(&how, &patch, 2, 2) == 40);
    valid[COLS + 1] = 0;
    assert_true(at(&how, &patch, 2, 2) == 50); /* (20 + 30 + 100) / 3 */
    valid[2 * COLS + 2] = 0;                   /* the pixel under the centre */
    assert_true(isnan(at(&how, &patch, 2, 2)));
}

static void test_a_mask_that_says_nothing_is_missing_changes_no_bit(void **state) {
    (void)state;
    float values[COLS * ROWS];
    uint8_t valid[COLS * ROWS];
    memset(valid, 1, sizeof valid);
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = (float)sin(i * 1.7) * 100;
    weft_patch bare = whole(WEFT_FLOAT32, values, NULL), masked = whole(WEFT_FLOAT32, values, valid);
    for (double scale = 0.5; scale < 3; scale += 1) {
        weft_resampler how = resampler(WEFT_KERNEL_BILINEAR, WEFT_FLOAT32, scale);
        for (double u = 0.05; u < COLS; u += 0.31) {
            float a = at(&how, &bare, u, 2.77), b = at(&how, &masked, u, 2.77);
            assert_memory_equal(&a, &b, sizeof a);
        }
    }
}

/* Scale 2: the triangle is 2 pixels wide to each side. At u = v = 3 the pixels' centres are 0.5 and 1.5 away: weights
 * 0.75 and 0.25 on each axis, a sum of 2. Row weights are the same. */
static void test_wide_bilinear_weighs_by_the_widened_triangle(void **state) {
    (void)state;
    float values[COLS * ROWS] = {0};
    weft_resampler how = resampler(WEFT_KERNEL_BILINEAR, WEFT_FLOAT32, 2);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    values[2 * COLS + 2] = 64; /* 0.75 * 0.75 / 4 of it */
    assert_true(at(&how, &patch, 3, 3) == 9);
    values[2 * COLS + 2] = 0;
    values[1 * COLS + 4] = 64; /* 0.25 * 0.25 / 4 */
    assert_true(at(&how, &patch, 3, 3) == 1);
}

static void test_infinities_are_values_and_nan_is_missing(void **state) {
    (void)state;
    float values[COLS * ROWS];
    fill_plane(values);
    values[COLS + 1] = INFINITY;
    values[3 * COLS + 3] = NAN;
    weft_resampler how = resampler(WEFT_KERNEL_BILINEAR, WEFT_FLOAT32, 1);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    assert_true(at(&how, &patch, 1.9, 1.9) == INFINITY);
    assert_true(isnan(at(&how, &patch, 3.5, 3.5)));
    /* Half from pixel 4 (39), none from the missing one. */
    assert_true(at(&how, &patch, 4.1, 3.5) == 39);
}

static void test_average_of_whole_pixels_is_their_mean(void **state) {
    (void)state;
    float values[COLS * ROWS];
    fill_plane(values);
    weft_resampler how = resampler(WEFT_KERNEL_AVERAGE, WEFT_FLOAT32, 2);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    const double u[4] = {2, 4, 2, 4}, v[4] = {2, 2, 4, 4};
    /* Pixels (2..3, 2..3): 25, 27, 35, 37. */
    assert_true(over(&how, &patch, u, v) == 31);
    /* Half a pixel to the right: columns 2, 3, 4 weigh 0.5, 1, 0.5: the plane at the middle. */
    const double shifted[4] = {2.5, 4.5, 2.5, 4.5};
    assert_true(over(&how, &patch, shifted, v) == 32);
}

/* A square on its tip around (4, 3) with half diagonal 1: it covers half of each of the four pixels that meet there. */
static void test_average_weighs_pixels_by_the_area_that_is_covered(void **state) {
    (void)state;
    float values[COLS * ROWS] = {0};
    weft_resampler how = resampler(WEFT_KERNEL_AVERAGE, WEFT_FLOAT32, 1);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    const double u[4] = {4, 5, 3, 4}, v[4] = {2, 3, 3, 4};
    values[2 * COLS + 3] = 8;
    assert_true(fabsf(over(&how, &patch, u, v) - 2) < 1e-6f);
    /* Moved by (0.5, 0.5) the tip square lies around the centre of pixel (4, 3): it covers all of it but four corner
     * triangles of side 0.5... |x| + |y| <= 1 in a unit square around 0: all of it. The rest, 2 - 1, is shared by the
     * four neighbours: a quarter each. */
    const double u2[4] = {4.5, 5.5, 3.5, 4.5}, v2[4] = {2.5, 3.5, 3.5, 4.5};
    memset(values, 0, sizeof values);
    values[3 * COLS + 4] = 8;
    assert_true(fabsf(over(&how, &patch, u2, v2) - 4) < 1e-6f); /* 1 of an area of 2 */
    memset(values, 0, sizeof values);
    values[3 * COLS + 5] = 8;
    assert_true(fabsf(over(&how, &patch, u2, v2) - 1) < 1e-6f); /* 1/4 of an area of 2 */
}

static void test_a_footprint_that_folds_over_takes_the_centre_pixel(void **state) {
    (void)state;
    float values[COLS * ROWS];
    fill_plane(values);
    weft_resampler how = resampler(WEFT_KERNEL_AVERAGE, WEFT_FLOAT32, 1);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    const double u[4] = {3, 5, 5, 3}, v[4] = {2, 2, 4, 4}; /* a bow tie around (4, 3) */
    assert_true(over(&how, &patch, u, v) == values[3 * COLS + 4]);
    const double undefined[4] = {NAN, 5, 3, 5};
    assert_true(isnan(over(&how, &patch, undefined, v)));
}

/* Footprints tile the source: weights of all cells sum to the area of each pixel, here seen as the weighted mean. */
static void test_average_conserves_the_mean(void **state) {
    (void)state;
    float values[COLS * ROWS];
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = (float)(i * 37 % 101);
    weft_resampler how = resampler(WEFT_KERNEL_AVERAGE, WEFT_FLOAT32, 1);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    /* A net of 3 x 3 cells over the whole source whose inner corners are shifted. */
    const double cu[4][4] = {{0, 3, 5, 8}, {0, 2.3, 5.6, 8}, {0, 3.1, 4.9, 8}, {0, 3, 5, 8}};
    const double cv[4][4] = {{0, 0, 0, 0}, {2, 2.4, 1.7, 2}, {4, 3.6, 4.3, 4}, {6, 6, 6, 6}};
    double total = 0, expected = 0;
    for (int j = 0; j < 3; j++) {
        for (int i = 0; i < 3; i++) {
            const double u[4] = {cu[j][i], cu[j][i + 1], cu[j + 1][i], cu[j + 1][i + 1]};
            const double v[4] = {cv[j][i], cv[j][i + 1], cv[j + 1][i], cv[j + 1][i + 1]};
            double area = 0.5 * fabs((u[3] - u[0]) * (v[2] - v[1]) - (v[3] - v[0]) * (u[2] - u[1]));
            total += area * (double)over(&how, &patch, u, v);
        }
    }
    for (int i = 0; i < COLS * ROWS; i++)
        expected += (double)values[i];
    assert_true(fabs(total - expected) < 1e-4 * expected);
}

static void test_values_are_unscaled_after_resampling(void **state) {
    (void)state;
    int16_t values[COLS * ROWS];
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = (int16_t)(100 * (i % COLS));
    weft_resampler how = resampler(WEFT_KERNEL_NEAREST, WEFT_INT16, 1);
    how.type = WEFT_FLOAT32;
    how.value_scale = 0.5;
    how.value_offset = -10;
    weft_patch patch = whole(WEFT_INT16, values, NULL);
    assert_true(at(&how, &patch, 3.5, 0.5) == 140);
}

/* A turn of 8 columns: u = 7.9 mixes columns 7 and 0; the patch begins at column 7. */
static void test_kernels_reach_over_the_seam(void **state) {
    (void)state;
    float values[2 * ROWS];
    for (int i = 0; i < 2 * ROWS; i++)
        values[i] = i % 2 == 0 ? 70 : 0; /* column 7, then column 8 = 0 */
    weft_resampler how = resampler(WEFT_KERNEL_BILINEAR, WEFT_FLOAT32, 1);
    how.wrap_cols = COLS;
    double u = 7.9, v = 2.5;
    weft_positions positions = {.cols = 1, .rows = 1, .u = &u, .v = &v};
    weft_window need = weft_resampler_footprint(&how, &positions);
    assert_true(need.col <= 7 && need.col + need.cols >= 9);
    weft_patch patch = {{7, 0, 2, ROWS}, WEFT_FLOAT32, values, NULL};
    assert_true(fabsf(at(&how, &patch, u, v) - 42) < 1e-4f);   /* 0.6 of 70 */
    assert_true(fabsf(at(&how, &patch, 0.1, v) - 28) < 1e-4f); /* 0.4 of 70 */
}

static void test_footprints_hold_what_kernels_need_and_are_empty_off_the_source(void **state) {
    (void)state;
    weft_resampler how = resampler(WEFT_KERNEL_BILINEAR, WEFT_FLOAT32, 1);
    double u[] = {3.2, 4.8}, v[] = {2.5, 2.5}, off_u[] = {-50, 900}, off_v[] = {-20, -20};
    weft_positions on = {.cols = 2, .rows = 1, .u = u, .v = v}, off = {.cols = 2, .rows = 1, .u = off_u, .v = off_v};
    weft_window need = weft_resampler_footprint(&how, &on);
    assert_true(need.col <= 2 && need.col + need.cols >= 6 && need.row <= 2 && need.row + need.rows >= 4);
    assert_true(weft_window_is_empty(weft_resampler_footprint(&how, &off)));
}

/* --- the other interpolating kernels --- */

/* Keys' kernel at 0.5 and 1.5: 9/16 and -1/16. At u = 4, between pixels 3 and 4, along v on pixel row 2. */
static void test_cubic_weighs_by_keys_kernel(void **state) {
    (void)state;
    float values[COLS * ROWS] = {0};
    weft_resampler how = resampler(WEFT_KERNEL_CUBIC, WEFT_FLOAT32, 1);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    values[2 * COLS + 3] = 16;
    assert_true(fabsf(at(&how, &patch, 4, 2.5) - 9) < 1e-6f);
    values[2 * COLS + 3] = 0;
    values[2 * COLS + 2] = 16;
    assert_true(fabsf(at(&how, &patch, 4, 2.5) + 1) < 1e-6f);
}

/* The B-spline at 0 and 1: 2/3 and 1/6. */
static void test_cubicspline_weighs_by_the_b_spline(void **state) {
    (void)state;
    float values[COLS * ROWS] = {0};
    weft_resampler how = resampler(WEFT_KERNEL_CUBICSPLINE, WEFT_FLOAT32, 1);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    values[2 * COLS + 3] = 36;
    assert_true(fabsf(at(&how, &patch, 3.5, 2.5) - 16) < 1e-5f); /* 36 * 2/3 * 2/3 */
    assert_true(fabsf(at(&how, &patch, 4.5, 2.5) - 4) < 1e-5f);  /* 36 * 1/6 * 2/3 */
    assert_true(fabsf(at(&how, &patch, 4.5, 3.5) - 1) < 1e-5f);
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
    weft_resampler how = resampler(WEFT_KERNEL_LANCZOS, WEFT_FLOAT32, 1);
    how.source_cols = how.source_rows = 12;
    weft_patch patch = {{0, 0, 12, 12}, WEFT_FLOAT32, values, NULL};
    for (int i = 0; i < 3; i++) {
        memset(values, 0, sizeof values);
        values[6 * 12 + 6 + i] = 100; /* its centre lies i + 0.5 right of u = 6 */
        assert_true(fabs((double)at(&how, &patch, 6, 6.5) - 100 * kernel[i] / sum) < 1e-4);
    }
}

static void test_all_interpolating_kernels_keep_a_constant(void **state) {
    (void)state;
    float values[COLS * ROWS];
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = 42.5f;
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    static const weft_kernel kernels[] = {WEFT_KERNEL_BILINEAR, WEFT_KERNEL_CUBIC, WEFT_KERNEL_CUBICSPLINE,
                                          WEFT_KERNEL_LANCZOS};
    for (int k = 0; k < 4; k++) {
        for (double scale = 0.3; scale < 12; scale *= 1.7) {
            weft_resampler how = resampler(kernels[k], WEFT_FLOAT32, scale);
            for (double u = 0.01; u < COLS; u += 0.37)
                for (double v = 0.02; v < ROWS; v += 0.41)
                    assert_true(fabsf(at(&how, &patch, u, v) - 42.5f) < 1e-4f);
        }
    }
}

static void test_cubic_of_a_plane_is_the_plane_inside(void **state) {
    (void)state;
    float values[COLS * ROWS];
    fill_plane(values);
    weft_resampler how = resampler(WEFT_KERNEL_CUBIC, WEFT_FLOAT32, 0.5);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    for (double u = 1.5; u <= COLS - 1.5; u += 0.2)
        for (double v = 1.5; v <= ROWS - 1.5; v += 0.3)
            assert_true(fabs((double)at(&how, &patch, u, v) - (2 * (u - 0.5) + 10 * (v - 0.5) + 1)) < 1e-4);
}

/* Beside a hole, and at the edge, cubic and lanczos are what bilinear is. */
static void test_kernels_with_lobes_fall_back_to_bilinear_near_a_hole(void **state) {
    (void)state;
    float values[COLS * ROWS];
    uint8_t valid[COLS * ROWS];
    memset(valid, 1, sizeof valid);
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = (float)(i * 31 % 47);
    valid[2 * COLS + 5] = 0;
    weft_patch patch = whole(WEFT_FLOAT32, values, valid);
    weft_resampler cubic = resampler(WEFT_KERNEL_CUBIC, WEFT_FLOAT32, 1);
    weft_resampler bilinear = resampler(WEFT_KERNEL_BILINEAR, WEFT_FLOAT32, 1);
    assert_true(at(&cubic, &patch, 4.2, 2.7) == at(&bilinear, &patch, 4.2, 2.7));
    assert_true(at(&cubic, &patch, 0.8, 0.9) == at(&bilinear, &patch, 0.8, 0.9));
    assert_true(at(&cubic, &patch, 2.3, 3.4) != at(&bilinear, &patch, 2.3, 3.4));
    /* Exactly on a pixel the others have no weight: not even a hole beside it, or the edge, matters. */
    assert_true(at(&cubic, &patch, 4.5, 2.5) == values[2 * COLS + 4]);
    assert_true(at(&cubic, &patch, 0.5, 0.5) == values[0]);
}

/* A source smaller than the kernel. */
static void test_a_kernel_may_be_wider_than_its_source(void **state) {
    (void)state;
    float values[COLS * ROWS];
    fill_plane(values);
    weft_resampler how = resampler(WEFT_KERNEL_CUBICSPLINE, WEFT_FLOAT32, 500);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    /* Almost flat weights: the mean of the plane, 2 * 3.5 + 10 * 2.5 + 1. */
    assert_true(fabsf(at(&how, &patch, 4, 3) - 33) < 0.05f);
}

/* --- the other footprint kernels --- */

static void test_sum_adds_what_is_covered_and_rms_squares(void **state) {
    (void)state;
    float values[COLS * ROWS];
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = 1;
    values[2 * COLS + 2] = 7;
    weft_resampler sum = resampler(WEFT_KERNEL_SUM, WEFT_FLOAT32, 2), rms = resampler(WEFT_KERNEL_RMS, WEFT_FLOAT32, 2);
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    const double u[4] = {2, 4, 2, 4}, v[4] = {2, 2, 4, 4};
    assert_true(over_as(&sum, &patch, u, v) == 10);
    assert_true(fabs(over_as(&rms, &patch, u, v) - sqrt(52.0 / 4)) < 1e-6);
    /* Half of the last column lies beyond the source: what is there is counted. */
    const double edge[4] = {7, 9, 7, 9};
    assert_true(over_as(&sum, &patch, edge, v) == 2);
    /* Nothing is counted where nothing is. */
    const double away[4] = {17, 19, 17, 19};
    assert_true(isnan(over_as(&sum, &patch, away, v)));
}

/* Under (2, 2) .. (5, 4) lie 3 x 2 pixels: 4 4 9 / 1 9 4; half of the right column by a shifted side weighs half. */
static void test_order_kernels_choose_by_covered_area(void **state) {
    (void)state;
    static const weft_data_type types[] = {WEFT_UINT8, WEFT_INT16, WEFT_FLOAT32};
    static const weft_kernel kernels[] = {WEFT_KERNEL_MIN, WEFT_KERNEL_MAX, WEFT_KERNEL_MODE,
                                          WEFT_KERNEL_MED, WEFT_KERNEL_Q1,  WEFT_KERNEL_Q3};
    /* Areas: 4 has 3, 9 has 2, 1 has 1 of 6. At or under 4 lie 4/6, under 9 all: q3 (4.5/6) is 9, q1 (1.5/6) 4. */
    static const double expected[] = {1, 9, 4, 4, 4, 9};
    const double u[4] = {2, 5, 2, 5}, v[4] = {2, 2, 4, 4};
    for (int t = 0; t < 3; t++) {
        uint8_t bytes[COLS * ROWS] = {0}, valid[1];
        int16_t shorts[COLS * ROWS] = {0}, short_out;
        float floats[COLS * ROWS] = {0}, float_out;
        uint8_t byte_out;
        static const int pixels[2][3] = {{4, 4, 9}, {1, 9, 4}};
        for (int j = 0; j < 2; j++) {
            for (int i = 0; i < 3; i++) {
                int at_pixel = (2 + j) * COLS + 2 + i;
                bytes[at_pixel] = (uint8_t)pixels[j][i];
                shorts[at_pixel] = (int16_t)pixels[j][i];
                floats[at_pixel] = (float)pixels[j][i];
            }
        }
        const void *sources[] = {bytes, shorts, floats};
        void *outs[] = {&byte_out, &short_out, &float_out};
        for (int k = 0; k < 6; k++) {
            double centre_u = 3.5, centre_v = 3;
            weft_resampler how = resampler(kernels[k], types[t], 3);
            weft_patch patch = whole(types[t], sources[t], NULL);
            weft_positions positions = {
                .cols = 1, .rows = 1, .u = &centre_u, .v = &centre_v, .corner_u = u, .corner_v = v};
            run(&how, &patch, &positions, (weft_values){types[t], outs[t], t < 2 ? valid : NULL, 1});
            double found = t == 0 ? byte_out : t == 1 ? short_out : (double)float_out;
            if (found != expected[k]) fail_msg("%s: %g, not %g", weft_kernel_name(kernels[k]), found, expected[k]);
            if (t < 2) assert_int_equal(valid[0], 1);
        }
    }
}

static void test_order_kernels_keep_64_bits(void **state) {
    (void)state;
    int64_t values[COLS * ROWS], out;
    uint8_t valid;
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = INT64_C(9007199254740993) + i % 2 * 2; /* 2^53 + 1 and 2^53 + 3 */
    weft_resampler how = resampler(WEFT_KERNEL_MAX, WEFT_INT64, 2);
    weft_patch patch = whole(WEFT_INT64, values, NULL);
    double u = 3, v = 3;
    const double corner_u[4] = {2, 4, 2, 4}, corner_v[4] = {2, 2, 4, 4};
    weft_positions positions = {.cols = 1, .rows = 1, .u = &u, .v = &v, .corner_u = corner_u, .corner_v = corner_v};
    run(&how, &patch, &positions, (weft_values){WEFT_INT64, &out, &valid, 1});
    assert_true(out == INT64_C(9007199254740995));
    assert_int_equal(valid, 1);
}

/* Quantiles and modes against sorting by hand, over random pixels and quadrilaterals. */
static void test_selection_agrees_with_sorting(void **state) {
    (void)state;
    float values[COLS * ROWS];
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        for (int i = 0; i < COLS * ROWS; i++) {
            seed = seed * 1664525u + 1013904223u;
            values[i] = (float)(seed >> 24) / (round % 2 == 0 ? 1.0f : 64.0f);
            if (round % 2 == 1) values[i] = floorf(values[i]);
        }
        int cols = 1 + round % 7, rows = 1 + round % 5, count = cols * rows;
        float sorted[COLS * ROWS];
        for (int i = 0; i < count; i++) {
            float value = values[i / cols * COLS + i % cols];
            int j = i;
            for (; j > 0 && sorted[j - 1] > value; j--)
                sorted[j] = sorted[j - 1];
            sorted[j] = value;
        }
        float mode = 0;
        int most = 0;
        for (int i = 0, run_length = 0; i < count; i++) {
            run_length = i > 0 && sorted[i] == sorted[i - 1] ? run_length + 1 : 1;
            if (run_length > most) most = run_length, mode = sorted[i];
        }
        const double u[4] = {0, cols, 0, cols}, v[4] = {0, 0, rows, rows};
        weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
        static const weft_kernel kernels[] = {WEFT_KERNEL_Q1, WEFT_KERNEL_MED, WEFT_KERNEL_Q3};
        for (int k = 0; k < 3; k++) {
            weft_resampler how = resampler(kernels[k], WEFT_FLOAT32, 3);
            int index = (int)ceil((k + 1) * 0.25 * count) - 1;
            assert_true(over(&how, &patch, u, v) == sorted[index]);
        }
        weft_resampler how = resampler(WEFT_KERNEL_MODE, WEFT_FLOAT32, 3);
        assert_true(over(&how, &patch, u, v) == mode);
    }
}

/* Cells of a band on their own, and all of them at once. */
static void test_a_cell_does_not_depend_on_its_band(void **state) {
    (void)state;
    float values[COLS * ROWS];
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = (float)cos(i * 2.3) * 50;
    values[2 * COLS + 5] = NAN;
    weft_patch patch = whole(WEFT_FLOAT32, values, NULL);
    double u[20], v[11], corner_u[21], corner_v[12];
    for (int i = 0; i <= 20; i++)
        corner_u[i] = -0.3 + i * 0.44;
    for (int i = 0; i <= 11; i++)
        corner_v[i] = -0.2 + i * 0.6;
    for (int i = 0; i < 20; i++)
        u[i] = (corner_u[i] + corner_u[i + 1]) / 2;
    for (int i = 0; i < 11; i++)
        v[i] = (corner_v[i] + corner_v[i + 1]) / 2;
    for (int kernel = WEFT_KERNEL_NEAREST; kernel <= WEFT_KERNEL_RMS; kernel++) {
        weft_resampler how = resampler((weft_kernel)kernel, WEFT_FLOAT32, 0.5);
        how.type = WEFT_FLOAT32;
        for (int wide = 0; wide < 2; wide++) {
            float band[20 * 11], one;
            how.scale_x = how.scale_y = wide ? 2.2 : 0.5;
            weft_positions all = {20, 11, true, u, v, corner_u, corner_v};
            run(&how, &patch, &all, (weft_values){WEFT_FLOAT32, band, NULL, 20});
            for (int i = 0; i < 20 * 11; i++) {
                int col = i % 20, row = i / 20;
                weft_positions single = {1, 1, true, u + col, v + row, corner_u + col, corner_v + row};
                run(&how, &patch, &single, (weft_values){WEFT_FLOAT32, &one, NULL, 1});
                assert_memory_equal(&one, &band[i], sizeof one);
            }
        }
    }
}

/* Pixels 1, 2, 3, 4 of a band with scale -2 and offset 10 are the values 8, 6, 4, 2. */
static void test_footprints_see_unscaled_values(void **state) {
    (void)state;
    static const weft_kernel kernels[] = {WEFT_KERNEL_SUM, WEFT_KERNEL_RMS, WEFT_KERNEL_MIN, WEFT_KERNEL_MAX,
                                          WEFT_KERNEL_MED, WEFT_KERNEL_Q1,  WEFT_KERNEL_Q3,  WEFT_KERNEL_MODE};
    const double expected[] = {20, sqrt(30), 2, 8, 4, 2, 6, 2};
    const double u[] = {0, 2, 0, 2}, v[] = {0, 0, 2, 2};
    uint8_t values[COLS * ROWS] = {0};
    values[0] = 1;
    values[1] = 2;
    values[COLS] = 3;
    values[COLS + 1] = 4;
    weft_patch patch = whole(WEFT_UINT8, values, NULL);
    for (int i = 0; i < 8; i++) {
        weft_resampler how = resampler(kernels[i], WEFT_UINT8, 2);
        how.value_scale = -2;
        how.value_offset = 10;
        how.type = weft_resampler_result_type(kernels[i], WEFT_UINT8, true);
        assert_true(fabs(over_as(&how, &patch, u, v) - expected[i]) < 1e-6);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cubic_weighs_by_keys_kernel),
        cmocka_unit_test(test_cubicspline_weighs_by_the_b_spline),
        cmocka_unit_test(test_lanczos_weighs_by_its_definition),
        cmocka_unit_test(test_all_interpolating_kernels_keep_a_constant),
        cmocka_unit_test(test_cubic_of_a_plane_is_the_plane_inside),
        cmocka_unit_test(test_kernels_with_lobes_fall_back_to_bilinear_near_a_hole),
        cmocka_unit_test(test_a_kernel_may_be_wider_than_its_source),
        cmocka_unit_test(test_sum_adds_what_is_covered_and_rms_squares),
        cmocka_unit_test(test_order_kernels_choose_by_covered_area),
        cmocka_unit_test(test_order_kernels_keep_64_bits),
        cmocka_unit_test(test_selection_agrees_with_sorting),
        cmocka_unit_test(test_a_cell_does_not_depend_on_its_band),
        cmocka_unit_test(test_result_types_follow_the_design),
        cmocka_unit_test(test_nearest_takes_the_pixel_under_the_centre_and_keeps_64_bits),
        cmocka_unit_test(test_bilinear_of_a_plane_is_the_plane),
        cmocka_unit_test(test_bilinear_renormalises_over_the_valid_neighbours),
        cmocka_unit_test(test_a_mask_that_says_nothing_is_missing_changes_no_bit),
        cmocka_unit_test(test_wide_bilinear_weighs_by_the_widened_triangle),
        cmocka_unit_test(test_infinities_are_values_and_nan_is_missing),
        cmocka_unit_test(test_average_of_whole_pixels_is_their_mean),
        cmocka_unit_test(test_average_weighs_pixels_by_the_area_that_is_covered),
        cmocka_unit_test(test_a_footprint_that_folds_over_takes_the_centre_pixel),
        cmocka_unit_test(test_average_conserves_the_mean),
        cmocka_unit_test(test_values_are_unscaled_after_resampling),
        cmocka_unit_test(test_footprints_see_unscaled_values),
        cmocka_unit_test(test_kernels_reach_over_the_seam),
        cmocka_unit_test(test_footprints_hold_what_kernels_need_and_are_empty_off_the_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
