/* The ledger never grants more than its capacity, and gets back all it gave.
 *
 * SPDX-License-Identifier: MIT */
#include "core/buffer.h"
#include "support/cmocka_all.h"

static void test_a_reservation_over_the_capacity_is_refused(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    weft_error err = {0};
    assert_int_equal(weft_ledger_new(&ledger, 1000, &err), WEFT_OK);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_CHUNK, 600, &err), WEFT_OK);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_TEXT, 401, &err), WEFT_ERR_MEMORY);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_TEXT, 400, &err), WEFT_OK);
    weft_ledger_state seen;
    weft_ledger_read(ledger, &seen);
    assert_int_equal(seen.used_bytes, 1000);
    assert_int_equal(seen.used_by_tag[WEFT_TAG_CHUNK], 600);
    assert_int_equal(seen.denials, 1);
    weft_ledger_release(ledger, WEFT_TAG_CHUNK, 600);
    assert_int_equal(weft_ledger_available_bytes(ledger), 600);
    weft_ledger_release(ledger, WEFT_TAG_TEXT, 400);
    weft_ledger_free(ledger);
}

static void test_a_buffer_is_booked_in_whole_pages_and_given_back(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    weft_buffer buffer = {0};
    weft_error err = {0};
    assert_int_equal(weft_ledger_new(&ledger, 8192, &err), WEFT_OK);
    assert_int_equal(weft_buffer_reserve(&buffer, ledger, WEFT_TAG_PATCH, 5000, &err), WEFT_OK);
    assert_int_equal(weft_ledger_used_bytes(ledger), 8192);
    assert_int_equal(weft_buffer_reserve(&buffer, ledger, WEFT_TAG_PATCH, 8193, &err), WEFT_ERR_MEMORY);
    assert_null(buffer.data);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    weft_ledger_free(ledger);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reservation_over_the_capacity_is_refused),
        cmocka_unit_test(test_a_buffer_is_booked_in_whole_pages_and_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
