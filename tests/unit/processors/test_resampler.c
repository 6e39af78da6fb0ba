/* What all kernels share: result types, nearest, unscaled values, the pixels that a band needs; and that a cell does
 * not depend on the cells beside it.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "unit/processors/resampler_rig.h"

#include <math.h>

static void test_result_types_follow_the_design(void **state) {
    (void)state;
    assert_int_equal(weft_resampler_result_type(&weft_method_nearest, WEFT_INT64, false), WEFT_INT64);
    assert_int_equal(weft_resampler_result_type(&weft_method_nearest, WEFT_UINT8, true), WEFT_FLOAT32);
    assert_int_equal(weft_resampler_result_type(&weft_method_bilinear, WEFT_UINT16, false), WEFT_FLOAT32);
    assert_int_equal(weft_resampler_result_type(&weft_method_average, WEFT_INT32, false), WEFT_FLOAT64);
    assert_int_equal(weft_resampler_result_type(&weft_method_bilinear, WEFT_FLOAT64, false), WEFT_FLOAT64);
}

static void test_nearest_takes_the_pixel_under_the_centre_and_keeps_64_bits(void **state) {
    (void)state;
    int64_t values[RIG_COLS * RIG_ROWS], out[3];
    uint8_t valid[3];
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = INT64_C(9007199254740993) + i; /* 2^53 + 1: no double holds it */
    weft_resampler how = rig_resampler(&weft_method_nearest, WEFT_INT64, 1);
    weft_patch patch = rig_patch(WEFT_INT64, values, NULL);
    double u[] = {2.999, 3.0, -0.001}, v[] = {1.5, 1.5, 1.5};
    weft_positions positions = {.cols = 3, .rows = 1, .u = u, .v = v};
    rig_run(&how, &patch, &positions, (weft_values){WEFT_INT64, out, valid, 3});
    assert_true(out[0] == values[RIG_COLS + 2] && valid[0]);
    assert_true(out[1] == values[RIG_COLS + 3] && valid[1]);
    assert_int_equal(valid[2], 0);
}

static void test_values_are_unscaled_after_resampling(void **state) {
    (void)state;
    int16_t values[RIG_COLS * RIG_ROWS];
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = (int16_t)(100 * (i % RIG_COLS));
    weft_resampler how = rig_resampler(&weft_method_nearest, WEFT_INT16, 1);
    how.type = WEFT_FLOAT32;
    how.value_scale = 0.5;
    how.value_offset = -10;
    weft_patch patch = rig_patch(WEFT_INT16, values, NULL);
    assert_true(rig_at(&how, &patch, 3.5, 0.5) == 140);
}

static void test_footprints_hold_what_kernels_need_and_are_empty_off_the_source(void **state) {
    (void)state;
    weft_resampler how = rig_resampler(&weft_method_bilinear, WEFT_FLOAT32, 1);
    double u[] = {3.2, 4.8}, v[] = {2.5, 2.5}, off_u[] = {-50, 900}, off_v[] = {-20, -20};
    weft_positions on = {.cols = 2, .rows = 1, .u = u, .v = v}, off = {.cols = 2, .rows = 1, .u = off_u, .v = off_v};
    weft_window need = weft_resampler_footprint(&how, &on);
    assert_true(need.col <= 2 && need.col + need.cols >= 6 && need.row <= 2 && need.row + need.rows >= 4);
    assert_true(weft_window_is_empty(weft_resampler_footprint(&how, &off)));
}

/* Cells of a band on their own, and all of them at once. */
static void test_a_cell_does_not_depend_on_its_band(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = (float)cos(i * 2.3) * 50;
    values[2 * RIG_COLS + 5] = NAN;
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    double u[20], v[11], corner_u[21], corner_v[12];
    for (int i = 0; i <= 20; i++)
        corner_u[i] = -0.3 + i * 0.44;
    for (int i = 0; i <= 11; i++)
        corner_v[i] = -0.2 + i * 0.6;
    for (int i = 0; i < 20; i++)
        u[i] = (corner_u[i] + corner_u[i + 1]) / 2;
    for (int i = 0; i < 11; i++)
        v[i] = (corner_v[i] + corner_v[i + 1]) / 2;
    for (int number = 0; weft_method_at(number) != NULL; number++) {
        weft_resampler how = rig_resampler(weft_method_at(number), WEFT_FLOAT32, 0.5);
        how.type = WEFT_FLOAT32;
        for (int wide = 0; wide < 2; wide++) {
            float band[20 * 11], one;
            how.scale_x = how.scale_y = wide ? 2.2 : 0.5;
            weft_positions all = {20, 11, true, u, v, corner_u, corner_v, false};
            rig_run(&how, &patch, &all, (weft_values){WEFT_FLOAT32, band, NULL, 20});
            for (int i = 0; i < 20 * 11; i++) {
                int col = i % 20, row = i / 20;
                weft_positions single = {1, 1, true, u + col, v + row, corner_u + col, corner_v + row, false};
                rig_run(&how, &patch, &single, (weft_values){WEFT_FLOAT32, &one, NULL, 1});
                assert_memory_equal(&one, &band[i], sizeof one);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_result_types_follow_the_design),
        cmocka_unit_test(test_nearest_takes_the_pixel_under_the_centre_and_keeps_64_bits),
        cmocka_unit_test(test_values_are_unscaled_after_resampling),
        cmocka_unit_test(test_footprints_hold_what_kernels_need_and_are_empty_off_the_source),
        cmocka_unit_test(test_a_cell_does_not_depend_on_its_band),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
