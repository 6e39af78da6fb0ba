/* SQLite runs out of memory, at each request in turn: the store opens all the same, keeps nobody waiting, and says what
 * it lost. A run never fails for its metrics.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault_sample.h"
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "core/log.h"
#include "store/metrics_store.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static sqlite3_mem_methods usual;
static _Atomic int64_t asked, fails_at; /* 0: never */
static bool lasting;                    /* and so do all that follow */

static bool fails(void) {
    int64_t number = atomic_fetch_add(&asked, 1) + 1, at = atomic_load(&fails_at);
    return at > 0 && (number == at || (number > at && lasting));
}

static void *failing_malloc(int bytes) {
    return fails() ? NULL : usual.xMalloc(bytes);
}

static void *failing_realloc(void *memory, int bytes) {
    return fails() ? NULL : usual.xRealloc(memory, bytes);
}

/* A short run's records. */
static void keep_metrics(void) {
    static const weft_experiment_record begin = {.experiment_id = "one",
                                                 .started_ms = 1000,
                                                 .config_file = "c.yml",
                                                 .config_text = "text",
                                                 .weft_version = "1",
                                                 .mode = "streaming"};
    weft_metrics_store *store = NULL;
    assert_int_equal(weft_metrics_store_open(&store, "m.sqlite", NULL, NULL), WEFT_OK);
    weft_metrics_store_begin(store, &begin);
    for (int i = 0; i < 3; i++) {
        weft_memory_sample sample = {.wall_ms = 1000 + i, .stage = WEFT_STAGE_MERGE, .probe = "process"};
        weft_metrics_store_sample(store, &sample);
    }
    weft_metrics_store_end(store, 2000, WEFT_OK, 7, 8, NULL);
    weft_metrics_store_close(store);
}

static void remove_database(void) {
    static const char *const files[] = {"m.sqlite", "m.sqlite-wal", "m.sqlite-shm"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        (void)unlink(files[i]);
}

/* What is kept is a whole experiment, or none of it. */
static bool is_whole_or_absent(void) {
    sandbox_result kept = sandbox_run("sqlite3 m.sqlite \"select count(*), (select count(*) from memory_samples), "
                                      "(select output_rows from experiments) from experiments\"");
    bool ok = strcmp(kept.out, "1|3|7\n") == 0 || strcmp(kept.out, "0|0|\n") == 0 || kept.exit_code != 0;
    if (!ok) print_message("kept %s", kept.out);
    sandbox_result_free(&kept);
    return ok;
}

static void fail_each(bool for_good, int64_t stride) {
    int64_t ran = 0;
    lasting = for_good;
    for (int64_t at = 1;; at += stride, ran++) {
        atomic_store(&asked, 0);
        atomic_store(&fails_at, at);
        keep_metrics();
        atomic_store(&fails_at, 0);
        bool reached = atomic_load(&asked) >= at;
        if (!reached) break;
        if (!is_whole_or_absent()) fail_msg("request %lld of SQLite's", (long long)at);
        remove_database();
    }
    print_message("%lld requests failed\n", (long long)ran);
    assert_true(ran > 0);
}

static void test_a_request_that_fails_costs_metrics_and_nothing_else(void **state) {
    (void)state;
    fail_each(false, fault_stride(173));
}

static void test_memory_that_is_gone_for_good_costs_metrics_and_nothing_else(void **state) {
    (void)state;
    fail_each(true, fault_stride(181));
}

static void test_afterwards_metrics_are_kept_again(void **state) {
    (void)state;
    remove_database();
    keep_metrics();
    char *kept = sandbox_succeed("sqlite3 m.sqlite \"select count(*) from memory_samples\"");
    assert_string_equal(kept, "3\n");
    free(kept);
}

static int setup(void **state) {
    sqlite3_mem_methods failing;
    if (sandbox_setup(state) != 0 || sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual) != SQLITE_OK) return -1;
    failing = usual;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    weft_log_set_level(WEFT_LOG_ERROR);
    /* What lookaside gives is never refused. */
    if (sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK) return -1;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) == SQLITE_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_request_that_fails_costs_metrics_and_nothing_else),
        cmocka_unit_test(test_memory_that_is_gone_for_good_costs_metrics_and_nothing_else),
        cmocka_unit_test(test_afterwards_metrics_are_kept_again),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
