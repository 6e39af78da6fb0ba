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

/* The same moments as date -u -d TEXT gives them. */
static void test_times_of_other_zones_become_utc(void **state) {
    (void)state;
    static const char *const texts[][2] = {{"2020-01-05T23:20:30-05:00", "2020-01-06T04:20:30"},
                                           {"2020-01-05T23:20:30.123456+05:30", "2020-01-05T17:50:30"},
                                           {"2020-03-01T01:00:00+0200", "2020-02-29T23:00"},
                                           {"2019-03-01T01:00+02", "2019-02-28T23:00"},
                                           {"2020-12-31T20:00:00-6:00", "2021-01-01T02:00"},
                                           {"2021/01/01 00:30:00+01", "2020-12-31T23:30"},
                                           {"2020:01:05 10:00:00", "2020-01-05T10:00"},
                                           {"2020-01-05 10:00:00 UTC", "2020-01-05T10:00"},
                                           {"20200105T232030Z", "2020-01-05T23:20:30"},
                                           {"2020-01-05 10:00:00 (nominal)", "2020-01-05T10:00"},
                                           {"2020-01-05-05:00", "2020-01-05"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        weft_moment moment;
        assert_true(weft_moment_read_any(texts[i][0], &moment));
        assert_text(&moment, texts[i][1]);
    }
}

static void test_zones_are_read_as_far_as_they_go(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t used;
        int minutes;
    } zones[] = {{"Z", 1, 0},       {" UTC", 4, 0},   {"+05:30", 6, 330}, {" -6:00", 6, -360}, {"-0330", 5, -210},
                 {"-530", 4, -330}, {"+9", 2, 540},   {" 0:30", 5, 30},   {"", 0, 0},          {" 5", 0, 0},
                 {"5:00", 0, 0},    {" days", 0, 0},  {"-", 0, 0},        {"+12345", 0, 0},    {"+25:00", 0, 0},
                 {"Zulu", 0, 0},    {"+05:61", 0, 0}, {"+05:3", 3, 300}};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        int minutes;
        assert_int_equal(weft_moment_read_zone(zones[i].text, &minutes), zones[i].used);
        assert_int_equal(minutes, zones[i].minutes);
    }
}

static void test_a_span_with_a_zone_is_in_utc(void **state) {
    (void)state;
    weft_moment first, last;
    char text[WEFT_MOMENT_TEXT_BYTES];
    assert_true(weft_moment_read_span("2020-12-31T20:00-06:00", &first, &last));
    assert_text(&first, "2021-01-01T02:00");
    assert_int_equal(last.minute, 0);
    assert_int_equal(last.second, 60);
    weft_moment_span_text("2020-12-31T20:00-06:00", text);
    assert_string_equal(text, "2021-01-01T02:00");
    weft_moment_span_text("2020-12-31T20:00:05Z", text);
    assert_string_equal(text, "2020-12-31T20:00:05");
    weft_moment_span_text("2020-12", text);
    assert_string_equal(text, "2020-12");
    assert_false(weft_moment_read_span("2020-12-31T20:00-06:00x", &first, &last));
    assert_false(weft_moment_read_span("2020-12-31Z", &first, &last));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats_read_what_they_write),
        cmocka_unit_test(test_dates_that_are_none_are_not_read),
        cmocka_unit_test(test_a_month_and_a_year_are_spans),
        cmocka_unit_test(test_formats_are_told_from_others),
        cmocka_unit_test(test_seconds_are_counted_from_1970),
        cmocka_unit_test(test_times_of_other_zones_become_utc),
        cmocka_unit_test(test_zones_are_read_as_far_as_they_go),
        cmocka_unit_test(test_a_span_with_a_zone_is_in_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
