/* The record of a run: what a checkpoint notes, and where the next process begins by it.
 *
 * The writer is a made-up one that says where it stands; its bytes are the test's.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/pipeline/plan_rig.h"

#include "pipeline/record/run_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSV  "out/merged_data_r.csv"
#define HOME "out/.weft/r"

/* A writer that stands where it is told to. */
typedef struct marker {
    weft_table_writer base;
    weft_table_position at, resumed_at;
} marker;

static void get_position(const weft_table_writer *writer, weft_table_position *out) {
    *out = ((const marker *)writer)->at;
    out->bytes = weft_output_file_size(writer->output);
}

static weft_status resume_at(weft_table_writer *writer, const weft_table_position *at, weft_error *err) {
    (void)err;
    ((marker *)writer)->resumed_at = *at;
    return WEFT_OK;
}

static void free_nothing(weft_table_writer *writer) {
    (void)writer;
}

static const weft_table_writer_kind marker_kind = {.free = free_nothing, .position = get_position, .resume = resume_at};

/* One process of a run: the record, its csv, and the writer of that. */
typedef struct attempt {
    weft_run_record record;
    weft_table_outputs outputs;
    marker writer;
} attempt;

static void begin(attempt *self, const weft_plan *plan, bool resume) {
    weft_error err = {0};
    *self = (attempt){0};
    if (weft_run_record_open(&self->record, plan, resume, "weft run r.yml --resume", &err) != WEFT_OK ||
        weft_run_record_start(&self->record, &self->outputs, &err) != WEFT_OK)
        fail_msg("%s", err.message);
    if (self->outputs.files[0] == NULL) return;
    assert_int_equal(weft_output_file_keep_digest(self->outputs.files[0], WEFT_DIGEST_SHA256, NULL), WEFT_OK);
    self->writer.base = (weft_table_writer){.kind = &marker_kind, .output = self->outputs.files[0]};
    self->outputs.writers[0] = &self->writer.base;
    self->outputs.writer_count = 1;
    assert_int_equal(weft_run_record_resume_writers(&self->record, &self->outputs, NULL), WEFT_OK);
}

/* Writes text, after which the writer stands at grid row `row`, and takes a checkpoint there. */
static void write_rows(attempt *self, const char *text, int64_t row, bool last) {
    int64_t cells = row * self->record.plan->grid.cols;
    assert_int_equal(weft_output_file_write(self->outputs.files[0], text, strlen(text), NULL), WEFT_OK);
    self->writer.at = (weft_table_position){.next_cell = cells, .rows = cells};
    assert_int_equal(weft_run_record_checkpoint(&self->record, &self->outputs, row, last, NULL), WEFT_OK);
}

static void end(attempt *self, weft_status status) {
    if (weft_run_record_can_resume(&self->record, status))
        weft_table_outputs_keep_parts(&self->outputs, self->record.facts.outputs);
    weft_table_outputs_dispose(&self->outputs);
    weft_run_record_end(&self->record, status, status == WEFT_OK ? NULL : "it failed");
}

static weft_run_facts read_state(void) {
    weft_run_facts facts;
    weft_error err = {0};
    if (weft_run_state_read(&facts, HOME "/state.sqlite", &err) != WEFT_OK) fail_msg("%s", err.message);
    return facts;
}

static plan_rig clean(const char *export) {
    free(sandbox_succeed("rm -rf out"));
    return plan_rig_make(export);
}

static void test_a_run_begins_at_the_first_row_and_leaves_nothing_when_it_is_done(void **state) {
    static attempt run;
    (void)state;
    plan_rig rig = clean("formats: [csv], checkpoint_interval: 0s");
    begin(&run, rig.plan, false);
    assert_false(run.record.resumes);
    assert_int_equal(weft_run_record_first_row(&run.record), 0);
    assert_int_equal(run.writer.resumed_at.bytes, 0);
    weft_run_facts facts = read_state();
    assert_int_equal(facts.phase, WEFT_RUN_RUNNING);
    assert_int_equal(facts.grid_rows, rig.plan->grid.rows);
    assert_string_equal(facts.command, "weft run r.yml --resume");
    weft_run_facts_dispose(&facts);
    write_rows(&run, "abc", 3, false);
    assert_int_equal(weft_table_outputs_commit(&run.outputs, NULL), WEFT_OK);
    end(&run, WEFT_OK);
    assert_true(sandbox_exists(CSV));
    assert_false(sandbox_exists("out/.weft"));
    plan_rig_free(&rig);
}

static void test_the_next_process_goes_on_at_the_last_checkpoint(void **state) {
    static attempt run;
    (void)state;
    plan_rig rig = clean("formats: [csv], checkpoint_interval: 0s");
    begin(&run, rig.plan, false);
    write_rows(&run, "abc", 3, false);
    write_rows(&run, "def", 5, false);
    /* Of this no checkpoint knows. */
    assert_int_equal(weft_output_file_write(run.outputs.files[0], "ghi", 3, NULL), WEFT_OK);
    end(&run, WEFT_ERR_CANCELLED);
    weft_run_facts facts = read_state();
    assert_int_equal(facts.phase, WEFT_RUN_INTERRUPTED);
    assert_int_equal(facts.rows_done, 5);
    assert_int_equal(facts.outputs[0].bytes, 6);
    assert_string_equal(facts.message, "it failed");
    weft_run_facts_dispose(&facts);

    begin(&run, rig.plan, true);
    assert_true(run.record.resumes);
    assert_int_equal(weft_run_record_first_row(&run.record), 5);
    assert_false(weft_run_record_is_whole(&run.record));
    assert_int_equal(run.writer.resumed_at.bytes, 6);
    assert_int_equal(run.writer.resumed_at.next_cell, 5 * rig.plan->grid.cols);
    facts = read_state();
    assert_int_equal(facts.attempts, 2);
    weft_run_facts_dispose(&facts);
    write_rows(&run, "jkl", 7, false);
    assert_int_equal(weft_table_outputs_commit(&run.outputs, NULL), WEFT_OK);
    end(&run, WEFT_OK);
    char *text = sandbox_read(CSV, NULL);
    assert_string_equal(text, "abcdefjkl");
    free(text);
    plan_rig_free(&rig);
}

/* Without --resume what is there is made anew. */
static void test_a_run_that_does_not_resume_begins_anew(void **state) {
    static attempt run;
    (void)state;
    plan_rig rig = clean("formats: [csv], checkpoint_interval: 0s");
    begin(&run, rig.plan, false);
    write_rows(&run, "abc", 3, false);
    end(&run, WEFT_ERR_IO);
    begin(&run, rig.plan, false);
    assert_int_equal(weft_run_record_first_row(&run.record), 0);
    assert_int_equal(weft_output_file_size(run.outputs.files[0]), 0);
    end(&run, WEFT_ERR_IO);
    plan_rig_free(&rig);
}

static void test_checkpoints_keep_their_interval_but_for_the_last(void **state) {
    static attempt run;
    (void)state;
    plan_rig rig = clean("formats: [csv], checkpoint_interval: 1h");
    begin(&run, rig.plan, false);
    write_rows(&run, "abc", 3, false);
    write_rows(&run, "def", 5, false);
    assert_int_equal(run.record.facts.rows_done, 3);
    write_rows(&run, "ghi", 7, true);
    weft_run_facts facts = read_state();
    assert_int_equal(facts.rows_done, 7);
    assert_int_equal(facts.outputs[0].bytes, 9);
    weft_run_facts_dispose(&facts);
    end(&run, WEFT_ERR_IO);
    plan_rig_free(&rig);
}

static void test_a_fault_of_the_request_is_nothing_to_go_on_with(void **state) {
    static attempt run;
    static const weft_status kept[] = {WEFT_ERR_IO, WEFT_ERR_CANCELLED, WEFT_ERR_MEMORY, WEFT_ERR_PERMISSION};
    static const weft_status gone[] = {WEFT_OK, WEFT_ERR_DATA, WEFT_ERR_NO_INPUT, WEFT_ERR_USAGE};
    (void)state;
    plan_rig rig = clean("formats: [csv], checkpoint_interval: 0s");
    begin(&run, rig.plan, false);
    for (int i = 0; i < 4; i++)
        assert_false(weft_run_record_can_resume(&run.record, kept[i])); /* nothing is on disk */
    write_rows(&run, "abc", 3, false);
    for (int i = 0; i < 4; i++) {
        assert_true(weft_run_record_can_resume(&run.record, kept[i]));
        assert_false(weft_run_record_can_resume(&run.record, gone[i]));
    }
    end(&run, WEFT_ERR_DATA);
    assert_false(sandbox_exists(CSV ".part"));
    assert_false(sandbox_exists("out/.weft"));
    plan_rig_free(&rig);
}

/* Stopped between the last checkpoint and the outputs' names. Then the table and the metadata are there under the part
 * files' names, and nothing is to be computed; where one of them is gone meanwhile, all is. */
static void test_outputs_that_are_whole_only_want_their_names(void **state) {
    static attempt run;
    (void)state;
    for (int gone = 0; gone < 2; gone++) {
        plan_rig rig = clean("formats: [csv], checkpoint_interval: 0s");
        int64_t rows = rig.plan->grid.rows;
        char *metadata = sandbox_succeed("printf %%s $PWD/out/merged_data_r.metadata.json");
        begin(&run, rig.plan, false);
        write_rows(&run, "abc", rows, true);
        assert_int_equal(weft_output_file_open(&run.outputs.metadata, metadata, NULL), WEFT_OK);
        assert_int_equal(weft_output_file_write(run.outputs.metadata, "{}", 2, NULL), WEFT_OK);
        assert_int_equal(weft_run_record_whole(&run.record, &run.outputs, NULL), WEFT_OK);
        end(&run, WEFT_ERR_CANCELLED);
        if (gone) free(sandbox_succeed("rm " CSV ".part"));
        begin(&run, rig.plan, true);
        assert_int_equal(weft_run_record_is_whole(&run.record), !gone);
        assert_int_equal(weft_run_record_first_row(&run.record), gone ? 0 : rows);
        end(&run, WEFT_ERR_IO);
        free(metadata);
        plan_rig_free(&rig);
    }
}

/* What was noted lies beyond the grid's last cell. */
static void test_a_state_that_cannot_be_true_is_refused(void **state) {
    static attempt run;
    weft_error err = {0};
    (void)state;
    plan_rig rig = clean("formats: [csv], checkpoint_interval: 0s");
    begin(&run, rig.plan, false);
    write_rows(&run, "abc", rig.plan->grid.rows + 1, false);
    end(&run, WEFT_ERR_CANCELLED);
    run = (attempt){0};
    assert_int_equal(weft_run_record_open(&run.record, rig.plan, true, NULL, &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "state.sqlite: damaged"));
    weft_run_record_end(&run.record, WEFT_ERR_DATA, err.message);
    assert_true(sandbox_exists(CSV ".part") && sandbox_exists(HOME "/state.sqlite"));
    plan_rig_free(&rig);
}

static void test_another_plan_is_refused_by_what_changed(void **state) {
    static attempt run;
    weft_error err = {0};
    (void)state;
    plan_rig rig = clean("formats: [csv], checkpoint_interval: 0s");
    begin(&run, rig.plan, false);
    write_rows(&run, "abc", 3, false);
    end(&run, WEFT_ERR_CANCELLED);
    plan_rig_free(&rig);
    rig = plan_rig_make("formats: [csv], checkpoint_interval: 0s, rows: any");
    run = (attempt){0};
    assert_int_equal(weft_run_record_open(&run.record, rig.plan, true, NULL, &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "export.rows was \"all\" and is \"any\""));
    weft_run_record_end(&run.record, WEFT_ERR_DATA, err.message);
    assert_true(sandbox_exists(CSV ".part") && sandbox_exists(HOME "/state.sqlite"));
    plan_rig_free(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_run_begins_at_the_first_row_and_leaves_nothing_when_it_is_done),
        cmocka_unit_test(test_the_next_process_goes_on_at_the_last_checkpoint),
        cmocka_unit_test(test_a_run_that_does_not_resume_begins_anew),
        cmocka_unit_test(test_checkpoints_keep_their_interval_but_for_the_last),
        cmocka_unit_test(test_a_fault_of_the_request_is_nothing_to_go_on_with),
        cmocka_unit_test(test_outputs_that_are_whole_only_want_their_names),
        cmocka_unit_test(test_a_state_that_cannot_be_true_is_refused),
        cmocka_unit_test(test_another_plan_is_refused_by_what_changed),
    };
    return cmocka_run_group_tests(tests, plan_rig_setup, sandbox_teardown);
}
