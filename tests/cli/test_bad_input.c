/* Every kind of bad input: its exit code, a message that names the place and the value, and no output of a final name.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <gdal.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GRID     "grid: {crs: 'EPSG:31985', resolution: 100, bounds: [288700, 9110700, 298800, 9120800]}\n"
#define DATASETS "datasets:\n  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n"
#define WHOLE    "experiment: bad\n" GRID DATASETS

/* Runs the configuration and expects `exit_code`, each of the `messages` on stderr, and nothing made. */
static void expect(const char *config, int exit_code, const char *const *messages) {
    sandbox_write("bad.yml", config);
    sandbox_result result = sandbox_run("rm -rf out; \"$WEFT\" run bad.yml");
    if (result.exit_code != exit_code)
        fail_msg("exit code %d, not %d:\n%s\n%s", result.exit_code, exit_code, config, result.err);
    for (int i = 0; messages[i] != NULL; i++)
        if (strstr(result.err, messages[i]) == NULL) fail_msg("no \"%s\" in:\n%s", messages[i], result.err);
    char *made = sandbox_succeed("ls out 2>/dev/null | grep -c csv || true");
    assert_string_equal(made, "0\n");
    free(made);
    sandbox_result_free(&result);
}

#define EXPECT(config, exit_code, ...) expect(config, exit_code, (const char *const[]){__VA_ARGS__, NULL})

static void test_broken_yaml_is_named_by_line_and_column(void **state) {
    (void)state;
    EXPECT("experiment: [a\n" GRID, 65, "bad.yml:2:");
    EXPECT("", 65, "bad.yml:1:1: there is nothing in it");
    sandbox_result raster = sandbox_run("\"$WEFT\" run \"$SAMPLE/dem.tif\"");
    assert_int_equal(raster.exit_code, 65);
    assert_non_null(strstr(raster.err, "hint: a configuration is text; weft init makes one for a folder of rasters"));
    sandbox_result_free(&raster);
    EXPECT("- a\n- b\n", 65, "bad.yml:1:1: a mapping of keys is expected, not a list");
    EXPECT(WHOLE "---\nexperiment: two\n", 65, "a second document");
}

static void test_keys_that_are_unknown_or_there_twice_are_named(void **state) {
    (void)state;
    EXPECT(WHOLE "expotr: {rows: all}\n", 65, "bad.yml:5:1: there is no key \"expotr\"", "did you mean export?");
    EXPECT(WHOLE "export: {row: all}\n", 65, "bad.yml:5:10: export: there is no key \"row\"", "did you mean rows?");
    EXPECT(WHOLE "experiment: again\n", 65, "bad.yml:5:1: the key \"experiment\" appears twice: first in line 1");
}

static void test_wrong_types_say_what_is_expected(void **state) {
    (void)state;
    EXPECT(WHOLE "threads: many\n", 65,
           "bad.yml:5:10: threads: auto or a whole number from 1 to 250 is expected, not "
           "\"many\"");
    EXPECT(WHOLE "merge: {enable_streaming: yes}\n", 65, "bad.yml:5:27: enable_streaming: true or false is expected");
    EXPECT(WHOLE "merge: [1]\n", 65, "bad.yml:5:8: merge: a mapping of keys is expected, not a list");
    EXPECT("experiment: a/b\n" GRID DATASETS, 65, "bad.yml:1:13: experiment: a name is expected, not \"a/b\"");
    EXPECT(WHOLE "resampling: {window_size: 0}\n", 65, "bad.yml:5:27: window_size: a whole number from 1 to 1048576");
    EXPECT(WHOLE "resampling: {window_size: 99999999999999999999}\n", 65, "bad.yml:5:27: window_size");
}

static void test_sizes_and_times_need_units(void **state) {
    (void)state;
    EXPECT(WHOLE "memory: {limit: 512}\n", 65, "bad.yml:5:17: limit: \"512\" has no unit", "hint: for example 512MiB");
    EXPECT(WHOLE "memory: {limit: 5 apples}\n", 65, "bad.yml:5:17: limit: an amount of memory is expected");
    EXPECT(WHOLE "memory: {limit: 150%}\n", 65, "bad.yml:5:17: limit: a share over 0% and up to 100%");
    EXPECT(WHOLE "memory: {sample_interval: 1}\n", 65, "bad.yml:5:27: sample_interval: \"1\" has no unit");
    EXPECT(WHOLE "memory: {warning_percent: 95}\n", 65, "warning_percent (95) is not under critical_percent (90)");
}

static void test_methods_and_formats_that_are_not_there_are_named(void **state) {
    (void)state;
    EXPECT(WHOLE "resampling: {method: bilinaer}\n", 65, "bad.yml:5:22: method: there is no \"bilinaer\"",
           "did you mean bilinear?");
    EXPECT(WHOLE "export: {formats: [exel]}\n", 65, "bad.yml:5:20: formats: there is no \"exel\"");
}

static void test_all_problems_come_at_once(void **state) {
    (void)state;
    EXPECT(WHOLE "threads: none\nmemory: {limit: 512}\nexport: {rows: some}\n", 65,
           "bad.yml:5:", "bad.yml:6:", "bad.yml:7:");
}

static void test_files_that_attack_are_refused(void **state) {
    (void)state;
    EXPECT(WHOLE "\tthreads: 1\n", 65, "bad.yml:5:1: a tab indents this line");
    EXPECT(WHOLE "# \xff\n", 65, "bad.yml:5:3: byte 0xff is not UTF-8 text");
    EXPECT(WHOLE "# \xed\xa0\x80\n", 65, "bad.yml:5:3: byte 0xed is not UTF-8 text"); /* a surrogate */
    EXPECT("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
           "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
           65, "more than 20000 values");
    char nested[256];
    memset(nested, '[', 100);
    memset(nested + 100, ']', 100);
    nested[200] = '\0';
    char config[512];
    (void)snprintf(config, sizeof config, "experiment: %s\n", nested);
    EXPECT(config, 65, "nested deeper than 32 levels");
    sandbox_result result = sandbox_run("yes '# filler filler filler' | head -c 1200000 > huge.yml; "
                                        "\"$WEFT\" run huge.yml");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "huge.yml: 1200000 bytes, and a configuration has at most"));
    sandbox_result_free(&result);
}

static void test_the_environment_and_overrides_are_checked(void **state) {
    (void)state;
    EXPECT("experiment: '${WEFT_NOT_SET}'\n" GRID DATASETS, 65,
           "bad.yml:1:13: the environment variable WEFT_NOT_SET is not set", "${WEFT_NOT_SET:-default}");
    sandbox_write("bad.yml", WHOLE);
    static const struct {
        const char *arguments, *message;
        int exit_code;
    } cases[] = {
        {"--set export.rwos=all", "--set export.rwos=all: export: there is no key \"rwos\"", 65},
        {"--set datasets.7.method=nearest", "\"7\" is not an entry of a list of 1", 65},
        {"--set threads", "--set threads: KEY=VALUE is expected", 64},
        {"--sett a=b", "weft run has no option --sett", 64},
        {"--progress loud", "--progress loud: auto, plain, json or none is expected", 64},
        {"second.yml", "weft run needs one configuration", 64},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sandbox_result result = sandbox_run("\"$WEFT\" run bad.yml %s", cases[i].arguments);
        assert_int_equal(result.exit_code, cases[i].exit_code);
        if (strstr(result.err, cases[i].message) == NULL) fail_msg("%s:\n%s", cases[i].message, result.err);
        sandbox_result_free(&result);
    }
}

static void test_configurations_that_are_not_there_are_66(void **state) {
    (void)state;
    sandbox_result result = sandbox_run("\"$WEFT\" run nowhere.yml");
    assert_int_equal(result.exit_code, 66);
    assert_non_null(strstr(result.err, "nowhere.yml: there is no such file"));
    sandbox_result_free(&result);
    result = sandbox_run("mkdir -p folder; \"$WEFT\" run folder");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "folder: a folder, not a configuration"));
    sandbox_result_free(&result);
}

static void test_grids_that_make_no_sense_are_refused(void **state) {
    (void)state;
    EXPECT("grid: {crs: 'EPSG:31985', extent: geoid}\n" DATASETS, 65, "bad.yml:1:7: grid: resolution is missing");
    EXPECT("grid: {crs: 'EPSG:99999', resolution: 30, extent: geoid}\n" DATASETS, 65, "\"EPSG:99999\" is not a CRS");
    EXPECT("grid: {crs: 'EPSG:4326', resolution: 0, extent: geoid}\n" DATASETS, 65, "resolution: a number over 0");
    EXPECT("grid: {crs: 'EPSG:4326', resolution: 1, bounds: [10, 0, 0, 10]}\n" DATASETS, 65, "enclose no area");
    EXPECT("grid: {crs: 'EPSG:4326', resolution: 1, bounds: [0, 0, 1.5, 1], align: false}\n" DATASETS, 65,
           "1.5 x 1 cells, not whole ones");
    EXPECT("grid: {crs: 'EPSG:4326', resolution: 1e-12, extent: geoid}\n" DATASETS, 65, "is too large");
    EXPECT("grid: {crs: 'EPSG:4326', resolution: 1, extent: geiod}\n" DATASETS, 65, "there is no dataset \"geiod\"",
           "did you mean geoid?");
    EXPECT("grid: {like: geoid, crs: 'EPSG:4326'}\n" DATASETS, 65, "crs and like cannot both say what the grid is");
    EXPECT("grid: {crs: 'EPSG:4326', resolution: 1, bounds: [100, 0, 110, 10]}\n" DATASETS, 65,
           "no dataset touches the grid, which is 100, 0, 110, 10 in EPSG:4326", "xmin, ymin, xmax, ymax");
}

/* --- rasters --- */

static void write_raster(const char *name, GDALDataType type, bool crs, bool placed, bool gcps) {
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), name, 8, 8, 1, type, NULL);
    double place[6] = {-36, 0.25, 0, -7, 0, -0.25};
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(srs, 4326), OGRERR_NONE);
    if (crs) assert_int_equal(GDALSetSpatialRef(file, srs), CE_None);
    if (placed) assert_int_equal(GDALSetGeoTransform(file, place), CE_None);
    GDAL_GCP points[3] = {{"1", "", 0, 0, -36, -7, 0}, {"2", "", 8, 0, -34, -7, 0}, {"3", "", 0, 8, -36, -9, 0}};
    if (gcps) assert_int_equal(GDALSetGCPs2(file, 3, points, srs), CE_None);
    OSRDestroySpatialReference(srs);
    GDALClose(file);
}

#define OF(path) "experiment: bad\n" GRID "datasets:\n  - name: bad\n    path: " path "\n"

static void test_rasters_that_cannot_be_used_are_refused_with_a_way_out(void **state) {
    (void)state;
    write_raster("nocrs.tif", GDT_Byte, false, true, false);
    write_raster("noplace.tif", GDT_Byte, true, false, false);
    write_raster("gcps.tif", GDT_Byte, false, false, true);
    write_raster("complex.tif", GDT_CFloat32, true, true, false);
    sandbox_write("text.tif", "this is no raster");
    sandbox_write("empty.tif", "");
    EXPECT(OF("missing.tif"), 66, "bad.yml:5:11: dataset bad: ", "missing.tif: there is no such file");
    EXPECT(OF("."), 65, "a folder, not a raster");
    EXPECT(OF("text.tif"), 65, "bad.yml:5:11: dataset bad: ", "text.tif: not a raster that GDAL can open");
    EXPECT(OF("empty.tif"), 65, "empty.tif: the file is empty");
    EXPECT(OF("nocrs.tif"), 65, "nocrs.tif: it has no CRS", "datasets[].crs");
    EXPECT(OF("noplace.tif"), 65, "noplace.tif: it has no geotransform", "datasets[].geotransform");
    EXPECT(OF("gcps.tif"), 65, "gcps.tif: it is placed by ground control points only", "gdalwarp -tps");
    EXPECT(OF("complex.tif"), 65, "complex.tif: band 1 has CFloat32 pixels");
    EXPECT(OF("'${SAMPLE}/geoid.tif'") "    bands: [2]\n", 65, "has no band 2");
    EXPECT("experiment: bad\n" GRID "datasets:\n  - {name: a_1, path: '${SAMPLE}/geoid.tif'}\n"
           "  - {name: a, path: '${SAMPLE}/landsat7.tif'}\n",
           65, "bad.yml:5:5: dataset a: there are two columns named \"a_1\"");
}

static void test_a_raster_that_does_not_decode_ends_the_run_with_65(void **state) {
    (void)state;
    free(sandbox_succeed("gdal_translate -q -co COMPRESS=DEFLATE \"$SAMPLE/landsat7.tif\" torn.tif; "
                         "dd if=/dev/zero of=torn.tif bs=1 seek=60000 count=20000 conv=notrunc 2>/dev/null"));
    EXPECT(OF("torn.tif"), 65, "torn.tif: band ", "block (", "cannot decode", "gdalinfo -checksum");
    EXPECT(OF("torn.tif"), 65, "[stage=resample column="); /* once */
}

static void test_a_skipped_dataset_leaves_its_column_empty_and_says_so(void **state) {
    (void)state;
    sandbox_write("bad.yml", WHOLE "  - {name: gone, path: gone.tif, on_error: skip}\n");
    sandbox_result result = sandbox_run("\"$WEFT\" run bad.yml && head -n 2 out/merged_data_bad.csv");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.err, "dataset gone is skipped"));
    assert_non_null(strstr(result.out, "x,y,geoid,gone\n288750,9120750,-5."));
    sandbox_result_free(&result);
    EXPECT("experiment: bad\n" GRID "datasets:\n  - {name: gone, path: gone.tif, on_error: skip}\n", 65,
           "every dataset is skipped", "gone.tif: there is no such file");
}

static void test_outputs_that_cannot_be_made_are_74_and_too_little_memory_is_71(void **state) {
    (void)state;
    sandbox_write("file", "in the way");
    EXPECT(WHOLE "output_dir: file/out\n", 74, "file");
    EXPECT(WHOLE "memory: {limit: 20MiB}\n", 71, "memory.limit: 20.0 MiB is too small", "is the least for this run");
}

static void test_what_the_user_had_stays_when_a_run_fails(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out; mkdir out; echo precious > out/merged_data_bad.csv"));
    sandbox_write("bad.yml", OF("torn.tif"));
    sandbox_result result = sandbox_run("\"$WEFT\" run bad.yml");
    assert_int_equal(result.exit_code, 65);
    char *kept = sandbox_read("out/merged_data_bad.csv", NULL);
    assert_string_equal(kept, "precious\n");
    free(kept);
    sandbox_result_free(&result);
}

static int setup(void **state) {
    GDALAllRegister();
    return sandbox_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_yaml_is_named_by_line_and_column),
        cmocka_unit_test(test_keys_that_are_unknown_or_there_twice_are_named),
        cmocka_unit_test(test_wrong_types_say_what_is_expected),
        cmocka_unit_test(test_sizes_and_times_need_units),
        cmocka_unit_test(test_methods_and_formats_that_are_not_there_are_named),
        cmocka_unit_test(test_all_problems_come_at_once),
        cmocka_unit_test(test_files_that_attack_are_refused),
        cmocka_unit_test(test_the_environment_and_overrides_are_checked),
        cmocka_unit_test(test_configurations_that_are_not_there_are_66),
        cmocka_unit_test(test_grids_that_make_no_sense_are_refused),
        cmocka_unit_test(test_rasters_that_cannot_be_used_are_refused_with_a_way_out),
        cmocka_unit_test(test_a_raster_that_does_not_decode_ends_the_run_with_65),
        cmocka_unit_test(test_a_skipped_dataset_leaves_its_column_empty_and_says_so),
        cmocka_unit_test(test_outputs_that_cannot_be_made_are_74_and_too_little_memory_is_71),
        cmocka_unit_test(test_what_the_user_had_stays_when_a_run_fails),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
