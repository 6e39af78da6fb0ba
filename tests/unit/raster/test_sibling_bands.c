/* The other bands of a pixel-interleaved block, or of a chunk of several times, are decoded along with the one that was
 * asked for. One that GDAL calls read, with an error on the way, is not kept: whoever asks for it gets the error, not
 * the zeros that GDAL gave.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"

#include "raster/blocks/block_cache.h"
#include "raster/source/source.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE         64
#define TILE_OFFSETS 324 /* the TIFF tag */

/* A copy of a little-endian TIFF whose array of tile offsets lies beyond the end of the file. GDAL opens it, and gives
 * zeros for each tile: it takes them for sparse, says an error and returns success. */
static void copy_without_tile_offsets(const char *from, const char *to) {
    size_t length = 0;
    unsigned char *bytes = (unsigned char *)sandbox_read(from, &length);
    assert_memory_equal(bytes, "II*\0", 4);
    size_t directory = bytes[4] | (size_t)bytes[5] << 8 | (size_t)bytes[6] << 16;
    int entries = bytes[directory] | bytes[directory + 1] << 8;
    bool found = false;
    for (int i = 0; i < entries; i++) {
        unsigned char *entry = bytes + directory + 2 + 12 * i;
        if ((entry[0] | entry[1] << 8) != TILE_OFFSETS) continue;
        found = true;
        memcpy(entry + 8, "\0\0\1\0", 4); /* 65536 */
    }
    assert_true(found && length < 65536);
    FILE *file = fopen(to, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    free(bytes);
}

static void make_rasters(void) {
    static const char *const tiled[] = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", NULL};
    static double values[SIZE * SIZE];
    for (int i = 0; i < SIZE * SIZE; i++)
        values[i] = 7;
    GDALDatasetH file = small_raster_create("good.tif", SIZE, SIZE, 1, GDT_Byte, 10, 0.1, tiled);
    small_raster_write(file, 1, values);
    GDALClose(file);
    copy_without_tile_offsets("good.tif", "bad.tif");
    sandbox_write(
        "both.vrt",
        "<VRTDataset rasterXSize=\"64\" rasterYSize=\"64\"><SRS>EPSG:4326</SRS>"
        "<GeoTransform>10,0.1,0,45,0,-0.1</GeoTransform>"
        "<Metadata domain=\"IMAGE_STRUCTURE\"><MDI key=\"INTERLEAVE\">PIXEL</MDI></Metadata>"
        "<VRTRasterBand dataType=\"Byte\" band=\"1\"><SimpleSource><SourceFilename relativeToVRT=\"1\">good.tif"
        "</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
        "<VRTRasterBand dataType=\"Byte\" band=\"2\"><SimpleSource><SourceFilename relativeToVRT=\"1\">bad.tif"
        "</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>");
}

static void test_a_sibling_that_decodes_with_an_error_is_not_kept(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    weft_block_cache *cache = NULL;
    weft_source *source = NULL;
    weft_error err = {0};
    uint8_t values[SIZE * SIZE], valid[SIZE * SIZE];
    bool all;
    GDALAllRegister();
    make_rasters();
    assert_int_equal(weft_ledger_new(&ledger, 1 << 26, &err), WEFT_OK);
    assert_int_equal(weft_block_cache_new(&cache, ledger, 1 << 24, &err), WEFT_OK);
    if (weft_source_open(&source, "both.vrt", (weft_source_options){0}, cache, &err) != WEFT_OK)
        fail_msg("%s", err.message);
    assert_true(weft_source_describe(source)->pixel_interleaved);
    weft_window window = {0, 0, SIZE, SIZE};
    assert_int_equal(weft_source_read(source, 1, window, values, valid, &all, &err), WEFT_OK);
    for (int i = 0; i < SIZE * SIZE; i++)
        assert_int_equal(values[i], 7);
    assert_int_equal(weft_source_read(source, 2, window, values, valid, &all, &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "both.vrt: band 2 block (0, 0): cannot decode"));
    weft_source_close(source);
    weft_block_cache_free(cache);
    weft_ledger_free(ledger);
}

/* Six times of 16 x 16 pixels, in chunks of `times` of them and 8 x 8 pixels. False: this GDAL writes none. */
static bool make_chunks(const char *path, const char *sizes) {
    static const char *const names[] = {"time", "y", "x"};
    const GUInt64 start[3] = {0}, lengths[3] = {6, 16, 16};
    const size_t counts[3] = {6, 16, 16};
    static float values[6 * 16 * 16];
    GDALDriverH driver = GDALGetDriverByName("netCDF");
    GDALDatasetH file = driver == NULL ? NULL : GDALCreateMultiDimensional(driver, path, NULL, NULL);
    if (file == NULL) return false;
    const char *const options[] = {sizes, "COMPRESS=DEFLATE", NULL};
    GDALGroupH root = GDALDatasetGetRootGroup(file);
    GDALExtendedDataTypeH real = GDALExtendedDataTypeCreate(GDT_Float32);
    GDALDimensionH along[3];
    for (int i = 0; i < 3; i++)
        along[i] = GDALGroupCreateDimension(root, names[i], NULL, NULL, lengths[i], NULL);
    for (int i = 0; i < 6 * 16 * 16; i++)
        values[i] = (float)(i / (16 * 16));
    GDALMDArrayH array = GDALGroupCreateMDArray(root, "value", 3, along, real, (char **)options);
    bool ok = array != NULL && GDALMDArrayWrite(array, start, counts, NULL, NULL, real, values, NULL, 0);
    GDALMDArrayRelease(array);
    for (int i = 0; i < 3; i++)
        GDALDimensionRelease(along[i]);
    GDALExtendedDataTypeRelease(real);
    GDALGroupRelease(root);
    GDALClose(file);
    return ok;
}

/* Blocks that are decoded for themselves while the first one of each of six bands is read. */
static int64_t decodes_of_six(const char *path, weft_block_cache *cache) {
    const double place[] = {0, 1, 0, 16, 0, -1};
    weft_source *source = NULL;
    weft_crs *crs = NULL;
    weft_error err = {0};
    weft_block_cache_stats before, after;
    float values[64];
    bool all;
    assert_int_equal(weft_crs_parse(&crs, "EPSG:32632", &err), WEFT_OK);
    weft_source_options options = {.geotransform = place, .crs = crs};
    if (weft_source_open(&source, path, options, cache, &err) != WEFT_OK) fail_msg("%s", err.message);
    weft_block_cache_read_stats(cache, &before);
    for (int band = 1; band <= 6; band++) {
        assert_int_equal(weft_source_read(source, band, (weft_window){0, 0, 8, 8}, values, NULL, &all, &err), WEFT_OK);
        assert_true(values[0] == (float)(band - 1) && values[63] == (float)(band - 1));
    }
    weft_block_cache_read_stats(cache, &after);
    weft_source_close(source);
    weft_crs_free(crs);
    return after.misses - before.misses;
}

/* One decode gives a block of each time that its chunk holds, where chunks go into the times without a rest. */
static void test_a_chunk_of_several_times_is_decoded_once(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    weft_block_cache *cache = NULL;
    GDALAllRegister();
    if (!make_chunks("three.nc", "BLOCKSIZE=3,8,8")) skip();
    assert_true(make_chunks("all.nc", "BLOCKSIZE=6,8,8") && make_chunks("one.nc", "BLOCKSIZE=1,8,8"));
    assert_int_equal(weft_ledger_new(&ledger, 1 << 26, NULL), WEFT_OK);
    assert_int_equal(weft_block_cache_new(&cache, ledger, 1 << 24, NULL), WEFT_OK);
    assert_int_equal(decodes_of_six("three.nc", cache), 2);
    assert_int_equal(decodes_of_six("all.nc", cache), 1);
    assert_int_equal(decodes_of_six("one.nc", cache), 6);
    weft_block_cache_free(cache);
    weft_ledger_free(ledger);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sibling_that_decodes_with_an_error_is_not_kept),
        cmocka_unit_test(test_a_chunk_of_several_times_is_decoded_once),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
