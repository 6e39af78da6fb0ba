/* A memory probe that says what its test wants, at the time that it wants, and the two clocks of such a test.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_SET_PROBE_H
#define WEFT_TESTS_SUPPORT_SET_PROBE_H

#include "core/clock.h"
#include "monitors/memory_probe.h"

#include <stdatomic.h>
#include <time.h>

typedef struct set_probe {
    weft_memory_probe base;
    _Atomic int64_t percent; /* any thread may set it */
} set_probe;

static inline bool set_probe_read(weft_memory_probe *base, weft_memory_reading *out) {
    *out = (weft_memory_reading){atomic_load(&((set_probe *)base)->percent), 100};
    return true;
}

static inline void set_probe_free(weft_memory_probe *base) {
    (void)base;
}

/* At 0 %. Nothing is to be freed. */
static inline void set_probe_init(set_probe *probe) {
    probe->base = (weft_memory_probe){.name = "set", .read = set_probe_read, .free = set_probe_free};
    atomic_init(&probe->percent, 0);
}

static inline void sleep_ms(long ms) {
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

/* Of a monotonic clock. */
static inline int64_t now_ms(void) {
    return weft_clock_monotonic_ns() / 1000000;
}

#endif
