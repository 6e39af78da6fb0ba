/* From the grid to pixels: by hand where CRSs agree, against PROJ's own program where they do not.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"

#include "raster/source/projector.h"

#include <math.h>

static weft_source *open_source(const char *name) {
    weft_source *source = NULL;
    weft_error err = {0};
    if (weft_source_open(&source, name, (weft_source_options){0}, NULL, &err) != WEFT_OK) fail_msg("%s", err.message);
    return source;
}

static weft_grid degrees_grid(double west, double north, double resolution, int64_t cols, int64_t rows) {
    weft_grid grid = {
        .origin_x = west, .origin_y = north, .res_x = resolution, .res_y = resolution, .cols = cols, .rows = rows};
    assert_int_equal(weft_crs_parse(&grid.crs, "EPSG:4326", NULL), WEFT_OK);
    return grid;
}

static void test_one_crs_is_affine_and_a_turn_away_is_found(void **state) {
    (void)state;
    double values[100] = {0}, a[6], scale[2];
    bool on_grid;
    GDALDatasetH file =
        small_raster_create("east.tif", 10, 10, 1, GDT_Float64, 350, 1, NULL); /* 350 .. 360 is -10 .. 0 */
    small_raster_write(file, 1, values);
    GDALClose(file);
    weft_source *source = open_source("east.tif");
    weft_grid grid = degrees_grid(-8, 44, 0.5, 10, 10);
    weft_projector *projector = NULL;
    assert_int_equal(weft_projector_new(&projector, &grid, source, NULL), WEFT_OK);
    assert_true(weft_projector_affine(projector, a));
    /* x = -8 is 352: pixel 2; y = 44 is pixel 1. */
    assert_true(a[0] == 2 && a[1] == 0.5 && a[2] == 0 && a[3] == 1 && a[4] == 0 && a[5] == 0.5);
    double u = 2, v = 4;
    assert_int_equal(weft_projector_project(projector, 1, &u, &v, NULL), WEFT_OK);
    assert_true(u == 3 && v == 3);
    assert_int_equal(weft_projector_scale(projector, scale, &on_grid, NULL), WEFT_OK);
    assert_true(on_grid && scale[0] == 0.5 && scale[1] == 0.5);
    weft_projector_free(projector);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

static void test_a_small_source_on_a_large_grid_is_still_found(void **state) {
    (void)state;
    double values[16] = {0}, scale[2];
    bool on_grid;
    GDALDatasetH file = small_raster_create("small.tif", 4, 4, 1, GDT_Float64, 10.01, 0.01, NULL);
    small_raster_write(file, 1, values);
    GDALClose(file);
    weft_source *source = open_source("small.tif");
    weft_grid grid = degrees_grid(-180, 90, 0.005, 72000, 36000), away = degrees_grid(20, 10, 0.005, 100, 100);
    weft_projector *projector = NULL;
    assert_int_equal(weft_projector_new(&projector, &grid, source, NULL), WEFT_OK);
    assert_int_equal(weft_projector_scale(projector, scale, &on_grid, NULL), WEFT_OK);
    assert_true(on_grid);
    assert_true(fabs(scale[0] - 0.5) < 1e-6 && fabs(scale[1] - 0.5) < 1e-6);
    weft_projector_free(projector);
    assert_int_equal(weft_projector_new(&projector, &away, source, NULL), WEFT_OK);
    assert_int_equal(weft_projector_scale(projector, scale, &on_grid, NULL), WEFT_OK);
    assert_false(on_grid);
    weft_projector_free(projector);
    weft_grid_dispose(&grid);
    weft_grid_dispose(&away);
    weft_source_close(source);
}

static weft_projector *make_projector(const weft_grid *grid, const weft_source *source) {
    weft_projector *projector = NULL;
    weft_error err = {0};
    if (weft_projector_new(&projector, grid, source, &err) != WEFT_OK) fail_msg("%s", err.message);
    return projector;
}

/* A pixel of one arc second is no binary number: u of a whole pixel would be off by some 1e-10 without care. */
static void test_lines_that_meet_to_a_millionth_meet_exactly(void **state) {
    (void)state;
    double a[6], scale[2], second = 1.0 / 3600;
    bool on_grid;
    GDALClose(small_raster_create("seconds.tif", 3600, 3600, 1, GDT_Byte, 170, 0.000277777777777778, NULL));
    weft_source *source = open_source("seconds.tif");
    weft_grid grid = degrees_grid(170 + 100 * second, 45 - 50 * second, 3 * second, 1000, 1000);
    weft_projector *projector = make_projector(&grid, source);
    assert_true(weft_projector_affine(projector, a));
    assert_true(a[0] == 100 && a[1] == 3 && a[2] == 0 && a[3] == 50 && a[4] == 0 && a[5] == 3);
    assert_int_equal(weft_projector_scale(projector, scale, &on_grid, NULL), WEFT_OK);
    assert_true(on_grid && scale[0] == 3 && scale[1] == 3);
    weft_projector_free(projector);
    /* A grid that really lies between the pixels stays there. */
    grid.origin_x += 0.25 * second;
    projector = make_projector(&grid, source);
    assert_true(weft_projector_affine(projector, a));
    assert_true(fabs(a[0] - 100.25) < 1e-6 && a[0] != 100);
    weft_projector_free(projector);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

/* `printf -- '-8.01 -34.85\n-9.25 -36.5\n' | cs2cs -f %.6f EPSG:4326 EPSG:31985` (PROJ 9.1.1) prints
 * 296102.188856 9114137.816162 and 115340.349023 8975618.044771. Pixels of 10 m from (100000, 9200000). */
static void test_positions_are_projs(void **state) {
    (void)state;
    GDALDatasetH file =
        small_raster_create("utm.tif", 30000, 30000, 1, GDT_Byte, 0, 1, (const char *const[]){"SPARSE_OK=TRUE", NULL});
    small_raster_place(file, "EPSG:31985", (const double[6]){100000, 10, 0, 9200000, 0, -10});
    GDALClose(file);
    weft_source *source = open_source("utm.tif");
    weft_grid grid = degrees_grid(-37, -8, 0.001, 3000, 2000);
    weft_projector *projector = make_projector(&grid, source);
    double a[6], u[3] = {2150, 500, NAN}, v[3] = {10, 1250, 0};
    assert_false(weft_projector_affine(projector, a));
    assert_int_equal(weft_projector_project(projector, 3, u, v, NULL), WEFT_OK);
    assert_true(fabs(u[0] - 19610.2188856) < 1e-6 && fabs(v[0] - 8586.2183838) < 1e-6);
    assert_true(fabs(u[1] - 1534.0349023) < 1e-6 && fabs(v[1] - 22438.1955229) < 1e-6);
    assert_true(isnan(u[2]) && isnan(v[2]));
    /* Alone or among others, a point goes to the same place. */
    double lone_u = 500, lone_v = 1250;
    assert_int_equal(weft_projector_project(projector, 1, &lone_u, &lone_v, NULL), WEFT_OK);
    assert_true(lone_u == u[1] && lone_v == v[1]);
    weft_projector_free(projector);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

/* A height system beside the same longitudes and latitudes changes no place. */
static void test_a_vertical_part_is_left_out(void **state) {
    (void)state;
    double a[6];
    const char *const with_heights[] = {"GEOTIFF_VERSION=1.1", NULL};
    GDALDatasetH file = small_raster_create("dem.tif", 10, 10, 1, GDT_Int16, 0, 1, with_heights);
    small_raster_place(file, "EPSG:4326+5773", (const double[6]){10, 1, 0, 45, 0, -1});
    GDALClose(file);
    weft_source *source = open_source("dem.tif");
    weft_grid grid = degrees_grid(10, 45, 1, 10, 10);
    weft_projector *projector = make_projector(&grid, source);
    assert_string_equal(weft_crs_name(weft_source_describe(source)->crs), "EPSG:4326");
    assert_true(weft_projector_affine(projector, a));
    assert_true(a[0] == 0 && a[1] == 1 && a[3] == 0 && a[5] == 1);
    weft_projector_free(projector);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

/* Rows down and columns across exchanged: x = 10 + v, y = 45 - u. */
static void test_a_rotated_geotransform_is_inverted(void **state) {
    (void)state;
    double a[6], u = 3, v = 7;
    GDALDatasetH file = small_raster_create("turned.tif", 10, 10, 1, GDT_Byte, 0, 1, NULL);
    small_raster_place(file, "EPSG:4326", (const double[6]){10, 0, 1, 45, -1, 0});
    GDALClose(file);
    weft_source *source = open_source("turned.tif");
    weft_grid grid = degrees_grid(10, 45, 1, 10, 10);
    weft_projector *projector = make_projector(&grid, source);
    assert_true(weft_projector_affine(projector, a));
    assert_int_equal(weft_projector_project(projector, 1, &u, &v, NULL), WEFT_OK);
    assert_true(u == 7 && v == 3);
    weft_projector_free(projector);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

/* Ten cells of 36 degrees round a world of 36 pixels of 10 degrees that begins at Greenwich. */
static void test_u_stays_within_a_turn(void **state) {
    (void)state;
    double u[3] = {0, 5, 9.5}, v[3] = {0, 0, 0};
    GDALClose(small_raster_create("world.tif", 36, 1, 1, GDT_Byte, 0, 10, NULL));
    weft_source *source = open_source("world.tif");
    weft_grid grid = degrees_grid(-180, 45, 36, 10, 1);
    weft_projector *projector = make_projector(&grid, source);
    assert_int_equal(weft_projector_project(projector, 3, u, v, NULL), WEFT_OK);
    assert_true(fabs(u[0] - 18) < 1e-12 && fabs(u[1]) < 1e-12 && fabs(u[2] - 16.2) < 1e-12);
    weft_projector_free(projector);
    weft_grid_dispose(&grid);
    weft_source_close(source);
}

static int setup(void **state) {
    GDALAllRegister();
    return sandbox_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_crs_is_affine_and_a_turn_away_is_found),
        cmocka_unit_test(test_a_small_source_on_a_large_grid_is_still_found),
        cmocka_unit_test(test_lines_that_meet_to_a_millionth_meet_exactly),
        cmocka_unit_test(test_positions_are_projs),
        cmocka_unit_test(test_a_vertical_part_is_left_out),
        cmocka_unit_test(test_a_rotated_geotransform_is_inverted),
        cmocka_unit_test(test_u_stays_within_a_turn),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
