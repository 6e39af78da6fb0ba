/* What datasets share, the extent of their grid, and what they do not: a column is what it is whoever stands beside it.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/rasters.h"
#include "support/sandbox.h"
#include "support/table.h"

#include <gdal.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const raster_spec rasters[] = {
    /* x 500000 .. 504000, y 4997000 .. 5000000 */
    {"west.tif", 32633, 500000, 5000000, 100, 40, 30, GDT_Int16, -20, 30, true, -32768, 19, {NULL}},
    /* x 501500 .. 505500, y 4998000 .. 5001000 */
    {"east.tif", 32633, 501500, 5001000, 100, 40, 30, GDT_Float32, 0, 1, false, 0, 0, {NULL}},
    /* x 501000 .. 503500, y 4990000 .. 5010000 */
    {"tall.tif", 32633, 501000, 5010000, 500, 5, 40, GDT_Byte, 0, 9, false, 0, 0, {NULL}},
    /* x 600000 .. 601000 */
    {"far.tif", 32633, 600000, 5000000, 100, 10, 10, GDT_Byte, 0, 9, false, 0, 0, {NULL}},
    /* 900 pixels of 7, between the centres of cells of 1000 m */
    {"between.tif", 32633, 500100, 4999900, 10, 30, 30, GDT_Byte, 7, 7, false, 0, 0, {NULL}},
    {"degrees.tif", 4326, 14.9, 45.3, 0.004, 100, 90, GDT_UInt16, 0, 60000, true, 7, 23, {NULL}},
};

/* --- extent --- */

static void write_extent(const char *extent, const char *const *names) {
    char text[1024];
    size_t length = (size_t)snprintf(text, sizeof text,
                                     "experiment: several\noutput_dir: out\nmemory: {limit: 512MiB}\n"
                                     "grid: {crs: 'EPSG:32633', resolution: 100, extent: %s}\ndatasets:\n",
                                     extent);
    for (int i = 0; names[i] != NULL; i++)
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "  - {name: %s, path: %s.tif}\n", names[i], names[i]);
    assert_true(length < sizeof text);
    sandbox_write("config.yml", text);
}

static void check_extent(const char *extent, const char *const *names, const double expected[4]) {
    write_extent(extent, names);
    char *text = sandbox_succeed("\"$WEFT\" plan --json config.yml");
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    json_t *bounds = json_object_get(json_object_get(root, "grid"), "bounds");
    for (size_t i = 0; i < 4; i++) {
        double found = json_number_value(json_array_get(bounds, i));
        if (found != expected[i]) fail_msg("%s of %s ..: %.17g, not %.17g", extent, names[0], found, expected[i]);
    }
    json_decref(root);
    free(text);
}

static void test_an_extent_is_the_union_the_intersection_or_one_datasets(void **state) {
    (void)state;
    const char *const two[] = {"west", "east", NULL}, *const turned[] = {"east", "west", NULL};
    const char *const three[] = {"tall", "west", "east", NULL};
    check_extent("intersection", two, (const double[]){501500, 4998000, 504000, 5000000});
    check_extent("intersection", turned, (const double[]){501500, 4998000, 504000, 5000000});
    check_extent("intersection", three, (const double[]){501500, 4998000, 503500, 5000000});
    check_extent("union", two, (const double[]){500000, 4997000, 505500, 5001000});
    check_extent("union", three, (const double[]){500000, 4990000, 505500, 5010000});
    check_extent("east", two, (const double[]){501500, 4998000, 505500, 5001000});
}

static void test_datasets_without_a_common_area_have_no_intersection(void **state) {
    (void)state;
    const char *const apart[] = {"west", "far", NULL};
    write_extent("intersection", apart);
    sandbox_result result = sandbox_run("\"$WEFT\" plan config.yml");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "the datasets have no common area"));
    assert_non_null(strstr(result.err, "hint: extent: union covers them all"));
    sandbox_result_free(&result);
}

/* The sum of all cells of a grid whose cells are larger than the raster. */
static double sum_on(const char *grid) {
    char text[512];
    (void)snprintf(text, sizeof text,
                   "experiment: several\noutput_dir: out\nmemory: {limit: 512MiB}\ngrid: %s\n"
                   "datasets:\n  - {name: between, path: between.tif, method: sum}\n",
                   grid);
    sandbox_write("config.yml", text);
    free(sandbox_succeed("\"$WEFT\" run --progress none config.yml"));
    table found = table_read("out/merged_data_several.csv");
    double sum = 0;
    for (size_t i = 0; i < found.rows; i++)
        sum += isnan(found.values[3 * i + 2]) ? 0 : found.values[3 * i + 2];
    table_free(&found);
    return sum;
}

static void test_a_dataset_between_the_cells_centres_is_on_the_grid(void **state) {
    (void)state;
    assert_true(sum_on("{crs: 'EPSG:32633', resolution: 1000, bounds: [500000, 4999000, 501000, 5000000]}") == 6300);
    assert_true(sum_on("{crs: 'EPSG:32633', resolution: 1000, bounds: [498000, 4997000, 503000, 5002000]}") == 6300);
    assert_true(fabs(sum_on("{crs: 'EPSG:4326', resolution: 1, bounds: [14, 44, 17, 47]}") - 6300) < 1e-6);
}

/* --- columns --- */

static const char *const methods[] = {"nearest", "bilinear", "cubic", "cubicspline", "lanczos", "average", "sum",
                                      "rms",     "mode",     "min",   "max",         "med",     "q1",      "q3"};

#define METHODS (sizeof methods / sizeof *methods)

/* Every method on one raster, between `before` and `after`. */
static void write_columns(const char *before, const char *after) {
    char text[4096];
    size_t length = (size_t)snprintf(text, sizeof text,
                                     "experiment: several\noutput_dir: out\nmemory: {limit: 512MiB}\nthreads: 2\n"
                                     "grid: {crs: 'EPSG:32633', resolution: 170, extent: union}\n"
                                     "merge: {enable_streaming: true}\ndatasets:\n%s",
                                     before);
    for (size_t i = 0; i < METHODS; i++)
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   "  - {name: by_%s, path: degrees.tif, method: %s}\n", methods[i], methods[i]);
    length += (size_t)snprintf(text + length, sizeof text - length, "%s", after);
    assert_true(length < sizeof text);
    sandbox_write("config.yml", text);
    free(sandbox_succeed("\"$WEFT\" run --progress none config.yml"));
}

/* The others lie within the raster, so that the grid stays. */
static void test_columns_do_not_change_when_datasets_are_added(void **state) {
    (void)state;
    write_columns("", "");
    char *alone = sandbox_succeed("cat out/merged_data_several.csv");
    write_columns("  - {name: west, path: west.tif, method: cubic}\n  - {name: tall, path: tall.tif}\n",
                  "  - {name: east, path: east.tif, method: mode}\n");
    char *among = sandbox_succeed("cut -d, -f1,2,5-%d out/merged_data_several.csv", 4 + (int)METHODS);
    assert_true(strlen(alone) > 100000);
    assert_string_equal(alone, among);
    free(alone);
    free(among);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    for (size_t i = 0; i < sizeof rasters / sizeof *rasters; i++)
        if (!raster_make(".", &rasters[i])) return -1;
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_extent_is_the_union_the_intersection_or_one_datasets),
        cmocka_unit_test(test_datasets_without_a_common_area_have_no_intersection),
        cmocka_unit_test(test_a_dataset_between_the_cells_centres_is_on_the_grid),
        cmocka_unit_test(test_columns_do_not_change_when_datasets_are_added),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
