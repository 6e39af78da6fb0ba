/* The kernel's count of processes that it killed, of trees of /proc files.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "monitors/memory_kills.h"

#include <stdlib.h>

static void test_the_count_is_a_line_of_vmstat(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir -p tree/proc"));
    sandbox_write("tree/proc/vmstat", "nr_free_pages 12\nallocstall_normal 0\noom_kill 3\npgfault 9\n");
    assert_int_equal(weft_memory_kills("tree"), 3);
    sandbox_write("tree/proc/vmstat", "nr_free_pages 12\nnr_oom_kill 5\n");
    assert_int_equal(weft_memory_kills("tree"), -1);
    assert_int_equal(weft_memory_kills("nowhere"), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_count_is_a_line_of_vmstat)};
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
