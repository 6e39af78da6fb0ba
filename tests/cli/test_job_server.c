/* The process that a batch's jobs are forked from: its jobs are the batch's own children and look like the program that
 * they run; nothing of it outlives the batch; and a batch whose server was killed goes on with another.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/batch_rig.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WITH_SHIM "ASAN_OPTIONS=verify_asan_link_order=0:handle_segv=0 LD_PRELOAD=" WEFT_JOB_SHIM
#define PATIENCE  3000 /* times 10 ms */

static void read_process(pid_t pid, const char *file, char *out, size_t size) {
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    int fd = open(path, O_RDONLY);
    ssize_t length = fd < 0 ? 0 : read(fd, out, size - 1);
    if (fd >= 0) (void)close(fd);
    for (ssize_t i = 0; i + 1 < length; i++)
        if (out[i] == '\0') out[i] = ' ';
    out[length > 0 ? length : 0] = '\0';
}

static pid_t parent_of(pid_t pid) {
    char text[512];
    int parent = 0;
    read_process(pid, "stat", text, sizeof text);
    const char *behind_name = strrchr(text, ')');
    if (behind_name != NULL) (void)sscanf(behind_name, ") %*c %d", &parent);
    return parent;
}

/* The child of `parent` whose command line begins so, which may take a while to come. 0: it never came. */
static pid_t child_of(pid_t parent, const char *beginning) {
    char command[256];
    for (int i = 0; i < PATIENCE; i++, pause_ms(10)) {
        DIR *processes = opendir("/proc");
        const struct dirent *entry;
        pid_t found = 0;
        while (found == 0 && (entry = readdir(processes)) != NULL) {
            pid_t pid = (pid_t)atoi(entry->d_name);
            if (pid <= 0 || parent_of(pid) != parent) continue;
            read_process(pid, "cmdline", command, sizeof command);
            if (strncmp(command, beginning, strlen(beginning)) == 0) found = pid;
        }
        (void)closedir(processes);
        if (found != 0) return found;
    }
    return 0;
}

/* Whether it is gone soon. */
static bool ends(pid_t pid) {
    char state[512];
    for (int i = 0; i < PATIENCE; i++, pause_ms(10)) {
        read_process(pid, "stat", state, sizeof state);
        const char *behind_name = strrchr(state, ')');
        if (behind_name == NULL || behind_name[2] == 'Z') return true;
    }
    return false;
}

static pid_t start_hanging(pid_t *server, pid_t *job) {
    begin_anew();
    sandbox_write("night.yml", BASE "memory: 1GiB\nworkers: 1\ndefaults: {config: *base}\njobs:\n- {name: a}\n");
    pid_t batch =
        sandbox_start("exec env " WITH_SHIM " WEFT_TEST_DO=hang WEFT_TEST_JOB=/a.yml \"$WEFT\" batch night.yml "
                      "--progress none > /dev/null 2>&1");
    *server = child_of(batch, "weft-jobs ");
    *job = child_of(batch, "weft run ");
    assert_true(*server > 0);
    assert_true(*job > 0);
    return batch;
}

static void test_a_job_is_the_batchs_child_and_looks_like_its_command(void **state) {
    (void)state;
    pid_t server, job;
    char command[8192], expected[4096];
    pid_t batch = start_hanging(&server, &job);
    read_process(job, "cmdline", command, sizeof command);
    char *folder = getcwd(NULL, 0);
    (void)snprintf(expected, sizeof expected, "weft run %s/.weft/batch/night/jobs/a.yml --set memory.limit=", folder);
    free(folder);
    if (strncmp(command, expected, strlen(expected)) != 0) fail_msg("%s\nnot %s", command, expected);
    assert_int_equal(getpgid(job), job);
    assert_int_equal(kill(batch, SIGKILL), 0);
    assert_int_equal(sandbox_end_of(batch), -SIGKILL);
    assert_true(ends(job));
    assert_true(ends(server));
}

static void test_what_a_terminal_sends_to_its_group_is_for_the_batch(void **state) {
    (void)state;
    pid_t server, job;
    pid_t batch = start_hanging(&server, &job);
    assert_int_not_equal(getpgid(server), getpgid(batch));
    /* The first asks the job to end, which it does at once: it sleeps, and has not begun. */
    assert_int_equal(kill(batch, SIGINT), 0);
    assert_int_equal(sandbox_end_of(batch), 75);
    assert_true(ends(job));
    assert_true(ends(server));
}

static void test_a_batch_goes_on_when_its_server_was_killed(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "memory: 1GiB\nworkers: 1\nretry: 0\ndefaults: {config: *base}\njobs:\n"
                                    "- {name: 'n_${n}', matrix: {n: {from: 1, to: 8}}}\n");
    pid_t batch = sandbox_start("exec \"$WEFT\" batch night.yml --progress none > /dev/null 2> said");
    pid_t server = child_of(batch, "weft-jobs ");
    assert_true(server > 0);
    assert_int_equal(kill(server, SIGKILL), 0);
    assert_int_equal(sandbox_end_of(batch), 0);
    expect_sql("select count(*), min(cause), max(cause), max(attempts) from v_jobs", "8|done|done|1");
}

static void test_a_job_is_begun_once_where_its_server_is_killed_at_any_moment(void **state) {
    (void)state;
    begin_anew();
    sandbox_write("night.yml", BASE "memory: 1GiB\nworkers: 2\nretry: 0\ndefaults: {config: *base}\njobs:\n"
                                    "- {name: 'n_${n}', matrix: {n: {from: 1, to: 4}}}\n");
    srandom(7);
    for (int round = 0; round < 6; round++) {
        free(sandbox_succeed("rm -rf .weft out"));
        pid_t batch = sandbox_start("exec \"$WEFT\" batch night.yml --progress none > /dev/null 2> said");
        pid_t server = child_of(batch, "weft-jobs ");
        assert_true(server > 0);
        pause_ms(random() % 200);
        (void)kill(server, SIGKILL);
        assert_int_equal(sandbox_end_of(batch), 0);
        expect_sql("select count(*), min(cause), max(cause), max(attempts) from v_jobs", "4|done|done|1");
    }
}

/* Libraries that tidy up at the end of a process touch many of their pages. */
static void test_a_job_stays_within_its_grant_to_its_very_end(void **state) {
    (void)state;
#ifndef WEFT_SANITIZED /* which takes memory of its own */
    begin_anew();
    sandbox_write("night.yml", BASE "workers: 1\nretry: 0\ndefaults: {config: *base}\njobs:\n"
                                    "- {name: '${f}', matrix: {f: [csv, geotiff, cog, sqlite, parquet]}, set: "
                                    "{export.formats: ['${f}']}}\n");
    expect(0, "\"$WEFT\" batch night.yml --progress none");
    expect_sql("select count(*), sum(peak_bytes > granted_bytes) from job_metrics", "5|0");
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_job_is_the_batchs_child_and_looks_like_its_command),
        cmocka_unit_test(test_what_a_terminal_sends_to_its_group_is_for_the_batch),
        cmocka_unit_test(test_a_job_stays_within_its_grant_to_its_very_end),
        cmocka_unit_test(test_a_batch_goes_on_when_its_server_was_killed),
        cmocka_unit_test(test_a_job_is_begun_once_where_its_server_is_killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
