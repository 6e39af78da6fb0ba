/* What a batch decides without running anything: causes and retries, grants, which job needs which, what a log says,
 * and what differs between two configurations. Expected values are worked out by hand.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "config/batch/batch_file.h"
#include "pipeline/batch/job_files.h"
#include "pipeline/batch/job_grants.h"
#include "pipeline/batch/job_list.h"
#include "pipeline/batch/job_log.h"
#include "pipeline/formats/formats.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)

/* --- causes --- */

static weft_job_cause cause_of(int exit_code, int number) {
    weft_job_end end = {.exit_code = exit_code, .signal = number};
    return weft_job_cause_of(&end);
}

static void test_causes_follow_exit_codes_and_signals(void **state) {
    (void)state;
    static const struct {
        int exit_code, number;
        weft_job_cause cause;
        weft_job_retry retry;
    } rows[] = {
        {0, 0, WEFT_CAUSE_NONE, WEFT_RETRY_NEVER},           {64, 0, WEFT_CAUSE_USAGE, WEFT_RETRY_NEVER},
        {65, 0, WEFT_CAUSE_DATA, WEFT_RETRY_NEVER},          {66, 0, WEFT_CAUSE_NO_INPUT, WEFT_RETRY_NEVER},
        {70, 0, WEFT_CAUSE_CRASH, WEFT_RETRY_ONCE},          {71, 0, WEFT_CAUSE_MEMORY, WEFT_RETRY_WITH_MORE_MEMORY},
        {73, 0, WEFT_CAUSE_BUSY, WEFT_RETRY_LATER},          {74, 0, WEFT_CAUSE_IO, WEFT_RETRY_AS_IT_IS},
        {75, 0, WEFT_CAUSE_STOPPED, WEFT_RETRY_NEVER},       {77, 0, WEFT_CAUSE_PERMISSION, WEFT_RETRY_NEVER},
        {1, 0, WEFT_CAUSE_CRASH, WEFT_RETRY_ONCE},           {0, SIGSEGV, WEFT_CAUSE_CRASH, WEFT_RETRY_ONCE},
        {0, SIGKILL, WEFT_CAUSE_KILLED, WEFT_RETRY_AS_IT_IS}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        weft_job_cause cause = cause_of(rows[i].exit_code, rows[i].number);
        assert_int_equal(cause, rows[i].cause);
        assert_int_equal(weft_job_cause_retry(cause), rows[i].retry);
        /* A code of weft's own is the batch's as well. */
        if (rows[i].number == 0 && rows[i].exit_code != 1)
            assert_int_equal(weft_job_cause_exit_code(cause), rows[i].exit_code);
    }
    weft_job_end end = {.signal = SIGKILL, .memory_short = true};
    assert_int_equal(weft_job_cause_of(&end), WEFT_CAUSE_MEMORY);
    end = (weft_job_end){.signal = SIGKILL, .timed_out = true};
    assert_int_equal(weft_job_cause_of(&end), WEFT_CAUSE_TIMEOUT);
    end = (weft_job_end){.exit_code = 75, .stopped = true};
    assert_int_equal(weft_job_cause_of(&end), WEFT_CAUSE_STOPPED);
    end = (weft_job_end){.exit_code = 0, .stopped = true, .timed_out = true};
    assert_int_equal(weft_job_cause_of(&end), WEFT_CAUSE_NONE);
}

static void test_pauses_double_up_to_a_minute(void **state) {
    (void)state;
    static const int64_t expected[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (int i = 0; i < 8; i++)
        assert_int_equal(weft_job_retry_pause_ms(WEFT_RETRY_AS_IT_IS, 1000, i + 1), expected[i]);
    assert_int_equal(weft_job_retry_pause_ms(WEFT_RETRY_LATER, 1000, 1), 5000);
    assert_int_equal(weft_job_retry_pause_ms(WEFT_RETRY_LATER, 1000, 3), 20000);
    assert_int_equal(weft_job_retry_pause_ms(WEFT_RETRY_AS_IT_IS, 90000, 4), 90000);
}

static void test_the_worst_cause_is_the_batch_s(void **state) {
    (void)state;
    static const weft_job_cause order[] = {
        WEFT_CAUSE_NONE,  WEFT_CAUSE_NEEDED, WEFT_CAUSE_STOPPED,  WEFT_CAUSE_TIMEOUT,    WEFT_CAUSE_BUSY,
        WEFT_CAUSE_USAGE, WEFT_CAUSE_DATA,   WEFT_CAUSE_NO_INPUT, WEFT_CAUSE_PERMISSION, WEFT_CAUSE_MEMORY,
        WEFT_CAUSE_IO,    WEFT_CAUSE_KILLED, WEFT_CAUSE_CRASH};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (size_t j = 0; j < sizeof order / sizeof *order; j++)
            assert_int_equal(weft_job_cause_worse(order[i], order[j]), order[i > j ? i : j]);
}

/* --- grants --- */

static void test_grants_are_what_is_desired_or_a_fair_part(void **state) {
    (void)state;
    weft_job_grants grants = {.budget_bytes = 600 * MIB, .budget_threads = 4, .workers = 3};
    weft_job_grant one, two, three, four;
    /* Alone, all that it wishes; beside two others a third of what is free. */
    assert_true(weft_job_grants_take(&grants, &(weft_job_ask){50 * MIB, 400 * MIB, 250}, 1, &one));
    assert_int_equal(one.bytes, 400 * MIB);
    assert_int_equal(one.threads, 4);
    weft_job_grants_give_back(&grants, &one);
    assert_true(weft_job_grants_take(&grants, &(weft_job_ask){50 * MIB, 400 * MIB, 250}, 9, &one));
    assert_int_equal(one.bytes, 200 * MIB);
    assert_int_equal(one.threads, 1);
    /* A small one takes what it wishes; its least, where the part is less. */
    assert_true(weft_job_grants_take(&grants, &(weft_job_ask){20 * MIB, 30 * MIB, 250}, 9, &two));
    assert_int_equal(two.bytes, 30 * MIB);
    assert_true(weft_job_grants_take(&grants, &(weft_job_ask){370 * MIB, 370 * MIB, 1}, 9, &three));
    assert_int_equal(three.bytes, 370 * MIB);
    assert_int_equal(grants.granted_bytes, 600 * MIB);
    assert_int_equal(grants.granted_threads, 3);
    assert_false(weft_job_grants_take(&grants, &(weft_job_ask){1, 1, 1}, 1, &four));
    weft_job_grants_give_back(&grants, &two);
    assert_false(weft_job_grants_take(&grants, &(weft_job_ask){31 * MIB, 31 * MIB, 1}, 1, &four));
    assert_true(weft_job_grants_take(&grants, &(weft_job_ask){10 * MIB, 99 * MIB, 2}, 1, &four));
    assert_int_equal(four.bytes, 30 * MIB);
    assert_int_equal(four.threads, 2);
}

/* Whatever is asked for, in whatever order: the sum never passes the budget, and nobody has less than its least. */
static void test_grants_never_pass_the_budget(void **state) {
    (void)state;
    weft_job_grants grants = {.budget_bytes = 1000, .budget_threads = 7, .workers = 5};
    weft_job_grant held[5];
    int count = 0, taken = 0, refused = 0;
    unsigned seed = 12345;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned r = seed >> 8;
        if (r % 3 == 0 && count > 0) {
            int at = (int)(r / 3 % (unsigned)count);
            weft_job_grants_give_back(&grants, &held[at]);
            held[at] = held[--count];
            continue;
        }
        weft_job_ask ask = {1 + r % 400, 0, 1 + (int)(r % 4)};
        ask.desired_bytes = ask.min_bytes + r % 700;
        weft_job_grant grant;
        if (!weft_job_grants_take(&grants, &ask, 1 + (int)(r % 8), &grant)) {
            refused++;
            continue;
        }
        taken++;
        assert_true(grant.bytes >= ask.min_bytes && grant.bytes <= ask.desired_bytes);
        assert_true(grant.threads >= 1 && grant.threads <= ask.max_threads);
        held[count++] = grant;
        int64_t bytes = 0;
        int threads = 0;
        for (int j = 0; j < count; j++)
            bytes += held[j].bytes, threads += held[j].threads;
        assert_true(bytes <= 1000 && threads <= 7 && count <= 5);
    }
    assert_true(taken > 1000 && refused > 1000);
}

/* --- needs --- */

static weft_status make(const char *text, weft_job_list *list, weft_batch_file **batch, weft_problems *problems) {
    static const char *const files[] = {"b.yml"};
    weft_error err = {0};
    sandbox_write("b.yml", text);
    assert_int_equal(weft_batch_file_load(batch, files, 1, NULL, NULL, 0, &weft_all_registries, problems, &err),
                     WEFT_OK);
    return weft_job_list_make(list, *batch, problems, &err);
}

static void expect_wrong(const char *text, const char *expected) {
    weft_job_list list;
    weft_batch_file *batch;
    weft_problems problems = {0};
    assert_int_equal(make(text, &list, &batch, &problems), WEFT_ERR_DATA);
    assert_string_equal(problems.text.data, expected);
    weft_problems_dispose(&problems);
    weft_job_list_dispose(&list);
    weft_batch_file_free(batch);
}

static void test_needs_are_found_by_name_and_by_pattern(void **state) {
    (void)state;
    weft_job_list list;
    weft_batch_file *batch;
    weft_problems problems = {0};
    assert_int_equal(
        make("defaults: {config: c.yml}\njobs:\n- {name: 'all', needs: ['t*', u]}\n"
             "- {name: 't${n}', matrix: {n: [1, 2]}}\n- {name: 'v${n}', matrix: {n: [1, 2]}, needs: 't${n}'}\n"
             "- {name: u}\n",
             &list, &batch, &problems),
        WEFT_OK);
    /* all t1 t2 v1 v2 u */
    assert_int_equal(list.count, 6);
    assert_int_equal(list.jobs[0].unmet, 3);
    assert_int_equal(list.jobs[0].needs[0], 1);
    assert_int_equal(list.jobs[0].needs[1], 2);
    assert_int_equal(list.jobs[0].needs[2], 5);
    assert_int_equal(list.jobs[4].need_count, 1);
    assert_int_equal(list.jobs[4].needs[0], 2);
    assert_int_equal(list.first_dependent[2 + 1] - list.first_dependent[2], 2);
    assert_int_equal(list.dependents[list.first_dependent[2]], 0);
    assert_int_equal(list.dependents[list.first_dependent[2] + 1], 4);
    assert_int_equal(list.first_dependent[6], 5);
    weft_job_list_dispose(&list);
    weft_batch_file_free(batch);
}

static void test_needs_that_cannot_be_met_are_told(void **state) {
    (void)state;
    expect_wrong("defaults: {config: c.yml}\njobs:\n- {name: tile}\n- {name: b, needs: [tiel]}\n",
                 "b.yml:4:21: b needs tiel, which is no job\n  hint: did you mean tile?\n");
    expect_wrong("defaults: {config: c.yml}\njobs:\n- {name: b, needs: ['x*']}\n",
                 "b.yml:3:21: b needs x*, which no job is called\n");
    expect_wrong(
        "defaults: {config: c.yml}\njobs:\n- {name: z, needs: a}\n- {name: a, needs: [b]}\n- {name: b, needs: [c]}\n"
        "- {name: c, needs: [a]}\n",
        "b.yml:4:3: jobs need each other: a -> b -> c -> a\n");
    expect_wrong("defaults: {config: c.yml}\njobs:\n- {name: a, needs: a}\n",
                 "b.yml:3:3: jobs need each other: a -> a\n");
    expect_wrong("defaults: {config: c.yml}\njobs:\n- {name: a}\n- {name: a}\n",
                 "b.yml:4:3: two jobs are called a\n  hint: give them a name each: name: tile_${n}\n");
}

/* --- logs --- */

static void test_the_end_of_a_log_is_read(void **state) {
    (void)state;
    weft_job_words words;
    weft_job_progress progress;
    sandbox_write("a.log", "{\"event\": \"progress\", \"done\": 5, \"total\": 10, \"seconds_left\": 2.5}\n"
                           "{\"event\": \"warning\", \"message\": \"m\"}\n"
                           "{\"event\": \"end\", \"state\": \"failed\", \"exit_code\": 71, \"error\": \"too small\", "
                           "\"hint\": \"more\", \"peak_bytes\": 7, \"rows\": 3}\n");
    assert_int_equal(weft_job_log_words("a.log", &words, NULL), WEFT_OK);
    assert_true(words.ended);
    assert_string_equal(words.message, "too small (more)");
    assert_int_equal(words.peak_bytes, 7);
    assert_int_equal(words.rows, 3);
    weft_job_words_dispose(&words);
    weft_job_log_progress("a.log", &progress);
    assert_int_equal(progress.done, 5);
    assert_int_equal(progress.total, 10);
    assert_true(progress.seconds_left == 2.5);
    /* What people are told behind it does not hide it. */
    sandbox_write("b.log", "{\"event\": \"end\", \"state\": \"done\", \"rows\": 9}\nrows     9, 1 KiB\n");
    assert_int_equal(weft_job_log_words("b.log", &words, NULL), WEFT_OK);
    assert_int_equal(words.rows, 9);
    assert_null(words.message);
    weft_job_words_dispose(&words);
    /* It died: the last line is what it said, unless it is an event. */
    sandbox_write("c.log", "{\"event\": \"start\"}\nterminate called without an active exception\n");
    assert_int_equal(weft_job_log_words("c.log", &words, NULL), WEFT_OK);
    assert_false(words.ended);
    assert_string_equal(words.message, "terminate called without an active exception");
    weft_job_words_dispose(&words);
    sandbox_write("d.log", "old words\n{\"event\": \"progress\", \"done\": 5, \"tot");
    assert_int_equal(weft_job_log_words("d.log", &words, NULL), WEFT_OK);
    assert_null(words.message);
    weft_job_words_dispose(&words);
    assert_int_equal(weft_job_log_words("none.log", &words, NULL), WEFT_OK);
    assert_false(words.ended);
    weft_job_log_progress("none.log", &progress);
    assert_int_equal(progress.total, 0);
}

/* --- configurations --- */

static void expect_reason(const char *then, const char *now, const char *expected) {
    weft_text reason = {0};
    assert_int_equal(weft_job_identity_differs(then, now, &reason), expected != NULL);
    if (expected != NULL) assert_string_equal(reason.data, expected);
    weft_text_dispose(&reason);
}

static void test_the_first_value_that_differs_is_named(void **state) {
    (void)state;
    expect_reason("a: 1\nb.c: \"x\"\n", "a: 1\nb.c: \"x\"\n", NULL);
    expect_reason("a: 1\nb.c: \"x\"\n", "a: 1\nb.c: \"y\"\n", "b.c was \"x\" and is \"y\"");
    expect_reason("a: 1\nb.c: \"x\"\n", "a: 1\n", "b.c was \"x\" and is not there");
    expect_reason("a: 1\n", "a: 1\nd: 5\n", "d was not there and is 5");
    expect_reason("a: 1\n", "a: 12\n", "a was 1 and is 12");
    expect_reason("a: \n", "a: 12\n", "a was  and is 12");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_causes_follow_exit_codes_and_signals),
        cmocka_unit_test(test_pauses_double_up_to_a_minute),
        cmocka_unit_test(test_the_worst_cause_is_the_batch_s),
        cmocka_unit_test(test_grants_are_what_is_desired_or_a_fair_part),
        cmocka_unit_test(test_grants_never_pass_the_budget),
        cmocka_unit_test(test_needs_are_found_by_name_and_by_pattern),
        cmocka_unit_test(test_needs_that_cannot_be_met_are_told),
        cmocka_unit_test(test_the_end_of_a_log_is_read),
        cmocka_unit_test(test_the_first_value_that_differs_is_named),
    };
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
