/* The plan's peak estimate beside what the kernel counted (VmHWM): never below, and at most half above, for shapes
 * of grids, files, formats and modes. All limits and threads with WEFT_LONG_TESTS=1. And how often a file's blocks are
 * decoded where the cache is small.
 *
 * SPDX-License-Identifier: MIT */
#include "support/chosen.h"
#include "support/cmocka_all.h"

#include "support/peak_check.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                                           \
    "experiment: job\noutput_dir: out\nthreads: '${T}'\nmerge: {enable_streaming: '${S}'}\n"                           \
    "export: {formats: ['${F}']}\nmemory: {limit: '${L}MiB'}\n"

static const char sample[] = HEAD "grid: {crs: EPSG:31985, resolution: '${R}', extent: landsat}\n"
                                  "datasets:\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif'}\n"
                                  "  - {name: elevation, path: '${SAMPLE}/dem.tif'}\n"
                                  "  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n";
static const char wide[] = HEAD "grid: {crs: EPSG:31985, resolution: [0.01, 2500], extent: elevation}\n"
                                "datasets: [{name: elevation, path: '${SAMPLE}/dem.tif'}]\n";
static const char large[] = HEAD "grid: {crs: EPSG:31985, resolution: '${R}', extent: elevation}\n"
                                 "datasets: [{name: elevation, path: large.tif}]\n";
static const char stack[] = HEAD "grid: {crs: EPSG:32725, resolution: [10, 40], extent: stack}\n"
                                 "datasets: [{name: stack, path: stack.tif}]\n";

/* So coarse and so strictly that most lattice cells are split down to single cells. */
static const char bent[] = HEAD "grid: {crs: 'ESRI:54009', resolution: '${R}', "
                                "bounds: [-18000000, -9000000, 18000000, 9000000]}\n"
                                "resampling: {transform_tolerance: 0.01}\n"
                                "datasets: [{name: world, path: world.tif, method: average}]\n";

/* 300 datasets, of one file or each of its own. */
static void write_layers(const char *name, const char *path) {
    char *text = malloc(40000);
    assert_non_null(text);
    int length = snprintf(text, 40000, HEAD "grid: {crs: EPSG:32725, resolution: '${R}', extent: l0}\ndatasets:\n");
    for (int i = 0; i < 300; i++) {
        length += snprintf(text + length, (size_t)(40000 - length), "  - {name: l%d, path: '", i);
        length += snprintf(text + length, (size_t)(40000 - length), path, i);
        length += snprintf(text + length, (size_t)(40000 - length), "'}\n");
    }
    sandbox_write(name, text);
    free(text);
}

typedef struct job {
    const char *name;
    int limit_mib, threads;
    bool streaming;
    const char *format;
    double resolution;
} job;

static void check(job of) {
    char settings[128];
    (void)snprintf(settings, sizeof settings, "L=%d T=%d S=%s F=%s R=%g", of.limit_mib, of.threads,
                   of.streaming ? "true" : "false", of.format, of.resolution);
    peak_check(settings, of.name, 0);
}

static int prepare(void **state) {
    int status = sandbox_setup(state);
    sandbox_write("sample.yml", sample);
    sandbox_write("wide.yml", wide);
    sandbox_write("large.yml", large);
    sandbox_write("stack.yml", stack);
    sandbox_write("bent.yml", bent);
    write_layers("layers.yml", "${SAMPLE}/dem.tif");
    write_layers("files.yml", "files/f%d.tif");
    free(sandbox_succeed("mkdir files; for i in $(seq 0 299); do cp \"$SAMPLE/dem.tif\" files/f$i.tif; done"));
    free(sandbox_succeed("gdal_translate -q -ot Float32 -outsize 5000 5000 -co TILED=YES -co COMPRESS=DEFLATE "
                         "\"$SAMPLE/dem.tif\" large.tif"));
    free(sandbox_succeed("gdal_translate -q -ot Float32 -outsize 1024 256 -co TILED=YES -co BLOCKXSIZE=128 "
                         "-co BLOCKYSIZE=128 -co COMPRESS=DEFLATE -co INTERLEAVE=PIXEL $(yes -- '-b 1' | head -40) "
                         "\"$SAMPLE/dem.tif\" stack.tif"));
    free(sandbox_succeed("gdal_translate -q -outsize 720 360 -a_srs EPSG:4326 -a_ullr -180 90 180 -90 "
                         "\"$SAMPLE/dem.tif\" world.tif"));
    return status;
}

static void skip_sanitized(void) {
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer takes memory of its own\n");
    skip();
#endif
}

static void test_the_estimate_is_near_the_peak_and_never_below(void **state) {
    static const job jobs[] = {
        {"sample", 256, 2, true, "parquet", 12}, {"sample", 512, 2, true, "csv", 30},
        {"wide", 256, 2, false, "csv", 0},       {"wide", 128, 1, true, "parquet", 0},
        {"files", 512, 2, true, "parquet", 60},  {"layers", 512, 2, true, "csv", 300},
        {"large", 256, 2, true, "csv", 12},      {"large", 512, 1, false, "parquet", 12},
        {"sample", 512, 2, true, "geotiff", 15}, {"sample", 512, 2, true, "cog", 30},
        {"bent", 96, 8, true, "csv", 12000},     {"stack", 128, 2, true, "csv", 0},
    };
    (void)state;
    skip_sanitized();
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        if (is_chosen(i, 3)) check(jobs[i]);
}

static void test_the_estimate_is_near_the_peak_for_all_limits_and_threads(void **state) {
    static const int limits[] = {96, 128, 256, 512, 1024}, threads[] = {1, 2, 8};
    static const char *const formats[] = {"csv", "csv.gz", "parquet", "sqlite", "geotiff", "cog", "png"};
    (void)state;
    skip_sanitized();
    if (getenv("WEFT_LONG_TESTS") == NULL) skip();
    for (int i = 0; i < 30; i++) {
        int limit = limits[i / 6], workers = threads[i / 2 % 3];
        for (int format = 0; format <= 2; format += 2) {
            check((job){"wide", limit, workers, i % 2 == 0, formats[format], 0});
            check((job){"layers", limit, workers, i % 2 == 0, formats[format], 300});
            check((job){"files", limit, workers, i % 2 == 0, formats[format], 300});
        }
        if (limit >= 256) check((job){"large", limit, workers, i % 2 == 0, "csv", 8});
    }
    for (int i = 0; i < 7; i++) {
        check((job){"sample", 512, 2, true, formats[i], 30});
        check((job){"sample", 512, 2, false, formats[i], 10});
        check((job){"large", 256, 2, true, formats[i], 8});
    }
}

/* 40 bands, interleaved by pixel, in 16 tiles of 2.5 MiB each: a row of tiles is 20 MiB, more than the cache. Were each
 * decoded for every band, 640 at least would be. */
static void test_a_block_of_many_bands_is_decoded_few_times_though_a_row_of_them_exceeds_the_cache(void **state) {
    (void)state;
    skip_sanitized();
    char *decoded =
        sandbox_succeed("export L=128 T=1 S=true F=csv; rm -rf out; \"$WEFT\" run --progress none stack.yml "
                        ">/dev/null && sqlite3 out/metrics.sqlite \"select created, acquired from v_pools "
                        "where pool = 'blocks'\"");
    long created = atol(decoded);
    print_message("16 blocks decoded, %s", decoded);
    assert_between(created, 16, 100);
    free(decoded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_estimate_is_near_the_peak_and_never_below),
        cmocka_unit_test(test_the_estimate_is_near_the_peak_for_all_limits_and_threads),
        cmocka_unit_test(test_a_block_of_many_bands_is_decoded_few_times_though_a_row_of_them_exceeds_the_cache),
    };
    return cmocka_run_group_tests(tests, prepare, sandbox_teardown);
}
