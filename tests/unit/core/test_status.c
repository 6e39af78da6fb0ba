/* Errors carry their words, their place and the design's exit codes.
 *
 * SPDX-License-Identifier: MIT */
#include "core/status.h"
#include "support/cmocka_all.h"

#include <errno.h>

static void test_exit_codes_are_those_of_the_design(void **state) {
    (void)state;
    assert_int_equal(weft_status_exit_code(WEFT_OK), 0);
    assert_int_equal(weft_status_exit_code(WEFT_ERR_USAGE), 64);
    assert_int_equal(weft_status_exit_code(WEFT_ERR_DATA), 65);
    assert_int_equal(weft_status_exit_code(WEFT_ERR_NO_INPUT), 66);
    assert_int_equal(weft_status_exit_code(WEFT_ERR_INTERNAL), 70);
    assert_int_equal(weft_status_exit_code(WEFT_ERR_MEMORY), 71);
    assert_int_equal(weft_status_exit_code(WEFT_ERR_IO), 74);
    assert_int_equal(weft_status_exit_code(WEFT_ERR_CANCELLED), 75);
    assert_int_equal(weft_status_exit_code(WEFT_ERR_BUSY), 73);
    assert_int_equal(weft_status_exit_code(WEFT_ERR_PERMISSION), 77);
}

static void test_a_system_error_says_what_and_why(void **state) {
    (void)state;
    weft_error err = {0};
    assert_int_equal(weft_error_set_errno(&err, ENOENT, "dem.tif: cannot open"), WEFT_ERR_NO_INPUT);
    assert_string_equal(err.message, "dem.tif: cannot open: No such file or directory");
    assert_false(err.may_pass);
}

static void test_no_memory_says_for_what(void **state) {
    (void)state;
    weft_error err = {0};
    assert_int_equal(weft_error_no_memory(&err, "the plan"), WEFT_ERR_MEMORY);
    assert_int_equal(err.status, WEFT_ERR_MEMORY);
    assert_string_equal(err.message, "no memory for the plan");
    assert_int_equal(weft_error_no_memory(NULL, "the plan"), WEFT_ERR_MEMORY);
}

static void test_an_error_knows_whether_it_may_pass(void **state) {
    (void)state;
    weft_error err = {0};
    weft_error_set_errno(&err, ESTALE, "t.csv.part: cannot write");
    assert_true(err.may_pass);
    weft_error_set_errno(&err, ENOSPC, "t.csv.part: cannot write");
    assert_false(err.may_pass);
    weft_error_set_errno(&err, EIO, "t.csv.part: cannot write");
    weft_error_set(&err, WEFT_ERR_DATA, "another one");
    assert_false(err.may_pass);
}

static void test_context_grows_outward(void **state) {
    (void)state;
    weft_error err = {0};
    weft_error_set(&err, WEFT_ERR_IO, "broken");
    weft_error_context(&err, "chunk=%d", 12);
    weft_error_context(&err, "stage=merge");
    assert_string_equal(err.context, "stage=merge chunk=12");
    assert_string_equal(err.message, "broken");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes_are_those_of_the_design),
        cmocka_unit_test(test_a_system_error_says_what_and_why),
        cmocka_unit_test(test_no_memory_says_for_what),
        cmocka_unit_test(test_an_error_knows_whether_it_may_pass),
        cmocka_unit_test(test_context_grows_outward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
