/* The limit as a guarantee: peak resident memory (VmHWM, as the kernel counts it for the process) at or under it, and
 * the plan's estimate, which is no more than half above it, for limits x threads x modes x shapes of the job. The
 * long matrix of all of them runs with WEFT_LONG_TESTS=1 (ctest -C long); a cut of it runs always. `./dev bench memory`
 * is the same in repeats, with a raster eleven times as large.
 *
 * SPDX-License-Identifier: MIT */
#include "support/chosen.h"
#include "support/cmocka_all.h"

#include "support/peak_check.h"
#include "support/rasters.h"
#include "support/sandbox.h"

#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A grid of 1,000,000 columns, and 300 columns of values; both over the bundled sample. */
static const char wide[] = "experiment: job\n"
                           "output_dir: out\n"
                           "threads: '${T}'\n"
                           "grid: {crs: EPSG:31985, resolution: [0.01, 2500], extent: elevation}\n"
                           "datasets: [{name: elevation, path: '${SAMPLE}/dem.tif', method: bilinear}]\n"
                           "merge: {enable_streaming: '${S}'}\n"
                           "export: {formats: ['${F}']}\n"
                           "memory: {limit: '${L}'}\n";

/* 6000 x 6000 Float32: 137 MiB of pixels, more than the smaller limits, all of which a coarser grid of another CRS
 * reads. */
static const raster_spec large = {
    .name = "large.tif",
    .epsg = 32632,
    .west = 390200,
    .north = 5848440,
    .pixel = 20,
    .cols = 6000,
    .rows = 6000,
    .gdal_type = GDT_Float32,
    .low = 0,
    .high = 0.125,
    .has_nodata = true,
    .nodata = -9999,
    .missing_every = 100003,
    .creation = {"TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1", "NUM_THREADS=2", NULL},
};
static const char reproject[] = "experiment: job\n"
                                "output_dir: out\n"
                                "threads: '${T}'\n"
                                "grid: {crs: EPSG:3035, resolution: 160, extent: large}\n"
                                "datasets: [{name: large, path: large.tif, method: bilinear}]\n"
                                "merge: {enable_streaming: '${S}'}\n"
                                "export: {formats: ['${F}']}\n"
                                "memory: {limit: '${L}'}\n";

static void write_layers(void) {
    char *text = malloc(40000);
    assert_non_null(text);
    int length = snprintf(text, 40000,
                          "experiment: job\noutput_dir: out\nthreads: '${T}'\n"
                          "grid: {crs: EPSG:32725, resolution: 300, extent: l0}\n"
                          "merge: {enable_streaming: '${S}'}\nexport: {formats: ['${F}']}\n"
                          "memory: {limit: '${L}'}\ndatasets:\n");
    for (int i = 0; i < 300; i++)
        length += snprintf(text + length, (size_t)(40000 - length), "  - {name: l%d, path: '${SAMPLE}/dem.tif'}\n", i);
    sandbox_write("layers.yml", text);
    free(text);
}

/* Returns the table's checksum, to be freed. */
static char *run_case(const char *job, int limit_mib, int threads, bool streaming, const char *format) {
    char settings[128];
    (void)snprintf(settings, sizeof settings, "L=%dMiB T=%d S=%s F=%s", limit_mib, threads,
                   streaming ? "true" : "false", format);
    peak_check(settings, job, 0);
    return sandbox_succeed("cksum <out/merged_data_job.%s", format);
}

static void run_matrix(const char *job, const char *format, const int *limits, int limit_count) {
    static const int threads[] = {1, 2, 8};
    bool all = getenv("WEFT_LONG_TESTS") != NULL;
    char *first = NULL;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer takes memory of its own\n");
    skip();
#endif
    for (int i = 0; i < (all ? limit_count : 1); i++) {
        for (int j = 0; j < 3; j++) {
            for (int streaming = 0; streaming < 2; streaming++) {
                if (!all && (streaming != j / 2 || threads[j] == 2)) continue;
                char *sum = run_case(job, limits[i], threads[j], streaming == 1, format);
                if (first == NULL) first = strdup(sum);
                assert_string_equal(sum, first);
                free(sum);
            }
        }
    }
    free(first);
}

static const int limits[] = {96, 128, 256, 512, 1024};

static void test_a_raster_larger_than_the_limit_keeps_to_it(void **state) {
    (void)state;
    assert_true(raster_make(sandbox_folder(), &large));
    sandbox_write("reproject.yml", reproject);
    run_matrix("reproject", "csv", limits, 5);
}

static void test_a_million_columns_keep_to_the_limit(void **state) {
    (void)state;
    if (!is_chosen(1, 2)) skip();
    sandbox_write("wide.yml", wide);
    run_matrix("wide", "csv", limits, 5);
}

static void test_three_hundred_layers_keep_to_the_limit(void **state) {
    (void)state;
    if (!is_chosen(1, 2)) skip();
    write_layers();
    run_matrix("layers", "csv", limits, 5);
}

static void test_three_hundred_layers_in_parquet_keep_to_the_limit(void **state) {
    (void)state;
    write_layers();
    run_matrix("layers", "parquet", limits, 5);
}

typedef struct planned {
    long chunk_rows;
    double peak;
} planned;

static planned plan_with(long limit_kib) {
    planned made = {0};
    char *text = sandbox_succeed("L=%ldKiB T=2 S=true F=csv \"$WEFT\" plan --json --set grid.resolution=80 "
                                 "reproject.yml",
                                 limit_kib);
    const char *rows = strstr(text, "\"chunk_rows\": "), *peak = strstr(text, "\"peak_estimate_bytes\": ");
    assert_true(rows != NULL && peak != NULL);
    made.chunk_rows = atol(strchr(rows, ':') + 1);
    made.peak = atof(strchr(peak, ':') + 1);
    free(text);
    return made;
}

/* Somewhere between 100 and 140 MiB the whole grid becomes one chunk, with less memory for blocks. Near that limit a
 * run decides the one way or the other, as a few pages more or less are resident when it begins: the plan counts with
 * the one that costs more, on both sides. */
static void test_the_estimate_holds_for_either_plan_that_a_few_pages_decide_for(void **state) {
    long below = 100 * 1024, above = 140 * 1024;
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer takes memory of its own\n");
    skip();
#endif
    assert_true(raster_make(sandbox_folder(), &large));
    sandbox_write("reproject.yml", reproject);
    assert_true(plan_with(below).chunk_rows < 1522 && plan_with(above).chunk_rows == 1522);
    while (above - below > 64) {
        long middle = (below + above) / 2;
        *(plan_with(middle).chunk_rows == 1522 ? &above : &below) = middle;
    }
    double low = plan_with(below).peak, high = plan_with(above).peak, far = plan_with(above + 1024).peak;
    assert_true(low > far * 1.03);
    assert_true(high >= low * 0.99);
    assert_true(high <= low * 1.01);
}

/* One strip of 2500 x 2500 values, which no reader can take in parts: 24 MiB of float32, 30 with their mask. */
static void test_a_strip_too_large_is_refused_with_the_line_that_mends_it(void **state) {
    (void)state;
    sandbox_write("wide.yml", wide);
    free(sandbox_succeed("gdal_translate -q -ot Float32 -outsize 2500 2500 -co COMPRESS=DEFLATE -co BLOCKYSIZE=2500 "
                         "\"$SAMPLE/dem.tif\" strip.tif"));
    sandbox_result result = sandbox_run("L=72MiB T=8 S=true F=csv \"$WEFT\" plan --set datasets.0.path=strip.tif "
                                        "wide.yml");
    assert_int_equal(result.exit_code, 71);
    assert_non_null(strstr(result.err, "72.0 MiB is too small: "));
    assert_non_null(strstr(result.err, "gdal_translate -co TILED=YES -co COMPRESS=DEFLATE "));
    sandbox_result_free(&result);
}

static void test_fewer_threads_run_where_the_limit_does_not_carry_all(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer takes memory of its own\n");
    skip();
#endif
    sandbox_write("wide.yml", wide);
    sandbox_result result = sandbox_run("L=72MiB T=64 S=true F=csv \"$WEFT\" plan wide.yml");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, " of 64 threads: memory.limit of 72.0 MiB has no room for more"));
    sandbox_result_free(&result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_raster_larger_than_the_limit_keeps_to_it),
        cmocka_unit_test(test_a_million_columns_keep_to_the_limit),
        cmocka_unit_test(test_three_hundred_layers_keep_to_the_limit),
        cmocka_unit_test(test_three_hundred_layers_in_parquet_keep_to_the_limit),
        cmocka_unit_test(test_the_estimate_holds_for_either_plan_that_a_few_pages_decide_for),
        cmocka_unit_test(test_a_strip_too_large_is_refused_with_the_line_that_mends_it),
        cmocka_unit_test(test_fewer_threads_run_where_the_limit_does_not_carry_all),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
