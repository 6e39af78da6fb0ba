/* Which files a plan writes, what they ask of memory, and how they share what they get.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/pipeline/plan_rig.h"

#include "pipeline/formats/formats.h"
#include "pipeline/outputs/plan_outputs.h"

#include <stdio.h>
#include <string.h>

/* The registry's order, not the configuration's. */
static void test_each_format_has_a_path_and_they_have_an_order(void **state) {
    static const char *const names[] = {"csv", "csv.gz", "parquet"};
    char path[512];
    (void)state;
    plan_rig rig = plan_rig_make("formats: [parquet, csv.gz, csv]");
    assert_int_equal(rig.plan->output_count, 3);
    for (int i = 0; i < 3; i++) {
        const weft_plan_output *output = &rig.plan->outputs[i];
        (void)snprintf(path, sizeof path, "%s/out/merged_data_r.%s", sandbox_folder(), names[i]);
        assert_string_equal(weft_format_name(output->format), names[i]);
        assert_string_equal(output->path, path);
        assert_true(output->bytes_estimate > 0);
    }
    plan_rig_free(&rig);
}

static void test_only_formats_of_text_make_text(void **state) {
    (void)state;
    plan_rig rig = plan_rig_make("formats: [parquet, sqlite]");
    assert_false(weft_plan_outputs_text(rig.plan));
    plan_rig_free(&rig);
    rig = plan_rig_make("formats: [parquet, csv.gz]");
    assert_true(weft_plan_outputs_text(rig.plan));
    plan_rig_free(&rig);
}

static void test_all_ask_for_the_sum_and_statistics_for_more(void **state) {
    weft_reserve all, with_stats, each[WEFT_PLAN_MAX_OUTPUTS];
    (void)state;
    plan_rig rig = plan_rig_make("formats: [csv, csv.gz, parquet]");
    assert_int_equal(weft_plan_outputs_reserve(&all, each, rig.plan, 2, 0, NULL), WEFT_OK);
    for (int i = 0; i < 3; i++)
        assert_true(each[i].min > 0 && each[i].min <= each[i].desired);
    assert_int_equal(all.min, each[0].min + each[1].min + each[2].min);
    assert_int_equal(all.desired, each[0].desired + each[1].desired + each[2].desired);
    assert_int_equal(all.beside, each[0].beside + each[1].beside + each[2].beside);
    plan_rig_free(&rig);
    rig = plan_rig_make("formats: [csv, csv.gz, parquet], stats: true");
    assert_int_equal(weft_plan_outputs_reserve(&with_stats, NULL, rig.plan, 2, 0, NULL), WEFT_OK);
    assert_true(with_stats.min > all.min);
    assert_int_equal(with_stats.desired - with_stats.min, all.desired - all.min);
    plan_rig_free(&rig);
}

static void test_what_is_there_is_shared_by_what_each_would_like(void **state) {
    weft_reserve all, each[WEFT_PLAN_MAX_OUTPUTS];
    int64_t shares[WEFT_PLAN_MAX_OUTPUTS];
    (void)state;
    plan_rig rig = plan_rig_make("formats: [csv, csv.gz, parquet]");
    weft_plan *plan = rig.plan;
    assert_int_equal(weft_plan_outputs_reserve(&all, each, plan, plan->memory.threads, 0, NULL), WEFT_OK);
    plan->memory.encoder_bytes = all.min;
    assert_int_equal(weft_plan_outputs_share(plan, shares, NULL), WEFT_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(shares[i], each[i].min);
    /* Half way between: each has half of what it would like besides, to a byte. */
    plan->memory.encoder_bytes = all.min + (all.desired - all.min) / 2;
    assert_int_equal(weft_plan_outputs_share(plan, shares, NULL), WEFT_OK);
    for (int i = 0; i < 3; i++)
        assert_between(shares[i], (each[i].min + each[i].desired) / 2 - 1, (each[i].min + each[i].desired) / 2 + 1);
    assert_true(shares[0] + shares[1] + shares[2] <= plan->memory.encoder_bytes);
    /* Less than the least of all: the writers are told their least, and the ledger refuses. */
    plan->memory.encoder_bytes = all.min / 2;
    assert_int_equal(weft_plan_outputs_share(plan, shares, NULL), WEFT_OK);
    assert_int_equal(shares[2], each[2].min);
    plan_rig_free(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_format_has_a_path_and_they_have_an_order),
        cmocka_unit_test(test_only_formats_of_text_make_text),
        cmocka_unit_test(test_all_ask_for_the_sum_and_statistics_for_more),
        cmocka_unit_test(test_what_is_there_is_shared_by_what_each_would_like),
    };
    return cmocka_run_group_tests(tests, plan_rig_setup, sandbox_teardown);
}
