/* Patterns of file names: what fields capture, by hand.
 *
 * SPDX-License-Identifier: MIT */
#include "core/files/name_pattern.h"
#include "support/cmocka_all.h"

#include <string.h>

static weft_name_capture captures[WEFT_NAME_CAPTURES];

static int match(const char *text, const char *path) {
    weft_name_pattern *pattern = NULL;
    weft_error err = {0};
    if (weft_name_pattern_new(&pattern, text, &err) != WEFT_OK) fail_msg("%s", err.message);
    int count = weft_name_pattern_match(pattern, path, captures);
    weft_name_pattern_free(pattern);
    return count;
}

static void assert_capture(int index, const char *text) {
    assert_int_equal(captures[index].length, (int)strlen(text));
    assert_memory_equal(captures[index].text, text, strlen(text));
}

static void test_fields_capture_what_stands_there(void **state) {
    (void)state;
    assert_int_equal(match("{tile}_{date:%Y%m%d}_{band}.tif", "/data/T33_20200105_B04.tif"), 3);
    assert_capture(0, "T33");
    assert_capture(2, "B04");
    assert_true(captures[1].is_time);
    /* date -u -d 2020-01-05 +%s */
    assert_true(captures[1].time_ms == INT64_C(1578182400000));
}

static void test_a_field_takes_no_more_than_the_rest_allows(void **state) {
    (void)state;
    /* What stands before the date may hold the separator itself. */
    assert_int_equal(match("{tile}_{date:%Y%m%d}.tif", "S2_T33_20200229.tif"), 2);
    assert_capture(0, "S2_T33");
    assert_int_equal(match("{a}_{b}", "1_2_3"), 2);
    assert_capture(0, "1");
    assert_capture(1, "2_3");
}

static void test_what_does_not_fit_does_not_match(void **state) {
    (void)state;
    assert_int_equal(match("{tile}_{date:%Y%m%d}.tif", "T33_20201305.tif"), -1); /* no 13th month */
    assert_int_equal(match("{a}.tif", ".tif"), -1);                              /* nothing to capture */
    assert_int_equal(match("{a}.tif", "x.tiff"), -1);
    assert_int_equal(match("a?.tif", "a.tif"), -1);
    assert_int_equal(match("a*.tif", "b/abc.tif"), 0);
}

static void test_a_slash_takes_as_many_parts_of_the_path(void **state) {
    (void)state;
    assert_int_equal(match("{year}/{name}.tif", "/x/2021/dem.tif"), 2);
    assert_capture(0, "2021");
    assert_capture(1, "dem");
    assert_int_equal(match("{name}.tif", "/x/2021/dem.tif"), 1);
    assert_capture(0, "dem");
    assert_int_equal(match("x/{name}.tif", "/x/2021/dem.tif"), -1);
}

static void test_times_are_utc_and_what_is_not_said_is_least(void **state) {
    int64_t ms = 0;
    (void)state;
    assert_non_null(weft_time_read("1969-12-31T23:59:59", "%Y-%m-%dT%H:%M:%S", &ms));
    assert_true(ms == -1000);
    assert_non_null(weft_time_read("2000", "%Y", &ms));
    assert_true(ms == INT64_C(946684800000)); /* date -u -d 2000-01-01 +%s */
    assert_non_null(weft_time_read("2020366", "%Y%j", &ms));
    assert_true(ms == INT64_C(1609372800000)); /* date -u -d 2020-12-31 +%s */
    assert_null(weft_time_read("20x0", "%Y-%m", &ms));
}

static void test_patterns_that_mean_nothing_are_refused(void **state) {
    static const char *const bad[] = {"", "{a", "{}", "{a:}", "{a}{a}"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        weft_name_pattern *pattern = NULL;
        weft_error err = {0};
        assert_int_equal(weft_name_pattern_new(&pattern, bad[i], &err), WEFT_ERR_USAGE);
        assert_null(pattern);
        assert_non_null(strstr(err.message, bad[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_capture_what_stands_there),
        cmocka_unit_test(test_a_field_takes_no_more_than_the_rest_allows),
        cmocka_unit_test(test_what_does_not_fit_does_not_match),
        cmocka_unit_test(test_a_slash_takes_as_many_parts_of_the_path),
        cmocka_unit_test(test_times_are_utc_and_what_is_not_said_is_least),
        cmocka_unit_test(test_patterns_that_mean_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
