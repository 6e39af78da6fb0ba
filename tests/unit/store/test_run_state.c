/* What a run state keeps is read back as it was, whole, by another process, whatever ended the one that wrote it.
 *
 * SPDX-License-Identifier: MIT */
#include "store/run_state.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static weft_run_facts example(void) {
    static weft_run_input inputs[] = {{"/data/a.tif", 123, 1700000000123456789}, {"/data/b.tif", -1, 0}};
    static weft_run_output outputs[] = {{.format = "csv", .path = "/out/a.csv"}, {.format = "metadata", .path = ""}};
    return (weft_run_facts){.experiment_id = "night",
                            .command = "weft run 'a b.yml' --resume",
                            .weft_version = "1.2.3",
                            .identity = "grid.resolution: \"30\"\n",
                            .plan = "the grid's rows: 7\n",
                            .grid_rows = 7,
                            .started_ms = 1000,
                            .process = {.pid = 42, .start_ticks = 99, .boot_id = "boot", .host = "here"},
                            .inputs = inputs,
                            .input_count = 2,
                            .outputs = outputs,
                            .output_count = 2};
}

static weft_run_facts read_state(void) {
    weft_run_facts facts;
    weft_error err = {0};
    if (weft_run_state_read(&facts, "state.sqlite", &err) != WEFT_OK) fail_msg("%s", err.message);
    return facts;
}

static weft_run_state *create(void) {
    weft_run_facts facts = example();
    weft_run_state *state = NULL;
    assert_int_equal(weft_run_state_create(&state, "state.sqlite", &facts, NULL), WEFT_OK);
    return state;
}

static void test_what_is_created_is_read_back(void **state) {
    (void)state;
    weft_run_state_close(create());
    weft_run_facts facts = read_state();
    assert_string_equal(facts.experiment_id, "night");
    assert_string_equal(facts.command, "weft run 'a b.yml' --resume");
    assert_string_equal(facts.weft_version, "1.2.3");
    assert_string_equal(facts.identity, "grid.resolution: \"30\"\n");
    assert_string_equal(facts.plan, "the grid's rows: 7\n");
    assert_null(facts.message);
    assert_int_equal(facts.phase, WEFT_RUN_RUNNING);
    assert_int_equal(facts.grid_rows, 7);
    assert_int_equal(facts.rows_done, 0);
    assert_int_equal(facts.attempts, 1);
    assert_int_equal(facts.started_ms, 1000);
    assert_int_equal(facts.process.pid, 42);
    assert_int_equal(facts.process.start_ticks, 99);
    assert_string_equal(facts.process.boot_id, "boot");
    assert_string_equal(facts.process.host, "here");
    assert_int_equal(facts.input_count, 2);
    assert_string_equal(facts.inputs[0].path, "/data/a.tif");
    assert_int_equal(facts.inputs[0].bytes, 123);
    assert_true(facts.inputs[0].modified_ns == 1700000000123456789);
    assert_int_equal(facts.inputs[1].bytes, -1);
    assert_int_equal(facts.output_count, 2);
    assert_string_equal(facts.outputs[0].format, "csv");
    assert_string_equal(facts.outputs[0].path, "/out/a.csv");
    assert_int_equal(facts.outputs[0].bytes, 0);
    assert_false(facts.outputs[0].whole);
    weft_run_facts_dispose(&facts);
}

static void test_a_checkpoint_and_an_end_are_kept(void **state) {
    (void)state;
    weft_run_state *made = create();
    const weft_run_output at[] = {{.bytes = 5000000000, .spool_bytes = 12, .next_cell = 33, .rows = 30, .hash = "abc"},
                                  {.bytes = 8, .whole = true}};
    assert_int_equal(weft_run_state_checkpoint(made, at, 2, 3, "101", 2000, NULL), WEFT_OK);
    assert_int_equal(weft_run_state_end(made, WEFT_RUN_INTERRUPTED, "stopped by a signal", 3000, NULL), WEFT_OK);
    weft_run_state_close(made);
    weft_run_facts facts = read_state();
    assert_true(facts.outputs[0].bytes == 5000000000);
    assert_int_equal(facts.outputs[0].spool_bytes, 12);
    assert_int_equal(facts.outputs[0].next_cell, 33);
    assert_int_equal(facts.outputs[0].rows, 30);
    assert_string_equal(facts.outputs[0].hash, "abc");
    assert_true(facts.outputs[1].whole);
    assert_int_equal(facts.rows_done, 3);
    assert_string_equal(facts.columns_seen, "101");
    assert_int_equal(facts.updated_ms, 3000);
    assert_int_equal(facts.phase, WEFT_RUN_INTERRUPTED);
    assert_string_equal(facts.message, "stopped by a signal");
    weft_run_facts_dispose(&facts);
}

static void test_going_on_is_another_attempt_of_the_same_run(void **state) {
    (void)state;
    weft_run_state *made = create();
    const weft_run_output at[] = {{.bytes = 77}, {.bytes = 0}};
    assert_int_equal(weft_run_state_checkpoint(made, at, 2, 3, NULL, 2000, NULL), WEFT_OK);
    assert_int_equal(weft_run_state_end(made, WEFT_RUN_FAILED, "disk full", 3000, NULL), WEFT_OK);
    weft_run_state_close(made);
    weft_run_facts now = example();
    now.process.pid = 43;
    now.command = "other";
    assert_int_equal(weft_run_state_continue(&made, "state.sqlite", &now, NULL), WEFT_OK);
    weft_run_state_close(made);
    weft_run_facts facts = read_state();
    assert_int_equal(facts.attempts, 2);
    assert_int_equal(facts.phase, WEFT_RUN_RUNNING);
    assert_null(facts.message);
    assert_int_equal(facts.process.pid, 43);
    assert_string_equal(facts.command, "other");
    assert_int_equal(facts.outputs[0].bytes, 77);
    assert_int_equal(facts.rows_done, 3);
    weft_run_facts_dispose(&facts);
}

/* A child takes checkpoints as fast as it can, in which both outputs always agree, and is killed in the midst: some
 * time after it was made in every other round, after its first checkpoint in the others. */
static void test_a_killed_writer_leaves_its_last_whole_checkpoint(void **state) {
    (void)state;
    int64_t last = 0;
    for (int round = 0; round < 10; round++) {
        int made[2];
        weft_run_state_close(create());
        assert_int_equal(pipe(made), 0);
        pid_t child = fork();
        if (child == 0) {
            weft_run_state *own = NULL;
            weft_run_facts facts = example();
            if (weft_run_state_continue(&own, "state.sqlite", &facts, NULL) != WEFT_OK) _exit(1);
            for (int64_t i = 1;; i++) {
                const weft_run_output at[] = {{.bytes = i}, {.bytes = i}};
                if (weft_run_state_checkpoint(own, at, 2, i, NULL, i, NULL) != WEFT_OK) _exit(1);
                if (i == 1 && write(made[1], "", 1) != 1) _exit(1);
            }
        }
        char first;
        (void)close(made[1]);
        if (round % 2 == 1) assert_int_equal(read(made[0], &first, 1), 1);
        (void)close(made[0]);
        (void)nanosleep(&(struct timespec){0, 5000000 + 7000000 * round}, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        weft_run_facts facts = read_state();
        assert_int_equal(facts.outputs[0].bytes, facts.rows_done);
        assert_int_equal(facts.outputs[1].bytes, facts.rows_done);
        last = facts.rows_done;
        weft_run_facts_dispose(&facts);
        char *verdict = sandbox_succeed("sqlite3 state.sqlite 'pragma integrity_check'");
        assert_string_equal(verdict, "ok\n");
        free(verdict);
    }
    assert_true(last > 0);
}

static void test_what_is_no_run_state_is_refused_by_name(void **state) {
    (void)state;
    weft_run_facts facts;
    weft_error err = {0};
    assert_int_equal(weft_run_state_read(&facts, "absent.sqlite", &err), WEFT_ERR_NO_INPUT);
    assert_false(sandbox_exists("absent.sqlite"));
    sandbox_write("text.sqlite", "this is no database, and long enough to be taken for a header of one, or nearly so");
    assert_int_equal(weft_run_state_read(&facts, "text.sqlite", &err), WEFT_ERR_DATA);
    free(sandbox_succeed("sqlite3 foreign.sqlite 'create table run (id)'"));
    assert_int_equal(weft_run_state_read(&facts, "foreign.sqlite", &err), WEFT_ERR_DATA);
    assert_string_equal(err.message, "foreign.sqlite: another program's database, not a run state of weft");
    weft_run_state_close(create());
    free(sandbox_succeed("sqlite3 state.sqlite 'pragma user_version = 99'"));
    assert_int_equal(weft_run_state_read(&facts, "state.sqlite", &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "made by another weft (schema 99"));
    assert_null(facts.experiment_id);
}

/* What constraints would refuse, a damaged file may hold all the same. */
static void test_a_damaged_state_is_refused(void **state) {
    (void)state;
    static const char *const damage[] = {
        "update run set experiment_id = null",
        "update run set state = 'gone'",
        "update run set identity = null",
        "update run set plan = x'00'",
        "update run set grid_rows = 'x'",
        "update run set rows_done = -1",
        "update run set started_ms = null",
        "update run set pid = 1e300",
        "update run set boot_id = null",
        "update run set host = 5.5",
        "delete from run",
        "update inputs set bytes = 'z'",
        "update inputs set modified_ns = null",
        "update outputs set path = null",
        "update outputs set format = 7.5",
        "update outputs set bytes = 1e300",
        "update outputs set next_cell = -5",
        "update outputs set hash = null",
        "update outputs set table_rows = null",
        "drop table outputs",
        "update outputs set spool_bytes = ''",
    };
    weft_run_state_close(create());
    free(sandbox_succeed(
        /* Newer shells let nobody write the schema, unless they are told to. */
        "sqlite3 -cmd '.dbconfig defensive off' state.sqlite \"pragma writable_schema = on; update sqlite_schema set "
        "sql = "
        "replace(replace(sql, ' integer not null', ''), ' text not null', '')\"; mv state.sqlite whole.sqlite"));
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        weft_run_facts facts;
        weft_error err = {0};
        free(sandbox_succeed(
            "cp whole.sqlite bad.sqlite; sqlite3 bad.sqlite \"pragma ignore_check_constraints = on; %s\"", damage[i]));
        weft_status status = weft_run_state_read(&facts, "bad.sqlite", &err);
        if (status == WEFT_OK || strstr(err.message, "bad.sqlite: ") == NULL)
            fail_msg("%s: %s", damage[i], err.message);
        if (strncmp(damage[i], "drop", 4) != 0) assert_int_equal(status, WEFT_ERR_DATA);
    }
    weft_run_facts facts;
    assert_int_equal(weft_run_state_read(&facts, "whole.sqlite", NULL), WEFT_OK);
    weft_run_facts_dispose(&facts);
    /* Killed before anything was written: there is nothing to go on with, and nothing is damaged. */
    sandbox_write("empty.sqlite", "");
    assert_int_equal(weft_run_state_read(&facts, "empty.sqlite", NULL), WEFT_ERR_NO_INPUT);
}

static void test_a_state_is_made_anew_over_an_old_one(void **state) {
    (void)state;
    weft_run_state *made = create();
    assert_int_equal(weft_run_state_end(made, WEFT_RUN_FINISHED, NULL, 3000, NULL), WEFT_OK);
    weft_run_state_close(made);
    sandbox_write("state.sqlite-journal", "what a killed process left");
    weft_run_state_close(create());
    weft_run_facts facts = read_state();
    assert_int_equal(facts.phase, WEFT_RUN_RUNNING);
    weft_run_facts_dispose(&facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_created_is_read_back),
        cmocka_unit_test(test_a_checkpoint_and_an_end_are_kept),
        cmocka_unit_test(test_going_on_is_another_attempt_of_the_same_run),
        cmocka_unit_test(test_a_killed_writer_leaves_its_last_whole_checkpoint),
        cmocka_unit_test(test_what_is_no_run_state_is_refused_by_name),
        cmocka_unit_test(test_a_damaged_state_is_refused),
        cmocka_unit_test(test_a_state_is_made_anew_over_an_old_one),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
