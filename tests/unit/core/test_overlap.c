/* Several values of one place: filled, compared and averaged by hand arithmetic; and the types that hold two types.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "core/overlap.h"

#include <math.h>
#include <string.h>

static void test_first_fills_only_what_is_missing(void **state) {
    (void)state;
    int16_t into[] = {7, 0, 9, 0};
    uint8_t there[] = {1, 0, 1, 0};
    const int16_t from[] = {1, 2, 3, 4};
    const uint8_t valid[] = {1, 1, 0, 0};
    weft_overlap_join(WEFT_OVERLAP_FIRST, WEFT_INT16, 4, into, there, from, valid);
    assert_memory_equal(into, ((int16_t[]){7, 2, 9, 0}), sizeof into);
    assert_memory_equal(there, ((uint8_t[]){1, 1, 1, 0}), sizeof there);
    weft_overlap_join(WEFT_OVERLAP_LAST, WEFT_INT16, 4, into, there, from, NULL);
    assert_memory_equal(into, ((int16_t[]){7, 2, 9, 4}), sizeof into);
}

/* What is not there is not compared: the garbage under a mask of 0 is smaller and larger than all. */
static void test_min_and_max_compare_what_is_there(void **state) {
    (void)state;
    uint64_t min[] = {5, 0, UINT64_MAX}, max[] = {5, UINT64_MAX, 3};
    uint8_t least_there[] = {1, 0, 1}, most_there[] = {1, 0, 1};
    const uint64_t from[] = {UINT64_MAX - 1, 8, 4};
    weft_overlap_join(WEFT_OVERLAP_MIN, WEFT_UINT64, 3, min, least_there, from, NULL);
    weft_overlap_join(WEFT_OVERLAP_MAX, WEFT_UINT64, 3, max, most_there, from, NULL);
    assert_memory_equal(min, ((uint64_t[]){5, 8, 4}), sizeof min);
    assert_memory_equal(max, ((uint64_t[]){UINT64_MAX - 1, 8, 4}), sizeof max);
    assert_true(least_there[1] == 1 && most_there[1] == 1);
}

static void test_without_a_mask_nan_is_missing(void **state) {
    (void)state;
    float into[] = {NAN, 2, NAN, 4};
    const float from[] = {1, NAN, NAN, -5};
    weft_overlap_join(WEFT_OVERLAP_MIN, WEFT_FLOAT32, 4, into, NULL, from, NULL);
    assert_true(into[0] == 1 && into[1] == 2 && isnan(into[2]) && into[3] == -5);
}

/* Of 9, 1 and 5 the middle one; of 2 and 7 the lower one; one alone; none. */
static void test_medians_and_counts_are_of_the_values_that_are_there(void **state) {
    (void)state;
    uint64_t gathered[12];
    double numbers[4];
    int32_t counts[4] = {0};
    int16_t med[4];
    uint16_t count[4];
    float real[4];
    uint8_t valid[4], counted[4];
    weft_overlap_gather(WEFT_FLOAT64, 4, gathered, 3, counts, WEFT_INT16, (const int16_t[]){9, 7, -3, 0},
                        (const uint8_t[]){1, 1, 1, 0});
    weft_overlap_gather(WEFT_FLOAT64, 4, gathered, 3, counts, WEFT_FLOAT64, (const double[]){1, 2, NAN, NAN}, NULL);
    weft_overlap_gather(WEFT_FLOAT64, 4, gathered, 3, counts, WEFT_UINT8, (const uint8_t[]){5, 0, 0, 0},
                        (const uint8_t[]){1, 0, 0, 0});
    weft_overlap_med(WEFT_INT16, 4, gathered, 3, counts, med, valid);
    weft_overlap_med(WEFT_FLOAT32, 4, gathered, 3, counts, real, NULL);
    assert_memory_equal(valid, ((uint8_t[]){1, 1, 1, 0}), 4);
    assert_memory_equal(med, ((int16_t[]){5, 2, -3, 0}), sizeof med);
    assert_true(real[0] == 5 && real[1] == 2 && real[2] == -3 && isnan(real[3]));
    for (int i = 0; i < 4; i++)
        numbers[i] = counts[i];
    weft_overlap_count(WEFT_UINT16, 4, numbers, count, counted);
    assert_memory_equal(count, ((uint16_t[]){3, 2, 1, 0}), sizeof count);
    assert_memory_equal(counted, ((uint8_t[]){1, 1, 1, 0}), 4);
}

static void test_a_mean_is_of_the_values_that_are_there(void **state) {
    (void)state;
    double sums[4] = {0}, out[4];
    int32_t counts[4] = {0};
    float small[4];
    uint8_t valid[4];
    weft_overlap_add(WEFT_UINT8, 4, sums, counts, (const uint8_t[]){255, 1, 2, 3}, (const uint8_t[]){1, 1, 1, 0});
    weft_overlap_add(WEFT_FLOAT64, 4, sums, counts, (const double[]){0, 2, NAN, NAN}, NULL);
    weft_overlap_add(WEFT_UINT8, 4, sums, counts, (const uint8_t[]){254, 1, 2, 3}, (const uint8_t[]){1, 0, 0, 0});
    weft_overlap_mean(WEFT_FLOAT64, 4, sums, counts, out, NULL);
    weft_overlap_mean(WEFT_FLOAT32, 4, sums, counts, small, valid);
    assert_true(out[0] == 509.0 / 3 && out[1] == 1.5 && out[2] == 2 && isnan(out[3]));
    assert_true(small[0] == (float)(509.0 / 3) && small[1] == 1.5F && isnan(small[3]));
    assert_memory_equal(valid, ((uint8_t[]){1, 1, 1, 0}), 4);
}

static void test_two_types_fit_into_the_smallest_that_holds_both(void **state) {
    (void)state;
    static const weft_data_type cases[][3] = {
        {WEFT_UINT8, WEFT_UINT8, WEFT_UINT8},     {WEFT_UINT8, WEFT_INT8, WEFT_INT16},
        {WEFT_UINT8, WEFT_INT16, WEFT_INT16},     {WEFT_UINT16, WEFT_INT16, WEFT_INT32},
        {WEFT_UINT8, WEFT_UINT32, WEFT_UINT32},   {WEFT_UINT32, WEFT_INT8, WEFT_INT64},
        {WEFT_UINT32, WEFT_INT64, WEFT_INT64},    {WEFT_UINT64, WEFT_INT8, WEFT_FLOAT64},
        {WEFT_INT16, WEFT_FLOAT32, WEFT_FLOAT32}, {WEFT_INT32, WEFT_FLOAT32, WEFT_FLOAT64},
        {WEFT_UINT8, WEFT_FLOAT64, WEFT_FLOAT64}, {WEFT_FLOAT32, WEFT_FLOAT64, WEFT_FLOAT64},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(weft_data_type_union(cases[i][0], cases[i][1]), cases[i][2]);
        assert_int_equal(weft_data_type_union(cases[i][1], cases[i][0]), cases[i][2]);
    }
}

static void test_conversion_keeps_values(void **state) {
    (void)state;
    int64_t whole[3];
    double real[3];
    weft_data_type_convert(WEFT_INT64, whole, WEFT_INT8, (const int8_t[]){-128, 0, 127}, 3);
    assert_memory_equal(whole, ((int64_t[]){-128, 0, 127}), sizeof whole);
    weft_data_type_convert(WEFT_INT64, whole, WEFT_UINT32, (const uint32_t[]){0, 1, UINT32_MAX}, 3);
    assert_true(whole[2] == UINT32_MAX);
    weft_data_type_convert(WEFT_FLOAT64, real, WEFT_INT32, (const int32_t[]){INT32_MIN, -1, 5}, 3);
    assert_true(real[0] == -2147483648.0 && real[1] == -1 && real[2] == 5);
    weft_data_type_convert(WEFT_FLOAT64, real, WEFT_FLOAT32, (const float[]){NAN, 0.5F, INFINITY}, 3);
    assert_true(isnan(real[0]) && real[1] == 0.5 && isinf(real[2]));
    /* Longer than what is converted at once. */
    static uint8_t many[1000];
    static uint16_t wide[1000];
    for (int i = 0; i < 1000; i++)
        many[i] = (uint8_t)(i % 251);
    weft_data_type_convert(WEFT_UINT16, wide, WEFT_UINT8, many, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(wide[i], i % 251);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_fills_only_what_is_missing),
        cmocka_unit_test(test_min_and_max_compare_what_is_there),
        cmocka_unit_test(test_without_a_mask_nan_is_missing),
        cmocka_unit_test(test_medians_and_counts_are_of_the_values_that_are_there),
        cmocka_unit_test(test_a_mean_is_of_the_values_that_are_there),
        cmocka_unit_test(test_two_types_fit_into_the_smallest_that_holds_both),
        cmocka_unit_test(test_conversion_keeps_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
