/* A file that is said to be like another one is read without GDAL only if its own directory says the same, and tells
 * its place itself.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"
#include "unit/raster/source_rig.h"

#include "raster/tiff/tiff_reader.h"

#include <cpl_string.h>
#include <string.h>

#define COLS 40
#define ROWS 24

static const double place[6] = {500000, 10, 0, 4000000, 0, -10};

/* Pixels count up from `first`, eastwards from `left`. options: of GDAL's driver, separated by spaces. */
static void make(const char *name, int first, double left, const char *options) {
    static double values[COLS * ROWS];
    char **list = CSLTokenizeString(options);
    bool points = strstr(options, "POINT") != NULL;
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), name, COLS, ROWS, 1, GDT_Int16, list);
    CSLDestroy(list);
    assert_non_null(file);
    if (points) assert_int_equal(GDALSetMetadataItem(file, GDALMD_AREA_OR_POINT, GDALMD_AOP_POINT, NULL), CE_None);
    small_raster_place(file, "EPSG:32631", (const double[6]){left, place[1], 0, place[3], 0, place[5]});
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = first + i;
    small_raster_write(file, 1, values);
    GDALClose(file);
}

/* A file as weft reads it: `like` another one, or (NULL) as GDAL describes it. */
typedef struct opened {
    weft_source *source;
    weft_source_info info; /* the source's, borrowed */
    weft_file_facts facts;
    _Atomic int open;
    weft_tiff_file *file;
} opened;

static void open_tiff(opened *out, const char *name, const opened *like) {
    weft_error err = {0};
    bool again = false;
    *out = (opened){0};
    assert_int_equal(weft_source_open(&out->source, name, (weft_source_options){0}, source_rig_cache, &err), WEFT_OK);
    out->info = *weft_source_describe(out->source);
    assert_int_equal(weft_file_facts_read(&out->facts, out->info.path, NULL, &err), WEFT_OK);
    if (like != NULL) {
        assert_int_equal(weft_tiff_file_new_like(&out->file, like->file, &out->info, &out->facts, &out->open, &err),
                         WEFT_OK);
        return;
    }
    GDALDatasetH dataset = GDALOpen(name, GA_ReadOnly);
    assert_int_equal(weft_tiff_file_new(&out->file, dataset, &out->info, &out->facts, &out->open, &again, &err),
                     WEFT_OK);
    GDALClose(dataset);
    assert_non_null(out->file);
}

static void close_tiff(opened *of) {
    weft_tiff_file_free(of->file);
    assert_int_equal(of->open, 0);
    weft_source_close(of->source);
}

static bool is_read_like(const opened *like, const char *name) {
    opened other;
    open_tiff(&other, name, like);
    bool is = other.file != NULL;
    close_tiff(&other);
    return is;
}

static void test_a_file_of_the_same_layout_gives_its_own_pixels(void **state) {
    (void)state;
    static const char *const layouts[] = {"", "COMPRESS=DEFLATE PREDICTOR=2", "TILED=YES BLOCKXSIZE=16 BLOCKYSIZE=16"};
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        opened first, second;
        int16_t values[COLS * ROWS] = {0};
        int reason;
        make("first.tif", 0, place[0], layouts[i]);
        make("second.tif", 7000, place[0] + 400, layouts[i]);
        open_tiff(&first, "first.tif", NULL);
        open_tiff(&second, "second.tif", &first);
        assert_non_null(second.file);
        weft_tiff_reader *reader = weft_tiff_reader_new(second.file);
        assert_int_equal(weft_tiff_reader_read(reader, 1, 0, 0, values, &reason), WEFT_TIFF_DECODED);
        assert_int_equal(values[0], 7000);
        assert_int_equal(values[1], 7001);
        assert_int_equal(values[second.info.block_cols], 7000 + COLS);
        weft_tiff_reader_free(reader);
        close_tiff(&second);
        close_tiff(&first);
    }
}

static void test_what_is_not_alike_is_left_to_gdal(void **state) {
    (void)state;
    opened first;
    make("first.tif", 0, place[0], "COMPRESS=DEFLATE");
    open_tiff(&first, "first.tif", NULL);
    make("lzw.tif", 0, place[0], "COMPRESS=LZW");
    make("predictor.tif", 0, place[0], "COMPRESS=DEFLATE PREDICTOR=2");
    make("tiles.tif", 0, place[0], "COMPRESS=DEFLATE TILED=YES BLOCKXSIZE=16 BLOCKYSIZE=16");
    make("big.tif", 0, place[0], "COMPRESS=DEFLATE BIGTIFF=YES");
    assert_true(is_read_like(&first, "first.tif"));
    assert_true(is_read_like(&first, "big.tif"));
    assert_false(is_read_like(&first, "lzw.tif"));
    assert_false(is_read_like(&first, "predictor.tif"));
    assert_false(is_read_like(&first, "tiles.tif"));
    close_tiff(&first);
}

/* The catalog's place is that of GDAL, half a pixel beside the tiepoint where pixels are points. */
static void test_the_place_is_in_the_file_and_as_expected(void **state) {
    (void)state;
    weft_error err = {0};
    opened first, moved;
    make("first.tif", 0, place[0], "");
    open_tiff(&first, "first.tif", NULL);
    make("point.tif", 0, place[0], "AREA_OR_POINT=POINT");
    assert_true(is_read_like(&first, "point.tif"));
    /* GDAL finds this one's place in a world file, which the raster's facts say nothing of. */
    make("world.tif", 0, place[0], "PROFILE=BASELINE TFW=YES");
    opened world;
    weft_source_options options = {.crs = first.info.crs};
    world = (opened){0};
    assert_int_equal(weft_source_open(&world.source, "world.tif", options, source_rig_cache, &err), WEFT_OK);
    world.info = *weft_source_describe(world.source);
    assert_int_equal(weft_file_facts_read(&world.facts, world.info.path, NULL, &err), WEFT_OK);
    assert_int_equal(weft_tiff_file_new_like(&world.file, first.file, &world.info, &world.facts, &world.open, &err),
                     WEFT_OK);
    assert_null(world.file);
    close_tiff(&world);
    /* A file that lies elsewhere than the catalog says. */
    make("moved.tif", 0, place[0] + 10, "");
    open_tiff(&moved, "moved.tif", &first);
    assert_non_null(moved.file);
    weft_tiff_file_free(moved.file);
    moved.info.geotransform[0] = place[0];
    assert_int_equal(weft_tiff_file_new_like(&moved.file, first.file, &moved.info, &moved.facts, &moved.open, &err),
                     WEFT_OK);
    assert_null(moved.file);
    close_tiff(&moved);
    close_tiff(&first);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_of_the_same_layout_gives_its_own_pixels),
        cmocka_unit_test(test_what_is_not_alike_is_left_to_gdal),
        cmocka_unit_test(test_the_place_is_in_the_file_and_as_expected),
    };
    return cmocka_run_group_tests(tests, source_rig_setup, source_rig_teardown);
}
