/* A word a thread and a mask a stage: entering costs a few atomic operations and a look at the clock, reading no lock.
 * A thread remembers which slot it works for, so that what lies deep inside an operation can be told apart without an
 * activity being handed through every call in between.
 *
 * SPDX-License-Identifier: MIT */
#include "core/threads/activity.h"

#include "core/clock.h"

#include <math.h>
#include <stddef.h>

#define FIRST_BIN_NS 1000 /* what is shorter is in the first bin */

/* What the calling thread is in; activity NULL: nothing. */
static _Thread_local weft_activity_inner here;

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

/* Quarters of octaves above FIRST_BIN_NS: bounds are 1, 1.19, 1.41, 1.68 times a power of two. */
static int bin_of(int64_t ns) {
    static const int64_t quarters[] = {1218, 1448, 1722}; /* of 1024 */
    int octave = 0, quarter = 0;
    if (ns < FIRST_BIN_NS) return 0;
    while (octave < 40 && ns >= (int64_t)FIRST_BIN_NS << (octave + 1))
        octave++;
    while (quarter < 3 && ns >= (quarters[quarter] * FIRST_BIN_NS << octave) / 1024)
        quarter++;
    int bin = 1 + 4 * octave + quarter;
    return bin < WEFT_ACTIVITY_BINS ? bin : WEFT_ACTIVITY_BINS - 1;
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
    if (clock->depth <= WEFT_ACTIVITY_DEPTH) {
        *spent_by(clock) = 0;
        clock->inside_ns[clock->depth - 1] = 0;
        clock->subjects[clock->depth - 1] = (weft_activity_subject){0};
    }
    here = (weft_activity_inner){activity, slot, 0};
    return before;
}

void weft_activity_note(weft_activity *activity, int slot, const char *name, weft_window window) {
    weft_activity_clock *clock = &activity->clocks[slot];
    if (clock->depth > 0 && clock->depth <= WEFT_ACTIVITY_DEPTH)
        clock->subjects[clock->depth - 1] = (weft_activity_subject){name, window};
}

/* What lies deeper than there are places for is part of what is around it. */
static void end_call(weft_activity *activity, int slot, uint32_t done) {
    weft_activity_clock *clock = &activity->clocks[slot];
    weft_call_sink *sink = activity->sink;
    int at = clock->depth - 1;
    if (at >= WEFT_ACTIVITY_DEPTH) return;
    int64_t took_ns = clock->spent_ns[at] + clock->inside_ns[at];
    if (at > 0) clock->inside_ns[at - 1] += took_ns;
    if (sink == NULL || took_ns < atomic_load_explicit(&sink->over_ns[done & 0xffff], memory_order_relaxed)) return;
    weft_ended_call call = {(weft_stage_id)(done >> 16), (weft_operation_id)(done & 0xffff), took_ns,
                            clock->subjects[at]};
    sink->ended(sink->payload, &call);
}

void weft_activity_leave(weft_activity *activity, int slot, uint32_t before) {
    weft_activity_clock *clock = &activity->clocks[slot];
    uint32_t done = atomic_exchange(&activity->slots[slot], before);
    charge(activity, slot, done, weft_clock_monotonic_ns());
    weft_operation_time *times = time_of(activity, done);
    atomic_fetch_add(&times->calls, 1);
    end_call(activity, slot, done);
    int64_t spent_ns = *spent_by(clock), longest_ns = atomic_load(&times->longest_ns);
    while (spent_ns > longest_ns && !atomic_compare_exchange_weak(&times->longest_ns, &longest_ns, spent_ns)) {
    }
    atomic_fetch_add_explicit(&times->bins[bin_of(spent_ns)], 1, memory_order_relaxed);
    clock->depth--;
    if (clock->depth == 0) here.activity = NULL;
}

weft_activity_inner weft_activity_enter_inner(weft_operation_id operation) {
    weft_activity_inner inner = here;
    if (inner.activity == NULL) return inner;
    weft_stage_id stage = (weft_stage_id)(atomic_load(&inner.activity->slots[inner.slot]) >> 16);
    inner.before = weft_activity_enter(inner.activity, inner.slot, stage, operation);
    return inner;
}

void weft_activity_note_inner(weft_activity_inner inner, const char *name, weft_window window) {
    if (inner.activity != NULL) weft_activity_note(inner.activity, inner.slot, name, window);
}

void weft_activity_leave_inner(weft_activity_inner inner) {
    if (inner.activity != NULL) weft_activity_leave(inner.activity, inner.slot, inner.before);
}

void weft_activity_wait(weft_activity *activity, int slot) {
    charge(activity, slot, atomic_load(&activity->slots[slot]), weft_clock_monotonic_ns());
    activity->clocks[slot].since_ns = 0;
}

void weft_activity_read(const weft_activity *activity, int slot, weft_stage_id *stage, weft_operation_id *operation) {
    uint32_t doing = atomic_load(&activity->slots[slot]);
    *stage = (weft_stage_id)(doing >> 16);
    *operation = (weft_operation_id)(doing & 0xffff);
}

double weft_activity_busy_seconds(const weft_activity *activity, weft_stage_id stage) {
    int64_t busy_ns = 0;
    for (int operation = 0; operation < WEFT_OPERATION_COUNT; operation++)
        busy_ns += atomic_load(&activity->times[stage][operation].busy_ns);
    return (double)busy_ns / 1e9;
}

double weft_operation_time_quantile(const weft_operation_time *times, double share) {
    int64_t total = 0, below = 0;
    double longest = (double)atomic_load(&times->longest_ns) / 1e9;
    for (int i = 0; i < WEFT_ACTIVITY_BINS; i++)
        total += atomic_load_explicit(&times->bins[i], memory_order_relaxed);
    for (int i = 0; i < WEFT_ACTIVITY_BINS && total > 0; i++) {
        below += atomic_load_explicit(&times->bins[i], memory_order_relaxed);
        if ((double)below < share * (double)total) continue;
        /* The middle of the bin, as ratios go. */
        double seconds = FIRST_BIN_NS / 1e9 * (i == 0 ? 1 : exp2((i - 0.5) / 4));
        return seconds < longest ? seconds : longest;
    }
    return 0;
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
        [WEFT_OPERATION_DECODE_BLOCK] = "decode_block",
        [WEFT_OPERATION_WAIT_FOR_BLOCK] = "wait_for_block",
        [WEFT_OPERATION_WAIT_FOR_MEMORY] = "wait_for_memory",
        [WEFT_OPERATION_CHECKPOINT] = "checkpoint",
        [WEFT_OPERATION_DRAW_PICTURE] = "draw_picture",
    };
    return names[operation];
}
