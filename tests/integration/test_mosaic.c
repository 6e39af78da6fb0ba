/* Mosaics from the command line: against gdalbuildvrt and gdalwarp, by arithmetic, and the same bytes whatever the
 * windows, threads, limit and mode.
 *
 * SPDX-License-Identifier: MIT */
#include "support/chosen.h"
#include "support/cmocka_all.h"
#include "support/rasters.h"
#include "support/sandbox.h"
#include "support/table.h"

#include <gdal.h>
#include <jansson.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sanitizer takes several times the memory. */
#ifdef WEFT_SANITIZED
#define LIMIT "2GiB"
#define TIGHT "1GiB"
#else
#define LIMIT "512MiB"
#define TIGHT "128MiB"
#endif

#define RUN "\"$WEFT\" run --progress none "

/* --- rasters --- */

/* One band in any CRS, values by formula. */
typedef struct small {
    const char *name;
    int epsg;
    double west, north, pixel;
    int cols, rows;
    GDALDataType type;
    double nodata; /* NaN: none */
} small;

static void make_small(const small *spec, double (*value)(const small *, int col, int row)) {
    double place[6] = {spec->west, spec->pixel, 0, spec->north, 0, -spec->pixel};
    GDALDatasetH file =
        GDALCreate(GDALGetDriverByName("GTiff"), spec->name, spec->cols, spec->rows, 1, spec->type, NULL);
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    double *values = malloc((size_t)spec->cols * (size_t)spec->rows * sizeof *values);
    assert_non_null(file);
    assert_non_null(values);
    assert_int_equal(OSRImportFromEPSG(crs, spec->epsg), OGRERR_NONE);
    assert_int_equal(GDALSetSpatialRef(file, crs), CE_None);
    assert_int_equal(GDALSetGeoTransform(file, place), CE_None);
    GDALRasterBandH band = GDALGetRasterBand(file, 1);
    if (!isnan(spec->nodata)) assert_int_equal(GDALSetRasterNoDataValue(band, spec->nodata), CE_None);
    for (int row = 0; row < spec->rows; row++)
        for (int col = 0; col < spec->cols; col++)
            values[row * spec->cols + col] = value(spec, col, row);
    assert_int_equal(
        GDALRasterIO(band, GF_Write, 0, 0, spec->cols, spec->rows, values, spec->cols, spec->rows, GDT_Float64, 0, 0),
        CE_None);
    free(values);
    OSRDestroySpatialReference(crs);
    GDALClose(file);
}

/* The longitude of the pixel's centre. */
static double longitude(const small *spec, int col, int row) {
    (void)row;
    return spec->west + (col + 0.5) * spec->pixel;
}

/* What the whole raster of the many tiles has there. */
static double place_in_all(const small *spec, int col, int row) {
    double x = spec->west / spec->pixel + col, y = -spec->north / spec->pixel + row;
    return 1000 * y + x;
}

/* --- seams --- */

/* A wave with noise and holes, cut into 5 x 4 tiles of unequal sizes, of which one is left out and which overlap by two
 * pixels; GDAL's mosaic of them is read as one file. */
static void make_tiles(void) {
    static const raster_spec whole = {
        "whole.tif", 32632, 500000, 5100000, 10,    300, 240,
        GDT_Int16,   -500,  3000,   true,    -9999, 61,  {"TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32", NULL}};
    static const int cols[] = {0, 70, 131, 200, 255, 300}, rows[] = {0, 64, 120, 177, 240};
    assert_true(raster_make(".", &whole));
    free(sandbox_succeed("mkdir -p tiles"));
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 5; j++)
            if (i != 2 || j != 1)
                free(sandbox_succeed("gdal_translate -q -srcwin %d %d %d %d whole.tif tiles/t_%d_%d.tif", cols[j],
                                     rows[i], cols[j + 1] - cols[j] + (j < 4 ? 2 : 0),
                                     rows[i + 1] - rows[i] + (i < 3 ? 2 : 0), i, j));
    free(sandbox_succeed("gdalbuildvrt -q tiles.vrt tiles/*.tif"));
}

static const char tiles_config[] = "experiment: tiles\n"
                                   "output_dir: ${OUT:-tiles_out}\n"
                                   "threads: 2\n"
                                   "grid:\n"
                                   "  crs: ${CRS:-EPSG:32632}\n"
                                   "  resolution: ${RES:-13}\n"
                                   "  extent: union\n"
                                   "datasets:\n"
                                   "  - {name: near, path: '${PATHS:-tiles/*.tif}', method: nearest}\n"
                                   "  - {name: line, path: '${PATHS:-tiles/*.tif}', method: bilinear}\n"
                                   "  - {name: cube, path: '${PATHS:-tiles/*.tif}', method: cubic, mosaic: last}\n"
                                   "  - {name: mean, path: '${PATHS:-tiles/*.tif}', method: average, mosaic: max}\n"
                                   "  - {name: most, path: '${PATHS:-tiles/*.tif}', method: mode, mosaic: min}\n"
                                   "  - {name: sum, path: '${PATHS:-tiles/*.tif}', method: sum}\n"
                                   "merge: {enable_streaming: true}\n"
                                   "memory: {limit: " LIMIT "}\n";

/* Tiles are cut from one raster, so every rule gives the pixel that they all have. */
static void test_tiles_of_one_lattice_have_no_seam(void **state) {
    (void)state;
    static const char *const settings[] = {"", "RES=7.1", "RES=41", "CRS=EPSG:4326 RES=0.00027"};
    sandbox_write("tiles.yml", tiles_config);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        if (!is_chosen(i, 3)) continue;
        free(sandbox_succeed("rm -rf one two; env %s OUT=one " RUN "tiles.yml", settings[i]));
        free(sandbox_succeed("env %s OUT=two PATHS=tiles.vrt " RUN "tiles.yml", settings[i]));
        if (!sandbox_same("one/merged_data_tiles.csv", "two/merged_data_tiles.csv"))
            fail_msg("with \"%s\" the mosaic differs from GDAL's", settings[i]);
    }
}

/* Tile (2, 1) is not there: pixels 72 .. 131 across (its neighbours reach two pixels in) and 122 .. 177 down. */
static void test_where_no_tile_is_cells_are_missing(void **state) {
    (void)state;
    free(sandbox_succeed("RES=10 OUT=gap " RUN "tiles.yml --set datasets.0.nodata=-9998"));
    table rows = table_read("gap/merged_data_tiles.csv");
    size_t column = (size_t)table_column(&rows, "near");
    assert_int_equal(rows.rows, 300 * 240);
    for (size_t i = 0; i < rows.rows; i++) {
        size_t col = i % 300, row = i / 300;
        bool hole = col >= 72 && col < 131 && row >= 122 && row < 177;
        if (isnan(rows.values[i * (size_t)rows.columns + column]) != hole)
            fail_msg("cell (%zu, %zu) is %s", col, row, hole ? "there" : "missing");
    }
    table_free(&rows);
}

static void same_with(const char *config, const char *experiment, const char *settings) {
    char a[128], b[128];
    free(sandbox_succeed("rm -rf other; OUT=other " RUN "%s %s", settings, config));
    (void)snprintf(a, sizeof a, "first/merged_data_%s.csv", experiment);
    (void)snprintf(b, sizeof b, "other/merged_data_%s.csv", experiment);
    if (!sandbox_same(a, b)) fail_msg("other bytes with %s", settings);
}

/* Idle handles are closed, and windows and chunks shrink, while files are being read. */
static void same_under_pressure(const char *config, const char *experiment) {
    char a[128], b[128];
    sandbox_write("script", "50 *2\n85 *4\n95 *4\n40\n");
    free(sandbox_succeed("rm -rf other; OUT=other \"$PRESSURED\" %s script merge.streaming_chunk_size=4 "
                         "merge.min_chunk_size=1 2>&1",
                         config));
    (void)snprintf(a, sizeof a, "first/merged_data_%s.csv", experiment);
    (void)snprintf(b, sizeof b, "other/merged_data_%s.csv", experiment);
    if (!sandbox_same(a, b)) fail_msg("other bytes under pressure");
}

static void one_answer(const char *config, const char *experiment) {
    static const char *const settings[] = {
        "--set merge.enable_streaming=false",
        "--set resampling.window_size=300 --set merge.streaming_chunk_size=64",
        "--set resampling.window_size=7 --set merge.streaming_chunk_size=7",
        "--set resampling.window_size=150 --set merge.enable_streaming=false --set merge.chunk_size=7",
        "--set merge.streaming_chunk_size=1 --set threads=3",
        ("--set threads=1 --set memory.limit=" TIGHT),
    };
    free(sandbox_succeed("rm -rf first; OUT=first " RUN "%s", config));
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (is_chosen(i, 3)) same_with(config, experiment, settings[i]);
    same_under_pressure(config, experiment);
}

static void test_a_mosaic_has_one_answer(void **state) {
    (void)state;
    setenv("CRS", "EPSG:3035", 1);
    setenv("RES", "23", 1);
    one_answer("tiles.yml", "tiles");
    unsetenv("CRS");
    unsetenv("RES");
}

/* --- several CRSs --- */

static const char zones_config[] =
    "experiment: zones\n"
    "output_dir: ${OUT:-zones_out}\n"
    "threads: 2\n"
    "grid: {crs: 'EPSG:3035', resolution: 200, bounds: [4425000, 2650000, 4475000, 2700000]}\n"
    "datasets:\n"
    "  - {name: near, path: [east.tif, west.tif], method: nearest}\n"
    "  - {name: line, path: [east.tif, west.tif], mosaic: last}\n"
    "  - {name: mean, path: [east.tif, west.tif], method: average, mosaic: mean}\n"
    "  - {name: small, path: [east.tif, west.tif], method: cubic, mosaic: min}\n"
    "  - {name: east, path: east.tif, method: average}\n"
    "  - {name: west, path: west.tif, method: average}\n"
    "  - {name: east_cube, path: east.tif, method: cubic}\n"
    "  - {name: west_cube, path: west.tif, method: cubic}\n"
    "resampling: {transform_tolerance: 0}\n"
    "merge: {enable_streaming: true}\n"
    "memory: {limit: " LIMIT "}\n";

/* In EPSG:3035 the west one ends near x = 4457000 and the east one begins near x = 4445000. */
static void make_zones(void) {
    static const raster_spec west = {"west.tif", 32632, 678500, 5254000, 210, 160, 250,
                                     GDT_Int16,  0,     3000,   true,    -1,  41,  {NULL}};
    static const raster_spec east = {"east.tif", 32633, 243000, 5257000, 230, 152, 240,
                                     GDT_Int16,  0,     3000,   true,    -2,  37,  {NULL}};
    assert_true(raster_make(".", &west) && raster_make(".", &east));
    sandbox_write("zones.yml", zones_config);
}

static double *read_band(const char *path, int cols, int rows) {
    double *values = malloc((size_t)cols * (size_t)rows * sizeof *values);
    GDALDatasetH file = GDALOpen(path, GA_ReadOnly);
    assert_non_null(values);
    assert_non_null(file);
    assert_int_equal(
        GDALRasterIO(GDALGetRasterBand(file, 1), GF_Read, 0, 0, cols, rows, values, cols, rows, GDT_Float64, 0, 0),
        CE_None);
    GDALClose(file);
    return values;
}

/* gdalwarp lets later files win: first is the list from its end. Positions within rounding of a pixel's edge may fall
 * to either side. */
static void compare_with_gdalwarp(const table *ours, const char *column, const char *method, const char *files) {
    free(sandbox_succeed("rm -f warped.tif; gdalwarp -q -ovr NONE -et 0 -r %s -t_srs EPSG:3035 -te 4425000 2650000 "
                         "4475000 2700000 -ts 250 250 -ot Float64 -dstnodata nan %s warped.tif",
                         method, files));
    double *theirs = read_band("warped.tif", 250, 250);
    size_t index = (size_t)table_column(ours, column), off = 0, present = 0;
    assert_int_equal(ours->rows, 250 * 250);
    for (size_t i = 0; i < ours->rows; i++) {
        double a = ours->values[i * (size_t)ours->columns + index], b = theirs[i];
        if (!isnan(a)) present++;
        if (isnan(a) != isnan(b) || fabs(a - b) > 1e-5 * fabs(b)) off++;
    }
    free(theirs);
    assert_true(present > ours->rows * 9 / 10);
    if (off > ours->rows / 1000) fail_msg("%s: %zu of %zu cells are off", column, off, ours->rows);
}

static bool is_near(double a, double b) {
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-6 * fmax(1, fabs(b));
}

/* fmin passes over NaN. */
static double mean_of(double a, double b) {
    return isnan(a) ? b : isnan(b) ? a : (a + b) / 2;
}

static void test_files_of_two_zones_are_joined_cell_by_cell(void **state) {
    (void)state;
    make_zones();
    free(sandbox_succeed(RUN "zones.yml"));
    table rows = table_read("zones_out/merged_data_zones.csv");
    compare_with_gdalwarp(&rows, "near", "near", "west.tif east.tif");
    compare_with_gdalwarp(&rows, "line", "bilinear", "east.tif west.tif");
    size_t both = 0, mean = (size_t)table_column(&rows, "mean"), min = (size_t)table_column(&rows, "small");
    size_t east = (size_t)table_column(&rows, "east"), west = (size_t)table_column(&rows, "west");
    size_t east_cube = (size_t)table_column(&rows, "east_cube"), west_cube = (size_t)table_column(&rows, "west_cube");
    for (size_t i = 0; i < rows.rows; i++) {
        const double *cell = &rows.values[i * (size_t)rows.columns];
        both += !isnan(cell[east]) && !isnan(cell[west]);
        assert_true(is_near(cell[mean], mean_of(cell[east], cell[west])));
        assert_true(is_near(cell[min], fmin(cell[east_cube], cell[west_cube])));
    }
    assert_true(both > rows.rows / 10);
    table_free(&rows);
}

static void test_a_mosaic_of_two_zones_has_one_answer(void **state) {
    (void)state;
    if (!is_chosen(1, 2)) skip();
    one_answer("zones.yml", "zones");
}

/* Byte and Float32 on one lattice are two groups; their column is a float. */
static double ten(const small *spec, int col, int row) {
    (void)spec;
    (void)col;
    (void)row;
    return 10;
}

static double half(const small *spec, int col, int row) {
    return ten(spec, col, row) + 0.5;
}

static void test_types_that_differ_meet_in_one_that_holds_both(void **state) {
    (void)state;
    make_small(&(small){"byte.tif", 32632, 0, 40, 10, 4, 4, GDT_Byte, NAN}, ten);
    make_small(&(small){"float.tif", 32632, 20, 40, 10, 4, 4, GDT_Float32, NAN}, half);
    sandbox_write("types.yml", "experiment: types\noutput_dir: types_out\n"
                               "grid: {crs: 'EPSG:32632', resolution: 10, bounds: [0, 0, 60, 10]}\n"
                               "datasets:\n"
                               "  - {name: a, path: [byte.tif, float.tif], method: nearest}\n"
                               "  - {name: b, path: [byte.tif, float.tif], method: nearest, mosaic: last}\n"
                               "  - {name: c, path: [byte.tif, float.tif], method: nearest, mosaic: mean}\n"
                               "  - {name: d, path: [byte.tif, float.tif], method: nearest, mosaic: max}\n"
                               "memory: {limit: " LIMIT "}\n");
    free(sandbox_succeed(RUN "types.yml"));
    char *text = sandbox_read("types_out/merged_data_types.csv", NULL);
    assert_string_equal(text, "x,y,a,b,c,d\n"
                              "5,5,10,10,10,10\n15,5,10,10,10,10\n"
                              "25,5,10,10.5,10.25,10.5\n35,5,10,10.5,10.25,10.5\n"
                              "45,5,10.5,10.5,10.5,10.5\n55,5,10.5,10.5,10.5,10.5\n");
    free(text);
}

/* --- round the world --- */

/* Two halves that meet at Greenwich and at 180 degrees: values are longitudes, so that at the antimeridian, between
 * 179.5 and -179.5, bilinear gives what lies between them: 0. */
static void test_two_halves_of_the_world_meet_at_the_antimeridian(void **state) {
    (void)state;
    make_small(&(small){"westhalf.tif", 4326, -180, 90, 1, 180, 180, GDT_Float32, NAN}, longitude);
    make_small(&(small){"easthalf.tif", 4326, 0, 90, 1, 180, 180, GDT_Float32, NAN}, longitude);
    sandbox_write("world.yml", "experiment: world\noutput_dir: ${OUT:-world_out}\n"
                               "grid: {crs: 'EPSG:4326', resolution: 1, align: false, bounds: [177.75, 0, 183.75, 1]}\n"
                               "datasets:\n"
                               "  - {name: a, path: [easthalf.tif, westhalf.tif]}\n"
                               "memory: {limit: " LIMIT "}\n");
    free(sandbox_succeed(RUN "world.yml"));
    table rows = table_read("world_out/merged_data_world.csv");
    /* Centres at 178.25, ..: 0.75 of the way from 177.5 to 178.5; 179.25 the same; 180.25: from 179.5 to -179.5. */
    static const double expected[] = {178.25, 179.25, 179.5 - 0.75 * 359, -178.75, -177.75, -176.75};
    assert_int_equal(rows.rows, 6);
    for (size_t i = 0; i < 6; i++)
        assert_true(is_near(rows.values[i * 3 + 2], expected[i]));
    table_free(&rows);
}

/* --- many files --- */

#define ACROSS 50
#define DOWN   40
#define SIDE   4

static void make_many(void) {
    free(sandbox_succeed("mkdir -p many"));
    for (int i = 0; i < DOWN; i++) {
        for (int j = 0; j < ACROSS; j++) {
            char name[64];
            (void)snprintf(name, sizeof name, "many/t_%02d_%02d.tif", i, j);
            make_small(&(small){name, 32632, 10.0 * SIDE * j, -10.0 * SIDE * i, 10, SIDE, SIDE, GDT_Int32, NAN},
                       place_in_all);
        }
    }
    sandbox_write("many.yml", "experiment: many\noutput_dir: many_out\nthreads: 2\n"
                              "grid: {crs: 'EPSG:32632', resolution: 10, extent: union}\n"
                              "datasets: [{name: a, path: 'many/*.tif', method: nearest}]\n"
                              "memory: {limit: " LIMIT "}\n");
}

/* Six mosaics share what may be open. */
static void test_several_mosaics_share_the_open_files(void **state) {
    (void)state;
    free(sandbox_succeed("ulimit -n 36; OUT=tight " RUN "tiles.yml"));
    free(sandbox_succeed("OUT=loose " RUN "tiles.yml"));
    assert_true(sandbox_same("tight/merged_data_tiles.csv", "loose/merged_data_tiles.csv"));
}

static void test_two_thousand_tiles_need_few_open_files(void **state) {
    (void)state;
    make_many();
    free(sandbox_succeed("ulimit -n 48; " RUN "many.yml"));
    table rows = table_read("many_out/merged_data_many.csv");
    assert_int_equal(rows.rows, ACROSS * SIDE * DOWN * SIDE);
    for (size_t i = 0; i < rows.rows; i++)
        assert_true(rows.values[3 * i + 2] == 1000 * (double)(i / (ACROSS * SIDE)) + (double)(i % (ACROSS * SIDE)));
    table_free(&rows);
}

/* --- the plan --- */

static void test_the_plan_names_every_file_and_counts_those_on_the_grid(void **state) {
    (void)state;
    /* Tiles 0 and 1 in x, 0 in y: a grid that ends where tile 2 begins. */
    static const char narrow[] = "--set 'grid={crs: \"EPSG:32632\", resolution: 10, bounds: [0, -40, "
                                 "80, 0]}' many.yml";
    char *text = sandbox_succeed("\"$WEFT\" plan %s", narrow);
    if (strstr(text, "mosaic of 2000 files (first), 2 on the grid") == NULL) fail_msg("%s", text);
    if (strstr(text, "warning      dataset a: 1998 of 2000 files do not touch the grid\n") == NULL)
        fail_msg("%s", text);
    free(text);
    text = sandbox_succeed("\"$WEFT\" plan --json %s", narrow);
    json_t *root = json_loads(text, 0, NULL), *layer = json_array_get(json_object_get(root, "layers"), 0);
    json_t *paths = json_object_get(layer, "paths");
    char expected[5000];
    (void)snprintf(expected, sizeof expected, "%s/many/t_39_49.tif", sandbox_folder());
    assert_int_equal(json_array_size(paths), 2000);
    assert_string_equal(json_string_value(json_array_get(paths, 1999)), expected);
    assert_string_equal(json_string_value(json_object_get(layer, "mosaic")), "first");
    json_decref(root);
    free(text);
}

static void test_the_plan_tells_how_many_lattices_there_are(void **state) {
    (void)state;
    char *text = sandbox_succeed("\"$WEFT\" plan zones.yml");
    if (strstr(text, "mosaic of 2 files (mean), 2 on the grid, on 2 pixel lattices: /") == NULL) fail_msg("%s", text);
    if (strstr(text, "/east.tif, ..\n") == NULL) fail_msg("%s", text);
    free(text);
}

static void test_files_off_the_grid_are_opened_once_only(void **state) {
    (void)state;
    free(sandbox_succeed(RUN "--set experiment=narrow --set 'grid={crs: \"EPSG:32632\", resolution: 10, bounds: [0, "
                             "-40, 80, 0]}' many.yml"));
    char *created =
        sandbox_succeed("sqlite3 many_out/metrics.sqlite \"select created from v_pools where pool = 'handles "
                        "a' and experiment_id = 'narrow'\"");
    /* One a file for the plan, and at most one a thread for two files. */
    int count = atoi(created);
    if (count < 2002 || count > 2004) fail_msg("%d handles were opened", count);
    free(created);
}

static void expect_failure(int exit_code, const char *config, const char *message, const char *more) {
    sandbox_write("bad.yml", config);
    sandbox_result result = sandbox_run(RUN "bad.yml");
    if (result.exit_code != exit_code) fail_msg("exit code %d: %s", result.exit_code, result.err);
    if (strstr(result.err, message) == NULL || strstr(result.err, more) == NULL) fail_msg("%s", result.err);
    sandbox_result_free(&result);
}

#define BAD(path)                                                                                                      \
    "grid: {crs: 'EPSG:32632', resolution: 10, bounds: [0, 0, 40, 40]}\ndatasets:\n  - {name: a, path: " path "}\n"

/* A folder's own brackets are no pattern, nor are those of a file that is there. */
static void test_patterns_find_files_in_the_order_of_their_names(void **state) {
    (void)state;
    static const char *const expected[] = {"b.tif", "a.tif", "b.tif", "c[1].tif"};
    free(sandbox_succeed("mkdir 'odd[1]'; for f in a b c1 'c[1]'; do cp byte.tif \"odd[1]/$f.tif\"; done"));
    sandbox_write("odd[1]/odd.yml", BAD("[b.tif, '?.tif', 'c[1].tif']"));
    char *text = sandbox_succeed("\"$WEFT\" plan --json 'odd[1]/odd.yml'");
    json_t *root = json_loads(text, 0, NULL);
    json_t *paths = json_object_get(json_array_get(json_object_get(root, "layers"), 0), "paths");
    assert_int_equal(json_array_size(paths), 4);
    for (size_t i = 0; i < 4; i++) {
        const char *path = json_string_value(json_array_get(paths, i));
        assert_non_null(strstr(path, "/odd[1]/"));
        assert_string_equal(strrchr(path, '/') + 1, expected[i]);
    }
    json_decref(root);
    free(text);
}

static void test_what_is_wrong_with_a_mosaic_is_named(void **state) {
    (void)state;
    expect_failure(66, BAD("'none/*.tif'"), "bad.yml:3:21: dataset a: ", "/none/*.tif: no file matches this pattern");
    expect_failure(66, BAD("[byte.tif, gone.tif]"), "dataset a: ", "/gone.tif: there is no such file");
    free(sandbox_succeed("gdalbuildvrt -q -separate two.vrt byte.tif byte.tif"));
    expect_failure(65, BAD("[byte.tif, two.vrt]"), "/two.vrt has 2 bands, but ", "/byte.tif has 1");
    sandbox_write("bad.yml", BAD("[byte.tif, gone.tif], on_error: skip") "  - {name: b, path: byte.tif}\n"
                                                                         "output_dir: bad_out\nexperiment: bad\n");
    free(sandbox_succeed(RUN "bad.yml"));
    char *line = sandbox_succeed("sed -n 2p bad_out/merged_data_bad.csv");
    assert_string_equal(line, "5,35,10,10\n");
    free(line);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    setenv("PRESSURED", WEFT_PRESSURED, 1);
    GDALAllRegister();
    make_tiles();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiles_of_one_lattice_have_no_seam),
        cmocka_unit_test(test_where_no_tile_is_cells_are_missing),
        cmocka_unit_test(test_a_mosaic_has_one_answer),
        cmocka_unit_test(test_files_of_two_zones_are_joined_cell_by_cell),
        cmocka_unit_test(test_a_mosaic_of_two_zones_has_one_answer),
        cmocka_unit_test(test_types_that_differ_meet_in_one_that_holds_both),
        cmocka_unit_test(test_two_halves_of_the_world_meet_at_the_antimeridian),
        cmocka_unit_test(test_several_mosaics_share_the_open_files),
        cmocka_unit_test(test_two_thousand_tiles_need_few_open_files),
        cmocka_unit_test(test_the_plan_names_every_file_and_counts_those_on_the_grid),
        cmocka_unit_test(test_the_plan_tells_how_many_lattices_there_are),
        cmocka_unit_test(test_files_off_the_grid_are_opened_once_only),
        cmocka_unit_test(test_patterns_find_files_in_the_order_of_their_names),
        cmocka_unit_test(test_what_is_wrong_with_a_mosaic_is_named),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
