/* What the server answers is what docs/openapi.json says, and the figures are those that were recorded.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/sandbox.h"
#include "unit/server/api_schema.h"

#include "core/log.h"
#include "server/server.h"
#include "store/metrics_store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MIB (INT64_C(1) << 20)

static json_t *document;
static weft_server *server;
static int port;

static int setup(void **state) {
    document = json_load_file(OPENAPI, 0, NULL);
    weft_log_set_level(WEFT_LOG_ERROR);
    return document == NULL ? -1 : sandbox_setup(state);
}

static int teardown(void **state) {
    json_decref(document);
    return sandbox_teardown(state);
}

static void start_server(const char *database) {
    const weft_server_options options = {.listen = "127.0.0.1:0", .database = database};
    assert_int_equal(weft_server_start(&server, &options, NULL), WEFT_OK);
    assert_int_equal(sscanf(weft_server_url(server), "http://127.0.0.1:%d/", &port), 1);
}

static int stop_server(void **state) {
    (void)state;
    weft_server_stop(server);
    server = NULL;
    return 0;
}

/* A run of 100 rows: 3 of 4 chunks are done, memory is short once. */
static weft_metrics_store *record_run(const char *path, const char *experiment) {
    (void)unlink(path);
    weft_metrics_store *store = NULL;
    weft_experiment_record begun = {.experiment_id = experiment,
                                    .started_ms = 1000000,
                                    .config_file = "c.yml",
                                    .config_text = "a: \"b\"\n",
                                    .weft_version = "1",
                                    .mode = "streaming",
                                    .limit_bytes = 1000 * MIB,
                                    .threads = 2,
                                    .grid_cols = 50,
                                    .grid_rows = 100,
                                    .layers = 5,
                                    .warning_percent = 80,
                                    .critical_percent = 90,
                                    .command = "weft run c.yml",
                                    .plan_json = "{\"rows\": [1]}"};
    assert_int_equal(weft_metrics_store_open(&store, path, NULL, NULL), WEFT_OK);
    weft_metrics_store_begin(store, &begun);
    for (int i = 0; i < 10; i++) {
        weft_memory_sample sample = {.wall_ms = 1000000 + 100 * i,
                                     .stage = WEFT_STAGE_RESAMPLE,
                                     .operation = WEFT_OPERATION_DECODE_BLOCK,
                                     .resident_bytes = (100 + i) * MIB,
                                     .anonymous_bytes = 50 * MIB,
                                     .ledger_bytes = 60 * MIB,
                                     .usage_percent = 10 + i,
                                     .system_percent = i == 0 ? NAN : 20,
                                     .probe = "process"};
        sample.held_bytes[WEFT_TAG_BLOCK_CACHE] = 40 * MIB;
        sample.held_bytes[WEFT_TAG_CHUNK] = 20 * MIB;
        weft_metrics_store_sample(store, &sample);
    }
    weft_metrics_store_alert(store, &(weft_memory_alert){1000500, WEFT_PRESSURE_WARNING, 81, "cgroup", WEFT_STAGE_MERGE,
                                                         810 * MIB, 1000 * MIB});
    weft_metrics_store_adaptation(
        store, 1000501,
        &(weft_adaptation){WEFT_STAGE_MERGE, "chunk_size", 100, 50, WEFT_PRESSURE_WARNING, 81, "memory \"is\" short"});
    for (int i = 0; i < 3; i++)
        weft_metrics_store_chunk(store, &(weft_chunk_record){1000100 + 100 * i, 25 * i, 0, 25, 50, 0.5, 0.25});
    weft_metrics_store_event(store, 1000600, &(weft_event_record){WEFT_EVENT_RETRY, "dem.tif", "read again", 2});
    return store;
}

static void end_run(weft_metrics_store *store) {
    weft_metrics_store_pool(store, &(weft_pool_record){"handles dem", 2, 10, 10, 8, 0, 2});
    weft_metrics_store_operation(
        store, &(weft_operation_record){WEFT_STAGE_RESAMPLE, WEFT_OPERATION_DECODE_BLOCK, 4, 2.0, 1.0, 0.4, 0.9, 1});
    weft_metrics_store_slow(
        store, &(weft_slow_record){1000700, WEFT_STAGE_RESAMPLE, WEFT_OPERATION_DECODE_BLOCK, 1.0, "dem.tif", true});
    weft_metrics_store_stage(store, &(weft_stage_record){WEFT_STAGE_EXPORT, 1000000, 1.5, 100, 1e6, 2000000, WEFT_OK});
    weft_metrics_store_metric(store, "seconds", 2);
    weft_metrics_store_verdict(store, &(weft_verdict_record){"decoding", "bound by decoding", 64 * MIB});
    weft_metrics_store_end(store, 1002000, WEFT_OK, 5000, 120 * MIB, NULL);
    assert_true(weft_metrics_store_close(store));
}

/* GET, held against the schema of `described`. The caller drops the reference. */
static json_t *get_described(const char *path, const char *described) {
    char *body;
    json_error_t error;
    if (http_get(port, path, "", &body) != 200) fail_msg("%s: %s", path, body);
    json_t *answer = json_loads(body, 0, &error), *schema = api_schema_of(document, described);
    if (answer == NULL) fail_msg("%s: %s in %s", path, error.text, body);
    assert_non_null(schema);
    assert_true(api_schema_check(document, schema, answer, path));
    free(body);
    return answer;
}

static void check_described(const char *path, const char *described) {
    json_decref(get_described(path, described));
}

/* Every path of the document that answers JSON. */
static void check_all(void) {
    const char *path;
    json_t *item;
    int checked = 0;
    json_object_foreach(json_object_get(document, "paths"), path, item) {
        if (api_schema_of(document, path) == NULL || strchr(path, '{') != NULL) continue;
        check_described(path, path);
        checked++;
    }
    assert_true(checked >= 12);
}

static void test_answers_are_as_they_are_described(void **state) {
    (void)state;
    start_server("none.sqlite");
    check_all(); /* there is no database yet */
    weft_metrics_store *store = record_run("none.sqlite", "one");
    (void)nanosleep(&(struct timespec){.tv_nsec = 700000000L}, NULL);
    check_all();
    end_run(store);
    (void)nanosleep(&(struct timespec){.tv_nsec = 700000000L}, NULL);
    check_all();
    check_described("/api/admin/experiments/one", "/api/admin/experiments/{id}");
    check_described("/api/admin/progress?experiment=one", "/api/admin/progress");
    check_described("/api/admin/progress?run_id=1", "/api/admin/progress");
}

static double number_at(json_t *answer, const char *name) {
    return json_number_value(json_object_get(answer, name));
}

static json_t *item_at(json_t *answer, size_t at) {
    return json_array_get(json_object_get(answer, "items"), at);
}

static size_t count_items(const char *path, const char *described) {
    json_t *answer = get_described(path, described);
    size_t count = json_array_size(json_object_get(answer, "items"));
    json_decref(answer);
    return count;
}

static void test_figures_are_those_that_were_recorded(void **state) {
    (void)state;
    end_run(record_run("m.sqlite", "one"));
    start_server("m.sqlite");
    json_t *answer = get_described("/api/admin/memory-stats", "/api/admin/memory-stats");
    assert_float_equal(number_at(answer, "resident_bytes"), 109.0 * MIB, 0);
    assert_float_equal(number_at(answer, "unmanaged_bytes"), 49.0 * MIB, 0); /* 109 - 40 - 20 */
    assert_float_equal(number_at(answer, "warning_bytes"), 800.0 * MIB, 0);
    assert_float_equal(number_at(answer, "critical_bytes"), 900.0 * MIB, 0);
    assert_string_equal(json_string_value(json_object_get(answer, "level")), "warning");
    json_decref(answer);
    answer = get_described("/api/admin/progress", "/api/admin/progress");
    assert_float_equal(number_at(answer, "done"), 75, 0);
    assert_float_equal(number_at(answer, "total"), 100, 0);
    assert_float_equal(number_at(answer, "seconds"), 2, 0);
    json_decref(answer);
    answer = get_described("/api/admin/adaptations", "/api/admin/adaptations");
    assert_string_equal(json_string_value(json_object_get(item_at(answer, 0), "reason")), "memory \"is\" short");
    json_decref(answer);
    answer = get_described("/api/admin/pool-stats", "/api/admin/pool-stats");
    assert_float_equal(number_at(item_at(answer, 0), "reused"), 8, 0);
    json_decref(answer);
}

/* Ten samples in parts of 5 of equal time: the larger of each pair, so that no peak is lost. */
static void test_histories_are_cut_by_time_and_number(void **state) {
    static const char history[] = "/api/admin/memory-history";
    (void)state;
    end_run(record_run("m.sqlite", "one"));
    start_server("m.sqlite");
    assert_int_equal(count_items(history, history), 10);
    assert_int_equal(count_items("/api/admin/memory-history?since=1000500", history), 4);
    json_t *answer = get_described("/api/admin/memory-history?limit=5", history);
    assert_int_equal(json_array_size(json_object_get(answer, "items")), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_float_equal(number_at(item_at(answer, i), "resident_bytes"), (101.0 + 2 * (double)i) * MIB, 0);
        assert_float_equal(number_at(item_at(answer, i), "samples"), 2, 0);
    }
    json_decref(answer);
    assert_int_equal(count_items("/api/admin/grid", "/api/admin/grid"), 3);
    answer = get_described("/api/admin/grid?limit=2", "/api/admin/grid");
    assert_int_equal(json_array_size(json_object_get(answer, "items")), 2);
    assert_float_equal(number_at(item_at(answer, 0), "cells"), 2 * 25 * 50, 0); /* rows 0 to 49 */
    assert_float_equal(number_at(item_at(answer, 1), "cells"), 25 * 50, 0);
    json_decref(answer);
    assert_int_equal(count_items("/api/admin/alerts?since=1000500", "/api/admin/alerts"), 0);
}

static void test_what_is_asked_wrongly_is_refused(void **state) {
    static const char *const wrong[] = {"/api/admin/alerts?limit=0",
                                        "/api/admin/alerts?limit=1001",
                                        "/api/admin/alerts?limit=-1",
                                        "/api/admin/alerts?limit=1e3",
                                        "/api/admin/alerts?limit=",
                                        "/api/admin/alerts?since=x",
                                        "/api/admin/alerts?experiment=a%20b",
                                        "/api/admin/alerts?experiment=",
                                        "/api/admin/alerts?run_id=0",
                                        "/api/admin/alerts?limit=5&limit=6",
                                        "/api/admin/alerts?x=1",
                                        "/healthz?a=1",
                                        "/api/admin/alerts?since=99999999999999999999"};
    static const char *const missing[] = {"/api/admin/alerts?experiment=two",
                                          "/api/admin/alerts?run_id=7",
                                          "/api/admin/experiments/two",
                                          "/api/admin/experiments/",
                                          "/api/admin/",
                                          "/api",
                                          "/../etc/passwd",
                                          "/%2e%2e/%2e%2e/etc/passwd",
                                          "/..%2fetc%2fpasswd",
                                          "/m.sqlite",
                                          "//healthz",
                                          "/healthz/",
                                          "/HEALTHZ",
                                          "/page.html"};
    char *body;
    (void)state;
    end_run(record_run("m.sqlite", "one"));
    start_server("m.sqlite");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int code = http_get(port, wrong[i], "", &body);
        if (code != 400) printf("%s: %d\n", wrong[i], code);
        assert_int_equal(code, 400);
        assert_non_null(strstr(body, "\"error\": \"parameter "));
        free(body);
    }
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        int code = http_get(port, missing[i], "", NULL);
        if (code != 404) printf("%s: %d\n", missing[i], code);
        assert_int_equal(code, 404);
    }
}

/* The same numbers for Prometheus: one HELP and one TYPE a metric, before its samples. */
static void test_prometheus_is_told_the_same(void **state) {
    static const char *const lines[] = {
        "weft_run_running{experiment=\"one\"} 0\n",
        "weft_run_succeeded{experiment=\"one\"} 1\n",
        "weft_run_duration_seconds{experiment=\"one\"} 2\n",
        "weft_run_done_cells{experiment=\"one\"} 3750\n",
        "weft_memory_resident_bytes{experiment=\"one\"} 114294784\n", /* 109 MiB */
        "weft_memory_holder_bytes{experiment=\"one\",holder=\"unmanaged\"} 51380224\n",
        "weft_memory_alerts_total{experiment=\"one\",level=\"warning\"} 1\n",
        "weft_memory_alerts_total{experiment=\"one\",level=\"critical\"} 0\n",
        "weft_memory_adaptations_total{experiment=\"one\",parameter=\"chunk_size\"} 1\n",
        "weft_operation_seconds_total{experiment=\"one\",operation=\"decode_block\"} 2\n",
        "# TYPE weft_memory_alerts_total counter\n"};
    char *body;
    (void)state;
    end_run(record_run("m.sqlite", "one"));
    start_server("m.sqlite");
    assert_int_equal(http_get(port, "/metrics", "", &body), 200);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (strstr(body, lines[i]) == NULL) printf("there is no %s", lines[i]);
        assert_non_null(strstr(body, lines[i]));
    }
    const char *first = strstr(body, "# TYPE weft_memory_holder_bytes");
    assert_non_null(first);
    assert_null(strstr(first + 1, "# TYPE weft_memory_holder_bytes"));
    free(body);
}

/* A database that is none is told at the start; one that is broken later is said so in each answer. */
static void test_broken_databases_are_named(void **state) {
    (void)state;
    const weft_server_options options = {.listen = "127.0.0.1:0", .database = "text"};
    weft_error err = {0};
    sandbox_write("text", "no database, but long enough to have the header that a database has: ................"
                          "...............................................................................");
    assert_int_equal(weft_server_start(&server, &options, &err), WEFT_ERR_DATA);
    assert_string_equal(err.message, "text: not a database");
    start_server("later.sqlite");
    assert_int_equal(http_get(port, "/api/admin/alerts", "", NULL), 200);
    sandbox_write("later.sqlite", "no database, but long enough to have the header that a database has: .............."
                                  ".................................................................................");
    (void)nanosleep(&(struct timespec){.tv_nsec = 700000000L}, NULL);
    assert_int_equal(http_get(port, "/api/admin/alerts", "", NULL), 503);
    assert_int_equal(http_get(port, "/healthz", "", NULL), 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_answers_are_as_they_are_described, stop_server),
        cmocka_unit_test_teardown(test_figures_are_those_that_were_recorded, stop_server),
        cmocka_unit_test_teardown(test_histories_are_cut_by_time_and_number, stop_server),
        cmocka_unit_test_teardown(test_what_is_asked_wrongly_is_refused, stop_server),
        cmocka_unit_test_teardown(test_prometheus_is_told_the_same, stop_server),
        cmocka_unit_test_teardown(test_broken_databases_are_named, stop_server),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
