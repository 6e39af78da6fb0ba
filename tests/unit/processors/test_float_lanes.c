/* Floats side by side against std::to_chars (number_text) and by hand; small whole numbers against printf.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/text/float_lanes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What waits is checked when all lanes are full, and at the end of a test. */
static weft_float_lanes lanes;
static int waiting;

static void check_lane(int i) {
    char got[WEFT_NUMBER_TEXT_BYTES], expected[WEFT_NUMBER_TEXT_BYTES];
    size_t got_length = weft_float_lane_text(&lanes, i, got);
    size_t length = weft_number_text_float(lanes.values[i], expected);
    if (got_length != length || memcmp(got, expected, length) != 0)
        fail_msg("%.9g: \"%.*s\", not \"%.*s\"", (double)lanes.values[i], (int)got_length, got, (int)length, expected);
}

static void check_waiting(void) {
    weft_float_lanes_convert(&lanes);
    for (int i = 0; i < waiting; i++)
        check_lane(i);
    waiting = 0;
}

static void check(float value) {
    lanes.values[waiting++] = value;
    if (waiting == WEFT_FLOAT_LANES) check_waiting();
}

static void check_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    check(value);
    check(-value);
}

static void test_every_size_of_float_is_written_as_to_chars_writes_it(void **state) {
    (void)state;
    /* A prime step: all exponents, and mantissas of every kind. Infinity is 0x7f800000. */
    for (uint32_t bits = 0; bits <= UINT32_C(0x7f800000) - 1009; bits += 1009)
        check_bits(bits);
    check_bits(UINT32_C(0x7f800000));
    check_waiting();
}

static void test_floats_beside_powers_are_written_as_to_chars_writes_them(void **state) {
    (void)state;
    for (int exponent = -10; exponent <= 25; exponent++) {
        float two = ldexpf(1, exponent), ten = (float)pow(10, exponent);
        for (int step = 0; step < 64; step++) {
            check(two);
            check(-ten);
            two = nextafterf(two, step < 32 ? INFINITY : 0);
            ten = nextafterf(ten, step < 32 ? INFINITY : 0);
        }
    }
    check_waiting();
}

static void test_decimals_read_from_text_are_written_as_they_were(void **state) {
    (void)state;
    static const char *const texts[] = {"0.1",    "0.3",     "1.5",      "-2.7",      "0.015625",  "0.02",
                                        "12.345", "99999.9", "100000.5", "8388607.5", "1795.7056", "0.25",
                                        "3",      "-0",      "16777216", "1e+05",     "123456",    "0.099999994"};
    int count = sizeof texts / sizeof *texts;
    for (int i = 0; i < count; i++)
        assert_int_equal(sscanf(texts[i], "%f", &lanes.values[i]), 1);
    weft_float_lanes_convert(&lanes);
    for (int i = 0; i < count; i++) {
        char got[WEFT_NUMBER_TEXT_BYTES];
        got[weft_float_lane_text(&lanes, i, got)] = '\0';
        assert_string_equal(got, texts[i]);
    }
}

static void test_small_whole_numbers_are_written_as_printf_writes_them(void **state) {
    (void)state;
    for (uint32_t value = 0; value < WEFT_SMALL_INTEGER; value += value < 200000 ? 1 : 4999) {
        char got[WEFT_NUMBER_TEXT_BYTES], expected[16];
        got[weft_small_integer_text(value, got)] = '\0';
        (void)snprintf(expected, sizeof expected, "%u", value);
        assert_string_equal(got, expected);
    }
    char got[WEFT_NUMBER_TEXT_BYTES];
    got[weft_small_integer_text(WEFT_SMALL_INTEGER - 1, got)] = '\0';
    assert_string_equal(got, "99999999");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_size_of_float_is_written_as_to_chars_writes_it),
        cmocka_unit_test(test_floats_beside_powers_are_written_as_to_chars_writes_them),
        cmocka_unit_test(test_decimals_read_from_text_are_written_as_they_were),
        cmocka_unit_test(test_small_whole_numbers_are_written_as_printf_writes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
