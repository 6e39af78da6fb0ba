/* The control law on timelines worked out by hand, samples, and the thread.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/scripted_probe.h"

#include "monitors/memory_monitor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What callbacks and sinks heard: a letter each. W warning, C critical, R recovered, P growth pauses. */
typedef struct heard {
    char reactions[64], alerts[64];
    int samples;
    weft_memory_sample last;
} heard;

static void add(char *to, weft_pressure_level level) {
    size_t length = strlen(to);
    assert_true(length < 63);
    to[length] = "PWCR"[level];
    to[length + 1] = '\0';
}

static void on_pressure(weft_pressure_level level, double usage_percent, void *payload) {
    (void)usage_percent;
    add(((heard *)payload)->reactions, level);
}

static void on_alert(void *payload, const weft_memory_alert *alert) {
    assert_string_equal(alert->probe, "scripted");
    assert_true(alert->limit_bytes == 1 || alert->limit_bytes == 1 << 20); /* the monitor's, not the script's */
    add(((heard *)payload)->alerts, alert->level);
}

static void on_sample(void *payload, const weft_memory_sample *sample) {
    heard *self = payload;
    self->samples++;
    self->last = *sample;
}

/* Steps through percentages `gap_ms` apart, with a cooldown of 1000 ms and a recovery of 2000 ms. */
static void play(heard *out, const double *percents, int count, int64_t gap_ms) {
    weft_memory_probe *probe = NULL;
    weft_memory_monitor *monitor = NULL;
    *out = (heard){0};
    assert_int_equal(scripted_probe_new(&probe, percents, count, NULL), WEFT_OK);
    weft_memory_monitor_options options = {.limit_bytes = 1 << 20,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 1000,
                                           .probes = &probe,
                                           .probe_count = 1,
                                           .sink = {on_sample, on_alert, NULL, out}};
    assert_int_equal(weft_memory_monitor_new(&monitor, &options, NULL), WEFT_OK);
    assert_int_equal(weft_memory_monitor_register(monitor, on_pressure, out, NULL), WEFT_OK);
    for (int i = 0; i < count; i++)
        weft_memory_monitor_step(monitor, i * gap_ms);
    weft_memory_monitor_free(monitor);
    weft_memory_probe_free(probe);
}

#define PLAY(out, gap_ms, ...)                                                                                         \
    play(out, (const double[]){__VA_ARGS__}, sizeof(double[]){__VA_ARGS__} / sizeof(double), gap_ms)

static void test_levels_are_entered_and_left_with_hysteresis(void **state) {
    (void)state;
    heard out;
    /* 79.9 is normal; 80 warns; 76 still warns; 74 is over. */
    PLAY(&out, 100, 79.9, 80, 76, 74);
    assert_string_equal(out.alerts, "WR");
    /* 76 does not leave the level: coming back to 80 is no new alert. */
    PLAY(&out, 100, 80, 76, 80);
    assert_string_equal(out.alerts, "W");
    /* Critical at 90; 86 still; 84 is a warning; 74 is over. */
    PLAY(&out, 100, 50, 90, 86, 90, 84, 74);
    assert_string_equal(out.alerts, "CWR");
}

static void test_a_level_that_lasts_is_reacted_to_once_a_cooldown(void **state) {
    (void)state;
    heard out;
    /* At 0, 1000 and 2000 ms. */
    PLAY(&out, 250, 85, 85, 85, 85, 85, 85, 85, 85, 85);
    assert_string_equal(out.reactions, "WWW");
}

static void test_a_worse_level_does_not_wait_for_the_cooldown(void **state) {
    (void)state;
    heard out;
    PLAY(&out, 50, 85, 95);
    assert_string_equal(out.reactions, "WC");
}

static void test_swinging_causes_one_reaction_a_cooldown(void **state) {
    (void)state;
    heard out;
    /* 20 swings of 100 ms: reactions at 0 and after 1000 ms only, whatever is entered in between. */
    PLAY(&out, 100, 85, 74, 85, 74, 85, 74, 85, 74, 85, 74, 85, 74, 85, 74, 85, 74, 85, 74);
    assert_string_equal(out.reactions, "WW");
}

/* Stalls at 80 % of what they may be: alone they are no warning, beside a usage of 70 % they are. */
static void test_a_probe_that_needs_a_witness_counts_only_with_one(void **state) {
    (void)state;
    const double stalls[] = {80}, usages[] = {20, 69.9, 70, 20};
    weft_memory_probe *probes[2] = {NULL};
    weft_memory_monitor *monitor = NULL;
    heard out = {0};
    assert_int_equal(scripted_probe_new(&probes[0], stalls, 1, NULL), WEFT_OK);
    assert_int_equal(scripted_probe_new(&probes[1], usages, 4, NULL), WEFT_OK);
    probes[0]->needs_witness = true;
    weft_memory_monitor_options options = {.limit_bytes = 1,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 1000,
                                           .probes = probes,
                                           .probe_count = 2,
                                           .sink = {on_sample, on_alert, NULL, &out}};
    assert_int_equal(weft_memory_monitor_new(&monitor, &options, NULL), WEFT_OK);
    static const char *const alerts[] = {"", "", "W", "WR"};
    for (int i = 0; i < 4; i++) {
        weft_memory_monitor_step(monitor, 100 * i);
        assert_string_equal(out.alerts, alerts[i]);
    }
    weft_memory_monitor_free(monitor);
    weft_memory_probe_free(probes[0]);
    weft_memory_probe_free(probes[1]);
}

static bool read_machine(weft_memory_probe *probe, weft_memory_reading *out) {
    *out = *(const weft_memory_reading *)(const void *)(probe + 1);
    return true;
}

/* 95 % are used: no matter for a run that will never hold more than the 52429 bytes that are left, but for one that may
 * hold one byte more. */
static void test_a_full_machine_counts_only_where_less_is_left_than_the_limit(void **state) {
    (void)state;
    struct {
        weft_memory_probe base;
        weft_memory_reading reading;
    } machine = {{.name = "scripted", .read = read_machine, .is_shared = true}, {(1 << 20) - 52429, 1 << 20}};
    weft_memory_probe *probes[] = {&machine.base};
    static const char *const alerts[] = {"", "C"};
    for (int i = 0; i < 2; i++) {
        weft_memory_monitor *monitor = NULL;
        heard out = {0};
        weft_memory_monitor_options options = {.limit_bytes = 52429 + i,
                                               .warning_percent = 80,
                                               .critical_percent = 90,
                                               .sample_interval_ms = 1000,
                                               .probes = probes,
                                               .probe_count = 1,
                                               .sink = {on_sample, on_alert, NULL, &out}};
        assert_int_equal(weft_memory_monitor_new(&monitor, &options, NULL), WEFT_OK);
        weft_memory_monitor_step(monitor, 0);
        assert_string_equal(out.alerts, alerts[i]);
        weft_memory_monitor_free(monitor);
    }
}

/* After a step of growth, 72 % is neither a warning nor quiet: callbacks hear that growth pauses (P), once; and when it
 * is quiet again for long enough, that it may go on. */
static void test_growth_pauses_while_it_is_not_quiet(void **state) {
    (void)state;
    heard out;
    PLAY(&out, 500, 85, 60, 60, 60, 60, 60, 72, 72, 60, 60, 60, 60, 60);
    assert_string_equal(out.reactions, "WRPR");
}

static void test_growth_comes_step_by_step_after_quiet(void **state) {
    (void)state;
    heard out;
    /* Warned at 0. Under 70 from 500 on: quiet long enough at 2500, then a step each 1000 ms. */
    PLAY(&out, 500, 85, 60, 60, 60, 60, 60, 60, 60, 60, 60);
    assert_string_equal(out.reactions, "WRRR");
    /* 72 is neither a warning nor quiet: nothing grows. */
    PLAY(&out, 500, 85, 72, 72, 72, 72, 72, 72, 72, 72);
    assert_string_equal(out.reactions, "W");
    /* Nothing shrank: nothing is told to grow. */
    PLAY(&out, 500, 60, 60, 60, 60, 60, 60, 60, 60);
    assert_string_equal(out.reactions, "");
}

static void test_a_spike_within_the_cooldown_starts_the_quiet_time_again(void **state) {
    (void)state;
    heard out;
    /* Warned at 0; the spike at 600 is not reacted to. Quiet from 900 on, long enough at 2900: at 2700 not yet. */
    PLAY(&out, 300, 85, 60, 85, 60, 60, 60, 60, 60, 60, 60);
    assert_string_equal(out.reactions, "W");
    PLAY(&out, 300, 85, 60, 85, 60, 60, 60, 60, 60, 60, 60, 60);
    assert_string_equal(out.reactions, "WR");
}

static void test_a_lasting_critical_level_cancels(void **state) {
    (void)state;
    const double always[] = {95};
    weft_memory_probe *probe = NULL;
    weft_memory_monitor *monitor = NULL;
    weft_cancel cancel = {0};
    assert_int_equal(scripted_probe_new(&probe, always, 1, NULL), WEFT_OK);
    weft_memory_monitor_options options = {.limit_bytes = 1,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 1000,
                                           .critical_patience_ms = 3000,
                                           .probes = &probe,
                                           .probe_count = 1,
                                           .cancel = &cancel};
    assert_int_equal(weft_memory_monitor_new(&monitor, &options, NULL), WEFT_OK);
    weft_memory_monitor_step(monitor, 0);
    weft_memory_monitor_step(monitor, 2999);
    assert_int_equal(weft_cancel_requested(&cancel), WEFT_CANCEL_NONE);
    weft_memory_monitor_step(monitor, 3000);
    assert_int_equal(weft_cancel_requested(&cancel), WEFT_CANCEL_MEMORY);
    weft_memory_monitor_free(monitor);
    weft_memory_probe_free(probe);
}

static bool is_settled(void *payload) {
    return *(const bool *)payload;
}

/* A look a second. Sizes are taken after 4 s, so that 3 s of patience end after 7; when they never are, the last look
 * that waits for them is the one before five times 3 s, after 14. */
static void test_patience_begins_when_sizes_were_taken(void **state) {
    (void)state;
    const double always[] = {95};
    static const struct { int64_t settled_ms, cancelled_ms; } cases[] = {{4000, 7000}, {INT64_MAX, 17000}};
    for (int i = 0; i < 2; i++) {
        weft_memory_probe *probe = NULL;
        weft_memory_monitor *monitor = NULL;
        weft_cancel cancel = {0};
        bool settled = false;
        assert_int_equal(scripted_probe_new(&probe, always, 1, NULL), WEFT_OK);
        weft_memory_monitor_options options = {.limit_bytes = 1,
                                               .warning_percent = 80,
                                               .critical_percent = 90,
                                               .sample_interval_ms = 1000,
                                               .critical_patience_ms = 3000,
                                               .probes = &probe,
                                               .probe_count = 1,
                                               .cancel = &cancel,
                                               .settled = is_settled,
                                               .settled_payload = &settled};
        assert_int_equal(weft_memory_monitor_new(&monitor, &options, NULL), WEFT_OK);
        for (int64_t at_ms = 0; weft_cancel_requested(&cancel) == WEFT_CANCEL_NONE && at_ms <= 20000; at_ms += 1000) {
            settled = at_ms > cases[i].settled_ms;
            weft_memory_monitor_step(monitor, at_ms);
            assert_int_equal(weft_cancel_requested(&cancel) == WEFT_CANCEL_MEMORY, at_ms >= cases[i].cancelled_ms);
        }
        assert_int_equal(weft_cancel_requested(&cancel), WEFT_CANCEL_MEMORY);
        weft_memory_monitor_free(monitor);
        weft_memory_probe_free(probe);
    }
}

/* At 0, 10, 30, 70, 150, 310, 630 ms and then each second: the first second gives seven. */
static void test_samples_are_dense_at_first(void **state) {
    (void)state;
    static double percents[100];
    heard out;
    play(&out, percents, 100, 10);
    assert_int_equal(out.samples, 7);
}

static void test_a_sample_is_charged_to_all_that_was_entered_since_the_last(void **state) {
    (void)state;
    const double calm[] = {10};
    weft_memory_probe *probe = NULL;
    weft_memory_monitor *monitor = NULL;
    static weft_activity activity;
    heard out = {0};
    weft_stage_memory memory;
    assert_int_equal(scripted_probe_new(&probe, calm, 1, NULL), WEFT_OK);
    weft_memory_monitor_options options = {.limit_bytes = 1,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 10,
                                           .probes = &probe,
                                           .probe_count = 1,
                                           .activity = &activity,
                                           .sink = {on_sample, NULL, NULL, &out}};
    assert_int_equal(weft_memory_monitor_new(&monitor, &options, NULL), WEFT_OK);
    uint32_t before = weft_activity_enter(&activity, 0, WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW);
    weft_activity_leave(&activity, 0, before);
    (void)weft_activity_enter(&activity, 1, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    weft_memory_monitor_step(monitor, 0);
    assert_int_equal(out.samples, 2);
    /* Export goes on, resample is over. */
    weft_memory_monitor_step(monitor, 100);
    assert_int_equal(out.samples, 3);
    assert_int_equal(out.last.stage, WEFT_STAGE_EXPORT);
    assert_true(isnan(out.last.system_percent));
    weft_memory_monitor_stage_memory(monitor, WEFT_STAGE_EXPORT, &memory);
    assert_int_equal(memory.samples, 2);
    assert_true(memory.peak_bytes >= memory.min_bytes && memory.min_bytes > 0);
    weft_memory_monitor_stage_memory(monitor, WEFT_STAGE_MERGE, &memory);
    assert_int_equal(memory.samples, 0);
    weft_memory_monitor_free(monitor);
    weft_memory_probe_free(probe);
}

/* A slow sink: the clock goes on between two samples of one look. */
static void on_sample_slowly(void *payload, const weft_memory_sample *sample) {
    heard *self = payload;
    if (self->samples++ > 0) assert_int_equal(sample->wall_ms, self->last.wall_ms);
    self->last = *sample;
    (void)nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

static void test_the_samples_of_one_look_have_one_time(void **state) {
    (void)state;
    const double calm[] = {10};
    weft_memory_probe *probe = NULL;
    weft_memory_monitor *monitor = NULL;
    static weft_activity activity;
    heard out = {0};
    assert_int_equal(scripted_probe_new(&probe, calm, 1, NULL), WEFT_OK);
    weft_memory_monitor_options options = {.limit_bytes = 1,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 10,
                                           .probes = &probe,
                                           .probe_count = 1,
                                           .activity = &activity,
                                           .sink = {on_sample_slowly, NULL, NULL, &out}};
    assert_int_equal(weft_memory_monitor_new(&monitor, &options, NULL), WEFT_OK);
    (void)weft_activity_enter(&activity, 0, WEFT_STAGE_MERGE, WEFT_OPERATION_MERGE_CHUNK);
    (void)weft_activity_enter(&activity, 1, WEFT_STAGE_MERGE, WEFT_OPERATION_RESAMPLE_WINDOW);
    (void)weft_activity_enter(&activity, 2, WEFT_STAGE_EXPORT, WEFT_OPERATION_FORMAT_ROWS);
    weft_memory_monitor_step(monitor, 0);
    assert_int_equal(out.samples, 3);
    weft_memory_monitor_free(monitor);
    weft_memory_probe_free(probe);
}

static void on_counted(weft_pressure_level level, double usage_percent, void *payload) {
    (void)level;
    (void)usage_percent;
    ++*(int *)payload;
}

/* Freed memory that a call still touched would be a sanitizer's find; the count says that calls came. */
static void test_nothing_is_called_after_it_was_unregistered(void **state) {
    (void)state;
    const double tight[] = {85};
    weft_memory_probe *probe = NULL;
    weft_memory_monitor *monitor = NULL;
    int calls = 0;
    assert_int_equal(scripted_probe_new(&probe, tight, 1, NULL), WEFT_OK);
    weft_memory_monitor_options options = {.limit_bytes = 1,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 1,
                                           .cooldown_ms = 1,
                                           .probes = &probe,
                                           .probe_count = 1};
    assert_int_equal(weft_memory_monitor_new(&monitor, &options, NULL), WEFT_OK);
    assert_int_equal(weft_memory_monitor_start(monitor, NULL), WEFT_OK);
    for (int i = 0; i < 50; i++) {
        int *count = calloc(1, sizeof *count);
        assert_non_null(count);
        assert_int_equal(weft_memory_monitor_register(monitor, on_counted, count, NULL), WEFT_OK);
        (void)nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
        weft_memory_monitor_unregister(monitor, on_counted, count);
        calls += *count;
        free(count);
    }
    assert_true(calls > 0);
    weft_memory_monitor_free(monitor);
    weft_memory_probe_free(probe);
}

static void test_the_thread_samples_on_request_and_stops(void **state) {
    (void)state;
    const double calm[] = {10};
    weft_memory_probe *probe = NULL;
    weft_memory_monitor *monitor = NULL;
    heard out = {0};
    assert_int_equal(scripted_probe_new(&probe, calm, 1, NULL), WEFT_OK);
    weft_memory_monitor_options options = {.limit_bytes = 1,
                                           .warning_percent = 80,
                                           .critical_percent = 90,
                                           .sample_interval_ms = 3600000,
                                           .probes = &probe,
                                           .probe_count = 1,
                                           .sink = {on_sample, NULL, NULL, &out}};
    assert_int_equal(weft_memory_monitor_new(&monitor, &options, NULL), WEFT_OK);
    assert_int_equal(weft_memory_monitor_start(monitor, NULL), WEFT_OK);
    for (int i = 0; i < 20; i++)
        weft_memory_monitor_sample_now(monitor);
    weft_memory_monitor_stop(monitor);
    assert_true(out.samples >= 21); /* and the last one */
    weft_memory_monitor_free(monitor);
    weft_memory_probe_free(probe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels_are_entered_and_left_with_hysteresis),
        cmocka_unit_test(test_a_level_that_lasts_is_reacted_to_once_a_cooldown),
        cmocka_unit_test(test_a_worse_level_does_not_wait_for_the_cooldown),
        cmocka_unit_test(test_swinging_causes_one_reaction_a_cooldown),
        cmocka_unit_test(test_a_probe_that_needs_a_witness_counts_only_with_one),
        cmocka_unit_test(test_growth_pauses_while_it_is_not_quiet),
        cmocka_unit_test(test_growth_comes_step_by_step_after_quiet),
        cmocka_unit_test(test_a_spike_within_the_cooldown_starts_the_quiet_time_again),
        cmocka_unit_test(test_a_lasting_critical_level_cancels),
        cmocka_unit_test(test_a_full_machine_counts_only_where_less_is_left_than_the_limit),
        cmocka_unit_test(test_patience_begins_when_sizes_were_taken),
        cmocka_unit_test(test_samples_are_dense_at_first),
        cmocka_unit_test(test_a_sample_is_charged_to_all_that_was_entered_since_the_last),
        cmocka_unit_test(test_the_samples_of_one_look_have_one_time),
        cmocka_unit_test(test_nothing_is_called_after_it_was_unregistered),
        cmocka_unit_test(test_the_thread_samples_on_request_and_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
