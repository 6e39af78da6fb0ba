/* What files declare, and their pixels: every way to say missing, a turn round the world, blocks against GDAL's own
 * reading.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "raster/block_cache.h"
#include "raster/projector.h"
#include "raster/source.h"

#include <gdal.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdlib.h>
#include <string.h>

static weft_ledger *ledger;
static weft_block_cache *cache;

static GDALDatasetH create(const char *name, int cols, int rows, int bands, GDALDataType type, double west,
                           double pixel, const char *const *options) {
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), name, cols, rows, bands, type, (CSLConstList)options);
    double place[6] = {west, pixel, 0, 45, 0, -pixel};
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    assert_non_null(file);
    assert_int_equal(OSRImportFromEPSG(srs, 4326), OGRERR_NONE);
    assert_int_equal(GDALSetSpatialRef(file, srs), CE_None);
    assert_int_equal(GDALSetGeoTransform(file, place), CE_None);
    OSRDestroySpatialReference(srs);
    return file;
}

static void write_band(GDALDatasetH file, int band, const double *values) {
    int cols = GDALGetRasterXSize(file), rows = GDALGetRasterYSize(file);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(file, band), GF_Write, 0, 0, cols, rows, (void *)values, cols, rows,
                                  GDT_Float64, 0, 0),
                     CE_None);
}

static weft_source *open_source(const char *name, weft_source_options options) {
    weft_source *source = NULL;
    weft_error err = {0};
    if (weft_source_open(&source, name, options, cache, &err) != WEFT_OK) fail_msg("%s", err.message);
    return source;
}

/* Reads all of band 1 of a small file and gives its mask as text: "1" is there, "0" is missing. */
static void check_mask(const char *name, weft_source_options options, weft_nodata_kind kind, const char *expected) {
    weft_source *source = open_source(name, options);
    const weft_source_info *info = weft_source_describe(source);
    double values[64];
    uint8_t valid[64];
    char mask[65] = {0};
    bool all;
    assert_int_equal(info->bands[0].nodata_kind, kind);
    weft_window window = {0, 0, info->cols, info->rows};
    assert_int_equal(weft_source_read(source, 1, window, values, valid, &all, NULL), WEFT_OK);
    for (int i = 0; i < info->cols * info->rows; i++)
        mask[i] = all || valid[i] ? '1' : '0';
    assert_string_equal(mask, expected);
    weft_source_close(source);
}

static const double four[] = {1, -9999, NAN, INFINITY};
static const double whole[] = {1, 0, 255, 7};

static void test_every_way_to_say_missing(void **state) {
    (void)state;
    weft_source_options none = {0};
    GDALDatasetH file = create("value.tif", 4, 1, 1, GDT_Float32, 10, 1, NULL);
    GDALSetRasterNoDataValue(GDALGetRasterBand(file, 1), -9999);
    write_band(file, 1, four);
    GDALClose(file);
    check_mask("value.tif", none, WEFT_NODATA_VALUE, "1001");
    check_mask("value.tif", (weft_source_options){true, 1}, WEFT_NODATA_VALUE, "0101");

    file = create("nan.tif", 4, 1, 1, GDT_Float64, 10, 1, NULL);
    write_band(file, 1, four);
    GDALClose(file);
    check_mask("nan.tif", none, WEFT_NODATA_NONE, "1101");

    file = create("plain.tif", 4, 1, 1, GDT_Byte, 10, 1, NULL);
    write_band(file, 1, whole);
    GDALClose(file);
    check_mask("plain.tif", none, WEFT_NODATA_NONE, "1111");
    check_mask("plain.tif", (weft_source_options){true, 255}, WEFT_NODATA_VALUE, "1101");
    check_mask("plain.tif", (weft_source_options){true, 256}, WEFT_NODATA_VALUE, "1111");
    check_mask("plain.tif", (weft_source_options){true, 0.5}, WEFT_NODATA_VALUE, "1111");

    const double mask[] = {255, 0, 255, 0};
    file = create("mask.tif", 4, 1, 1, GDT_Byte, 10, 1, NULL);
    write_band(file, 1, whole);
    assert_int_equal(GDALCreateDatasetMaskBand(file, GMF_PER_DATASET), CE_None);
    assert_int_equal(GDALRasterIO(GDALGetMaskBand(GDALGetRasterBand(file, 1)), GF_Write, 0, 0, 4, 1, (void *)mask, 4, 1,
                                  GDT_Float64, 0, 0),
                     CE_None);
    GDALClose(file);
    check_mask("mask.tif", none, WEFT_NODATA_MASK, "1010");

    const char *const alpha[] = {"ALPHA=YES", "PHOTOMETRIC=MINISBLACK", NULL};
    const double opacity[] = {255, 1, 0, 0};
    file = create("alpha.tif", 4, 1, 2, GDT_Byte, 10, 1, alpha);
    write_band(file, 1, whole);
    write_band(file, 2, opacity);
    GDALClose(file);
    check_mask("alpha.tif", none, WEFT_NODATA_ALPHA, "1100");
    weft_source *source = open_source("alpha.tif", none);
    assert_int_equal(weft_source_describe(source)->band_count, 1);
    weft_source_close(source);
}

/* Windows of a tiled, pixel-interleaved file of three bands equal what GDAL reads. */
static void test_windows_equal_gdals_own_reading(void **state) {
    (void)state;
    static double values[100 * 70], ours[100 * 70];
    const char *const tiled[] = {"TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=16", "INTERLEAVE=PIXEL", NULL};
    GDALDatasetH file = create("tiled.tif", 100, 70, 3, GDT_Float64, 10, 0.1, tiled);
    for (int band = 1; band <= 3; band++) {
        for (int i = 0; i < 100 * 70; i++)
            values[i] = band * 100000 + i;
        write_band(file, band, values);
    }
    GDALClose(file);
    file = GDALOpen("tiled.tif", GA_ReadOnly);
    weft_source *source = open_source("tiled.tif", (weft_source_options){0});
    assert_true(weft_source_describe(source)->pixel_interleaved);
    static const weft_window windows[] = {{0, 0, 100, 70}, {31, 15, 2, 2}, {5, 60, 95, 10}, {99, 69, 1, 1}};
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        weft_window w = windows[i];
        for (int band = 3; band >= 1; band--) {
            bool all;
            assert_int_equal(weft_source_read(source, band, w, ours, NULL, &all, NULL), WEFT_OK);
            assert_true(all);
            assert_int_equal(GDALRasterIO(GDALGetRasterBand(file, band), GF_Read, (int)w.col, (int)w.row, (int)w.cols,
                                          (int)w.rows, values, (int)w.cols, (int)w.rows, GDT_Float64, 0, 0),
                             CE_None);
            assert_memory_equal(ours, values, (size_t)(w.cols * w.rows) * sizeof *ours);
        }
    }
    weft_source_close(source);
    GDALClose(file);
}

/* 36 columns of 10 degrees and the first one again: a turn is 36, and windows go round. */
static void test_a_turn_round_the_world_wraps_and_drops_the_repeated_column(void **state) {
    (void)state;
    double values[37], ours[20];
    bool all;
    for (int i = 0; i < 37; i++)
        values[i] = i % 36;
    GDALDatasetH file = create("turn.tif", 37, 1, 1, GDT_Float64, -180, 10, NULL);
    write_band(file, 1, values);
    GDALClose(file);
    weft_source *source = open_source("turn.tif", (weft_source_options){0});
    assert_true(weft_source_describe(source)->wraps);
    assert_int_equal(weft_source_describe(source)->wrap_cols, 36);
    assert_int_equal(weft_source_read(source, 1, (weft_window){-3, 0, 6, 1}, ours, NULL, &all, NULL), WEFT_OK);
    const double west[] = {33, 34, 35, 0, 1, 2};
    assert_memory_equal(ours, west, sizeof west);
    assert_int_equal(weft_source_read(source, 1, (weft_window){34, 0, 4, 1}, ours, NULL, &all, NULL), WEFT_OK);
    const double east[] = {34, 35, 0, 1};
    assert_memory_equal(ours, east, sizeof east);
    weft_source_close(source);
    file = create("half.tif", 18, 1, 1, GDT_Float64, -180, 10, NULL);
    GDALClose(file);
    source = open_source("half.tif", (weft_source_options){0});
    assert_false(weft_source_describe(source)->wraps);
    weft_source_close(source);
}

/* --- projection --- */

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
    GDALDatasetH file = create("east.tif", 10, 10, 1, GDT_Float64, 350, 1, NULL); /* 350 .. 360 is -10 .. 0 */
    write_band(file, 1, values);
    GDALClose(file);
    weft_source *source = open_source("east.tif", (weft_source_options){0});
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
    GDALDatasetH file = create("small.tif", 4, 4, 1, GDT_Float64, 10.01, 0.01, NULL);
    write_band(file, 1, values);
    GDALClose(file);
    weft_source *source = open_source("small.tif", (weft_source_options){0});
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

static void test_pools_count_and_close(void **state) {
    (void)state;
    weft_pool_stats stats;
    double values[16];
    bool all;
    weft_source *source = open_source("small.tif", (weft_source_options){0});
    assert_int_equal(weft_source_read(source, 1, (weft_window){0, 0, 4, 4}, values, NULL, &all, NULL), WEFT_OK);
    weft_source_pool_stats(source, &stats);
    assert_int_equal(stats.created, 1);
    assert_int_equal(stats.acquired, 1);
    assert_int_equal(stats.reused, 1);
    assert_int_equal(stats.released, 1);
    assert_int_equal(stats.in_use, 0);
    assert_int_equal(stats.available, 1);
    weft_source_close_idle(source);
    weft_source_pool_stats(source, &stats);
    assert_int_equal(stats.available, 0);
    weft_source_close(source);
}

static int setup(void **state) {
    GDALAllRegister();
    if (weft_ledger_new(&ledger, 64 << 20, NULL) != WEFT_OK) return -1;
    if (weft_block_cache_new(&cache, ledger, 32 << 20, NULL) != WEFT_OK) return -1;
    return sandbox_setup(state);
}

static int teardown(void **state) {
    weft_block_cache_free(cache);
    weft_ledger_free(ledger);
    return sandbox_teardown(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_way_to_say_missing),
        cmocka_unit_test(test_windows_equal_gdals_own_reading),
        cmocka_unit_test(test_a_turn_round_the_world_wraps_and_drops_the_repeated_column),
        cmocka_unit_test(test_one_crs_is_affine_and_a_turn_away_is_found),
        cmocka_unit_test(test_a_small_source_on_a_large_grid_is_still_found),
        cmocka_unit_test(test_pools_count_and_close),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
