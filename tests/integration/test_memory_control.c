/* The promises of the control: how soon a reaction comes and counts, how often sizes change, how soon they are back,
 * and what does not count as memory in use.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/memory_bound.h"
#include "support/sandbox.h"
#include "support/set_probe.h"

#include "core/log.h"
#include "monitors/memory_monitor.h"
#include "stages/context/window_walk.h"
#include "store/metrics_store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)

/* --- a monitor, a store, and a window size on them --- */

typedef struct rig {
    set_probe probe;
    weft_memory_probe *probes[1];
    weft_memory_monitor *monitor;
    weft_metrics_store *store;
    weft_context context;
    weft_adaptive_size window;
    _Atomic int changes;
    int64_t changed_ms[64]; /* of the monitor's clock, when it is stepped by hand */
    int64_t at_ms;
} rig;

static weft_status subscribe(void *payload, weft_pressure_fn fn, void *fn_payload, weft_error *err) {
    return weft_memory_monitor_register(payload, fn, fn_payload, err);
}

static void unsubscribe(void *payload, weft_pressure_fn fn, void *fn_payload) {
    weft_memory_monitor_unregister(payload, fn, fn_payload);
}

static void adapted(void *payload, const weft_adaptation *adaptation) {
    rig *self = payload;
    int index = atomic_fetch_add(&self->changes, 1);
    if (index < 64) self->changed_ms[index] = self->at_ms;
    if (self->store != NULL) weft_metrics_store_adaptation(self->store, weft_clock_wall_ms(), adaptation);
}

static void keep_sample(void *payload, const weft_memory_sample *sample) {
    rig *self = payload;
    weft_memory_sample record = {.wall_ms = sample->wall_ms, .resident_bytes = sample->resident_bytes, .probe = "set"};
    if (self->store != NULL) weft_metrics_store_sample(self->store, &record);
}

static void keep_alert(void *payload, const weft_memory_alert *alert) {
    rig *self = payload;
    if (self->store != NULL) weft_metrics_store_alert(self->store, alert);
}

static void begin(rig *self, int64_t cooldown_ms) {
    set_probe_init(&self->probe);
    self->probes[0] = &self->probe.base;
    weft_memory_monitor_options options = {.limit_bytes = 256 * MIB,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 1000,
                                           .cooldown_ms = cooldown_ms,
                                           .recovery_ms = cooldown_ms,
                                           .probes = self->probes,
                                           .probe_count = 1,
                                           .sink = {keep_sample, keep_alert, NULL, self}};
    assert_int_equal(weft_memory_monitor_new(&self->monitor, &options, NULL), WEFT_OK);
    self->context.pressure = (weft_pressure_source){subscribe, unsubscribe, self->monitor};
    self->context.observer = (weft_observer){.adapted = adapted, .payload = self};
    self->window = (weft_adaptive_size){.stage = WEFT_STAGE_RESAMPLE,
                                        .parameter = "window_size",
                                        .desired = 2048,
                                        .warning_floor = 16,
                                        .critical_size = 256};
    assert_int_equal(weft_adaptive_size_init(&self->window, &self->context, NULL), WEFT_OK);
}

static void end(rig *self) {
    weft_memory_monitor_stop(self->monitor);
    weft_adaptive_size_dispose(&self->window);
    weft_memory_monitor_free(self->monitor);
    weft_metrics_store_close(self->store);
}

/* --- how soon --- */

/* A worker on its way: 3 ms a band of 2048 cells, 192 ms a window of 2048 x 2048; the narrower, the faster. */
typedef struct walker {
    rig *rig;
    weft_worker worker;
    _Atomic int64_t windows, wide_after; /* wide_after: bands wider than the target, of windows begun after it */
    int64_t window_at_target; /* the number of the window in hand when the target was first seen; 0: not yet */
} walker;

static weft_status walk_band(void *payload, weft_worker *worker, weft_window band, weft_error *err) {
    walker *self = payload;
    int64_t number = atomic_load(&self->windows), target = weft_adaptive_size_get(&self->rig->window);
    (void)worker;
    (void)err;
    if (target <= 256 && self->window_at_target == 0) self->window_at_target = number;
    if (self->window_at_target != 0 && number > self->window_at_target && band.cols > 256)
        atomic_fetch_add(&self->wide_after, 1);
    (void)nanosleep(&(struct timespec){.tv_nsec = 3000000L * (long)band.cols / 2048}, NULL);
    return WEFT_OK;
}

static void *walk(void *payload) {
    walker *self = payload;
    weft_window_walk walk = {&self->rig->window, &self->windows, walk_band, self};
    (void)weft_window_walk_run(&walk, &self->worker, (weft_window){0, 0, 8192, 2048}, NULL);
    return NULL;
}

static void open_store(rig *self, const char *path) {
    assert_int_equal(weft_metrics_store_open(&self->store, path, NULL, NULL), WEFT_OK);
    weft_experiment_record record = {.experiment_id = "one",
                                     .started_ms = 1,
                                     .config_file = "c",
                                     .config_text = "t",
                                     .weft_version = "1",
                                     .mode = "streaming"};
    weft_metrics_store_begin(self->store, &record);
}

/* Whether the machine let this process run while it was measured: a thread that asked for 1 ms and got 20 says that it did
 * not, and then what the monitor's thread took is not the monitor's. */
static bool step_to_critical(const char *database, bool locked) {
    static rig self;
    sqlite3 *other = NULL;
    walker way = {.rig = &self};
    pthread_t thread;
    self = (rig){0};
    self.probe.percent = 40;
    (void)remove(database);
    open_store(&self, database);
    begin(&self, 1000);
    way.worker.context = &self.context;
    assert_int_equal(sqlite3_open(database, &other), SQLITE_OK);
    if (locked) assert_int_equal(sqlite3_exec(other, "begin exclusive", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(weft_memory_monitor_start(self.monitor, NULL), WEFT_OK);
    /* Samples have become rare: it is not one of them that sees the step. */
    sleep_ms(1330);
    assert_int_equal(pthread_create(&thread, NULL, walk, &way), 0);
    sleep_ms(100);
    assert_int_equal(weft_adaptive_size_get(&self.window), 2048);
    int64_t stepped_ms = now_ms(), last_ms = stepped_ms, took_ms = 0, longest_ms = 0;
    atomic_store(&self.probe.percent, 95);
    while (weft_adaptive_size_get(&self.window) != 256 && took_ms < 5000) {
        sleep_ms(1);
        took_ms = now_ms() - stepped_ms;
        if (stepped_ms + took_ms - last_ms > longest_ms) longest_ms = stepped_ms + took_ms - last_ms;
        last_ms = stepped_ms + took_ms;
    }
    (void)pthread_join(thread, NULL);
    if (locked) assert_int_equal(sqlite3_exec(other, "commit", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    end(&self);
    print_message("from the step to the target: %d ms; 1 ms took %d at most\n", (int)took_ms, (int)longest_ms);
    if (took_ms > 100 && longest_ms >= 20) return false;
    assert_true(took_ms <= 100);
    assert_true(way.window_at_target > 0 && way.windows > way.window_at_target);
    assert_int_equal(way.wide_after, 0);
    char *kept = sandbox_succeed("sqlite3 %s \"select old_value, new_value from v_memory_adaptations\"", database);
    assert_string_equal(kept, "2048|256\n");
    free(kept);
    return true;
}

static void check_step(const char *database, bool locked) {
    for (int attempts = 0; attempts < 10; attempts++)
        if (step_to_critical(database, locked)) return;
    fail_msg("the machine is too busy to measure 100 ms");
}

static void test_a_step_to_critical_is_a_target_within_100_ms_and_counts_at_the_next_window(void **state) {
    (void)state;
    check_step("free.sqlite", false);
}

static void test_a_blocked_store_delays_no_reaction(void **state) {
    (void)state;
    check_step("locked.sqlite", true);
}

/* --- how often --- */

/* Looks 50 ms apart by the monitor's own clock, swinging with this many looks a side, for 20 s. */
static void check_swing(int64_t low, int64_t high, int looks) {
    static rig self;
    self = (rig){0};
    begin(&self, 1000);
    for (int i = 0; i < 400; i++) {
        self.at_ms = 50 * i;
        self.probe.percent = i / looks % 2 == 0 ? high : low;
        weft_memory_monitor_step(self.monitor, self.at_ms);
        (void)weft_adaptive_size_take(&self.window);
    }
    int changes = self.changes;
    end(&self);
    assert_true(changes > 0 && changes <= 20);
    for (int i = 1; i < changes; i++)
        if (self.changed_ms[i] - self.changed_ms[i - 1] < 1000)
            fail_msg("%d..%d %%: changes at %d and %d ms", (int)low, (int)high, (int)self.changed_ms[i - 1],
                     (int)self.changed_ms[i]);
}

static void test_a_swinging_probe_changes_a_size_at_most_once_a_cooldown(void **state) {
    (void)state;
    for (int looks = 1; looks <= 16; looks *= 2) {
        check_swing(75, 85, looks);
        check_swing(74, 85, looks);
        check_swing(71, 80, looks);
    }
}

/* Usage falls from critical to 50 % and stays there, looked at every 50 ms by the monitor's own clock, with a window
 * taken every 10 ms. The count of windows begins when growth is allowed: two seconds after the first look under 70 %
 * (and a cooldown after the last reaction, which is earlier). Till then each window is as small as the reaction made
 * it, however many are taken. */
static void test_after_two_quiet_seconds_the_configured_size_is_back_within_20_windows(void **state) {
    (void)state;
    static rig self;
    int64_t at_ms = 0, first = 0, last = 0;
    int small = 0, grown = 0;
    self = (rig){0};
    begin(&self, 0);
    self.probe.percent = 95;
    weft_memory_monitor_step(self.monitor, at_ms);
    assert_int_equal(weft_adaptive_size_take(&self.window), 256);
    self.probe.percent = 50;
    for (at_ms = 50; at_ms <= 10000 && last < 2048 * 95 / 100; at_ms += 10) {
        if (at_ms % 50 == 0) weft_memory_monitor_step(self.monitor, at_ms);
        last = weft_adaptive_size_take(&self.window);
        if (last == 256) small++;
        if (last > 256 && grown++ == 0) first = at_ms;
    }
    end(&self);
    print_message("%d windows at the smallest size, until %d ms; back %d windows later\n", small, (int)first, grown);
    assert_int_equal(first, 50 + 2000);
    assert_int_equal(small, 200);
    /* An eighth of 2048 a window: 512, 768, .. 2048. */
    assert_int_equal(grown, 7);
    assert_int_equal(last, 2048);
}

/* From one cell: 8 windows, with nothing to count in the quiet time. */
static void test_growth_takes_eight_windows_at_most_whatever_size_it_begins_with(void **state) {
    (void)state;
    for (int64_t desired = 1; desired <= 4096; desired++) {
        weft_adaptive_size size = {.desired = desired};
        int64_t current = 1;
        int windows = 0;
        while (current < desired && windows++ < 100)
            current = weft_adaptive_size_next(&size, current, WEFT_PRESSURE_RECOVERED);
        assert_true(windows <= 8);
    }
}

/* --- whole runs --- */

/* A column off the grid, so that no row is complete: a run with all its windows and next to no output. Every cell is
 * transformed exactly, by PROJ, which takes seconds however fast kernels are. */
static const char config_text[] = "experiment: pressed\n"
                                  "output_dir: out\n"
                                  "grid: {crs: 'EPSG:31985', resolution: 3, extent: landsat}\n"
                                  "datasets:\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif'}\n"
                                  "  - {name: elevation, path: '${SAMPLE}/dem.tif'}\n"
                                  "  - {name: nowhere, path: nowhere.tif}\n"
                                  "  - {name: geoid, path: '${SAMPLE}/geoid.tif'}\n"
                                  "resampling: {transform_tolerance: 0}\n"
                                  "merge: {enable_streaming: true, streaming_chunk_size: 400, min_chunk_size: 100}\n"
                                  "export: {rows: complete}\n"
                                  "memory: {limit: 4GiB, sample_interval: 50ms}\n";

/* MiB of anonymous memory over the ledger and a tenth of it, in samples that `which` chooses and in whose time chunks
 * were still made: the `pick` (min, max) of them. Fails the test where there are none. */
static double over_mib(const char *pick, const char *which) {
    char *told = sandbox_succeed(
        "sqlite3 out/metrics.sqlite \"select count(*), %s((anonymous_bytes - 1.1 * ledger_bytes) / 1048576) from "
        "memory_samples where %s and sampled_ms <= (select max(sampled_ms) from memory_samples where stage = "
        "'merge')\"",
        pick, which);
    int count = 0;
    double over = 0;
    if (sscanf(told, "%d|%lf", &count, &over) != 2 || count == 0) fail_msg("no samples where %s", which);
    free(told);
    return over;
}

/* Until the alert no sample is within the bound, since the run began with a heap that somebody has to trim; from a
 * second after it on, all are. */
static void check_bound(int threads, const char *streaming) {
    free(sandbox_succeed("rm -rf out; HEAP_MIB=160 LAST_MS=2000 \"$PRESSURED\" config.yml script threads=%d "
                         "grid.resolution=6 merge.enable_streaming=%s",
                         threads, streaming));
    double calm = over_mib("min", "usage_percent < 90"),
           pressed = over_mib("max", "usage_percent > 90 and sampled_ms >= 1000 + (select min(alerted_ms) from "
                                     "memory_alerts where level = 'critical')");
    print_message("%d threads, streaming %s: %.1f MiB over the ledger and its tenth, then %.1f\n", threads, streaming,
                  calm, pressed);
    assert_true(calm > MEMORY_BOUND_MIB);
    assert_true(pressed <= MEMORY_BOUND_MIB);
}

static void test_a_second_after_a_critical_alert_memory_is_what_the_ledger_says(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("skipped: a sanitizer's own memory is not in the ledger\n");
    skip();
#endif
    sandbox_write("config.yml", config_text);
    sandbox_write("script", "40 *4\n95 *100\n40\n");
    bool all = getenv("WEFT_LONG_TESTS") != NULL;
    check_bound(1, "false");
    check_bound(8, "true");
    if (all) check_bound(1, "true");
    if (all) check_bound(8, "false");
}

static void test_a_lasting_critical_level_ends_with_71_and_leaves_what_was_there(void **state) {
    (void)state;
    sandbox_write("config.yml", config_text);
    sandbox_write("script", "40 *4\n95\n");
    free(sandbox_succeed("rm -rf out; mkdir out; echo before > out/merged_data_pressed.csv"));
    sandbox_result result = sandbox_run("PATIENCE_MS=500 \"$PRESSURED\" config.yml script");
    assert_int_equal(result.exit_code, 71);
    assert_non_null(strstr(result.err, "memory stayed critical with every size at its smallest"));
    assert_non_null(strstr(result.err, "memory.limit"));
    sandbox_result_free(&result);
    char *text = sandbox_read("out/merged_data_pressed.csv", NULL);
    assert_string_equal(text, "before\n");
    free(text);
    char *status = sandbox_succeed("sqlite3 out/metrics.sqlite 'select status from v_experiments'");
    assert_string_equal(status, "memory\n");
    free(status);
}

/* Whether a calm run opened more of anything than workers, and whether all that was acquired was released. */
static void test_pools_open_one_handle_a_worker_and_more_only_after_closing_idle_ones(void **state) {
    (void)state;
    sandbox_write("config.yml", config_text);
    /* SAD69: the datum that the file has by itself is the grid's for PROJ 9.9. */
    free(sandbox_succeed("sed -i \"s/dem.tif'/&, crs: 'EPSG:29195'/\" config.yml && grep -q 29195 config.yml"));
    sandbox_write("calm", "40\n");
    sandbox_write("swings", "85 *2\n40 *4\n85 *2\n40 *4\n85 *2\n40\n");
    free(sandbox_succeed("rm -rf out; \"$PRESSURED\" config.yml calm threads=2 grid.resolution=20"));
    char *pools = sandbox_succeed("sqlite3 out/metrics.sqlite \"select count(*), max(created) <= 2, max(in_use), "
                                  "min(acquired = released), min(reused > 0 or acquired = 0) from v_pools "
                                  "where pool <> 'blocks'\"");
    assert_string_equal(pools, "6|1|0|1|1\n"); /* handles of four files, transforms of two CRSs */
    free(pools);
    free(sandbox_succeed("rm -rf out; LAST_MS=1500 \"$PRESSURED\" config.yml swings threads=2 grid.resolution=6"));
    pools =
        sandbox_succeed("sqlite3 out/metrics.sqlite \"select max(created) > 2, max(in_use), min(acquired = released), "
                        "max(available) <= 2 from v_pools where pool <> 'blocks'\"");
    assert_string_equal(pools, "1|0|1|1\n");
    free(pools);
}

static int setup(void **state) {
    weft_log_set_level(WEFT_LOG_ERROR);
    if (sandbox_setup(state) != 0) return -1;
    free(sandbox_succeed("gdal_translate -q -a_srs EPSG:31985 -a_ullr 0 9 9 0 -outsize 9 9 \"$SAMPLE/dem.tif\" "
                         "nowhere.tif"));
    return setenv("PRESSURED", WEFT_PRESSURED, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_step_to_critical_is_a_target_within_100_ms_and_counts_at_the_next_window),
        cmocka_unit_test(test_a_blocked_store_delays_no_reaction),
        cmocka_unit_test(test_a_swinging_probe_changes_a_size_at_most_once_a_cooldown),
        cmocka_unit_test(test_after_two_quiet_seconds_the_configured_size_is_back_within_20_windows),
        cmocka_unit_test(test_growth_takes_eight_windows_at_most_whatever_size_it_begins_with),
        cmocka_unit_test(test_a_second_after_a_critical_alert_memory_is_what_the_ledger_says),
        cmocka_unit_test(test_a_lasting_critical_level_ends_with_71_and_leaves_what_was_there),
        cmocka_unit_test(test_pools_open_one_handle_a_worker_and_more_only_after_closing_idle_ones),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
