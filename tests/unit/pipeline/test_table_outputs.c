/* A run's files: under another name until all are whole, taken up where they were noted to be, made anew where what is
 * there is something else.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/pipeline/plan_rig.h"

#include "pipeline/outputs/run_table.h"
#include "pipeline/outputs/table_outputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSV     "out/merged_data_r.csv"
#define PARQUET "out/merged_data_r.parquet"

/* Notes for a csv, a parquet and the metadata. */
typedef struct notes {
    weft_run_output of[3];
} notes;

static void clear(void) {
    free(sandbox_succeed("rm -rf out; mkdir -p out/scratch"));
}

static notes fresh(const weft_plan *plan) {
    return (notes){{{.format = "csv", .path = plan->outputs[0].path},
                    {.format = "parquet", .path = plan->outputs[1].path},
                    {.format = "metadata", .path = ""}}};
}

static void hash_of(const char *text, char out[WEFT_RUN_HASH_BYTES]) {
    char *sum = sandbox_succeed("printf '%s' | sha256sum", text);
    (void)snprintf(out, WEFT_RUN_HASH_BYTES, "%.64s", sum);
    free(sum);
}

static weft_table_outputs open_outputs(const weft_plan *plan, notes *at) {
    weft_table_outputs outputs = {0};
    weft_error err = {0};
    if (weft_table_outputs_open(&outputs, plan, "out/scratch", at->of, &err) != WEFT_OK) fail_msg("%s", err.message);
    return outputs;
}

static void test_no_output_has_its_name_before_all_are_committed(void **state) {
    (void)state;
    clear();
    plan_rig rig = plan_rig_make("formats: [csv, parquet]");
    notes at = fresh(rig.plan);
    weft_table_outputs outputs = open_outputs(rig.plan, &at);
    assert_int_equal(outputs.count, 2);
    assert_int_equal(weft_output_file_write(outputs.files[0], "a,b\n", 4, NULL), WEFT_OK);
    assert_true(sandbox_exists(CSV ".part") && !sandbox_exists(CSV));
    assert_true(sandbox_exists(PARQUET ".part") && !sandbox_exists(PARQUET));
    assert_int_equal(weft_table_outputs_commit(&outputs, NULL), WEFT_OK);
    assert_true(!sandbox_exists(CSV ".part") && !sandbox_exists(PARQUET ".part") && sandbox_exists(PARQUET));
    char *text = sandbox_read(CSV, NULL);
    assert_string_equal(text, "a,b\n");
    free(text);
    weft_table_outputs_dispose(&outputs);
    assert_true(sandbox_exists(CSV));
    plan_rig_free(&rig);
}

static void test_an_output_that_another_run_writes_is_busy(void **state) {
    weft_table_outputs second = {0};
    (void)state;
    clear();
    plan_rig rig = plan_rig_make("formats: [csv, parquet]");
    notes at = fresh(rig.plan);
    weft_table_outputs first = open_outputs(rig.plan, &at);
    assert_int_equal(weft_table_outputs_open(&second, rig.plan, "out/scratch", at.of, NULL), WEFT_ERR_BUSY);
    weft_table_outputs_dispose(&second);
    assert_true(sandbox_exists(CSV ".part"));
    weft_table_outputs_dispose(&first);
    assert_false(sandbox_exists(CSV ".part"));
    plan_rig_free(&rig);
}

/* 5 of the 11 bytes that are there were noted. */
static void test_an_output_goes_on_behind_what_was_noted(void **state) {
    (void)state;
    clear();
    plan_rig rig = plan_rig_make("formats: [csv, parquet]");
    notes at = fresh(rig.plan);
    sandbox_write(CSV ".part", "hello world");
    at.of[0].bytes = 5;
    at.of[0].next_cell = 2;
    hash_of("hello", at.of[0].hash);
    weft_table_outputs outputs = open_outputs(rig.plan, &at);
    assert_int_equal(at.of[0].bytes, 5);
    assert_int_equal(at.of[0].next_cell, 2);
    assert_int_equal(weft_output_file_size(outputs.files[0]), 5);
    assert_int_equal(weft_output_file_write(outputs.files[0], "!", 1, NULL), WEFT_OK);
    assert_int_equal(weft_table_outputs_commit(&outputs, NULL), WEFT_OK);
    char *text = sandbox_read(CSV, NULL);
    assert_string_equal(text, "hello!");
    free(text);
    weft_table_outputs_dispose(&outputs);
    plan_rig_free(&rig);
}

/* Another byte among those that were noted; fewer bytes than were noted. */
static void test_an_output_whose_bytes_are_others_begins_anew(void **state) {
    static const char *const there[] = {"hellO world", "hell"};
    (void)state;
    plan_rig rig = plan_rig_make("formats: [csv, parquet]");
    for (int i = 0; i < 2; i++) {
        notes at = fresh(rig.plan);
        clear();
        sandbox_write(CSV ".part", there[i]);
        at.of[0].bytes = 5;
        at.of[0].next_cell = 2;
        hash_of("hello", at.of[0].hash);
        weft_table_outputs outputs = open_outputs(rig.plan, &at);
        assert_int_equal(at.of[0].bytes, 0);
        assert_int_equal(at.of[0].next_cell, 0);
        assert_string_equal(at.of[0].path, rig.plan->outputs[0].path);
        assert_int_equal(weft_output_file_size(outputs.files[0]), 0);
        weft_table_outputs_dispose(&outputs);
    }
    plan_rig_free(&rig);
}

/* Parquet's spool: as it was, longer (the rest is cut later), another byte, shorter, gone. */
static void test_an_output_needs_the_spool_that_was_noted(void **state) {
    static const char *const spools[] = {"spool", "spool and more", "spooL", "spoo", NULL};
    (void)state;
    plan_rig rig = plan_rig_make("formats: [csv, parquet]");
    for (int i = 0; i < 5; i++) {
        notes at = fresh(rig.plan);
        clear();
        sandbox_write(PARQUET ".part", "PAR1");
        if (spools[i] != NULL) sandbox_write("out/scratch/row_groups.spool", spools[i]);
        at.of[1].bytes = 4;
        at.of[1].spool_bytes = 5;
        hash_of("PAR1", at.of[1].hash);
        hash_of("spool", at.of[1].spool_hash);
        weft_table_outputs outputs = open_outputs(rig.plan, &at);
        assert_int_equal(at.of[1].bytes, i < 2 ? 4 : 0);
        assert_int_equal(weft_output_file_size(outputs.files[1]), i < 2 ? 4 : 0);
        weft_table_outputs_dispose(&outputs);
    }
    plan_rig_free(&rig);
}

static void test_an_output_that_has_its_name_is_left_alone(void **state) {
    (void)state;
    clear();
    plan_rig rig = plan_rig_make("formats: [csv, parquet]");
    notes at = fresh(rig.plan);
    sandbox_write(CSV, "whole");
    at.of[0].whole = true;
    at.of[0].bytes = 5;
    weft_table_outputs outputs = open_outputs(rig.plan, &at);
    assert_int_equal(outputs.count, 2);
    assert_null(outputs.files[0]);
    assert_int_equal(weft_table_outputs_commit(&outputs, NULL), WEFT_OK);
    weft_table_outputs_dispose(&outputs);
    char *text = sandbox_read(CSV, NULL);
    assert_string_equal(text, "whole");
    free(text);
    plan_rig_free(&rig);
}

static void test_part_files_with_noted_bytes_stay_and_others_go(void **state) {
    (void)state;
    clear();
    plan_rig rig = plan_rig_make("formats: [csv, parquet]");
    notes at = fresh(rig.plan);
    weft_table_outputs outputs = open_outputs(rig.plan, &at);
    assert_int_equal(weft_output_file_write(outputs.files[0], "a,b\n", 4, NULL), WEFT_OK);
    at.of[0].bytes = 4;
    weft_table_outputs_keep_parts(&outputs, at.of);
    weft_table_outputs_dispose(&outputs);
    assert_true(sandbox_exists(CSV ".part") && !sandbox_exists(CSV));
    assert_false(sandbox_exists(PARQUET ".part"));
    plan_rig_free(&rig);
}

static void test_each_file_has_a_writer_and_statistics_are_the_last(void **state) {
    static weft_activity activity;
    static weft_cancel cancel;
    weft_context context = {.activity = &activity, .cancel = &cancel};
    weft_run_table table = {0};
    (void)state;
    clear();
    plan_rig rig = plan_rig_make("formats: [csv, parquet], stats: true");
    weft_run_output at[4] = {
        {.format = "csv"}, {.format = "parquet"}, {.format = "statistics"}, {.format = "metadata"}};
    weft_table_outputs outputs = {0};
    assert_int_equal(weft_ledger_new(&context.ledger, INT64_C(1) << 30, NULL), WEFT_OK);
    assert_int_equal(weft_work_pool_new(&context.pool, 2, NULL), WEFT_OK);
    assert_int_equal(weft_run_table_make(&table, &context, rig.plan, NULL), WEFT_OK);
    assert_int_equal(weft_table_outputs_open(&outputs, rig.plan, "out/scratch", at, NULL), WEFT_OK);
    assert_int_equal(weft_table_outputs_start(&outputs, rig.plan, &table, "out/scratch", NULL), WEFT_OK);
    assert_int_equal(outputs.writer_count, 3);
    assert_ptr_equal(outputs.writers[0]->output, outputs.files[0]);
    assert_ptr_equal(outputs.writers[1]->output, outputs.files[1]);
    assert_ptr_equal(outputs.writers[2], outputs.stats);
    assert_null(outputs.stats->output);
    weft_table_outputs_free_writers(&outputs);
    assert_int_equal(outputs.writer_count, 0);
    assert_null(outputs.stats);
    weft_table_outputs_dispose(&outputs);
    weft_run_table_dispose(&table);
    weft_work_pool_free(context.pool);
    weft_ledger_free(context.ledger);
    plan_rig_free(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_output_has_its_name_before_all_are_committed),
        cmocka_unit_test(test_an_output_that_another_run_writes_is_busy),
        cmocka_unit_test(test_an_output_goes_on_behind_what_was_noted),
        cmocka_unit_test(test_an_output_whose_bytes_are_others_begins_anew),
        cmocka_unit_test(test_an_output_needs_the_spool_that_was_noted),
        cmocka_unit_test(test_an_output_that_has_its_name_is_left_alone),
        cmocka_unit_test(test_part_files_with_noted_bytes_stay_and_others_go),
        cmocka_unit_test(test_each_file_has_a_writer_and_statistics_are_the_last),
    };
    return cmocka_run_group_tests(tests, plan_rig_setup, sandbox_teardown);
}
