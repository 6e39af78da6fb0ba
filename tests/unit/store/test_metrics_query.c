/* Reading a metrics database: whatever is asked, it stays as it is; and what is wrong is named.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "unit/store/metrics_rig.h"

#include "core/log.h"
#include "store/metrics_store.h"
#include "store/queries/metrics_query.h"
#include "store/queries/metrics_rows.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    weft_metrics_store_close(metrics_open("c.sqlite", "olinda"));
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

static void test_a_newer_schema_is_refused(void **state) {
    (void)state;
    int rows = 0;
    weft_error err = {0};
    weft_metrics_store_close(metrics_open("n.sqlite", "one"));
    free(
        sandbox_succeed("sqlite3 n.sqlite 'pragma user_version = 999; drop view v_pools; create view v_pools as select "
                        "1 as other'"));
    assert_int_equal(weft_metrics_query("n.sqlite", "v_experiments", NULL, count_rows, &rows, &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "n.sqlite: made by a newer weft (schema 999"));
    assert_int_equal(weft_metrics_query_sql("n.sqlite", "select 1", count_rows, &rows, &err), WEFT_ERR_DATA);
    assert_int_equal(rows, 0);
}

static void test_a_query_reads_and_changes_nothing(void **state) {
    (void)state;
    int rows = 0;
    weft_metrics_store_close(metrics_open("q.sqlite", "one"));
    free(sandbox_succeed("sqlite3 other.db 'create table t (a)'"));
    static const char *const good[] = {"select * from v_experiments", "  select 1; ",
                                       ("with recursive n(i) as (select 1 union all select i + 1 from n where i < 1) "
                                        "select i, upper('a'), count(*) from n")};
    static const char *const bad[] = {"delete from experiments",
                                      "insert into pool_stats (run_id) values (1)",
                                      "attach 'other.db' as o",
                                      "attach 'made.db' as o",
                                      "pragma user_version = 3",
                                      "pragma journal_mode = delete",
                                      "vacuum into 'made.db'",
                                      "select 1; select 2",
                                      "select load_extension('x')",
                                      "create temp table t (a)",
                                      "begin",
                                      "selekt",
                                      ""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        weft_error err = {0};
        if (weft_metrics_query_sql("q.sqlite", good[i], count_rows, &rows, &err) != WEFT_OK)
            fail_msg("%s: %s", good[i], err.message);
    }
    assert_int_equal(rows, 3);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        weft_error err = {0};
        if (weft_metrics_query_sql("q.sqlite", bad[i], count_rows, &rows, &err) != WEFT_ERR_USAGE)
            fail_msg("%s: %d %s", bad[i], err.status, err.message);
    }
    assert_int_equal(rows, 3);
    assert_false(sandbox_exists("made.db"));
    metrics_check("q.sqlite", "select count(*) from experiments", "1\n");
}

/* At rest; left by a run that was killed, with its log; and in SQLite's other mode: all files stay what they are, and no
 * others come. The index of a log (-shm) SQLite makes anew, whoever reads it. */
static void test_a_query_leaves_nothing_beside_a_database(void **state) {
    (void)state;
    static const char list[] =
        "cd quiet && ls && for i in $(ls | grep -v shm); do stat -c '%n %s %y' $i; sha256sum $i; done";
    int rows = 0;
    free(sandbox_succeed("mkdir -p quiet"));
    weft_metrics_store *store = metrics_open("quiet/rest.sqlite", "one");
    free(sandbox_succeed(
        "for i in $(seq 300); do sqlite3 quiet/rest.sqlite 'select 1 from experiments' 2>&1 | grep -q 1 "
        "&& break; sleep 0.01; done; for end in '' -wal -shm; do cp quiet/rest.sqlite$end "
        "quiet/killed.sqlite$end; done"));
    weft_metrics_store_close(store);
    free(sandbox_succeed("cp quiet/rest.sqlite quiet/other.sqlite; sqlite3 quiet/other.sqlite 'pragma journal_mode = "
                         "delete'; touch -d yesterday quiet/*"));
    char *before = sandbox_succeed("%s", list);
    static const char *const names[] = {"quiet/rest.sqlite", "quiet/killed.sqlite", "quiet/other.sqlite"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(weft_metrics_query(names[i], "v_experiments", "one", count_rows, &rows, NULL), WEFT_OK);
        assert_int_equal(rows, (int)i + 1);
        char *after = sandbox_succeed("%s", list);
        assert_string_equal(after, before);
        free(after);
    }
    free(before);
}

static void test_a_damaged_database_is_refused(void **state) {
    (void)state;
    int rows = 0;
    weft_error err = {0};
    weft_metrics_store_close(metrics_open("m.sqlite", "one"));
    free(sandbox_succeed("sqlite3 m.sqlite 'pragma journal_mode = delete'; "
                         "dd if=/dev/zero of=m.sqlite bs=4096 seek=1 count=40 conv=notrunc 2>&1"));
    assert_int_equal(weft_metrics_query("m.sqlite", "v_experiments", NULL, count_rows, &rows, &err), WEFT_ERR_DATA);
    assert_non_null(strstr(err.message, "m.sqlite"));
}

/* A name that a URI would read otherwise, in a folder where SQLite cannot put its files. */
static void test_a_database_in_a_folder_that_cannot_be_written_can_be_read(void **state) {
    (void)state;
    weft_error err = {0};
    int rows = 0;
    weft_metrics_store_close(metrics_open("shared/a%41#?.sqlite", "one"));
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

static bool count_first_name(void *found, int columns, const char *const *names, const char *const *values,
                             const bool *numeric) {
    (void)values;
    (void)numeric;
    if (columns == 2 && strcmp(names[0], "a_column_with_a_long_name") == 0) ++*(int *)found;
    return true;
}

/* Another process changes the schema after a statement is prepared: SQLite then prepares it anew at its first step. */
static void test_names_are_right_where_a_schema_has_just_changed(void **state) {
    (void)state;
    weft_database database = {0};
    sqlite3_stmt *statement = NULL;
    int found = 0;
    free(metrics_query("changed.sqlite",
                       "create table t(a_column_with_a_long_name, b); insert into t values (1, 2), (3, 4)"));
    assert_int_equal(weft_database_open(&database, "changed.sqlite", SQLITE_OPEN_READWRITE, 1000, WEFT_ERR_BUSY, NULL),
                     WEFT_OK);
    assert_int_equal(weft_database_prepare(&database, &statement, "select * from t", NULL), WEFT_OK);
    free(metrics_query("changed.sqlite", "create table u(x)"));
    assert_int_equal(weft_metrics_rows_read(&database, statement, count_first_name, &found, NULL), WEFT_OK);
    assert_int_equal(found, 3); /* before the rows, and with each of two */
    weft_database_close(&database);
}

static int setup(void **state) {
    weft_log_set_level(WEFT_LOG_ERROR);
    return sandbox_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries_name_what_is_wrong),
        cmocka_unit_test(test_a_newer_schema_is_refused),
        cmocka_unit_test(test_a_query_reads_and_changes_nothing),
        cmocka_unit_test(test_a_query_leaves_nothing_beside_a_database),
        cmocka_unit_test(test_a_damaged_database_is_refused),
        cmocka_unit_test(test_a_database_in_a_folder_that_cannot_be_written_can_be_read),
        cmocka_unit_test(test_names_are_right_where_a_schema_has_just_changed),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
