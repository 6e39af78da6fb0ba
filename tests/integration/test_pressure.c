/* Sizes follow memory: a scripted probe and a real balloon shrink windows and chunks by the design's rule, and they
 * grow back; each change is in the store with its reason.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include "core/clock.h"
#include "monitors/memory_monitor.h"
#include "stages/context/adaptive_size.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define MIB (INT64_C(1) << 20)

static void sleep_ms(long ms) {
    struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&pause, NULL);
}

/* --- a monitor with a window size and a chunk size on it, and everything they said --- */

typedef struct watched {
    weft_memory_monitor *monitor;
    weft_context context;
    weft_adaptive_size window, chunk;
    weft_adaptation changes[64];
    _Atomic int count;
} watched;

static weft_status subscribe(void *payload, weft_pressure_fn fn, void *fn_payload, weft_error *err) {
    return weft_memory_monitor_register(payload, fn, fn_payload, err);
}

static void unsubscribe(void *payload, weft_pressure_fn fn, void *fn_payload) {
    weft_memory_monitor_unregister(payload, fn, fn_payload);
}

static void adapted(void *payload, const weft_adaptation *adaptation) {
    watched *self = payload;
    int index = atomic_load(&self->count);
    assert_true(index < 64);
    self->changes[index] = *adaptation;
    atomic_store(&self->count, index + 1);
}

static void watch(watched *self, weft_memory_probe **probe, int64_t limit_bytes) {
    *self = (watched){0};
    weft_memory_monitor_options options = {.limit_bytes = limit_bytes,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 10,
                                           .cooldown_ms = 100,
                                           .recovery_ms = 100,
                                           .probes = probe,
                                           .probe_count = 1};
    assert_int_equal(weft_memory_monitor_new(&self->monitor, &options, NULL), WEFT_OK);
    self->context.pressure = (weft_pressure_source){subscribe, unsubscribe, self->monitor};
    self->context.observer = (weft_observer){.adapted = adapted, .payload = self};
    self->window = (weft_adaptive_size){.stage = WEFT_STAGE_RESAMPLE,
                                        .parameter = "window_size",
                                        .desired = 2048,
                                        .warning_floor = 512,
                                        .critical_size = 256};
    self->chunk = (weft_adaptive_size){.stage = WEFT_STAGE_MERGE,
                                       .parameter = "chunk_size",
                                       .desired = 5000,
                                       .warning_floor = 1000,
                                       .critical_size = 1000};
    assert_int_equal(weft_adaptive_size_init(&self->window, &self->context, NULL), WEFT_OK);
    assert_int_equal(weft_adaptive_size_init(&self->chunk, &self->context, NULL), WEFT_OK);
    assert_int_equal(weft_memory_monitor_start(self->monitor, NULL), WEFT_OK);
}

static void unwatch(watched *self) {
    weft_memory_monitor_stop(self->monitor);
    weft_adaptive_size_dispose(&self->window);
    weft_adaptive_size_dispose(&self->chunk);
    weft_memory_monitor_free(self->monitor);
}

/* Takes windows and chunks for up to 20 s, until both sizes are these. */
static void await(watched *self, int64_t window, int64_t chunk) {
    for (int i = 0; i < 2000; i++) {
        int64_t next = weft_adaptive_size_take(&self->chunk);
        if (weft_adaptive_size_take(&self->window) == window && next == chunk) return;
        sleep_ms(10);
    }
    fail_msg("sizes are %lld and %lld, not %lld and %lld", (long long)weft_adaptive_size_get(&self->window),
             (long long)weft_adaptive_size_get(&self->chunk), (long long)window, (long long)chunk);
}

/* The values that `parameter` took, one after the other. */
static void check_path(const watched *self, const char *parameter, const int64_t *expected, int count) {
    int at = 0;
    for (int i = 0; i < atomic_load(&self->count); i++) {
        const weft_adaptation *change = &self->changes[i];
        if (strcmp(change->parameter, parameter) != 0) continue;
        assert_true(at + 1 < count);
        assert_int_equal(change->old_value, expected[at]);
        assert_int_equal(change->new_value, expected[++at]);
        assert_true(change->reason[0] != '\0');
    }
    assert_int_equal(at, count - 1);
}

/* Halved twice, the critical size, and back by eighths. */
static const int64_t window_path[] = {2048, 1024, 512, 256, 512, 768, 1024, 1280, 1536, 1792, 2048};
static const int64_t chunk_path[] = {5000, 2500, 1250, 1000, 1625, 2250, 2875, 3500, 4125, 4750, 5000};

/* --- a balloon --- */

/* Takes what is missing to `target` resident bytes; returns how much that was. */
static size_t blow(char **out, int64_t target) {
    weft_process_memory now;
    assert_true(weft_process_memory_read(&now));
    assert_true(target > now.resident_bytes);
    size_t bytes = (size_t)(target - now.resident_bytes);
    *out = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(*out != MAP_FAILED);
    memset(*out, 1, bytes);
    return bytes;
}

static void test_a_real_balloon_shrinks_sizes_and_they_grow_back(void **state) {
    (void)state;
#ifdef __SANITIZE_THREAD__
    print_message("skipped: ThreadSanitizer keeps what a balloon took, so that nothing recovers\n");
    skip();
#endif
    const int64_t limit = 1024 * MIB;
    weft_memory_probe *probe = NULL;
    watched self;
    char *balloons[2];
    size_t bytes[2];
    assert_int_equal(
        weft_memory_probe_new(&probe, "process", &(weft_probe_setup){.root = "", .limit_bytes = limit}, NULL), WEFT_OK);
    watch(&self, &probe, limit);
    await(&self, 2048, 5000);
    bytes[0] = blow(&balloons[0], 85 * limit / 100);
    await(&self, 512, 1000);
    bytes[1] = blow(&balloons[1], 95 * limit / 100);
    await(&self, 256, 1000);
    munmap(balloons[0], bytes[0]);
    munmap(balloons[1], bytes[1]);
    await(&self, 2048, 5000);
    unwatch(&self);
    check_path(&self, "window_size", window_path, 11);
    check_path(&self, "chunk_size", chunk_path, 11);
    weft_memory_probe_free(probe);
}

/* --- a whole run under a script --- */

static const char config_text[] = "experiment: pressed\n"
                                  "output_dir: out\n"
                                  "grid: {crs: 'EPSG:31985', resolution: 3, extent: landsat}\n"
                                  "datasets:\n"
                                  "  - {name: landsat, path: '${SAMPLE}/landsat7.tif'}\n"
                                  "  - {name: elevation, path: '${SAMPLE}/dem.tif'}\n"
                                  "resampling: {transform_tolerance: 0}\n" /* so that it takes a while */
                                  "merge: {enable_streaming: true, streaming_chunk_size: 800, min_chunk_size: 100}\n"
                                  "memory: {limit: 4GiB}\n";

/* The store's record of `parameter` as "old>new old>new ". */
static char *recorded(const char *parameter) {
    return sandbox_succeed("sqlite3 -separator '>' -newline ' ' out/metrics.sqlite \"select old_value, new_value from "
                           "v_memory_adaptations where parameter = '%s' and reason <> '' order by rowid\"",
                           parameter);
}

static void test_a_scripted_run_records_every_change(void **state) {
    (void)state;
    sandbox_write("config.yml", config_text);
    /* The script's last line stays: pressure is over when the run has only begun. */
    sandbox_write("script", "50 *2\n85 *20\n95 *5\n40\n");
    free(sandbox_succeed("\"$PRESSURED\" config.yml script"));
    char *windows = recorded("window_size"), *chunks = recorded("chunk_size");
    assert_string_equal(windows, "2048>1024 1024>512 512>256 256>512 512>768 768>1024 1024>1280 1280>1536 1536>1792 "
                                 "1792>2048 ");
    assert_int_equal(strncmp(chunks, "800>400 400>200 200>100 100>200 200>300 ", 40), 0);
    free(windows);
    free(chunks);
}

static int setup(void **state) {
    if (sandbox_setup(state) != 0) return -1;
    return setenv("PRESSURED", WEFT_PRESSURED, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_real_balloon_shrinks_sizes_and_they_grow_back),
        cmocka_unit_test(test_a_scripted_run_records_every_change),
    };
    return cmocka_run_group_tests(tests, setup, sandbox_teardown);
}
