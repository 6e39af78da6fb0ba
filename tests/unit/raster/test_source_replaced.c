/* A file that is replaced while a source reads it: by every kind of other file, renamed over it or written in place. No
 * handle that is opened later may give its values, and what no handle notices the last look does.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"
#include "unit/raster/source_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a raster is made like. */
typedef struct recipe {
    int size, bands;
    GDALDataType type;
    double west, value;
    bool has_nodata;
    bool tiled;
} recipe;

static const recipe plain = {.size = 64, .bands = 1, .type = GDT_Byte, .west = 10, .value = 7};

static void make(const char *name, recipe is) {
    static const char *const tiled[] = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", NULL};
    double *values = calloc((size_t)(is.size * is.size), sizeof *values);
    assert_non_null(values);
    for (int i = 0; i < is.size * is.size; i++)
        values[i] = is.value;
    GDALDatasetH file =
        small_raster_create(name, is.size, is.size, is.bands, is.type, is.west, 0.1, is.tiled ? tiled : NULL);
    for (int band = 1; band <= is.bands; band++)
        small_raster_write(file, band, values);
    if (is.has_nodata) GDALSetRasterNoDataValue(GDALGetRasterBand(file, 1), is.value);
    GDALClose(file);
    free(values);
}

static weft_source *open_source(const char *name, bool one_of_many) {
    weft_source *source = NULL;
    weft_error err = {0};
    weft_source_options options = {.one_of_many = one_of_many};
    if (weft_source_open(&source, name, options, source_rig_cache, &err) != WEFT_OK) fail_msg("%s", err.message);
    return source;
}

/* Reads the rows from `row` on, 16 of them; of a byte source. */
static weft_status read_rows(weft_source *source, int64_t row, weft_error *err) {
    uint8_t values[64 * 16], valid[64 * 16];
    bool all;
    return weft_source_read(source, 1, (weft_window){0, row, 64, 16}, values, valid, &all, err);
}

/* After `change`, a shell command, a handle that is opened anew is refused, and so is the last look, naming `name`. */
static void expect_refused(const char *raster, const char *change, weft_status expected, const char *name) {
    for (int one_of_many = 0; one_of_many < 2; one_of_many++) {
        weft_error err = {0};
        free(sandbox_succeed("rm -f x.tif*; cp -p plain.tif x.tif; cp -p plain.tif y.tif"));
        weft_source *source = open_source(raster, one_of_many);
        assert_int_equal(weft_source_check_files(source, NULL), WEFT_OK);
        assert_int_equal(read_rows(source, 0, NULL), WEFT_OK);
        free(sandbox_succeed("%s", change));
        weft_status status = weft_source_check_files(source, &err);
        if (status != expected || strstr(err.message, name) == NULL || err.hint[0] == '\0')
            fail_msg("%s: the last look says %d: %s", change, status, err.message);
        weft_source_close_idle(source);
        weft_block_cache_drop(source_rig_cache, -1);
        err = (weft_error){0};
        status = read_rows(source, 48, &err);
        if (status != expected || strstr(err.message, name) == NULL)
            fail_msg("%s: reading says %d: %s", change, status, err.message);
        weft_source_close(source);
    }
}

static void test_another_file_in_its_place_is_refused(void **state) {
    static const struct {
        const char *name;
        recipe is;
    } others[] = {
        {"wide.tif", {64, 1, GDT_Float64, 10, 7, false, false}}, {"far.tif", {64, 1, GDT_Byte, 11, 7, false, false}},
        {"large.tif", {128, 1, GDT_Byte, 10, 7, false, false}},  {"bands.tif", {64, 3, GDT_Byte, 10, 7, false, false}},
        {"missing.tif", {64, 1, GDT_Byte, 10, 7, true, false}},  {"tiled.tif", {64, 1, GDT_Byte, 10, 7, false, true}},
        {"content.tif", {64, 1, GDT_Byte, 10, 8, false, false}}, {"same.tif", {64, 1, GDT_Byte, 10, 7, false, false}},
    };
    (void)state;
    make("plain.tif", plain);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char change[128];
        make(others[i].name, others[i].is);
        (void)snprintf(change, sizeof change, "cp %s t && mv t x.tif", others[i].name);
        expect_refused("x.tif", change, WEFT_ERR_DATA, "x.tif: ");
        (void)snprintf(change, sizeof change, "cat %s > x.tif", others[i].name);
        expect_refused("x.tif", change, WEFT_ERR_DATA, "x.tif: it was written to");
        /* As old as the one before: size or inode tell them apart. */
        (void)snprintf(change, sizeof change, "cp %s t && touch -r x.tif t && mv t x.tif", others[i].name);
        expect_refused("x.tif", change, WEFT_ERR_DATA, "x.tif: another file took its place");
    }
    expect_refused("x.tif", "rm x.tif", WEFT_ERR_NO_INPUT, "x.tif: it was removed");
    expect_refused("x.tif", "truncate -s 100 x.tif", WEFT_ERR_DATA, "x.tif: it was written to");
}

static void test_companions_and_files_under_a_vrt_count(void **state) {
    (void)state;
    make("plain.tif", plain);
    free(sandbox_succeed("cp -p plain.tif x.tif; cp -p plain.tif y.tif; gdalbuildvrt -q v.vrt x.tif; "
                         "gdalbuildvrt -q w.vrt v.vrt"));
    expect_refused("v.vrt", "cp y.tif t && mv t x.tif", WEFT_ERR_DATA, "x.tif: another file took its place");
    expect_refused("w.vrt", "cp y.tif t && mv t x.tif", WEFT_ERR_DATA, "x.tif: another file took its place");
    expect_refused("x.tif", "cp y.tif x.tif.msk", WEFT_ERR_DATA, "x.tif.msk: it appeared");
    expect_refused("x.tif",
                   "printf '<PAMDataset><PAMRasterBand band=\"1\"><NoDataValue>7</NoDataValue></PAMRasterBand>"
                   "</PAMDataset>' > x.tif.aux.xml",
                   WEFT_ERR_DATA, "x.tif: it changed while it was used: how it says that a pixel is missing differs");
}

/* QGIS and gdalinfo leave statistics beside what they show. A run of hours does not end for that. */
static void test_statistics_beside_a_file_do_no_harm(void **state) {
    (void)state;
    make("plain.tif", plain);
    weft_source *source = open_source("plain.tif", true);
    assert_int_equal(read_rows(source, 0, NULL), WEFT_OK);
    free(sandbox_succeed("gdalinfo -stats plain.tif; test -s plain.tif.aux.xml; gdaladdo -q -ro plain.tif 2"));
    weft_source_close_idle(source);
    weft_block_cache_drop(source_rig_cache, -1);
    assert_int_equal(read_rows(source, 48, NULL), WEFT_OK);
    assert_int_equal(weft_source_check_files(source, NULL), WEFT_OK);
    weft_source_close(source);
}

static void expect_special(const char *name, const char *message) {
    weft_source *source = NULL;
    weft_error err = {0};
    assert_int_equal(weft_source_open(&source, name, (weft_source_options){0}, source_rig_cache, &err), WEFT_ERR_DATA);
    assert_null(source);
    if (strstr(err.message, message) == NULL) fail_msg("no \"%s\" in: %s", message, err.message);
}

/* A FIFO has no end to wait for: whoever opens it, waits. */
static void test_fifos_and_devices_are_refused_at_once(void **state) {
    (void)state;
    make("own.tif", plain);
    free(sandbox_succeed("mkfifo p.tif own.tif.msk; sed 's/x.tif/p.tif/' v.vrt > p.vrt; ln -s p.tif link.tif"));
    expect_special("p.tif", "p.tif: a FIFO, not a raster");
    expect_special("link.tif", "link.tif: a FIFO, not a raster");
    expect_special("p.vrt", "p.tif: a FIFO, not a raster");
    expect_special("own.tif", "own.tif.msk: a FIFO, not a raster");
    expect_special("/dev/zero", "/dev/zero: a device, not a raster");
    expect_special("NETCDF:\"/dev/zero\":t", "/dev/zero: a device, not a raster");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another_file_in_its_place_is_refused),
        cmocka_unit_test(test_companions_and_files_under_a_vrt_count),
        cmocka_unit_test(test_statistics_beside_a_file_do_no_harm),
        cmocka_unit_test(test_fifos_and_devices_are_refused_at_once),
    };
    return cmocka_run_group_tests(tests, source_rig_setup, source_rig_teardown);
}
