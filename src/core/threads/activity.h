/* What every thread is doing, stage and operation, so that a sample of memory is charged to the right one.
 *
 * A pull-driven pipeline runs resampling inside a call from export; so workers say themselves where they are. Writers
 * are lock-free; the monitor reads.
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
    WEFT_OPERATION_COUNT,
} weft_operation_id;

#define WEFT_MAX_THREADS    250                    /* workers of a run */
#define WEFT_ACTIVITY_SLOTS (WEFT_MAX_THREADS + 1) /* and the coordinating thread */
#define WEFT_ACTIVITY_DEPTH 4 /* operations inside of each other; deeper ones are charged to the one around them */

/* Calls are counted by how long they took, in bins of a quarter of an octave, from 1 us on. */
#define WEFT_ACTIVITY_BINS 128

/* Of one operation of one stage, over all threads: own time, without waiting and without what lies inside. */
typedef struct weft_operation_time {
    _Atomic int64_t calls, busy_ns, longest_ns; /* longest: of one call */
    _Atomic uint32_t bins[WEFT_ACTIVITY_BINS];
} weft_operation_time;

/* What a call works on. */
typedef struct weft_activity_subject {
    const char *name; /* a column, a file; NULL: nothing is known. Lasts as long as the call */
    weft_window window;
} weft_activity_subject;

/* A call that has ended: its own time and that of all that lies inside it, without waiting. */
typedef struct weft_ended_call {
    weft_stage_id stage;
    weft_operation_id operation;
    int64_t took_ns;
    weft_activity_subject subject;
} weft_ended_call;

/* Who is told of calls that take long. On the thread that made the call; must not wait. */
typedef struct weft_call_sink {
    void (*ended)(void *payload, const weft_ended_call *call);
    void *payload;
    _Atomic int64_t over_ns[WEFT_OPERATION_COUNT]; /* only of those that take as long as this */
} weft_call_sink;

/* What one thread does. The thread's alone. */
typedef struct weft_activity_clock {
    int64_t since_ns; /* when it began or went on; 0: waiting */
    int64_t spent_ns[WEFT_ACTIVITY_DEPTH];
    int64_t inside_ns[WEFT_ACTIVITY_DEPTH]; /* what lies inside it took */
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

/* Says what `slot`'s thread does from now on and returns what it did before, to be given back to
 * weft_activity_leave(). */
uint32_t weft_activity_enter(weft_activity *activity, int slot, weft_stage_id stage, weft_operation_id operation);
void weft_activity_leave(weft_activity *activity, int slot, uint32_t before);

/* Says what the operation that the slot's thread is in works on. */
void weft_activity_note(weft_activity *activity, int slot, const char *name, weft_window window);

/* The same for code that runs inside an operation and is not given an activity: a decoder, deep inside a read. What is
 * entered belongs to the stage that the calling thread is in; on a thread that is in none nothing is counted.
 * weft_activity_leave_inner() takes back what the other returned. */
typedef struct weft_activity_inner {
    weft_activity *activity; /* NULL: nothing was entered */
    int slot;
    uint32_t before;
} weft_activity_inner;
weft_activity_inner weft_activity_enter_inner(weft_operation_id operation);
void weft_activity_note_inner(weft_activity_inner inner, const char *name, weft_window window);
void weft_activity_leave_inner(weft_activity_inner inner);

/* The slot's thread waits from now on, until it enters or leaves: the time is not charged. */
void weft_activity_wait(weft_activity *activity, int slot);

/* What `slot`'s thread is in; WEFT_STAGE_NONE: nothing. Any thread. */
void weft_activity_read(const weft_activity *activity, int slot, weft_stage_id *stage, weft_operation_id *operation);

/* Seconds that threads have spent in a stage, summed over them. Any thread. */
double weft_activity_busy_seconds(const weft_activity *activity, weft_stage_id stage);

/* The time under which a share of the calls stay (0.5: the median), as seconds, from their bins: up to 10 % over it. 0
 * without calls. Any thread. */
double weft_operation_time_quantile(const weft_operation_time *times, double share);

/* The operations of `stage` that were entered since the last call, or are going on: a bit each. One reader. */
uint64_t weft_activity_take_seen(weft_activity *activity, weft_stage_id stage);

const char *weft_stage_name(weft_stage_id stage);
const char *weft_operation_name(weft_operation_id operation);

#endif
