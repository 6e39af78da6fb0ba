/* What goes into the store comes out of its views; and nothing that is wrong with it stops or delays anyone.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/store/metrics_rig.h"

#include "core/clock.h"
#include "core/log.h"
#include "store/metrics_prune.h"
#include "store/metrics_store.h"
#include "store/queries/metrics_query.h"

#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GIB (INT64_C(1) << 30)

static void add_sample(weft_metrics_store *store, int64_t ms, weft_stage_id stage, weft_operation_id operation,
                       int64_t bytes) {
    weft_memory_sample sample = {.wall_ms = ms,
                                 .stage = stage,
                                 .operation = operation,
                                 .resident_bytes = bytes,
                                 .ledger_bytes = bytes / 2,
                                 .held_bytes = {[WEFT_TAG_PATCH] = bytes / 16,
                                                [WEFT_TAG_LATTICE] = bytes / 16,
                                                [WEFT_TAG_BLOCK_CACHE] = bytes / 8,
                                                [WEFT_TAG_TEXT] = bytes / 4},
                                 .usage_percent = 50,
                                 .system_percent = NAN,
                                 .probe = "process"};
    weft_metrics_store_sample(store, &sample);
}

/* Samples of 1, 2 and 3 GiB: average 2. The second look at merge is charged to two operations and counts once. Ends the run and closes the store. */
static void record_a_run(weft_metrics_store *store) {
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
    weft_operation_record merging = {.stage = WEFT_STAGE_MERGE,
                                     .operation = WEFT_OPERATION_MERGE_CHUNK,
                                     .calls = 12,
                                     .seconds = 6,
                                     .longest_seconds = 0.75,
                                     .p50_seconds = 0.5,
                                     .p95_seconds = 0.75,
                                     .slow_calls = 2};
    weft_metrics_store_operation(store, &merging);
    weft_operation_record writing = {.stage = WEFT_STAGE_EXPORT,
                                     .operation = WEFT_OPERATION_WRITE_CHUNK,
                                     .calls = 1,
                                     .seconds = 0.25,
                                     .longest_seconds = 0.25};
    weft_metrics_store_operation(store, &writing);
    weft_event_record again = {WEFT_EVENT_RETRY, "reading", "2 were read in the end", 3};
    weft_metrics_store_event(store, 4321, &again);
    weft_slow_record slow = {4200, WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW, 2.5, "dem, rows 0..31", true};
    weft_metrics_store_slow(store, &slow);
    slow = (weft_slow_record){4300, WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK, 0.5, "", false};
    weft_metrics_store_slow(store, &slow);
    weft_chunk_record chunk = {4400, 32, 0, 16, 7, 1.5, 0.25};
    weft_metrics_store_chunk(store, &chunk);
    weft_metrics_store_metric(store, "rows", 12);
    weft_verdict_record verdict = {"text", "many digits", 64 << 20};
    weft_metrics_store_verdict(store, &verdict);
    weft_metrics_store_metadata(store, "{2}");
    weft_metrics_store_end(store, 5000, WEFT_OK, 12, 3 * GIB, NULL);
    weft_metrics_store_close(store);
}

static void test_views_show_what_was_recorded(void **state) {
    (void)state;
    record_a_run(metrics_open("a.sqlite", "one"));
    metrics_check("a.sqlite", "select * from v_run_events",
                  "one|1970-01-01T00:00:04.321Z|retry|reading|3|2 were read in the end\n");
    metrics_check("a.sqlite", "select * from v_memory_by_stage",
                  "one|resample|3.0|3.0|3.0|1|3072.0|3072.0|3072.0\none|merge|2.0|3.0|1.0|3|2048.0|3072.0|1024.0\n");
    /* An eighth and an eighth and a quarter of 3 GiB; the other half is nobody's. */
    metrics_check(
        "a.sqlite",
        "select memory_mib, windows_mib, cache_mib, decoders_mib, text_mib, unmanaged_mib from v_memory_timeline "
        "where operation = 'resample_window'",
        "3072.0|384.0|384.0|0.0|768.0|1536.0\n");
    metrics_check("a.sqlite", "select operation, seconds, subject, is_slow from v_slow_operations",
                  "resample_window|2.5|dem, rows 0..31|1\nwrite_chunk|0.5||0\n");
    metrics_check("a.sqlite", "select exported_at, first_row, rows, cols, fill_seconds, write_seconds from v_chunks",
                  "1970-01-01T00:00:04.400Z|32|16|7|1.5|0.25\n");
    metrics_check("a.sqlite", "select metric, value from v_pipeline", "rows|12.0\n");
    metrics_check("a.sqlite", "select bound_by, verdict, enough_mib, command from v_experiments",
                  "text|many digits|64.0|weft run c.yml\n");
    metrics_check("a.sqlite", "select plan_json, metadata_json from experiments", "{1}|{2}\n");
    metrics_check("a.sqlite",
                  "select created_at, memory_gb, stage, operation, system_percent, ledger_gb from v_memory_timeline "
                  "where operation = 'resample_window'",
                  "1970-01-01T00:00:03.123Z|3.0|resample|resample_window||1.5\n");
    metrics_check("a.sqlite", "select parameter, old_value, new_value, level, reason from v_memory_adaptations",
                  "window_size|2048|1024|warning|tight\n");
    metrics_check("a.sqlite", "select created_at, level, probe, limit_gb from v_memory_alerts",
                  "1970-01-01T00:00:02.400Z|warning|process|2.0\n");
    metrics_check("a.sqlite", "select pool, created, acquired, released, reused, in_use, available from v_pools",
                  "handles dem|1|5|5|4|0|1\n");
    metrics_check("a.sqlite", "select * from v_operations",
                  "one|merge|merge_chunk|12|6.0|500.0|750.0|2.0|3.0|3|500.0|750.0|2|2048.0|3072.0\n"
                  "one|export|write_chunk|1|0.25|250.0|250.0|||0|0.0|0.0|0||\n");
    metrics_check("a.sqlite", "select experiment_id, seconds, status, output_rows, peak_memory_gb from v_experiments",
                  "one|4.0|ok|12|3.0\n");
    metrics_check("a.sqlite", "pragma integrity_check", "ok\n");
}

/* Runs 1 and 3 are of one experiment: views show the third, views of all runs both. */
static void test_an_experiment_that_begins_again_adds_to_its_history(void **state) {
    (void)state;
    static const char *const experiments[] = {"one", "two", "one"};
    for (int i = 0; i < 3; i++) {
        weft_metrics_store *store = metrics_open("b.sqlite", experiments[i]);
        add_sample(store, 1000, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, (i + 1) * GIB);
        weft_metrics_store_close(store);
    }
    metrics_check("b.sqlite", "select run_id, experiment_id from experiments order by 1", "1|one\n2|two\n3|one\n");
    metrics_check("b.sqlite", "select run_id, experiment_id, peak_memory_gb from v_memory_by_stage_all_runs",
                  "1|one|1.0\n2|two|2.0\n3|one|3.0\n");
    metrics_check("b.sqlite", "select experiment_id, peak_memory_gb from v_memory_by_stage", "two|2.0\none|3.0\n");
    metrics_check("b.sqlite", "select experiment_id from v_experiments order by 1", "one\ntwo\n");
    metrics_check("b.sqlite", "pragma foreign_key_check", "");
    /* What a run has goes with it. */
    metrics_check("b.sqlite",
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
    weft_metrics_store_close(metrics_open("h.sqlite", "new"));
    metrics_check("h.sqlite", "select experiment_id from experiments order by 1", "new\nold\n");
    metrics_check("h.sqlite", "select run_id, experiment_id, pool from v_pools_all_runs", "1|old|p\n");
    metrics_check("h.sqlite", "pragma foreign_key_check; pragma integrity_check", "ok\n");
    assert_int_equal(weft_metrics_query("h.sqlite", "v_operations", NULL, count_rows, &rows, NULL), WEFT_OK);
    assert_int_equal(rows, 0);
}

/* A database of each earlier schema, with a run, a sample and a pool in it: views show them, without what was not
 * recorded then. */
static void test_each_earlier_schema_is_brought_up_to_date(void **state) {
    (void)state;
    char *counted = sandbox_succeed("ls '" WEFT_SQL_FOLDER "/migrations' | wc -l");
    int newest = atoi(counted);
    free(counted);
    assert_true(newest >= 6);
    for (int version = 1; version < newest; version++) {
        char path[32];
        (void)snprintf(path, sizeof path, "from%d.sqlite", version);
        free(sandbox_succeed(
            "ls '" WEFT_SQL_FOLDER "'/migrations/*.sql | head -n %d | xargs cat | sqlite3 %s && sqlite3 %s \"pragma "
            "application_id = 2003134068; pragma user_version = %d; insert into experiments (experiment_id, "
            "started_ms, weft_version, mode, limit_bytes, threads, grid_cols, grid_rows, layers) values ('old', 1, "
            "'0', "
            "'streaming', 1048576, 1, 1, 1, 1); insert into memory_samples (%s, sampled_ms, stage, operation, "
            "resident_bytes, anonymous_bytes, ledger_bytes) values (1, 1, 'merge', 'merge_chunk', 2097152, 0, 0)\"",
            version, path, path, version, version < 4 ? "experiment" : "run_id"));
        weft_metrics_store_close(metrics_open(path, "new"));
        metrics_check(path, "pragma user_version; pragma foreign_key_check; pragma integrity_check",
                      newest == 6 ? "6\nok\n" : "");
        metrics_check(path, "select experiment_id, memory_mib, windows_mib, unmanaged_mib from v_memory_timeline",
                      "old|2.0||\n");
        metrics_check(path, "select experiment_id, limit_mib, verdict from v_experiments order by 1",
                      "new|2048.0|\nold|1.0|\n");
    }
}

/* Every table, index and view. How SQLite writes a name that was changed (with quotes), and where it puts line ends
 * around a column that was added, is its own affair. */
static char *schema_of(const char *path) {
    return metrics_query(path,
                         "select type, name, tbl_name, lower(replace(replace(replace(sql, char(34), ''), "
                         "char(10), ''), ' ', '')) from sqlite_schema "
                         "where name not like 'sqlite_%' order by type, name; select name from sqlite_schema where "
                         "name like 'sqlite_%' order by name; pragma application_id; pragma user_version");
}

static void test_a_new_database_has_the_schema_that_migrations_lead_to(void **state) {
    (void)state;
    free(sandbox_succeed("sqlite3 migrated.sqlite < '" WEFT_SQL_FOLDER "/migrations/0001_runs.sql' && sqlite3 "
                         "migrated.sqlite 'pragma application_id = 2003134068; pragma user_version = 1'"));
    weft_metrics_store_close(metrics_open("migrated.sqlite", "one"));
    weft_metrics_store_close(metrics_open("new.sqlite", "one"));
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
    metrics_check("many.sqlite", "pragma user_version; select count(*) from experiments", "3\n20000\n");
    assert_int_equal(weft_metrics_store_open(&store, "many.sqlite", NULL, NULL), WEFT_OK);
    weft_metrics_store_close(store);
    metrics_check("many.sqlite", "select count(*) from experiments; select count(*) from v_experiments",
                  "20000\n20000\n");
}

static void test_a_store_that_cannot_be_opened_loses_and_says_nothing_more(void **state) {
    (void)state;
    free(sandbox_succeed("echo text > text.sqlite; sqlite3 foreign.sqlite 'create table t (a)'; "
                         "sqlite3 newer.sqlite 'pragma application_id = 2003134068; pragma user_version = 999; "
                         "create table t (a)'"));
    static const char *const paths[] = {"text.sqlite", "foreign.sqlite", "newer.sqlite", "text.sqlite/in/it.sqlite"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        weft_metrics_store *store = metrics_open(paths[i], "one");
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
        weft_metrics_store *store = metrics_open(path, "one");
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
    weft_metrics_store *store = metrics_open("k.sqlite", "one");
    free(sandbox_succeed("for i in $(seq 300); do "
                         "sqlite3 k.sqlite 'select 1 from experiments' 2>&1 | grep -q 1 && break; sleep 0.01; done"));
    free(sandbox_succeed("cp k.sqlite l.sqlite; cp k.sqlite-wal l.sqlite-wal"));
    weft_metrics_store_close(store);
    weft_metrics_store_close(metrics_open("l.sqlite", "two"));
    metrics_check("l.sqlite", "select count(*) from experiments where experiment_id = 'two'", "1\n");
}

/* Someone else holds the database: records wait, callers do not; what does not fit in the ring is lost and counted. */
static void test_a_locked_database_delays_nobody(void **state) {
    (void)state;
    sqlite3 *other = NULL;
    weft_metrics_store *store = metrics_open("d.sqlite", "one");
    weft_metrics_store_close(store);
    assert_int_equal(sqlite3_open("d.sqlite", &other), SQLITE_OK);
    store = metrics_open("d.sqlite", "two");
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
    char *kept = metrics_query("d.sqlite", "select count(*) from memory_samples");
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
        weft_metrics_store *store = metrics_open(path, "one");
        assert_true(weft_clock_monotonic_ns() - before < INT64_C(2000000000));
        add_sample(store, 1, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, GIB);
        assert_int_equal(sqlite3_exec(other, "commit", NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(other);
        assert_int_equal(weft_metrics_store_lost(store), 0);
        weft_metrics_store_close(store);
        metrics_check(path, "select count(*) from memory_samples", "1\n");
    }
}

static void test_two_runs_share_one_database(void **state) {
    (void)state;
    weft_metrics_store *first = metrics_open("e.sqlite", "one"), *second = metrics_open("e.sqlite", "two");
    for (int i = 0; i < 500; i++) {
        add_sample(first, i, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, GIB);
        add_sample(second, i, WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK, GIB);
    }
    weft_metrics_store_close(first);
    weft_metrics_store_close(second);
    metrics_check("e.sqlite", "select experiment_id, stage, samples from v_memory_by_stage order by 1",
                  "one|merge|500\ntwo|export|500\n");
}

/* Runs of day 0, 1 and 2, with 9,000 samples each: what began before day 2 goes, in steps, and nothing else. One that
 * is under way stays, unless it says so for more than a year. */
static void test_old_runs_leave(void **state) {
    (void)state;
    int64_t runs = 0;
    weft_metrics_store_close(metrics_open("p.sqlite", "zero"));
    free(metrics_query(
        "p.sqlite",
        "delete from experiments; "
        "with recursive n(i) as (select 0 union all select i + 1 from n where i < 3) "
        "insert into experiments (run_id, experiment_id, started_ms, ended_ms, weft_version, mode, limit_bytes, "
        "threads, grid_cols, grid_rows, layers) select 10 + i, 'e' || i, i * 86400000, case when i < 3 then i * "
        "86400000 + 1 end, '0', 'streaming', 1, 1, 1, 1, 1 from n; "
        "with recursive n(i) as (select 0 union all select i + 1 from n where i < 26999) "
        "insert into memory_samples (run_id, sampled_ms, stage, operation, resident_bytes, anonymous_bytes, "
        "ledger_bytes) select 10 + i / 9000, i, 'merge', 'merge_chunk', 1, 1, 1 from n"));
    assert_int_equal(weft_metrics_prune("p.sqlite", INT64_C(2) * 86400000, 0, &runs, NULL), WEFT_OK);
    assert_int_equal(runs, 2);
    metrics_check("p.sqlite",
                  "select run_id, (select count(*) from memory_samples as s where s.run_id = e.run_id) from "
                  "experiments as e; select count(*) from memory_samples; pragma foreign_key_check",
                  "12|9000\n13|0\n9000\n");
    assert_int_equal(weft_metrics_prune("p.sqlite", INT64_C(100) * 86400000, 0, &runs, NULL), WEFT_OK);
    assert_int_equal(runs, 1);
    metrics_check("p.sqlite", "select run_id from experiments", "13\n");
    assert_int_equal(weft_metrics_prune("p.sqlite", INT64_C(400) * 86400000, 0, &runs, NULL), WEFT_OK);
    assert_int_equal(runs, 1);
    assert_int_equal(weft_metrics_prune("nowhere.sqlite", 1, 0, &runs, NULL), WEFT_ERR_NO_INPUT);
    assert_false(sandbox_exists("nowhere.sqlite"));
}

static void sleep_ms(long ms) {
    (void)nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* A reader that looks every 10 ms, each time for some milliseconds, while 60,000 samples are written: the log, which
 * would hold some 10 MB of them, stays under 8 MiB. */
static void test_readers_do_not_let_the_log_grow(void **state) {
    (void)state;
    weft_metrics_store *store = metrics_open("w.sqlite", "one");
    int64_t most = 0;
    for (int i = 0; i < 600; i++) {
        struct stat info;
        int rows = 0;
        for (int j = 0; j < 100; j++)
            add_sample(store, i * 100 + j, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, GIB);
        (void)weft_metrics_query_sql("w.sqlite", "select * from memory_samples order by id desc limit 500", count_rows,
                                     &rows, NULL);
        if (stat("w.sqlite-wal", &info) == 0 && info.st_size > most) most = info.st_size;
        sleep_ms(2);
    }
    int64_t lost = weft_metrics_store_lost(store);
    weft_metrics_store_close(store);
    assert_int_equal(lost, 0);
    assert_between(most, 1, 8 << 20);
    metrics_check("w.sqlite", "select count(*) from memory_samples", "60000\n");
}

/* Another process that records a sample each 10 ms is killed: less than the last second of them is not there. */
static void test_a_kill_costs_less_than_a_second(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        weft_metrics_store *store = metrics_open("s.sqlite", "one");
        for (int i = 0; i < 2000; i++) {
            add_sample(store, weft_clock_wall_ms(), WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK, GIB);
            sleep_ms(10);
        }
        _exit(0);
    }
    sleep_ms(1700);
    int64_t killed_ms = weft_clock_wall_ms();
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    char *last = metrics_query("s.sqlite", "select max(sampled_ms), count(*) > 10 from memory_samples");
    assert_between(killed_ms - atoll(last), 0, 1000);
    assert_non_null(strstr(last, "|1"));
    free(last);
}

static int setup(void **state) {
    weft_log_set_level(WEFT_LOG_ERROR);
    return sandbox_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views_show_what_was_recorded),
        cmocka_unit_test(test_an_experiment_that_begins_again_adds_to_its_history),
        cmocka_unit_test(test_an_older_database_is_brought_up_to_date),
        cmocka_unit_test(test_each_earlier_schema_is_brought_up_to_date),
        cmocka_unit_test(test_a_new_database_has_the_schema_that_migrations_lead_to),
        cmocka_unit_test(test_a_signal_ends_bringing_up_to_date),
        cmocka_unit_test(test_a_store_that_cannot_be_opened_loses_and_says_nothing_more),
        cmocka_unit_test(test_what_is_not_weft_s_is_not_touched),
        cmocka_unit_test(test_a_database_that_is_still_in_its_log_is_weft_s),
        cmocka_unit_test(test_a_locked_database_delays_nobody),
        cmocka_unit_test(test_a_database_that_is_locked_when_it_is_opened_is_tried_again),
        cmocka_unit_test(test_two_runs_share_one_database),
        cmocka_unit_test(test_old_runs_leave),
        cmocka_unit_test(test_readers_do_not_let_the_log_grow),
        cmocka_unit_test(test_a_kill_costs_less_than_a_second),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
