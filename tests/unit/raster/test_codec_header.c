/* Headers written by hand from the standards, whole and cut off.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "support/sandbox.h"

#include "raster/codec_header.h"

#include <stdio.h>

static void write_bytes(const char *name, const void *bytes, size_t count) {
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

/* SOC; SIZ of an image of 5000 x 3000 in tiles of 4096 x 4096, one component; COM; COD with code blocks of 32 x 64. */
static const unsigned char codestream[] = {
    'j', 'p', '2', 'c',  0xff, 0x4f, 0xff, 0x51, 0, 41,   0,    0,    0,  0, 0x13, 0x88, 0, 0, 0x0b, 0xb8, 0, 0, 0,
    0,   0,   0,   0,    0,    0,    0,    0x10, 0, 0,    0,    0x10, 0,  0, 0,    0,    0, 0, 0,    0,    0, 0, 1,
    7,   1,   1,   0xff, 0x64, 0,    4,    0,    1, 0xff, 0x52, 0,    12, 0, 0,    0,    1, 0, 5,    3,    4, 0, 1};

static void test_the_tile_and_code_blocks_of_jpeg_2000_are_read(void **state) {
    weft_jp2_header header;
    (void)state;
    write_bytes("a.jp2", codestream, sizeof codestream);
    assert_true(weft_codec_header_jp2(&header, "a.jp2"));
    assert_int_equal(header.cols, 5000);
    assert_int_equal(header.rows, 3000);
    assert_int_equal(header.tile_cols, 4096);
    assert_int_equal(header.tile_rows, 3000);
    assert_int_equal(header.code_block_pixels, 32 * 64);
}

static void test_a_codestream_that_is_cut_off_says_nothing_wrong(void **state) {
    weft_jp2_header header;
    (void)state;
    for (size_t count = 0; count < sizeof codestream; count++) {
        write_bytes("cut.jp2", codestream, count);
        if (weft_codec_header_jp2(&header, "cut.jp2")) assert_int_equal(header.tile_rows, 3000);
    }
    assert_false(weft_codec_header_jp2(&header, "nothing.jp2"));
}

/* SOI; APP0 of four bytes; SOF2 of 64 x 32, whose luminance is sampled 2 x 2 and whose two colours 1 x 1. */
static const unsigned char progressive[] = {0xff, 0xd8, 0xff, 0xe0, 0, 4,    1, 2, 0xff, 0xc2, 0, 17,   8, 0,
                                            32,   0,    64,   3,    1, 0x22, 0, 2, 0x11, 1,    3, 0x11, 1};

static void test_coefficients_of_a_progressive_jpeg_follow_its_sampling(void **state) {
    unsigned char baseline[sizeof progressive];
    (void)state;
    write_bytes("p.jpg", progressive, sizeof progressive);
    /* 2 bytes for each sample: 64 * 32 of luminance and a quarter of it twice. */
    assert_int_equal(weft_codec_header_jpeg_coefficients("p.jpg"), 2 * (64 * 32 + 2 * 32 * 16));
    for (size_t i = 0; i < sizeof baseline; i++)
        baseline[i] = progressive[i] == 0xc2 ? 0xc0 : progressive[i];
    write_bytes("b.jpg", baseline, sizeof baseline);
    assert_int_equal(weft_codec_header_jpeg_coefficients("b.jpg"), 0);
    for (size_t count = 0; count < sizeof progressive; count++) {
        write_bytes("cut.jpg", progressive, count);
        assert_int_equal(weft_codec_header_jpeg_coefficients("cut.jpg"), 0);
    }
}

static void test_interlaced_pngs_and_classic_netcdf_are_told_by_their_first_bytes(void **state) {
    unsigned char png[33] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    (void)state;
    write_bytes("plain.png", png, sizeof png);
    png[28] = 1;
    write_bytes("interlaced.png", png, sizeof png);
    assert_false(weft_codec_header_is_interlaced_png("plain.png"));
    assert_true(weft_codec_header_is_interlaced_png("interlaced.png"));
    write_bytes("classic.nc", "CDF\2....", 8);
    write_bytes("chunked.nc", "\x89HDF\r\n\x1a\n", 8);
    assert_true(weft_codec_header_is_classic_netcdf("classic.nc"));
    assert_false(weft_codec_header_is_classic_netcdf("chunked.nc"));
    assert_false(weft_codec_header_is_classic_netcdf("nothing.nc"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tile_and_code_blocks_of_jpeg_2000_are_read),
        cmocka_unit_test(test_a_codestream_that_is_cut_off_says_nothing_wrong),
        cmocka_unit_test(test_coefficients_of_a_progressive_jpeg_follow_its_sampling),
        cmocka_unit_test(test_interlaced_pngs_and_classic_netcdf_are_told_by_their_first_bytes),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
