/* A zlib stream that holds more than its block: the block is the stream's first bytes, whatever was read before it.
 * libtiff with libdeflate leaves some of those as they were in its memory, so it is no witness here.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/raster/small_raster.h"
#include "unit/raster/source_rig.h"

#include "core/window.h"
#include "raster/tiff/tiff_layout.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLS  48
#define ROWS  48
#define BANDS 3
#define NOISE 300  /* values that no string of the stream holds twice */
#define COUNT 2000 /* in a stream, more than in any block */

static void read_layout(weft_tiff_layout *out, const char *name) {
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(weft_tiff_layout_read(out, fd), WEFT_TIFF_YES);
    assert_int_equal(close(fd), 0);
}

static void write_at(const char *name, int64_t at, const void *bytes, size_t length) {
    FILE *file = fopen(name, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Appends a stream to the file, and makes it the one of a block. */
static void replace_block(const char *name, const weft_tiff_layout *layout, int64_t number, const void *bytes,
                          size_t length) {
    const weft_tiff_list *offsets = &layout->offsets, *sizes = &layout->sizes;
    uint8_t stream[4096];
    size_t at = 0;
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(9);
    assert_non_null(compressor);
    uint64_t size = libdeflate_zlib_compress(compressor, bytes, length, stream, sizeof stream);
    libdeflate_free_compressor(compressor);
    assert_true(size > 0);
    free(sandbox_read(name, &at));
    uint64_t begin = at;
    write_at(name, (int64_t)begin, stream, size);
    write_at(name, offsets->at + number * offsets->entry_bytes, &begin, (size_t)offsets->entry_bytes);
    write_at(name, sizes->at + number * sizes->entry_bytes, &size, (size_t)sizes->entry_bytes);
}

static void make(const char *name, const char *const *options) {
    static double values[COLS * ROWS];
    GDALDatasetH file = small_raster_create(name, COLS, ROWS, BANDS, GDT_UInt16, 10, 0.1, options);
    for (int band = 1; band <= BANDS; band++) {
        for (int i = 0; i < COLS * ROWS; i++)
            values[i] = band * 1000 + i % 89;
        small_raster_write(file, band, values);
    }
    GDALClose(file);
}

typedef struct block {
    int64_t row, col;
} block;

static weft_status read_block(weft_source *source, const weft_tiff_layout *layout, block is, int band,
                              uint16_t *values) {
    static uint8_t valid[COLS * ROWS];
    weft_window all = {0, 0, COLS, ROWS};
    weft_window part = {is.col * layout->block_cols, is.row * layout->block_rows, layout->block_cols,
                        layout->block_rows};
    weft_error err = {0};
    bool any = false;
    memset(valid, 1, sizeof valid);
    return weft_source_read(source, band, weft_window_intersect(part, all), values, valid, &any, &err);
}

/* The stream's values are those of the block, row by row, with the bands of a pixel side by side. */
static void expect_block(weft_source *source, const weft_tiff_layout *layout, block is, int band,
                         const uint16_t *stream) {
    static uint16_t values[COLS * ROWS];
    int64_t rows = weft_smaller(layout->block_rows, ROWS - is.row * layout->block_rows);
    int64_t cols = weft_smaller(layout->block_cols, COLS - is.col * layout->block_cols);
    assert_int_equal(read_block(source, layout, is, band, values), WEFT_OK);
    for (int64_t y = 0; y < rows; y++)
        for (int64_t x = 0; x < cols; x++)
            assert_int_equal(values[y * cols + x], stream[(y * layout->block_cols + x) * BANDS + band - 1]);
}

/* The first and the last block, which is a strip of fewer rows where there are strips. What repeats at the end of the
 * noise goes on behind the block's end, so that a string of the stream lies across it. Neither a block that decodes nor
 * one that does not is seen in them when it was read before. */
static void expect_cut(const char *const *options) {
    static uint16_t stream[COUNT], values[COLS * ROWS];
    uint32_t seed = 1;
    weft_tiff_layout layout;
    make("x.tif", options);
    read_layout(&layout, "x.tif");
    for (int i = 0; i < COUNT; i++) {
        seed = seed * 1664525 + 1013904223;
        stream[i] = i < NOISE ? (uint16_t)(seed >> 16) : 777;
    }
    assert_true(layout.block_rows * layout.block_cols * BANDS < COUNT);
    block first = {0, 0}, last = {layout.blocks_down - 1, layout.blocks_across - 1}, good = {1, 0}, bad = {2, 0};
    replace_block("x.tif", &layout, 0, stream, sizeof stream);
    replace_block("x.tif", &layout, layout.blocks_across * layout.blocks_down - 1, stream, sizeof stream);
    replace_block("x.tif", &layout, 2 * layout.blocks_across, stream, 100); /* too short */
    weft_source *source = source_rig_open("x.tif", false);
    for (int band = BANDS; band >= 1; band--) {
        expect_block(source, &layout, first, band, stream);
        assert_int_equal(read_block(source, &layout, good, band, values), WEFT_OK);
        assert_int_equal(read_block(source, &layout, bad, band, values), WEFT_ERR_DATA);
        assert_int_equal(read_block(source, &layout, good, band, values), WEFT_OK);
        expect_block(source, &layout, last, band, stream);
    }
    weft_source_close(source);
}

static void test_of_tiles(void **state) {
    static const char *const options[] = {"COMPRESS=DEFLATE", "INTERLEAVE=PIXEL", "TILED=YES",
                                          "BLOCKXSIZE=16",    "BLOCKYSIZE=16",    NULL};
    (void)state;
    expect_cut(options);
}

static void test_of_strips(void **state) {
    static const char *const options[] = {"COMPRESS=DEFLATE", "INTERLEAVE=PIXEL", "BLOCKYSIZE=11", NULL};
    (void)state;
    expect_cut(options);
}

/* A damaged list says of a block that it begins before the file, or behind all that a file could hold. Its bytes are
 * broken, and no other attempt at them would be better. */
static void test_of_places_that_no_file_has(void **state) {
    static const char *const options[] = {"BIGTIFF=YES", "COMPRESS=DEFLATE", "INTERLEAVE=PIXEL", "BLOCKYSIZE=1", NULL};
    static const uint64_t places[] = {UINT64_MAX - 4095, UINT64_C(1) << 63, INT64_MAX, INT64_MAX - 100};
    static uint16_t values[COLS * ROWS];
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        weft_tiff_layout layout;
        make("far.tif", options);
        read_layout(&layout, "far.tif");
        assert_int_equal(layout.offsets.entry_bytes, 8);
        write_at("far.tif", layout.offsets.at + 2 * 8, &places[i], 8);
        weft_source *source = source_rig_open("far.tif", false);
        assert_int_equal(read_block(source, &layout, (block){1, 0}, 1, values), WEFT_OK);
        assert_int_equal(read_block(source, &layout, (block){2, 0}, 1, values), WEFT_ERR_DATA);
        weft_source_close(source);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_of_tiles), cmocka_unit_test(test_of_strips),
                                       cmocka_unit_test(test_of_places_that_no_file_has)};
    return cmocka_run_group_tests(tests, source_rig_setup, source_rig_teardown);
}
