/* What files declare, and their pixels: every way to say missing, a turn round the world, blocks against GDAL's own
 * reading.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"
#include "unit/raster/source_rig.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

static weft_source *open_source(const char *name, weft_source_options options) {
    weft_source *source = NULL;
    weft_error err = {0};
    if (weft_source_open(&source, name, options, source_rig_cache, &err) != WEFT_OK) fail_msg("%s", err.message);
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

/* Good until the next call. */
static weft_source_options nodata_is(long double value) {
    static weft_value_range range;
    range = (weft_value_range){value, value};
    return (weft_source_options){.has_nodata = true, .nodata = &range, .nodata_count = 1};
}

static const double four[] = {1, -9999, NAN, INFINITY};
static const double whole[] = {1, 0, 255, 7};

static void test_every_way_to_say_missing(void **state) {
    (void)state;
    weft_source_options none = {0};
    GDALDatasetH file = small_raster_create("value.tif", 4, 1, 1, GDT_Float32, 10, 1, NULL);
    GDALSetRasterNoDataValue(GDALGetRasterBand(file, 1), -9999);
    small_raster_write(file, 1, four);
    GDALClose(file);
    check_mask("value.tif", none, WEFT_NODATA_VALUE, "1001");
    check_mask("value.tif", nodata_is(1), WEFT_NODATA_VALUE, "0101");

    file = small_raster_create("nan.tif", 4, 1, 1, GDT_Float64, 10, 1, NULL);
    small_raster_write(file, 1, four);
    GDALClose(file);
    check_mask("nan.tif", none, WEFT_NODATA_NONE, "1101");

    file = small_raster_create("plain.tif", 4, 1, 1, GDT_Byte, 10, 1, NULL);
    small_raster_write(file, 1, whole);
    GDALClose(file);
    check_mask("plain.tif", none, WEFT_NODATA_NONE, "1111");
    check_mask("plain.tif", nodata_is(255), WEFT_NODATA_VALUE, "1101");
    check_mask("plain.tif", nodata_is(256), WEFT_NODATA_VALUE, "1111");
    check_mask("plain.tif", nodata_is(0.5), WEFT_NODATA_VALUE, "1111");

    const double mask[] = {255, 0, 255, 0};
    file = small_raster_create("mask.tif", 4, 1, 1, GDT_Byte, 10, 1, NULL);
    small_raster_write(file, 1, whole);
    assert_int_equal(GDALCreateDatasetMaskBand(file, GMF_PER_DATASET), CE_None);
    assert_int_equal(GDALRasterIO(GDALGetMaskBand(GDALGetRasterBand(file, 1)), GF_Write, 0, 0, 4, 1, (void *)mask, 4, 1,
                                  GDT_Float64, 0, 0),
                     CE_None);
    GDALClose(file);
    check_mask("mask.tif", none, WEFT_NODATA_MASK, "1010");

    const char *const alpha[] = {"ALPHA=YES", "PHOTOMETRIC=MINISBLACK", NULL};
    const double opacity[] = {255, 1, 0, 0};
    file = small_raster_create("alpha.tif", 4, 1, 2, GDT_Byte, 10, 1, alpha);
    small_raster_write(file, 1, whole);
    small_raster_write(file, 2, opacity);
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
    GDALDatasetH file = small_raster_create("tiled.tif", 100, 70, 3, GDT_Float64, 10, 0.1, tiled);
    for (int band = 1; band <= 3; band++) {
        for (int i = 0; i < 100 * 70; i++)
            values[i] = band * 100000 + i;
        small_raster_write(file, band, values);
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
    GDALDatasetH file = small_raster_create("turn.tif", 37, 1, 1, GDT_Float64, -180, 10, NULL);
    small_raster_write(file, 1, values);
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
    file = small_raster_create("half.tif", 18, 1, 1, GDT_Float64, -180, 10, NULL);
    GDALClose(file);
    source = open_source("half.tif", (weft_source_options){0});
    assert_false(weft_source_describe(source)->wraps);
    weft_source_close(source);
}

/* GDAL itself takes alpha for a mask only in files of two and of four bands. */
static void test_alpha_counts_in_files_of_any_number_of_bands(void **state) {
    (void)state;
    const double opacity[] = {65535, 0, 1, 0};
    GDALDatasetH file = small_raster_create("drone.tif", 4, 1, 6, GDT_UInt16, 10, 1, NULL);
    assert_int_equal(GDALSetRasterColorInterpretation(GDALGetRasterBand(file, 6), GCI_AlphaBand), CE_None);
    for (int band = 1; band <= 5; band++)
        small_raster_write(file, band, whole);
    small_raster_write(file, 6, opacity);
    GDALClose(file);
    check_mask("drone.tif", (weft_source_options){0}, WEFT_NODATA_ALPHA, "1010");
    weft_source *source = open_source("drone.tif", (weft_source_options){0});
    assert_int_equal(weft_source_describe(source)->band_count, 5);
    assert_int_equal(weft_source_describe(source)->alpha_band, 6);
    weft_source_close(source);
}

/* 2^63 - 1 and 2^63 - 2 are one double. */
static void test_nodata_of_64_bits_is_exact(void **state) {
    (void)state;
    const int64_t values[] = {INT64_MAX, INT64_MAX - 1, INT64_MIN, 0};
    GDALDatasetH file = small_raster_create("int64.tif", 4, 1, 1, GDT_Int64, 10, 1, NULL);
    GDALRasterBandH band = GDALGetRasterBand(file, 1);
    assert_int_equal(GDALRasterIO(band, GF_Write, 0, 0, 4, 1, (void *)values, 4, 1, GDT_Int64, 0, 0), CE_None);
    assert_int_equal(GDALSetRasterNoDataValueAsInt64(band, INT64_MAX - 1), CE_None);
    GDALClose(file);
    check_mask("int64.tif", (weft_source_options){0}, WEFT_NODATA_VALUE, "1011");
    check_mask("int64.tif", nodata_is(INT64_MAX), WEFT_NODATA_VALUE, "0111");
    check_mask("int64.tif", nodata_is(INT64_MAX - 1), WEFT_NODATA_VALUE, "1011");
    check_mask("int64.tif", nodata_is(0x1p63), WEFT_NODATA_VALUE, "1111");
    check_mask("int64.tif", nodata_is(-0x1p63), WEFT_NODATA_VALUE, "1101");

    const uint64_t large[] = {UINT64_MAX, UINT64_MAX - 1, INT64_MAX, 0};
    file = small_raster_create("uint64.tif", 4, 1, 1, GDT_UInt64, 10, 1, NULL);
    band = GDALGetRasterBand(file, 1);
    assert_int_equal(GDALRasterIO(band, GF_Write, 0, 0, 4, 1, (void *)large, 4, 1, GDT_UInt64, 0, 0), CE_None);
    assert_int_equal(GDALSetRasterNoDataValueAsUInt64(band, UINT64_MAX), CE_None);
    GDALClose(file);
    check_mask("uint64.tif", (weft_source_options){0}, WEFT_NODATA_VALUE, "0111");
    check_mask("uint64.tif", nodata_is(UINT64_MAX - 1), WEFT_NODATA_VALUE, "1011");
    check_mask("uint64.tif", nodata_is(-1), WEFT_NODATA_VALUE, "1111");
}

/* Values beside `nodata`, in steps that grow, and those where GDAL's comparison overflows, against GDAL's own mask. */
static void check_as_gdal(GDALDataType type, double nodata) {
    double values[64] = {nodata, 0, 1, -1, 1e20, -1e35, 3.4028234663852886e38, -3.4028234663852886e38, 127, 255};
    uint8_t expected[64];
    char text[65] = {0};
    for (int i = 10; i < 64; i++)
        values[i] = nodata * (1 + (i % 2 == 0 ? 1 : -1) * ldexp(1, -4 - i / 2)) + (i < 20 ? i - 15 : 0);
    GDALDatasetH file = small_raster_create("as.tif", 64, 1, 1, type, 10, 1, NULL);
    GDALSetRasterNoDataValue(GDALGetRasterBand(file, 1), nodata);
    small_raster_write(file, 1, values);
    GDALClose(file);
    file = GDALOpen("as.tif", GA_ReadOnly);
    GDALRasterBandH band = GDALGetRasterBand(file, 1);
    if ((GDALGetMaskFlags(band) & GMF_NODATA) != 0) {
        assert_int_equal(GDALRasterIO(GDALGetMaskBand(band), GF_Read, 0, 0, 64, 1, expected, 64, 1, GDT_Byte, 0, 0),
                         CE_None);
        for (int i = 0; i < 64; i++)
            text[i] = expected[i] != 0 ? '1' : '0';
        check_mask("as.tif", (weft_source_options){0}, WEFT_NODATA_VALUE, text);
    }
    GDALClose(file);
}

static void test_declared_nodata_marks_what_gdal_marks(void **state) {
    (void)state;
    const GDALDataType types[] = {GDT_Byte, GDT_Int16, GDT_UInt16, GDT_Int32, GDT_UInt32, GDT_Float32, GDT_Float64};
    const double tags[] = {0,
                           1,
                           -1,
                           255,
                           127.5,
                           -9999,
                           -32768,
                           65535,
                           4294967295.0,
                           3.5,
                           -3.5,
                           1e20,
                           -1e-40,
                           0.1,
                           1e38,
                           2e38,
                           -3.4028235e38,
                           -3.402823e38,
                           -3.4e38,
                           3.4e38,
                           -1.7e308,
                           INFINITY,
                           -INFINITY,
                           -2147483648.0,
                           -3.4028230607370965e38};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (size_t j = 0; j < sizeof tags / sizeof *tags; j++)
            check_as_gdal(types[i], tags[j]);
}

static void check_ranges(const char *name, const weft_value_range *ranges, int count, const char *expected) {
    weft_source_options options = {.has_nodata = true, .nodata = ranges, .nodata_count = count};
    check_mask(name, options, count == 0 ? WEFT_NODATA_NONE : WEFT_NODATA_VALUE, expected);
}

static void test_ranges_and_lists_of_nodata(void **state) {
    (void)state;
    const double bytes[] = {0, 1, 248, 249, 250, 255};
    const double floats[] = {0.1, -5, 7.5, NAN, 3e38, INFINITY};
    const weft_value_range fill[] = {{249, 255}}, two[] = {{0, 0}, {250, 255}}, wide[] = {{-1e9, 0.5}},
                           real[] = {{0.1, 0.1}, {7, 8}};
    GDALDatasetH file = small_raster_create("bytes.tif", 6, 1, 1, GDT_Byte, 10, 1, NULL);
    GDALSetRasterNoDataValue(GDALGetRasterBand(file, 1), 1);
    small_raster_write(file, 1, bytes);
    GDALClose(file);
    check_ranges("bytes.tif", fill, 1, "111000");
    check_ranges("bytes.tif", two, 2, "011100");
    check_ranges("bytes.tif", wide, 1, "011111");
    check_ranges("bytes.tif", NULL, 0, "111111");
    file = small_raster_create("floats.tif", 6, 1, 1, GDT_Float32, 10, 1, NULL);
    small_raster_write(file, 1, floats);
    GDALClose(file);
    check_ranges("floats.tif", real, 2, "010011");
    check_ranges("floats.tif", NULL, 0, "111011");
}

static void test_nodata_beyond_float32_makes_no_infinity_missing(void **state) {
    (void)state;
    const double values[] = {1, INFINITY, -INFINITY, -3.4028234663852886e38};
    GDALDatasetH file = small_raster_create("float.tif", 4, 1, 1, GDT_Float32, 10, 1, NULL);
    small_raster_write(file, 1, values);
    GDALClose(file);
    check_mask("float.tif", nodata_is(-1e300), WEFT_NODATA_VALUE, "1111");
    /* The float32 of largest size, as some programs print it. */
    check_mask("float.tif", nodata_is(-3.40282346638529e38), WEFT_NODATA_VALUE, "1110");
    check_mask("float.tif", nodata_is(INFINITY), WEFT_NODATA_VALUE, "1011");
}

static void test_signed_bytes_are_signed(void **state) {
    (void)state;
#if GDAL_VERSION_NUM >= 3070000
    GDALDataType int8 = GDT_Int8;
    const char *const *how = NULL;
#else
    GDALDataType int8 = GDT_Byte;
    const char *const how[] = {"PIXELTYPE=SIGNEDBYTE", NULL};
#endif
    uint8_t bits[] = {0x80, 0xff, 0, 127};
    int8_t values[4];
    bool all;
    GDALDatasetH file = small_raster_create("int8.tif", 4, 1, 1, int8, 10, 1, how);
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(file, 1), GF_Write, 0, 0, 4, 1, bits, 4, 1, int8, 0, 0), CE_None);
    GDALClose(file);
    weft_source *source = open_source("int8.tif", (weft_source_options){0});
    assert_int_equal(weft_source_describe(source)->bands[0].type, WEFT_INT8);
    assert_int_equal(weft_source_read(source, 1, (weft_window){0, 0, 4, 1}, values, NULL, &all, NULL), WEFT_OK);
    assert_true(values[0] == -128 && values[1] == -1 && values[2] == 0 && values[3] == 127);
    weft_source_close(source);
    check_mask("int8.tif", nodata_is(-128), WEFT_NODATA_VALUE, "0111");
}

static int64_t blocks_after_reading_one_band(weft_source_options options) {
    double values[64];
    bool all;
    weft_block_cache_stats stats;
    weft_source *source = open_source("siblings.tif", options);
    weft_block_cache_drop(source_rig_cache, -1);
    assert_int_equal(weft_source_read(source, 2, (weft_window){0, 0, 8, 8}, values, NULL, &all, NULL), WEFT_OK);
    weft_block_cache_read_stats(source_rig_cache, &stats);
    weft_source_close(source);
    return stats.blocks;
}

static void test_bands_that_are_not_wanted_are_not_decoded(void **state) {
    (void)state;
    const char *const interleaved[] = {"INTERLEAVE=PIXEL", NULL};
    const int wanted[] = {2, 5};
    GDALClose(small_raster_create("siblings.tif", 8, 8, 6, GDT_Float64, 10, 1, interleaved));
    assert_int_equal(blocks_after_reading_one_band((weft_source_options){0}), 6);
    assert_int_equal(blocks_after_reading_one_band((weft_source_options){.bands = wanted, .band_count = 2}), 2);
}

/* 6 bands of one block: 8 x 8 doubles and their mask. Of each that is decoded, two more bands are taken. */
static void test_the_bands_that_are_asked_for_next_are_taken_from_a_decoded_block(void **state) {
    (void)state;
    const char *const interleaved[] = {"INTERLEAVE=PIXEL", NULL};
    double values[64];
    bool all;
    weft_block_cache_stats before, after;
    GDALClose(small_raster_create("siblings.tif", 8, 8, 6, GDT_Float64, 10, 1, interleaved));
    weft_source *source = open_source("siblings.tif", (weft_source_options){0});
    weft_source_limit_siblings(source, 2 * (8 * 8 * 8 + 8 * 8));
    weft_block_cache_drop(source_rig_cache, -1);
    weft_block_cache_read_stats(source_rig_cache, &before);
    for (int band = 1; band <= 6; band++)
        assert_int_equal(weft_source_read(source, band, (weft_window){0, 0, 8, 8}, values, NULL, &all, NULL), WEFT_OK);
    weft_block_cache_read_stats(source_rig_cache, &after);
    assert_int_equal(after.misses - before.misses, 2);
    assert_int_equal(after.hits - before.hits, 4);
    weft_source_close(source);
}

/* A VRT's raw bands are blocked by lines, its other bands by squares. */
static void test_bands_with_blocks_of_another_size_are_read(void **state) {
    (void)state;
    static const char raw[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567";
    double whole_band[60];
    char ours[60];
    bool all;
    for (int i = 0; i < 60; i++)
        whole_band[i] = i;
    GDALDatasetH file = small_raster_create("under.tif", 12, 5, 1, GDT_Byte, 10, 1, NULL);
    small_raster_write(file, 1, whole_band);
    GDALClose(file);
    sandbox_write("raw.bin", raw);
    sandbox_write("blocks.vrt",
                  "<VRTDataset rasterXSize=\"12\" rasterYSize=\"5\"><SRS>EPSG:4326</SRS>"
                  "<GeoTransform>10,1,0,45,0,-1</GeoTransform>"
                  "<VRTRasterBand dataType=\"Byte\" band=\"1\"><SimpleSource>"
                  "<SourceFilename relativeToVRT=\"1\">under.tif</SourceFilename>"
                  "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
                  "<VRTRasterBand dataType=\"Byte\" band=\"2\" subClass=\"VRTRawRasterBand\">"
                  "<SourceFilename relativeToVRT=\"1\">raw.bin</SourceFilename><LineOffset>12</LineOffset>"
                  "</VRTRasterBand></VRTDataset>");
    weft_source *source = open_source("blocks.vrt", (weft_source_options){0});
    assert_int_equal(weft_source_describe(source)->block_rows, 5);
    assert_int_equal(weft_source_read(source, 2, (weft_window){0, 0, 12, 5}, ours, NULL, &all, NULL), WEFT_OK);
    assert_memory_equal(ours, raw, 60);
    assert_int_equal(weft_source_read(source, 2, (weft_window){2, 1, 3, 1}, ours, NULL, &all, NULL), WEFT_OK);
    assert_memory_equal(ours, "opq", 3);
    weft_source_close(source);
}

static double pixel_of(int64_t i) {
    return (double)(i * 7919 % 251);
}

static void *read_blocks(void *payload) {
    static _Thread_local uint8_t ours[256 * 256];
    bool all, same = true;
    for (int turn = 0; turn < 40; turn++) {
        weft_window window = {0, 16 * (turn * 5 % 16), 256, 16};
        weft_status status = weft_source_read(payload, 1, window, ours, NULL, &all, NULL);
        for (int i = 0; i < 256 * 16; i++)
            same = same && status == WEFT_OK && ours[i] == pixel_of(window.row * 256 + i);
        weft_block_cache_drop(source_rig_cache, -1);
    }
    return same ? payload : NULL;
}

/* GDAL lets VRTs that one thread opened share what lies under them; here two threads read on from there. */
static void test_threads_read_vrts_over_one_file_at_once(void **state) {
    (void)state;
    static double values[256 * 256];
    static uint8_t ours[256 * 256];
    const char *const deflated[] = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "COMPRESS=DEFLATE", NULL};
    pthread_t threads[4];
    weft_source *sources[4];
    bool all;
    for (int i = 0; i < 256 * 256; i++)
        values[i] = pixel_of(i);
    GDALDatasetH file = small_raster_create("shared.tif", 256, 256, 1, GDT_Byte, 10, 0.1, deflated);
    small_raster_write(file, 1, values);
    GDALClose(file);
    sandbox_write("shared.vrt", "<VRTDataset rasterXSize=\"256\" rasterYSize=\"256\"><SRS>EPSG:4326</SRS>"
                                "<GeoTransform>10,0.1,0,45,0,-0.1</GeoTransform>"
                                "<VRTRasterBand dataType=\"Byte\" band=\"1\"><SimpleSource>"
                                "<SourceFilename relativeToVRT=\"1\">shared.tif</SourceFilename>"
                                "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>");
    for (int i = 0; i < 4; i++) {
        sources[i] = open_source("shared.vrt", (weft_source_options){0});
        weft_window whole_file = {0, 0, 256, 256};
        assert_int_equal(weft_source_read(sources[i], 1, whole_file, ours, NULL, &all, NULL), WEFT_OK);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_blocks, sources[i]), 0);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        assert_ptr_equal(result, sources[i]);
    }
    for (int i = 0; i < 4; i++)
        weft_source_close(sources[i]);
}

static void test_pools_count_and_close(void **state) {
    (void)state;
    weft_pool_stats stats;
    double values[4];
    bool all;
    weft_source *source = open_source("nan.tif", (weft_source_options){0});
    uint8_t valid[4];
    assert_int_equal(weft_source_read(source, 1, (weft_window){0, 0, 4, 1}, values, valid, &all, NULL), WEFT_OK);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_way_to_say_missing),
        cmocka_unit_test(test_windows_equal_gdals_own_reading),
        cmocka_unit_test(test_a_turn_round_the_world_wraps_and_drops_the_repeated_column),
        cmocka_unit_test(test_alpha_counts_in_files_of_any_number_of_bands),
        cmocka_unit_test(test_nodata_of_64_bits_is_exact),
        cmocka_unit_test(test_declared_nodata_marks_what_gdal_marks),
        cmocka_unit_test(test_ranges_and_lists_of_nodata),
        cmocka_unit_test(test_nodata_beyond_float32_makes_no_infinity_missing),
        cmocka_unit_test(test_signed_bytes_are_signed),
        cmocka_unit_test(test_bands_that_are_not_wanted_are_not_decoded),
        cmocka_unit_test(test_the_bands_that_are_asked_for_next_are_taken_from_a_decoded_block),
        cmocka_unit_test(test_bands_with_blocks_of_another_size_are_read),
        cmocka_unit_test(test_threads_read_vrts_over_one_file_at_once),
        cmocka_unit_test(test_pools_count_and_close),
    };
    return cmocka_run_group_tests(tests, source_rig_setup, source_rig_teardown);
}
