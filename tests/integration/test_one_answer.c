/* The same bytes, of the table in every format, whatever the windows, chunks, threads, mode, limit and pressure:
 * on the sample, and on a generated job of five datasets in three CRSs.
 *
 * SPDX-License-Identifier: MIT */
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/rasters.h"
#include "support/sandbox.h"

#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The generated grid's cells are of 400 m, 1250 x 1000 of them; of $WEFT_ANSWER_RESOLUTION metres where it is set, as
 * for `ctest -C long`. Under a sanitizer everything is ten times slower and several times larger: the grid is then half
 * as large, and the tight limit not as tight. ThreadSanitizer alone holds more than half a GiB of its own. */
#ifdef WEFT_SANITIZED
#define RESOLUTION "500"
#else
#define RESOLUTION "400"
#endif
#ifdef __SANITIZE_THREAD__
#define LIMIT "3GiB"
#define TIGHT "1500MiB"
#elif defined(WEFT_SANITIZED)
#define LIMIT "1GiB"
#define TIGHT "1GiB"
#else
#define LIMIT "1GiB"
#define TIGHT "96MiB"
#endif

/* 263 x 265 cells: more than a window, and than a row group of Parquet has. */
static const char sample_config[] =
    "experiment: answer\n"
    "output_dir: ${OUT:-first}\n"
    "threads: 2\n"
    "grid: {crs: 'EPSG:31985', resolution: 38, extent: landsat}\n"
    "datasets:\n"
    "  - {name: landsat, path: '${SAMPLE}/landsat7.tif', bands: [1, 6], method: bilinear}\n"
    "  - {name: elevation, path: '${SAMPLE}/dem.tif', method: average}\n"
    "  - {name: slope, path: '${SAMPLE}/dem.tif', method: lanczos}\n"
    "  - {name: middle, path: '${SAMPLE}/landsat7.tif', bands: [4], method: med}\n"
    "  - {name: total, path: '${SAMPLE}/geoid.tif', method: sum}\n"
    "  - {name: near, path: '${SAMPLE}/landsat7.tif', bands: [3], method: nearest}\n"
    "  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n"
    "export: {formats: [csv, csv.gz, parquet, sqlite]}\n"
    "memory: {limit: " LIMIT "}\n";

/* Over the sample; one has a hole. */
static const char zones[] =
    "{\"type\": \"FeatureCollection\", \"features\": [\n"
    "{\"type\": \"Feature\", \"properties\": {\"name\": \"hills\"}, \"geometry\": {\"type\": \"Polygon\", "
    "\"coordinates\":\n"
    "[[[-34.91, -8.03], [-34.87, -8.03], [-34.86, -7.96], [-34.91, -7.955], [-34.91, -8.03]],\n"
    "[[-34.9, -8.01], [-34.88, -8.0], [-34.89, -7.98], [-34.9, -8.01]]]}},\n"
    "{\"type\": \"Feature\", \"properties\": {\"name\": \"a, \\\"coast\\\"\"}, \"geometry\": {\"type\": \"Polygon\", "
    "\"coordinates\":\n"
    "[[[-34.88, -8.02], [-34.84, -8.03], [-34.83, -7.97], [-34.87, -7.97], [-34.88, -8.02]]]}}]}\n";

/* Some rows of some columns, most of them derived: in polygons by share, with the zone, and drawn by it. */
static const char derived_config[] =
    "experiment: answer\n"
    "output_dir: ${OUT:-first}\n"
    "threads: 2\n"
    "grid: {crs: 'EPSG:31985', resolution: 38, extent: l}\n"
    "datasets:\n"
    "  - {name: l, path: '${SAMPLE}/landsat7.tif', method: bilinear}\n"
    "  - {name: elevation, path: '${SAMPLE}/dem.tif', method: average}\n"
    "  - {name: near, path: '${SAMPLE}/landsat7.tif', bands: [3], method: nearest}\n"
    "  - {name: told, path: '${SAMPLE}/landsat7.tif', bands: [2], min_coverage: 0.4,\n"
    "     method: [stdev, p30, variety, share, coverage], classes: [40, 60],\n"
    "     mask: {path: '${SAMPLE}/landsat7.tif', band: 1, where: value > 70}}\n"
    "  - {name: med, path: ['${SAMPLE}/landsat7.tif', '${SAMPLE}/landsat7.tif'],\n"
    "     bands: [1], mosaic: med, mask: {path: '${SAMPLE}/landsat7.tif', values: 65}}\n"
    "columns:\n"
    "  ndvi: (l_4 - l_3) / (l_4 + l_3)\n"
    "  percent: {expr: ndvi * 1000, type: Int8}\n"
    "  odd: 'near > 60 and elevation > 9 ? log(elevation) : percent / (near - 50)'\n"
    "rows:\n"
    "  where: ndvi > -0.2 or missing(elevation)\n"
    "  within: {path: zones.geojson, touch: 0.3}\n"
    "  zone: {path: zones.geojson, field: name}\n"
    "  sample: {by: name, per: 9000, seed: 5}\n"
    "export: {formats: [csv, csv.gz, parquet, sqlite], rows: any,\n"
    "         columns: [odd, near, name, percent, elevation, told_stdev, told_p30, told_variety,\n"
    "                   told_40, told_coverage, med]}\n"
    "memory: {limit: " LIMIT "}\n";

static const char generated_config[] = "experiment: answer\n"
                                       "output_dir: ${OUT:-first}\n"
                                       "threads: 2\n"
                                       "grid:\n"
                                       "  crs: 'EPSG:3035'\n"
                                       "  resolution: '${WEFT_ANSWER_RESOLUTION:-" RESOLUTION "}'\n"
                                       "  bounds: [4100000, 2700000, 4600000, 3100000]\n"
                                       "datasets:\n"
                                       "  - {name: elevation, path: '${CACHE}/elevation.tif', method: cubic}\n"
                                       "  - {name: canopy, path: '${CACHE}/canopy_100.tif', method: average}\n"
                                       "  - {name: cover, path: '${CACHE}/cover.tif', method: mode}\n"
                                       "  - {name: rain, path: '${CACHE}/rain.tif'}\n"
                                       "  - {name: warmth, path: '${CACHE}/warmth.tif', method: lanczos}\n"
                                       "merge: {enable_streaming: true}\n"
                                       "export: {formats: [csv, parquet]}\n"
                                       "memory: {limit: " LIMIT "}\n";

static const raster_spec rasters[] = {
    {"elevation.tif",
     4326,
     8.0,
     51.0,
     1.0 / 400,
     1600,
     1600,
     GDT_Int16,
     -20,
     3000,
     true,
     -32768,
     97,
     {"TILED=YES", "COMPRESS=DEFLATE", NULL}},
    {"canopy_100.tif",
     32632,
     420000,
     5640000,
     100,
     2400,
     2400,
     GDT_Float32,
     0,
     40,
     true,
     -1,
     61,
     {"TILED=YES", "COMPRESS=DEFLATE", "PREDICTOR=3", NULL}},
    {"cover.tif", 3035, 4080000, 3120000, 150, 3600, 2900, GDT_Byte, 1, 40, true, 0, 53, {"COMPRESS=LZW", NULL}},
    {"rain.tif", 4326, 5.0, 54.0, 0.1, 100, 90, GDT_Float32, 200, 2500, false, 0, 0, {NULL}},
    {"warmth.tif", 32632, 300000, 5800000, 5000, 120, 130, GDT_Float64, -10, 25, false, 0, 0, {NULL}},
};

/* Of every format that the job writes. */
static bool is_first_one_s(void) {
    static const char *const formats[] = {"csv", "csv.gz", "parquet", "sqlite"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        char first[64], second[64];
        (void)snprintf(first, sizeof first, "first/merged_data_answer.%s", formats[i]);
        (void)snprintf(second, sizeof second, "second/merged_data_answer.%s", formats[i]);
        bool written = i == 0 || sandbox_exists(first);
        if (written != sandbox_exists(second) || (written && !sandbox_same(first, second))) return false;
    }
    return true;
}

/* Runs the job again with these settings: the table is the first one's, byte for byte. */
static void same_with(const char *settings) {
    free(sandbox_succeed("OUT=second \"$WEFT\" run --progress none %s config.yml", settings));
    if (!is_first_one_s()) fail_msg("the table differs with %s", settings);
    free(sandbox_succeed("rm -r second"));
}

static void same_under_pressure(const char *settings) {
    free(sandbox_succeed("OUT=second \"$PRESSURED\" config.yml script %s 2>&1", settings));
    if (!is_first_one_s()) fail_msg("the table differs under pressure with %s", settings);
    free(sandbox_succeed("rm -r second"));
}

static void begin(const char *config) {
    sandbox_write("config.yml", config);
    free(sandbox_succeed("rm -rf first; \"$WEFT\" run --progress none config.yml"));
}

#define STREAMING "--set merge.enable_streaming=true "
#define IN_MEMORY "--set merge.enable_streaming=false "

static void test_the_sample_has_one_answer(void **state) {
    (void)state;
    begin(sample_config);
    static const char *const settings[] = {
        STREAMING,
        IN_MEMORY,
        STREAMING "--set resampling.window_size=256",
        STREAMING "--set resampling.window_size=200 --set merge.streaming_chunk_size=64",
        STREAMING "--set resampling.window_size=2048 --set merge.streaming_chunk_size=5000",
        STREAMING "--set resampling.window_size=7 --set merge.streaming_chunk_size=7",
        STREAMING "--set merge.streaming_chunk_size=1",
        IN_MEMORY "--set merge.chunk_size=1 --set resampling.window_size=200",
        IN_MEMORY "--set merge.chunk_size=7 --set resampling.window_size=256",
        STREAMING "--set threads=1",
        STREAMING "--set threads=3 --set merge.streaming_chunk_size=7",
        IN_MEMORY "--set threads=3",
        STREAMING "--set memory.limit=" TIGHT,
        IN_MEMORY "--set memory.limit=" TIGHT,
        STREAMING "--set memory.limit=2GiB",
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (is_chosen(i, 6)) same_with(settings[i]);
    sandbox_write("script", "50 *2\n85 *4\n95 *4\n40\n");
    same_under_pressure("merge.enable_streaming=true merge.streaming_chunk_size=4 merge.min_chunk_size=1");
    same_under_pressure("merge.enable_streaming=false");
}

static void test_derived_columns_and_chosen_rows_have_one_answer(void **state) {
    (void)state;
    sandbox_write("zones.geojson", zones);
    begin(derived_config);
    static const char *const settings[] = {
        STREAMING,
        STREAMING "--set resampling.window_size=200 --set merge.streaming_chunk_size=64",
        STREAMING "--set resampling.window_size=7 --set merge.streaming_chunk_size=7",
        STREAMING "--set merge.streaming_chunk_size=1 --set threads=1",
        IN_MEMORY "--set merge.chunk_size=7 --set resampling.window_size=256",
        IN_MEMORY "--set threads=3",
        STREAMING "--set memory.limit=" TIGHT,
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (is_chosen(i, 4)) same_with(settings[i]);
    sandbox_write("script", "50 *2\n85 *4\n95 *4\n40\n");
    same_under_pressure("merge.enable_streaming=true merge.streaming_chunk_size=4 merge.min_chunk_size=1");
}

static void test_a_large_job_has_one_answer(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rasters / sizeof *rasters; i++)
        assert_true(raster_make(getenv("CACHE"), &rasters[i]));
    begin(generated_config);
    static const char *const settings[] = {
        IN_MEMORY "--set resampling.window_size=256 --set memory.limit=2GiB",
        IN_MEMORY "--set memory.limit=" TIGHT,
        "--set memory.limit=" TIGHT " --set merge.streaming_chunk_size=64",
        "--set threads=1 --set resampling.window_size=300 --set merge.streaming_chunk_size=7",
        "--set threads=3 --set merge.streaming_chunk_size=1",
        "--set resampling.window_size=2048 --set memory.limit=2GiB",
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (is_chosen(i, 3)) same_with(settings[i]);
    sandbox_write("script", "50 *4\n85 *12\n95 *12\n40 *30\n85 *8\n40\n");
    same_under_pressure("merge.streaming_chunk_size=100 merge.min_chunk_size=10");
    if (is_chosen(1, 2)) same_under_pressure("merge.enable_streaming=false memory.limit=" LIMIT);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    setenv("PRESSURED", WEFT_PRESSURED, 1);
    setenv("CACHE", WEFT_TEST_DATA, 1);
    mkdir(WEFT_TEST_DATA, 0777);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sample_has_one_answer),
        cmocka_unit_test(test_derived_columns_and_chosen_rows_have_one_answer),
        cmocka_unit_test(test_a_large_job_has_one_answer),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
