/* Which shard a process is: each scheduler's variables as its manual gives them, and what is refused.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/shards/shard_place.h"

#include "support/cmocka_all.h"

#include <string.h>

/* The environment of a test: names and values in turn. */
static const char *const *variables;

static char *get(const char *name) {
    for (const char *const *at = variables; at != NULL && at[0] != NULL; at += 2)
        if (strcmp(at[0], name) == 0) return (char *)at[1];
    return NULL;
}

static void expect(const char *const *environment, int asked, int number, int count) {
    weft_shard_place place = {0};
    weft_error err = {0};
    variables = environment;
    if (weft_shard_place_find(&place, asked, get, &err) != WEFT_OK) fail_msg("%s", err.message);
    assert_int_equal(place.number, number);
    assert_int_equal(place.count, count);
}

static void expect_refusal(const char *const *environment, int asked, const char *words) {
    weft_shard_place place = {0};
    weft_error err = {0};
    variables = environment;
    assert_int_equal(weft_shard_place_find(&place, asked, get, &err), WEFT_ERR_USAGE);
    if (strstr(err.message, words) == NULL) fail_msg("no \"%s\": %s", words, err.message);
}

#define ENVIRONMENT(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_each_scheduler_says_which_shard_it_is(void **state) {
    (void)state;
    expect(ENVIRONMENT("SLURM_ARRAY_TASK_ID", "3", "SLURM_ARRAY_TASK_MIN", "1", "SLURM_ARRAY_TASK_MAX", "7",
                       "SLURM_ARRAY_TASK_STEP", "1", "SLURM_ARRAY_TASK_COUNT", "7"),
           0, 3, 7);
    expect(ENVIRONMENT("SLURM_ARRAY_TASK_ID", "8", "SLURM_ARRAY_TASK_MIN", "4", "SLURM_ARRAY_TASK_MAX", "12",
                       "SLURM_ARRAY_TASK_STEP", "4", "SLURM_ARRAY_TASK_COUNT", "3"),
           0, 2, 3);
    expect(ENVIRONMENT("JOB_COMPLETION_INDEX", "0"), 31, 1, 31);
    expect(ENVIRONMENT("AWS_BATCH_JOB_ARRAY_INDEX", "6", "AWS_BATCH_JOB_ARRAY_SIZE", "7"), 0, 7, 7);
    expect(ENVIRONMENT("PBS_ARRAY_INDEX", "2"), 2, 2, 2);
    expect(ENVIRONMENT("PBS_ARRAYID", "1"), 2, 1, 2);
    expect(ENVIRONMENT("SGE_TASK_ID", "5", "SGE_TASK_FIRST", "1", "SGE_TASK_LAST", "9", "SGE_TASK_STEPSIZE", "2"), 0, 3,
           5);
    expect(ENVIRONMENT("LSB_JOBINDEX", "4", "LSB_JOBINDEX_END", "4", "LSB_JOBINDEX_STEP", "1"), 0, 4, 4);
    expect(ENVIRONMENT("OMPI_COMM_WORLD_RANK", "1", "OMPI_COMM_WORLD_SIZE", "2"), 0, 2, 2);
    expect(ENVIRONMENT("PMI_RANK", "0", "PMI_SIZE", "3"), 0, 1, 3);
    expect(ENVIRONMENT("SLURM_PROCID", "2", "SLURM_NTASKS", "3"), 0, 3, 3);
}

/* A task of an array runs in a step of its own, as rank 0 of 1. */
static void test_an_array_counts_before_ranks(void **state) {
    (void)state;
    expect(ENVIRONMENT("SLURM_PROCID", "0", "SLURM_NTASKS", "1", "SLURM_ARRAY_TASK_ID", "2", "SLURM_ARRAY_TASK_MIN",
                       "0", "SLURM_ARRAY_TASK_MAX", "2", "SLURM_ARRAY_TASK_COUNT", "3"),
           0, 3, 3);
    expect(ENVIRONMENT("SGE_TASK_ID", "undefined", "LSB_JOBINDEX", "0", "PMI_RANK", "1", "PMI_SIZE", "2"), 0, 2, 2);
}

static void test_rows_that_nobody_would_make_are_refused(void **state) {
    (void)state;
    expect_refusal(ENVIRONMENT("SLURM_ARRAY_TASK_ID", "3", "SLURM_ARRAY_TASK_MIN", "1", "SLURM_ARRAY_TASK_MAX", "7",
                               "SLURM_ARRAY_TASK_COUNT", "5"),
                   0, "has holes: 5 indices from 1 to 7 by 1 are 7");
    expect_refusal(ENVIRONMENT("SLURM_ARRAY_TASK_ID", "3", "SLURM_ARRAY_TASK_MIN", "0", "SLURM_ARRAY_TASK_MAX", "4",
                               "SLURM_ARRAY_TASK_STEP", "2"),
                   0, "which is not from 0 to 4");
    expect_refusal(ENVIRONMENT("JOB_COMPLETION_INDEX", "4"), 4, "which is not from 0 to 3");
    expect_refusal(ENVIRONMENT("JOB_COMPLETION_INDEX", "0"), 0, "does not say how many");
    expect_refusal(ENVIRONMENT("PBS_ARRAY_INDEX", "0"), 3, "which is not from 1 to 3");
    expect_refusal(ENVIRONMENT("PMI_RANK", "0", "PMI_SIZE", "3"), 4, "--shards says 4");
    expect_refusal(ENVIRONMENT("SLURM_PROCID", "x1"), 0, "which is not an index");
    expect_refusal(NULL, 0, "no scheduler says");
}

static void test_a_place_is_a_number_of_a_count(void **state) {
    static const char *const wrong[] = {"", "3", "0/7", "8/7", "3/", "/7", "3/7x", "-1/7", "1/100001", "3 /7"};
    weft_shard_place place = {0};
    (void)state;
    assert_int_equal(weft_shard_place_read(&place, "3/7", NULL), WEFT_OK);
    assert_int_equal(place.number, 3);
    assert_int_equal(place.count, 7);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(weft_shard_place_read(&place, wrong[i], NULL), WEFT_ERR_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_scheduler_says_which_shard_it_is),
        cmocka_unit_test(test_an_array_counts_before_ranks),
        cmocka_unit_test(test_rows_that_nobody_would_make_are_refused),
        cmocka_unit_test(test_a_place_is_a_number_of_a_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
