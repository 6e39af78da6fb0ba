/* A run's threads, also on machines larger than any here: the linker puts the test's count of CPUs in the system's
 * place.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "core/threads/activity.h"
#include "monitors/usable_cpus.h"
#include "pipeline/run/run_threads.h"

static int usable;

int __wrap_weft_usable_cpus(const char *root);

int __wrap_weft_usable_cpus(const char *root) {
    assert_string_equal(root, "");
    return usable;
}

static void test_auto_takes_the_usable_cpus_and_no_more_than_a_run_can_have(void **state) {
    static const int cpus[] = {1, 2, 250, 251, 255, 256, 300, 4096}, threads[] = {1, 2, 250, 250, 250, 250, 250, 250};
    const weft_config automatic = {.threads = 0};
    (void)state;
    for (size_t i = 0; i < sizeof cpus / sizeof *cpus; i++) {
        usable = cpus[i];
        assert_int_equal(weft_run_threads(&automatic), threads[i]);
    }
}

static void test_a_number_is_taken_whatever_the_machine_has(void **state) {
    const weft_config written = {.threads = 250};
    (void)state;
    usable = 2;
    assert_int_equal(weft_run_threads(&written), 250);
}

/* The last slot is the coordinating thread's. */
static void test_every_worker_has_a_slot_of_its_own(void **state) {
    static weft_activity activity;
    (void)state;
    usable = 4096;
    const weft_config automatic = {.threads = 0};
    int last = weft_run_threads(&automatic) - 1;
    (void)weft_activity_enter(&activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK);
    assert_int_equal(atomic_load(&activity.slots[last]), 0);
    assert_true(last < WEFT_ACTIVITY_SLOTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auto_takes_the_usable_cpus_and_no_more_than_a_run_can_have),
        cmocka_unit_test(test_a_number_is_taken_whatever_the_machine_has),
        cmocka_unit_test(test_every_worker_has_a_slot_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
