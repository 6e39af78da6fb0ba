/* What is undone to a TIFF's pixels: an LZW stream that the standard spells out, and differences that are made here by
 * their definition.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "raster/tiff/tiff_codec.h"
#include "raster/tiff/tiff_predictor.h"

#include <stdlib.h>
#include <string.h>

/* --- LZW --- */

typedef struct bit_writer {
    uint8_t bytes[16384];
    size_t bits;
} bit_writer;

static void put(bit_writer *out, int code, int width) {
    for (int i = width - 1; i >= 0; i--, out->bits++) {
        assert_true(out->bits / 8 < sizeof out->bytes);
        if (code >> i & 1) out->bytes[out->bits / 8] |= (uint8_t)(128 >> out->bits % 8);
    }
}

static bool decode_lzw(const bit_writer *from, uint8_t *out, size_t bytes) {
    void *state = weft_tiff_lzw.make_state();
    assert_non_null(state);
    bool ok = weft_tiff_lzw.decode(state, from->bytes, (from->bits + 7) / 8, out, bytes);
    weft_tiff_lzw.free_state(state);
    return ok;
}

/* TIFF 6.0, section 13: 7 7 7 8 8 7 7 6 6 becomes clear, 7, 258, 8, 8, 258, 6, 6, end. */
static void test_the_standards_example_of_lzw_is_decoded(void **state) {
    static const int codes[] = {256, 7, 258, 8, 8, 258, 6, 6, 257};
    static const uint8_t expected[] = {7, 7, 7, 8, 8, 7, 7, 6, 6};
    bit_writer stream = {.bits = 0};
    uint8_t out[sizeof expected];
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        put(&stream, codes[i], 9);
    assert_true(decode_lzw(&stream, out, sizeof out));
    assert_memory_equal(out, expected, sizeof expected);
    assert_false(decode_lzw(&stream, out, sizeof out + 1)); /* more than there is */
    assert_false(decode_lzw(&stream, out, 2));              /* a string reaches beyond what is asked for */
    stream.bits -= 36;
    assert_false(decode_lzw(&stream, out, sizeof out)); /* cut off */
}

/* n equal bytes: each code stands for one byte more than the one before, and none of them is known when it comes. Codes
 * grow after 511 - 1, 1023 - 1 and 2047 - 1 (section 13 again: one code early). */
static void test_codes_grow_and_name_strings_that_are_just_made(void **state) {
    bit_writer stream = {.bits = 0};
    static uint8_t out[3000 * 3000 / 2];
    size_t bytes = 1;
    (void)state;
    put(&stream, 256, 9);
    put(&stream, 42, 9);
    int codes = 3000;
    for (int code = 258, length = 2; code < 258 + codes; code++, length++) {
        /* While `code` is read, codes up to code - 1 are known. */
        put(&stream, code, code - 1 < 510 ? 9 : code - 1 < 1022 ? 10 : code - 1 < 2046 ? 11 : 12);
        bytes += (size_t)length;
        if (bytes > sizeof out - 4000) break;
    }
    assert_true(decode_lzw(&stream, out, bytes));
    for (size_t i = 0; i < bytes; i++)
        assert_int_equal(out[i], 42);
}

static void test_codes_that_are_not_known_are_refused(void **state) {
    static const int streams[][4] = {{256, 258, 7, 7}, {256, 7, 260, 7}, {7, 7, 7, 7}, {256, 7, 257, 7}};
    uint8_t out[4];
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        bit_writer stream = {.bits = 0};
        for (int at = 0; at < 4; at++)
            put(&stream, streams[i][at], 9);
        assert_false(decode_lzw(&stream, out, sizeof out));
    }
}

/* --- predictors --- */

#define MOST (257 * 8)

static uint64_t value_at(const uint8_t *row, int64_t i, int bytes) {
    uint64_t out = 0;
    memcpy(&out, row + i * bytes, (size_t)bytes);
    return out;
}

/* Each value less the one before it of the same band, from the end. */
static void take_differences(uint8_t *row, int64_t values, int bytes, int samples) {
    for (int64_t i = values - 1; i >= samples; i--) {
        uint64_t difference = value_at(row, i, bytes) - value_at(row, i - samples, bytes);
        memcpy(row + i * bytes, &difference, (size_t)bytes);
    }
}

/* All first bytes from the most significant on, then all second ones; then their differences. */
static void take_float_differences(uint8_t *row, int64_t values, int bytes, int samples) {
    static uint8_t planes[MOST];
    for (int64_t i = 0; i < values; i++)
        for (int at = 0; at < bytes; at++)
            planes[at * values + i] = row[i * bytes + bytes - 1 - at];
    take_differences(planes, values * bytes, 1, samples);
    memcpy(row, planes, (size_t)(values * bytes));
}

static void fill(uint8_t *out, size_t bytes) {
    static uint32_t seed = 1;
    for (size_t i = 0; i < bytes; i++) {
        seed = seed * 1664525 + 1013904223;
        out[i] = (uint8_t)(seed >> 24);
    }
}

static void check_undone(int value_bytes, int samples, int64_t pixels, bool floating) {
    static uint8_t before[2 * MOST], after[2 * MOST], scratch[MOST];
    int64_t values = pixels * samples, row = values * value_bytes;
    fill(before, (size_t)(2 * row));
    memcpy(after, before, (size_t)(2 * row));
    for (int i = 0; i < 2; i++) {
        if (floating)
            take_float_differences(after + i * row, values, value_bytes, samples);
        else
            take_differences(after + i * row, values, value_bytes, samples);
    }
    if (floating)
        weft_tiff_undo_float_differences(after, 2, values, value_bytes, samples, scratch);
    else
        weft_tiff_undo_differences(after, 2, values, value_bytes, samples);
    assert_memory_equal(after, before, (size_t)(2 * row));
}

static void test_differences_are_undone(void **state) {
    (void)state;
    for (int value_bytes = 1; value_bytes <= 8; value_bytes *= 2)
        for (int samples = 1; samples <= 40; samples++)
            for (int64_t pixels = 1; pixels * samples * value_bytes <= MOST && pixels <= 257;
                 pixels += pixels < 40 ? 1 : 31) {
                check_undone(value_bytes, samples, pixels, false);
                if (value_bytes >= 4) check_undone(value_bytes, samples, pixels, true);
            }
}

static void test_a_band_is_taken_out_of_pixels(void **state) {
    static uint8_t pixels[MOST], out[MOST];
    (void)state;
    fill(pixels, sizeof pixels);
    for (int bytes = 1; bytes <= 8; bytes *= 2)
        for (int samples = 2; samples <= 7; samples++)
            for (int sample = 0; sample < samples; sample++) {
                int64_t count = MOST / (bytes * samples);
                weft_tiff_take_band(pixels, count, bytes, samples, sample, out);
                for (int64_t i = 0; i < count; i++)
                    assert_true(value_at(out, i, bytes) == value_at(pixels, i * samples + sample, bytes));
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_standards_example_of_lzw_is_decoded),
        cmocka_unit_test(test_codes_grow_and_name_strings_that_are_just_made),
        cmocka_unit_test(test_codes_that_are_not_known_are_refused),
        cmocka_unit_test(test_differences_are_undone),
        cmocka_unit_test(test_a_band_is_taken_out_of_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
