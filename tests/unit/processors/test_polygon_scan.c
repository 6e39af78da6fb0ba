/* Cells in polygons against arithmetic by hand and a grid of points in each cell.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/polygon/region.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLS 40
#define ROWS 70
#define SUB  40 /* points a side of a cell */

static void add(weft_polygon_set *set, int feature, bool hole, const double (*corners)[2], int count) {
    double u[64], v[64];
    for (int i = 0; i < count; i++) {
        u[i] = corners[i][0];
        v[i] = corners[i][1];
    }
    assert_int_equal(weft_polygon_set_add(set, feature, hole, u, v, count, NULL), WEFT_OK);
}

static uint64_t state_of_random = 42;

/* Uniform in 0 .. 1 (xorshift64*). */
static double uniform(void) {
    state_of_random ^= state_of_random >> 12;
    state_of_random ^= state_of_random << 25;
    state_of_random ^= state_of_random >> 27;
    return (double)((state_of_random * UINT64_C(2685821657736338717)) >> 11) / 9007199254740992.0;
}

/* By the number of sides that a ray to the right crosses. */
static bool holds(const double (*ring)[2], int count, double u, double v) {
    bool in = false;
    for (int i = 0, j = count - 1; i < count; j = i++)
        if ((ring[i][1] > v) != (ring[j][1] > v) &&
            u < (ring[j][0] - ring[i][0]) * (v - ring[i][1]) / (ring[j][1] - ring[i][1]) + ring[i][0])
            in = !in;
    return in;
}

/* A star of 9 corners around u, v: a ring that does not cross itself. */
static int make_star(double (*out)[2], double u, double v, double size) {
    double turn = uniform() * 6, way = uniform() < 0.5 ? -1 : 1;
    for (int i = 0; i < 9; i++) {
        double angle = turn + way * (i + 0.6 * uniform()) * 2 * 3.14159265358979 / 9, far = size * (0.4 + uniform());
        out[i][0] = u + far * cos(angle);
        out[i][1] = v + far * sin(angle);
    }
    return 9;
}

static void test_centres_and_shares_are_those_of_points_in_each_cell(void **state) {
    (void)state;
    for (int round = 0; round < 6; round++) {
        weft_polygon_set set = {0};
        double outer[9][2], scratch[4096], shares[COLS];
        uint8_t centres[COLS];
        (void)make_star(outer, COLS * uniform(), ROWS * uniform(), 4 + 20 * uniform());
        add(&set, 0, false, outer, 9);
        assert_int_equal(weft_polygon_set_index(&set, COLS, ROWS, NULL), WEFT_OK);
        assert_true(weft_polygon_scan_bytes(&set, COLS) <= (int64_t)sizeof scratch);
        for (int row = 0; row < ROWS; row++) {
            (void)weft_polygon_scan_centres(&set, row, 0, COLS, centres, scratch);
            weft_polygon_scan_shares(&set, row, 0, COLS, shares, scratch);
            for (int col = 0; col < COLS; col++) {
                int in = 0;
                for (int i = 0; i < SUB * SUB; i++)
                    in += holds(outer, 9, col + (i % SUB + 0.5) / SUB, row + (i / SUB + 0.5) / SUB);
                assert_int_equal(centres[col], holds(outer, 9, col + 0.5, row + 0.5));
                /* A side passes through at most 2 * SUB of the squares around the points; there are few sides a cell.
                 */
                assert_true(fabs(shares[col] - (double)in / (SUB * SUB)) < 4.0 / SUB);
            }
        }
        weft_polygon_set_dispose(&set);
    }
}

/* The area of a triangle of 30 by 20 cells is 300, less a hole of 2 by 3, wherever it lies and whichever way each ring
 * goes round. */
static void test_shares_add_up_to_the_area(void **state) {
    (void)state;
    for (int way = 0; way < 2; way++) {
        weft_polygon_set set = {0};
        double scratch[4096], shares[COLS], sum = 0;
        const double triangles[2][3][2] = {{{2.3, 40.7}, {32.3, 60.7}, {2.3, 60.7}},
                                           {{2.3, 60.7}, {32.3, 60.7}, {2.3, 40.7}}};
        const double hole[4][2] = {{5.1, 53.2}, {7.1, 53.2}, {7.1, 56.2}, {5.1, 56.2}};
        add(&set, 0, false, triangles[way], 3);
        add(&set, 0, true, hole, 4);
        assert_int_equal(weft_polygon_set_index(&set, COLS, ROWS, NULL), WEFT_OK);
        for (int row = 0; row < ROWS; row++) {
            weft_polygon_scan_shares(&set, row, 0, COLS, shares, scratch);
            for (int col = 0; col < COLS; col++)
                sum += shares[col];
        }
        assert_true(fabs(sum - 294) < 1e-6);
        weft_polygon_set_dispose(&set);
    }
}

/* Triangles around one point tile the grid: each centre lies in exactly one, also those on sides. */
static void test_polygons_that_tile_the_grid_take_each_centre_once(void **state) {
    (void)state;
    const double rim[8][2] = {{0, 0}, {20, 0}, {COLS, 0}, {COLS, 35}, {COLS, ROWS}, {13.5, ROWS}, {0, ROWS}, {0, 20.5}};
    int32_t features[COLS];
    int counts[COLS] = {0};
    double scratch[4096];
    uint8_t centres[COLS];
    for (int row = 0; row < ROWS; row++) {
        memset(counts, 0, sizeof counts);
        weft_polygon_set all = {0};
        for (int i = 0; i < 8; i++) {
            const double ring[3][2] = {
                {rim[i][0], rim[i][1]}, {rim[(i + 1) % 8][0], rim[(i + 1) % 8][1]}, {17.5, 30.5}};
            weft_polygon_set one = {0};
            add(&one, 0, false, ring, 3);
            add(&all, i, false, ring, 3);
            assert_int_equal(weft_polygon_set_index(&one, COLS, ROWS, NULL), WEFT_OK);
            (void)weft_polygon_scan_centres(&one, row, 0, COLS, centres, scratch);
            for (int col = 0; col < COLS; col++)
                counts[col] += centres[col];
            weft_polygon_set_dispose(&one);
        }
        assert_int_equal(weft_polygon_set_index(&all, COLS, ROWS, NULL), WEFT_OK);
        weft_polygon_scan_features(&all, row, 0, COLS, features, scratch);
        for (int col = 0; col < COLS; col++) {
            assert_int_equal(counts[col], 1);
            assert_true(features[col] >= 0);
        }
        weft_polygon_set_dispose(&all);
    }
}

/* Each way a cell is asked for gives the same answer. */
static void test_answers_do_not_depend_on_where_a_call_begins(void **state) {
    (void)state;
    weft_region region = {.rule = WEFT_REGION_SHARE, .share = weft_polygon_share(0.5)};
    double star[9][2], scratch[8192];
    uint8_t whole[COLS], part[COLS], mask[COLS * ROWS];
    (void)make_star(star, 20, 35, 22);
    add(&region.set, 0, false, star, 9);
    assert_int_equal(weft_polygon_set_index(&region.set, COLS, ROWS, NULL), WEFT_OK);
    for (int row = 0; row < ROWS; row++) {
        (void)weft_region_scan(&region, row, 0, COLS, whole, scratch);
        for (int first = 0; first < COLS; first += 7) {
            int count = COLS - first < 7 ? COLS - first : 7;
            (void)weft_region_scan(&region, row, first, count, part, scratch);
            assert_memory_equal(part, whole + first, (size_t)count);
            /* The clip is the smallest window with all of them. */
            weft_window clip = weft_region_clip(&region, (weft_window){first, row, count, 1}, mask, scratch);
            const uint8_t *in = memchr(part, 1, (size_t)count);
            assert_int_equal(weft_window_is_empty(clip), in == NULL);
            if (in != NULL) assert_int_equal(clip.col, first + (in - part));
        }
    }
    weft_polygon_set_dispose(&region.set);
}

/* 3 sides are one more than may be kept. */
static void test_more_sides_than_memory_are_refused(void **state) {
    (void)state;
    weft_polygon_set set = {.max_bytes = 2 * (int64_t)sizeof(weft_polygon_edge)};
    const double u[3] = {0, 5, 0}, v[3] = {0, 5, 5};
    weft_error err = {0};
    assert_int_equal(weft_polygon_set_add(&set, 0, false, u, v, 3, &err), WEFT_ERR_MEMORY);
    assert_non_null(strstr(err.message, "2 sides"));
    weft_polygon_set_dispose(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_centres_and_shares_are_those_of_points_in_each_cell),
        cmocka_unit_test(test_shares_add_up_to_the_area),
        cmocka_unit_test(test_polygons_that_tile_the_grid_take_each_centre_once),
        cmocka_unit_test(test_answers_do_not_depend_on_where_a_call_begins),
        cmocka_unit_test(test_more_sides_than_memory_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
