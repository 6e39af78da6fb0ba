/* Three parts: looking (probes to one percentage), the control law (a percentage to a level, a level to reactions), and
 * the thread that does both on time. Nothing here allocates once it runs.
 *
 * SPDX-License-Identifier: MIT */
#include "monitors/memory_monitor.h"

#include "core/clock.h"
#include "core/threads/deadline.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TICK_MS            50
#define FIRST_SAMPLE_MS    10
#define DEFAULT_COOLDOWN   1000
#define DEFAULT_RECOVERY   2000
#define MAX_SETTLING       5  /* times its patience that a monitor waits for sizes to be taken */
#define MAX_GROWTH_STEPS   16 /* after the last reaction: sizes need 8 */
#define HYSTERESIS_PERCENT 5
#define QUIET_PERCENT      10 /* under the warning level by this much, sizes may grow */

typedef struct callback {
    weft_pressure_fn fn;
    void *payload;
} callback;

/* What one look found. */
typedef struct look {
    int64_t wall_ms; /* one time for all that is told of it */
    double usage_percent, system_percent;
    const char *probe;
    weft_process_memory process;
    int64_t ledger_bytes; /* the larger of before and after: buffers that came or went meanwhile are no other memory */
    weft_ledger_state ledger; /* after */
    int64_t limit_bytes;
} look;

/* Sums of a stage's samples. */
typedef struct stage_sums {
    int64_t samples, peak_bytes, min_bytes;
    double total_bytes;
} stage_sums;

struct weft_memory_monitor {
    weft_memory_monitor_options options;
    pthread_mutex_t callbacks_lock; /* held while they are called: unregister waits for it */
    callback *callbacks;
    int callback_count;
    /* The control law's state; the thread's alone. */
    weft_pressure_level reacted; /* to which level, within this cooldown */
    int64_t reacted_ms, critical_ms, settled_ms, quiet_ms;
    int growth_left;
    bool growing; /* callbacks were told that they may */
    bool ever_reacted;
    int64_t library_bytes;
    _Atomic int level;
    /* Samples. */
    int64_t next_sample_ms, sample_gap_ms;
    pthread_mutex_t sums_lock;
    stage_sums sums[WEFT_STAGE_COUNT];
    /* The thread. */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool running, stop;
    int64_t asked, answered; /* samples asked for by sample_now, and done */
};

static int64_t now_ms(void) {
    return weft_clock_monotonic_ns() / 1000000;
}

/* --- making --- */

weft_status weft_memory_monitor_new(weft_memory_monitor **out, const weft_memory_monitor_options *options,
                                    weft_error *err) {
    weft_memory_monitor *monitor = calloc(1, sizeof *monitor);
    *out = NULL;
    if (monitor == NULL) return weft_error_no_memory(err, "the memory monitor");
    monitor->options = *options;
    if (monitor->options.cooldown_ms == 0) monitor->options.cooldown_ms = DEFAULT_COOLDOWN;
    if (monitor->options.recovery_ms == 0) monitor->options.recovery_ms = DEFAULT_RECOVERY;
    monitor->sample_gap_ms = FIRST_SAMPLE_MS;
    monitor->critical_ms = monitor->quiet_ms = -1;
    weft_process_memory now = {0};
    (void)weft_process_memory_read(&now);
    monitor->library_bytes = weft_process_library_bytes(&now);
    if (pthread_mutex_init(&monitor->callbacks_lock, NULL) != 0 || pthread_mutex_init(&monitor->sums_lock, NULL) != 0 ||
        pthread_mutex_init(&monitor->lock, NULL) != 0 || !weft_deadline_condition_init(&monitor->changed)) {
        free(monitor);
        return weft_error_set(err, WEFT_ERR_INTERNAL, "cannot make the memory monitor's locks");
    }
    *out = monitor;
    return WEFT_OK;
}

void weft_memory_monitor_free(weft_memory_monitor *monitor) {
    if (monitor == NULL) return;
    weft_memory_monitor_stop(monitor);
    pthread_cond_destroy(&monitor->changed);
    pthread_mutex_destroy(&monitor->lock);
    pthread_mutex_destroy(&monitor->sums_lock);
    pthread_mutex_destroy(&monitor->callbacks_lock);
    free(monitor->callbacks);
    free(monitor);
}

weft_status weft_memory_monitor_register(weft_memory_monitor *monitor, weft_pressure_fn fn, void *payload,
                                         weft_error *err) {
    pthread_mutex_lock(&monitor->callbacks_lock);
    callback *more = realloc(monitor->callbacks, (size_t)(monitor->callback_count + 1) * sizeof *more);
    if (more != NULL) {
        monitor->callbacks = more;
        more[monitor->callback_count++] = (callback){fn, payload};
    }
    pthread_mutex_unlock(&monitor->callbacks_lock);
    return more != NULL ? WEFT_OK : weft_error_no_memory(err, "a pressure callback");
}

void weft_memory_monitor_unregister(weft_memory_monitor *monitor, weft_pressure_fn fn, void *payload) {
    pthread_mutex_lock(&monitor->callbacks_lock);
    for (int i = 0; i < monitor->callback_count; i++) {
        if (monitor->callbacks[i].fn != fn || monitor->callbacks[i].payload != payload) continue;
        monitor->callback_count--;
        for (int j = i; j < monitor->callback_count; j++)
            monitor->callbacks[j] = monitor->callbacks[j + 1];
        break;
    }
    pthread_mutex_unlock(&monitor->callbacks_lock);
}

/* --- looking --- */

/* Asks the probes that need a witness, or the others. */
static void ask_probes(const weft_memory_monitor *monitor, bool needs_witness, look *out) {
    bool witnessed = out->usage_percent >= monitor->options.warning_percent - QUIET_PERCENT;
    for (int i = 0; i < monitor->options.probe_count; i++) {
        weft_memory_probe *probe = monitor->options.probes[i];
        weft_memory_reading reading = {0};
        if (probe->needs_witness != needs_witness) continue;
        if (!probe->read(probe, &reading) || reading.limit_bytes <= 0) continue;
        double percent = 100.0 * (double)reading.used_bytes / (double)reading.limit_bytes;
        if (probe->is_shared) out->system_percent = percent;
        if (probe->is_shared && reading.limit_bytes - reading.used_bytes >= monitor->options.limit_bytes) continue;
        if (percent < out->usage_percent || (needs_witness && !witnessed)) continue;
        out->usage_percent = percent;
        out->probe = probe->name;
        out->limit_bytes = probe->is_share ? monitor->options.limit_bytes : reading.limit_bytes;
    }
}

static int64_t ledger_bytes(const weft_memory_monitor *monitor) {
    return monitor->options.ledger != NULL ? weft_ledger_held_bytes(monitor->options.ledger) : 0;
}

static look take_look(const weft_memory_monitor *monitor) {
    look out = {.wall_ms = weft_clock_wall_ms(),
                .usage_percent = 0,
                .system_percent = NAN,
                .probe = "none",
                .limit_bytes = monitor->options.limit_bytes};
    ask_probes(monitor, false, &out);
    ask_probes(monitor, true, &out);
    int64_t before = ledger_bytes(monitor);
    (void)weft_process_memory_read(&out.process);
    out.ledger_bytes = ledger_bytes(monitor);
    if (before > out.ledger_bytes) out.ledger_bytes = before;
    if (monitor->options.ledger != NULL) weft_ledger_read(monitor->options.ledger, &out.ledger);
    return out;
}

/* --- samples --- */

static void add_to_stage(weft_memory_monitor *monitor, weft_stage_id stage, int64_t bytes) {
    stage_sums *sums = &monitor->sums[stage];
    pthread_mutex_lock(&monitor->sums_lock);
    if (sums->samples == 0 || bytes < sums->min_bytes) sums->min_bytes = bytes;
    if (bytes > sums->peak_bytes) sums->peak_bytes = bytes;
    sums->total_bytes += (double)bytes;
    sums->samples++;
    pthread_mutex_unlock(&monitor->sums_lock);
}

static void emit(weft_memory_monitor *monitor, const look *seen, weft_stage_id stage, weft_operation_id operation) {
    const weft_memory_sink *sink = &monitor->options.sink;
    if (sink->sample == NULL) return;
    weft_memory_sample sample = {
        .wall_ms = seen->wall_ms,
        .stage = stage,
        .operation = operation,
        .resident_bytes = seen->process.resident_bytes,
        .anonymous_bytes = seen->process.anonymous_bytes,
        .ledger_bytes = seen->ledger_bytes,
        .kept_bytes = seen->ledger.kept_bytes,
        .usage_percent = seen->usage_percent,
        .system_percent = seen->system_percent,
        .probe = seen->probe,
    };
    memcpy(sample.held_bytes, seen->ledger.used_by_tag, sizeof sample.held_bytes);
    sink->sample(sink->payload, &sample);
}

/* One look is charged to everything that threads were in since the last one. */
static void keep_sample(weft_memory_monitor *monitor, const look *seen) {
    bool charged = false;
    for (int stage = WEFT_STAGE_NONE + 1; stage < WEFT_STAGE_COUNT && monitor->options.activity != NULL; stage++) {
        uint64_t operations = weft_activity_take_seen(monitor->options.activity, (weft_stage_id)stage);
        if (operations == 0) continue;
        add_to_stage(monitor, (weft_stage_id)stage, seen->process.resident_bytes);
        for (int operation = 0; operation < WEFT_OPERATION_COUNT; operation++)
            if ((operations >> operation & 1) != 0)
                emit(monitor, seen, (weft_stage_id)stage, (weft_operation_id)operation);
        charged = true;
    }
    if (!charged) emit(monitor, seen, WEFT_STAGE_NONE, WEFT_OPERATION_NONE);
}

/* --- the control law --- */

static weft_stage_id current_stage(const weft_memory_monitor *monitor) {
    if (monitor->options.activity == NULL) return WEFT_STAGE_NONE;
    for (int slot = 0; slot < WEFT_ACTIVITY_SLOTS; slot++) {
        uint32_t doing = atomic_load(&monitor->options.activity->slots[slot]);
        if (doing != 0) return (weft_stage_id)(doing >> 16);
    }
    return WEFT_STAGE_NONE;
}

static void alert(weft_memory_monitor *monitor, const look *seen, weft_pressure_level level) {
    const weft_memory_sink *sink = &monitor->options.sink;
    if (sink->alert == NULL) return;
    weft_memory_alert record = {
        seen->wall_ms,    level, seen->usage_percent, seen->probe, current_stage(monitor), seen->process.resident_bytes,
        seen->limit_bytes};
    sink->alert(sink->payload, &record);
}

static void tell(weft_memory_monitor *monitor, weft_pressure_level level, double usage_percent) {
    monitor->growing = level == WEFT_PRESSURE_RECOVERED;
    pthread_mutex_lock(&monitor->callbacks_lock);
    for (int i = 0; i < monitor->callback_count; i++)
        monitor->callbacks[i].fn(level, usage_percent, monitor->callbacks[i].payload);
    pthread_mutex_unlock(&monitor->callbacks_lock);
    if (monitor->options.relieve != NULL) monitor->options.relieve(monitor->options.relieve_payload, level);
}

static void react(weft_memory_monitor *monitor, weft_pressure_level level, double usage_percent, int64_t at_ms) {
    monitor->reacted = level == WEFT_PRESSURE_RECOVERED ? WEFT_PRESSURE_NORMAL : level;
    monitor->reacted_ms = at_ms;
    monitor->ever_reacted = true;
    if (level != WEFT_PRESSURE_RECOVERED) monitor->growth_left = MAX_GROWTH_STEPS;
    tell(monitor, level, usage_percent);
}

static weft_pressure_level next_level(const weft_memory_monitor *monitor, double usage) {
    double warning = monitor->options.warning_percent, critical = monitor->options.critical_percent;
    int level = atomic_load(&monitor->level);
    if (usage >= critical) return WEFT_PRESSURE_CRITICAL;
    if (level == WEFT_PRESSURE_CRITICAL && usage >= critical - HYSTERESIS_PERCENT) return WEFT_PRESSURE_CRITICAL;
    if (usage >= warning) return WEFT_PRESSURE_WARNING;
    if (level >= WEFT_PRESSURE_WARNING && usage >= warning - HYSTERESIS_PERCENT) return WEFT_PRESSURE_WARNING;
    return WEFT_PRESSURE_NORMAL;
}

static void follow_quiet(weft_memory_monitor *monitor, const look *seen, int64_t at_ms, bool cooled) {
    if (seen->usage_percent >= monitor->options.warning_percent - QUIET_PERCENT) {
        monitor->quiet_ms = -1;
        if (monitor->growing) {
            monitor->growth_left = MAX_GROWTH_STEPS;
            tell(monitor, WEFT_PRESSURE_NORMAL, seen->usage_percent);
        }
        return;
    }
    if (monitor->quiet_ms < 0) monitor->quiet_ms = at_ms;
    bool long_enough = at_ms - monitor->quiet_ms >= monitor->options.recovery_ms;
    if (!long_enough || !cooled || monitor->growth_left == 0) return;
    monitor->growth_left--;
    react(monitor, WEFT_PRESSURE_RECOVERED, seen->usage_percent, at_ms);
}

static void follow_critical(weft_memory_monitor *monitor, weft_pressure_level level, int64_t at_ms) {
    if (level != WEFT_PRESSURE_CRITICAL) {
        monitor->critical_ms = -1;
        return;
    }
    const weft_memory_monitor_options *options = &monitor->options;
    int64_t patience = options->critical_patience_ms;
    if (monitor->critical_ms < 0) monitor->critical_ms = monitor->settled_ms = at_ms;
    bool may_wait = options->settled != NULL && at_ms - monitor->critical_ms < MAX_SETTLING * patience;
    if (may_wait && !options->settled(options->settled_payload)) monitor->settled_ms = at_ms;
    if (patience > 0 && at_ms - monitor->settled_ms >= patience && options->cancel != NULL)
        weft_cancel_request(options->cancel, WEFT_CANCEL_MEMORY);
}

static void control(weft_memory_monitor *monitor, const look *seen, int64_t at_ms) {
    weft_pressure_level before = (weft_pressure_level)atomic_load(&monitor->level);
    weft_pressure_level level = next_level(monitor, seen->usage_percent);
    atomic_store(&monitor->level, (int)level);
    if (level != before) alert(monitor, seen, level == WEFT_PRESSURE_NORMAL ? WEFT_PRESSURE_RECOVERED : level);
    bool cooled = !monitor->ever_reacted || at_ms - monitor->reacted_ms >= monitor->options.cooldown_ms;
    /* Swinging in and out of a level is one reaction a cooldown; a worse level does not wait for it. */
    if (level >= WEFT_PRESSURE_WARNING && (cooled || level > monitor->reacted))
        react(monitor, level, seen->usage_percent, at_ms);
    follow_quiet(monitor, seen, at_ms, cooled);
    follow_critical(monitor, level, at_ms);
}

static void step(weft_memory_monitor *monitor, int64_t at_ms, bool sample) {
    const weft_memory_sink *sink = &monitor->options.sink;
    look seen = take_look(monitor);
    if (sink->look != NULL)
        sink->look(sink->payload, at_ms,
                   weft_process_memory_held(&seen.process, monitor->library_bytes) - seen.ledger_bytes);
    control(monitor, &seen, at_ms);
    if (!sample && at_ms < monitor->next_sample_ms) return;
    keep_sample(monitor, &seen);
    if (at_ms < monitor->next_sample_ms) return;
    monitor->next_sample_ms = at_ms + monitor->sample_gap_ms;
    monitor->sample_gap_ms *= 2;
    if (monitor->sample_gap_ms > monitor->options.sample_interval_ms)
        monitor->sample_gap_ms = monitor->options.sample_interval_ms;
}

void weft_memory_monitor_step(weft_memory_monitor *monitor, int64_t at_ms) {
    step(monitor, at_ms, false);
}

/* --- the thread --- */

/* Waits for at most `ms`, or until something is asked. The lock is held. */
static void wait_ms(weft_memory_monitor *monitor, int64_t ms) {
    struct timespec until = weft_deadline_in_ms(ms);
    while (!monitor->stop && monitor->asked == monitor->answered)
        if (pthread_cond_timedwait(&monitor->changed, &monitor->lock, &until) == ETIMEDOUT) return;
}

static int64_t pause_ms(const weft_memory_monitor *monitor) {
    int64_t pause = monitor->next_sample_ms - now_ms(), tick = TICK_MS;
    if (monitor->options.sample_interval_ms < tick) tick = monitor->options.sample_interval_ms;
    if (pause > tick) pause = tick;
    return pause < 1 ? 1 : pause;
}

static void *watch(void *payload) {
    weft_memory_monitor *monitor = payload;
    bool stop = false;
    pthread_mutex_lock(&monitor->lock);
    while (!stop) {
        wait_ms(monitor, pause_ms(monitor));
        int64_t asked = monitor->asked;
        stop = monitor->stop;
        bool sample = stop || asked != monitor->answered;
        pthread_mutex_unlock(&monitor->lock);
        step(monitor, now_ms(), sample);
        pthread_mutex_lock(&monitor->lock);
        monitor->answered = asked;
        pthread_cond_broadcast(&monitor->changed);
    }
    pthread_mutex_unlock(&monitor->lock);
    return NULL;
}

weft_status weft_memory_monitor_start(weft_memory_monitor *monitor, weft_error *err) {
    monitor->stop = false;
    int failure = pthread_create(&monitor->thread, NULL, watch, monitor);
    monitor->running = failure == 0;
    return monitor->running ? WEFT_OK : weft_error_set_no_thread(err, failure, "memory monitor's");
}

void weft_memory_monitor_stop(weft_memory_monitor *monitor) {
    if (!monitor->running) return;
    pthread_mutex_lock(&monitor->lock);
    monitor->stop = true;
    pthread_cond_broadcast(&monitor->changed);
    pthread_mutex_unlock(&monitor->lock);
    pthread_join(monitor->thread, NULL);
    monitor->running = false;
}

void weft_memory_monitor_sample_now(weft_memory_monitor *monitor) {
    if (!monitor->running) return;
    pthread_mutex_lock(&monitor->lock);
    int64_t ticket = ++monitor->asked;
    pthread_cond_broadcast(&monitor->changed);
    while (monitor->answered < ticket)
        pthread_cond_wait(&monitor->changed, &monitor->lock);
    pthread_mutex_unlock(&monitor->lock);
}

void weft_memory_monitor_stage_memory(const weft_memory_monitor *monitor, weft_stage_id stage, weft_stage_memory *out) {
    pthread_mutex_t *lock = (pthread_mutex_t *)&monitor->sums_lock;
    pthread_mutex_lock(lock);
    stage_sums sums = monitor->sums[stage];
    pthread_mutex_unlock(lock);
    *out = (weft_stage_memory){.samples = sums.samples,
                               .average_bytes = sums.samples > 0 ? sums.total_bytes / (double)sums.samples : 0,
                               .peak_bytes = sums.peak_bytes,
                               .min_bytes = sums.min_bytes};
}
