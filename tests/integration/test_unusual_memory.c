/* Rasters whose decoding takes more than their blocks show, and cells that lie over all of a raster: at the least limit
 * that the plan accepts a run comes to its end, stays under it, and takes little less than the plan said.
 *
 * SPDX-License-Identifier: MIT */
#include "support/chosen.h"
#include "support/cmocka_all.h"

#include "support/peak_check.h"
#include "support/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char job[] = "experiment: job\noutput_dir: out\nthreads: '${T}'\nmerge: {enable_streaming: '${S}'}\n"
                          "export: {formats: [csv]}\nmemory: {limit: '${L}MiB'}\n"
                          "grid: {crs: EPSG:31985, resolution: '${R}', extent: elevation, align: true}\n"
                          "datasets: [{name: elevation, path: '${P}', method: '${M}'}]\n";

typedef struct unusual {
    const char *path, *method;
    double resolution;
    int threads;
    bool streaming;
} unusual;

/* The limit in MiB that the plan's refusal of 1 MiB names, and then that of the limits it names. */
static int min_limit(unusual of) {
    int limit = 1;
    for (int tries = 0; tries < 5; tries++) {
        sandbox_result told =
            sandbox_run("export P='%s' M=%s R=%g T=%d S=%s L=%d; \"$WEFT\" plan --json job.yml", of.path, of.method,
                        of.resolution, of.threads, of.streaming ? "true" : "false", limit);
        int code = told.exit_code;
        const char *at = strstr(told.err, "too small: ");
        double named = at == NULL ? 0 : strtod(at + strlen("too small: "), NULL);
        if (code != 0 && (code != 71 || named <= 0)) fail_msg("%s: %s", of.path, told.err);
        sandbox_result_free(&told);
        if (code == 0) return limit;
        limit = named > limit ? (int)(named + 0.999) : limit + 1;
    }
    fail_msg("%s: no limit is accepted", of.path);
    return 0;
}

static void check(unusual of) {
#ifdef WEFT_SANITIZED
    (void)of;
    print_message("SKIPPED: a sanitizer takes memory of its own\n");
    skip();
#endif
    char settings[256];
    (void)snprintf(settings, sizeof settings, "P='%s' M=%s R=%g T=%d S=%s L=%d", of.path, of.method, of.resolution,
                   of.threads, of.streaming ? "true" : "false", min_limit(of));
    peak_check(settings, "job", 16 << 20);
}

static int prepare(void **state) {
    int status = sandbox_setup(state);
    sandbox_write("job.yml", job);
    free(sandbox_succeed("gdal_translate -q -ot Float32 -outsize 2048 2048 -co TILED=YES -co BLOCKXSIZE=2048 "
                         "-co BLOCKYSIZE=2048 -co COMPRESS=DEFLATE -co ZLEVEL=1 \"$SAMPLE/dem.tif\" block.tif"));
    free(sandbox_succeed(
        "gdal_translate -q -ot Float32 -r bilinear -outsize 4096 4096 -b 1 -b 1 -b 1 -co INTERLEAVE=PIXEL "
        "-co TILED=YES -co BLOCKXSIZE=2048 -co BLOCKYSIZE=2048 -co COMPRESS=DEFLATE -co ZLEVEL=1 "
        "\"$SAMPLE/dem.tif\" bands.tif"));
    free(sandbox_succeed("cp \"$SAMPLE/dem.tif\" plain.tif"));
    free(sandbox_succeed("gdal_translate -q -outsize 1800 1800 -of GRIB -co DATA_ENCODING=SIMPLE_PACKING "
                         "\"$SAMPLE/dem.tif\" message.grb2"));
    free(sandbox_succeed("gdal_translate -q -ot UInt16 -outsize 2200 2200 -r bilinear -of JP2OpenJPEG -co QUALITY=100 "
                         "-co REVERSIBLE=YES -co BLOCKXSIZE=2200 -co BLOCKYSIZE=2200 \"$SAMPLE/dem.tif\" tile.jp2"));
    free(sandbox_succeed("gdal_translate -q -ot Byte -outsize 3000 3000 -of JPEG -co PROGRESSIVE=YES "
                         "\"$SAMPLE/dem.tif\" progressive.jpg"));
    free(sandbox_succeed("gdal_translate -q -of VRT -outsize 300 300 -r average block.tif over_block.vrt"));
    free(sandbox_succeed(
        "gdal_translate -q -of netCDF -co FORMAT=NC4 -outsize 1000 1000 \"$SAMPLE/dem.tif\" chunks.nc && "
        "gdal_translate -q -of VRT -a_srs EPSG:31985 -a_ullr 288776.250 9120760.750 298765.591 "
        "9110771.409 'HDF5:\"chunks.nc\"://Band1' over_hdf5.vrt"));
    /* The sum of two files, whose tiles are larger than a VRT's own blocks. */
    free(sandbox_succeed(
        "for c in one two; do gdal_translate -q -ot Float32 -outsize 2048 2048 -r bilinear -co TILED=YES "
        "-co BLOCKXSIZE=1024 -co BLOCKYSIZE=1024 -co COMPRESS=DEFLATE \"$SAMPLE/dem.tif\" $c.tif; done; "
        "gdal_translate -q -of VRT one.tif over_one.vrt; "
        "two='<SimpleSource><SourceFilename relativeToVRT=\"1\">two.tif</SourceFilename></SimpleSource>'; "
        "sed -e 's| band=\"1\".*>| band=\"1\" subClass=\"VRTDerivedRasterBand\">|' "
        "-e 's|<ColorInterp>|<PixelFunctionType>sum</PixelFunctionType>&|' -e \"s|</SimpleSource>|&$two|\" "
        "over_one.vrt >sum.vrt; grep -q two.tif sum.vrt"));
    /* Not every build of libtiff has these. */
    sandbox_result_free(&(sandbox_result[]){sandbox_run(
        "tile='-q -outsize 2048 2048 -co TILED=YES -co BLOCKXSIZE=1024 -co BLOCKYSIZE=1024'; "
        "for c in LERC LERC_ZSTD LERC_DEFLATE; do gdal_translate $tile -ot Float32 -r bilinear -co COMPRESS=$c "
        "-co MAX_Z_ERROR=0 \"$SAMPLE/dem.tif\" $c.tif || rm -f $c.tif; done; "
        "gdal_translate $tile -ot Byte -b 1 -b 1 -b 1 -co COMPRESS=WEBP -co INTERLEAVE=PIXEL \"$SAMPLE/dem.tif\" "
        "WEBP.tif || rm -f WEBP.tif")}[0]);
    return status;
}

static void test_a_raster_of_one_block_is_read_at_the_least_limit(void **state) {
    (void)state;
    if (is_chosen(1, 2)) check((unusual){"block.tif", "bilinear", 100, 1, true});
    check((unusual){"block.tif", "bilinear", 100, 2, false});
}

static void test_a_message_that_is_decoded_whole_is_counted(void **state) {
    (void)state;
    check((unusual){"message.grb2", "bilinear", 100, 1, true});
}

static void test_a_tile_larger_than_its_blocks_is_counted(void **state) {
    (void)state;
    check((unusual){"tile.jp2", "bilinear", 500, 1, true});
}

static void test_the_coefficients_of_a_progressive_picture_are_counted(void **state) {
    (void)state;
    check((unusual){"progressive.jpg", "bilinear", 100, 1, true});
}

static void test_blocks_of_the_files_under_a_vrt_are_counted(void **state) {
    (void)state;
    check((unusual){"over_block.vrt", "bilinear", 100, 1, true});
    check((unusual){"over_hdf5.vrt", "bilinear", 100, 1, true});
}

static void test_tiles_that_a_pixel_function_needs_at_once_are_counted(void **state) {
    (void)state;
    check((unusual){"sum.vrt", "bilinear", 40, 1, true});
}

/* Tiles whose decoders hold several copies of them: many workers, at the least limit of one decoder and at more. */
static void test_decoders_of_many_workers_keep_to_the_limit(void **state) {
    static const char *const paths[] = {"LERC.tif", "LERC_ZSTD.tif", "LERC_DEFLATE.tif", "WEBP.tif"};
    (void)state;
    struct stat info;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (!is_chosen(i, 3)) continue;
        if (stat(paths[i], &info) == 0)
            check((unusual){paths[i], "bilinear", 40, 16, true});
        else
            print_message("SKIPPED: GDAL writes no %s\n", paths[i]);
    }
}

/* How many blocks are decoded at the least limit, the bands beside each not counted. */
static int decodes(unusual of) {
    char *told = sandbox_succeed(
        "export P=%s M=%s R=%g T=%d S=false L=%d; rm -rf out; \"$WEFT\" run --progress none job.yml >/dev/null && "
        "sqlite3 out/metrics.sqlite \"select created from pool_stats where pool = 'blocks'\"",
        of.path, of.method, of.resolution, of.threads, min_limit(of));
    int count = atoi(told);
    free(told);
    return count;
}

/* Four tiles of three bands, and a picture of 2200 x 2200 pixels in nine blocks of 1024. Dozens of windows lie
 * over each, and cells along an edge need both sides: where the blocks of a corner are not at hand, there is a decode
 * for each window, or for every 32 rows of one. */
static void test_large_tiles_are_decoded_a_few_times_at_the_least_limit(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    skip();
#endif
    assert_between(decodes((unusual){"bands.tif", "bilinear", 30, 4, false}), 4, 3 * 4);
    assert_between(decodes((unusual){"tile.jp2", "bilinear", 30, 1, false}), 9, 3 * 9);
}

static void test_a_cell_over_all_of_a_raster_has_its_pixels(void **state) {
    (void)state;
    if (is_chosen(1, 2)) check((unusual){"block.tif", "min", 50000, 1, true});
    check((unusual){"block.tif", "med", 50000, 1, false});
    if (is_chosen(1, 2)) check((unusual){"block.tif", "sum", 50000, 1, true});
}

static void test_nearest_needs_no_more_of_a_strongly_reduced_raster(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    skip();
#endif
    int reduced = min_limit((unusual){"plain.tif", "nearest", 50000, 1, true});
    int plain = min_limit((unusual){"plain.tif", "nearest", 90, 1, true});
    assert_between(reduced, 1, plain + 2);
    reduced = min_limit((unusual){"block.tif", "nearest", 50000, 1, true});
    plain = min_limit((unusual){"block.tif", "nearest", 5, 1, true});
    assert_between(reduced, 1, plain + 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_raster_of_one_block_is_read_at_the_least_limit),
        cmocka_unit_test(test_a_message_that_is_decoded_whole_is_counted),
        cmocka_unit_test(test_a_tile_larger_than_its_blocks_is_counted),
        cmocka_unit_test(test_the_coefficients_of_a_progressive_picture_are_counted),
        cmocka_unit_test(test_blocks_of_the_files_under_a_vrt_are_counted),
        cmocka_unit_test(test_tiles_that_a_pixel_function_needs_at_once_are_counted),
        cmocka_unit_test(test_decoders_of_many_workers_keep_to_the_limit),
        cmocka_unit_test(test_large_tiles_are_decoded_a_few_times_at_the_least_limit),
        cmocka_unit_test(test_a_cell_over_all_of_a_raster_has_its_pixels),
        cmocka_unit_test(test_nearest_needs_no_more_of_a_strongly_reduced_raster),
    };
    return cmocka_run_group_tests(tests, prepare, sandbox_teardown);
}
