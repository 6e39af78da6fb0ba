/* Real memory and real limits: files that are mapped and read, a cgroup that another process fills, and an address
 * space that ends. What the machine does not allow is skipped, and says so.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* MAP_POPULATE, MAP_ANONYMOUS */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "support/set_probe.h"

#include "integration/own_cgroup.h"
#include "monitors/memory_monitor.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (INT64_C(1) << 20)

/* --- files that are mapped and read --- */

/* 16 mappings of one file of 256 MiB, each page of each touched, and as much read through a buffer. Gives the most of
 * mapped files that was resident. */
static int64_t map_and_read_4_gib(const char *path) {
    const size_t bytes = (size_t)(256 * MIB), piece = (size_t)MIB;
    char *maps[16], *buffer = malloc(piece);
    weft_process_memory now = {0};
    int fd = open(path, O_RDONLY);
    if (fd < 0 || buffer == NULL) return -1;
    for (int i = 0; i < 16; i++)
        maps[i] = mmap(NULL, bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
    (void)weft_process_memory_read(&now);
    sleep_ms(200);
    for (int i = 0; i < 16; i++)
        if (maps[i] != MAP_FAILED) munmap(maps[i], bytes);
    for (int i = 0; i < 16; i++)
        for (size_t at = 0; at < bytes; at += piece)
            if (pread(fd, buffer, piece, (off_t)at) != (ssize_t)piece) now.file_bytes = -1;
    close(fd);
    free(buffer);
    return now.file_bytes;
}

static _Atomic int reactions;

static void count_reaction(weft_pressure_level level, double usage_percent, void *payload) {
    (void)payload;
    atomic_fetch_add(&reactions, 1);
    print_message("level %s at %.1f %%\n", weft_pressure_level_name(level), usage_percent);
}

/* Under a limit of 256 MiB, with all probes that speak of this process. Gives the most that was mapped; -1: failed. */
static int64_t watch_files(void) {
    weft_memory_probe *probes[3] = {NULL};
    weft_memory_monitor *monitor = NULL;
    int64_t mapped = -1;
    const weft_probe_setup setup = {.root = "", .limit_bytes = 256 * MIB, .warning_percent = 80};
    if (weft_memory_probe_new(&probes[0], "process", &setup, NULL) != WEFT_OK ||
        weft_memory_probe_new(&probes[1], "cgroup", &setup, NULL) != WEFT_OK ||
        weft_memory_probe_new(&probes[2], "pressure", &setup, NULL) != WEFT_OK)
        return -1;
    weft_memory_monitor_options options = {.limit_bytes = 256 * MIB,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 1000,
                                           .probes = probes,
                                           .probe_count = 3};
    atomic_store(&reactions, 0);
    if (weft_memory_monitor_new(&monitor, &options, NULL) == WEFT_OK &&
        weft_memory_monitor_register(monitor, count_reaction, NULL, NULL) == WEFT_OK &&
        weft_memory_monitor_start(monitor, NULL) == WEFT_OK)
        mapped = map_and_read_4_gib("data");
    weft_memory_monitor_free(monitor);
    for (int i = 0; i < 3; i++)
        weft_memory_probe_free(probes[i]);
    return mapped;
}

static void test_mapping_and_reading_4_gib_of_files_changes_nothing(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer alone takes more than the limit of 256 MiB\n");
    skip();
#endif
    free(sandbox_succeed("truncate -s 256M data"));
    assert_true(watch_files() >= 4096 * MIB);
    assert_int_equal(reactions, 0);
}

/* The kernel has to drop the file's pages all the time, and nothing but these. */
static void test_nor_does_it_in_a_cgroup_that_their_pages_fill(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer alone takes more than the limit of 256 MiB\n");
    skip();
#endif
    own_cgroup group;
    int status = -1;
    free(sandbox_succeed("rm -f data; truncate -s 256M data"));
    if (!own_cgroup_make(&group, 256 * MIB)) skip();
    pid_t child = fork();
    if (child == 0) _exit(!own_cgroup_join(&group) ? 2 : watch_files() < 0 ? 3 : atomic_load(&reactions) > 0);
    (void)waitpid(child, &status, 0);
    own_cgroup_remove(&group);
    assert_int_equal(status, 0);
}

/* --- whole runs --- */

/* Every cell is transformed exactly, by PROJ: a run that takes seconds however fast kernels and writers are. */
static const char config_text[] = "experiment: pressed\n"
                                  "output_dir: ${OUT}\n"
                                  "threads: 1\n"
                                  "grid: {crs: 'EPSG:31985', resolution: '${CELL}', extent: landsat}\n"
                                  "datasets:\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif'}\n"
                                  "  - {name: elevation, path: '${SAMPLE}/dem.tif'}\n"
                                  "  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n"
                                  "resampling: {transform_tolerance: 0}\n"
                                  "merge: {enable_streaming: true, streaming_chunk_size: 400, min_chunk_size: 50}\n"
                                  "memory: {limit: 128MiB, sample_interval: 100ms}\n";

/* What a run gives that nothing presses, in calm/. It need not take long. */
static void run_calm(const char *cell) {
    sandbox_write("config.yml", config_text);
    assert_int_equal(setenv("CELL", cell, 1), 0);
    free(sandbox_succeed("rm -rf calm; OUT=calm \"$WEFT\" run config.yml --progress none --set threads=2"));
}

/* Fills the group to `percent` of its limit, slowly, holds that for a while, whatever others give back, and ends. A
 * process of its own. */
static pid_t start_balloon(const own_cgroup *group, int64_t limit_bytes, int percent, long hold_ms) {
    pid_t child = fork();
    if (child != 0) return child;
    char *balloon = mmap(NULL, (size_t)limit_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (balloon == MAP_FAILED || !own_cgroup_join(group)) _exit(2);
    weft_cgroup_memory now;
    int64_t full_at = 0; /* ms */
    for (int64_t at = 0; full_at == 0 || now_ms() - full_at < hold_ms; sleep_ms(2)) {
        bool read = weft_cgroup_memory_read("", &group->place, &now);
        bool full = read && 100 * now.fullest.used_bytes >= percent * now.fullest.limit_bytes;
        if (!read || (!full && at == limit_bytes)) _exit(3);
        if (full && full_at == 0) full_at = now_ms();
        if (full) continue;
        memset(balloon + at, 1, (size_t)MIB);
        at += MIB;
    }
    _exit(0);
}

static void test_a_cgroup_that_fills_up_shrinks_a_run_and_does_not_kill_it(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer's memory does not follow the ledger\n");
    skip();
#endif
    const int64_t limit = 384 * MIB;
    own_cgroup group;
    int status = -1;
    run_calm("7");
    if (!own_cgroup_make(&group, limit)) skip();
    pid_t balloon = start_balloon(&group, limit, 92, 1500);
    sandbox_result result = sandbox_run(
        "echo $$ > '%s/cgroup.procs' && OUT=full exec \"$WEFT\" run config.yml --progress none", group.place.folder);
    (void)waitpid(balloon, &status, 0);
    own_cgroup_remove(&group);
    print_message("exit code %d %s", result.exit_code, result.err);
    assert_int_equal(status, 0);
    assert_int_equal(result.exit_code, 0);
    sandbox_result_free(&result);
    assert_true(sandbox_same("calm/merged_data_pressed.csv", "full/merged_data_pressed.csv"));
    char *told = sandbox_succeed("sqlite3 full/metrics.sqlite \"select count(*) > 0 from v_memory_alerts where probe = "
                                 "'cgroup' and level = 'critical'; select min(new_value) from v_memory_adaptations "
                                 "where parameter = 'window_size'\"");
    assert_string_equal(told, "1\n256\n");
    free(told);
}

static void test_auto_takes_three_quarters_of_the_cgroups_limit(void **state) {
    (void)state;
    own_cgroup group;
    sandbox_write("config.yml", config_text);
    assert_int_equal(setenv("CELL", "30", 1), 0);
    if (!own_cgroup_make(&group, 1024 * MIB)) skip();
    sandbox_result result =
        sandbox_run("echo $$ > '%s/cgroup.procs' && OUT=auto \"$WEFT\" plan config.yml --json --set "
                    "memory.limit=auto",
                    group.place.folder);
    own_cgroup_remove(&group);
    if (result.exit_code != 0) print_message("%s", result.err);
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "\"limit_bytes\": 805306368"));
    sandbox_result_free(&result);
}

/* A scheduler that looks at resident memory itself kills what passes its grant, whatever memory.limit says. */
static void test_a_batch_grant_is_watched_beside_the_limit(void **state) {
    (void)state;
    sandbox_write("config.yml", config_text);
    assert_int_equal(setenv("CELL", "30", 1), 0);
    free(sandbox_succeed("SLURM_MEM_PER_NODE=16 OUT=batch \"$WEFT\" run config.yml --progress none --set "
                         "memory.limit=2GiB"));
    char *told = sandbox_succeed("sqlite3 batch/metrics.sqlite \"select distinct level, probe, limit_gb * 1024 from "
                                 "v_memory_alerts\"");
    assert_string_equal(told, "critical|batch|16.0\n");
    free(told);
}

/* Wherever the address space ends once libraries are loaded, a run ends with the whole output (layers then are not held
 * whole) or with none and a reason, never in a crash. */
static void test_an_address_space_that_ends_is_an_error_or_none(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer takes terabytes of address space\n");
    skip();
#endif
    static const int sizes_mib[] = {250, 300, 350, 400, 600, 2000};
    int done = 0;
    run_calm("30");
    for (size_t i = 0; i < sizeof sizes_mib / sizeof *sizes_mib; i++) {
        sandbox_result result = sandbox_run("rm -rf small; ulimit -v %d; OUT=small exec \"$WEFT\" run config.yml "
                                            "--progress none --set merge.enable_streaming=false --set "
                                            "memory.limit=1GiB",
                                            sizes_mib[i] * 1024);
        bool there = sandbox_exists("small/merged_data_pressed.csv");
        print_message("%d MiB: exit code %d\n", sizes_mib[i], result.exit_code);
        if (result.exit_code == 0) {
            assert_true(sandbox_same("calm/merged_data_pressed.csv", "small/merged_data_pressed.csv"));
            done++;
        } else {
            print_message("%s", result.err);
            assert_false(there);
            assert_true(result.exit_code < 128);
        }
        sandbox_result_free(&result);
    }
    assert_true(done > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mapping_and_reading_4_gib_of_files_changes_nothing),
        cmocka_unit_test(test_nor_does_it_in_a_cgroup_that_their_pages_fill),
        cmocka_unit_test(test_a_cgroup_that_fills_up_shrinks_a_run_and_does_not_kill_it),
        cmocka_unit_test(test_auto_takes_three_quarters_of_the_cgroups_limit),
        cmocka_unit_test(test_a_batch_grant_is_watched_beside_the_limit),
        cmocka_unit_test(test_an_address_space_that_ends_is_an_error_or_none),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
