/* The sample's table against gdalwarp, which is told weft's scale and transforms every cell exactly.
 *
 * SPDX-License-Identifier: MIT */
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "support/table.h"

#include <cpl_string.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char config_text[] = "experiment: oracle\n"
                                  "output_dir: out\n"
                                  "grid: {crs: 'EPSG:31985', resolution: 30, extent: landsat}\n"
                                  "datasets:\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif'}\n"
                                  "  - {name: elevation, path: '${SAMPLE}/dem.tif'}\n"
                                  "  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n"
                                  "resampling: {transform_tolerance: 0}\n"
                                  "memory: {limit: 512MiB}\n";

static const char inside_text[] = "experiment: oracle\n"
                                  "output_dir: out\n"
                                  "grid: {crs: 'EPSG:31985', resolution: 25, align: false,\n"
                                  "       bounds: [289500, 9111500, 298000, 9120000]}\n"
                                  "datasets:\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif'}\n"
                                  "  - {name: elevation, path: '${SAMPLE}/dem.tif'}\n"
                                  "  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n"
                                  "resampling: {transform_tolerance: 0}\n"
                                  "memory: {limit: 512MiB}\n";

static json_t *plan(const char *overrides) {
    char *text = sandbox_succeed("\"$WEFT\" plan --json %s config.yml", overrides);
    json_error_t error;
    json_t *root = json_loads(text, 0, &error);
    if (root == NULL) fail_msg("%s: %s", error.text, text);
    free(text);
    return root;
}

static double number(json_t *array, size_t i) {
    return json_number_value(json_array_get(array, i));
}

/* What the programs gdal_translate and gdalwarp do, without starting them two hundred times. */
static GDALDatasetH translate(GDALDatasetH source, const char *text) {
    char **arguments = CSLTokenizeString2(text, " ", 0);
    GDALTranslateOptions *options = GDALTranslateOptionsNew(arguments, NULL);
    GDALDatasetH made = source != NULL && options != NULL ? GDALTranslate("", source, options, NULL) : NULL;
    assert_non_null(made);
    GDALTranslateOptionsFree(options);
    CSLDestroy(arguments);
    return made;
}

static GDALDatasetH gdalwarp(GDALDatasetH source, const char *text) {
    char **arguments = CSLTokenizeString2(text, " ", 0);
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(arguments, NULL);
    GDALDatasetH made = options != NULL ? GDALWarp("", NULL, 1, &source, options, NULL) : NULL;
    assert_non_null(made);
    GDALWarpAppOptionsFree(options);
    CSLDestroy(arguments);
    return made;
}

/* Warps the layer's band onto the plan's grid and returns cols * rows doubles, NaN where missing. */
static double *warp(json_t *root, json_t *layer, const char *method) {
    json_t *grid = json_object_get(root, "grid"), *bounds = json_object_get(grid, "bounds");
    json_t *scale = json_object_get(layer, "scale");
    int cols = (int)json_integer_value(json_object_get(grid, "cols"));
    int rows = (int)json_integer_value(json_object_get(grid, "rows"));
    const char *path = json_string_value(json_array_get(json_object_get(layer, "paths"), 0));
    int band = (int)json_integer_value(json_object_get(layer, "band"));
    char text[1024];
    (void)snprintf(text, sizeof text, "-of VRT -b %d", band);
    GDALDatasetH source = GDALOpen(path, GA_ReadOnly), one = translate(source, text);
    (void)snprintf(text, sizeof text,
                   "-of MEM -ovr NONE -et 0 -r %s -t_srs EPSG:31985 -te %.17g %.17g %.17g %.17g -ts %d %d "
                   "-wo XSCALE=%.17g -wo YSCALE=%.17g -ot Float64 -dstnodata nan",
                   method, number(bounds, 0), number(bounds, 1), number(bounds, 2), number(bounds, 3), cols, rows,
                   1 / number(scale, 0), 1 / number(scale, 1));
    GDALDatasetH file = gdalwarp(one, text);
    double *values = malloc((size_t)cols * (size_t)rows * sizeof *values);
    assert_non_null(values);
    assert_int_equal(
        GDALRasterIO(GDALGetRasterBand(file, 1), GF_Read, 0, 0, cols, rows, values, cols, rows, GDT_Float64, 0, 0),
        CE_None);
    GDALClose(file);
    GDALClose(one);
    GDALClose(source);
    return values;
}

/* GDAL 3.13 widens bilinear and cubic from two pixels a cell on, earlier ones from 1 / 0.95 (docs/resampling.md). */
static bool widens_otherwise(const char *method, json_t *layer) {
    json_t *scale = json_object_get(layer, "scale");
    double max = fmax(number(scale, 0), number(scale, 1));
    return GDAL_VERSION_NUM >= 3130000 && (strcmp(method, "bilinear") == 0 || strcmp(method, "cubic") == 0) &&
           max >= 1 / 0.95 && max < 2;
}

/* At most `off_share` of the cells may differ by more than 1e-5 relative; missing cells are the same ones. */
static void compare(const table *ours, const double *theirs, const char *column, double off_share) {
    size_t index = (size_t)table_column(ours, column), off = 0, masks = 0, present = 0;
    for (size_t row = 0; row < ours->rows; row++) {
        double a = ours->values[row * (size_t)ours->columns + index], b = theirs[row];
        if (isnan(a) != isnan(b)) masks++;
        if (isnan(a) || isnan(b)) continue;
        present++;
        if (fabs(a - b) > 1e-5 * fmax(fabs(a), fabs(b))) off++;
    }
    if (masks > 0) fail_msg("%s: %zu cells are missing on one side only", column, masks);
    assert_true(present > ours->rows / 2);
    if ((double)off > off_share * (double)present) fail_msg("%s: %zu of %zu cells are off", column, off, present);
}

static void compare_all(const char *method, const char *settings, double off_share, const char *except) {
    char overrides[256];
    (void)snprintf(overrides, sizeof overrides, "--set resampling.method=%s %s", method, settings);
    json_t *root = plan(overrides), *layers = json_object_get(root, "layers");
    free(sandbox_succeed("\"$WEFT\" run --progress none %s config.yml", overrides));
    table ours = table_read("out/merged_data_oracle.csv");
    assert_int_equal(json_array_size(layers), 8);
    for (size_t i = 0; i < json_array_size(layers); i++) {
        json_t *layer = json_array_get(layers, i);
        const char *column = json_string_value(json_object_get(layer, "column"));
        /* Bands 2 to 5 are as band 1. */
        if (strcmp(column, except) == 0 || (column[0] == 'l' && column[8] > '1' && column[8] < '6')) continue;
        if (widens_otherwise(method, layer)) {
            print_message("%s, %s: SKIPPED: this GDAL widens otherwise\n", column, method);
            continue;
        }
        double *theirs = warp(root, layer, strcmp(method, "nearest") == 0 ? "near" : method);
        compare(&ours, theirs, column, off_share);
        free(theirs);
    }
    table_free(&ours);
    json_decref(root);
}

static void test_the_sample_agrees_with_gdalwarp_to_its_edges(void **state) {
    (void)state;
    compare_all("bilinear", "", 0.001, "");
    compare_all("nearest", "", 0.001, "");
}

/* Inside the rasters: gdalwarp treats edges its own way where a kernel has lobes. 25 m is finer than every source, 100
 * m coarser than two of three. */
static void inside(const char *method, const char *resolution, double off_share, const char *except) {
    char settings[256];
    (void)snprintf(settings, sizeof settings, "--set grid.resolution=%s", resolution);
    sandbox_write("config.yml", inside_text);
    compare_all(method, settings, off_share, except);
    sandbox_write("config.yml", config_text);
}

static void test_interpolating_kernels_agree_with_gdalwarp(void **state) {
    (void)state;
    static const char *const methods[] = {"nearest", "bilinear", "cubic", "cubicspline", "lanczos"};
    for (size_t i = 0; i < 5; i++)
        if (is_chosen(i, 3)) inside(methods[i], "25", 0.001, "");
    /* GDAL 3.6's cubicspline and lanczos are off when they shrink: docs/resampling.md. */
    for (size_t i = 0; i < 3; i++)
        if (is_chosen(i + 1, 3)) inside(methods[i], "100", 0.001, "");
}

/* gdalwarp reads a footprint from two corners, so only layers of the grid's own CRS are compared for what weighs it. */
static void test_footprint_kernels_agree_with_gdalwarp_in_one_crs(void **state) {
    (void)state;
    static const char *const methods[] = {"average", "rms", "sum", "min", "max"};
    for (size_t i = 0; i < 5; i++) {
        if (is_chosen(i, 3)) inside(methods[i], "25", 0.001, "geoid");
        if (is_chosen(i + 1, 3)) inside(methods[i], "100", 0.001, "geoid");
    }
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    GDALAllRegister();
    sandbox_write("config.yml", config_text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sample_agrees_with_gdalwarp_to_its_edges),
        cmocka_unit_test(test_interpolating_kernels_agree_with_gdalwarp),
        cmocka_unit_test(test_footprint_kernels_agree_with_gdalwarp_in_one_crs),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
