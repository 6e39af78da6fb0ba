/* The shortest text of doubles against std::to_chars (number_text), and by hand.
 *
 * WEFT_NUMBERS, by default 1000000 (20000000 with WEFT_LONG_TESTS), is how many random ones there are of each kind.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/text/number_text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(double value) {
    char got[WEFT_NUMBER_TEXT_BYTES], expected[WEFT_NUMBER_TEXT_BYTES];
    size_t got_length = weft_double_text(value, got), length = weft_number_text_double(value, expected);
    if (got_length != length || memcmp(got, expected, length) != 0)
        fail_msg("%a: \"%.*s\", not \"%.*s\"", value, (int)got_length, got, (int)length, expected);
}

/* The value, and those beside it. */
static void check_around(double value) {
    double up = value, down = value;
    check(value);
    check(-value);
    for (int step = 0; step < 8; step++) {
        check(up = nextafter(up, INFINITY));
        check(down = nextafter(down, 0));
    }
}

static double with_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* xorshift64* (Vigna 2016). */
static uint64_t random_bits(void) {
    static uint64_t state = 20261121;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

static long how_many(void) {
    const char *text = getenv("WEFT_NUMBERS");
    if (text != NULL) return atol(text);
    return getenv("WEFT_LONG_TESTS") != NULL ? 20000000 : 1000000;
}

static void test_doubles_of_any_bits_are_written_as_to_chars_writes_them(void **state) {
    (void)state;
    for (long i = how_many(); i > 0; i--) {
        double value = with_bits(random_bits());
        if (!isnan(value)) check(value);
    }
}

/* Where texts are plain, and where they begin to have an exponent: 2^-20 to 2^80. */
static void test_doubles_of_common_sizes_are_written_as_to_chars_writes_them(void **state) {
    (void)state;
    for (long i = how_many(); i > 0; i--) {
        uint64_t bits = random_bits(), exponent = 1003 + random_bits() % 101;
        check(with_bits((bits & ((UINT64_C(1) << 52) - 1)) | exponent << 52 | (bits & UINT64_C(1) << 63)));
    }
}

/* 1 to 17 digits with any exponent: with up to 15, one number of 10^(k+1) is between the middles. */
static void test_decimals_of_1_to_17_digits_are_written_as_to_chars_writes_them(void **state) {
    (void)state;
    static const uint64_t powers[] = {10, 1000, 100000, 10000000, 1000000000, 1000000000000, 100000000000000000};
    for (long i = how_many(); i > 0; i--) {
        double whole = (double)(random_bits() % powers[random_bits() % 7]);
        double power = pow(10, (double)(random_bits() % 23)); /* exact, so that the quotient is the one nearest */
        check(whole / power);
        check(-whole * power);
    }
    for (long i = how_many() / 10; i > 0; i--) {
        char text[64];
        (void)snprintf(text, sizeof text, "%llue%d", (unsigned long long)(random_bits() % powers[random_bits() % 7]),
                       (int)(random_bits() % 640) - 340);
        double value = strtod(text, NULL);
        if (!isinf(value)) check_around(value);
    }
}

static void test_whole_numbers_are_written_as_to_chars_writes_them(void **state) {
    (void)state;
    for (long i = 0; i < how_many(); i++)
        check((double)i);
    for (long i = how_many(); i > 0; i--)
        check((double)(random_bits() >> random_bits() % 54));
    for (int i = 0; i < 2000; i++)
        check(0x1p53 - 1000 + i);
}

static void test_powers_of_two_and_ten_and_their_neighbours_are_written_as_to_chars_writes_them(void **state) {
    (void)state;
    for (int exponent = -1074; exponent <= 1023; exponent++)
        check_around(ldexp(1, exponent));
    for (int exponent = -323; exponent <= 308; exponent++)
        for (int digit = 1; digit <= 9; digit++) {
            char text[16];
            (void)snprintf(text, sizeof text, "%de%d", digit, exponent);
            double value = strtod(text, NULL);
            if (!isinf(value)) check_around(value);
        }
}

static void test_the_ends_of_the_range_are_written_as_to_chars_writes_them(void **state) {
    (void)state;
    static const double ends[] = {0, DBL_MIN, DBL_MAX, INFINITY, 5e-324, 1e15, 1e16, 0x1p53, 0x1p63, 1e22, 1e23};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        check(ends[i]);
        check(-ends[i]);
    }
    for (long i = how_many() / 10; i > 0; i--) /* subnormal numbers */
        check(with_bits(random_bits() >> (12 + random_bits() % 50)));
}

static void test_decimals_read_from_text_are_written_as_they_were(void **state) {
    (void)state;
    static const char *const texts[] = {"0",
                                        "-0",
                                        "0.1",
                                        "0.3",
                                        "-2.5",
                                        "0.30000000000000004",
                                        "1795.7056",
                                        "100000.5",
                                        "12345",
                                        "1e+05",
                                        "123000",
                                        "0.001",
                                        "0.00012",
                                        "1e-04",
                                        "1.2e-05",
                                        "1152921504606846976",
                                        "2e+22",
                                        "9e-265",
                                        "5e-324",
                                        "2.2250738585072014e-308",
                                        "-1.7976931348623157e+308"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char got[WEFT_NUMBER_TEXT_BYTES];
        got[weft_double_text(strtod(texts[i], NULL), got)] = '\0';
        assert_string_equal(got, texts[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doubles_of_any_bits_are_written_as_to_chars_writes_them),
        cmocka_unit_test(test_doubles_of_common_sizes_are_written_as_to_chars_writes_them),
        cmocka_unit_test(test_decimals_of_1_to_17_digits_are_written_as_to_chars_writes_them),
        cmocka_unit_test(test_whole_numbers_are_written_as_to_chars_writes_them),
        cmocka_unit_test(test_powers_of_two_and_ten_and_their_neighbours_are_written_as_to_chars_writes_them),
        cmocka_unit_test(test_the_ends_of_the_range_are_written_as_to_chars_writes_them),
        cmocka_unit_test(test_decimals_read_from_text_are_written_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
