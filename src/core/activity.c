/* A word a thread and a mask a stage: entering costs a few atomic operations and a look at the clock, reading no lock.
 *
 * SPDX-License-Identifier: MIT */
#include "core/activity.h"

#include "core/clock.h"

static uint32_t pack(weft_stage_id stage, weft_operation_id operation) {
    return (uint32_t)stage << 16 | (uint32_t)operation;
}

static void charge(weft_activity *activity, int slot, uint32_t doing, int64_t now_ns) {
    int64_t since_ns = activity->since_ns[slot];
    if (since_ns != 0) atomic_fetch_add(&activity->busy_ns[doing >> 16], now_ns - since_ns);
    activity->since_ns[slot] = now_ns;
}

uint32_t weft_activity_enter(weft_activity *activity, int slot, weft_stage_id stage, weft_operation_id operation) {
    int64_t now_ns = weft_clock_monotonic_ns();
    atomic_fetch_or(&activity->seen[stage], UINT64_C(1) << operation);
    uint32_t before = atomic_exchange(&activity->slots[slot], pack(stage, operation));
    charge(activity, slot, before, now_ns);
    return before;
}

void weft_activity_leave(weft_activity *activity, int slot, uint32_t before) {
    uint32_t done = atomic_exchange(&activity->slots[slot], before);
    charge(activity, slot, done, weft_clock_monotonic_ns());
    if (before == 0) activity->since_ns[slot] = 0;
}

void weft_activity_wait(weft_activity *activity, int slot) {
    charge(activity, slot, atomic_load(&activity->slots[slot]), weft_clock_monotonic_ns());
    activity->since_ns[slot] = 0;
}

double weft_activity_busy_seconds(const weft_activity *activity, weft_stage_id stage) {
    return (double)atomic_load(&activity->busy_ns[stage]) / 1e9;
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
        [WEFT_OPERATION_STORE_LAYER] = "store_layer",
        [WEFT_OPERATION_MERGE_CHUNK] = "merge_chunk",
        [WEFT_OPERATION_FORMAT_ROWS] = "format_rows",
        [WEFT_OPERATION_WRITE_CHUNK] = "write_chunk",
    };
    return names[operation];
}
