/* Statistics against arithmetic done by hand.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/table/column_stats.h"
#include "processors/text/number_text.h"

#include <math.h>
#include <stdlib.h>

static weft_column_stats of_parts(weft_data_type type, void *values, uint8_t *valid, const int *ends, int parts) {
    weft_column_stats stats = {0};
    for (int i = 0, at = 0; i < parts; at = ends[i++]) {
        weft_stats_part part = {0};
        weft_values view = weft_values_at((weft_values){type, values, valid, 100}, 0, at);
        weft_stats_part_add(&part, &view, ends[i] - at, NULL);
        weft_column_stats_add(&stats, type, &part);
    }
    return stats;
}

/* 2 4 4 4 5 5 7 9: the mean is 5, squared differences are 9 1 1 1 0 0 4 16 = 32. */
static void test_mean_and_deviation_are_those_of_the_textbook_however_parts_are_cut(void **state) {
    (void)state;
    double values[] = {2, 4, 4, NAN, 4, 5, 5, 7, 9, NAN};
    static const int cuts[][3] = {{10, 10, 10}, {1, 2, 10}, {3, 4, 10}, {9, 10, 10}, {0, 5, 10}};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        weft_column_stats stats = of_parts(WEFT_FLOAT64, values, NULL, cuts[i], 3);
        assert_int_equal(stats.count, 8);
        assert_true(stats.min.real == 2 && stats.max.real == 9);
        assert_true(fabs(stats.mean - 5) < 1e-15);
        assert_true(fabs(weft_column_stats_sd(&stats) - sqrt(32.0 / 7)) < 1e-15);
    }
}

/* 4 7 13 16 have a sample variance of 30, wherever they lie; sums of squares around zero would say 0 or worse. */
static void test_deviation_is_right_far_from_zero(void **state) {
    (void)state;
    double values[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
    weft_column_stats stats = of_parts(WEFT_FLOAT64, values, NULL, (int[]){2, 4}, 2);
    assert_true(stats.mean == 1e9 + 10);
    assert_true(fabs(weft_column_stats_sd(&stats) - sqrt(30)) < 1e-9);
}

static void test_wide_integers_are_compared_exactly(void **state) {
    (void)state;
    int64_t signed_values[] = {-9007199254740993, -9007199254740992, INT64_MAX - 1, INT64_MAX};
    uint64_t values[] = {UINT64_MAX - 1, UINT64_MAX, 5};
    uint8_t all[] = {1, 1, 1, 1}, some[] = {1, 0, 1};
    weft_column_stats stats = of_parts(WEFT_INT64, signed_values, all, (int[]){1, 3, 4}, 3);
    assert_true(stats.min.integer == -9007199254740993 && stats.max.integer == INT64_MAX);
    stats = of_parts(WEFT_UINT64, values, some, (int[]){1, 3}, 2);
    assert_int_equal(stats.count, 2);
    assert_true(stats.min.unsigned_integer == 5 && stats.max.unsigned_integer == UINT64_MAX - 1);
}

static void test_only_kept_values_count(void **state) {
    (void)state;
    uint8_t values[] = {200, 10, 20, 30}, valid[] = {1, 1, 0, 1};
    const bool kept[] = {false, true, true, true};
    weft_values view = {WEFT_UINT8, values, valid, 4};
    weft_stats_part part = {0};
    weft_column_stats stats = {0};
    weft_stats_part_add(&part, &view, 4, kept);
    weft_column_stats_add(&stats, WEFT_UINT8, &part);
    assert_int_equal(stats.count, 2);
    assert_true(stats.min.integer == 10 && stats.max.integer == 30 && stats.mean == 20);
    assert_true(fabs(weft_column_stats_sd(&stats) - sqrt(200)) < 1e-12);
}

static void test_few_values_and_infinite_ones_say_what_can_be_said(void **state) {
    (void)state;
    float values[] = {3, INFINITY, NAN};
    weft_column_stats none = of_parts(WEFT_FLOAT32, values + 2, NULL, (int[]){1}, 1);
    assert_int_equal(none.count, 0);
    assert_true(isnan(weft_column_stats_sd(&none)));
    weft_column_stats one = of_parts(WEFT_FLOAT32, values, NULL, (int[]){1}, 1);
    assert_true(one.count == 1 && one.mean == 3 && isnan(weft_column_stats_sd(&one)));
    weft_column_stats infinite = of_parts(WEFT_FLOAT32, values, NULL, (int[]){1, 2}, 2);
    assert_true(infinite.count == 2 && infinite.min.real == 3 && isinf(infinite.max.real));
    assert_true(!isfinite(infinite.mean));
}

static void test_values_are_written_as_the_table_writes_them(void **state) {
    (void)state;
    char text[WEFT_NUMBER_TEXT_BYTES];
    weft_stats_value_text((weft_stats_value){.real = (double)0.1f}, WEFT_FLOAT32, text);
    assert_string_equal(text, "0.1");
    weft_stats_value_text((weft_stats_value){.unsigned_integer = UINT64_MAX}, WEFT_UINT64, text);
    assert_string_equal(text, "18446744073709551615");
    weft_stats_value_text((weft_stats_value){.integer = -7}, WEFT_INT8, text);
    assert_string_equal(text, "-7");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_and_deviation_are_those_of_the_textbook_however_parts_are_cut),
        cmocka_unit_test(test_deviation_is_right_far_from_zero),
        cmocka_unit_test(test_wide_integers_are_compared_exactly),
        cmocka_unit_test(test_only_kept_values_count),
        cmocka_unit_test(test_few_values_and_infinite_ones_say_what_can_be_said),
        cmocka_unit_test(test_values_are_written_as_the_table_writes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
