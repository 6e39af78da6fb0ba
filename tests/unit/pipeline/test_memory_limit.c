/* memory.limit in bytes, in trees of /proc and /sys: auto takes three quarters of whatever is least.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "pipeline/memory/memory_limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define MIB (INT64_C(1) << 20)

static const weft_size automatic = {.kind = WEFT_SIZE_AUTO};

/* A machine of 1000 MiB, 800 of them available, and a cgroup with a limit (MiB; 0: none). */
static void plant(const char *root, int cgroup_mib) {
    char path[256], text[256];
    free(sandbox_succeed("rm -rf %s; mkdir -p %s/proc/self %s/sys/fs/cgroup/job", root, root, root));
    (void)snprintf(path, sizeof path, "%s/proc/meminfo", root);
    (void)snprintf(text, sizeof text, "MemTotal: %d kB\nMemFree: 1 kB\nMemAvailable: %d kB\n", 1000 << 10, 800 << 10);
    sandbox_write(path, text);
    (void)snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    sandbox_write(path, "0::/job\n");
    (void)snprintf(path, sizeof path, "%s/sys/fs/cgroup/job/memory.current", root);
    sandbox_write(path, "1\n");
    (void)snprintf(path, sizeof path, "%s/sys/fs/cgroup/job/memory.max", root);
    (void)snprintf(text, sizeof text, "%lld\n", (long long)(cgroup_mib * MIB));
    sandbox_write(path, cgroup_mib > 0 ? text : "max\n");
}

static void check(weft_size desired, int64_t expected_mib) {
    int64_t found = 0;
    assert_int_equal(weft_memory_limit(&found, desired, "tree", NULL), WEFT_OK);
    assert_int_equal(found, expected_mib * MIB);
}

static int forget(void **state) {
    (void)state;
    return unsetenv("SLURM_MEM_PER_NODE");
}

static void test_auto_takes_three_quarters_of_the_smallest(void **state) {
    (void)state;
    plant("tree", 0);
    check(automatic, 600);
    plant("tree", 2000);
    check(automatic, 600);
    plant("tree", 400);
    check(automatic, 300);
    setenv("SLURM_MEM_PER_NODE", "200", 1);
    check(automatic, 150);
    setenv("SLURM_MEM_PER_NODE", "500", 1);
    check(automatic, 300);
    setenv("SLURM_MEM_PER_NODE", "10G", 1); /* by hand: Slurm writes no unit, and 10 MiB are not meant */
    check(automatic, 300);
}

/* Of 500 MiB of address space 120 are mapped, of which 20 are resident: 400 may be. And 200 of data, of which 30 are
 * taken: 190. */
static void test_what_the_processs_own_limits_leave_is_the_trees(void **state) {
    (void)state;
    static const char status[] = "VmSize: 122880 kB\nVmRSS: 20480 kB\nVmData: 30720 kB\n";
    static const char head[] = "Limit                     Soft Limit           Hard Limit           Units     \n";
    char text[512];
    struct rlimit usual, low;
    plant("tree", 0);
    sandbox_write("tree/proc/self/status", status);
    (void)snprintf(text, sizeof text,
                   "%sMax data size             unlimited            unlimited            bytes\n"
                   "Max address space         524288000            unlimited            bytes\n",
                   head);
    sandbox_write("tree/proc/self/limits", text);
    check(automatic, 300);
    (void)snprintf(text, sizeof text,
                   "%sMax data size             209715200            unlimited            bytes\n"
                   "Max address space         524288000            unlimited            bytes\n",
                   head);
    sandbox_write("tree/proc/self/limits", text);
    assert_string_equal(weft_memory_limit_origin("tree"), "ulimit -d");
    int64_t found = 0;
    assert_int_equal(weft_memory_limit(&found, automatic, "tree", NULL), WEFT_OK);
    assert_int_equal(found, 190 * MIB * 3 / 4);
    /* Not those of whoever runs the tests. */
    plant("tree", 0);
    assert_int_equal(getrlimit(RLIMIT_DATA, &usual), 0);
    low = usual;
    low.rlim_cur = 300 * MIB;
    assert_int_equal(setrlimit(RLIMIT_DATA, &low), 0);
    weft_status status_of_low = weft_memory_limit(&found, automatic, "tree", NULL);
    assert_int_equal(setrlimit(RLIMIT_DATA, &usual), 0);
    assert_int_equal(status_of_low, WEFT_OK);
    assert_int_equal(found, 600 * MIB);
}

/* What others hold now is no part of a share of the whole. */
static void test_a_percentage_is_of_the_grant_or_of_all_memory(void **state) {
    (void)state;
    const weft_size half = {.kind = WEFT_SIZE_PERCENT, .percent = 50};
    plant("tree", 0);
    check(half, 500);
    plant("tree", 400);
    check(half, 200);
    assert_string_equal(weft_memory_limit_origin("tree"), "the cgroup's limit");
    setenv("SLURM_MEM_PER_NODE", "200", 1);
    check(half, 100);
    assert_string_equal(weft_memory_limit_origin("tree"), "Slurm's grant");
}

static void test_a_system_that_does_not_say_is_an_error(void **state) {
    (void)state;
    int64_t found;
    weft_error err = {0};
    assert_int_equal(weft_memory_limit(&found, automatic, "nowhere", &err), WEFT_ERR_MEMORY);
    assert_non_null(strstr(err.message, "memory.limit"));
    assert_non_null(strstr(err.hint, "512MiB"));
    assert_null(weft_memory_limit_origin("nowhere"));
    setenv("SLURM_MEM_PER_NODE", "200", 1);
    assert_int_equal(weft_memory_limit(&found, automatic, "nowhere", NULL), WEFT_OK);
    assert_int_equal(found, 150 * MIB);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_auto_takes_three_quarters_of_the_smallest, forget),
        cmocka_unit_test_teardown(test_what_the_processs_own_limits_leave_is_the_trees, forget),
        cmocka_unit_test_teardown(test_a_percentage_is_of_the_grant_or_of_all_memory, forget),
        cmocka_unit_test_teardown(test_a_system_that_does_not_say_is_an_error, forget),
    };
    forget(NULL);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
