/* Numbers of texts against strtod(), bit for bit.
 *
 * SPDX-License-Identifier: MIT */
#include "raster/vector/decimal.h"

#include "support/cmocka_all.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(const char *text) {
    const char *end;
    char *want_end;
    double want = strtod(text, &want_end), got = weft_decimal_read(text, &end);
    if (memcmp(&got, &want, sizeof got) != 0 || end != want_end)
        fail_msg("\"%s\": %.17g and \"%s\" are left, should be %.17g and \"%s\"", text, got, end, want, want_end);
}

static void test_what_strtod_reads_is_read_alike(void **state) {
    static const char *const texts[] = {"",
                                        "0",
                                        "-0",
                                        "-0.0",
                                        "1",
                                        "+1",
                                        "-",
                                        ".",
                                        ".5",
                                        "5.",
                                        "-.5",
                                        "1.5.5",
                                        "1e5",
                                        "1e",
                                        "1.5E-3x",
                                        "0x10",
                                        "0x1p-3",
                                        "0X",
                                        "inf",
                                        "-infinity",
                                        "nan",
                                        " 7",
                                        "\t7",
                                        "7 ",
                                        "1,5",
                                        "1;5",
                                        "12abc",
                                        "00012.5",
                                        "1-2",
                                        "1.7e400",
                                        "2e-400",
                                        "0.1",
                                        "0.3",
                                        "-34.871",
                                        "123456.789",
                                        "9007199254740993",
                                        "9007199254740992.5",
                                        "999999999999999",
                                        "999999999999999.9",
                                        "0.000000000000001",
                                        "0.0000000000000001",
                                        "1234567890.123456789",
                                        "179.99999999999999999999"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(texts[i]);
}

/* Of all lengths up to 20 digits, with the point anywhere. */
static void test_random_decimals_are_the_nearest_double(void **state) {
    uint64_t draw = 7;
    char text[40];
    (void)state;
    for (int i = 0; i < 400000; i++) {
        draw = draw * UINT64_C(6364136223846793005) + 1442695040888963407U;
        int digits = 1 + (int)(draw >> 33) % 20, point = (int)(draw >> 40) % (digits + 1), length = 0;
        if (draw >> 63) text[length++] = '-';
        for (int j = 0; j < digits; j++) {
            draw = draw * UINT64_C(6364136223846793005) + 1442695040888963407U;
            if (j == point) text[length++] = '.';
            text[length++] = (char)('0' + (draw >> 33) % 10);
        }
        text[length] = '\0';
        check(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_strtod_reads_is_read_alike),
        cmocka_unit_test(test_random_decimals_are_the_nearest_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
