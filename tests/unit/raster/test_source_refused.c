/* Files that cannot be columns: refused with the place, the reason and the command that mends them; and blocks that do
 * not decode.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"

#include "raster/blocks/block_cache.h"
#include "raster/source/source.h"

#include <ogr_srs_api.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect(const char *path, weft_status expected, const char *message, const char *hint) {
    weft_source *source = NULL;
    weft_error err = {0};
    weft_status status = weft_source_open(&source, path, (weft_source_options){0}, NULL, &err);
    if (status != expected) fail_msg("%s: status %d, not %d: %s", path, status, expected, err.message);
    assert_null(source);
    if (strstr(err.message, message) == NULL) fail_msg("no \"%s\" in: %s", message, err.message);
    if (strstr(err.hint, hint) == NULL) fail_msg("no \"%s\" in: %s", hint, err.hint);
}

/* A file without a place, closed by the caller. */
static GDALDatasetH create_nowhere(const char *name, GDALDataType type) {
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), name, 4, 4, 1, type, NULL);
    assert_non_null(file);
    return file;
}

static void test_what_is_no_file_is_named(void **state) {
    (void)state;
    expect("nothing.tif", WEFT_ERR_NO_INPUT, "nothing.tif: there is no such file", "");
    assert_int_equal(mkdir("folder", 0777), 0);
    expect("folder", WEFT_ERR_DATA, "folder: a folder, not a raster", "name a file in it");
    sandbox_write("empty.tif", "");
    expect("empty.tif", WEFT_ERR_DATA, "empty.tif: the file is empty", "");
    sandbox_write("text.tif", "these are no pixels\n");
    expect("text.tif", WEFT_ERR_DATA, "text.tif: not a raster", "gdalinfo");
}

static void test_a_file_that_may_not_be_read_is_a_matter_of_permission(void **state) {
    (void)state;
    if (geteuid() == 0) skip(); /* root may */
    sandbox_write("locked.tif", "x");
    assert_int_equal(chmod("locked.tif", 0), 0);
    expect("locked.tif", WEFT_ERR_PERMISSION, "locked.tif", "");
}

static void test_a_raster_without_a_place_is_refused(void **state) {
    (void)state;
    GDALClose(create_nowhere("nowhere.tif", GDT_Byte));
    expect("nowhere.tif", WEFT_ERR_DATA, "it has no geotransform", "datasets[].geotransform");

    double place[6] = {10, 1, 0, 45, 0, -1};
    GDALDatasetH file = create_nowhere("nocrs.tif", GDT_Byte);
    assert_int_equal(GDALSetGeoTransform(file, place), CE_None);
    GDALClose(file);
    expect("nocrs.tif", WEFT_ERR_DATA, "it has no CRS", "datasets[].crs");

    /* Both axes point along the diagonal. */
    sandbox_write("flat.vrt", "<VRTDataset rasterXSize=\"4\" rasterYSize=\"4\"><SRS>EPSG:4326</SRS>"
                              "<GeoTransform>10,1,1,45,1,1</GeoTransform>"
                              "<VRTRasterBand dataType=\"Byte\" band=\"1\"/></VRTDataset>");
    expect("flat.vrt", WEFT_ERR_DATA, "its geotransform has no inverse", "");
}

static void test_points_and_coefficients_alone_are_no_place(void **state) {
    (void)state;
    char empty[] = "";
    GDAL_GCP points[4];
    for (int i = 0; i < 4; i++) {
        int right = i % 2, down = i / 2;
        points[i] = (GDAL_GCP){empty, empty, 4.0 * right, 4.0 * down, 10 + right + 0.1 * down, 45 - down, 0};
    }
    GDALDatasetH file = create_nowhere("points.tif", GDT_Byte);
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(srs, 4326), OGRERR_NONE);
    assert_int_equal(GDALSetGCPs2(file, 4, points, srs), CE_None);
    OSRDestroySpatialReference(srs);
    GDALClose(file);
    expect("points.tif", WEFT_ERR_DATA, "ground control points only", "gdalwarp -tps");

    sandbox_write("rpc.vrt", "<VRTDataset rasterXSize=\"4\" rasterYSize=\"4\"><Metadata domain=\"RPC\">"
                             "<MDI key=\"LINE_OFF\">2</MDI></Metadata>"
                             "<VRTRasterBand dataType=\"Byte\" band=\"1\"/></VRTDataset>");
    expect("rpc.vrt", WEFT_ERR_DATA, "RPCs only", "gdalwarp -rpc");
}

static void test_pixels_that_are_no_single_number_are_refused(void **state) {
    (void)state;
    GDALClose(small_raster_create("complex.tif", 4, 4, 1, GDT_CFloat32, 10, 1, NULL));
    expect("complex.tif", WEFT_ERR_DATA, "band 1 has CFloat32 pixels", "pixel function");
}

/* Two rasters in one GeoPackage, none of which is the file's own. */
static void test_a_file_of_subdatasets_names_the_first(void **state) {
    (void)state;
    GDALDatasetH file = small_raster_create("part.tif", 4, 4, 1, GDT_Byte, 10, 1, NULL);
    GDALDriverH geopackage = GDALGetDriverByName("GPKG");
    if (geopackage == NULL) skip();
    const char *const first[] = {"RASTER_TABLE=first", NULL};
    const char *const second[] = {"RASTER_TABLE=second", "APPEND_SUBDATASET=YES", NULL};
    GDALClose(GDALCreateCopy(geopackage, "parts.gpkg", file, 0, (CSLConstList)first, NULL, NULL));
    GDALClose(GDALCreateCopy(geopackage, "parts.gpkg", file, 0, (CSLConstList)second, NULL, NULL));
    GDALClose(file);
    expect("parts.gpkg", WEFT_ERR_DATA, "it holds no band of its own", "GPKG:parts.gpkg:first");
}

/* Overwrites bytes at the end of a deflated file: its last block, which a sequential writer puts there. */
static void spoil_the_end(const char *name) {
    FILE *file = fopen(name, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -600, SEEK_END), 0);
    for (int i = 0; i < 600; i++)
        assert_int_equal(fputc(0xff, file), 0xff);
    assert_int_equal(fclose(file), 0);
}

static void test_a_block_that_does_not_decode_names_its_file_and_place(void **state) {
    (void)state;
    static double values[64 * 64];
    uint64_t noise = 1; /* Knuth's MMIX generator: bytes that deflate cannot shrink to nothing */
    for (int i = 0; i < 64 * 64; i++) {
        noise = noise * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        values[i] = (double)(noise >> 56);
    }
    const char *const options[] = {"TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32", "COMPRESS=DEFLATE", NULL};
    GDALDatasetH file = small_raster_create("spoilt.tif", 64, 64, 1, GDT_Byte, 10, 0.1, options);
    small_raster_write(file, 1, values);
    GDALClose(file);
    spoil_the_end("spoilt.tif");

    weft_ledger *ledger = NULL;
    weft_block_cache *cache = NULL;
    weft_source *source = NULL;
    weft_error err = {0};
    static uint8_t ours[64 * 64];
    bool all;
    assert_int_equal(weft_ledger_new(&ledger, 1 << 20, NULL), WEFT_OK);
    assert_int_equal(weft_block_cache_new(&cache, ledger, 1 << 20, NULL), WEFT_OK);
    assert_int_equal(weft_source_open(&source, "spoilt.tif", (weft_source_options){0}, cache, NULL), WEFT_OK);
    assert_int_equal(weft_source_read(source, 1, (weft_window){0, 0, 32, 64}, ours, NULL, &all, NULL), WEFT_OK);
    for (int i = 0; i < 32 * 64; i++)
        assert_true(ours[i] == values[i / 32 * 64 + i % 32]);
    assert_int_equal(weft_source_read(source, 1, (weft_window){40, 40, 2, 2}, ours, NULL, &all, &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "spoilt.tif: band 1 block (1, 1): cannot decode ("));
    assert_non_null(strstr(err.hint, "gdalinfo -checksum"));
    weft_source_close(source);
    weft_block_cache_free(cache);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    weft_ledger_free(ledger);
}

static int setup(void **state) {
    GDALAllRegister();
    return sandbox_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_file_is_named),
        cmocka_unit_test(test_a_file_that_may_not_be_read_is_a_matter_of_permission),
        cmocka_unit_test(test_a_raster_without_a_place_is_refused),
        cmocka_unit_test(test_points_and_coefficients_alone_are_no_place),
        cmocka_unit_test(test_pixels_that_are_no_single_number_are_refused),
        cmocka_unit_test(test_a_file_of_subdatasets_names_the_first),
        cmocka_unit_test(test_a_block_that_does_not_decode_names_its_file_and_place),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
