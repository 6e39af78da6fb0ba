/* Several files as one raster: which ones are, every rule by hand arithmetic, a turn round the world, and how many
 * files are open.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"

#include "raster/blocks/block_cache.h"
#include "raster/blocks/handle_limit.h"
#include "raster/mosaic/coverage.h"
#include "raster/mosaic/mosaic.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static weft_ledger *ledger;
static weft_block_cache *cache;
static weft_handle_limit *handles;

static weft_mosaic *open_mosaic(const char *const *paths, int count, weft_mosaic_options options) {
    weft_mosaic *mosaic = NULL;
    weft_error err = {0};
    options.source.handles = handles;
    if (weft_mosaic_open(&mosaic, paths, count, options, cache, &err) != WEFT_OK) fail_msg("%s", err.message);
    return mosaic;
}

/* A row of pixels of a degree from `west` on, in EPSG:4326; NaN in `nodata`: none. */
static void make_row(const char *name, GDALDataType type, double west, int cols, const double *values, double nodata) {
    GDALDatasetH file = small_raster_create(name, cols, 1, 1, type, west, 1, NULL);
    if (!isnan(nodata)) GDALSetRasterNoDataValue(GDALGetRasterBand(file, 1), nodata);
    small_raster_write(file, 1, values);
    GDALClose(file);
}

/* Row `row` of band 1 of the first group, columns col .., as doubles; NaN where missing. */
static void read_row(const weft_mosaic *mosaic, int64_t col, int64_t row, int64_t cols, double *out) {
    weft_source *source = weft_mosaic_group_source(mosaic, 0);
    const weft_band_info *band = &weft_source_describe(source)->bands[0];
    uint64_t values[512];
    uint8_t valid[512];
    bool all;
    weft_error err = {0};
    memset(valid, 7, sizeof valid);
    if (weft_source_read(source, band->number, (weft_window){col, row, cols, 1}, values, valid, &all, &err) != WEFT_OK)
        fail_msg("%s", err.message);
    weft_data_type_convert(WEFT_FLOAT64, out, band->type, values, cols);
    for (int64_t i = 0; i < cols; i++)
        if (!all && valid[i] == 0) out[i] = NAN;
}

static void expect_row(const weft_mosaic *mosaic, int64_t col, int64_t cols, const double *expected) {
    double found[512];
    read_row(mosaic, col, 0, cols, found);
    for (int64_t i = 0; i < cols; i++)
        if (isnan(found[i]) != isnan(expected[i]) || (!isnan(found[i]) && found[i] != expected[i]))
            fail_msg("column %d is %g, not %g", (int)(col + i), found[i], expected[i]);
}

/* --- the rules --- */

/* 10..13, 12..15 and 11..16: in the first, -1 is missing; in the second, 0. */
static const char *const three[] = {"a.tif", "b.tif", "c.tif"};

static void make_three(void) {
    make_row("a.tif", GDT_Int16, 10, 3, (const double[]){1, -1, 3}, -1);
    make_row("b.tif", GDT_Int16, 12, 3, (const double[]){5, 0, 8}, 0);
    make_row("c.tif", GDT_Int16, 11, 6, (const double[]){9, 2, -1, 6, 0, 7}, NAN);
}

static void expect_rule(weft_overlap rule, const double *expected) {
    weft_mosaic *mosaic = open_mosaic(three, 3, (weft_mosaic_options){.rule = rule});
    assert_int_equal(weft_mosaic_group_count(mosaic), 1);
    expect_row(mosaic, 0, 7, expected);
    /* Any part of it gives the same. */
    for (int64_t col = 0; col < 7; col++)
        for (int64_t cols = 1; col + cols <= 7; cols++)
            expect_row(mosaic, col, cols, expected + col);
    weft_mosaic_close(mosaic);
}

static void test_every_rule_by_hand(void **state) {
    (void)state;
    make_three();
    /*   a: 1 - 3
     *   b:     5 - 8
     *   c:   9 2 -1 6 0 7 */
    expect_rule(WEFT_OVERLAP_FIRST, (const double[]){1, 9, 3, -1, 8, 0, 7});
    expect_rule(WEFT_OVERLAP_LAST, (const double[]){1, 9, 2, -1, 6, 0, 7});
    expect_rule(WEFT_OVERLAP_MIN, (const double[]){1, 9, 2, -1, 6, 0, 7});
    expect_rule(WEFT_OVERLAP_MAX, (const double[]){1, 9, 5, -1, 8, 0, 7});
    expect_rule(WEFT_OVERLAP_MEAN, (const double[]){1, 9, (double)(float)(10.0 / 3), -1, 7, 0, 7});
}

static void test_the_mean_of_integers_is_a_float(void **state) {
    (void)state;
    weft_mosaic *mosaic = open_mosaic(three, 3, (weft_mosaic_options){.rule = WEFT_OVERLAP_MEAN});
    assert_int_equal(weft_source_describe(weft_mosaic_group_source(mosaic, 0))->bands[0].type, WEFT_FLOAT32);
    weft_mosaic_close(mosaic);
    make_row("i.tif", GDT_Int32, 10, 1, (const double[]){3}, NAN);
    mosaic = open_mosaic((const char *const[]){"i.tif"}, 1, (weft_mosaic_options){.rule = WEFT_OVERLAP_MEAN});
    assert_int_equal(weft_source_describe(weft_mosaic_group_source(mosaic, 0))->bands[0].type, WEFT_FLOAT64);
    expect_row(mosaic, 0, 1, (const double[]){3});
    weft_mosaic_close(mosaic);
}

/* value = -raw: the smaller value is the larger raw pixel. */
static void test_min_is_of_values_where_the_scale_is_negative(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        GDALDatasetH file = small_raster_create(i == 0 ? "m.tif" : "n.tif", 1, 1, 1, GDT_Byte, 10, 1, NULL);
        GDALSetRasterScale(GDALGetRasterBand(file, 1), -1);
        small_raster_write(file, 1, (const double[]){i == 0 ? 3 : 4});
        GDALClose(file);
    }
    static const char *const paths[] = {"m.tif", "n.tif"};
    weft_mosaic *mosaic = open_mosaic(paths, 2, (weft_mosaic_options){.rule = WEFT_OVERLAP_MIN, .unscale = true});
    expect_row(mosaic, 0, 1, (const double[]){4});
    weft_mosaic_close(mosaic);
    mosaic = open_mosaic(paths, 2, (weft_mosaic_options){.rule = WEFT_OVERLAP_MIN});
    expect_row(mosaic, 0, 1, (const double[]){3});
    weft_mosaic_close(mosaic);
}

/* Blocks of 16 x 16 in one, of 32 x 32 in the other, shifted by (5, 3); windows cross both. */
static void test_blocks_of_any_size_meet_pixel_by_pixel(void **state) {
    (void)state;
    static double values[70 * 70], found[80];
    const char *const small[] = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", NULL};
    const char *const large[] = {"TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32", NULL};
    for (int i = 0; i < 70 * 70; i++)
        values[i] = i % 7 == 0 ? -1 : i;
    GDALDatasetH file = small_raster_create("s.tif", 70, 70, 1, GDT_Float32, 10, 1, small);
    GDALSetRasterNoDataValue(GDALGetRasterBand(file, 1), -1);
    small_raster_write(file, 1, values);
    GDALClose(file);
    file = small_raster_create("l.tif", 70, 70, 1, GDT_Float32, 10, 1, large);
    small_raster_place(file, "EPSG:4326", (const double[]){15, 1, 0, 42, 0, -1});
    small_raster_write(file, 1, values);
    GDALClose(file);
    static const weft_overlap rules[] = {WEFT_OVERLAP_FIRST, WEFT_OVERLAP_LAST, WEFT_OVERLAP_MEAN};
    for (int r = 0; r < 3; r++) {
        weft_mosaic *mosaic =
            open_mosaic((const char *const[]){"s.tif", "l.tif"}, 2, (weft_mosaic_options){.rule = rules[r]});
        for (int row = 0; row < 73; row++) {
            read_row(mosaic, 0, row, 75, found);
            for (int col = 0; col < 75; col++) {
                int a = row * 70 + col, b = (row - 3) * 70 + col - 5;
                bool in_a = row < 70 && col < 70 && a % 7 != 0, in_b = row >= 3 && col >= 5;
                double first = in_a ? a : (double)NAN, second = in_b ? (b % 7 == 0 ? -1 : b) : (double)NAN;
                double expected = rules[r] == WEFT_OVERLAP_FIRST  ? (in_a ? first : second)
                                  : rules[r] == WEFT_OVERLAP_LAST ? (in_b ? second : first)
                                  : in_a && in_b                  ? (first + second) / 2
                                                                  : (in_a ? first : second);
                if (isnan(found[col]) != isnan(expected) || (!isnan(expected) && found[col] != expected))
                    fail_msg("rule %d: (%d, %d) is %g, not %g", r, col, row, found[col], expected);
            }
        }
        weft_mosaic_close(mosaic);
    }
}

/* --- which files are one raster --- */

static void place_and_count(const double place[6], GDALDataType type, int groups) {
    make_row("p.tif", GDT_Byte, 10, 3, (const double[]){1, 2, 3}, NAN);
    GDALDatasetH file = small_raster_create("q.tif", 3, 1, 1, type, 10, 1, NULL);
    small_raster_place(file, "EPSG:4326", place);
    GDALClose(file);
    weft_mosaic *mosaic = open_mosaic((const char *const[]){"p.tif", "q.tif"}, 2, (weft_mosaic_options){0});
    if (weft_mosaic_group_count(mosaic) != groups)
        fail_msg("%.17g, %.17g: %d groups", place[0], place[3], weft_mosaic_group_count(mosaic));
    weft_mosaic_close(mosaic);
}

static void test_a_group_shares_lattice_and_type(void **state) {
    (void)state;
    place_and_count((const double[]){13, 1, 0, 45, 0, -1}, GDT_Byte, 1);
    place_and_count((const double[]){-100, 1, 0, 10, 0, -1}, GDT_Byte, 1);
    place_and_count((const double[]){13 + 0.9e-3, 1, 0, 45, 0, -1}, GDT_Byte, 1);
    place_and_count((const double[]){13 + 1.1e-3, 1, 0, 45, 0, -1}, GDT_Byte, 2);
    place_and_count((const double[]){13, 1, 0, 45.5, 0, -1}, GDT_Byte, 2);
    place_and_count((const double[]){13, 1 + 2e-4, 0, 45, 0, -1}, GDT_Byte, 1);
    place_and_count((const double[]){13, 1 + 4e-4, 0, 45, 0, -1}, GDT_Byte, 2);
    place_and_count((const double[]){13, 1, 0, 45, 0, 1}, GDT_Byte, 2);
    place_and_count((const double[]){13, 1, 0.1, 45, 0, -1}, GDT_Byte, 2);
    place_and_count((const double[]){13, 1, 0, 45, 0, -1}, GDT_UInt16, 2);
}

/* u steps along (3, 1), v along (-1, 3): a quarter of a turn or so. A file 2 pixels along u is at (6, 2). */
static void test_rotated_and_south_up_files_are_one_raster_too(void **state) {
    (void)state;
    static const double places[2][2][6] = {{{0, 3, -1, 0, 1, 3}, {6, 3, -1, 2, 1, 3}},
                                           {{10, 1, 0, 40, 0, 1}, {12, 1, 0, 40, 0, 1}}};
    for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < 2; i++) {
            GDALDatasetH file = small_raster_create(i == 0 ? "r0.tif" : "r1.tif", 2, 1, 1, GDT_Byte, 0, 1, NULL);
            small_raster_place(file, kind == 0 ? "EPSG:32632" : "EPSG:4326", places[kind][i]);
            small_raster_write(file, 1, (const double[]){2 * i + 1, 2 * i + 2});
            GDALClose(file);
        }
        /* The origin is the first column's, whichever file has it. */
        weft_mosaic *mosaic = open_mosaic((const char *const[]){"r1.tif", "r0.tif"}, 2, (weft_mosaic_options){0});
        const weft_source_info *info = weft_source_describe(weft_mosaic_group_source(mosaic, 0));
        assert_int_equal(weft_mosaic_group_count(mosaic), 1);
        for (int i = 0; i < 6; i++)
            assert_true(fabs(info->geotransform[i] - places[kind][0][i]) < 1e-12);
        expect_row(mosaic, 0, 4, (const double[]){1, 2, 3, 4});
        weft_mosaic_close(mosaic);
    }
}

static void test_bands_that_differ_in_number_name_both_files(void **state) {
    (void)state;
    weft_mosaic *mosaic = NULL;
    weft_error err = {0};
    make_row("one.tif", GDT_Byte, 10, 1, (const double[]){1}, NAN);
    GDALClose(small_raster_create("two.tif", 1, 1, 2, GDT_Byte, 11, 1, NULL));
    assert_int_equal(weft_mosaic_open(&mosaic, (const char *const[]){"one.tif", "two.tif"}, 2,
                                      (weft_mosaic_options){.source.handles = handles}, cache, &err),
                     WEFT_ERR_DATA);
    assert_null(mosaic);
    assert_non_null(strstr(err.message, "/two.tif has 2 bands, but "));
    assert_non_null(strstr(err.message, "/one.tif has 1"));
}

/* --- round the world --- */

/* Longitudes of 10 degrees: two halves, the eastern one first. */
static void test_two_halves_of_the_world_wrap(void **state) {
    (void)state;
    double east[18], west[18];
    for (int i = 0; i < 18; i++) {
        east[i] = 10 * i + 5;
        west[i] = 10 * i - 175;
    }
    for (int i = 0; i < 2; i++) {
        GDALDatasetH file = small_raster_create(i == 0 ? "east.tif" : "west.tif", 18, 1, 1, GDT_Int16, 0, 10, NULL);
        small_raster_place(file, "EPSG:4326", (const double[]){i == 0 ? 0 : -180, 10, 0, 45, 0, -10});
        small_raster_write(file, 1, i == 0 ? east : west);
        GDALClose(file);
    }
    weft_mosaic *mosaic = open_mosaic((const char *const[]){"east.tif", "west.tif"}, 2, (weft_mosaic_options){0});
    const weft_source_info *info = weft_source_describe(weft_mosaic_group_source(mosaic, 0));
    assert_true(info->wraps && info->wrap_cols == 36 && info->geotransform[0] == -180);
    expect_row(mosaic, -2, 4, (const double[]){165, 175, -175, -165});
    expect_row(mosaic, 34, 4, (const double[]){165, 175, -175, -165});
    expect_row(mosaic, 17, 2, (const double[]){-5, 5});
    weft_mosaic_close(mosaic);
}

/* --- many --- */

#define MANY 300

/* More files over one another than are sorted on the stack: the first is the only one with a value at column 0, and so
 * on. */
static void test_hundreds_of_files_may_lie_over_one_another(void **state) {
    (void)state;
    static char names[MANY][16];
    const char *paths[MANY];
    double values[MANY], expected[MANY];
    for (int i = 0; i < MANY; i++) {
        for (int j = 0; j < MANY; j++)
            values[j] = j >= i ? i + 1 : 0;
        expected[i] = 1;
        (void)snprintf(names[i], sizeof names[i], "m%03d.tif", i);
        paths[i] = names[i];
        GDALDatasetH file = small_raster_create(names[i], MANY, 1, 1, GDT_Int16, 10, 0.01, NULL);
        GDALSetRasterNoDataValue(GDALGetRasterBand(file, 1), 0);
        small_raster_write(file, 1, values);
        GDALClose(file);
    }
    weft_mosaic *mosaic = open_mosaic(paths, MANY, (weft_mosaic_options){.rule = WEFT_OVERLAP_FIRST});
    expect_row(mosaic, 0, MANY, expected);
    weft_mosaic_close(mosaic);
    for (int i = 0; i < MANY; i++)
        expected[i] = i + 1;
    mosaic = open_mosaic(paths, MANY, (weft_mosaic_options){.rule = WEFT_OVERLAP_LAST});
    expect_row(mosaic, 0, MANY, expected);
    weft_pool_stats stats;
    weft_source_pool_stats(weft_mosaic_group_source(mosaic, 0), &stats);
    assert_true(stats.created == 2 * MANY && stats.in_use == 0);
    assert_true(stats.available > 0 && stats.available <= 64);
    weft_source_close_idle(weft_mosaic_group_source(mosaic, 0));
    weft_source_pool_stats(weft_mosaic_group_source(mosaic, 0), &stats);
    assert_int_equal(stats.available, 0);
    weft_mosaic_close(mosaic);
}

static void test_files_outside_a_window_are_not_opened_again(void **state) {
    (void)state;
    make_three();
    weft_mosaic *mosaic = open_mosaic(three, 3, (weft_mosaic_options){0});
    weft_pool_stats stats;
    weft_source_pool_stats(weft_mosaic_group_source(mosaic, 0), &stats);
    assert_true(stats.created == 3 && stats.available == 0);
    expect_row(mosaic, 0, 1, (const double[]){1});
    weft_source_pool_stats(weft_mosaic_group_source(mosaic, 0), &stats);
    assert_true(stats.created == 4 && stats.available == 1);
    weft_mosaic_close(mosaic);
}

/* --- the grid --- */

static weft_coverage *cover(const char *crs, weft_bounds bounds, double resolution, const weft_mosaic *mosaic,
                            weft_grid *grid, int *under_grid) {
    weft_crs *parsed = NULL;
    weft_crs_pair *pair = NULL;
    weft_coverage *coverage = NULL;
    weft_source *source = weft_mosaic_group_source(mosaic, 0);
    weft_window parts[8];
    int count = weft_mosaic_part_count(mosaic, 0);
    for (int i = 0; i < count; i++)
        parts[i] = weft_mosaic_part_window(mosaic, 0, i);
    assert_int_equal(weft_crs_parse(&parsed, crs, NULL), WEFT_OK);
    assert_int_equal(weft_grid_from_bounds(grid, parsed, bounds, resolution, resolution, WEFT_GRID_ALIGNED, NULL, NULL),
                     WEFT_OK);
    *under_grid = 0;
    assert_int_equal(weft_crs_pair_new(&pair, grid, weft_source_describe(source)->crs, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_new(&coverage, pair, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_add(coverage, source, 0, parts, count, under_grid, NULL), WEFT_OK);
    assert_int_equal(weft_coverage_finish(coverage, NULL), WEFT_OK);
    weft_crs_pair_free(pair);
    weft_crs_free(parsed);
    return coverage;
}

/* Pixels of a degree from (10, 45) on; the grid 13..20 E, 44..50 N in steps of 1/100. */
static void test_coverage_tells_files_and_windows_that_are_apart(void **state) {
    (void)state;
    make_three();
    weft_mosaic *mosaic = open_mosaic(three, 3, (weft_mosaic_options){0});
    weft_grid grid;
    int under;
    weft_coverage *coverage = cover("EPSG:4326", (weft_bounds){13, 44, 20, 50}, 0.01, mosaic, &grid, &under);
    assert_int_equal(under, 2); /* the first one touches it, no more */
    assert_true(weft_coverage_may_have_value(coverage, (weft_window){0, 500, 10, 10}));
    assert_true(weft_coverage_may_have_value(coverage, (weft_window){390, 590, 10, 10}));
    assert_false(weft_coverage_may_have_value(coverage, (weft_window){0, 0, 700, 100}));
    assert_false(weft_coverage_may_have_value(coverage, (weft_window){600, 500, 100, 100}));
    weft_coverage_free(coverage);
    weft_grid_dispose(&grid);
    weft_mosaic_close(mosaic);
}

/* A raster round the north pole, 40 km a side: no edge of it comes near 90 degrees, which a geographic grid holds. */
static void test_coverage_sees_a_pole_inside_a_raster(void **state) {
    (void)state;
    GDALDatasetH file = small_raster_create("pole.tif", 4, 4, 1, GDT_Byte, 0, 1, NULL);
    small_raster_place(file, "EPSG:3995", (const double[]){-20000, 10000, 0, 20000, 0, -10000});
    GDALClose(file);
    weft_mosaic *mosaic = open_mosaic((const char *const[]){"pole.tif"}, 1, (weft_mosaic_options){0});
    weft_grid grid;
    int under;
    weft_coverage *coverage = cover("EPSG:4326", (weft_bounds){-180, 89.99, 180, 90}, 0.001, mosaic, &grid, &under);
    for (int64_t col = 0; col < grid.cols; col += 1000)
        assert_true(weft_coverage_may_have_value(coverage, (weft_window){col, 0, 1, 1}));
    weft_coverage_free(coverage);
    weft_grid_dispose(&grid);
    weft_mosaic_close(mosaic);
}

static int setup(void **state) {
    GDALAllRegister();
    if (weft_ledger_new(&ledger, 16 << 20, NULL) != WEFT_OK) return -1;
    if (weft_block_cache_new(&cache, ledger, 8 << 20, NULL) != WEFT_OK) return -1;
    if (weft_handle_limit_new(&handles, NULL) != WEFT_OK) return -1;
    return sandbox_setup(state);
}

static int teardown(void **state) {
    weft_handle_limit_free(handles);
    weft_block_cache_free(cache);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    weft_ledger_free(ledger);
    return sandbox_teardown(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_rule_by_hand),
        cmocka_unit_test(test_the_mean_of_integers_is_a_float),
        cmocka_unit_test(test_min_is_of_values_where_the_scale_is_negative),
        cmocka_unit_test(test_blocks_of_any_size_meet_pixel_by_pixel),
        cmocka_unit_test(test_a_group_shares_lattice_and_type),
        cmocka_unit_test(test_rotated_and_south_up_files_are_one_raster_too),
        cmocka_unit_test(test_bands_that_differ_in_number_name_both_files),
        cmocka_unit_test(test_two_halves_of_the_world_wrap),
        cmocka_unit_test(test_hundreds_of_files_may_lie_over_one_another),
        cmocka_unit_test(test_files_outside_a_window_are_not_opened_again),
        cmocka_unit_test(test_coverage_tells_files_and_windows_that_are_apart),
        cmocka_unit_test(test_coverage_sees_a_pole_inside_a_raster),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
