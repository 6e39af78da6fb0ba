/* Numbers with so many significant digits, against printf.
 *
 * WEFT_NUMBERS, by default 300000, is how many random ones there are of each kind.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/text/number_text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 17

static void check(double value, int digits) {
    char got[WEFT_NUMBER_TEXT_BYTES + 1], expected[64];
    got[weft_digits_text(value, digits, got)] = '\0';
    (void)snprintf(expected, sizeof expected, "%.*g", digits, value);
    if (strcmp(got, expected) != 0) fail_msg("%a, %d digits: \"%s\", not \"%s\"", value, digits, got, expected);
}

static void check_all_digits(double value) {
    for (int digits = 1; digits <= MAX_DIGITS; digits++) {
        check(value, digits);
        check(-value, digits);
    }
}

/* The value and those beside it. */
static void check_around(double value) {
    check_all_digits(value);
    check_all_digits(nextafter(value, 0));
    check_all_digits(nextafter(value, INFINITY));
}

/* xorshift64* (Vigna 2016). */
static uint64_t random_bits(void) {
    static uint64_t state = 20260814;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

static int random_digits(void) {
    return 1 + (int)(random_bits() % MAX_DIGITS);
}

static long how_many(void) {
    const char *text = getenv("WEFT_NUMBERS");
    return text != NULL ? atol(text) : 300000;
}

static void test_doubles_of_any_bits_are_written_as_printf_writes_them(void **state) {
    (void)state;
    for (long i = how_many(); i > 0; i--) {
        uint64_t bits = random_bits();
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isnan(value)) check(value, random_digits());
    }
}

/* From 1e-9 to 1e+9, with as many places as measurements have, and floats. */
static void test_values_that_rasters_hold_are_written_as_printf_writes_them(void **state) {
    (void)state;
    for (long i = how_many(); i > 0; i--) {
        double whole = (double)(random_bits() % 10000000), power = pow(10, (double)(random_bits() % 10));
        check(whole / power, random_digits());
        check((double)(float)(-whole / power), random_digits());
        check(whole * power, random_digits());
    }
}

static void test_values_next_to_a_half_of_the_last_digit_are_rounded_as_printf_rounds_them(void **state) {
    (void)state;
    for (long i = how_many(); i > 0; i--) {
        char text[64];
        int digits = random_digits();
        unsigned long long n = random_bits() % (unsigned long long)pow(10, digits);
        (void)snprintf(text, sizeof text, "%llu5e%d", n, (int)(random_bits() % 600) - 300);
        double value = strtod(text, NULL);
        if (isinf(value)) continue;
        check(value, digits);
        check(nextafter(value, 0), digits);
        check(nextafter(value, INFINITY), digits);
    }
}

/* Multiples of 2^-j, whole numbers with zeros at their end: many lie exactly between two texts. */
static void test_ties_go_to_the_even_digit(void **state) {
    (void)state;
    char out[WEFT_NUMBER_TEXT_BYTES];
    static const struct {
        double value;
        int digits;
        const char *text;
    } cases[] = {{0.5, 1, "0.5"},          {2.5, 1, "2"},       {3.5, 1, "4"},
                 {1234.5, 4, "1234"},      {1235.5, 4, "1236"}, {-0.125, 2, "-0.12"},
                 {0.375, 2, "0.38"},       {25e20, 1, "2e+21"}, {35e20, 1, "4e+21"},
                 {123450, 4, "1.234e+05"}, {9.5, 1, "1e+01"},   {99.5, 2, "1e+02"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        out[weft_digits_text(cases[i].value, cases[i].digits, out)] = '\0';
        assert_string_equal(out, cases[i].text);
    }
    for (long i = how_many(); i > 0; i--) {
        double whole = (double)(random_bits() % 1000000);
        check(ldexp(whole, -(int)(random_bits() % 12)), random_digits());
        check(ldexp(whole * 5, (int)(random_bits() % 60)), random_digits());
        check((whole * 10 + 5) * pow(10, (double)(random_bits() % 12)), random_digits());
    }
}

static void test_powers_of_two_and_ten_and_their_neighbours_are_written_as_printf_writes_them(void **state) {
    (void)state;
    for (int exponent = -1074; exponent <= 1023; exponent++)
        check_around(ldexp(1, exponent));
    for (int exponent = -323; exponent <= 308; exponent++) {
        char text[16];
        (void)snprintf(text, sizeof text, "1e%d", exponent);
        check_around(strtod(text, NULL));
    }
}

static void test_the_ends_of_the_range_are_written_as_printf_writes_them(void **state) {
    (void)state;
    static const double ends[] = {0, DBL_MAX, DBL_MIN, INFINITY, 9.5, 99999.5, 999999999.5, 1e-4, 9.9999e-5};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        check_all_digits(ends[i]);
    for (int i = 0; i < 20000; i++) { /* subnormal numbers */
        uint64_t bits = random_bits() >> (12 + random_bits() % 50);
        double value;
        memcpy(&value, &bits, sizeof value);
        check(value, random_digits());
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doubles_of_any_bits_are_written_as_printf_writes_them),
        cmocka_unit_test(test_values_that_rasters_hold_are_written_as_printf_writes_them),
        cmocka_unit_test(test_values_next_to_a_half_of_the_last_digit_are_rounded_as_printf_rounds_them),
        cmocka_unit_test(test_ties_go_to_the_even_digit),
        cmocka_unit_test(test_powers_of_two_and_ten_and_their_neighbours_are_written_as_printf_writes_them),
        cmocka_unit_test(test_the_ends_of_the_range_are_written_as_printf_writes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
