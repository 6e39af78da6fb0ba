/* Kinds of raster beyond a plain north-up file, from the command line: palettes, subdatasets, archives, flipped and
 * rotated ones; and what the columns of several bands are called.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "support/table.h"

#include <gdal.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sanitizer takes several times the memory. */
#ifdef WEFT_SANITIZED
#define LIMIT "2GiB"
#else
#define LIMIT "512MiB"
#endif

#define RUN  "\"$WEFT\" run --progress none "
#define SIDE 20

/* A GeoTIFF of SIDE x SIDE in EPSG:32632, closed by the caller. */
static GDALDatasetH create(const char *name, int bands, GDALDataType type, const double place[6]) {
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), name, SIDE, SIDE, bands, type, NULL);
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    double copy[6];
    assert_non_null(file);
    memcpy(copy, place, sizeof copy);
    assert_int_equal(OSRImportFromEPSG(crs, 32632), OGRERR_NONE);
    assert_int_equal(GDALSetSpatialRef(file, crs), CE_None);
    assert_int_equal(GDALSetGeoTransform(file, copy), CE_None);
    OSRDestroySpatialReference(crs);
    return file;
}

static void fill(GDALDatasetH file, int band, double (*value)(int col, int row)) {
    double values[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        values[i] = value(i % SIDE, i / SIDE);
    assert_int_equal(
        GDALRasterIO(GDALGetRasterBand(file, band), GF_Write, 0, 0, SIDE, SIDE, values, SIDE, SIDE, GDT_Float64, 0, 0),
        CE_None);
}

/* No order that a filter could hide. */
static double scattered(int col, int row) {
    return (col * 37 + row * 91) % 251;
}

static double scattered_from_below(int col, int row) {
    return scattered(col, SIDE - 1 - row);
}

static const double north_up[6] = {0, 10, 0, 200, 0, -10};

/* --- palettes --- */

/* The nth of 251 colours is no number n: what comes out is n, an integer. */
static void test_a_palette_gives_its_indices(void **state) {
    (void)state;
    GDALDatasetH file = create("palette.tif", 1, GDT_Byte, north_up);
    GDALColorTableH colours = GDALCreateColorTable(GPI_RGB);
    for (short i = 0; i < 251; i++)
        GDALSetColorEntry(colours, i, &(GDALColorEntry){(short)(255 - i), 7, 7, 255});
    assert_int_equal(GDALSetRasterColorTable(GDALGetRasterBand(file, 1), colours), CE_None);
    GDALDestroyColorTable(colours);
    fill(file, 1, scattered);
    GDALClose(file);
    sandbox_write("palette.yml", "experiment: palette\noutput_dir: out\n"
                                 "grid: {crs: 'EPSG:32632', resolution: 10, extent: a}\n"
                                 "datasets:\n"
                                 "  - {name: a, path: palette.tif, method: nearest}\n"
                                 "  - {name: b, path: palette.tif, method: mode}\n"
                                 "memory: {limit: " LIMIT "}\n");
    free(sandbox_succeed(RUN "palette.yml"));
    table rows = table_read("out/merged_data_palette.csv");
    assert_int_equal(rows.rows, SIDE * SIDE);
    for (int i = 0; i < SIDE * SIDE; i++) {
        assert_true(rows.values[4 * i + 2] == scattered(i % SIDE, i / SIDE));
        assert_true(rows.values[4 * i + 3] == scattered(i % SIDE, i / SIDE));
    }
    table_free(&rows);
    char *plan = sandbox_succeed("\"$WEFT\" plan palette.yml | grep -c ' Byte '");
    assert_int_equal(atoi(plan), 2);
    free(plan);
}

/* --- names that are no files --- */

static const char names_config[] = "experiment: names\noutput_dir: out\n"
                                   "grid: {crs: 'EPSG:31985', resolution: 90, extent: plain}\n"
                                   "datasets:\n"
                                   "  - {name: plain, path: ../names/dem.tif}\n"
                                   "  - {name: zipped, path: '/vsigzip/dem.tif.gz'}\n"
                                   "  - {name: archived, path: '/vsitar/./dem.tar/dem.tif'}\n"
                                   "  - {name: joined, path: ['/vsigzip/dem.tif.gz', dem.tif]}\n"
                                   "  - {name: inline, path: '<VRTDataset/>', on_error: skip}\n"
                                   "memory: {limit: " LIMIT "}\n";

/* The configuration stands in a folder of its own, where the paths in GDAL's names start too. */
static void test_gdals_own_file_systems_are_read_from_the_configurations_folder(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir -p names; cp \"$SAMPLE/dem.tif\" names; gzip -kf names/dem.tif; tar -C names -cf "
                         "names/dem.tar dem.tif"));
    sandbox_write("names/names.yml", names_config);
    free(sandbox_succeed(RUN "names/names.yml"));
    table rows = table_read("names/out/merged_data_names.csv");
    size_t present = 0;
    for (size_t i = 0; i < rows.rows; i++) {
        const double *cell = &rows.values[i * (size_t)rows.columns];
        for (int j = 3; j < 6; j++)
            assert_true(cell[j] == cell[2] || (isnan(cell[j]) && isnan(cell[2])));
        assert_true(isnan(cell[6]));
        present += isnan(cell[2]) ? 0 : 1;
    }
    assert_true(present > rows.rows / 2);
    table_free(&rows);
    char *plan = sandbox_succeed("\"$WEFT\" plan --json names/names.yml");
    assert_non_null(strstr(plan, "/names/dem.tif.gz\""));
    assert_non_null(strstr(plan, "/names/dem.tar/dem.tif\""));
    free(plan);
}

static void test_a_missing_archive_is_named(void **state) {
    (void)state;
    sandbox_result result =
        sandbox_run(RUN "names/names.yml --set datasets.1.path=/vsigzip/gone.gz --set datasets.4.on_error=skip");
    assert_int_equal(result.exit_code, 66);
    assert_non_null(strstr(result.err, "/names/gone.gz"));
    sandbox_result_free(&result);
}

/* One variable of two in a netCDF file, against GDAL's own reading of it. */
static void test_a_netcdf_subdataset_is_a_raster(void **state) {
    (void)state;
    if (GDALGetDriverByName("netCDF") == NULL) skip();
    free(sandbox_succeed("gdal_translate -q -of netCDF -b 1 -b 4 \"$SAMPLE/landsat7.tif\" two.nc"));
    sandbox_write("netcdf.yml", "experiment: netcdf\noutput_dir: out\n"
                                "grid: {crs: 'EPSG:31985', resolution: 100, extent: a}\n"
                                "datasets:\n"
                                "  - {name: a, path: 'NETCDF:\"two.nc\":Band2', method: average}\n"
                                "  - {name: b, path: '${SAMPLE}/landsat7.tif', bands: [4], method: average}\n"
                                "memory: {limit: " LIMIT "}\n");
    free(sandbox_succeed(RUN "netcdf.yml"));
    table rows = table_read("out/merged_data_netcdf.csv");
    assert_true(rows.rows > 9000);
    for (size_t i = 0; i < rows.rows; i++) {
        double a = rows.values[4 * i + 2], b = rows.values[4 * i + 3];
        assert_true(fabs(a - b) <= 1e-5 * fabs(b) || (isnan(a) && isnan(b)));
    }
    table_free(&rows);
    sandbox_result result = sandbox_run(RUN "netcdf.yml --set datasets.0.path=two.nc");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "it holds subdatasets: path: 'NETCDF:"));
    sandbox_result_free(&result);
}

/* A web server of Python's, for as long as `command` runs; $URL is its address. */
#define SERVE(command)                                                                                                 \
    "port=$((20000 + $$ %% 20000)); URL=/vsicurl/http://127.0.0.1:$port; export URL\n"                                 \
    "python3 -m http.server --bind 127.0.0.1 $port >web.log 2>&1 & server=$!\n"                                        \
    "for i in $(seq 100); do python3 -c \"import socket; socket.create_connection(('127.0.0.1', $port))\" "            \
    "2>/dev/null && break; sleep 0.1; done\n" command "\ncode=$?; kill $server; exit $code"

static void test_a_raster_is_read_from_a_web_server_and_a_missing_one_is_named(void **state) {
    (void)state;
    sandbox_result python = sandbox_run("python3 -c 'import http.server'");
    bool there = python.exit_code == 0;
    sandbox_result_free(&python);
    if (!there) {
        print_message("SKIPPED: there is no python3 to serve files with\n");
        skip();
    }
    free(sandbox_succeed("cp \"$SAMPLE/dem.tif\" far.tif"));
    sandbox_write("web.yml", "experiment: web\noutput_dir: out\n"
                             "grid: {crs: 'EPSG:31985', resolution: 300, extent: far}\n"
                             "datasets: [{name: far, path: '${URL}/${FILE}'}]\nmemory: {limit: " LIMIT "}\n");
    free(sandbox_succeed("URL=. FILE=far.tif " RUN "web.yml; mv out/merged_data_web.csv near.csv"));
    free(sandbox_succeed(SERVE("FILE=far.tif " RUN "web.yml")));
    assert_true(sandbox_same("near.csv", "out/merged_data_web.csv"));
    sandbox_result missing = sandbox_run(SERVE("FILE=none.tif " RUN "web.yml"));
    assert_int_equal(missing.exit_code, 66);
    assert_non_null(strstr(missing.err, "none.tif: there is no such file"));
    sandbox_result_free(&missing);
}

/* --- flipped and rotated --- */

static void test_a_south_up_raster_gives_what_its_flipped_copy_gives(void **state) {
    (void)state;
    static const char *const methods[] = {"nearest", "bilinear", "cubic", "average", "mode", "sum"};
    GDALDatasetH file = create("up.tif", 1, GDT_Int16, north_up);
    fill(file, 1, scattered);
    GDALClose(file);
    file = create("down.tif", 1, GDT_Int16, (const double[]){0, 10, 0, 0, 0, 10});
    fill(file, 1, scattered_from_below);
    GDALClose(file);
    sandbox_write("flip.yml", "experiment: flip\noutput_dir: ${OUT}\n"
                              "grid: {crs: 'EPSG:32632', resolution: 8, align: false, bounds: [17, 17, 185, 185]}\n"
                              "datasets: [{name: a, path: '${FILE}'}]\n"
                              "memory: {limit: " LIMIT "}\n");
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        free(sandbox_succeed("OUT=up FILE=up.tif " RUN "flip.yml --set resampling.method=%s", methods[m]));
        free(sandbox_succeed("OUT=down FILE=down.tif " RUN "flip.yml --set resampling.method=%s", methods[m]));
        table up = table_read("up/merged_data_flip.csv"), down = table_read("down/merged_data_flip.csv");
        assert_int_equal(up.rows, 21 * 21);
        assert_int_equal(down.rows, up.rows);
        for (size_t i = 0; i < up.rows; i++)
            if (!(fabs(up.values[3 * i + 2] - down.values[3 * i + 2]) <= 1e-4))
                fail_msg("%s: row %zu: %g and %g", methods[m], i, up.values[3 * i + 2], down.values[3 * i + 2]);
        table_free(&up);
        table_free(&down);
    }
}

/* Turned by 30 degrees, against gdalwarp, which is told that nothing shrinks. Near, cells whose centre is within
 * rounding of a pixel's edge may fall to either side. */
static void test_a_rotated_raster_agrees_with_gdalwarp(void **state) {
    (void)state;
    static const char *const methods[][2] = {{"nearest", "near"}, {"bilinear", "bilinear"}, {"cubic", "cubic"}};
    const double c = 10 * cos(0.5235987755982988), s = 10 * sin(0.5235987755982988);
    GDALDatasetH file = create("turned.tif", 1, GDT_Float32, (const double[]){500, c, s, 700, s, -c});
    fill(file, 1, scattered);
    GDALClose(file);
    sandbox_write("turned.yml", "experiment: turned\noutput_dir: out\n"
                                "grid: {crs: 'EPSG:32632', resolution: 7, align: false, bounds: [542, 630, 682, 728]}\n"
                                "datasets: [{name: a, path: turned.tif}]\n"
                                "memory: {limit: " LIMIT "}\n");
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        double theirs[20 * 14];
        size_t off = 0, present = 0;
        free(sandbox_succeed(RUN "turned.yml --set resampling.method=%s", methods[m][0]));
        free(sandbox_succeed("rm -f warped.tif; gdalwarp -q -et 0 -wo XSCALE=1.4 -wo YSCALE=1.4 -r %s -te 542 630 682 "
                             "728 -tr 7 7 -dstnodata nan "
                             "turned.tif warped.tif",
                             methods[m][1]));
        file = GDALOpen("warped.tif", GA_ReadOnly);
        assert_non_null(file);
        assert_int_equal(
            GDALRasterIO(GDALGetRasterBand(file, 1), GF_Read, 0, 0, 20, 14, theirs, 20, 14, GDT_Float64, 0, 0),
            CE_None);
        GDALClose(file);
        table ours = table_read("out/merged_data_turned.csv");
        assert_int_equal(ours.rows, 20 * 14);
        for (size_t i = 0; i < ours.rows; i++) {
            double a = ours.values[3 * i + 2], b = theirs[i];
            present += isnan(b) ? 0 : 1;
            off += isnan(a) != isnan(b) || fabs(a - b) > 1e-3;
        }
        if (present < 250 || off > 2) fail_msg("%s: %zu of %zu cells are off", methods[m][0], off, present);
        table_free(&ours);
    }
}

/* --- columns --- */

static void expect_header(const char *settings, const char *expected) {
    free(sandbox_succeed(RUN "bands.yml %s", settings));
    char *header = sandbox_succeed("head -n 1 out/merged_data_bands.csv");
    if (strcmp(header, expected) != 0) fail_msg("%s: %s", settings, header);
    free(header);
}

static void test_columns_are_called_as_asked(void **state) {
    (void)state;
    GDALDatasetH file = create("bands.tif", 3, GDT_Byte, north_up);
    GDALSetDescription(GDALGetRasterBand(file, 1), "B04: red (665 nm)");
    GDALSetDescription(GDALGetRasterBand(file, 3), " ..- ");
    GDALClose(file);
    sandbox_write("bands.yml", "experiment: bands\noutput_dir: out\n"
                               "grid: {crs: 'EPSG:32632', resolution: 10, extent: a}\n"
                               "datasets: [{name: a, path: bands.tif}]\n"
                               "memory: {limit: " LIMIT "}\n");
    expect_header("", "x,y,a_1,a_2,a_3\n");
    expect_header("--set datasets.0.columns=description", "x,y,B04_red_665_nm,a_2,..-\n");
    expect_header("--set datasets.0.columns=description --set datasets.0.bands=[1]", "x,y,B04_red_665_nm\n");
    expect_header("--set datasets.0.columns=[red,green,blue]", "x,y,red,green,blue\n");
    expect_header("--set datasets.0.columns=[blue,red] --set datasets.0.bands=[3,1]", "x,y,blue,red\n");
    sandbox_result result = sandbox_run(RUN "bands.yml --set datasets.0.columns=[red,green]");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "dataset a: columns has 2 names for 3 bands"));
    sandbox_result_free(&result);
    result = sandbox_run(RUN "bands.yml --set 'datasets=[{name: a, path: bands.tif, columns: description}, {name: b, "
                             "path: bands.tif, columns: description}]'");
    assert_int_equal(result.exit_code, 65);
    assert_non_null(strstr(result.err, "there are two columns named \"B04_red_665_nm\""));
    sandbox_result_free(&result);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    GDALAllRegister();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_palette_gives_its_indices),
        cmocka_unit_test(test_gdals_own_file_systems_are_read_from_the_configurations_folder),
        cmocka_unit_test(test_a_missing_archive_is_named),
        cmocka_unit_test(test_a_raster_is_read_from_a_web_server_and_a_missing_one_is_named),
        cmocka_unit_test(test_a_netcdf_subdataset_is_a_raster),
        cmocka_unit_test(test_a_south_up_raster_gives_what_its_flipped_copy_gives),
        cmocka_unit_test(test_a_rotated_raster_agrees_with_gdalwarp),
        cmocka_unit_test(test_columns_are_called_as_asked),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
