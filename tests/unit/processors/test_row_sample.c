/* Samples against sorting: a draw has the smallest numbers of each class, in whatever order cells come.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/table/row_sample.h"

#include <stdlib.h>
#include <string.h>

enum { COLS = 300, CELLS = 60000, CLASSES = 5 };

static int by_number(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static uint64_t number_of(int64_t cell) {
    return weft_row_sample_number(9, cell / COLS, cell % COLS);
}

/* Cell i is of class i % 7, of which 5 and 6 are missing: classes are of different sizes. */
static void fill_classes(char (*texts)[2], uint8_t *valid) {
    for (int64_t i = 0; i < CELLS; i++) {
        texts[i][0] = (char)('a' + i % 7);
        texts[i][1] = '\0';
        valid[i] = i % 7 < CLASSES;
    }
}

static void check_draw(int64_t wanted, bool backwards) {
    char(*texts)[2] = calloc(CELLS, sizeof *texts);
    uint8_t *valid = calloc(CELLS, 1);
    uint64_t *numbers = calloc(CELLS, sizeof *numbers);
    weft_row_draw *draw;
    assert_true(texts != NULL && valid != NULL && numbers != NULL);
    fill_classes(texts, valid);
    const weft_values classes = {WEFT_TEXT(2), texts, valid, CELLS};
    assert_int_equal(weft_row_draw_new(&draw, wanted, true, WEFT_TEXT(2), NULL), WEFT_OK);
    for (int64_t i = 0; i < CELLS; i++) {
        int64_t cell = backwards ? CELLS - 1 - i : i;
        assert_int_equal(weft_row_draw_add(draw, number_of(cell), &classes, cell, NULL), WEFT_OK);
    }
    weft_row_draw_end(draw);
    int64_t total = 0;
    for (int class = 0; class < 7; class ++) {
        int64_t count = 0;
        for (int64_t i = class; i < CELLS; i += 7)
            numbers[count++] = number_of(i);
        qsort(numbers, (size_t)count, sizeof *numbers, by_number);
        uint64_t last = numbers[wanted < count ? wanted - 1 : count - 1];
        for (int64_t i = class; i < CELLS; i += 7) {
            bool has = weft_row_draw_has(draw, number_of(i), &classes, i);
            assert_int_equal(has, class < CLASSES && number_of(i) <= last);
            total += has;
        }
    }
    assert_int_equal(weft_row_draw_total(draw), total);
    assert_int_equal(weft_row_draw_short(draw), wanted > CELLS / 7 + 1 ? CLASSES : 0);
    weft_row_draw_free(draw);
    free(texts);
    free(valid);
    free(numbers);
}

static void test_a_draw_has_the_smallest_numbers_of_each_class(void **state) {
    (void)state;
    check_draw(1, false);
    check_draw(500, false);
    check_draw(500, true);
    check_draw(100000, false);
}

static void test_all_cells_have_numbers_of_their_own(void **state) {
    (void)state;
    uint64_t *numbers = calloc(CELLS, sizeof *numbers);
    assert_non_null(numbers);
    for (int64_t i = 0; i < CELLS; i++)
        numbers[i] = number_of(i);
    qsort(numbers, CELLS, sizeof *numbers, by_number);
    for (int64_t i = 1; i < CELLS; i++)
        assert_true(numbers[i] != numbers[i - 1]);
    free(numbers);
}

/* A quarter of all numbers are under the bound of a quarter: 15000 of 60000, give or take four times the 106 that is
 * their standard deviation. */
static void test_a_share_is_one_of_all_numbers(void **state) {
    (void)state;
    int64_t count = 0;
    for (int64_t i = 0; i < CELLS; i++)
        count += number_of(i) <= weft_row_sample_bound(0.25);
    assert_true(count > 15000 - 424 && count < 15000 + 424);
    assert_true(weft_row_sample_bound(1) == UINT64_MAX);
    assert_true(weft_row_sample_bound(0.5) == UINT64_MAX / 2);
}

static void test_too_many_classes_are_refused(void **state) {
    (void)state;
    int32_t values[1] = {0};
    uint8_t valid[1] = {1};
    const weft_values classes = {WEFT_INT32, values, valid, 1};
    weft_row_draw *draw;
    weft_error err = {0};
    assert_int_equal(weft_row_draw_new(&draw, 3, true, WEFT_INT32, NULL), WEFT_OK);
    weft_status status = WEFT_OK;
    for (int i = 0; i <= WEFT_ROW_DRAW_CLASSES && status == WEFT_OK; i++) {
        values[0] = i;
        status = weft_row_draw_add(draw, (uint64_t)i, &classes, 0, &err);
        assert_int_equal(status, i < WEFT_ROW_DRAW_CLASSES ? WEFT_OK : WEFT_ERR_DATA);
    }
    assert_non_null(strstr(err.message, "more than 10000 classes"));
    weft_row_draw_free(draw);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_draw_has_the_smallest_numbers_of_each_class),
        cmocka_unit_test(test_all_cells_have_numbers_of_their_own),
        cmocka_unit_test(test_a_share_is_one_of_all_numbers),
        cmocka_unit_test(test_too_many_classes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
