/* What goes into the store comes out of its views; and nothing that is wrong with it stops or delays anyone.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "core/clock.h"
#include "core/log.h"
#include "store/metrics_query.h"
#include "store/metrics_store.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GIB (INT64_C(1) << 30)

static weft_metrics_store *open_store(const char *path, const char *experiment) {
    weft_metrics_store *store = NULL;
    assert_int_equal(weft_metrics_store_open(&store, path, NULL, NULL), WEFT_OK);
    weft_experiment_record record = {.experiment_id = experiment,
                                     .started_ms = 1000,
                                     .config_file = "c.yml",
                                     .config_text = "text",
                                     .weft_version = "1",
                                     .mode = "streaming",
                                     .limit_bytes = 2 * GIB,
                                     .threads = 2,
                                     .grid_cols = 3,
                                     .grid_rows = 4,
                                     .layers = 5};
    weft_metrics_store_begin(store, &record);
    return store;
}

static void add_sample(weft_metrics_store *store, int64_t ms, weft_stage_id stage, weft_operation_id operation,
                       int64_t bytes) {
    weft_memory_sample sample = {.wall_ms = ms,
                                 .stage = stage,
                                 .operation = operation,
                                 .resident_bytes = bytes,
                                 .ledger_bytes = bytes / 2,
                                 .usage_percent = 50,
                                 .system_percent = NAN,
                                 .probe = "process"};
    weft_metrics_store_sample(store, &sample);
}

static char *query(const char *path, const char *sql) {
    return sandbox_succeed("sqlite3 '%s' \"%s\"", path, sql);
}

static void check(const char *path, const char *sql, const char *expected) {
    char *found = query(path, sql);
    assert_string_equal(found, expected);
    free(found);
}

/* Samples of 1, 2 and 3 GiB: average 2. The second look at merge is charged to two operations and counts once. */
static void test_views_show_what_was_recorded(void **state) {
    (void)state;
    weft_metrics_store *store = open_store("a.sqlite", "one");
    add_sample(store, 1000, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, GIB);
    add_sample(store, 2000, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, 2 * GIB);
    add_sample(store, 2000, WEFT_STAGE_MERGE, WEFT_OPERATION_FORMAT_ROWS, 2 * GIB);
    add_sample(store, 3123, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, 3 * GIB);
    add_sample(store, 3123, WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW, 3 * GIB);
    add_sample(store, 4000, WEFT_STAGE_NONE, WEFT_OPERATION_NONE, GIB);
    weft_adaptation adaptation = {WEFT_STAGE_RESAMPLE, "window_size", 2048, 1024, WEFT_PRESSURE_WARNING, 85, "tight"};
    weft_metrics_store_adaptation(store, 2500, &adaptation);
    weft_memory_alert alert = {2400, WEFT_PRESSURE_WARNING, 85, "process", WEFT_STAGE_MERGE, GIB, 2 * GIB};
    weft_metrics_store_alert(store, &alert);
    weft_pool_record pool = {"handles dem", 1, 5, 5, 4, 0, 1};
    weft_metrics_store_pool(store, &pool);
    /* Twelve times, 6 s in all: half a second each. Three samples are charged to it. */
    weft_operation_record merging = {WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, 12, 6, 0.75};
    weft_metrics_store_operation(store, &merging);
    weft_operation_record writing = {WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK, 1, 0.25, 0.25};
    weft_metrics_store_operation(store, &writing);
    weft_event_record again = {WEFT_EVENT_RETRY, "reading", "2 came good", 3};
    weft_metrics_store_event(store, 4321, &again);
    weft_metrics_store_end(store, 5000, WEFT_OK, 12, 3 * GIB, NULL);
    weft_metrics_store_close(store);
    check("a.sqlite", "select * from v_run_events", "one|1970-01-01T00:00:04.321Z|retry|reading|3|2 came good\n");
    check("a.sqlite", "select * from v_memory_by_stage", "one|resample|3.0|3.0|3.0|1\none|merge|2.0|3.0|1.0|3\n");
    check("a.sqlite",
          "select created_at, memory_gb, stage, operation, system_percent, ledger_gb from v_memory_timeline "
          "where operation = 'resample_window'",
          "1970-01-01T00:00:03.123Z|3.0|resample|resample_window||1.5\n");
    check("a.sqlite", "select parameter, old_value, new_value, level, reason from v_memory_adaptations",
          "window_size|2048|1024|warning|tight\n");
    check("a.sqlite", "select created_at, level, probe, limit_gb from v_memory_alerts",
          "1970-01-01T00:00:02.400Z|warning|process|2.0\n");
    check("a.sqlite", "select pool, created, acquired, released, reused, in_use, available from v_pools",
          "handles dem|1|5|5|4|0|1\n");
    check("a.sqlite", "select * from v_operations",
          "one|merge|merge_chunk|12|6.0|500.0|750.0|2.0|3.0|3\none|export|write_chunk|1|0.25|250.0|250.0|||0\n");
    check("a.sqlite", "select experiment_id, seconds, status, output_rows, peak_memory_gb from v_experiments",
          "one|4.0|ok|12|3.0\n");
    check("a.sqlite", "pragma integrity_check", "ok\n");
}

/* Runs 1 and 3 are of one experiment: views show the third, views of all runs both. */
static void test_an_experiment_that_begins_again_adds_to_its_history(void **state) {
    (void)state;
    static const char *const experiments[] = {"one", "two", "one"};
    for (int i = 0; i < 3; i++) {
        weft_metrics_store *store = open_store("b.sqlite", experiments[i]);
        add_sample(store, 1000, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, (i + 1) * GIB);
        weft_metrics_store_close(store);
    }
    check("b.sqlite", "select run_id, experiment_id from experiments order by 1", "1|one\n2|two\n3|one\n");
    check("b.sqlite", "select run_id, experiment_id, peak_memory_gb from v_memory_by_stage_all_runs",
          "1|one|1.0\n2|two|2.0\n3|one|3.0\n");
    check("b.sqlite", "select experiment_id, peak_memory_gb from v_memory_by_stage", "two|2.0\none|3.0\n");
    check("b.sqlite", "select experiment_id from v_experiments order by 1", "one\ntwo\n");
    check("b.sqlite", "pragma foreign_key_check", "");
    /* What a run has goes with it. */
    check("b.sqlite",
          "pragma foreign_keys = on; delete from experiments where run_id = 1; "
          "select run_id from memory_samples order by 1",
          "2\n3\n");
}

static bool count_rows(void *payload, int columns, const char *const *names, const char *const *values,
                       const bool *numeric) {
    (void)columns;
    (void)names;
    (void)numeric;
    if (values != NULL) ++*(int *)payload;
    return true;
}

static void test_queries_name_what_is_wrong(void **state) {
    (void)state;
    weft_error err = {0};
    int rows = 0;
    weft_metrics_store_close(open_store("c.sqlite", "olinda"));
    assert_int_equal(weft_metrics_query("c.sqlite", "v_experiments", NULL, count_rows, &rows, NULL), WEFT_OK);
    assert_int_equal(rows, 1);
    assert_int_equal(weft_metrics_query("c.sqlite", "v_pools", "olidna", count_rows, &rows, &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "there is no experiment \"olidna\""));
    assert_non_null(strstr(err.hint, "olinda"));
    assert_int_equal(weft_metrics_query("nowhere.sqlite", "v_pools", NULL, count_rows, &rows, &err), WEFT_ERR_NO_INPUT);
    assert_false(sandbox_exists("nowhere.sqlite"));
    free(sandbox_succeed("sqlite3 other.sqlite 'create table t (a)'; echo text > text.sqlite"));
    assert_int_equal(weft_metrics_query("other.sqlite", "v_pools", NULL, count_rows, &rows, &err), WEFT_ERR_DATA);
    assert_int_not_equal(weft_metrics_query("text.sqlite", "v_pools", NULL, count_rows, &rows, &err), WEFT_OK);
}

/* What 0.1.0's first migration made, with a run in it; a later run finds it as it was, and has the new view. */
static void test_an_older_database_is_brought_up_to_date(void **state) {
    (void)state;
    weft_error err = {0};
    int rows = 0;
    free(sandbox_succeed(
        "sqlite3 h.sqlite < '" WEFT_SQL_FOLDER "/migrations/0001_runs.sql' && sqlite3 h.sqlite "
        "\"pragma application_id = 2003134068; pragma user_version = 1; insert into experiments "
        "(experiment_id, started_ms, weft_version, mode, limit_bytes, threads, grid_cols, grid_rows, "
        "layers) values ('old', 1, '0', 'streaming', 1, 1, 1, 1, 1); insert into pool_stats (experiment, "
        "pool, created, acquired, released, reused, in_use, available) "
        "values (1, 'p', 1, 1, 1, 1, 1, 1)\""));
    assert_int_equal(weft_metrics_query("h.sqlite", "v_operations", NULL, count_rows, &rows, &err), WEFT_ERR_IO);
    assert_non_null(strstr(err.hint, "older weft"));
    weft_metrics_store_close(open_store("h.sqlite", "new"));
    check("h.sqlite", "select experiment_id from experiments order by 1", "new\nold\n");
    check("h.sqlite", "select run_id, experiment_id, pool from v_pools_all_runs", "1|old|p\n");
    check("h.sqlite", "pragma foreign_key_check; pragma integrity_check", "ok\n");
    assert_int_equal(weft_metrics_query("h.sqlite", "v_operations", NULL, count_rows, &rows, NULL), WEFT_OK);
    assert_int_equal(rows, 0);
}

/* Every table, index and view. How SQLite writes a name that was changed (with quotes) is its own affair. */
static char *schema_of(const char *path) {
    return query(path, "select type, name, tbl_name, lower(replace(sql, char(34), '')) from sqlite_schema "
                       "where name not like 'sqlite_%' order by type, name; select name from sqlite_schema where "
                       "name like 'sqlite_%' order by name; pragma application_id; pragma user_version");
}

static void test_a_new_database_has_the_schema_that_migrations_lead_to(void **state) {
    (void)state;
    free(sandbox_succeed("sqlite3 migrated.sqlite < '" WEFT_SQL_FOLDER "/migrations/0001_runs.sql' && sqlite3 "
                         "migrated.sqlite 'pragma application_id = 2003134068; pragma user_version = 1'"));
    weft_metrics_store_close(open_store("migrated.sqlite", "one"));
    weft_metrics_store_close(open_store("new.sqlite", "one"));
    char *migrated = schema_of("migrated.sqlite"), *new = schema_of("new.sqlite");
    assert_non_null(strstr(new, "table|experiments|"));
    assert_string_equal(new, migrated);
    free(migrated);
    free(new);
}

/* A signal that comes while an older database of many runs is brought up to date: it stays as it is. */
static void test_a_signal_ends_bringing_up_to_date(void **state) {
    (void)state;
    free(sandbox_succeed("for i in 0001_runs 0002_operation_stats 0003_run_events; do "
                         "cat '" WEFT_SQL_FOLDER "/migrations/'$i.sql; done | sqlite3 many.sqlite && "
                         "sqlite3 many.sqlite \"pragma application_id = 2003134068; pragma user_version = 3; "
                         "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) "
                         "insert into experiments (experiment_id, started_ms, weft_version, mode, limit_bytes, "
                         "threads, grid_cols, grid_rows, layers) "
                         "select 'e' || i, 1, '0', 'streaming', 1, 1, 1, 1, 1 from n\""));
    weft_cancel cancel = {0};
    weft_metrics_store *store = NULL;
    weft_cancel_request(&cancel, WEFT_CANCEL_SIGNAL);
    assert_int_equal(weft_metrics_store_open(&store, "many.sqlite", &cancel, NULL), WEFT_OK);
    weft_metrics_store_close(store);
    check("many.sqlite", "pragma user_version; select count(*) from experiments", "3\n20000\n");
    assert_int_equal(weft_metrics_store_open(&store, "many.sqlite", NULL, NULL), WEFT_OK);
    weft_metrics_store_close(store);
    check("many.sqlite", "select count(*) from experiments; select count(*) from v_experiments", "20000\n20000\n");
}

static void test_a_store_that_cannot_be_opened_loses_and_says_nothing_more(void **state) {
    (void)state;
    free(sandbox_succeed("echo text > text.sqlite; sqlite3 foreign.sqlite 'create table t (a)'; "
                         "sqlite3 newer.sqlite 'pragma application_id = 2003134068; pragma user_version = 999; "
                         "create table t (a)'"));
    static const char *const paths[] = {"text.sqlite", "foreign.sqlite", "newer.sqlite", "text.sqlite/in/it.sqlite"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        weft_metrics_store *store = open_store(paths[i], "one");
        add_sample(store, 1, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, GIB);
        assert_int_equal(weft_metrics_store_lost(store), 2);
        weft_metrics_store_close(store);
    }
}

/* Of another program: in each journal mode, with its tables in the file or still in the log; and what is no file. Not a
 * byte of it changes, and nothing appears beside it. */
static void test_what_is_not_weft_s_is_not_touched(void **state) {
    (void)state;
    free(sandbox_succeed(
        "mkdir strange && cd strange && sqlite3 plain.sqlite 'create table t (a); insert into t values (1)' && "
        "sqlite3 wal.sqlite 'pragma journal_mode = wal; create table t (a); insert into t values (1)' && "
        "sqlite3 log.sqlite 'pragma journal_mode = wal; create table t (a)' "
        "'.shell cp log.sqlite kept; cp log.sqlite-wal kept-wal' && "
        "mv kept log.sqlite && mv kept-wal log.sqlite-wal && "
        "sqlite3 other.sqlite 'pragma application_id = 7' && echo text > text.sqlite && "
        "ln -s plain.sqlite link.sqlite && ln -s nowhere.sqlite lost.sqlite && mkfifo pipe.sqlite && mkdir "
        "folder.sqlite && "
        "cd .. && cp -a strange before"));
    static const char *const names[] = {"plain", "wal", "log", "other", "text", "link", "lost", "pipe", "folder"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        int rows = 0;
        (void)snprintf(path, sizeof path, "strange/%s.sqlite", names[i]);
        weft_metrics_store *store = open_store(path, "one");
        assert_true(weft_metrics_store_lost(store) > 0);
        weft_metrics_store_close(store);
        weft_status status = weft_metrics_query(path, "v_experiments", NULL, count_rows, &rows, NULL);
        if (status == WEFT_OK || rows > 0) fail_msg("%s was read", path);
        /* A pipe cannot be compared. */
        free(sandbox_succeed("ls before > a; ls strange > b; cmp a b && for file in plain wal log other text; do "
                             "cmp before/$file.sqlite strange/$file.sqlite || exit 1; done; "
                             "cmp before/log.sqlite-wal strange/log.sqlite-wal"));
    }
}

/* A run was killed before its log went into the database: it is weft's all the same. */
static void test_a_database_that_is_still_in_its_log_is_weft_s(void **state) {
    (void)state;
    weft_metrics_store *store = open_store("k.sqlite", "one");
    free(sandbox_succeed("for i in $(seq 300); do "
                         "sqlite3 k.sqlite 'select 1 from experiments' 2>&1 | grep -q 1 && break; sleep 0.01; done"));
    free(sandbox_succeed("cp k.sqlite l.sqlite; cp k.sqlite-wal l.sqlite-wal"));
    weft_metrics_store_close(store);
    weft_metrics_store_close(open_store("l.sqlite", "two"));
    check("l.sqlite", "select count(*) from experiments where experiment_id = 'two'", "1\n");
}

static void test_a_damaged_database_is_refused(void **state) {
    (void)state;
    int rows = 0;
    weft_error err = {0};
    weft_metrics_store_close(open_store("m.sqlite", "one"));
    free(sandbox_succeed("sqlite3 m.sqlite 'pragma journal_mode = delete'; "
                         "dd if=/dev/zero of=m.sqlite bs=4096 seek=1 count=40 conv=notrunc 2>&1"));
    assert_int_equal(weft_metrics_query("m.sqlite", "v_experiments", NULL, count_rows, &rows, &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "m.sqlite"));
}

/* Someone else holds the database: records wait, callers do not; what does not fit in the ring is lost and counted. */
static void test_a_locked_database_delays_nobody(void **state) {
    (void)state;
    sqlite3 *other = NULL;
    weft_metrics_store *store = open_store("d.sqlite", "one");
    weft_metrics_store_close(store);
    assert_int_equal(sqlite3_open("d.sqlite", &other), SQLITE_OK);
    store = open_store("d.sqlite", "two");
    assert_int_equal(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    int64_t before = weft_clock_monotonic_ns();
    for (int i = 0; i < 10000; i++)
        add_sample(store, i, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, GIB);
    assert_true(weft_clock_monotonic_ns() - before < INT64_C(2000000000));
    int64_t lost = weft_metrics_store_lost(store);
    assert_true(lost > 7000 && lost < 10000);
    assert_int_equal(sqlite3_exec(other, "commit", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    weft_metrics_store_close(store);
    char *kept = query("d.sqlite", "select count(*) from memory_samples");
    assert_int_equal(atoi(kept), 10000 - lost);
    free(kept);
}

/* As when many runs begin at once: the first one is making the tables, or changing the journal. */
static void test_a_database_that_is_locked_when_it_is_opened_is_tried_again(void **state) {
    (void)state;
    static const char *const starts[] = {"begin immediate", "pragma journal_mode = wal; begin immediate"};
    for (int i = 0; i < 2; i++) {
        sqlite3 *other = NULL;
        const char *path = i == 0 ? "f.sqlite" : "g.sqlite";
        assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other, starts[i], NULL, NULL, NULL), SQLITE_OK);
        int64_t before = weft_clock_monotonic_ns();
        weft_metrics_store *store = open_store(path, "one");
        assert_true(weft_clock_monotonic_ns() - before < INT64_C(2000000000));
        add_sample(store, 1, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, GIB);
        assert_int_equal(sqlite3_exec(other, "commit", NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(other);
        assert_int_equal(weft_metrics_store_lost(store), 0);
        weft_metrics_store_close(store);
        check(path, "select count(*) from memory_samples", "1\n");
    }
}

/* A name that a URI would read otherwise, in a folder where SQLite cannot put its files. */
static void test_a_database_in_a_folder_that_cannot_be_written_can_be_read(void **state) {
    (void)state;
    weft_error err = {0};
    int rows = 0;
    weft_metrics_store_close(open_store("shared/a%41#?.sqlite", "one"));
    assert_int_equal(chmod(sandbox_folder(), 0755), 0);
    assert_int_equal(chmod("shared/a%41#?.sqlite", 0444), 0);
    assert_int_equal(chmod("shared", 0555), 0);
    bool root = geteuid() == 0;
    if (root) assert_int_equal(seteuid(65534), 0);
    weft_status status = weft_metrics_query("shared/a%41#?.sqlite", "v_experiments", "one", count_rows, &rows, &err);
    if (root) assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod("shared", 0755), 0);
    assert_string_equal(err.message, "");
    assert_int_equal(status, WEFT_OK);
    assert_int_equal(rows, 1);
    /* Records that are only in the log are not left out in silence. */
    sandbox_write("shared/a%41#?.sqlite-wal", "log");
    assert_int_equal(chmod("shared", 0555), 0);
    if (root) assert_int_equal(seteuid(65534), 0);
    status = weft_metrics_query("shared/a%41#?.sqlite", "v_experiments", "one", count_rows, &rows, &err);
    if (root) assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod("shared", 0755), 0);
    assert_int_equal(status, WEFT_ERR_IO);
    assert_non_null(strstr(err.hint, "-wal"));
}

static void test_two_runs_share_one_database(void **state) {
    (void)state;
    weft_metrics_store *first = open_store("e.sqlite", "one"), *second = open_store("e.sqlite", "two");
    for (int i = 0; i < 500; i++) {
        add_sample(first, i, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, GIB);
        add_sample(second, i, WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK, GIB);
    }
    weft_metrics_store_close(first);
    weft_metrics_store_close(second);
    check("e.sqlite", "select experiment_id, stage, samples from v_memory_by_stage order by 1",
          "one|merge|500\ntwo|export|500\n");
}

static int setup(void **state) {
    weft_log_set_level(WEFT_LOG_ERROR);
    return sandbox_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views_show_what_was_recorded),
        cmocka_unit_test(test_an_experiment_that_begins_again_adds_to_its_history),
        cmocka_unit_test(test_queries_name_what_is_wrong),
        cmocka_unit_test(test_an_older_database_is_brought_up_to_date),
        cmocka_unit_test(test_a_new_database_has_the_schema_that_migrations_lead_to),
        cmocka_unit_test(test_a_signal_ends_bringing_up_to_date),
        cmocka_unit_test(test_a_store_that_cannot_be_opened_loses_and_says_nothing_more),
        cmocka_unit_test(test_what_is_not_weft_s_is_not_touched),
        cmocka_unit_test(test_a_database_that_is_still_in_its_log_is_weft_s),
        cmocka_unit_test(test_a_damaged_database_is_refused),
        cmocka_unit_test(test_a_locked_database_delays_nobody),
        cmocka_unit_test(test_a_database_that_is_locked_when_it_is_opened_is_tried_again),
        cmocka_unit_test(test_a_database_in_a_folder_that_cannot_be_written_can_be_read),
        cmocka_unit_test(test_two_runs_share_one_database),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
