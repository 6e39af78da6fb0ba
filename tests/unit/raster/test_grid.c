/* Grids from bounds, by hand; transforms against what PROJ's own program prints.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "raster/crs/grid.h"
#include "raster/gdal/gdal_setup.h"

#include <math.h>
#include <string.h>

static weft_crs *utm;

static weft_status make(weft_grid *grid, weft_bounds bounds, double resolution, bool align) {
    return weft_grid_from_bounds(grid, utm, bounds, resolution, resolution, align ? WEFT_GRID_ALIGNED : WEFT_GRID_WHOLE,
                                 NULL, NULL);
}

static void check(weft_bounds bounds, double resolution, bool align, double x, double y, int64_t cols, int64_t rows) {
    weft_grid grid;
    assert_int_equal(make(&grid, bounds, resolution, align), WEFT_OK);
    assert_true(grid.origin_x == x && grid.origin_y == y);
    assert_int_equal(grid.cols, cols);
    assert_int_equal(grid.rows, rows);
    weft_grid_dispose(&grid);
}

static void test_aligned_bounds_snap_outward(void **state) {
    (void)state;
    check((weft_bounds){1, 1, 59, 89}, 30, true, 0, 90, 2, 3);
    check((weft_bounds){-1, -1, 30, 60}, 30, true, -30, 60, 2, 3);
    /* A millionth of a cell over the line is on the line. */
    check((weft_bounds){0.00001, 0, 60.00001, 90}, 30, true, 0, 90, 2, 3);
    check((weft_bounds){0, 0, 60.001, 90}, 30, true, 0, 90, 3, 3);
}

static void test_exact_bounds_hold_whole_cells(void **state) {
    (void)state;
    weft_grid grid;
    check((weft_bounds){5, 7, 65, 97}, 30, false, 5, 97, 2, 3);
    assert_int_equal(make(&grid, (weft_bounds){5, 7, 66, 97}, 30, false), WEFT_ERR_DATA);
    assert_int_equal(make(&grid, (weft_bounds){5, 7, 5, 97}, 30, false), WEFT_ERR_DATA);
}

static void test_sizes_are_checked(void **state) {
    (void)state;
    weft_grid grid;
    check((weft_bounds){0, 0, 1e6, 1e6}, 1, true, 0, 1e6, 1000000, 1000000);
    assert_int_equal(make(&grid, (weft_bounds){0, 0, 1e10, 1}, 1, true), WEFT_ERR_DATA);
    assert_int_equal(make(&grid, (weft_bounds){0, 0, 2e9, 2e9}, 1, true), WEFT_ERR_DATA);
    assert_int_equal(make(&grid, (weft_bounds){0, 0, INFINITY, 1}, 1, true), WEFT_ERR_DATA);
}

static void test_bounds_and_grid_agree(void **state) {
    (void)state;
    weft_grid grid;
    assert_int_equal(make(&grid, (weft_bounds){5, 7, 65, 97}, 30, false), WEFT_OK);
    weft_bounds b = weft_grid_bounds(&grid);
    assert_true(b.xmin == 5 && b.ymin == 7 && b.xmax == 65 && b.ymax == 97);
    weft_grid_dispose(&grid);
}

static void test_a_crs_is_parsed_named_and_refused(void **state) {
    (void)state;
    weft_crs *crs = NULL;
    weft_error err = {0};
    assert_string_equal(weft_crs_name(utm), "EPSG:31985");
    assert_false(weft_crs_is_geographic(utm));
    assert_int_equal(weft_crs_parse(&crs, "EPSG:4326", NULL), WEFT_OK);
    assert_true(weft_crs_is_geographic(crs));
    assert_false(weft_crs_equal(crs, utm));
    weft_crs_free(crs);
    assert_int_equal(weft_crs_parse(&crs, "EPSG:1", &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "\"EPSG:1\" is not a CRS"));
    assert_int_equal(weft_crs_parse(&crs, "here", &err), WEFT_ERR_DATA);
}

static bool is_projected_from(const char *projected, const char *geographic) {
    weft_crs *crs = NULL, *own = NULL, *expected = NULL;
    assert_int_equal(weft_crs_parse(&crs, projected, NULL), WEFT_OK);
    assert_int_equal(weft_crs_geographic(&own, crs, NULL), WEFT_OK);
    bool same = own == NULL && geographic == NULL;
    if (own != NULL && geographic != NULL) {
        assert_int_equal(weft_crs_parse(&expected, geographic, NULL), WEFT_OK);
        same = weft_crs_equal(own, expected);
    }
    weft_crs_free(crs);
    weft_crs_free(own);
    weft_crs_free(expected);
    return same;
}

static void test_a_projected_crs_tells_what_it_is_projected_from(void **state) {
    (void)state;
    assert_true(is_projected_from("EPSG:32631", "OGC:CRS84"));
    assert_true(is_projected_from("EPSG:3857", "OGC:CRS84"));
    assert_true(is_projected_from("EPSG:31985", "EPSG:4674"));
    assert_true(is_projected_from("EPSG:4326", "OGC:CRS84"));
    assert_false(is_projected_from("EPSG:3035", "OGC:CRS84"));
    assert_false(is_projected_from("EPSG:27700", "OGC:CRS84"));
    assert_true(is_projected_from("LOCAL_CS[\"a bench\",UNIT[\"metre\",1]]", NULL));
}

/* UTM puts its central meridian (33 W for zone 25) on easting 500000 and, in the south, the equator on northing
 * 10000000. Latitude 95 does not exist. */
static void test_points_go_there_and_back(void **state) {
    (void)state;
    weft_crs *degrees = NULL;
    weft_transform *there = NULL, *back = NULL;
    assert_int_equal(weft_crs_parse(&degrees, "EPSG:4674", NULL), WEFT_OK);
    assert_int_equal(weft_transform_new(&there, degrees, utm, NULL, NULL, NULL), WEFT_OK);
    assert_int_equal(weft_transform_new(&back, utm, degrees, NULL, NULL, NULL), WEFT_OK);
    double x[3] = {-33, -34.85, 400}, y[3] = {0, -8.01, 95};
    weft_transform_points(there, 3, x, y);
    assert_true(fabs(x[0] - 500000) < 1e-3 && fabs(y[0] - 10000000) < 1e-3);
    assert_true(isnan(x[2]) && isnan(y[2]));
    weft_transform_points(back, 2, x, y);
    assert_true(fabs(x[1] + 34.85) < 1e-9 && fabs(y[1] + 8.01) < 1e-9);
    weft_transform_free(there);
    weft_transform_free(back);
    weft_crs_free(degrees);
}

/* The edge of a UTM square at 25S bends in degrees: bounds from corners alone would be too small. */
static void test_bounds_are_densified(void **state) {
    (void)state;
    weft_crs *degrees = NULL;
    weft_transform *there = NULL;
    assert_int_equal(weft_crs_parse(&degrees, "EPSG:4674", NULL), WEFT_OK);
    assert_int_equal(weft_transform_new(&there, utm, degrees, NULL, NULL, NULL), WEFT_OK);
    weft_bounds in = {200000, 4000000, 800000, 5000000}, out;
    assert_int_equal(weft_transform_bounds(there, &in, 0, &out, NULL), WEFT_OK);
    double x[3] = {200000, 500000, 800000}, y[3] = {5000000, 5000000, 5000000};
    weft_transform_points(there, 3, x, y);
    assert_true(y[1] > y[0] + 0.01 || y[0] > y[1] + 0.01);
    assert_true(out.ymax >= fmax(y[0], y[1]) - 1e-9);
    weft_transform_free(there);
    weft_crs_free(degrees);
}

static int setup(void **state) {
    (void)state;
    if (weft_raster_init(NULL) != WEFT_OK) return -1;
    return weft_crs_parse(&utm, "EPSG:31985", NULL) == WEFT_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    weft_crs_free(utm);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aligned_bounds_snap_outward),
        cmocka_unit_test(test_exact_bounds_hold_whole_cells),
        cmocka_unit_test(test_sizes_are_checked),
        cmocka_unit_test(test_bounds_and_grid_agree),
        cmocka_unit_test(test_a_crs_is_parsed_named_and_refused),
        cmocka_unit_test(test_a_projected_crs_tells_what_it_is_projected_from),
        cmocka_unit_test(test_points_go_there_and_back),
        cmocka_unit_test(test_bounds_are_densified),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
