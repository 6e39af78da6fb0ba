/* A run's folder: one run at a time has it, and what it leaves for the next one.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "pipeline/record/run_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static weft_run_folder take(const char *experiment) {
    weft_run_folder folder = {0};
    weft_error err = {0};
    if (weft_run_folder_take(&folder, "out", experiment, &err) != WEFT_OK) fail_msg("%s", err.message);
    return folder;
}

/* A state that says the process is at work there. */
static void write_state(const char *folder, weft_process_identity process) {
    static weft_run_output output = {.format = "csv", .path = "/out/a.csv"};
    const weft_run_facts facts = {.experiment_id = "night",
                                  .command = "weft run",
                                  .weft_version = "1",
                                  .identity = "",
                                  .plan = "",
                                  .process = process,
                                  .outputs = &output,
                                  .output_count = 1};
    char path[256];
    weft_run_state *state = NULL;
    (void)snprintf(path, sizeof path, "%s/state.sqlite", folder);
    assert_int_equal(weft_run_state_create(&state, path, &facts, NULL), WEFT_OK);
    weft_run_state_close(state);
}

static void test_one_run_at_a_time_has_a_folder(void **state) {
    weft_run_folder second = {0};
    weft_error err = {0};
    char holder[64];
    (void)state;
    weft_run_folder first = take("night"), beside = take("day");
    assert_string_equal(first.path, "out/.weft/night");
    assert_int_equal(weft_run_folder_take(&second, "out", "night", &err), WEFT_ERR_BUSY);
    (void)snprintf(holder, sizeof holder, "experiment night, process %ld", (long)getpid());
    assert_non_null(strstr(err.message, holder));
    /* Who did not get it changes nothing when it lets go. */
    weft_run_folder_release(&second, WEFT_RUN_KEEP_NOTHING);
    assert_int_equal(weft_run_folder_take(&second, "out", "night", NULL), WEFT_ERR_BUSY);
    weft_run_folder_release(&second, WEFT_RUN_KEEP_NOTHING);
    weft_run_folder_release(&first, WEFT_RUN_KEEP_NOTHING);
    second = take("night");
    weft_run_folder_release(&second, WEFT_RUN_KEEP_NOTHING);
    weft_run_folder_release(&beside, WEFT_RUN_KEEP_NOTHING);
}

/* On a file system without locks the state alone tells. */
static void test_a_state_whose_process_lives_keeps_others_out(void **state) {
    weft_process_identity process = {0};
    weft_run_folder folder = {0};
    weft_error err = {0};
    char holder[64], byte;
    int up[2], down[2];
    (void)state;
    assert_true(pipe(up) == 0 && pipe(down) == 0);
    pid_t child = fork();
    if (child == 0) {
        (void)close(down[1]);
        weft_process_identity_read(&process);
        ssize_t done = write(up[1], &process, sizeof process);
        done += read(down[0], &byte, 1); /* until the test closes the other end */
        _exit(done > 0 ? 0 : 1);
    }
    assert_int_equal(read(up[0], &process, sizeof process), sizeof process);
    free(sandbox_succeed("mkdir -p out/.weft/night"));
    write_state("out/.weft/night", process);
    assert_int_equal(weft_run_folder_take(&folder, "out", "night", &err), WEFT_ERR_BUSY);
    (void)snprintf(holder, sizeof holder, "experiment night, process %ld", (long)child);
    assert_non_null(strstr(err.message, holder));
    weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING);
    assert_true(sandbox_exists("out/.weft/night/state.sqlite"));
    (void)close(down[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    folder = take("night");
    weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING);
    assert_false(sandbox_exists("out/.weft"));
    free(sandbox_succeed("rm -rf out"));
    (void)close(up[0]);
    (void)close(up[1]);
    (void)close(down[0]);
}

static void test_scratch_of_a_dead_run_goes_and_what_resume_needs_stays(void **state) {
    (void)state;
    free(sandbox_succeed("mkdir -p out/.weft/night/deep; cd out/.weft/night; "
                         "touch state.sqlite-wal rows.spool layer.scratch spool deep/rows.spool"));
    weft_run_folder folder = take("night");
    char *left = sandbox_succeed("ls -A out/.weft/night");
    assert_string_equal(left, "lock\nrows.spool\nstate.sqlite-wal\n");
    free(left);
    free(sandbox_succeed("touch out/.weft/night/more.scratch"));
    weft_run_folder_release(&folder, WEFT_RUN_KEEP_SPOOLS);
    left = sandbox_succeed("ls -A out/.weft/night");
    assert_string_equal(left, "rows.spool\nstate.sqlite-wal\n");
    free(left);
    folder = take("night");
    weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING);
    assert_false(sandbox_exists("out/.weft"));
}

static void test_only_an_output_folder_that_was_made_for_the_run_goes(void **state) {
    (void)state;
    free(sandbox_succeed("rm -rf out"));
    weft_run_folder folder = take("night");
    assert_true(folder.made_output_dir);
    weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING);
    assert_false(sandbox_exists("out"));
    free(sandbox_succeed("mkdir out"));
    folder = take("night");
    weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING);
    assert_true(sandbox_exists("out"));
    free(sandbox_succeed("rmdir out")); /* it is empty */
    /* And not one that holds something by now. */
    folder = take("night");
    free(sandbox_succeed("touch out/table.csv"));
    weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING);
    free(sandbox_succeed("rm out/table.csv && rmdir out"));
}

/* Each stands in for a folder or a file of weft's, and leads out of the output folder. */
static void test_links_in_the_way_are_refused_and_not_followed(void **state) {
    static const char *const links[] = {"ln -s ../else out/.weft", "mkdir out/.weft; ln -s ../../else out/.weft/night",
                                        "mkdir -p out/.weft/night; ln -s ../../../else/kept out/.weft/night/x.spool",
                                        "mkdir -p out/.weft/night; ln -s ../../../else/kept out/.weft/night/lock"};
    (void)state;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        weft_run_folder folder = {0};
        weft_error err = {0};
        free(sandbox_succeed("rm -rf out else; mkdir out else; echo kept >else/kept; %s", links[i]));
        assert_int_equal(weft_run_folder_take(&folder, "out", "night", &err), WEFT_ERR_IO);
        weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING);
        char *left = sandbox_succeed("ls -A else; cat else/kept");
        assert_string_equal(left, "kept\nkept\n");
        free(left);
    }
    free(sandbox_succeed("rm -rf out else"));
}

static bool is_used(void *payload, const char *name) {
    return strcmp(name, payload) == 0;
}

/* `made` is at work, `made_2` was left behind with a state, `made_3` is a finished run's. */
static void test_a_new_name_is_one_that_no_run_has_or_had(void **state) {
    weft_run_folder folder = {0}, again = {0};
    weft_process_identity nobody = {.pid = 1, .boot_id = "another", .host = "another"};
    char *name = strdup("made"), *other = strdup("made");
    (void)state;
    weft_run_folder first = take("made");
    free(sandbox_succeed("mkdir -p out/.weft/made_2"));
    write_state("out/.weft/made_2", nobody);
    assert_int_equal(weft_run_folder_take_new(&folder, "out", &name, is_used, "made_3", NULL), WEFT_OK);
    assert_string_equal(name, "made_4");
    assert_int_equal(weft_run_folder_take_new(&again, "out", &other, is_used, "made_3", NULL), WEFT_OK);
    assert_string_equal(other, "made_5");
    assert_true(sandbox_exists("out/.weft/made_2/state.sqlite"));
    assert_false(sandbox_exists("out/.weft/made_3"));
    weft_run_folder_release(&first, WEFT_RUN_KEEP_NOTHING);
    weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING);
    weft_run_folder_release(&again, WEFT_RUN_KEEP_NOTHING);
    free(name);
    free(other);
    free(sandbox_succeed("rm -rf out"));
}

static bool is_never_used(void *payload, const char *name) {
    (void)payload;
    (void)name;
    return false;
}

/* 0, or 1 and the message on standard error. */
static int take_and_release(int times) {
    int failed = 0;
    for (int i = 0; i < times && failed == 0; i++) {
        weft_run_folder folder = {0};
        weft_error err = {0};
        char *name = strdup("made");
        failed = weft_run_folder_take_new(&folder, "out", &name, is_never_used, NULL, &err) != WEFT_OK;
        if (failed) (void)fprintf(stderr, "%s\n", err.message);
        weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING);
        free(name);
    }
    return failed;
}

/* Each removes folders that are empty when it ends, also under the feet of another, and makes them again. */
static void test_processes_that_begin_and_end_in_one_folder_never_fail(void **state) {
    enum { PROCESSES = 6, TIMES = 100 };
    pid_t children[PROCESSES];
    (void)state;
    free(sandbox_succeed("mkdir out"));
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) _exit(take_and_release(TIMES));
    }
    int failed = 0, how = 0;
    for (int i = 0; i < PROCESSES; i++)
        failed += waitpid(children[i], &how, 0) != children[i] || how != 0;
    assert_int_equal(failed, 0);
    assert_false(sandbox_exists("out/.weft"));
    free(sandbox_succeed("rmdir out"));
}

static void test_a_run_can_go_on_with_bytes_unless_it_is_finished(void **state) {
    weft_run_output outputs[] = {{.bytes = 0}, {.bytes = 0}};
    weft_run_facts facts = {.outputs = outputs, .output_count = 2};
    (void)state;
    assert_false(weft_run_facts_can_resume(&facts));
    outputs[1].bytes = 1;
    assert_true(weft_run_facts_can_resume(&facts));
    facts.phase = WEFT_RUN_FAILED;
    assert_true(weft_run_facts_can_resume(&facts));
    facts.phase = WEFT_RUN_FINISHED;
    assert_false(weft_run_facts_can_resume(&facts));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_run_at_a_time_has_a_folder),
        cmocka_unit_test(test_a_state_whose_process_lives_keeps_others_out),
        cmocka_unit_test(test_scratch_of_a_dead_run_goes_and_what_resume_needs_stays),
        cmocka_unit_test(test_only_an_output_folder_that_was_made_for_the_run_goes),
        cmocka_unit_test(test_links_in_the_way_are_refused_and_not_followed),
        cmocka_unit_test(test_a_new_name_is_one_that_no_run_has_or_had),
        cmocka_unit_test(test_processes_that_begin_and_end_in_one_folder_never_fail),
        cmocka_unit_test(test_a_run_can_go_on_with_bytes_unless_it_is_finished),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
