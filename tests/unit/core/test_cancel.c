/* What a signal stops at once, and what it lets finish.
 *
 * SPDX-License-Identifier: MIT */
#include "core/cancel.h"

#include "support/cmocka_all.h"

#include <time.h>

static void wait_ms(long ms) {
    (void)nanosleep(&(struct timespec){0, ms * 1000000}, NULL);
}

static void test_without_grace_a_signal_stops_everything(void **state) {
    (void)state;
    weft_cancel cancel = {0};
    assert_int_equal(weft_cancel_check(&cancel, NULL), WEFT_OK);
    weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(weft_cancel_check(&cancel, NULL), WEFT_ERR_CANCELLED);
    assert_int_equal(weft_cancel_check_next(&cancel, NULL), WEFT_ERR_CANCELLED);
}

static void test_grace_is_for_what_is_in_hand_and_ends(void **state) {
    (void)state;
    weft_cancel cancel = {0};
    weft_cancel_set_grace(&cancel, 100);
    weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(weft_cancel_check(&cancel, NULL), WEFT_OK);
    assert_int_equal(weft_cancel_check_next(&cancel, NULL), WEFT_ERR_CANCELLED);
    wait_ms(120);
    /* A later request does not begin it anew. */
    weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(weft_cancel_check(&cancel, NULL), WEFT_ERR_CANCELLED);
}

static void test_grace_that_is_taken_back_is_over(void **state) {
    (void)state;
    weft_cancel cancel = {0};
    weft_cancel_set_grace(&cancel, 60000);
    weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
    weft_cancel_set_grace(&cancel, 0);
    assert_int_equal(weft_cancel_check(&cancel, NULL), WEFT_ERR_CANCELLED);
}

static void test_memory_leaves_no_grace_and_the_first_reason_stays(void **state) {
    (void)state;
    weft_cancel cancel = {0};
    weft_cancel_set_grace(&cancel, 60000);
    weft_cancel_request(&cancel, WEFT_CANCEL_MEMORY);
    weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(weft_cancel_check(&cancel, NULL), WEFT_ERR_MEMORY);
    assert_int_equal(weft_cancel_requested(&cancel), WEFT_CANCEL_MEMORY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_grace_a_signal_stops_everything),
        cmocka_unit_test(test_grace_is_for_what_is_in_hand_and_ends),
        cmocka_unit_test(test_grace_that_is_taken_back_is_over),
        cmocka_unit_test(test_memory_leaves_no_grace_and_the_first_reason_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
