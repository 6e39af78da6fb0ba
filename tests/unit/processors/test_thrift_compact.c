/* Bytes of the compact protocol, made by hand from its specification.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "processors/parquet/thrift_compact.h"

#define EXPECT(thrift, ...)                                                                                            \
    do {                                                                                                               \
        const uint8_t expected[] = {__VA_ARGS__};                                                                      \
        assert_int_equal((thrift).length, sizeof expected);                                                            \
        assert_memory_equal(bytes, expected, sizeof expected);                                                         \
    } while (0)

static void test_numbers_are_zigzag_varints_behind_a_header_of_step_and_type(void **state) {
    (void)state;
    uint8_t bytes[64];
    weft_thrift thrift = weft_thrift_begin(bytes, sizeof bytes);
    weft_thrift_i32(&thrift, 1, 0);
    weft_thrift_i32(&thrift, 2, -1);
    weft_thrift_i64(&thrift, 4, 150); /* zigzag 300 = 0b10_0101100 */
    weft_thrift_i64(&thrift, 5, INT64_MIN);
    weft_thrift_i8(&thrift, 6, -2);
    weft_thrift_end_struct(&thrift);
    EXPECT(thrift, 0x15, 0x00, 0x15, 0x01, 0x26, 0xac, 0x02, 0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
           0x01, 0x13, 0xfe, 0x00);
}

static void test_a_step_over_fifteen_writes_the_field_number_itself(void **state) {
    (void)state;
    uint8_t bytes[64];
    weft_thrift thrift = weft_thrift_begin(bytes, sizeof bytes);
    weft_thrift_i32(&thrift, 15, 1);
    weft_thrift_i32(&thrift, 31, 1);
    EXPECT(thrift, 0xf5, 0x02, 0x05, 0x3e, 0x02);
}

static void test_a_bool_is_its_header_and_text_has_its_length_in_front(void **state) {
    (void)state;
    uint8_t bytes[64];
    weft_thrift thrift = weft_thrift_begin(bytes, sizeof bytes);
    weft_thrift_bool(&thrift, 1, true);
    weft_thrift_bool(&thrift, 2, false);
    weft_thrift_text(&thrift, 3, "abc");
    EXPECT(thrift, 0x11, 0x12, 0x18, 0x03, 'a', 'b', 'c');
}

static void test_structs_in_structs_and_lists_count_fields_anew(void **state) {
    (void)state;
    uint8_t bytes[64];
    weft_thrift thrift = weft_thrift_begin(bytes, sizeof bytes);
    weft_thrift_struct(&thrift, 3);
    weft_thrift_i32(&thrift, 1, 1);
    weft_thrift_end_struct(&thrift);
    weft_thrift_list(&thrift, 4, WEFT_THRIFT_STRUCT, 1);
    weft_thrift_element_struct(&thrift);
    weft_thrift_i32(&thrift, 2, 1);
    weft_thrift_end_struct(&thrift);
    weft_thrift_i32(&thrift, 5, 1);
    EXPECT(thrift, 0x3c, 0x15, 0x02, 0x00, 0x19, 0x1c, 0x25, 0x02, 0x00, 0x15, 0x02);
}

static void test_a_list_of_fifteen_and_more_has_its_count_behind_the_type(void **state) {
    (void)state;
    uint8_t bytes[64];
    weft_thrift thrift = weft_thrift_begin(bytes, sizeof bytes);
    weft_thrift_list(&thrift, 1, WEFT_THRIFT_I32, 14);
    for (int i = 0; i < 14; i++)
        weft_thrift_element_i32(&thrift, 0);
    assert_int_equal(thrift.length, 16);
    assert_int_equal(bytes[1], 0xe5);
    thrift = weft_thrift_begin(bytes, sizeof bytes);
    weft_thrift_list(&thrift, 1, WEFT_THRIFT_BINARY, 200);
    weft_thrift_element_text(&thrift, "z");
    EXPECT(thrift, 0x19, 0xf8, 0xc8, 0x01, 0x01, 'z');
}

static void test_what_does_not_fit_is_counted_and_not_written(void **state) {
    (void)state;
    uint8_t bytes[4] = {9, 9, 9, 9};
    weft_thrift thrift = weft_thrift_begin(bytes, 3);
    weft_thrift_text(&thrift, 1, "longer than that");
    assert_int_equal(thrift.length, 18);
    assert_int_equal(bytes[3], 9);
    weft_thrift counted = weft_thrift_begin(NULL, 0);
    weft_thrift_text(&counted, 1, "longer than that");
    assert_int_equal(counted.length, 18);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_zigzag_varints_behind_a_header_of_step_and_type),
        cmocka_unit_test(test_a_step_over_fifteen_writes_the_field_number_itself),
        cmocka_unit_test(test_a_bool_is_its_header_and_text_has_its_length_in_front),
        cmocka_unit_test(test_structs_in_structs_and_lists_count_fields_anew),
        cmocka_unit_test(test_a_list_of_fifteen_and_more_has_its_count_behind_the_type),
        cmocka_unit_test(test_what_does_not_fit_is_counted_and_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
