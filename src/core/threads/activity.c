/* A word a thread and a mask a stage: entering costs a few atomic operations and a look at the clock, reading no lock.
 *
 * SPDX-License-Identifier: MIT */
#include "core/threads/activity.h"

#include "core/clock.h"

static uint32_t pack(weft_stage_id stage, weft_operation_id operation) {
    return (uint32_t)stage << 16 | (uint32_t)operation;
}

static weft_operation_time *time_of(weft_activity *activity, uint32_t doing) {
    return &activity->times[doing >> 16][doing & 0xffff];
}

/* The innermost that has a place of its own. */
static int64_t *spent_by(weft_activity_clock *clock) {
    int depth = clock->depth < WEFT_ACTIVITY_DEPTH ? clock->depth : WEFT_ACTIVITY_DEPTH;
    return &clock->spent_ns[depth - 1];
}

static void charge(weft_activity *activity, int slot, uint32_t doing, int64_t now_ns) {
    weft_activity_clock *clock = &activity->clocks[slot];
    if (clock->since_ns != 0 && clock->depth > 0) {
        atomic_fetch_add(&time_of(activity, doing)->busy_ns, now_ns - clock->since_ns);
        *spent_by(clock) += now_ns - clock->since_ns;
    }
    clock->since_ns = now_ns;
}

uint32_t weft_activity_enter(weft_activity *activity, int slot, weft_stage_id stage, weft_operation_id operation) {
    int64_t now_ns = weft_clock_monotonic_ns();
    weft_activity_clock *clock = &activity->clocks[slot];
    atomic_fetch_or(&activity->seen[stage], UINT64_C(1) << operation);
    uint32_t before = atomic_exchange(&activity->slots[slot], pack(stage, operation));
    charge(activity, slot, before, now_ns);
    clock->depth++;
    if (clock->depth <= WEFT_ACTIVITY_DEPTH) *spent_by(clock) = 0;
    return before;
}

void weft_activity_leave(weft_activity *activity, int slot, uint32_t before) {
    weft_activity_clock *clock = &activity->clocks[slot];
    uint32_t done = atomic_exchange(&activity->slots[slot], before);
    charge(activity, slot, done, weft_clock_monotonic_ns());
    weft_operation_time *times = time_of(activity, done);
    atomic_fetch_add(&times->calls, 1);
    int64_t spent_ns = *spent_by(clock), longest_ns = atomic_load(&times->longest_ns);
    while (spent_ns > longest_ns && !atomic_compare_exchange_weak(&times->longest_ns, &longest_ns, spent_ns)) {
    }
    clock->depth--;
}

void weft_activity_wait(weft_activity *activity, int slot) {
    charge(activity, slot, atomic_load(&activity->slots[slot]), weft_clock_monotonic_ns());
    activity->clocks[slot].since_ns = 0;
}

double weft_activity_busy_seconds(const weft_activity *activity, weft_stage_id stage) {
    int64_t busy_ns = 0;
    for (int operation = 0; operation < WEFT_OPERATION_COUNT; operation++)
        busy_ns += atomic_load(&activity->times[stage][operation].busy_ns);
    return (double)busy_ns / 1e9;
}

uint64_t weft_activity_take_seen(weft_activity *activity, weft_stage_id stage) {
    uint64_t seen = atomic_exchange(&activity->seen[stage], 0);
    for (int slot = 0; slot < WEFT_ACTIVITY_SLOTS; slot++) {
        uint32_t doing = atomic_load(&activity->slots[slot]);
        if (doing >> 16 == (uint32_t)stage && doing != 0) seen |= UINT64_C(1) << (doing & 0xffff);
    }
    return seen;
}

const char *weft_stage_name(weft_stage_id stage) {
    static const char *const names[WEFT_STAGE_COUNT] = {
        [WEFT_STAGE_NONE] = "idle",   [WEFT_STAGE_PREPARE] = "prepare", [WEFT_STAGE_RESAMPLE] = "resample",
        [WEFT_STAGE_MERGE] = "merge", [WEFT_STAGE_EXPORT] = "export",
    };
    return names[stage];
}

const char *weft_operation_name(weft_operation_id operation) {
    static const char *const names[WEFT_OPERATION_COUNT] = {
        [WEFT_OPERATION_NONE] = "none",
        [WEFT_OPERATION_PLAN] = "plan",
        [WEFT_OPERATION_RESAMPLE_WINDOW] = "resample_window",
        [WEFT_OPERATION_MERGE_CHUNK] = "merge_chunk",
        [WEFT_OPERATION_FORMAT_ROWS] = "format_rows",
        [WEFT_OPERATION_WRITE_CHUNK] = "write_chunk",
    };
    return names[operation];
}
