/* Small pictures: every cell in one pixel, the same picture however the rows come, and the ranks that colours span.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/table/quicklook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed = 88172645463325252u;

static uint64_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

#define COLS 97
#define ROWS 41

static float cells[ROWS * COLS];

static void fill_cells(void) {
    for (int i = 0; i < ROWS * COLS; i++)
        cells[i] = next_random() % 5 == 0 ? NAN : (float)(next_random() % 100000) / 7;
}

/* Pieces of each row are at most `most` cells. */
static void make_picture(weft_quicklook_shape shape, bool nearest, int64_t max, float *out) {
    double sums[COLS] = {0};
    int64_t counts[COLS] = {0};
    weft_quicklook look = {shape, nearest, sums, counts};
    for (int64_t row = 0; row < ROWS; row++) {
        for (int64_t col = 0, count; col < COLS; col += count) {
            count = 1 + (int64_t)(next_random() % (uint64_t)max);
            if (count > COLS - col) count = COLS - col;
            weft_values from = {WEFT_FLOAT32, cells + row * COLS + col, NULL, COLS};
            weft_quicklook_add(&look, from, row, col, count);
        }
        if (!weft_quicklook_ends_row(&shape, row)) continue;
        weft_quicklook_take_row(&look, out);
        out += shape.width;
    }
}

static void test_a_picture_is_as_high_to_wide_as_the_grid_and_never_larger(void **state) {
    (void)state;
    weft_quicklook_shape shape = weft_quicklook_shape_fit(8000, 4000, 1200);
    assert_true(shape.width == 1200 && shape.height == 600);
    shape = weft_quicklook_shape_fit(333, 336, 1200);
    assert_true(shape.width == 333 && shape.height == 336);
    shape = weft_quicklook_shape_fit(3, INT64_C(2000000000), 1200);
    assert_true(shape.width == 1 && shape.height == 1200);
}

static void test_a_picture_does_not_depend_on_how_its_rows_are_cut(void **state) {
    (void)state;
    weft_quicklook_shape shape = {COLS, ROWS, 13, 7};
    float whole[13 * 7], cut[13 * 7];
    fill_cells();
    for (int nearest = 0; nearest < 2; nearest++) {
        make_picture(shape, nearest, 1000, whole);
        for (int64_t max = 1; max < 40; max += 6) {
            make_picture(shape, nearest, max, cut);
            assert_memory_equal(whole, cut, sizeof whole);
        }
    }
}

/* By the definition, with a sum over all cells for each pixel. */
static void test_a_pixel_is_the_mean_of_the_cells_that_lie_in_it(void **state) {
    (void)state;
    weft_quicklook_shape shape = {COLS, ROWS, 13, 7};
    float picture[13 * 7];
    fill_cells();
    make_picture(shape, false, 1000, picture);
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 13; x++) {
            double sum = 0, count = 0;
            for (int i = 0; i < ROWS * COLS; i++) {
                bool inside = i % COLS * 13 / COLS == x && i / COLS * 7 / ROWS == y;
                if (!inside || isnan(cells[i])) continue;
                sum += (double)cells[i];
                count++;
            }
            assert_true(count > 0 && fabs((double)picture[y * 13 + x] - sum / count) < 1e-3);
        }
    }
}

static void test_classes_are_the_cell_in_the_pixels_middle(void **state) {
    (void)state;
    weft_quicklook_shape shape = {COLS, ROWS, 13, 7};
    float picture[13 * 7];
    fill_cells();
    make_picture(shape, true, 1000, picture);
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 13; x++) {
            float want = cells[(int)((y + 0.5) * ROWS / 7) * COLS + (int)((x + 0.5) * COLS / 13)];
            assert_true(isnan(want) ? isnan(picture[y * 13 + x]) : picture[y * 13 + x] == want);
        }
    }
}

/* 97 cells on 60 pixels: every pixel has a cell of its own. */
static void test_no_pixel_of_classes_is_left_out(void **state) {
    (void)state;
    weft_quicklook_shape shape = {COLS, ROWS, 60, 30};
    float picture[60 * 30];
    for (int i = 0; i < ROWS * COLS; i++)
        cells[i] = (float)i;
    make_picture(shape, true, 10, picture);
    for (int y = 0; y < 30; y++) {
        for (int x = 0; x < 60; x++) {
            int cell = (int)picture[y * 60 + x];
            assert_true(cell % COLS * 60 / COLS == x && cell / COLS * 30 / ROWS == y);
        }
    }
}

static void test_masked_integers_count_where_they_are_there(void **state) {
    (void)state;
    uint8_t values[4] = {10, 20, 255, 40}, valid[4] = {1, 1, 0, 1};
    double sums[2] = {0};
    int64_t counts[2] = {0};
    weft_quicklook look = {{4, 1, 2, 1}, false, sums, counts};
    float out[2];
    weft_quicklook_add(&look, (weft_values){WEFT_UINT8, values, valid, 4}, 0, 0, 4);
    weft_quicklook_take_row(&look, out);
    assert_true(out[0] == 15 && out[1] == 40);
}

static int by_value(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void test_the_stretch_is_between_the_2nd_and_the_98th_hundredth(void **state) {
    (void)state;
    uint32_t *bins = malloc(WEFT_STRETCH_BINS * sizeof *bins);
    float values[5000], sorted[5000];
    assert_non_null(bins);
    for (int round = 0; round < 20; round++) {
        int64_t count = 1 + (int64_t)(next_random() % 5000), finite = 0;
        for (int64_t i = 0; i < count; i++) {
            double wave = sin((double)i + round) * pow(10, (double)(next_random() % 20) - 10);
            values[i] = i % 11 == 3 ? NAN : i % 97 == 5 ? INFINITY : (float)wave;
            if (isfinite(values[i])) sorted[finite++] = values[i];
        }
        qsort(sorted, (size_t)finite, sizeof *sorted, by_value);
        weft_stretch got = weft_stretch_find(values, count, bins);
        assert_true(got.low == (double)sorted[(int64_t)floor(0.02 * (double)(finite - 1))]);
        assert_true(got.high == (double)sorted[(int64_t)ceil(0.98 * (double)(finite - 1) - 1e-9)]);
        assert_true(got.min == (double)sorted[0] && got.max == (double)sorted[finite - 1]);
    }
    values[0] = NAN;
    assert_true(isnan(weft_stretch_find(values, 1, bins).low));
    free(bins);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_picture_is_as_high_to_wide_as_the_grid_and_never_larger),
        cmocka_unit_test(test_a_picture_does_not_depend_on_how_its_rows_are_cut),
        cmocka_unit_test(test_a_pixel_is_the_mean_of_the_cells_that_lie_in_it),
        cmocka_unit_test(test_classes_are_the_cell_in_the_pixels_middle),
        cmocka_unit_test(test_no_pixel_of_classes_is_left_out),
        cmocka_unit_test(test_masked_integers_count_where_they_are_there),
        cmocka_unit_test(test_the_stretch_is_between_the_2nd_and_the_98th_hundredth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
