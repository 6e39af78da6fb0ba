/* Batch files: the jobs that a matrix makes, what a job's configuration becomes, and what is refused, where, and in
 * which words. Names and places are worked out by hand.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "config/batch/batch_file.h"
#include "pipeline/formats/formats.h"
#include "processors/resample/methods.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define SMALL                                                                                                          \
    "{grid: {crs: 'EPSG:31985', resolution: 30, bounds: [0, 0, 300, 600]}, datasets: [{name: a, path: a.tif}]}"

static weft_batch_file *load(const char *text) {
    weft_batch_file *batch = NULL;
    weft_problems problems = {0};
    weft_error err = {0};
    static const char *const files[] = {"night.yml"};
    sandbox_write("night.yml", text);
    weft_status status = weft_batch_file_load(&batch, files, 1, NULL, NULL, 0, &weft_all_registries, &problems, &err);
    if (status != WEFT_OK) fail_msg("%s\n%s", err.message, problems.text.data != NULL ? problems.text.data : "");
    weft_problems_dispose(&problems);
    return batch;
}

/* Names of all jobs, with blanks between them. */
static char *names_of(const weft_batch_file *batch) {
    weft_text out = {0};
    weft_text_add(&out, "%s", "");
    for (int i = 0; i < batch->entry_count; i++)
        for (int j = 0; j < weft_batch_entry_count(batch->entries[i]); j++) {
            weft_problems problems = {0};
            char *name = weft_batch_entry_name(batch, batch->entries[i], j, &problems);
            if (name == NULL) fail_msg("%s", problems.text.data);
            weft_text_add(&out, "%s%s", out.length > 0 ? " " : "", name);
            free(name);
        }
    return out.data;
}

static void expect_names(const char *text, const char *expected) {
    weft_batch_file *batch = load(text);
    char *names = names_of(batch);
    assert_string_equal(names, expected);
    free(names);
    weft_batch_file_free(batch);
}

static void expect_problems(const char *text, const char *expected) {
    weft_batch_file *batch = NULL;
    weft_problems problems = {0};
    weft_error err = {0};
    static const char *const files[] = {"night.yml"};
    sandbox_write("night.yml", text);
    assert_int_equal(weft_batch_file_load(&batch, files, 1, NULL, NULL, 0, &weft_all_registries, &problems, &err),
                     WEFT_ERR_DATA);
    assert_null(batch);
    assert_string_equal(problems.text.data, expected);
    weft_problems_dispose(&problems);
}

static void test_a_matrix_makes_a_job_for_each_combination(void **state) {
    (void)state;
    expect_names("jobs:\n- {name: 't_${a}${b}', config: x.yml, matrix: {a: [1, 2], b: [x, y, z]}}\n",
                 "t_1x t_1y t_1z t_2x t_2y t_2z");
    expect_names("jobs:\n- {name: 't_${a}${b}', config: x.yml, matrix: {a: [1, 2], b: [x, y], exclude: [{a: 2, b: x}], "
                 "include: [{a: 7, b: q}]}}\n",
                 "t_1x t_1y t_2y t_7q");
    expect_names("jobs:\n- {name: 't_${a}', config: x.yml, matrix: {include: [{a: 7}, {a: 8}]}}\n", "t_7 t_8");
    expect_names("jobs:\n- config: some/olinda.yml\n- {config: '${y}.yml', matrix: {y: [a b, c]}}\n- config: " SMALL
                 "\n",
                 "olinda a_b_a_b c_c job3");
}

static void test_ranges_count_numbers_without_rounding(void **state) {
    (void)state;
    expect_names("jobs:\n- {name: '${n}', config: x, matrix: {n: {from: 8, to: 12}}}", "8 9 10 11 12");
    expect_names("jobs:\n- {name: '${n}', config: x, matrix: {n: {from: 08, to: 12, step: 2}}}", "08 10 12");
    expect_names("jobs:\n- {name: '${n}', config: x, matrix: {n: {from: 0.1, to: 0.5, step: 0.1}}}",
                 "0.1 0.2 0.3 0.4 0.5");
    expect_names("jobs:\n- {name: '${n}', config: x, matrix: {n: {from: 3, to: 1.5, step: -0.75}}}", "3.00 2.25 1.50");
    expect_names("jobs:\n- {name: '${n}', config: x, matrix: {n: {from: -1, to: 1}}}", "-1 0 1");
    expect_names("jobs:\n- {name: '${n}', config: x, matrix: {n: {from: 12345678901, to: 12345678902}}}",
                 "12345678901 12345678902");
}

static void test_ranges_of_dates_follow_the_calendar(void **state) {
    (void)state;
    expect_names("jobs:\n- {name: '${d}', config: x, matrix: {d: {from: 2024-02-27, to: 2024-03-01}}}",
                 "2024-02-27 2024-02-28 2024-02-29 2024-03-01");
    expect_names("jobs:\n- {name: '${d}', config: x, matrix: {d: {from: 2023-12-24, to: 2024-01-07, step: 1 week}}}",
                 "2023-12-24 2023-12-31 2024-01-07");
    expect_names("jobs:\n- {name: '${d}', config: x, matrix: {d: {from: 2023-01-31, to: 2023-04-30, step: 1 month, "
                 "format: 'm%Y%m%d'}}}",
                 "m20230131 m20230228 m20230331 m20230430");
    expect_names("jobs:\n- {name: '${d}', config: x, matrix: {d: {from: 2024-02-29, to: 2028-02-29, step: 2 years, "
                 "format: '%Y_%j'}}}",
                 "2024_060 2026_059 2028_060");
}

static void test_a_jobs_configuration_has_its_parameters_and_what_is_set(void **state) {
    (void)state;
    weft_problems problems = {0};
    weft_error err = {0};
    weft_config *config = NULL;
    sandbox_write("one.yml", "grid: {crs: 'EPSG:31985', resolution: '${r}', bounds: [0, 0, 600, 600]}\n"
                             "datasets: [{name: '${who}', path: a.tif}]\nexport: {rows: any, precision: 3}\n");
    weft_batch_file *batch = load("defaults: {set: {export: {rows: complete}, threads: 2}}\n"
                                  "jobs:\n- config: one.yml\n  set: {threads: 1, datasets.0.method: mode}\n"
                                  "  matrix: {r: [30, 60], who: [b]}\n");
    const weft_batch_entry *entry = batch->entries[0];
    weft_status status = weft_batch_entry_load(&config, batch, entry, 1, "night_1", 0, &problems, &err);
    if (status != WEFT_OK) fail_msg("%s", problems.text.data);
    assert_true(config->grid.resolution[0] == 60);
    assert_string_equal(config->datasets[0].name, "b");
    assert_string_equal(weft_method_choice(config->datasets[0].methods.items[0].number)->word, "mode");
    assert_int_equal(config->threads, 1);
    assert_int_equal(config->rows, WEFT_ROWS_COMPLETE);
    assert_int_equal(config->precision, 3);
    assert_string_equal(config->experiment, "night_1");
    weft_config_free(config);
    weft_batch_file_free(batch);
}

static void test_a_configuration_may_stand_in_the_batch_file(void **state) {
    (void)state;
    weft_problems problems = {0};
    weft_error err = {0};
    weft_config *config = NULL;
    weft_batch_file *batch = load("defaults:\n  config: " SMALL "\njobs:\n- {name: own, set: {experiment: e}}\n"
                                  "- config:\n    grid: {resolution: 30}\n    datasets: [{name: a, paht: a.tif}]\n");
    assert_int_equal(weft_batch_entry_load(&config, batch, batch->entries[0], 0, "own", 0, &problems, &err), WEFT_OK);
    assert_string_equal(config->experiment, "e");
    char *path = weft_text_format("%s/a.tif", sandbox_folder());
    assert_string_equal(config->datasets[0].paths[0], path);
    free(path);
    weft_config_free(config);
    assert_int_equal(weft_batch_entry_load(&config, batch, batch->entries[1], 0, "x", 0, &problems, &err),
                     WEFT_ERR_DATA);
    assert_string_equal(problems.text.data, "night.yml:7:16: a dataset: path is missing\n"
                                            "night.yml:7:26: a dataset: there is no key \"paht\"\n"
                                            "  hint: did you mean path?\n");
    weft_problems_dispose(&problems);
    weft_batch_file_free(batch);
}

/* Problems of another file are told with the place in the batch file that they come from. */
static void test_what_is_set_wrongly_is_told_where_it_is_set(void **state) {
    (void)state;
    weft_problems problems = {0};
    weft_error err = {0};
    weft_config *config = NULL;
    sandbox_write("one.yml", SMALL);
    weft_batch_file *batch = load("jobs:\n- config: one.yml\n  set: {export.rowz: any, threads: many}\n");
    assert_int_equal(weft_batch_entry_load(&config, batch, batch->entries[0], 0, "x", 0, &problems, &err),
                     WEFT_ERR_DATA);
    assert_string_equal(problems.text.data,
                        "night.yml:3:22: export: there is no key \"rowz\"\n"
                        "  hint: did you mean rows?\n"
                        "night.yml:3:36: threads: auto or a whole number from 1 to 250 is expected, "
                        "not \"many\"\n");
    weft_problems_dispose(&problems);
    weft_batch_file_free(batch);
}

static void test_what_is_no_batch_is_reported_at_its_place(void **state) {
    (void)state;
    expect_problems("jobs: []\n", "night.yml:1:7: jobs: a list of at least one job is expected\n"
                                  "  hint: - {config: olinda.yml}\n");
    expect_problems("jobs:\n- {name: a}\n", "night.yml:2:3: a job: config is missing, and defaults give none\n"
                                            "  hint: config: olinda.yml\n");
    expect_problems("zzzzzz: 2\njobs: [{config: a}]\n",
                    "night.yml:1:1: there is no key \"zzzzzz\"\n  hint: weft schema --batch lists the keys\n");
    expect_problems("worker: 2\njobs: [{config: a}]\n",
                    "night.yml:1:1: there is no key \"worker\"\n  hint: did you mean workers?\n");
    expect_problems("workers: 0\ntimeout: 1\njobs: [{config: a, retries: 1}]\n",
                    "night.yml:1:10: workers: auto or a whole number from 1 to 1000 is expected, not \"0\"\n"
                    "night.yml:2:10: timeout: \"1\" has no unit\n  hint: for example 1s, 500ms or 2min\n"
                    "night.yml:3:20: a job: there is no key \"retries\"\n  hint: did you mean retry?\n");
    expect_problems("jobs:\n- config: a\n  matrix: {n: {from: 1, till: 3}, 2a: [1], k: 5, e: []}\n",
                    "night.yml:3:25: matrix: n: there is no key \"till\"\n"
                    "night.yml:3:35: matrix: \"2a\" cannot be the name of a parameter\n"
                    "  hint: letters, digits and _: ${name} stands for it\n"
                    "night.yml:3:47: matrix: k: a list of values or a range is expected\n"
                    "  hint: [2024, 2025], or {from: 2025-01-01, to: 2025-01-31}\n"
                    "night.yml:3:53: matrix: e: a list of at least one value is expected\n");
    expect_problems("jobs:\n- config: a\n  matrix: {n: [1, 2], exclude: [{n: 3}, {m: 1}]}\n",
                    "night.yml:3:42: matrix: exclude: there is no parameter \"m\"\n");
    expect_problems("jobs:\n- config: a\n  matrix: {n: [1, 2], exclude: [{n: 3}]}\n",
                    "night.yml:3:33: matrix: exclude: no job has these values\n"
                    "  hint: values are compared as they are written\n");
    expect_problems("jobs:\n- config: a\n  matrix: {n: {from: 3, to: 1}}\n",
                    "night.yml:3:15: matrix: n: steps of 1 do not lead from 3 to 1\n");
    expect_problems("jobs:\n- config: a\n  matrix: {d: {from: 2025-02-01, to: 2025-02-29}}\n",
                    "night.yml:3:38: matrix: d: to is a date like from: 2025-12-31\n");
    expect_problems("jobs:\n- config: a\n  matrix: {a: {from: 1, to: 1000}, b: {from: 1, to: 1000}}\n",
                    "night.yml:3:11: matrix: more than 100000 jobs\n");
    expect_problems("jobs:\n- config: a\n  matrix: {a: {from: 1, to: 1000000000}}\n",
                    "night.yml:3:15: matrix: a: the range is too long: it may have 100000 values at most\n");
    expect_problems("jobs:\n- config: a\n  matrix: {a: {from: 1800-01-01, to: 2200-01-01}}\n",
                    "night.yml:3:15: matrix: a: the range is too long: it may have 100000 values at most\n");
    expect_problems("jobs:\n- config: a\n  matrix: {a: {from: 1, to: 1234567890123, step: 0.00001}}\n",
                    "night.yml:3:15: matrix: a: from, to and step may have 17 digits at most, with as many decimals as "
                    "any of them has, which are 9 at most\n");
}

static void test_names_and_needs_are_filled_in(void **state) {
    (void)state;
    weft_batch_file *batch = load(
        "jobs:\n- {name: '${n}', config: x, matrix: {n: [a/b]}}\n"
        "- {name: 'b${n}', config: x, matrix: {n: [1, 2]}, needs: ['a${n}', 'c*']}\n- {name: '${nn}', config: x}\n");
    weft_problems problems = {0};
    weft_place place;
    assert_null(weft_batch_entry_name(batch, batch->entries[0], 0, &problems));
    assert_string_equal(problems.text.data, "night.yml:2:10: name: \"a/b\" cannot be the name of a job\n"
                                            "  hint: letters, digits, \".\", \"_\" and \"-\"\n");
    assert_int_equal(weft_batch_entry_need_count(batch->entries[1]), 2);
    char *need = weft_batch_entry_need(batch, batch->entries[1], 1, 0, &place, &problems);
    assert_string_equal(need, "a2");
    assert_int_equal(place.line, 3);
    free(need);
    weft_problems_dispose(&problems);
    assert_null(weft_batch_entry_name(batch, batch->entries[2], 0, &problems));
    assert_non_null(strstr(problems.text.data, "night.yml:4:10: the environment variable nn is not set"));
    weft_problems_dispose(&problems);
    weft_batch_file_free(batch);
}

static void test_plain_configurations_are_a_batch(void **state) {
    (void)state;
    weft_batch_file *batch = NULL;
    weft_problems problems = {0};
    weft_error err = {0};
    weft_config *config = NULL;
    sandbox_write("pri$e.yml", SMALL);
    sandbox_write("two.yml", SMALL);
    static const char *const files[] = {"pri$e.yml", "two.yml"}, *const given[] = {"--retry 7"};
    static const weft_override overrides[] = {{"retry", "7"}};
    assert_int_equal(weft_batch_file_load(&batch, files, 2, overrides, given, 1, &weft_all_registries, &problems, &err),
                     WEFT_OK);
    assert_int_equal(batch->retry, 7);
    assert_string_equal(batch->name, "command-line");
    assert_string_equal(batch->folder, sandbox_folder());
    char *names = names_of(batch);
    assert_string_equal(names, "pri_e two");
    free(names);
    assert_int_equal(weft_batch_entry_load(&config, batch, batch->entries[0], 0, "pri_e", 0, &problems, &err), WEFT_OK);
    assert_string_equal(config->file, "pri$e.yml");
    weft_config_free(config);
    weft_batch_file_free(batch);
    /* One alone, too; and what an option says wrongly is told by its name. */
    assert_int_equal(weft_batch_file_load(&batch, files + 1, 1, NULL, NULL, 0, &weft_all_registries, &problems, &err),
                     WEFT_OK);
    assert_int_equal(batch->retry, 2);
    weft_batch_file_free(batch);
    static const weft_override wrong[] = {{"retry", "often"}};
    static const char *const wrongly[] = {"--retry often"};
    assert_int_equal(weft_batch_file_load(&batch, files, 2, wrong, wrongly, 1, &weft_all_registries, &problems, &err),
                     WEFT_ERR_DATA);
    assert_string_equal(problems.text.data,
                        "--retry often: retry: a whole number from 0 to 100 is expected, not \"often\"\n");
    weft_problems_dispose(&problems);
}

static void test_the_schema_is_json_and_knows_every_key(void **state) {
    (void)state;
    static const char *const keys[] = {"name",    "workers",    "memory",      "retry",    "retry_pause",
                                       "timeout", "keep_going", "fingerprint", "defaults", "jobs"};
    static const char *const of_jobs[] = {"name", "config", "set", "matrix", "needs", "retry", "timeout"};
    weft_text text = {0};
    json_error_t trouble;
    assert_int_equal(weft_batch_file_schema(&weft_all_registries, &text, NULL), WEFT_OK);
    json_t *schema = json_loads(text.data, JSON_REJECT_DUPLICATES, &trouble);
    if (schema == NULL) fail_msg("%d: %s", trouble.line, trouble.text);
    json_t *properties = json_object_get(schema, "properties");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_non_null(json_object_get(properties, keys[i]));
    json_t *jobs = json_object_get(json_object_get(json_object_get(properties, "jobs"), "items"), "properties");
    for (size_t i = 0; i < sizeof of_jobs / sizeof *of_jobs; i++)
        assert_non_null(json_object_get(jobs, of_jobs[i]));
    json_decref(schema);
    weft_text_dispose(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_matrix_makes_a_job_for_each_combination),
        cmocka_unit_test(test_ranges_count_numbers_without_rounding),
        cmocka_unit_test(test_ranges_of_dates_follow_the_calendar),
        cmocka_unit_test(test_a_jobs_configuration_has_its_parameters_and_what_is_set),
        cmocka_unit_test(test_a_configuration_may_stand_in_the_batch_file),
        cmocka_unit_test(test_what_is_set_wrongly_is_told_where_it_is_set),
        cmocka_unit_test(test_what_is_no_batch_is_reported_at_its_place),
        cmocka_unit_test(test_names_and_needs_are_filled_in),
        cmocka_unit_test(test_plain_configurations_are_a_batch),
        cmocka_unit_test(test_the_schema_is_json_and_knows_every_key),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
