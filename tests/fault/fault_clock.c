/* SPDX-License-Identifier: MIT
 *
 * Time behind the shim: sleep is free, and no two looks at the clock see one millisecond, since SQLite leaves a page
 * out that an update leaves as it was: runs would make other numbers of calls by chance. */
#define _GNU_SOURCE
#include "fault/fault_calls.h"

#include <stdatomic.h>
#include <time.h>

FAULT_EXPORT int nanosleep(const struct timespec *length, struct timespec *left) {
    FAULT_REAL(int, (const struct timespec *, struct timespec *), "nanosleep");
    if (!fault_rules_cover_any()) return real_(length, left);
    fault_rules_sleep((int64_t)length->tv_sec * 1000000000 + length->tv_nsec);
    return 0;
}

/* The time, or the millisecond behind the last that was told. */
static void move_on(struct timespec *now) {
    static _Atomic int64_t told_ms;
    int64_t ms = (int64_t)now->tv_sec * 1000 + now->tv_nsec / 1000000, last = atomic_load(&told_ms), next;
    do
        next = ms > last ? ms : last + 1;
    while (!atomic_compare_exchange_weak(&told_ms, &last, next));
    if (next == ms) return;
    now->tv_sec = (time_t)(next / 1000);
    now->tv_nsec = (long)(next % 1000) * 1000000;
}

FAULT_EXPORT int clock_gettime(clockid_t clock, struct timespec *now) {
    FAULT_REAL(int, (clockid_t, struct timespec *), "clock_gettime");
    int result = real_(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME && fault_rules_cover_any()) move_on(now);
    return result;
}
