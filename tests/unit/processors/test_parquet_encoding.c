/* The encodings' bytes against the examples of Parquet's Encodings.md and hand arithmetic, and against a decoder of
 * their own.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/parquet_reader.h"

#include "processors/parquet/parquet_encoding.h"
#include "processors/parquet/value_dictionary.h"

#include <stdlib.h>
#include <string.h>

#define EXPECT(length, ...)                                                                                            \
    do {                                                                                                               \
        const uint8_t expected[] = {__VA_ARGS__};                                                                      \
        assert_int_equal(length, sizeof expected);                                                                     \
        assert_memory_equal(bytes, expected, sizeof expected);                                                         \
    } while (0)

/* Encodings.md: 0 .. 7 in 3 bits are 10001000 11000110 11111010; the header is 1 group << 1 | 1. */
static void test_the_specification_s_bit_packing(void **state) {
    (void)state;
    uint8_t bytes[64];
    const uint32_t values[] = {0, 1, 2, 3, 4, 5, 6, 7};
    EXPECT(weft_rle_encode(values, 8, 3, bytes), 0x03, 0x88, 0xc6, 0xfa);
}

static void test_a_long_run_is_its_length_and_its_value(void **state) {
    (void)state;
    uint8_t bytes[64];
    uint32_t values[300];
    for (int i = 0; i < 300; i++)
        values[i] = 0x1234;
    EXPECT(weft_rle_encode(values, 300, 13, bytes), 0xd8, 0x04, 0x34, 0x12); /* 600 = 0b100_1011000 */
}

/* 1 2 3, then twenty 5s: five 5s fill up the group, fifteen are left for the run. */
static void test_a_run_fills_up_the_group_before_it(void **state) {
    (void)state;
    uint8_t bytes[64];
    uint32_t values[23] = {1, 2, 3};
    for (int i = 3; i < 23; i++)
        values[i] = 5;
    /* 001 010 011 101 101 101 101 101 from the lowest bit on: 11_010_001 1_101_101_0(11) .. */
    EXPECT(weft_rle_encode(values, 23, 3, bytes), 0x03, 0xd1, 0xda, 0xb6, 0x1e, 0x05);
}

static void test_the_last_group_is_filled_with_zeros(void **state) {
    (void)state;
    uint8_t bytes[64];
    const uint32_t values[] = {1, 0, 1};
    EXPECT(weft_rle_encode(values, 3, 1, bytes), 0x03, 0x05);
    assert_int_equal(weft_rle_encode(values, 0, 1, bytes), 0);
}

static void test_levels_are_bits_with_runs(void **state) {
    (void)state;
    uint8_t bytes[64], levels[] = {1, 7, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};
    /* A group of eight (0b11111011), a run of eight ones, a group of one zero. */
    EXPECT(weft_rle_encode_levels(levels, 17, bytes), 0x03, 0xfb, 0x10, 0x01, 0x03, 0x00);
}

/* Encodings.md: 1 2 3 4 5 have deltas of 1 and take no bits; in blocks of 128 of 4 miniblocks. */
static void test_the_specification_s_deltas(void **state) {
    (void)state;
    uint8_t bytes[512];
    const uint32_t values[] = {1, 2, 3, 4, 5};
    EXPECT(weft_delta_encode_32(values, 5, bytes), 0x80, 0x01, 0x04, 0x05, 0x02, 0x02, 0, 0, 0, 0);
    /* Its second example: 7 5 3 1 2 3 4 5, least -2, the others 0 0 0 3 3 3 3 in 2 bits: 192, 63. A miniblock of 32
     * values is 8 bytes. */
    const uint64_t second[] = {7, 5, 3, 1, 2, 3, 4, 5};
    const uint32_t narrow[] = {7, 5, 3, 1, 2, 3, 4, 5};
    EXPECT(weft_delta_encode_32(narrow, 8, bytes), 0x80, 0x01, 0x04, 0x08, 0x0e, 0x03, 2, 0, 0, 0, 192, 63, 0, 0, 0, 0,
           0, 0);
    EXPECT(weft_delta_encode_64(second, 8, bytes), 0x80, 0x01, 0x04, 0x08, 0x0e, 0x03, 2, 0, 0, 0, 192, 63, 0, 0, 0, 0,
           0, 0);
}

/* Encodings.md's example of three floats. */
static void test_the_specification_s_byte_streams(void **state) {
    (void)state;
    uint8_t bytes[12];
    const uint32_t values[] = {0xddccbbaa, 0x33221100, 0xd6c5b4a3};
    weft_split_streams_32(values, 3, bytes);
    EXPECT(sizeof bytes, 0xaa, 0x00, 0xa3, 0xbb, 0x11, 0xb4, 0xcc, 0x22, 0xc5, 0xdd, 0x33, 0xd6);
    const uint64_t wide = 0x0807060504030201;
    weft_split_streams_64(&wide, 1, bytes);
    EXPECT((size_t)8, 1, 2, 3, 4, 5, 6, 7, 8);
}

/* --- properties, on values of a fixed pseudo-random sequence --- */

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 29 ^ *seed;
}

static void test_hybrids_of_all_widths_and_lengths_read_back_within_their_bound(void **state) {
    (void)state;
    uint64_t seed = 1;
    static uint32_t values[700], back[700];
    static uint8_t bytes[8192];
    for (int width = 1; width <= 32; width++) {
        for (int count = 0; count < 700; count += 1 + count / 5) {
            for (int i = 0; i < count; i++)
                values[i] = i > 0 && next_random(&seed) % 8 != 0
                                ? values[i - 1]
                                : (uint32_t)(next_random(&seed) % (UINT64_C(1) << width));
            size_t length = weft_rle_encode(values, count, width, bytes);
            assert_true(length <= weft_rle_bound(count, width));
            assert_int_equal(parquet_decode_hybrid(bytes, length, width, count, back), length);
            assert_memory_equal(values, back, (size_t)count * sizeof *values);
        }
    }
}

static void test_levels_are_the_hybrid_of_their_bits(void **state) {
    (void)state;
    uint64_t seed = 2;
    uint8_t levels[500], bytes[256], wide_bytes[256];
    uint32_t wide[500];
    for (int count = 0; count < 500; count += 7) {
        for (int i = 0; i < count; i++)
            wide[i] = levels[i] = i > 0 && next_random(&seed) % 9 != 0 ? levels[i - 1] : next_random(&seed) % 2 == 0;
        size_t length = weft_rle_encode_levels(levels, count, bytes);
        assert_int_equal(length, weft_rle_encode(wide, count, 1, wide_bytes));
        assert_memory_equal(bytes, wide_bytes, length);
    }
}

static void test_deltas_of_all_sizes_and_extremes_read_back_within_their_bound(void **state) {
    (void)state;
    uint64_t seed = 3, wide[400], back[400];
    uint32_t narrow[400];
    static uint8_t bytes[8192];
    for (int bits = 0; bits <= 64; bits += 4) {
        for (int count = 0; count < 400; count += 1 + count / 3) {
            for (int i = 0; i < count; i++) {
                wide[i] = bits == 0 ? 42 : next_random(&seed) >> (64 - bits);
                if (i % 50 == 7) wide[i] = i % 4 == 3 ? (uint64_t)INT64_MIN : INT64_MAX;
                narrow[i] = (uint32_t)wide[i];
                if (i % 50 == 7) narrow[i] = i % 4 == 3 ? (uint32_t)INT32_MIN : INT32_MAX;
            }
            size_t length = weft_delta_encode_64(wide, count, bytes);
            assert_true(length <= weft_delta_bound(count, 8));
            assert_int_equal(parquet_decode_delta(bytes, length, 8, count, back), length);
            assert_memory_equal(wide, back, (size_t)count * sizeof *wide);
            length = weft_delta_encode_32(narrow, count, bytes);
            assert_true(length <= weft_delta_bound(count, 4));
            assert_int_equal(parquet_decode_delta(bytes, length, 4, count, back), length);
            for (int i = 0; i < count; i++)
                assert_int_equal(back[i], narrow[i]);
        }
    }
}

/* --- dictionaries --- */

static void test_a_dictionary_numbers_values_by_first_appearance_and_by_bits(void **state) {
    (void)state;
    void *memory = malloc(weft_value_dictionary_bytes());
    assert_non_null(memory);
    weft_value_dictionary dictionary = weft_value_dictionary_place(memory);
    const double values[] = {3.5, 0.0, -0.0, 3.5, 3.5, -0.0};
    uint64_t bits[6];
    uint32_t indices[6], expected[] = {0, 1, 2, 0, 0, 2};
    memcpy(bits, values, sizeof bits);
    assert_true(weft_value_dictionary_index_64(&dictionary, bits, 6, 3, indices));
    assert_memory_equal(indices, expected, sizeof expected);
    assert_int_equal(dictionary.count, 3);
    assert_int_equal(dictionary.values[2], bits[2]);
    assert_false(weft_value_dictionary_index_64(&dictionary, bits, 6, 2, indices));
    free(memory);
}

static void test_a_full_dictionary_finds_every_value(void **state) {
    (void)state;
    void *memory = malloc(weft_value_dictionary_bytes());
    uint32_t *values = malloc(2 * WEFT_DICTIONARY_MAX * sizeof *values), *indices = malloc(2 * WEFT_DICTIONARY_MAX * 4);
    assert_true(memory != NULL && values != NULL && indices != NULL);
    for (uint32_t i = 0; i < 2 * WEFT_DICTIONARY_MAX; i++)
        values[i] = (i % WEFT_DICTIONARY_MAX) * 7919;
    weft_value_dictionary dictionary = weft_value_dictionary_place(memory);
    assert_true(
        weft_value_dictionary_index_32(&dictionary, values, 2 * WEFT_DICTIONARY_MAX, WEFT_DICTIONARY_MAX, indices));
    for (uint32_t i = 0; i < 2 * WEFT_DICTIONARY_MAX; i++)
        assert_int_equal(dictionary.values[indices[i]], values[i]);
    values[2 * WEFT_DICTIONARY_MAX - 1] = 1;
    assert_false(
        weft_value_dictionary_index_32(&dictionary, values, 2 * WEFT_DICTIONARY_MAX, WEFT_DICTIONARY_MAX, indices));
    free(memory);
    free(values);
    free(indices);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_specification_s_bit_packing),
        cmocka_unit_test(test_a_long_run_is_its_length_and_its_value),
        cmocka_unit_test(test_a_run_fills_up_the_group_before_it),
        cmocka_unit_test(test_the_last_group_is_filled_with_zeros),
        cmocka_unit_test(test_levels_are_bits_with_runs),
        cmocka_unit_test(test_the_specification_s_deltas),
        cmocka_unit_test(test_the_specification_s_byte_streams),
        cmocka_unit_test(test_hybrids_of_all_widths_and_lengths_read_back_within_their_bound),
        cmocka_unit_test(test_levels_are_the_hybrid_of_their_bits),
        cmocka_unit_test(test_deltas_of_all_sizes_and_extremes_read_back_within_their_bound),
        cmocka_unit_test(test_a_dictionary_numbers_values_by_first_appearance_and_by_bits),
        cmocka_unit_test(test_a_full_dictionary_finds_every_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
