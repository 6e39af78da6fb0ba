/* SPDX-License-Identifier: MIT */
#include "unit/store/metrics_rig.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdlib.h>

weft_metrics_store *metrics_open(const char *path, const char *experiment) {
    weft_metrics_store *store = NULL;
    assert_int_equal(weft_metrics_store_open(&store, path, NULL, NULL), WEFT_OK);
    weft_experiment_record record = {.experiment_id = experiment,
                                     .started_ms = 1000,
                                     .config_file = "c.yml",
                                     .config_text = "text",
                                     .weft_version = "1",
                                     .mode = "streaming",
                                     .limit_bytes = INT64_C(2) << 30,
                                     .threads = 2,
                                     .grid_cols = 3,
                                     .grid_rows = 4,
                                     .layers = 5,
                                     .warning_percent = 80,
                                     .critical_percent = 90,
                                     .command = "weft run c.yml",
                                     .plan_json = "{1}"};
    weft_metrics_store_begin(store, &record);
    return store;
}

char *metrics_query(const char *path, const char *sql) {
    return sandbox_succeed("sqlite3 '%s' \"%s\"", path, sql);
}

void metrics_check(const char *path, const char *sql, const char *expected) {
    char *found = metrics_query(path, sql);
    assert_string_equal(found, expected);
    free(found);
}
