/* Column chunks and footers, put together to files and read back by a reader that shares no code with the writer:
 * values, nulls, statistics, encodings, schema and metadata.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/parquet_reader.h"
#include "support/sandbox.h"

#include "processors/parquet/parquet_footer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes one row group of these slices to "t.parquet" and reads it. */
static parquet_file write_and_read(const weft_parquet_field *fields, const weft_parquet_slice *slices, int count,
                                   weft_page_codec codec) {
    static const weft_pair pairs[] = {{"key", "value"}, {"unit", "m\xc2\xb2"}};
    weft_parquet_table table = {fields, count, codec, pairs, 2, "weft version 1.2.3"};
    FILE *file = fopen("t.parquet", "wb");
    weft_page_compressor *compressor;
    weft_parquet_chunk *chunks = calloc((size_t)count, sizeof *chunks);
    assert_true(file != NULL && chunks != NULL);
    assert_int_equal(weft_page_compressor_new(&compressor, codec, NULL), WEFT_OK);
    assert_int_equal(fwrite("PAR1", 1, 4, file), 4);
    for (int i = 0; i < count; i++) {
        /* malloc'ed to their sizes: a sanitizer sees the first byte too many. */
        void *scratch = malloc(weft_parquet_scratch_bytes(slices[i].type, slices[i].count));
        uint8_t *out = malloc(weft_parquet_chunk_bound(slices[i].type, slices[i].count));
        assert_int_equal(weft_parquet_encode(&slices[i], compressor, scratch, out, &chunks[i], NULL), WEFT_OK);
        assert_true((size_t)chunks[i].bytes <= weft_parquet_chunk_bound(slices[i].type, slices[i].count));
        assert_int_equal(fwrite(out, 1, (size_t)chunks[i].bytes, file), chunks[i].bytes);
        free(scratch);
        free(out);
    }
    size_t head = weft_parquet_footer_head(&table, slices[0].count, 1, NULL, 0);
    size_t group = weft_parquet_row_group(&table, chunks, 4, NULL, 0);
    size_t tail = weft_parquet_footer_tail(&table, NULL, 0);
    uint8_t *footer = malloc(head + group + tail), trailer[WEFT_PARQUET_TRAILER_BYTES];
    assert_non_null(footer);
    (void)weft_parquet_footer_head(&table, slices[0].count, 1, footer, head);
    (void)weft_parquet_row_group(&table, chunks, 4, footer + head, group);
    (void)weft_parquet_footer_tail(&table, footer + head + group, tail);
    assert_true(weft_parquet_trailer((int64_t)(head + group + tail), trailer));
    assert_int_equal(fwrite(footer, 1, head + group + tail, file), head + group + tail);
    assert_int_equal(fwrite(trailer, 1, sizeof trailer, file), sizeof trailer);
    assert_int_equal(fclose(file), 0);
    weft_page_compressor_free(compressor);
    free(footer);
    free(chunks);
    return parquet_read("t.parquet");
}

static parquet_file write_column(weft_data_type type, const void *values, const uint8_t *valid, int64_t count) {
    weft_parquet_field field = {.name = "v", .type = type};
    weft_parquet_slice slice = {type, false, values, valid, count};
    return write_and_read(&field, &slice, 1, WEFT_PAGE_ZSTD);
}

/* parquet.thrift: Type INT32 1, INT64 2, FLOAT 4, DOUBLE 5, BYTE_ARRAY 6; ConvertedType UTF8 0, DATE 6, UINT_8 11 ..
 * UINT_64 14, INT_8 15 .. INT_64 18; REQUIRED 0, OPTIONAL 1. */
static void test_the_schema_names_every_type_as_the_format_does(void **state) {
    (void)state;
    static const struct {
        weft_data_type type;
        int physical, converted, bits, is_signed;
    } expected[] = {
        {WEFT_INT8, 1, 15, 8, 1},      {WEFT_UINT8, 1, 11, 8, 0},   {WEFT_INT16, 1, 16, 16, 1},
        {WEFT_UINT16, 1, 12, 16, 0},   {WEFT_INT32, 1, 17, 32, 1},  {WEFT_UINT32, 1, 13, 32, 0},
        {WEFT_INT64, 2, 18, 64, 1},    {WEFT_UINT64, 2, 14, 64, 0}, {WEFT_FLOAT32, 4, -1, -1, -1},
        {WEFT_FLOAT64, 5, -1, -1, -1}, {WEFT_DATE, 1, 6, -1, -1},   {WEFT_TEXT(3), 6, 0, -1, -1},
    };
    enum { COUNT = sizeof expected / sizeof *expected };
    weft_parquet_field fields[COUNT];
    weft_parquet_slice slices[COUNT];
    static const uint64_t zero = 0;
    for (int i = 0; i < COUNT; i++) {
        fields[i] = (weft_parquet_field){.name = "a column", .type = expected[i].type, .required = i % 2 == 0};
        slices[i] = (weft_parquet_slice){expected[i].type, i % 2 == 0, &zero, NULL, 1};
    }
    parquet_file file = write_and_read(fields, slices, COUNT, WEFT_PAGE_PLAIN);
    assert_int_equal(file.columns, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(file.column[i].physical, expected[i].physical);
        assert_int_equal(file.column[i].converted, expected[i].converted);
        assert_int_equal(file.column[i].logical_bits, expected[i].bits);
        assert_int_equal(file.column[i].logical_signed, expected[i].is_signed);
        assert_int_equal(file.column[i].repetition, i % 2);
        assert_string_equal(file.column[i].name, "a column");
        if (weft_data_type_is_text(expected[i].type))
            assert_string_equal(parquet_text(&file, i, 0), "");
        else
            assert_true(parquet_number(&file, i, 0) == 0);
    }
    assert_string_equal(file.created_by, "weft version 1.2.3");
    assert_string_equal(parquet_metadata(&file, "key"), "value");
    assert_string_equal(parquet_metadata(&file, "unit"), "m\xc2\xb2");
    parquet_free(&file);
}

#define ROWS 5000

/* Value i of a column that repeats (small), or hardly does. */
static int64_t sample(int64_t i, bool repeats) {
    return repeats ? i * i % 50 - 20 : i * 2654435761 % 1000000007 - 500000000;
}

#define FILL(TYPE)                                                                                                     \
    for (int64_t i = 0; i < ROWS; i++) {                                                                               \
        ((TYPE *)values)[i] = (TYPE)sample(i, repeats);                                                                \
        expected[i] = (double)((TYPE *)values)[i];                                                                     \
    }                                                                                                                  \
    break

static void fill(weft_data_type type, bool repeats, void *values, double *expected) {
    switch (type) {
    case WEFT_INT8:
        FILL(int8_t);
    case WEFT_UINT8:
        FILL(uint8_t);
    case WEFT_INT16:
        FILL(int16_t);
    case WEFT_UINT16:
        FILL(uint16_t);
    case WEFT_INT32:
        FILL(int32_t);
    case WEFT_UINT32:
        FILL(uint32_t);
    case WEFT_INT64:
        FILL(int64_t);
    case WEFT_UINT64:
        FILL(uint64_t);
    case WEFT_FLOAT32:
        FILL(float);
    case WEFT_FLOAT64:
        FILL(double);
    }
}

static void make_missing(weft_data_type type, int64_t row, void *values, uint8_t *valid, double *expected) {
    expected[row] = NAN;
    valid[row] = 0;
    if (type == WEFT_FLOAT32) ((float *)values)[row] = NAN;
    if (type == WEFT_FLOAT64) ((double *)values)[row] = NAN;
}

static void expect_values(weft_data_type type, bool repeats, int missing_every, weft_page_codec codec) {
    static uint64_t values[ROWS];
    static uint8_t valid[ROWS];
    static double expected[ROWS];
    fill(type, repeats, values, expected);
    memset(valid, 1, sizeof valid);
    for (int64_t i = 0; missing_every > 0 && i < ROWS; i += missing_every)
        make_missing(type, i, values, valid, expected);
    weft_parquet_field field = {.name = "v", .type = type};
    weft_parquet_slice slice = {type, false, values, weft_data_type_is_float(type) ? NULL : valid, ROWS};
    parquet_file file = write_and_read(&field, &slice, 1, codec);
    assert_int_equal(file.group[0].chunks[0].codec, codec);
    for (int64_t i = 0; i < ROWS; i++) {
        double got = parquet_number(&file, 0, i);
        if (isnan(expected[i]) ? !isnan(got) : got != expected[i])
            fail_msg("%s, row %lld: %g, not %g", weft_data_type_name(type), (long long)i, got, expected[i]);
    }
    parquet_free(&file);
}

static void test_values_of_every_type_read_back_whatever_repeats_is_missing_or_compresses(void **state) {
    (void)state;
    static const weft_page_codec codecs[] = {WEFT_PAGE_PLAIN, WEFT_PAGE_GZIP, WEFT_PAGE_ZSTD};
    static const int missing[] = {0, 3, 1};
    for (int type = WEFT_INT8; type <= WEFT_FLOAT64; type++)
        for (int repeats = 0; repeats < 2; repeats++)
            for (int i = 0; i < 3; i++)
                for (int codec = 0; codec < 3; codec++)
                    expect_values((weft_data_type)type, repeats, missing[i], codecs[codec]);
}

static void expect_encoding(weft_data_type type, bool repeats, weft_parquet_encoding encoding) {
    static uint64_t values[ROWS];
    static double expected[ROWS];
    fill(type, repeats, values, expected);
    parquet_file file = write_column(type, values, NULL, ROWS);
    assert_int_equal(file.group[0].chunks[0].data_encoding, encoding);
    assert_int_equal(file.group[0].chunks[0].has_dictionary, encoding == WEFT_PARQUET_DICTIONARY);
    parquet_free(&file);
}

/* Texts of 0 to 7 bytes: few of them, or each another. Every fifth is missing. */
static void check_texts(bool repeats) {
    enum { WIDTH = 7 };
    char *values = calloc(ROWS, WIDTH);
    uint8_t *valid = calloc(ROWS, 1);
    assert_true(values != NULL && valid != NULL);
    for (int64_t i = 0; i < ROWS; i++) {
        char text[32] = {0};
        (void)snprintf(text, sizeof text, "%.*s%lld", (int)(i % 3), "\xc3\xa9", (long long)(repeats ? i % 20 : i));
        if (i % 50 == 7) text[0] = '\0';
        memcpy(values + i * WIDTH, text, WIDTH);
        valid[i] = i % 5 != 2;
    }
    parquet_file file = write_column(WEFT_TEXT(WIDTH), values, valid, ROWS);
    for (int64_t i = 0; i < ROWS; i++) {
        char expected[WIDTH + 1] = {0};
        memcpy(expected, values + i * WIDTH, WIDTH);
        if (valid[i])
            assert_string_equal(parquet_text(&file, 0, i), expected);
        else
            assert_null(parquet_text(&file, 0, i));
    }
    assert_int_equal(file.group[0].chunks[0].has_dictionary, repeats);
    parquet_free(&file);
    free(values);
    free(valid);
}

static void test_texts_read_back_whether_they_repeat_or_not(void **state) {
    (void)state;
    check_texts(true);
    check_texts(false);
}

static void test_repeated_values_go_to_a_dictionary_floats_to_streams_integers_to_deltas(void **state) {
    (void)state;
    expect_encoding(WEFT_FLOAT32, true, WEFT_PARQUET_DICTIONARY);
    expect_encoding(WEFT_FLOAT64, true, WEFT_PARQUET_DICTIONARY);
    expect_encoding(WEFT_INT16, true, WEFT_PARQUET_DICTIONARY);
    expect_encoding(WEFT_INT64, true, WEFT_PARQUET_DICTIONARY);
    expect_encoding(WEFT_FLOAT32, false, WEFT_PARQUET_SPLIT);
    expect_encoding(WEFT_FLOAT64, false, WEFT_PARQUET_SPLIT);
    expect_encoding(WEFT_INT32, false, WEFT_PARQUET_DELTA);
    expect_encoding(WEFT_UINT64, false, WEFT_PARQUET_DELTA);
}

/* --- statistics --- */

static void expect_range(weft_data_type type, const void *values, int64_t count, uint64_t min, uint64_t max) {
    parquet_file file = write_column(type, values, NULL, count);
    assert_true(file.group[0].chunks[0].has_range);
    assert_int_equal(file.group[0].chunks[0].min, min);
    assert_int_equal(file.group[0].chunks[0].max, max);
    parquet_free(&file);
}

/* Bits by IEEE 754: 1.0f is 0x3f800000, -2.0f 0xc0000000, infinity 0x7f800000; a sign bit is 0x80000000. */
static void test_ranges_leave_out_nan_and_spread_zeros(void **state) {
    (void)state;
    expect_range(WEFT_FLOAT32, (const float[]){NAN, 1, -2, NAN}, 4, 0xc0000000, 0x3f800000);
    expect_range(WEFT_FLOAT32, (const float[]){-INFINITY, 1, INFINITY}, 3, 0xff800000, 0x7f800000);
    expect_range(WEFT_FLOAT32, (const float[]){0, 1}, 2, 0x80000000, 0x3f800000);
    expect_range(WEFT_FLOAT32, (const float[]){-2, -0.0f}, 2, 0xc0000000, 0);
    expect_range(WEFT_FLOAT32, (const float[]){-0.0f, 0}, 2, 0x80000000, 0);
    expect_range(WEFT_FLOAT64, (const double[]){0}, 1, UINT64_C(0x8000000000000000), 0);
    expect_range(WEFT_FLOAT64, (const double[]){-1, -2, NAN}, 3, UINT64_C(0xc000000000000000),
                 UINT64_C(0xbff0000000000000));
}

static void test_ranges_of_integers_know_their_sign(void **state) {
    (void)state;
    expect_range(WEFT_INT8, (const int8_t[]){-128, 0, 127}, 3, 0xffffff80, 127);
    expect_range(WEFT_UINT8, (const uint8_t[]){255, 0, 127}, 3, 0, 255);
    expect_range(WEFT_UINT16, (const uint16_t[]){65535, 7}, 2, 7, 65535);
    expect_range(WEFT_INT32, (const int32_t[]){INT32_MIN, INT32_MAX, 0}, 3, 0x80000000, 0x7fffffff);
    expect_range(WEFT_UINT32, (const uint32_t[]){UINT32_MAX, 1}, 2, 1, UINT32_MAX);
    expect_range(WEFT_INT64, (const int64_t[]){INT64_MIN, INT64_MAX}, 2, (uint64_t)INT64_MIN, INT64_MAX);
    expect_range(WEFT_UINT64, (const uint64_t[]){UINT64_MAX, 3}, 2, 3, UINT64_MAX);
}

static void test_a_column_without_values_has_nulls_and_no_range(void **state) {
    (void)state;
    parquet_file file = write_column(WEFT_FLOAT64, (const double[]){NAN, NAN, NAN}, NULL, 3);
    assert_int_equal(file.group[0].chunks[0].null_count, 3);
    assert_false(file.group[0].chunks[0].has_range);
    parquet_free(&file);
    file = write_column(WEFT_INT16, (const int16_t[]){7}, (const uint8_t[]){0}, 1);
    assert_int_equal(file.group[0].chunks[0].null_count, 1);
    assert_false(file.group[0].chunks[0].has_range);
    parquet_free(&file);
}

/* --- the same bytes --- */

static void test_a_page_has_the_same_bytes_whatever_was_compressed_before(void **state) {
    (void)state;
    static const weft_page_codec codecs[] = {WEFT_PAGE_GZIP, WEFT_PAGE_ZSTD};
    enum { LENGTH = 300000 };
    uint8_t *page = malloc(LENGTH), *other = malloc(LENGTH);
    size_t bound = weft_page_compressor_bound(LENGTH, 3), ends[] = {1000, 150000, LENGTH};
    uint8_t *first = malloc(bound), *again = malloc(bound);
    assert_true(page != NULL && other != NULL && first != NULL && again != NULL);
    for (int i = 0; i < LENGTH; i++) {
        page[i] = (uint8_t)(sample(i / 3, false) >> 8);
        other[i] = (uint8_t)(i / 7 * 31);
    }
    for (int i = 0; i < 2; i++) {
        weft_page_compressor *compressor;
        size_t length, length_again;
        assert_int_equal(weft_page_compressor_new(&compressor, codecs[i], NULL), WEFT_OK);
        assert_int_equal(weft_page_compress(compressor, page, ends, 3, first, &length, NULL), WEFT_OK);
        for (size_t size = 1; size <= LENGTH; size *= 9)
            assert_int_equal(weft_page_compress(compressor, other, &size, 1, again, &length_again, NULL), WEFT_OK);
        assert_int_equal(weft_page_compress(compressor, page, ends, 3, again, &length_again, NULL), WEFT_OK);
        assert_int_equal(length, length_again);
        assert_memory_equal(first, again, length);
        weft_page_compressor_free(compressor);
    }
    free(page);
    free(other);
    free(first);
    free(again);
}

/* 16 MiB hold 2^16 rows of 256 bytes. */
static void test_row_groups_shrink_with_the_width_of_a_row_alone(void **state) {
    (void)state;
    static weft_data_type types[40000];
    for (int i = 0; i < 40000; i++)
        types[i] = WEFT_FLOAT64;
    assert_int_equal(weft_parquet_group_rows(types, 1), 65536);
    assert_int_equal(weft_parquet_group_rows(types, 32), 65536);
    assert_int_equal(weft_parquet_group_rows(types, 33), 32768);
    assert_int_equal(weft_parquet_group_rows(types, 150), 8192);
    assert_int_equal(weft_parquet_group_rows(types, 40000), 1024);
}

static void test_a_footer_that_is_too_long_is_refused(void **state) {
    (void)state;
    uint8_t trailer[WEFT_PARQUET_TRAILER_BYTES];
    assert_true(weft_parquet_trailer(0x12345678, trailer));
    assert_memory_equal(trailer, "\x78\x56\x34\x12PAR1", 8);
    assert_true(weft_parquet_trailer(INT32_MAX, trailer));
    assert_false(weft_parquet_trailer(INT64_C(2147483648), trailer));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_schema_names_every_type_as_the_format_does),
        cmocka_unit_test(test_values_of_every_type_read_back_whatever_repeats_is_missing_or_compresses),
        cmocka_unit_test(test_texts_read_back_whether_they_repeat_or_not),
        cmocka_unit_test(test_repeated_values_go_to_a_dictionary_floats_to_streams_integers_to_deltas),
        cmocka_unit_test(test_ranges_leave_out_nan_and_spread_zeros),
        cmocka_unit_test(test_ranges_of_integers_know_their_sign),
        cmocka_unit_test(test_a_column_without_values_has_nulls_and_no_range),
        cmocka_unit_test(test_a_page_has_the_same_bytes_whatever_was_compressed_before),
        cmocka_unit_test(test_row_groups_shrink_with_the_width_of_a_row_alone),
        cmocka_unit_test(test_a_footer_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
