/* The stage and operation that every thread is in, so that memory samples and time are charged to the right one.
 *
 * In a pull-driven pipeline resampling runs inside a call from export, so the caller's stage says nothing: each thread
 * enters its own. Each slot has one writer, without a lock; the monitor reads them all.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_ACTIVITY_H
#define WEFT_CORE_ACTIVITY_H

#include "core/window.h"

#include <stdatomic.h>
#include <stdint.h>

typedef enum weft_stage_id {
    WEFT_STAGE_NONE,
    WEFT_STAGE_PREPARE,
    WEFT_STAGE_RESAMPLE,
    WEFT_STAGE_MERGE,
    WEFT_STAGE_EXPORT,
    WEFT_STAGE_COUNT,
} weft_stage_id;

typedef enum weft_operation_id {
    WEFT_OPERATION_NONE,
    WEFT_OPERATION_PLAN,
    WEFT_OPERATION_RESAMPLE_WINDOW,
    WEFT_OPERATION_MERGE_CHUNK,
    WEFT_OPERATION_FORMAT_ROWS,
    WEFT_OPERATION_WRITE_CHUNK,
    WEFT_OPERATION_DECODE_BLOCK,    /* inside resample_window */
    WEFT_OPERATION_WAIT_FOR_BLOCK,  /* inside resample_window: another thread decodes it */
    WEFT_OPERATION_WAIT_FOR_MEMORY, /* inside decode_block: until there is room to decode */
    WEFT_OPERATION_CHECKPOINT,
    WEFT_OPERATION_DRAW_PICTURE, /* with its compression */
    WEFT_OPERATION_COUNT,
} weft_operation_id;

#define WEFT_MAX_THREADS    250                    /* workers of a run */
#define WEFT_ACTIVITY_SLOTS (WEFT_MAX_THREADS + 1) /* and the coordinating thread */
#define WEFT_ACTIVITY_DEPTH 4 /* nested operations; deeper ones are charged to the one around them */

/* Calls are counted by duration, in bins from 1 us on that are a factor of 2^(1/4) wide. */
#define WEFT_ACTIVITY_BINS 128

/* One operation of one stage, summed over all threads. Times are the operation's own: without waiting, and without
 * nested operations. */
typedef struct weft_operation_time {
    _Atomic int64_t calls, busy_ns, longest_ns; /* longest: of one call */
    _Atomic uint32_t bins[WEFT_ACTIVITY_BINS];
} weft_operation_time;

/* What a call works on. */
typedef struct weft_activity_subject {
    const char *name; /* a column or a file, borrowed for the call; NULL: not known */
    weft_window window;
} weft_activity_subject;

/* A call that has ended. took_ns includes nested operations, and leaves out waiting. */
typedef struct weft_ended_call {
    weft_stage_id stage;
    weft_operation_id operation;
    int64_t took_ns;
    weft_activity_subject subject;
} weft_ended_call;

/* Receives slow calls. `ended` runs on the thread that made the call, and must not wait. */
typedef struct weft_call_sink {
    void (*ended)(void *payload, const weft_ended_call *call);
    void *payload;
    _Atomic int64_t over_ns[WEFT_OPERATION_COUNT]; /* only calls that take at least this long are reported */
} weft_call_sink;

/* One thread's nested operations. Only that thread touches it. */
typedef struct weft_activity_clock {
    int64_t since_ns; /* when the innermost operation began or continued; 0: waiting */
    int64_t spent_ns[WEFT_ACTIVITY_DEPTH];
    int64_t inside_ns[WEFT_ACTIVITY_DEPTH]; /* spent in nested operations */
    weft_activity_subject subjects[WEFT_ACTIVITY_DEPTH];
    int depth;
} weft_activity_clock;

/* Zero-initialised is idle. Slot `w` is worker w's; the last slot is the coordinating thread's. */
typedef struct weft_activity {
    _Atomic uint32_t slots[WEFT_ACTIVITY_SLOTS];
    _Atomic uint64_t seen[WEFT_STAGE_COUNT]; /* a bit an operation, since the last weft_activity_take_seen() */
    weft_operation_time times[WEFT_STAGE_COUNT][WEFT_OPERATION_COUNT];
    weft_activity_clock clocks[WEFT_ACTIVITY_SLOTS];
    weft_call_sink *sink; /* set before any thread runs; NULL: nobody is told */
} weft_activity;

#define WEFT_ACTIVITY_COORDINATOR (WEFT_ACTIVITY_SLOTS - 1)

/* Enters an operation on `slot`'s thread. Returns what the thread was in before; pass that to weft_activity_leave(). */
uint32_t weft_activity_enter(weft_activity *activity, int slot, weft_stage_id stage, weft_operation_id operation);
void weft_activity_leave(weft_activity *activity, int slot, uint32_t before);

/* Sets what the slot's current operation works on. */
void weft_activity_note(weft_activity *activity, int slot, const char *name, weft_window window);

/* The same for code that has no activity at hand, such as a decoder deep inside a read. The operation is charged to the
 * stage that the calling thread is in; on a thread that is in no stage nothing is counted. Pass what
 * weft_activity_enter_inner() returned to weft_activity_leave_inner(). */
typedef struct weft_activity_inner {
    weft_activity *activity; /* NULL: nothing was entered */
    int slot;
    uint32_t before;
} weft_activity_inner;
weft_activity_inner weft_activity_enter_inner(weft_operation_id operation);
void weft_activity_note_inner(weft_activity_inner inner, const char *name, weft_window window);
void weft_activity_leave_inner(weft_activity_inner inner);

/* The slot's thread waits until it next enters or leaves an operation: that time is not charged. */
void weft_activity_wait(weft_activity *activity, int slot);

/* What `slot`'s thread is in; WEFT_STAGE_NONE: nothing. Any thread. */
void weft_activity_read(const weft_activity *activity, int slot, weft_stage_id *stage, weft_operation_id *operation);

/* Seconds that threads have spent in a stage, summed over them. Any thread. */
double weft_activity_busy_seconds(const weft_activity *activity, weft_stage_id stage);

/* A quantile of the calls' durations, in seconds (share 0.5: the median). It comes from the bins, so it is at most 10 %
 * too high. 0 without calls. Any thread. */
double weft_operation_time_quantile(const weft_operation_time *times, double share);

/* The operations of `stage` that were entered since the last call of this function, or are still running: a bit each.
 * One reader. */
uint64_t weft_activity_take_seen(weft_activity *activity, weft_stage_id stage);

const char *weft_stage_name(weft_stage_id stage);
const char *weft_operation_name(weft_operation_id operation);

#endif
