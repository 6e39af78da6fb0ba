/* CPUs of trees of cgroup files, and of machines larger than this one: the linker puts an affinity of the test's own in
 * the system's place.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* cpu_set_t */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "monitors/usable_cpus.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static size_t machine_cpus;  /* that the process may run on */
static size_t machine_bytes; /* of the kernel's mask: a smaller one is an error (sched_setaffinity(2)) */

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set) {
    (void)pid;
    if (size < machine_bytes) {
        errno = EINVAL;
        return -1;
    }
    CPU_ZERO_S(size, set);
    for (size_t cpu = 0; cpu < machine_cpus; cpu++)
        CPU_SET_S(cpu, size, set);
    return 0;
}

static void plant(const char *path, const char *text) {
    free(sandbox_succeed("mkdir -p \"$(dirname 'tree%s')\"", path));
    char name[256];
    (void)snprintf(name, sizeof name, "tree%s", path);
    sandbox_write(name, text);
}

static int setup(void **state) {
    machine_cpus = 16;
    machine_bytes = 128;
    return sandbox_setup(state);
}

static void test_without_cgroups_affinity_counts(void **state) {
    (void)state;
    assert_int_equal(weft_usable_cpus("nowhere"), 16);
    machine_cpus = 1;
    assert_int_equal(weft_usable_cpus("nowhere"), 1);
}

/* Masks of 1024 bits, of more, and of so many that nobody has them. */
static void test_all_cpus_of_a_large_machine_are_counted(void **state) {
    (void)state;
    machine_cpus = 300;
    assert_int_equal(weft_usable_cpus("nowhere"), 300);
    machine_cpus = 1500;
    machine_bytes = 1024;
    assert_int_equal(weft_usable_cpus("nowhere"), 1500);
    machine_bytes = SIZE_MAX;
    assert_int_equal(weft_usable_cpus("nowhere"), 1);
}

/* 2.5 CPUs above, 4 below; "max" is no quota. */
static void test_the_smallest_quota_of_all_levels_counts_to_the_nearest_cpu(void **state) {
    (void)state;
    plant("/proc/self/cgroup", "0::/pod/box/job\n");
    plant("/sys/fs/cgroup/pod/cpu.max", "250000 100000\n");
    plant("/sys/fs/cgroup/pod/box/cpu.max", "max 100000\n");
    plant("/sys/fs/cgroup/pod/box/job/cpu.max", "400000 100000\n");
    assert_int_equal(weft_usable_cpus("tree"), 3);
    plant("/sys/fs/cgroup/pod/box/job/cpu.max", "20000 100000\n");
    assert_int_equal(weft_usable_cpus("tree"), 1);
    plant("/sys/fs/cgroup/pod/cpu.max", "max 100000\n");
    plant("/sys/fs/cgroup/pod/box/job/cpu.max", "6400000 100000\n");
    assert_int_equal(weft_usable_cpus("tree"), 16);
}

/* The controller's mount is where mountinfo says, and shows no more than the container's part. */
static void test_version_1s_quota_is_found_where_the_controller_is_mounted(void **state) {
    (void)state;
    plant("/proc/self/cgroup", "5:cpuset:/\n4:cpu,cpuacct:/docker/box\n3:memory:/docker/box\n0::/\n");
    plant("/proc/self/mountinfo",
          "33 24 0:29 /docker/box /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
          "34 24 0:30 /docker/box /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
    plant("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000\n");
    plant("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "50000\n");
    assert_int_equal(weft_usable_cpus("tree"), 4);
    plant("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    assert_int_equal(weft_usable_cpus("tree"), 16);
}

static void test_without_mountinfo_version_1_is_looked_for_where_it_usually_is(void **state) {
    (void)state;
    plant("/proc/self/cgroup", "4:cpu:/jobs/a\n");
    plant("/sys/fs/cgroup/cpu/jobs/cpu.cfs_quota_us", "500000\n");
    plant("/sys/fs/cgroup/cpu/jobs/cpu.cfs_period_us", "100000\n");
    plant("/sys/fs/cgroup/cpu/jobs/a/cpu.cfs_quota_us", "-1\n");
    plant("/sys/fs/cgroup/cpu/jobs/a/cpu.cfs_period_us", "100000\n");
    assert_int_equal(weft_usable_cpus("tree"), 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_cgroups_affinity_counts, setup, sandbox_teardown),
        cmocka_unit_test_setup_teardown(test_all_cpus_of_a_large_machine_are_counted, setup, sandbox_teardown),
        cmocka_unit_test_setup_teardown(test_the_smallest_quota_of_all_levels_counts_to_the_nearest_cpu, setup,
                                        sandbox_teardown),
        cmocka_unit_test_setup_teardown(test_version_1s_quota_is_found_where_the_controller_is_mounted, setup,
                                        sandbox_teardown),
        cmocka_unit_test_setup_teardown(test_without_mountinfo_version_1_is_looked_for_where_it_usually_is, setup,
                                        sandbox_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
