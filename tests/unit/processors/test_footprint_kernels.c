/* The kernels over a cell's footprint (average, sum, rms, and those that choose a pixel) against arithmetic done by
 * hand and against properties.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "unit/processors/resampler_rig.h"

#include <math.h>
#include <string.h>

static void test_average_of_whole_pixels_is_their_mean(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    rig_fill_plane(values);
    weft_resampler how = rig_resampler(&weft_method_average, WEFT_FLOAT32, 2);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    const double u[4] = {2, 4, 2, 4}, v[4] = {2, 2, 4, 4};
    /* Pixels (2..3, 2..3): 25, 27, 35, 37. */
    assert_true(rig_over(&how, &patch, u, v) == 31);
    /* Half a pixel to the right: columns 2, 3, 4 weigh 0.5, 1, 0.5: the plane at the middle. */
    const double shifted[4] = {2.5, 4.5, 2.5, 4.5};
    assert_true(rig_over(&how, &patch, shifted, v) == 32);
}

/* A square on its tip around (4, 3) with half diagonal 1: it covers half of each of the four pixels that meet there. */
static void test_average_weighs_pixels_by_the_area_that_is_covered(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS] = {0};
    weft_resampler how = rig_resampler(&weft_method_average, WEFT_FLOAT32, 1);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    const double u[4] = {4, 5, 3, 4}, v[4] = {2, 3, 3, 4};
    values[2 * RIG_COLS + 3] = 8;
    assert_true(fabsf(rig_over(&how, &patch, u, v) - 2) < 1e-6f);
    /* Moved by (0.5, 0.5) the tip square lies around the centre of pixel (4, 3): it covers all of it but four corner
     * triangles of side 0.5... |x| + |y| <= 1 in a unit square around 0: all of it. The rest, 2 - 1, is shared by the
     * four neighbours: a quarter each. */
    const double u2[4] = {4.5, 5.5, 3.5, 4.5}, v2[4] = {2.5, 3.5, 3.5, 4.5};
    memset(values, 0, sizeof values);
    values[3 * RIG_COLS + 4] = 8;
    assert_true(fabsf(rig_over(&how, &patch, u2, v2) - 4) < 1e-6f); /* 1 of an area of 2 */
    memset(values, 0, sizeof values);
    values[3 * RIG_COLS + 5] = 8;
    assert_true(fabsf(rig_over(&how, &patch, u2, v2) - 1) < 1e-6f); /* 1/4 of an area of 2 */
}

static void test_a_footprint_that_folds_over_takes_the_centre_pixel(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    rig_fill_plane(values);
    weft_resampler how = rig_resampler(&weft_method_average, WEFT_FLOAT32, 1);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    const double u[4] = {3, 5, 5, 3}, v[4] = {2, 2, 4, 4}; /* a bow tie around (4, 3) */
    assert_true(rig_over(&how, &patch, u, v) == values[3 * RIG_COLS + 4]);
    const double undefined[4] = {NAN, 5, 3, 5};
    assert_true(isnan(rig_over(&how, &patch, undefined, v)));
}

/* Footprints tile the source: weights of all cells sum to the area of each pixel, here seen as the weighted mean. */
static void test_average_conserves_the_mean(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = (float)(i * 37 % 101);
    weft_resampler how = rig_resampler(&weft_method_average, WEFT_FLOAT32, 1);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    /* A net of 3 x 3 cells over the whole source whose inner corners are shifted. */
    const double cu[4][4] = {{0, 3, 5, 8}, {0, 2.3, 5.6, 8}, {0, 3.1, 4.9, 8}, {0, 3, 5, 8}};
    const double cv[4][4] = {{0, 0, 0, 0}, {2, 2.4, 1.7, 2}, {4, 3.6, 4.3, 4}, {6, 6, 6, 6}};
    double total = 0, expected = 0;
    for (int j = 0; j < 3; j++) {
        for (int i = 0; i < 3; i++) {
            const double u[4] = {cu[j][i], cu[j][i + 1], cu[j + 1][i], cu[j + 1][i + 1]};
            const double v[4] = {cv[j][i], cv[j][i + 1], cv[j + 1][i], cv[j + 1][i + 1]};
            double area = 0.5 * fabs((u[3] - u[0]) * (v[2] - v[1]) - (v[3] - v[0]) * (u[2] - u[1]));
            total += area * (double)rig_over(&how, &patch, u, v);
        }
    }
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        expected += (double)values[i];
    assert_true(fabs(total - expected) < 1e-4 * expected);
}

static void test_sum_adds_what_is_covered_and_rms_squares(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = 1;
    values[2 * RIG_COLS + 2] = 7;
    weft_resampler sum = rig_resampler(&weft_method_sum, WEFT_FLOAT32, 2),
                   rms = rig_resampler(&weft_method_rms, WEFT_FLOAT32, 2);
    weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
    const double u[4] = {2, 4, 2, 4}, v[4] = {2, 2, 4, 4};
    assert_true(rig_over_as(&sum, &patch, u, v) == 10);
    assert_true(fabs(rig_over_as(&rms, &patch, u, v) - sqrt(52.0 / 4)) < 1e-6);
    /* Half of the last column lies beyond the source: what is there is counted. */
    const double edge[4] = {7, 9, 7, 9};
    assert_true(rig_over_as(&sum, &patch, edge, v) == 2);
    /* Nothing is counted where nothing is. */
    const double away[4] = {17, 19, 17, 19};
    assert_true(isnan(rig_over_as(&sum, &patch, away, v)));
}

/* Under (2, 2) .. (5, 4) lie 3 x 2 pixels: 4 4 9 / 1 9 4; half of the right column by a shifted side weighs half. */
static void test_order_kernels_choose_by_covered_area(void **state) {
    (void)state;
    static const weft_data_type types[] = {WEFT_UINT8, WEFT_INT16, WEFT_FLOAT32};
    static const weft_method *const kernels[] = {&weft_method_min, &weft_method_max, &weft_method_mode,
                                                 &weft_method_med, &weft_method_q1,  &weft_method_q3};
    /* Areas: 4 has 3, 9 has 2, 1 has 1 of 6. At or under 4 lie 4/6, under 9 all: q3 (4.5/6) is 9, q1 (1.5/6) 4. */
    static const double expected[] = {1, 9, 4, 4, 4, 9};
    const double u[4] = {2, 5, 2, 5}, v[4] = {2, 2, 4, 4};
    for (int t = 0; t < 3; t++) {
        uint8_t bytes[RIG_COLS * RIG_ROWS] = {0}, valid[1];
        int16_t shorts[RIG_COLS * RIG_ROWS] = {0}, short_out;
        float floats[RIG_COLS * RIG_ROWS] = {0}, float_out;
        uint8_t byte_out;
        static const int pixels[2][3] = {{4, 4, 9}, {1, 9, 4}};
        for (int j = 0; j < 2; j++) {
            for (int i = 0; i < 3; i++) {
                int at_pixel = (2 + j) * RIG_COLS + 2 + i;
                bytes[at_pixel] = (uint8_t)pixels[j][i];
                shorts[at_pixel] = (int16_t)pixels[j][i];
                floats[at_pixel] = (float)pixels[j][i];
            }
        }
        const void *sources[] = {bytes, shorts, floats};
        void *outs[] = {&byte_out, &short_out, &float_out};
        for (int k = 0; k < 6; k++) {
            double centre_u = 3.5, centre_v = 3;
            weft_resampler how = rig_resampler(kernels[k], types[t], 3);
            weft_patch patch = rig_patch(types[t], sources[t], NULL);
            weft_positions positions = {
                .cols = 1, .rows = 1, .u = &centre_u, .v = &centre_v, .corner_u = u, .corner_v = v};
            rig_run(&how, &patch, &positions, (weft_values){types[t], outs[t], t < 2 ? valid : NULL, 1});
            double found = t == 0 ? byte_out : t == 1 ? short_out : (double)float_out;
            if (found != expected[k]) fail_msg("%s: %g, not %g", weft_method_name(kernels[k]), found, expected[k]);
            if (t < 2) assert_int_equal(valid[0], 1);
        }
    }
}

static void test_order_kernels_keep_64_bits(void **state) {
    (void)state;
    int64_t values[RIG_COLS * RIG_ROWS], out;
    uint8_t valid;
    for (int i = 0; i < RIG_COLS * RIG_ROWS; i++)
        values[i] = INT64_C(9007199254740993) + i % 2 * 2; /* 2^53 + 1 and 2^53 + 3 */
    weft_resampler how = rig_resampler(&weft_method_max, WEFT_INT64, 2);
    weft_patch patch = rig_patch(WEFT_INT64, values, NULL);
    double u = 3, v = 3;
    const double corner_u[4] = {2, 4, 2, 4}, corner_v[4] = {2, 2, 4, 4};
    weft_positions positions = {.cols = 1, .rows = 1, .u = &u, .v = &v, .corner_u = corner_u, .corner_v = corner_v};
    rig_run(&how, &patch, &positions, (weft_values){WEFT_INT64, &out, &valid, 1});
    assert_true(out == INT64_C(9007199254740995));
    assert_int_equal(valid, 1);
}

/* Quantiles and modes against sorting by hand, over random pixels and quadrilaterals. */
static void test_selection_agrees_with_sorting(void **state) {
    (void)state;
    float values[RIG_COLS * RIG_ROWS];
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        for (int i = 0; i < RIG_COLS * RIG_ROWS; i++) {
            seed = seed * 1664525u + 1013904223u;
            values[i] = (float)(seed >> 24) / (round % 2 == 0 ? 1.0f : 64.0f);
            if (round % 2 == 1) values[i] = floorf(values[i]);
        }
        int cols = 1 + round % 7, rows = 1 + round % 5, count = cols * rows;
        float sorted[RIG_COLS * RIG_ROWS];
        for (int i = 0; i < count; i++) {
            float value = values[i / cols * RIG_COLS + i % cols];
            int j = i;
            for (; j > 0 && sorted[j - 1] > value; j--)
                sorted[j] = sorted[j - 1];
            sorted[j] = value;
        }
        float mode = 0;
        int max = 0;
        for (int i = 0, run_length = 0; i < count; i++) {
            run_length = i > 0 && sorted[i] == sorted[i - 1] ? run_length + 1 : 1;
            if (run_length > max) max = run_length, mode = sorted[i];
        }
        const double u[4] = {0, cols, 0, cols}, v[4] = {0, 0, rows, rows};
        weft_patch patch = rig_patch(WEFT_FLOAT32, values, NULL);
        static const weft_method *const kernels[] = {&weft_method_q1, &weft_method_med, &weft_method_q3};
        for (int k = 0; k < 3; k++) {
            weft_resampler how = rig_resampler(kernels[k], WEFT_FLOAT32, 3);
            int index = (int)ceil((k + 1) * 0.25 * count) - 1;
            assert_true(rig_over(&how, &patch, u, v) == sorted[index]);
        }
        weft_resampler how = rig_resampler(&weft_method_mode, WEFT_FLOAT32, 3);
        assert_true(rig_over(&how, &patch, u, v) == mode);
    }
}

/* Pixels 1, 2, 3, 4 of a band with scale -2 and offset 10 are the values 8, 6, 4, 2. */
static void test_footprints_see_unscaled_values(void **state) {
    (void)state;
    static const weft_method *const kernels[] = {&weft_method_sum, &weft_method_rms, &weft_method_min,
                                                 &weft_method_max, &weft_method_med, &weft_method_q1,
                                                 &weft_method_q3,  &weft_method_mode};
    const double expected[] = {20, sqrt(30), 2, 8, 4, 2, 6, 2};
    const double u[] = {0, 2, 0, 2}, v[] = {0, 0, 2, 2};
    uint8_t values[RIG_COLS * RIG_ROWS] = {0};
    values[0] = 1;
    values[1] = 2;
    values[RIG_COLS] = 3;
    values[RIG_COLS + 1] = 4;
    weft_patch patch = rig_patch(WEFT_UINT8, values, NULL);
    for (int i = 0; i < 8; i++) {
        weft_resampler how = rig_resampler(kernels[i], WEFT_UINT8, 2);
        how.value_scale = -2;
        how.value_offset = 10;
        how.type = weft_resampler_result_type(kernels[i], WEFT_UINT8, true);
        assert_true(fabs(rig_over_as(&how, &patch, u, v) - expected[i]) < 1e-6);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_average_of_whole_pixels_is_their_mean),
        cmocka_unit_test(test_average_weighs_pixels_by_the_area_that_is_covered),
        cmocka_unit_test(test_a_footprint_that_folds_over_takes_the_centre_pixel),
        cmocka_unit_test(test_average_conserves_the_mean),
        cmocka_unit_test(test_sum_adds_what_is_covered_and_rms_squares),
        cmocka_unit_test(test_order_kernels_choose_by_covered_area),
        cmocka_unit_test(test_order_kernels_keep_64_bits),
        cmocka_unit_test(test_selection_agrees_with_sorting),
        cmocka_unit_test(test_footprints_see_unscaled_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
