/* Trouble with a GeoTIFF that is decoded past GDAL: what cannot be opened or asked for is not taken for missing, nor for
 * blocks that the file does not hold.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"
#include "unit/raster/source_rig.h"

#include "raster/blocks/block_decoder.h"

#include <cpl_string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define COLS 4
#define ROWS 4000

static double value_at(int i) {
    return i % 255 + 1;
}

/* Bytes that are not 0, a row a strip. */
static void make(const char *name) {
    static double values[COLS * ROWS];
    static const char *const options[] = {"COMPRESS=LZW", "BLOCKYSIZE=1", NULL};
    for (int i = 0; i < COLS * ROWS; i++)
        values[i] = value_at(i);
    GDALDatasetH file = small_raster_create(name, COLS, ROWS, 1, GDT_Byte, 10, 0.01, options);
    small_raster_write(file, 1, values);
    GDALClose(file);
}

static void check_row(const uint8_t *values, int row) {
    for (int col = 0; col < COLS; col++)
        assert_int_equal(values[col], (int)value_at(row * COLS + col));
}

/* --- the file cannot be opened --- */

static weft_status read_row(weft_source *source, int row, uint8_t *values, weft_error *err) {
    uint8_t valid[COLS];
    bool all = false;
    return weft_source_read(source, 1, (weft_window){0, row, COLS, 1}, values, valid, &all, err);
}

/* on_error: missing is about blocks; a process that may open no more files has none that are bad. */
static void test_a_file_that_cannot_be_opened_has_no_bad_blocks(void **state) {
    struct rlimit before, none;
    uint8_t values[COLS];
    weft_source *source = NULL;
    weft_error err = {0};
    (void)state;
    make("unopened.tif");
    weft_source_options options = {.bad_blocks_missing = true};
    assert_int_equal(weft_source_open(&source, "unopened.tif", options, source_rig_cache, &err), WEFT_OK);
    assert_int_equal(read_row(source, 0, values, &err), WEFT_OK);
    weft_source_close_idle(source);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    weft_status status = read_row(source, 7, values, &err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(status, WEFT_ERR_IO);
    assert_non_null(strstr(err.message, "Too many open files"));
    assert_true(weft_source_bad_blocks(source) == 0);
    assert_int_equal(read_row(source, 7, values, &err), WEFT_OK);
    check_row(values, 7);
    weft_source_close(source);
}

/* --- GDAL's handle --- */

static weft_status open_again(void *payload, void **dataset, weft_error *err) {
    *dataset = GDALOpen(payload, GA_ReadOnly);
    return *dataset != NULL ? WEFT_OK : weft_error_set(err, WEFT_ERR_IO, "cannot be opened");
}

/* The source's file, whose blocks are decoded one by one. */
typedef struct decoding {
    weft_source *source;
    weft_file_stamps stamps;
    weft_block_origin origin;
} decoding;

static void begin(decoding *out, char *name) {
    weft_error err = {0};
    *out = (decoding){0};
    assert_int_equal(weft_source_open(&out->source, name, (weft_source_options){0}, source_rig_cache, &err), WEFT_OK);
    assert_int_equal(weft_file_stamps_begin(&out->stamps, name, NULL, &err), WEFT_OK);
    out->origin.info = weft_source_describe(out->source);
    out->origin.stamps = &out->stamps;
    out->origin.open = open_again;
    out->origin.payload = name;
}

static void end(decoding *of) {
    weft_block_origin_dispose(&of->origin);
    assert_int_equal(of->origin.open_files, 0);
    weft_file_stamps_dispose(&of->stamps);
    weft_source_close(of->source);
}

static weft_status decode_row(weft_block_decoder *decoder, int row, uint8_t *values) {
    uint8_t valid[COLS];
    bool any_missing;
    weft_block_failure why;
    weft_error err = {0};
    memset(values, 0, COLS);
    return weft_block_decoder_read(decoder, (weft_block_key){0, 1, 0, row}, values, valid, &any_missing, &why, &err);
}

/* Makes the file and decodes its first row, so that it has been looked at. */
static weft_block_decoder *begin_at_first_row(decoding *out, char *name) {
    uint8_t values[COLS];
    weft_block_decoder *decoder;
    make(name);
    begin(out, name);
    assert_int_equal(weft_block_decoder_new(&decoder, &out->origin, GDALOpen(name, GA_ReadOnly), NULL), WEFT_OK);
    assert_int_equal(decode_row(decoder, 0, values), WEFT_OK);
    return decoder;
}

/* Where libtiff cannot read the place of a strip it has an error once; from then on the handle has a strip that the file
 * does not hold. The handle here is one of a file that was cut off; the file of its name is whole. */
static void test_a_handle_with_an_error_is_not_read_from(void **state) {
    static char name[] = "whole.tif";
    uint8_t values[COLS];
    weft_block_decoder *decoder;
    decoding of;
    (void)state;
    make("cut.tif");
    GDALDatasetH cut = GDALOpen("cut.tif", GA_ReadOnly);
    assert_non_null(cut);
    assert_int_equal(truncate("cut.tif", 4096), 0);
    make(name);
    begin(&of, name);
    assert_int_equal(weft_block_decoder_new(&decoder, &of.origin, cut, NULL), WEFT_OK);
    GDALSetDescription(cut, name);
    assert_int_equal(decode_row(decoder, ROWS - 1, values), WEFT_OK);
    check_row(values, ROWS - 1);
    assert_int_equal(decode_row(decoder, 0, values), WEFT_OK);
    check_row(values, 0);
    weft_block_decoder_free(decoder);
    end(&of);
}

/* --- the file --- */

/* The reader comes late: the decoder was made for the file that was there. */
static void test_a_pipe_in_its_place_is_another_file(void **state) {
    static char name[] = "pipe.tif";
    uint8_t values[COLS];
    decoding of;
    (void)state;
    weft_block_decoder *decoder = begin_at_first_row(&of, name);
    weft_block_decoder_free(decoder);
    assert_int_equal(weft_block_decoder_new(&decoder, &of.origin, NULL, NULL), WEFT_OK);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(mkfifo(name, 0600), 0);
    alarm(30); /* it would wait for a writer */
    assert_int_equal(decode_row(decoder, 1, values), WEFT_ERR_DATA);
    alarm(0);
    weft_block_decoder_free(decoder);
    end(&of);
}

/* A strip of some bytes at the file's beginning is none that GDAL takes no memory for: the reader's goes first. */
static void test_a_strip_at_the_files_beginning_is_gdals(void **state) {
    static char name[] = "first.tif";
    static const uint8_t nowhere[4] = {0};
    uint8_t values[COLS];
    decoding of;
    (void)state;
    weft_block_decoder *decoder = begin_at_first_row(&of, name);
    assert_true(weft_block_origin_reads_tiff(&of.origin));
    weft_block_decoder_free(decoder);
    const weft_tiff_layout *layout = weft_tiff_file_layout(of.origin.tiff);
    assert_int_equal(layout->offsets.entry_bytes, 4);
    FILE *file = fopen(name, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)layout->offsets.at + 4 * 2000, SEEK_SET), 0);
    assert_int_equal(fwrite(nowhere, 1, sizeof nowhere, file), sizeof nowhere);
    assert_int_equal(fclose(file), 0);
    weft_file_stamps_dispose(&of.stamps);
    weft_block_origin_dispose(&of.origin);
    assert_int_equal(weft_file_stamps_begin(&of.stamps, name, NULL, NULL), WEFT_OK);
    assert_int_equal(weft_block_decoder_new(&decoder, &of.origin, GDALOpen(name, GA_ReadOnly), NULL), WEFT_OK);
    assert_int_equal(decode_row(decoder, 1, values), WEFT_OK);
    assert_true(weft_block_origin_reads_tiff(&of.origin));
    assert_int_equal(decode_row(decoder, 2000, values), WEFT_ERR_DATA);
    assert_false(weft_block_origin_reads_tiff(&of.origin));
    weft_block_decoder_free(decoder);
    end(&of);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_that_cannot_be_opened_has_no_bad_blocks),
        cmocka_unit_test(test_a_pipe_in_its_place_is_another_file),
        cmocka_unit_test(test_a_strip_at_the_files_beginning_is_gdals),
        cmocka_unit_test(test_a_handle_with_an_error_is_not_read_from),
    };
    return cmocka_run_group_tests(tests, source_rig_setup, source_rig_teardown);
}
