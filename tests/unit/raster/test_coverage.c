/* Which windows of a grid a mosaic's sources can have nothing to say about: never one that they have values for, and
 * most of the others.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"

#include "raster/gdal/gdal_setup.h"
#include "raster/mosaic/coverage.h"

/* A file of `cols` x `rows` pixels of a tenth of a degree from (west, 45) on. */
static weft_source *make_source(const char *name, double west, int cols, int rows) {
    weft_source *source = NULL;
    weft_error err = {0};
    GDALClose(small_raster_create(name, cols, rows, 1, GDT_Byte, west, 0.1, NULL));
    if (weft_source_open(&source, name, (weft_source_options){0}, NULL, &err) != WEFT_OK) fail_msg("%s", err.message);
    return source;
}

static weft_grid make_grid(const char *crs, double west, double north, double resolution, int64_t cols, int64_t rows) {
    weft_grid grid = {
        .origin_x = west, .origin_y = north, .res_x = resolution, .res_y = resolution, .cols = cols, .rows = rows};
    assert_int_equal(weft_crs_parse(&grid.crs, crs, NULL), WEFT_OK);
    return grid;
}

/* Of one source, number 7; parts: of its pixels. */
static weft_coverage *make_coverage(const weft_grid *grid, const weft_source *source, const weft_window *parts,
                                    int part_count, int *under_grid) {
    weft_crs_pair *pair = NULL;
    weft_coverage *coverage = NULL;
    *under_grid = 0;
    assert_int_equal(weft_crs_pair_new(&pair, grid, weft_source_describe(source)->crs, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_new(&coverage, pair, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_add(coverage, source, 7, parts, part_count, under_grid, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_finish(coverage, NULL), WEFT_OK);
    weft_crs_pair_free(pair);
    return coverage;
}

static bool reaches(const weft_coverage *coverage, int64_t col, int64_t row) {
    return weft_coverage_may_have_value(coverage, (weft_window){col, row, 1, 1});
}

/* Degrees 2 .. 4 and 43 .. 45 of a grid of tenths from (0, 45): columns 20 .. 39, rows 0 .. 19. */
static void test_windows_far_from_a_source_are_left_out_and_those_on_it_are_not(void **state) {
    int under_grid;
    (void)state;
    weft_source *source = make_source("one.tif", 2, 20, 20);
    weft_grid grid = make_grid("EPSG:4326", 0, 45, 0.1, 200, 200);
    weft_coverage *coverage = make_coverage(&grid, source, NULL, 0, &under_grid);
    for (int64_t row = 0; row < 20; row++)
        for (int64_t col = 20; col < 40; col++)
            assert_true(reaches(coverage, col, row));
    for (int64_t row = 0; row < 200; row++) {
        for (int64_t col = 0; col < 200; col++)
            if (row > 60 || col > 80) assert_false(reaches(coverage, col, row));
    }
    /* A window with one cell on it is on it. */
    assert_true(weft_coverage_may_have_value(coverage, (weft_window){39, 19, 161, 181}));
    weft_coverage_free(coverage);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

/* A raster across 180 degrees lies at both ends of the grid: two parts, which leave no cell out that reaches it. */
static void test_the_columns_of_a_window_come_in_parts(void **state) {
    int under_grid;
    bool is_in_part[300] = {false};
    (void)state;
    weft_source *source = make_source("across.tif", 178, 40, 20);
    weft_grid grid = make_grid("EPSG:4326", -180, 45, 1, 360, 10);
    weft_coverage *coverage = make_coverage(&grid, source, NULL, 0, &under_grid);
    weft_window window = {0, 0, 360, 2}, part = {0};
    assert_true(weft_coverage_next(coverage, window, &part));
    assert_true(part.col == 0 && part.cols >= 2 && part.cols < 30 && part.row == 0 && part.rows == 2);
    assert_true(weft_coverage_next(coverage, window, &part));
    assert_true(part.col > 330 && part.col + part.cols == 360);
    assert_false(weft_coverage_next(coverage, window, &part));
    /* Parts stay within the window. */
    window = (weft_window){1, 0, 300, 1};
    for (part = (weft_window){0}; weft_coverage_next(coverage, window, &part);) {
        assert_true(part.col >= 1 && part.col + part.cols <= 301);
        for (int64_t col = part.col; col < part.col + part.cols; col++)
            is_in_part[col - 1] = true;
    }
    for (int64_t col = 1; col <= 300; col++)
        assert_true(is_in_part[col - 1] || !reaches(coverage, col, 0));
    window = (weft_window){100, 0, 100, 1};
    part = (weft_window){0};
    assert_false(weft_coverage_next(coverage, window, &part));
    weft_coverage_free(coverage);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

/* Each cell of an oblique grid is asked: where PROJ puts its centre on the source, it may not be left out. */
static void test_no_cell_whose_centre_is_on_a_source_is_left_out(void **state) {
    static const char *const crss[] = {"EPSG:32631", "EPSG:3035", "EPSG:3995"};
    static const double places[][2] = {{100000, 5200000}, {3000000, 2500000}, {-500000, -4500000}};
    (void)state;
    weft_source *source = make_source("oblique.tif", 1, 15, 12);
    for (int i = 0; i < 3; i++) {
        int under_grid, on = 0, left_out = 0;
        weft_grid grid = make_grid(crss[i], places[i][0], places[i][1], 10000, 150, 150);
        weft_crs_pair *pair = NULL;
        weft_coverage *coverage = make_coverage(&grid, source, NULL, 0, &under_grid);
        weft_bounds bounds = weft_source_bounds(source);
        assert_int_equal(weft_crs_pair_new(&pair, &grid, weft_source_describe(source)->crs, NULL), WEFT_OK);
        for (int64_t row = 0; row < 150; row++) {
            for (int64_t col = 0; col < 150; col++) {
                double x = (double)col + 0.5, y = (double)row + 0.5;
                assert_int_equal(weft_crs_pair_project(pair, 1, &x, &y, NULL), WEFT_OK);
                bool inside = x > bounds.xmin && x < bounds.xmax && y > bounds.ymin && y < bounds.ymax;
                if (inside && !reaches(coverage, col, row)) fail_msg("%s: (%d, %d)", crss[i], (int)col, (int)row);
                on += inside;
                left_out += !reaches(coverage, col, row);
            }
        }
        if (on < 50 || left_out < 10000) fail_msg("%s: %d cells on it, %d left out", crss[i], on, left_out);
        weft_coverage_free(coverage);
        weft_crs_pair_free(pair);
        weft_grid_dispose(&grid);
    }
    weft_source_close(source);
}

/* The grid runs from 350 to 370 degrees, the source from -5 to -3, which is 355 to 357: columns 50 .. 69. */
static void test_a_source_is_found_a_turn_away(void **state) {
    int under_grid;
    (void)state;
    weft_source *source = make_source("west.tif", -5, 20, 20);
    weft_grid grid = make_grid("EPSG:4326", 350, 45, 0.1, 200, 20);
    weft_coverage *coverage =
        make_coverage(&grid, source, (const weft_window[]){{0, 0, 10, 20}, {10, 0, 10, 20}}, 2, &under_grid);
    assert_int_equal(under_grid, 2);
    for (int64_t col = 50; col < 70; col++)
        assert_true(reaches(coverage, col, 10));
    assert_false(reaches(coverage, 0, 10));
    assert_false(reaches(coverage, 150, 10));
    weft_coverage_free(coverage);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

/* The grid ends at 3 degrees east and 44 north, in the middle of the source. What only touches it is not under it. */
static void test_parts_are_counted_that_lie_under_the_grid(void **state) {
    static const weft_window parts[] = {
        {0, 0, 10, 10},  /* 2 .. 3, 44 .. 45: whole */
        {5, 5, 10, 10},  /* 2.5 .. 3.5, 43.5 .. 44.5: in part */
        {10, 0, 10, 10}, /* 3 .. 4: touches the right edge */
        {0, 10, 10, 10}, /* 43 .. 44: touches the lower edge */
        {15, 15, 5, 5},  /* away */
    };
    int under_grid;
    (void)state;
    weft_source *source = make_source("parts.tif", 2, 20, 20);
    weft_grid grid = make_grid("EPSG:4326", 0, 45, 0.1, 30, 10);
    weft_coverage *coverage = make_coverage(&grid, source, parts, 5, &under_grid);
    assert_int_equal(under_grid, 2);
    weft_coverage_free(coverage);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

typedef struct visits {
    int ids[8], count, max;
} visits;

static bool note(void *payload, int id) {
    visits *seen = payload;
    seen->ids[seen->count++] = id;
    return seen->count < seen->max;
}

static visits find(const weft_coverage *coverage, weft_bounds box, int max) {
    visits seen = {.max = max};
    weft_coverage_find(coverage, box, note, &seen);
    return seen;
}

/* Of two sources, 2 .. 4 and 3 .. 5 degrees east, both 43 .. 45 north; pixels are 0.1 wide. */
static void test_sources_are_found_by_a_box_and_a_pixel_around_them(void **state) {
    weft_crs_pair *pair = NULL;
    weft_coverage *coverage = NULL;
    int under_grid = 0;
    (void)state;
    weft_source *left = make_source("left.tif", 2, 20, 20), *right = make_source("right.tif", 3, 20, 20);
    weft_grid grid = make_grid("EPSG:4326", 0, 45, 0.1, 100, 100);
    assert_int_equal(weft_crs_pair_new(&pair, &grid, weft_source_describe(left)->crs, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_new(&coverage, pair, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_add(coverage, left, 0, NULL, 0, &under_grid, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_add(coverage, right, 1, NULL, 0, &under_grid, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_finish(coverage, NULL), WEFT_OK);
    visits seen = find(coverage, (weft_bounds){2.5, 44, 2.6, 44.1}, 8);
    assert_true(seen.count == 1 && seen.ids[0] == 0);
    seen = find(coverage, (weft_bounds){4.5, 44, 4.6, 44.1}, 8);
    assert_true(seen.count == 1 && seen.ids[0] == 1);
    assert_int_equal(find(coverage, (weft_bounds){3.5, 44, 3.6, 44.1}, 8).count, 2);
    assert_int_equal(find(coverage, (weft_bounds){3.5, 44, 3.6, 44.1}, 1).count, 1);
    /* 1.95 is half a pixel from the left one, 1.85 is one and a half. */
    assert_int_equal(find(coverage, (weft_bounds){1, 44, 1.95, 44.1}, 8).count, 1);
    assert_int_equal(find(coverage, (weft_bounds){1, 44, 1.85, 44.1}, 8).count, 0);
    assert_int_equal(find(coverage, (weft_bounds){3.5, 45.05, 3.6, 46}, 8).count, 2);
    assert_int_equal(find(coverage, (weft_bounds){3.5, 45.15, 3.6, 46}, 8).count, 0);
    /* A turn to the east, and a box round the world. */
    seen = find(coverage, (weft_bounds){362.5, 44, 362.6, 44.1}, 8);
    assert_true(seen.count == 1 && seen.ids[0] == 0);
    assert_int_equal(find(coverage, (weft_bounds){10, 44, 380, 44.1}, 8).count, 2);
    weft_coverage_free(coverage);
    weft_crs_pair_free(pair);
    weft_grid_dispose(&grid);
    weft_source_close(left);
    weft_source_close(right);
}

static int setup(void **state) {
    if (weft_raster_init(NULL) != WEFT_OK) return -1;
    return sandbox_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_far_from_a_source_are_left_out_and_those_on_it_are_not),
        cmocka_unit_test(test_the_columns_of_a_window_come_in_parts),
        cmocka_unit_test(test_no_cell_whose_centre_is_on_a_source_is_left_out),
        cmocka_unit_test(test_a_source_is_found_a_turn_away),
        cmocka_unit_test(test_parts_are_counted_that_lie_under_the_grid),
        cmocka_unit_test(test_sources_are_found_by_a_box_and_a_pixel_around_them),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
