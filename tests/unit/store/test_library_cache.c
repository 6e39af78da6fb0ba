/* How much SQLite keeps of PROJ's database, and of others as before.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "store/library_cache.h"

#include <sqlite3.h>

static int cache_size(const char *path) {
    sqlite3 *database = NULL;
    sqlite3_stmt *query = NULL;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, "pragma cache_size", -1, &query, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    int size = sqlite3_column_int(query, 0);
    assert_int_equal(sqlite3_finalize(query), SQLITE_OK);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
    return size;
}

static void test_projs_database_is_kept_less_of_than_others(void **state) {
    (void)state;
    int before = cache_size("proj.db");
    assert_int_equal(before, cache_size("my_proj.db"));
    weft_library_cache_limit();
    assert_int_equal(cache_size("proj.db"), -256); /* KiB */
    assert_int_equal(cache_size("my_proj.db"), before);
    assert_int_equal(cache_size(":memory:"), before);
    assert_int_equal(cache_size(""), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_projs_database_is_kept_less_of_than_others)};
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
