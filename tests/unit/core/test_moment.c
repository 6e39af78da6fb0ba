/* Dates as names and files write them.
 *
 * SPDX-License-Identifier: MIT */
#include "core/moment.h"
#include "support/cmocka_all.h"

#include <string.h>

static bool reads(const char *format, const char *text, weft_moment *out) {
    size_t used;
    return weft_moment_read(format, strlen(format), text, &used, out) && used == strlen(text);
}

static void assert_text(const weft_moment *moment, const char *expected) {
    char text[WEFT_MOMENT_TEXT_BYTES];
    weft_moment_text(moment, text);
    assert_string_equal(text, expected);
}

static void test_formats_read_what_they_write(void **state) {
    (void)state;
    static const char *const forms[][2] = {{"%Y%m%d", "20240229"},
                                           {"%Y-%m-%d", "2024-02-29"},
                                           {"A%Y%j", "A2024060"},
                                           {"%d.%m.%Y_%H%M%S", "29.02.2024_000000"},
                                           {"100%%_%Y%m%d", "100%_20240229"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        weft_moment moment;
        char text[64];
        assert_true(reads(forms[i][0], forms[i][1], &moment));
        assert_text(&moment, "2024-02-29");
        (void)weft_moment_write(forms[i][0], strlen(forms[i][0]), &moment, text, sizeof text);
        assert_string_equal(text, forms[i][1]);
    }
}

static void test_dates_that_are_none_are_not_read(void **state) {
    (void)state;
    weft_moment moment;
    assert_false(reads("%Y%m%d", "20230229", &moment));
    assert_false(reads("%Y%m%d", "20231301", &moment));
    assert_false(reads("%Y%m%d", "20230100", &moment));
    assert_false(reads("%Y%m%d", "2023010", &moment));
    assert_false(reads("%Y%j", "2023366", &moment));
    assert_false(reads("%Y%j", "2023000", &moment));
    assert_true(reads("%Y%j", "2024366", &moment));
    assert_text(&moment, "2024-12-31");
    assert_false(reads("%Y%m%d%H", "2023010124", &moment));
}

static void test_a_month_and_a_year_are_spans(void **state) {
    (void)state;
    weft_moment first, last;
    assert_true(weft_moment_read_span("2025-02", &first, &last));
    assert_text(&first, "2025-02-01");
    assert_int_equal(last.month, 2);
    assert_true(weft_moment_read_span("2025", &first, &last));
    assert_text(&first, "2025-01-01");
    assert_int_equal(last.month, 12);
    assert_int_equal(last.day, 31);
    assert_true(weft_moment_read_span("2025-05-01T06:30", &first, &last));
    assert_text(&first, "2025-05-01T06:30");
    assert_false(weft_moment_read_span("2025-13", &first, &last));
    assert_false(weft_moment_read_span("May 2025", &first, &last));
}

static void test_formats_are_told_from_others(void **state) {
    (void)state;
    assert_true(weft_moment_is_format("%Y%m%d", 6));
    assert_false(weft_moment_is_format("%Y%", 3));
    assert_false(weft_moment_is_format("%y", 2));
    assert_false(weft_moment_is_format("2025", 4));
    assert_false(weft_moment_is_format("%%", 2));
    assert_true(weft_moment_has("%%H%H", 5, 'H'));
    assert_false(weft_moment_has("%%H", 3, 'H'));
}

/* The numbers are those of date -u -d DATE +%s. */
static void test_seconds_are_counted_from_1970(void **state) {
    (void)state;
    const weft_moment before = {1969, 12, 31, 23, 59, 59}, round = {.year = 2000, .month = 1, .day = 1};
    const weft_moment leap = {.year = 2020, .month = 12, .day = 31}, old = {.year = 1600, .month = 3, .day = 1};
    assert_true(weft_moment_ms(&before) == -1000);
    assert_true(weft_moment_ms(&round) == INT64_C(946684800000));
    assert_true(weft_moment_ms(&leap) == INT64_C(1609372800000));
    assert_true(weft_moment_ms(&old) == INT64_C(-11670912000000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats_read_what_they_write),  cmocka_unit_test(test_dates_that_are_none_are_not_read),
        cmocka_unit_test(test_a_month_and_a_year_are_spans),  cmocka_unit_test(test_formats_are_told_from_others),
        cmocka_unit_test(test_seconds_are_counted_from_1970),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
