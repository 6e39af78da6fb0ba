/* The bundled sample as CSV, GeoTIFF, COG and pictures in one run: GDAL reads the CSV's numbers from the rasters, and
 * the files have the same bytes whatever the run was given.
 *
 * SPDX-License-Identifier: MIT */
#include "support/broken_run.h"
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "support/table.h"

#include <gdal.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef WEFT_SANITIZED
#define LIMIT "2GiB"
#else
#define LIMIT "256MiB"
#endif

#define COLS 333
#define ROWS 336

static const char config[] =
    "experiment: both\n"
    "output_dir: out\n"
    "grid: {crs: 'EPSG:31985', resolution: 30, bounds: [288750, 9110700, 298740, 9120780]}\n"
    "datasets:\n"
    "  - {name: landsat, path: '${SAMPLE}/landsat7.tif', bands: [1, 2]}\n"
    "  - {name: cover, path: '${SAMPLE}/landsat7.tif', bands: [4], method: nearest, nodata: 70}\n"
    "  - {name: elevation, path: '${SAMPLE}/dem.tif', method: average}\n"
    "  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n"
    "merge: {enable_streaming: true, streaming_chunk_size: 100}\n"
    "export: {formats: [csv, geotiff, cog, png]}\n"
    "memory: {limit: 512MiB}\n";

/* Bytes alone. */
static const char whole[] = "experiment: both\n"
                            "output_dir: out\n"
                            "grid: {crs: 'EPSG:31985', resolution: 30, bounds: [288750, 9110700, 298740, 9120780]}\n"
                            "datasets:\n"
                            "  - {name: a, path: '${SAMPLE}/landsat7.tif', bands: [4], method: nearest, nodata: 70}\n"
                            "  - {name: b, path: '${SAMPLE}/landsat7.tif', bands: [5], method: mode, nodata: 70}\n"
                            "export: {formats: [csv, geotiff]}\n"
                            "memory: {limit: 512MiB}\n";

static void run(const char *settings) {
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none %s config.yml", settings));
}

static GDALDatasetH open_raster(const char *path) {
    GDALAllRegister();
    GDALDatasetH dataset = GDALOpen(path, GA_ReadOnly);
    if (dataset == NULL) fail_msg("%s is no raster", path);
    return dataset;
}

/* Every value of the table against the raster's: the same number, or missing in both. */
static void expect_table(const char *path, const table *csv, GDALDataType type, double nodata) {
    GDALDatasetH dataset = open_raster(path);
    double *cells = malloc(sizeof *cells * COLS * ROWS);
    assert_non_null(cells);
    assert_int_equal(GDALGetRasterXSize(dataset), COLS);
    assert_int_equal(GDALGetRasterYSize(dataset), ROWS);
    assert_int_equal(GDALGetRasterCount(dataset), csv->columns - 2);
    assert_int_equal(csv->rows, COLS * ROWS);
    for (int band = 1; band <= csv->columns - 2; band++) {
        GDALRasterBandH handle = GDALGetRasterBand(dataset, band);
        int has = 0;
        double declared = GDALGetRasterNoDataValue(handle, &has);
        assert_true(has && (isnan(nodata) ? isnan(declared) : declared == nodata));
        assert_int_equal(GDALGetRasterDataType(handle), type);
        assert_string_equal(GDALGetDescription(handle), csv->names[band + 1]);
        assert_int_equal(GDALRasterIO(handle, GF_Read, 0, 0, COLS, ROWS, cells, COLS, ROWS, GDT_Float64, 0, 0),
                         CE_None);
        for (size_t i = 0; i < csv->rows; i++) {
            double want = csv->values[i * (size_t)csv->columns + (size_t)band + 1];
            bool missing = isnan(nodata) ? isnan(cells[i]) : cells[i] == nodata;
            /* The shortest text reads back as the same float. */
            if (isnan(want) ? !missing : missing || (float)cells[i] != (float)want)
                fail_msg("%s: band %d, cell %zu: %.9g, not %.9g", path, band, i, cells[i], want);
        }
    }
    free(cells);
    GDALClose(dataset);
}

static void test_gdal_reads_the_csvs_numbers_from_geotiff_and_cog(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    run("");
    table csv = table_read("out/merged_data_both.csv");
    expect_table("out/merged_data_both.tif", &csv, GDT_Float32, NAN);
    expect_table("out/merged_data_both.cog.tif", &csv, GDT_Float32, NAN);
    table_free(&csv);
    /* Tables may leave out cells; rasters cannot. */
    free(sandbox_succeed("cp out/merged_data_both.tif all.tif"));
    run("--set export.rows=complete --set export.formats='[csv, geotiff]'");
    assert_true(sandbox_same("all.tif", "out/merged_data_both.tif"));
}

static void test_the_rasters_lie_on_the_grid_and_say_how_they_are_stored(void **state) {
    (void)state;
    static const double wants[6] = {288750, 30, 0, 9120780, 0, -30};
    sandbox_write("config.yml", config);
    run("--set export.formats='[geotiff, cog]'");
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(crs, 31985), OGRERR_NONE);
    for (int i = 0; i < 2; i++) {
        double place[6];
        GDALDatasetH dataset = open_raster(i == 0 ? "out/merged_data_both.tif" : "out/merged_data_both.cog.tif");
        assert_int_equal(GDALGetGeoTransform(dataset, place), CE_None);
        assert_memory_equal(place, wants, sizeof wants);
        assert_true(OSRIsSame(GDALGetSpatialRef(dataset), crs));
        assert_string_equal(GDALGetMetadataItem(dataset, "COMPRESSION", "IMAGE_STRUCTURE"), "DEFLATE");
        assert_string_equal(GDALGetMetadataItem(dataset, "PREDICTOR", "IMAGE_STRUCTURE"), "3");
        assert_string_equal(GDALGetMetadataItem(dataset, "INTERLEAVE", "IMAGE_STRUCTURE"), i == 0 ? "BAND" : "PIXEL");
        int width, height;
        GDALGetBlockSize(GDALGetRasterBand(dataset, 1), &width, &height);
        assert_true(width == height && width == 256);
        assert_int_equal(GDALGetOverviewCount(GDALGetRasterBand(dataset, 1)) > 0, i == 1);
        GDALClose(dataset);
    }
    OSRDestroySpatialReference(crs);
}

static void test_bytes_stay_bytes_where_a_value_is_free_and_widen_where_none_is(void **state) {
    (void)state;
    sandbox_write("config.yml", whole);
    run("");
    table csv = table_read("out/merged_data_both.csv");
    expect_table("out/merged_data_both.tif", &csv, GDT_Byte, 70);
    table_free(&csv);
    run("--set datasets.1.nodata=71"); /* 70 is a value of the second, and 71 of the first */
    csv = table_read("out/merged_data_both.csv");
    expect_table("out/merged_data_both.tif", &csv, GDT_Int16, -32768);
    table_free(&csv);
}

static void test_the_files_have_the_same_bytes_for_all_settings(void **state) {
    (void)state;
    static const char *const settings[] = {
        "--set threads=1 --set merge.streaming_chunk_size=7",
        "--set threads=3 --set merge.enable_streaming=false --set merge.chunk_size=257",
        "--set threads=2 --set memory.limit=" LIMIT " --set merge.streaming_chunk_size=5000",
    };
    static const char *const files[] = {"merged_data_both.tif",           "merged_data_both.cog.tif",
                                        "merged_data_both.png",           "merged_data_both_landsat_1.png",
                                        "merged_data_both_landsat_2.png", "merged_data_both_cover.png",
                                        "merged_data_both_elevation.png", "merged_data_both_geoid.png"};
    sandbox_write("config.yml", config);
    run("");
    free(sandbox_succeed("rm -rf first; mv out first"));
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        if (!is_chosen(i, 2)) continue;
        run(settings[i]);
        for (size_t j = 0; j < sizeof files / sizeof *files; j++) {
            char first[128], second[128];
            (void)snprintf(first, sizeof first, "first/%s", files[j]);
            (void)snprintf(second, sizeof second, "out/%s", files[j]);
            if (!sandbox_same(first, second)) fail_msg("%s: other bytes with %s", files[j], settings[i]);
        }
    }
    /* A COG that is made alone is the one that is made of the GeoTIFF. */
    run("--set export.formats='[cog]'");
    assert_true(sandbox_same("first/merged_data_both.cog.tif", "out/merged_data_both.cog.tif"));
    char *left = sandbox_succeed("ls -A out");
    assert_string_equal(left, "merged_data_both.cog.tif\nmerged_data_both.metadata.json\nmetrics.sqlite\n");
    free(left);
}

/* The map of 333 x 336 cells lies at (40, 116), three pixels a cell; GDAL takes the middle one. */
static void test_pictures_show_what_is_there_and_brighter_is_more(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    run("");
    table csv = table_read("out/merged_data_both.csv");
    unsigned char *pixels = malloc((size_t)4 * COLS * ROWS);
    assert_non_null(pixels);
    for (int column = 2; column < csv.columns; column++) {
        char path[128];
        (void)snprintf(path, sizeof path, "out/merged_data_both_%s.png", csv.names[column]);
        GDALDatasetH dataset = open_raster(path);
        assert_true(GDALGetRasterXSize(dataset) >= 3 * COLS && GDALGetRasterXSize(dataset) <= 2000);
        assert_true(GDALGetRasterYSize(dataset) >= 3 * ROWS && GDALGetRasterYSize(dataset) <= 2000);
        /* Without a hole it is written without transparency. */
        int channels = GDALGetRasterCount(dataset);
        memset(pixels, 255, (size_t)4 * COLS * ROWS);
        assert_int_equal(GDALDatasetRasterIO(dataset, GF_Read, 40, 116, 3 * COLS, 3 * ROWS, pixels, COLS, ROWS,
                                             GDT_Byte, channels, NULL, 4, 4 * COLS, 1),
                         CE_None);
        size_t last = 0;
        bool any = false;
        for (size_t i = 0; i < csv.rows; i++) {
            double value = csv.values[i * (size_t)csv.columns + (size_t)column];
            assert_int_equal(pixels[4 * i + 3], isnan(value) ? 0 : 255);
            if (isnan(value)) continue;
            double before = any ? csv.values[last * (size_t)csv.columns + (size_t)column] : value;
            /* Green rises all along the ramp. */
            int green = pixels[4 * i + 1], green_before = any ? pixels[4 * last + 1] : green;
            if (value > before ? green < green_before : value < before ? green > green_before : green != green_before)
                fail_msg("%s: %g is green %d, %g is %d", path, value, green, before, green_before);
            last = i;
            any = true;
        }
        GDALClose(dataset);
    }
    free(pixels);
    table_free(&csv);
}

static void test_memory_stays_under_the_limit_with_every_raster_format_and_many_columns(void **state) {
    (void)state;
    char text[16384];
    int length = snprintf(text, sizeof text,
                          "experiment: many\noutput_dir: out\n"
                          "grid: {crs: 'EPSG:31985', resolution: 30, bounds: [288750, 9110700, 298740, 9120780]}\n"
                          "merge: {enable_streaming: true}\nexport: {formats: [geotiff, cog, png]}\n"
                          "memory: {limit: " LIMIT "}\ndatasets:\n");
    for (int i = 0; i < 4; i++)
        length += snprintf(text + length, sizeof text - (size_t)length,
                           "  - {name: l%d, path: '${SAMPLE}/landsat7.tif', method: %s}\n", i,
                           i % 2 == 0 ? "bilinear" : "nearest");
    sandbox_write("many.yml", text);
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none many.yml"));
    char *under = sandbox_succeed("sqlite3 out/metrics.sqlite 'select peak_bytes <= limit_bytes from experiments'");
    assert_string_equal(under, "1\n");
    free(under);
    GDALDatasetH dataset = open_raster("out/merged_data_many.cog.tif");
    assert_int_equal(GDALGetRasterCount(dataset), 24);
    int width, height;
    GDALGetBlockSize(GDALGetRasterBand(dataset, 1), &width, &height);
    assert_int_equal(width, 128); /* 24 interleaved bands make 6 MiB of a tile of 256 */
    GDALClose(dataset);
    dataset = open_raster("out/merged_data_many.png");
    assert_true(GDALGetRasterXSize(dataset) <= 2000 && GDALGetRasterYSize(dataset) <= 2000);
    GDALClose(dataset);
}

static void test_the_plan_names_the_rasters_and_a_limit_that_is_too_small(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    char *plan = sandbox_succeed("\"$WEFT\" plan --json config.yml");
    assert_non_null(strstr(plan, "/out/merged_data_both.tif\""));
    assert_non_null(strstr(plan, "/out/merged_data_both.cog.tif\""));
    assert_non_null(strstr(plan, "/out/merged_data_both.png\""));
    sandbox_result result = sandbox_run("\"$WEFT\" plan --set memory.limit=64MiB config.yml");
    assert_int_equal(result.exit_code, 71);
    sandbox_result_free(&result);
    free(plan);
}

static void expect_said(const char *expected, const char *command) {
    char *said = sandbox_succeed("%s", command);
    assert_string_equal(said, expected);
    free(said);
}

/* Five layers and the sheet. */
static void test_plan_and_metadata_name_every_picture(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    expect_said("6\n", "\"$WEFT\" plan config.yml | grep -c '^output .*/out/merged_data_both.*\\.png, about'");
    expect_said("", "\"$WEFT\" plan --json config.yml | grep -o '/merged_data_[^\"]*' | tr -d / | sort >planned");
    run("");
    expect_said("", "ls out | grep merged_data | grep -v metadata | sort >there; diff there planned");
    expect_said("", "cd out; awk -F '\"' '/\"file\"/ {f = $4} /\"sha256\"/ {print $4 \"  \" f}' "
                    "merged_data_both.metadata.json >../sums; sha256sum --quiet -c ../sums");
    expect_said("", "awk '{print $2}' sums | sort | diff there -");
    expect_said("", "awk -F '[\":, ]+' '/\"file\"/ {f = $3} /\"bytes\"/ {print $3, f}' "
                    "out/merged_data_both.metadata.json | sort >noted; "
                    "(cd out; stat -c '%s %n' $(cat ../there)) | sort | diff - noted");
}

/* A rotated pole has no GeoTIFF keys. */
static void test_a_crs_that_a_geotiff_cannot_say_is_warned_of(void **state) {
    (void)state;
    static const char turned[] = "--set grid.crs='+proj=ob_tran +o_proj=longlat +o_lat_p=40 +o_lon_p=10 +lon_0=0 "
                                 "+datum=WGS84' --set grid.resolution=0.01 --set grid.extent=landsat";
    sandbox_write("config.yml", config);
    char *plain = sandbox_succeed("\"$WEFT\" plan --json config.yml");
    assert_non_null(strstr(plain, "\"warnings\": []"));
    free(plain);
    free(sandbox_succeed("grep -v '^grid' config.yml > turned.yml; echo 'grid: {extent: landsat}' >> turned.yml"));
    char *plan = sandbox_succeed("\"$WEFT\" plan --json %s turned.yml", turned);
    assert_non_null(strstr(plan, "cannot say the grid's CRS"));
    free(plan);
    free(sandbox_succeed("rm -rf out; \"$WEFT\" run --progress none %s turned.yml", turned));
    char *left = sandbox_succeed("ls -A out | grep -v merged_data");
    assert_string_equal(left, "metrics.sqlite\n");
    free(left);
}

static void test_a_run_that_fails_leaves_no_raster_and_no_picture(void **state) {
    (void)state;
    sandbox_write("config.yml", config);
    broken_run_leaves_nothing();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gdal_reads_the_csvs_numbers_from_geotiff_and_cog),
        cmocka_unit_test(test_the_rasters_lie_on_the_grid_and_say_how_they_are_stored),
        cmocka_unit_test(test_bytes_stay_bytes_where_a_value_is_free_and_widen_where_none_is),
        cmocka_unit_test(test_the_files_have_the_same_bytes_for_all_settings),
        cmocka_unit_test(test_pictures_show_what_is_there_and_brighter_is_more),
        cmocka_unit_test(test_memory_stays_under_the_limit_with_every_raster_format_and_many_columns),
        cmocka_unit_test(test_the_plan_names_the_rasters_and_a_limit_that_is_too_small),
        cmocka_unit_test(test_plan_and_metadata_name_every_picture),
        cmocka_unit_test(test_a_crs_that_a_geotiff_cannot_say_is_warned_of),
        cmocka_unit_test(test_a_run_that_fails_leaves_no_raster_and_no_picture),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
