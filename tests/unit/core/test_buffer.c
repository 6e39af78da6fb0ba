/* Buffers and the ledger agree, whatever is asked.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "core/buffer.h"

#include <string.h>
#include <unistd.h>

#define PAGE INT64_C(4096)

static void test_a_resized_buffer_is_usable_to_its_end_and_accounted_for(void **state) {
    (void)state;
    static const int64_t sizes[] = {1, 5 * PAGE, 5 * PAGE + 1, 300 * PAGE, 2 * PAGE - 1, 0, 40 * PAGE};
    static const int64_t pages[] = {1, 5, 6, 300, 2, 1, 40};
    weft_ledger *ledger = NULL;
    weft_buffer buffer = {0};
    assert_int_equal(weft_ledger_new(&ledger, 1000 * PAGE, NULL), WEFT_OK);
    assert_int_equal(weft_buffer_reserve(&buffer, ledger, WEFT_TAG_TEXT, 3 * PAGE, NULL), WEFT_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        memset(buffer.data, 1, (size_t)buffer.bytes);
        assert_int_equal(weft_buffer_resize(&buffer, sizes[i], NULL), WEFT_OK);
        assert_int_equal(buffer.bytes, pages[i] * PAGE);
        assert_int_equal(weft_ledger_used_bytes(ledger), pages[i] * PAGE);
    }
    memset(buffer.data, 1, (size_t)buffer.bytes);
    weft_buffer_release(&buffer);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    weft_ledger_free(ledger);
}

static void test_a_buffer_that_may_not_grow_stays_as_it_was(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    weft_buffer buffer = {0};
    weft_error err = {0};
    assert_int_equal(weft_ledger_new(&ledger, 10 * PAGE, NULL), WEFT_OK);
    assert_int_equal(weft_buffer_reserve(&buffer, ledger, WEFT_TAG_TEXT, 4 * PAGE, NULL), WEFT_OK);
    memset(buffer.data, 7, (size_t)buffer.bytes);
    assert_int_equal(weft_buffer_resize(&buffer, 11 * PAGE, &err), WEFT_ERR_MEMORY);
    assert_int_equal(weft_buffer_resize(&buffer, INT64_MAX, &err), WEFT_ERR_MEMORY);
    assert_int_equal(buffer.bytes, 4 * PAGE);
    assert_int_equal(((const char *)buffer.data)[4 * PAGE - 1], 7);
    assert_int_equal(weft_ledger_used_bytes(ledger), 4 * PAGE);
    weft_buffer_release(&buffer);
    weft_ledger_free(ledger);
}

static int64_t machine_page = PAGE;

long __real_sysconf(int name);
long __wrap_sysconf(int name);

long __wrap_sysconf(int name) {
    return name == _SC_PAGESIZE ? (long)machine_page : __real_sysconf(name);
}

/* A mapping of one byte takes 64 KiB there: what is booked is what is taken. */
static void test_where_pages_are_larger_whole_ones_are_booked(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    weft_buffer buffer = {0};
    machine_page = 16 * PAGE;
    assert_int_equal(weft_ledger_new(&ledger, 32 * PAGE, NULL), WEFT_OK);
    assert_int_equal(weft_buffer_reserve(&buffer, ledger, WEFT_TAG_TEXT, 1, NULL), WEFT_OK);
    assert_int_equal(buffer.bytes, 16 * PAGE);
    assert_int_equal(weft_ledger_used_bytes(ledger), 16 * PAGE);
    assert_int_equal(weft_buffer_resize(&buffer, 17 * PAGE, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_used_bytes(ledger), 32 * PAGE);
    weft_buffer_release(&buffer);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    weft_ledger_free(ledger);
    machine_page = PAGE;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_resized_buffer_is_usable_to_its_end_and_accounted_for),
        cmocka_unit_test(test_a_buffer_that_may_not_grow_stays_as_it_was),
        cmocka_unit_test(test_where_pages_are_larger_whole_ones_are_booked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
