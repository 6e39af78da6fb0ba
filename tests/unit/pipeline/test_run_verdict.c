/* The verdict's arithmetic, by hand.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "pipeline/run/run_verdict.h"

#include <math.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)

/* Ten seconds of two workers: 20 s of workers' time. */
static weft_verdict_facts facts_of(void) {
    return (weft_verdict_facts){.seconds = 10,
                                .threads = 2,
                                .threads_desired = 2,
                                .peak_bytes = 100 * MIB,
                                .limit_bytes = 400 * MIB,
                                .desired_limit_bytes = 150 * MIB,
                                .enough_bytes = 300 * MIB};
}

static void expect(const weft_verdict_facts *facts, weft_bound bound, double share, int64_t enough_bytes) {
    weft_verdict verdict;
    weft_verdict_find(&verdict, facts);
    assert_string_equal(weft_bound_name(verdict.bound), weft_bound_name(bound));
    assert_true(fabs(verdict.shares[bound] - share) < 1e-9);
    assert_int_equal(verdict.enough_bytes / MIB, enough_bytes / MIB);
    assert_true(fabs(verdict.limit_share - 0.25) < 1e-9);
}

static void test_the_largest_share_is_the_bound(void **state) {
    (void)state;
    weft_verdict_facts facts = facts_of();
    facts.busy[WEFT_OPERATION_DECODE_BLOCK] = 9;
    facts.busy[WEFT_OPERATION_WAIT_FOR_BLOCK] = 1;
    facts.busy[WEFT_OPERATION_RESAMPLE_WINDOW] = 6;
    expect(&facts, WEFT_BOUND_DECODING, 0.5, 150 * MIB);
    facts.busy[WEFT_OPERATION_MERGE_CHUNK] = 5;
    expect(&facts, WEFT_BOUND_RESAMPLING, 0.55, 150 * MIB);
    facts.busy[WEFT_OPERATION_FORMAT_ROWS] = 12;
    expect(&facts, WEFT_BOUND_TEXT, 0.6, 150 * MIB);
    /* One thread writes: 7 of 10 seconds, though 12 of 20 is more seconds. */
    facts.busy[WEFT_OPERATION_WRITE_CHUNK] = 5;
    facts.busy[WEFT_OPERATION_CHECKPOINT] = 2;
    expect(&facts, WEFT_BOUND_DISK, 0.7, 150 * MIB);
    facts.busy[WEFT_OPERATION_DRAW_PICTURE] = 16;
    expect(&facts, WEFT_BOUND_PICTURES, 0.8, 150 * MIB);
    facts.busy[WEFT_OPERATION_PLAN] = 9;
    expect(&facts, WEFT_BOUND_STARTING, 0.9, 150 * MIB);
}

/* Twice what there is was decoded: half of the 12 s. And 6 s of waiting. */
static void test_decoding_twice_and_waiting_are_memory_s(void **state) {
    (void)state;
    weft_verdict_facts facts = facts_of();
    facts.busy[WEFT_OPERATION_DECODE_BLOCK] = 12;
    facts.decoded_bytes = 200 * MIB;
    facts.touched_bytes = 100 * MIB;
    expect(&facts, WEFT_BOUND_MEMORY, 0.3, 300 * MIB); /* a tie with decoding's other half */
    facts.busy[WEFT_OPERATION_WAIT_FOR_MEMORY] = 6;
    expect(&facts, WEFT_BOUND_MEMORY, 0.6, 300 * MIB);
}

/* One of four workers ran, for 9 of 10 seconds: 27 of 40 s could not be had. */
static void test_workers_that_the_limit_did_not_carry_are_memory_s(void **state) {
    (void)state;
    weft_verdict_facts facts = facts_of();
    facts.threads = 1;
    facts.threads_desired = 4;
    facts.busy[WEFT_OPERATION_RESAMPLE_WINDOW] = 9;
    expect(&facts, WEFT_BOUND_MEMORY, 0.675, 300 * MIB);
}

/* The plan reckoned with less than the run had: it is the run that counts. */
static void test_enough_is_never_under_the_peak(void **state) {
    (void)state;
    weft_verdict_facts facts = facts_of();
    facts.busy[WEFT_OPERATION_FORMAT_ROWS] = 13;
    facts.desired_limit_bytes = 99 * MIB;
    expect(&facts, WEFT_BOUND_TEXT, 0.65, 100 * MIB);
}

static void test_it_is_said_in_words(void **state) {
    (void)state;
    weft_verdict_facts facts = facts_of();
    weft_verdict verdict;
    weft_text text = {0};
    facts.busy[WEFT_OPERATION_FORMAT_ROWS] = 13;
    weft_verdict_find(&verdict, &facts);
    weft_verdict_describe(&verdict, &facts, &text);
    assert_non_null(strstr(text.data, "bound by text: 65 % of the workers' time"));
    assert_non_null(
        strstr(text.data, "Memory: 100 MiB, 25 % of the limit of 400 MiB; with 150 MiB it would have been"));
    weft_text_dispose(&text);
}

static void test_a_short_run_is_told_that_nothing_helps(void **state) {
    (void)state;
    weft_verdict_facts facts = facts_of();
    weft_verdict verdict;
    weft_text text = {0};
    facts.busy[WEFT_OPERATION_PLAN] = 8;
    weft_verdict_find(&verdict, &facts);
    weft_verdict_describe(&verdict, &facts, &text);
    assert_non_null(strstr(text.data, "bound by starting: 80 % of the time"));
    assert_non_null(strstr(text.data, "the run is too short for anything else to matter. Memory:"));
    assert_null(strstr(text.data, "what helps"));
    weft_text_dispose(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_largest_share_is_the_bound),
        cmocka_unit_test(test_decoding_twice_and_waiting_are_memory_s),
        cmocka_unit_test(test_workers_that_the_limit_did_not_carry_are_memory_s),
        cmocka_unit_test(test_enough_is_never_under_the_peak),
        cmocka_unit_test(test_it_is_said_in_words),
        cmocka_unit_test(test_a_short_run_is_told_that_nothing_helps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
