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

/* One cell of a float result. */
static float at(const weft_resampler *how, const weft_patch *patch, double u, double v) {
    float out = 0;
    weft_row_positions positions = {.n = 1, .u = &u, .v = &v};
    weft_resampler_run(how, patch, &positions, (weft_values){WEFT_FLOAT32, &out, NULL, 1});
    return out;
}

/* One cell of average, from corners (upper left, upper right, lower left, lower right). */
static float over(const weft_resampler *how, const weft_patch *patch, const double u[4], const double v[4]) {
    float out = 0;
    double centre_u = (u[0] + u[1] + u[2] + u[3]) / 4, centre_v = (v[0] + v[1] + v[2] + v[3]) / 4;
    weft_row_positions positions = {1, &centre_u, &centre_v, u, v, u + 2, v + 2};
    weft_resampler_run(how, patch, &positions, (weft_values){WEFT_FLOAT32, &out, NULL, 1});
    return out;
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
    weft_row_positions positions = {.n = 3, .u = u, .v = v};
    weft_resampler_run(&how, &patch, &positions, (weft_values){WEFT_INT64, out, valid, 3});
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
    weft_row_positions positions = {.n = 1, .u = &u, .v = &v};
    weft_window need = weft_resampler_footprint(&how, &positions, 1);
    assert_true(need.col <= 7 && need.col + need.cols >= 9);
    weft_patch patch = {{7, 0, 2, ROWS}, WEFT_FLOAT32, values, NULL};
    assert_true(fabsf(at(&how, &patch, u, v) - 42) < 1e-4f);   /* 0.6 of 70 */
    assert_true(fabsf(at(&how, &patch, 0.1, v) - 28) < 1e-4f); /* 0.4 of 70 */
}

static void test_footprints_hold_what_kernels_need_and_are_empty_off_the_source(void **state) {
    (void)state;
    weft_resampler how = resampler(WEFT_KERNEL_BILINEAR, WEFT_FLOAT32, 1);
    double u[] = {3.2, 4.8}, v[] = {2.5, 2.5}, off_u[] = {-50, 900}, off_v[] = {-20, -20};
    weft_row_positions on = {.n = 2, .u = u, .v = v}, off = {.n = 2, .u = off_u, .v = off_v};
    weft_window need = weft_resampler_footprint(&how, &on, 1);
    assert_true(need.col <= 2 && need.col + need.cols >= 6 && need.row <= 2 && need.row + need.rows >= 4);
    assert_true(weft_window_is_empty(weft_resampler_footprint(&how, &off, 1)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
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
        cmocka_unit_test(test_kernels_reach_over_the_seam),
        cmocka_unit_test(test_footprints_hold_what_kernels_need_and_are_empty_off_the_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
