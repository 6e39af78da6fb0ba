/* Probes on trees of files made for the test, and on this process.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "monitors/memory_probe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define MIB (INT64_C(1) << 20)

/* Makes a tree `root` by the shell's printf: pairs of path and content. */
static void plant(const char *root, const char *path, const char *content) {
    free(sandbox_succeed("mkdir -p \"$(dirname %s%s)\" && printf '%s' > %s%s", root, path, content, root, path));
}

static weft_memory_reading read_cgroup(const char *root) {
    weft_memory_probe *probe = NULL;
    weft_memory_reading reading = {0};
    assert_int_equal(weft_cgroup_probe_new(&probe, root, NULL), WEFT_OK);
    if (!probe->read(probe, &reading)) reading.limit_bytes = -1;
    weft_memory_probe_free(probe);
    return reading;
}

static void test_version_2_takes_the_tightest_ancestor_without_file_cache(void **state) {
    (void)state;
    plant("v2", "/proc/self/cgroup", "0::/jobs/one\\n");
    plant("v2", "/sys/fs/cgroup/jobs/one/memory.max", "max\\n");
    plant("v2", "/sys/fs/cgroup/jobs/one/memory.current", "50000000\\n");
    plant("v2", "/sys/fs/cgroup/jobs/memory.max", "100000000\\n");
    plant("v2", "/sys/fs/cgroup/jobs/memory.current", "90000000\\n");
    plant("v2", "/sys/fs/cgroup/jobs/memory.stat",
          "anon 1\\nfile 30000000\\ninactive_file 20000000\\nactive_file 10000000\\n");
    weft_memory_reading reading = read_cgroup("v2");
    assert_int_equal(reading.limit_bytes, 100000000);
    assert_int_equal(reading.used_bytes, 60000000);
}

static void test_version_1_reads_its_own_files(void **state) {
    (void)state;
    plant("v1", "/proc/self/cgroup", "9:cpu:/x\\n4:memory:/box\\n0::/\\n");
    plant("v1", "/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "200000000\\n");
    plant("v1", "/sys/fs/cgroup/memory/box/memory.usage_in_bytes", "80000000\\n");
    plant("v1", "/sys/fs/cgroup/memory/box/memory.stat",
          "cache 5\\ntotal_inactive_file 30000000\\ntotal_active_file 0\\n");
    weft_memory_reading reading = read_cgroup("v1");
    assert_int_equal(reading.limit_bytes, 200000000);
    assert_int_equal(reading.used_bytes, 50000000);
}

/* Where ancestors are out of sight, version 1 still says what they allow. */
static void test_version_1_takes_the_limit_it_inherits(void **state) {
    (void)state;
    plant("pod", "/proc/self/cgroup", "4:memory:/pod/one\\n");
    plant("pod", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\\n");
    plant("pod", "/sys/fs/cgroup/memory/memory.usage_in_bytes", "80000000\\n");
    plant("pod", "/sys/fs/cgroup/memory/memory.stat",
          "hierarchical_memory_limit 160000000\\ntotal_inactive_file 20000000\\n");
    weft_memory_reading reading = read_cgroup("pod");
    assert_int_equal(reading.limit_bytes, 160000000);
    assert_int_equal(reading.used_bytes, 60000000);
}

/* Inside a container the path of the host is not there: its root is the group. */
static void test_a_path_that_is_not_mounted_is_the_root(void **state) {
    (void)state;
    plant("box", "/proc/self/cgroup", "0::/docker/0123\\n");
    plant("box", "/sys/fs/cgroup/memory.max", "70000000\\n");
    plant("box", "/sys/fs/cgroup/memory.current", "7000000\\n");
    assert_int_equal(read_cgroup("box").limit_bytes, 70000000);
}

static void test_no_limit_has_no_say(void **state) {
    (void)state;
    plant("free", "/proc/self/cgroup", "4:memory:/\\n");
    plant("free", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\\n");
    plant("free", "/sys/fs/cgroup/memory/memory.usage_in_bytes", "1000\\n");
    assert_int_equal(read_cgroup("free").limit_bytes, -1);
    assert_int_equal(read_cgroup("nowhere").limit_bytes, -1);
}

static void test_room_is_read_from_meminfo_cgroup_and_slurm(void **state) {
    (void)state;
    weft_memory_room room;
    plant("v2", "/proc/meminfo", "MemTotal:       1000 kB\\nMemFree: 1 kB\\nMemAvailable:    400 kB\\n");
    setenv("SLURM_MEM_PER_CPU", "100", 1);
    setenv("SLURM_CPUS_ON_NODE", "4", 1);
    weft_memory_room_read("v2", &room);
    assert_int_equal(room.total_bytes, 1024000);
    assert_int_equal(room.available_bytes, 409600);
    assert_int_equal(room.cgroup_limit_bytes, 100000000);
    assert_int_equal(room.batch_limit_bytes, 400 * MIB);
    setenv("SLURM_MEM_PER_NODE", "300", 1);
    weft_memory_room_read("v2", &room);
    assert_int_equal(room.batch_limit_bytes, 300 * MIB);
    unsetenv("SLURM_MEM_PER_NODE"), unsetenv("SLURM_MEM_PER_CPU"), unsetenv("SLURM_CPUS_ON_NODE");
}

static void test_the_system_probe_is_what_is_not_available(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading reading;
    assert_int_equal(weft_system_probe_new(&probe, "v2", NULL), WEFT_OK);
    assert_true(probe->read(probe, &reading));
    assert_int_equal(reading.used_bytes, 600 * 1024);
    assert_int_equal(reading.limit_bytes, 1000 * 1024);
    weft_memory_probe_free(probe);
}

static void test_the_process_probe_sees_a_balloon(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading before, after;
    const size_t bytes = (size_t)(64 * MIB);
    assert_int_equal(weft_process_probe_new(&probe, 1000 * MIB, NULL), WEFT_OK);
    assert_true(probe->read(probe, &before));
    char *balloon = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(balloon != MAP_FAILED);
    memset(balloon, 1, bytes);
    assert_true(probe->read(probe, &after));
    munmap(balloon, bytes);
    assert_true(after.used_bytes - before.used_bytes >= 63 * MIB);
    assert_int_equal(after.limit_bytes, 1000 * MIB);
    weft_memory_probe_free(probe);
}

/* A run may hold as many files as it is allowed: the probe must not go blind then. */
static void test_the_process_probe_needs_no_new_descriptor(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading reading = {0};
    struct rlimit limit;
    assert_int_equal(weft_process_probe_new(&probe, 1000 * MIB, NULL), WEFT_OK);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    bool seen = probe->read(probe, &reading);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_true(seen);
    assert_true(reading.used_bytes > 0);
    weft_memory_probe_free(probe);
}

static void test_scripts_are_read_line_by_line(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading reading;
    weft_error err = {0};
    sandbox_write("script", "40 *2\n85.5\n");
    assert_int_equal(weft_scripted_probe_open(&probe, "script", NULL), WEFT_OK);
    const int64_t expected[] = {400000, 400000, 855000, 855000};
    for (int i = 0; i < 4; i++) {
        assert_true(probe->read(probe, &reading));
        assert_int_equal(reading.used_bytes, expected[i]);
    }
    weft_memory_probe_free(probe);
    sandbox_write("script", "40\nmuch\n");
    assert_int_equal(weft_scripted_probe_open(&probe, "script", &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "script:2:"));
    assert_int_equal(weft_scripted_probe_open(&probe, "nowhere", &err), WEFT_ERR_NO_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_2_takes_the_tightest_ancestor_without_file_cache),
        cmocka_unit_test(test_version_1_reads_its_own_files),
        cmocka_unit_test(test_version_1_takes_the_limit_it_inherits),
        cmocka_unit_test(test_a_path_that_is_not_mounted_is_the_root),
        cmocka_unit_test(test_no_limit_has_no_say),
        cmocka_unit_test(test_room_is_read_from_meminfo_cgroup_and_slurm),
        cmocka_unit_test(test_the_system_probe_is_what_is_not_available),
        cmocka_unit_test(test_the_process_probe_sees_a_balloon),
        cmocka_unit_test(test_the_process_probe_needs_no_new_descriptor),
        cmocka_unit_test(test_scripts_are_read_line_by_line),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
