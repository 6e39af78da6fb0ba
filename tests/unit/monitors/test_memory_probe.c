/* Probes on trees of files made for the test, and on this process.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "support/scripted_probe.h"

#include "monitors/memory_probe.h"
#include "monitors/memory_room.h"
#include "monitors/process_memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define MIB (INT64_C(1) << 20)

/* Makes a tree `root` by the shell's printf: pairs of path and content. */
static void plant(const char *root, const char *path, const char *content) {
    free(sandbox_succeed("mkdir -p \"$(dirname %s%s)\" && printf '%s' > %s%s", root, path, content, root, path));
}

static void test_room_is_read_from_meminfo_cgroup_and_slurm(void **state) {
    (void)state;
    weft_memory_room room;
    plant("v2", "/proc/self/cgroup", "0::/jobs\\n");
    plant("v2", "/sys/fs/cgroup/jobs/memory.max", "100000000\\n");
    plant("v2", "/sys/fs/cgroup/jobs/memory.current", "90000000\\n");
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
    /* --mem=0 asks for all of the node: no grant. */
    unsetenv("SLURM_MEM_PER_CPU"), unsetenv("SLURM_CPUS_ON_NODE");
    setenv("SLURM_MEM_PER_NODE", "0", 1);
    weft_memory_room_read("v2", &room);
    assert_int_equal(room.batch_limit_bytes, 0);
    unsetenv("SLURM_MEM_PER_NODE");
    setenv("SLURM_MEM_PER_GPU", "50", 1);
    setenv("SLURM_GPUS_ON_NODE", "2", 1);
    weft_memory_room_read("v2", &room);
    assert_int_equal(room.batch_limit_bytes, 100 * MIB);
    unsetenv("SLURM_MEM_PER_GPU"), unsetenv("SLURM_GPUS_ON_NODE");
}

static const weft_probe_setup thousand = {.root = "", .limit_bytes = 1000 * MIB, .batch_limit_bytes = 1000 * MIB};

/* The batch scheduler's where it grants something, and one of each other kind. */
static void test_a_run_has_a_probe_of_each_kind_that_can_see(void **state) {
    (void)state;
    weft_memory_probe *probes[WEFT_MAX_PROBES];
    int with_grant, without;
    weft_probe_setup setup = thousand;
    assert_int_equal(weft_memory_probes_make(probes, &with_grant, &setup, NULL), WEFT_OK);
    assert_string_equal(probes[0]->name, "process");
    assert_string_equal(probes[with_grant - 1]->name, "batch");
    for (int i = 0; i < with_grant; i++)
        weft_memory_probe_free(probes[i]);
    setup.batch_limit_bytes = 0;
    assert_int_equal(weft_memory_probes_make(probes, &without, &setup, NULL), WEFT_OK);
    assert_int_equal(without, with_grant - 1);
    for (int i = 0; i < without; i++) {
        assert_string_not_equal(probes[i]->name, "batch");
        weft_memory_probe_free(probes[i]);
    }
    assert_int_equal(weft_memory_probe_new(&probes[0], "none", &setup, NULL), WEFT_ERR_INTERNAL);
    assert_null(probes[0]);
}

static void test_the_system_probe_is_what_is_not_available(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading reading;
    assert_int_equal(weft_memory_probe_new(&probe, "system", &(weft_probe_setup){.root = "v2"}, NULL), WEFT_OK);
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
    assert_int_equal(weft_memory_probe_new(&probe, "process", &thousand, NULL), WEFT_OK);
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

/* Two mappings of one file, each page touched: 128 MiB of mapped data, which is not the process's own. */
static void test_the_process_probe_leaves_mapped_files_out(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading before, after;
    weft_process_memory now;
    char *maps[2];
    const size_t bytes = (size_t)(64 * MIB);
    free(sandbox_succeed("truncate -s 64M data"));
    int fd = open("data", O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(weft_memory_probe_new(&probe, "process", &thousand, NULL), WEFT_OK);
    assert_true(probe->read(probe, &before));
    int sum = 0;
    for (int i = 0; i < 2; i++) {
        maps[i] = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
        assert_true(maps[i] != MAP_FAILED);
        for (size_t at = 0; at < bytes; at += 4096)
            sum += maps[i][at];
    }
    assert_int_equal(sum, 0);
    assert_true(weft_process_memory_read(&now));
    assert_true(probe->read(probe, &after));
    munmap(maps[0], bytes), munmap(maps[1], bytes), close(fd);
    assert_true(now.file_bytes >= 127 * MIB);
#ifdef __SANITIZE_THREAD__
    print_message("SKIPPED: ThreadSanitizer keeps memory of its own for every page that is read\n");
#else
    assert_true(after.used_bytes - before.used_bytes < 20 * MIB);
#endif
    weft_memory_probe_free(probe);
}

static void test_what_is_held_leaves_out_mapped_data_alone(void **state) {
    (void)state;
    /* 100 resident, of which 60 are files: libraries may be 25 of them, so 35 are data. */
    weft_process_memory now = {.resident_bytes = 100, .anonymous_bytes = 40, .file_bytes = 60};
    assert_int_equal(weft_process_memory_held(&now, 25), 65);
    assert_int_equal(weft_process_memory_held(&now, 60), 100);
    assert_int_equal(weft_process_memory_held(&now, 90), 100);
}

/* A run may hold as many files as it is allowed: the probe must not go blind then. */
static void test_the_process_probe_needs_no_new_descriptor(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading reading = {0};
    struct rlimit limit;
    assert_int_equal(weft_memory_probe_new(&probe, "process", &thousand, NULL), WEFT_OK);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    bool seen = probe->read(probe, &reading);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_true(seen);
    assert_true(reading.used_bytes > 0);
    weft_memory_probe_free(probe);
}

/* It would be blind, and nobody would know. */
static void test_a_process_probe_that_cannot_see_says_so(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading reading;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
    int told = open("told", O_WRONLY | O_CREAT | O_TRUNC, 0600), before = dup(STDERR_FILENO);
    assert_true(told >= 0 && before >= 0 && dup2(told, STDERR_FILENO) >= 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    weft_status status = weft_memory_probe_new(&probe, "batch", &thousand, NULL);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(told), close(before);
    assert_int_equal(status, WEFT_OK);
    assert_false(probe->read(probe, &reading));
    weft_memory_probe_free(probe);
    char *text = sandbox_read("told", NULL);
    assert_non_null(strstr(text, "weft: warning: /proc/self/statm: "));
    assert_non_null(strstr(text, "the batch probe"));
    free(text);
}

static void test_scripts_are_read_line_by_line(void **state) {
    (void)state;
    weft_memory_probe *probe = NULL;
    weft_memory_reading reading;
    weft_error err = {0};
    sandbox_write("script", "40 *2\n85.5\n");
    assert_int_equal(scripted_probe_open(&probe, "script", NULL), WEFT_OK);
    const int64_t expected[] = {400000, 400000, 855000, 855000};
    for (int i = 0; i < 4; i++) {
        assert_true(probe->read(probe, &reading));
        assert_int_equal(reading.used_bytes, expected[i]);
    }
    weft_memory_probe_free(probe);
    sandbox_write("script", "40\nmuch\n");
    assert_int_equal(scripted_probe_open(&probe, "script", &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "script:2:"));
    assert_int_equal(scripted_probe_open(&probe, "nowhere", &err), WEFT_ERR_NO_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_room_is_read_from_meminfo_cgroup_and_slurm),
        cmocka_unit_test(test_a_run_has_a_probe_of_each_kind_that_can_see),
        cmocka_unit_test(test_the_system_probe_is_what_is_not_available),
        cmocka_unit_test(test_the_process_probe_sees_a_balloon),
        cmocka_unit_test(test_the_process_probe_leaves_mapped_files_out),
        cmocka_unit_test(test_what_is_held_leaves_out_mapped_data_alone),
        cmocka_unit_test(test_the_process_probe_needs_no_new_descriptor),
        cmocka_unit_test(test_a_process_probe_that_cannot_see_says_so),
        cmocka_unit_test(test_scripts_are_read_line_by_line),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
