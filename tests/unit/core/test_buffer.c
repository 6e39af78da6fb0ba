/* Buffers and the ledger agree, whatever is asked.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "core/memory/buffer.h"

#include <string.h>
#include <unistd.h>

#define PAGE INT64_C(4096)

static void new_ledger(weft_ledger **ledger, int64_t pages) {
    assert_int_equal(weft_ledger_new(ledger, pages * PAGE, NULL), WEFT_OK);
}

static void test_a_buffer_is_usable_to_its_end_and_accounted_for(void **state) {
    (void)state;
    static const int64_t sizes[] = {1, 5 * PAGE, 5 * PAGE + 1, 300 * PAGE, 2 * PAGE - 1, 0, 40 * PAGE};
    static const int64_t pages[] = {1, 5, 6, 300, 2, 1, 40};
    weft_ledger *ledger = NULL;
    weft_buffer buffers[7] = {{0}};
    new_ledger(&ledger, 1000);
    int64_t sum = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(weft_buffer_reserve(&buffers[i], ledger, WEFT_TAG_TEXT, sizes[i], NULL), WEFT_OK);
        memset(buffers[i].data, 1 + (int)i, (size_t)buffers[i].bytes);
        assert_int_equal(buffers[i].bytes, pages[i] * PAGE);
        sum += pages[i] * PAGE;
        assert_int_equal(weft_ledger_used_bytes(ledger), sum);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const unsigned char *at = buffers[i].data;
        for (int64_t k = 0; k < buffers[i].bytes; k++)
            assert_int_equal(at[k], 1 + i);
        weft_buffer_release(&buffers[i]);
    }
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    weft_ledger_free(ledger);
}

static void test_a_buffer_that_is_refused_is_empty(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    weft_buffer buffer = {0};
    new_ledger(&ledger, 10);
    assert_int_equal(weft_buffer_reserve(&buffer, ledger, WEFT_TAG_TEXT, 11 * PAGE, NULL), WEFT_ERR_MEMORY);
    assert_int_equal(weft_buffer_reserve(&buffer, ledger, WEFT_TAG_TEXT, INT64_MAX, NULL), WEFT_ERR_MEMORY);
    assert_null(buffer.data);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    weft_ledger_free(ledger);
}

static void test_pages_that_are_left_are_used_again_and_stay_within_the_capacity(void **state) {
    (void)state;
    weft_ledger *ledger = NULL;
    weft_buffer first = {0}, second = {0}, large = {0};
    new_ledger(&ledger, 64);
    assert_int_equal(weft_buffer_reserve(&first, ledger, WEFT_TAG_TEXT, 3 * PAGE, NULL), WEFT_OK);
    void *data = first.data;
    weft_buffer_release(&first);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    assert_int_equal(weft_ledger_held_bytes(ledger), 3 * PAGE);
    assert_int_equal(weft_buffer_reserve(&second, ledger, WEFT_TAG_CHUNK, 3 * PAGE, NULL), WEFT_OK);
    assert_ptr_equal(second.data, data);
    assert_int_equal(weft_ledger_held_bytes(ledger), 3 * PAGE);
    weft_buffer_release(&second);
    /* All of the capacity: the kept pages go back to the system first. */
    assert_int_equal(weft_buffer_reserve(&large, ledger, WEFT_TAG_CHUNK, 64 * PAGE, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_held_bytes(ledger), 64 * PAGE);
    weft_buffer_release(&large);
    assert_between(weft_ledger_held_bytes(ledger), 0, 4 * PAGE); /* a sixteenth at most is kept */
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
    weft_buffer_release(&buffer);
    assert_int_equal(weft_buffer_reserve(&buffer, ledger, WEFT_TAG_TEXT, 17 * PAGE, NULL), WEFT_OK);
    assert_int_equal(weft_ledger_used_bytes(ledger), 32 * PAGE);
    weft_buffer_release(&buffer);
    assert_int_equal(weft_ledger_used_bytes(ledger), 0);
    weft_ledger_free(ledger);
    machine_page = PAGE;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_buffer_is_usable_to_its_end_and_accounted_for),
        cmocka_unit_test(test_a_buffer_that_is_refused_is_empty),
        cmocka_unit_test(test_pages_that_are_left_are_used_again_and_stay_within_the_capacity),
        cmocka_unit_test(test_where_pages_are_larger_whole_ones_are_booked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
