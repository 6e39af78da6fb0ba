/* Blocks under lines of the grid, counted by hand.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/rasters.h"
#include "support/sandbox.h"

#include "pipeline/memory/source_needs.h"

#include <gdal.h>

/* Bytes in tiles of 64 x 64: 10 across, each 8192 bytes with its mask, which are two pages. The file starts at (0, 45), pixels
 * of 0.01 degrees. */
static weft_source *open_source(const char *name, int rows, const double *geotransform) {
    const raster_spec tiles = {.name = name,
                               .epsg = 4326,
                               .north = 45,
                               .pixel = 0.01,
                               .cols = 640,
                               .rows = rows,
                               .gdal_type = GDT_Byte,
                               .high = 250,
                               .creation = {"TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", NULL}};
    weft_source *source = NULL;
    assert_true(raster_make(".", &tiles));
    if (geotransform != NULL) assert_true(raster_place(name, geotransform));
    assert_int_equal(weft_source_open(&source, name, (weft_source_options){0}, NULL, NULL), WEFT_OK);
    return source;
}

static weft_block_sweep measure_of(weft_source *source, const weft_grid *grid, double scale_y) {
    weft_projector *projector = NULL;
    weft_block_sweep out;
    assert_int_equal(weft_projector_new(&projector, grid, source, NULL), WEFT_OK);
    assert_int_equal(weft_block_sweep_measure(&out, grid, source, projector, scale_y, NULL), WEFT_OK);
    weft_projector_free(projector);
    weft_source_close(source);
    return out;
}

static weft_block_sweep measure(const weft_grid *grid, double scale_y) {
    return measure_of(open_source("tiles.tif", 320, NULL), grid, scale_y);
}

static void test_level_lines_touch_two_rows_of_blocks(void **state) {
    (void)state;
    weft_grid grid = {.origin_x = 0, .origin_y = 45, .res_x = 0.02, .res_y = 0.02, .cols = 320, .rows = 160};
    assert_int_equal(weft_crs_parse(&grid.crs, "EPSG:4326", NULL), WEFT_OK);
    weft_block_sweep sweep = measure(&grid, 2);
    /* 10 blocks of 8192 bytes; two pixels a row of 64 that a block has. */
    assert_int_equal(sweep.line_bytes, 2 * 10 * 8192);
    assert_true(sweep.row_bytes == 10 * 8192 * 2 / 64.0);
    weft_grid_dispose(&grid);
}

/* A grid that lies on a tenth of the width, and a part of the source: 64 pixels are a block, and one at each end. */
static void test_a_narrow_grid_touches_few_blocks(void **state) {
    (void)state;
    weft_grid grid = {.origin_x = 1, .origin_y = 44.9, .res_x = 0.01, .res_y = 0.01, .cols = 64, .rows = 100};
    assert_int_equal(weft_crs_parse(&grid.crs, "EPSG:4326", NULL), WEFT_OK);
    weft_block_sweep sweep = measure(&grid, 1);
    assert_between(sweep.line_bytes, 2 * 3 * 8192 - 1, 2 * 3 * 8192 + 1);
    weft_grid_dispose(&grid);
}

/* Turned by 45 degrees: the diagonal from pixel (0, 0) to (640, 640) is the parallel of 45 degrees, from 0 to 12.8. The line goes
 * from pixel (32, 32) to (608, 608): 9 blocks across and one at each end, of which there are 10 in all, and 9 down. All of
 * them are 19, and those beside them as many: not the 10 x 11 of the rectangle around the line. */
static void test_a_line_along_the_diagonal_touches_the_blocks_beside_it(void **state) {
    (void)state;
    weft_grid grid = {.origin_x = 0.64, .origin_y = 45, .res_x = 0.02, .res_y = 0.0001, .cols = 576, .rows = 4};
    assert_int_equal(weft_crs_parse(&grid.crs, "EPSG:4326", NULL), WEFT_OK);
    static const double turned[6] = {0, 0.01, 0.01, 45, 0.01, -0.01};
    weft_block_sweep sweep = measure_of(open_source("turned.tif", 640, turned), &grid, 1);
    assert_between(sweep.line_bytes, 38 * 8192 - 8, 38 * 8192 + 8);
    weft_grid_dispose(&grid);
}

static void test_a_source_off_the_grid_touches_nothing(void **state) {
    (void)state;
    weft_grid grid = {.origin_x = 20, .origin_y = 10, .res_x = 0.01, .res_y = 0.01, .cols = 64, .rows = 100};
    assert_int_equal(weft_crs_parse(&grid.crs, "EPSG:4326", NULL), WEFT_OK);
    weft_block_sweep sweep = measure(&grid, 1);
    assert_int_equal(sweep.line_bytes, 0);
    assert_true(sweep.row_bytes == 0);
    weft_grid_dispose(&grid);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_level_lines_touch_two_rows_of_blocks),
        cmocka_unit_test(test_a_narrow_grid_touches_few_blocks),
        cmocka_unit_test(test_a_line_along_the_diagonal_touches_the_blocks_beside_it),
        cmocka_unit_test(test_a_source_off_the_grid_touches_nothing),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
