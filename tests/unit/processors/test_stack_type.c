/* The one type of a stack: what each mix of columns becomes, and what cells become in it.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/table/stack_type.h"

#include <math.h>
#include <string.h>

static weft_stack_column of(weft_data_type type) {
    return (weft_stack_column){.type = type};
}

static weft_stack_column without(weft_data_type type, int64_t unused) {
    return (weft_stack_column){type, true, (uint64_t)unused};
}

static void expect(weft_stack_column a, weft_stack_column b, weft_data_type type, double nodata) {
    const weft_stack_column forth[] = {a, b}, back[] = {b, a};
    weft_stack_type got = weft_stack_type_choose(forth, 2), same = weft_stack_type_choose(back, 2);
    assert_int_equal(got.type, type);
    assert_int_equal(same.type, type);
    if (isnan(nodata))
        assert_true(isnan(weft_stack_type_nodata(&got)));
    else
        assert_true(weft_stack_type_nodata(&got) == nodata && weft_stack_type_nodata(&same) == nodata);
}

static void test_floats_miss_as_nan_and_hold_every_value_of_the_other_columns(void **state) {
    (void)state;
    expect(of(WEFT_FLOAT32), of(WEFT_FLOAT32), WEFT_FLOAT32, NAN);
    expect(of(WEFT_FLOAT32), of(WEFT_UINT16), WEFT_FLOAT32, NAN); /* 24 bits hold 16 */
    expect(of(WEFT_FLOAT32), of(WEFT_INT32), WEFT_FLOAT64, NAN);
    expect(of(WEFT_FLOAT32), of(WEFT_FLOAT64), WEFT_FLOAT64, NAN);
}

static void test_integers_widen_where_every_value_may_occur(void **state) {
    (void)state;
    expect(of(WEFT_UINT8), of(WEFT_UINT8), WEFT_INT16, -32768);
    expect(of(WEFT_INT16), of(WEFT_INT16), WEFT_INT32, -2147483648.0);
    expect(of(WEFT_UINT16), of(WEFT_UINT8), WEFT_INT32, -2147483648.0);
    expect(of(WEFT_INT32), of(WEFT_UINT8), WEFT_FLOAT64, NAN);
    expect(of(WEFT_UINT32), of(WEFT_UINT8), WEFT_FLOAT64, NAN);
    /* Their common type has room below both. */
    expect(of(WEFT_INT8), of(WEFT_INT8), WEFT_INT16, -32768);
    expect(of(WEFT_INT8), of(WEFT_UINT8), WEFT_INT16, -32768);
    expect(of(WEFT_INT16), of(WEFT_UINT16), WEFT_INT32, -2147483648.0);
}

static void test_what_a_source_calls_missing_stands_for_missing_where_no_column_has_it(void **state) {
    (void)state;
    expect(without(WEFT_UINT8, 255), without(WEFT_UINT8, 255), WEFT_UINT8, 255);
    expect(without(WEFT_UINT8, 255), without(WEFT_UINT8, 0), WEFT_INT16, -32768); /* each occurs in the other */
    expect(without(WEFT_INT16, -9999), of(WEFT_UINT8), WEFT_INT16, -9999);
    expect(without(WEFT_INT16, 7), of(WEFT_UINT8), WEFT_INT32, -2147483648.0); /* 7 is a byte */
    expect(without(WEFT_INT32, -1), of(WEFT_UINT16), WEFT_INT32, -1);
    expect(without(WEFT_UINT64, 300), of(WEFT_UINT8), WEFT_UINT64, 300);
}

static void test_64_bits_have_no_wider_type_and_are_watched_or_rounded(void **state) {
    (void)state;
    const weft_stack_column wide[] = {of(WEFT_INT64)}, natural[] = {of(WEFT_UINT64)};
    const weft_stack_column known[] = {without(WEFT_INT64, -1)}, mixed[] = {of(WEFT_INT64), of(WEFT_FLOAT32)};
    weft_stack_type type = weft_stack_type_choose(wide, 1);
    assert_true(type.type == WEFT_INT64 && type.may_occur && type.nodata == (uint64_t)INT64_MIN);
    type = weft_stack_type_choose(natural, 1);
    assert_true(type.type == WEFT_UINT64 && type.may_occur && type.nodata == UINT64_MAX);
    type = weft_stack_type_choose(known, 1);
    assert_true(type.type == WEFT_INT64 && !type.may_occur && type.nodata == UINT64_MAX);
    type = weft_stack_type_choose(mixed, 2);
    assert_true(type.type == WEFT_FLOAT64 && type.rounds);
    const weft_stack_column both[] = {of(WEFT_INT64), of(WEFT_UINT64)};
    assert_true(weft_stack_type_choose(both, 2).rounds);
    assert_false(weft_stack_type_choose(wide, 1).rounds);
}

static void test_a_value_that_stands_for_missing_is_refused(void **state) {
    (void)state;
    const weft_stack_column wide[] = {of(WEFT_INT64)};
    weft_stack_type type = weft_stack_type_choose(wide, 1);
    int64_t values[2] = {5, INT64_MIN}, out[2];
    uint8_t valid[2] = {1, 1};
    weft_values from = {WEFT_INT64, values, valid, 2};
    assert_false(weft_stack_cells(&type, from, 2, out));
    valid[1] = 0; /* missing is what it stands for */
    assert_true(weft_stack_cells(&type, from, 2, out));
    assert_true(out[0] == 5 && out[1] == INT64_MIN);
}

static void test_cells_become_the_stacks_type_and_missing_ones_its_nodata(void **state) {
    (void)state;
    const weft_stack_column bytes[] = {of(WEFT_UINT8)}, floats[] = {of(WEFT_FLOAT32), of(WEFT_UINT8)};
    weft_stack_type narrow = weft_stack_type_choose(bytes, 1), real = weft_stack_type_choose(floats, 2);
    uint8_t values[4] = {0, 255, 9, 128}, valid[4] = {1, 1, 0, 1};
    weft_values from = {WEFT_UINT8, values, valid, 4};
    int16_t whole[4];
    float numbers[4];
    assert_true(weft_stack_cells(&narrow, from, 4, whole));
    assert_true(whole[0] == 0 && whole[1] == 255 && whole[2] == -32768 && whole[3] == 128);
    assert_true(weft_stack_cells(&real, from, 4, numbers));
    assert_true(numbers[0] == 0 && numbers[1] == 255 && isnan(numbers[2]) && numbers[3] == 128);
    weft_stack_fill_missing(&narrow, 2, whole);
    assert_true(whole[0] == -32768 && whole[1] == -32768 && whole[2] == -32768 && whole[3] == 128);
}

static void test_every_nan_has_the_same_bits_and_infinities_stay(void **state) {
    (void)state;
    const weft_stack_column floats[] = {of(WEFT_FLOAT32)}, doubles[] = {of(WEFT_FLOAT32), of(WEFT_FLOAT64)};
    weft_stack_type single = weft_stack_type_choose(floats, 1), wide = weft_stack_type_choose(doubles, 2);
    const uint32_t bits[4] = {0xffc00000u, 0x7f800001u, 0x7f800000u, 0xff800000u};
    float values[4], out[4];
    double real[4];
    memcpy(values, bits, sizeof values);
    weft_values from = {WEFT_FLOAT32, values, NULL, 4};
    assert_true(weft_stack_cells(&single, from, 4, out));
    uint32_t got[4];
    memcpy(got, out, sizeof got);
    assert_true(got[0] == 0x7fc00000u && got[1] == got[0] && got[2] == bits[2] && got[3] == bits[3]);
    assert_true(weft_stack_cells(&wide, from, 4, real));
    uint64_t wider[4];
    memcpy(wider, real, sizeof wider);
    assert_true(wider[0] == UINT64_C(0x7ff8000000000000) && wider[1] == wider[0] && isinf(real[2]) && isinf(real[3]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floats_miss_as_nan_and_hold_every_value_of_the_other_columns),
        cmocka_unit_test(test_integers_widen_where_every_value_may_occur),
        cmocka_unit_test(test_what_a_source_calls_missing_stands_for_missing_where_no_column_has_it),
        cmocka_unit_test(test_64_bits_have_no_wider_type_and_are_watched_or_rounded),
        cmocka_unit_test(test_a_value_that_stands_for_missing_is_refused),
        cmocka_unit_test(test_cells_become_the_stacks_type_and_missing_ones_its_nodata),
        cmocka_unit_test(test_every_nan_has_the_same_bits_and_infinities_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
