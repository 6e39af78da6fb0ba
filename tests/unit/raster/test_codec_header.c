/* Headers written by hand from the standards, whole and cut off.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "support/sandbox.h"

#include "raster/info/codec_header.h"

#include <stdio.h>

static void write_bytes(const char *name, const void *bytes, size_t count) {
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

/* SOC; SIZ of an image of 5000 x 3000 in tiles of 4096 x 4096, one component. */
static const unsigned char codestream[] = {'j',  'p',  '2',  'c', 0xff, 0x4f, 0xff, 0x51, 0,    41, 0, 0, 0, 0,
                                           0x13, 0x88, 0,    0,   0x0b, 0xb8, 0,    0,    0,    0,  0, 0, 0, 0,
                                           0,    0,    0x10, 0,   0,    0,    0x10, 0,    0,    0,  0, 0, 0, 0,
                                           0,    0,    0,    1,   7,    1,    1,    0xff, 0x64, 0,  4, 0, 1, 0xff};

static void test_the_tile_of_jpeg_2000_is_read(void **state) {
    double cols = 0, rows = 0;
    (void)state;
    write_bytes("a.jp2", codestream, sizeof codestream);
    assert_true(weft_codec_header_jp2_tile("a.jp2", 5000, 3000, &cols, &rows));
    assert_true(cols == 4096 && rows == 3000);
    assert_false(weft_codec_header_jp2_tile("a.jp2", 5000, 2999, &cols, &rows));
}

static void test_a_codestream_that_is_cut_off_says_nothing_wrong(void **state) {
    double cols, rows;
    (void)state;
    for (size_t count = 0; count < sizeof codestream; count++) {
        write_bytes("cut.jp2", codestream, count);
        if (weft_codec_header_jp2_tile("cut.jp2", 5000, 3000, &cols, &rows)) assert_true(rows == 3000);
    }
    assert_false(weft_codec_header_jp2_tile("nothing.jp2", 5000, 3000, &cols, &rows));
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

static void test_an_interlaced_png_is_told_by_its_first_bytes(void **state) {
    unsigned char png[33] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    (void)state;
    write_bytes("plain.png", png, sizeof png);
    png[28] = 1;
    write_bytes("interlaced.png", png, sizeof png);
    assert_false(weft_codec_header_is_interlaced_png("plain.png"));
    assert_true(weft_codec_header_is_interlaced_png("interlaced.png"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tile_of_jpeg_2000_is_read),
        cmocka_unit_test(test_a_codestream_that_is_cut_off_says_nothing_wrong),
        cmocka_unit_test(test_coefficients_of_a_progressive_jpeg_follow_its_sampling),
        cmocka_unit_test(test_an_interlaced_png_is_told_by_its_first_bytes),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
