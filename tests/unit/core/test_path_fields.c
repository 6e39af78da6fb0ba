/* Paths that capture what stands in names: what fields capture, by hand.
 *
 * SPDX-License-Identifier: MIT */
#include "core/files/path_fields.h"
#include "support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

static weft_path_fields fields;

/* Compares the end of a path; the number of captures, or -1. */
static int match(const char *pattern, const char *path) {
    bool undated;
    assert_null(weft_path_fields_fault(pattern, NULL));
    bool matches = weft_path_fields_match(pattern, weft_path_fields_tail(pattern, path), &fields, &undated);
    return matches ? fields.count : -1;
}

static void assert_capture(int index, const char *name, const char *value) {
    assert_string_equal(fields.items[index].name, name);
    assert_string_equal(fields.items[index].value, value);
}

static void test_fields_capture_what_stands_there(void **state) {
    (void)state;
    assert_int_equal(match("{tile}_{date:%Y%m%d}_{band}.tif", "/data/T33_20200105_B04.tif"), 3);
    assert_capture(0, "tile", "T33");
    assert_capture(1, "date", "20200105");
    assert_capture(2, "band", "B04");
    assert_true(fields.has_date && !fields.has_time);
    assert_int_equal(fields.date.day, 5);
}

static void test_a_field_takes_no_more_than_the_rest_allows(void **state) {
    (void)state;
    /* What stands before the date may hold the separator itself. */
    assert_int_equal(match("{tile}_{date:%Y%m%d}.tif", "S2_T33_20200229.tif"), 2);
    assert_capture(0, "tile", "S2_T33");
    assert_int_equal(match("{a}_{b}", "1_2_3"), 2);
    assert_capture(0, "a", "1");
    assert_capture(1, "b", "2_3");
    /* What was captured on a way that led nowhere is no capture. */
    assert_int_equal(match("{a}_{b}_{a}.tif", "1_2_3_1_2.tif"), 2);
    assert_capture(0, "a", "1_2");
    assert_capture(1, "b", "3");
}

static void test_what_does_not_fit_does_not_match(void **state) {
    (void)state;
    assert_int_equal(match("{tile}_{date:%Y%m%d}.tif", "T33_20201305.tif"), -1); /* no 13th month */
    assert_int_equal(match("{a}.tif", ".tif"), -1);                              /* nothing to capture */
    assert_int_equal(match("{a}.tif", "x.tiff"), -1);
    assert_int_equal(match("a?.tif", "a.tif"), -1);
    assert_int_equal(match("a*.tif", "b/abc.tif"), 0);
    assert_int_equal(match("{a}_{a}.tif", "1_2.tif"), -1);
}

static void test_a_slash_takes_as_many_parts_of_the_path(void **state) {
    (void)state;
    assert_int_equal(match("{year}/{name}.tif", "/x/2021/dem.tif"), 2);
    assert_capture(0, "year", "2021");
    assert_capture(1, "name", "dem");
    assert_int_equal(match("{name}.tif", "/x/2021/dem.tif"), 1);
    assert_capture(0, "name", "dem");
    assert_int_equal(match("x/{name}.tif", "/x/2021/dem.tif"), -1);
}

static void test_patterns_that_mean_nothing_are_refused(void **state) {
    static const char *const bad[] = {"{a", "{}", "{date:}", "{a:%Y}", "{1}"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *fault = weft_path_fields_fault(bad[i], NULL);
        assert_non_null(fault);
        free(fault);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_capture_what_stands_there),
        cmocka_unit_test(test_a_field_takes_no_more_than_the_rest_allows),
        cmocka_unit_test(test_what_does_not_fit_does_not_match),
        cmocka_unit_test(test_a_slash_takes_as_many_parts_of_the_path),
        cmocka_unit_test(test_patterns_that_mean_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
