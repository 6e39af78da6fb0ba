/* The ledger never grants more than its capacity, and gets back all it gave.
 *
 * SPDX-License-Identifier: MIT */
#include "core/memory/buffer.h"
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

/* 900 are held when the capacity falls to 500: what can be had smaller waits for it; what cannot goes up to the bound.
 */
static void test_the_least_that_will_do_may_go_over_a_capacity_that_fell_up_to_the_bound(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    assert_int_equal(weft_ledger_new(&ledger, 1000, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_CHUNK, 900, NULL), WEFT_OK);
    weft_ledger_set_capacity(ledger, 500, 1000);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_BLOCK_CACHE, 1, NULL), WEFT_ERR_MEMORY);
    assert_int_equal(weft_ledger_reserve_min(ledger, WEFT_TAG_BLOCK_CACHE, 40, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_PATCH, 60, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_reserve_min(ledger, WEFT_TAG_BLOCK_CACHE, 1, NULL), WEFT_ERR_MEMORY);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_PATCH, INT64_MAX, NULL), WEFT_ERR_MEMORY);
    assert_int_equal(weft_ledger_available_bytes(ledger), 0);
    weft_ledger_release(ledger, WEFT_TAG_CHUNK, 900);
    weft_ledger_release(ledger, WEFT_TAG_BLOCK_CACHE, 40);
    weft_ledger_release(ledger, WEFT_TAG_PATCH, 60);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    weft_ledger_free(ledger);
}

static bool give_back(void *payload, int64_t bytes) {
    weft_ledger *ledger = payload;
    int64_t kept = weft_ledger_used_bytes(ledger) - 300;
    if (kept <= 0) return false;
    weft_ledger_release(ledger, WEFT_TAG_BLOCK_CACHE, kept < bytes ? kept : bytes);
    return true;
}

/* 300 of chunks, 600 that are kept: pixels get those 600 first, and only then what is over the capacity. */
static void test_what_is_kept_makes_room_before_the_capacity_is_passed(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    assert_int_equal(weft_ledger_new(&ledger, 1000, NULL), WEFT_OK);
    weft_ledger_set_reclaim(ledger, give_back, ledger);
    weft_ledger_set_capacity(ledger, 900, 1000);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_CHUNK, 300, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_BLOCK_CACHE, 600, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_PATCH, 500, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_used_bytes(ledger), 900);
    weft_ledger_release(ledger, WEFT_TAG_PATCH, 500);
    assert_int_equal(weft_ledger_reserve(ledger, WEFT_TAG_PATCH, 700, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_used_bytes(ledger), 1000);
    weft_ledger_release(ledger, WEFT_TAG_PATCH, 700);
    weft_ledger_release(ledger, WEFT_TAG_CHUNK, 300);
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
        cmocka_unit_test(test_the_least_that_will_do_may_go_over_a_capacity_that_fell_up_to_the_bound),
        cmocka_unit_test(test_what_is_kept_makes_room_before_the_capacity_is_passed),
        cmocka_unit_test(test_a_buffer_is_booked_in_whole_pages_and_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
