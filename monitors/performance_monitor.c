/* SPDX-License-Identifier: MIT
 *
 * Nearly all calls are told by one comparison that they are neither slow nor long: the shortest of the longest ones
 * raises the bound for all operations. */
#include "monitors/performance_monitor.h"

#include "core/clock.h"

#include <stdio.h>
#include <string.h>

/* The longest ones until then are of any length. */
#define SHORTEST_NS 1000000

static void describe(const weft_activity_subject *subject, char *out, size_t bytes) {
    const weft_window *window = &subject->window;
    size_t length = subject->name == NULL ? 0 : strlen(subject->name);
    /* Of a long path the end tells more. */
    const char *name = length > 40 ? subject->name + length - 37 : subject->name;
    out[0] = '\0';
    if (length > 0)
        (void)snprintf(out, bytes, "%s%s, rows %lld..%lld, cols %lld..%lld", length > 40 ? "..." : "", name,
                       (long long)window->row, (long long)(window->row + window->rows - 1), (long long)window->col,
                       (long long)(window->col + window->cols - 1));
}

/* The lock is held. */
static void set_bounds(weft_performance_monitor *monitor, int64_t over_ns) {
    for (int i = 0; i < WEFT_OPERATION_COUNT; i++) {
        int64_t bound = monitor->slow_ns[i];
        atomic_store(&monitor->sink.over_ns[i], bound > 0 && bound < over_ns ? bound : over_ns);
    }
}

static void keep(weft_performance_monitor *monitor, const weft_slow_call *call) {
    weft_slow_call *longest = monitor->longest;
    pthread_mutex_lock(&monitor->lock);
    bool full = monitor->count == WEFT_LONGEST_CALLS;
    if (!full || longest[monitor->count - 1].seconds < call->seconds) {
        int at = full ? monitor->count - 1 : monitor->count++;
        for (; at > 0 && longest[at - 1].seconds < call->seconds; at--)
            longest[at] = longest[at - 1];
        longest[at] = *call;
        if (monitor->count == WEFT_LONGEST_CALLS)
            set_bounds(monitor, (int64_t)(longest[monitor->count - 1].seconds * 1e9));
    }
    pthread_mutex_unlock(&monitor->lock);
}

static void ended(void *payload, const weft_ended_call *call) {
    weft_performance_monitor *monitor = payload;
    int64_t bound = monitor->slow_ns[call->operation];
    weft_slow_call out = {.wall_ms = weft_clock_wall_ms(),
                          .stage = call->stage,
                          .operation = call->operation,
                          .seconds = (double)call->took_ns / 1e9,
                          .is_slow = bound > 0 && call->took_ns >= bound};
    describe(&call->subject, out.subject, sizeof out.subject);
    if (out.is_slow)
        out.is_told = atomic_fetch_add(&monitor->slow_calls[call->stage][call->operation], 1) < WEFT_SLOW_TOLD;
    keep(monitor, &out);
    if (out.is_told && monitor->slow != NULL) monitor->slow(monitor->payload, &out);
}

void weft_performance_monitor_start(weft_performance_monitor *monitor, weft_activity *activity) {
    (void)pthread_mutex_init(&monitor->lock, NULL);
    monitor->sink.ended = ended;
    monitor->sink.payload = monitor;
    set_bounds(monitor, SHORTEST_NS);
    activity->sink = &monitor->sink;
}

int weft_performance_monitor_longest(weft_performance_monitor *monitor, weft_slow_call out[WEFT_LONGEST_CALLS]) {
    pthread_mutex_lock(&monitor->lock);
    int count = monitor->count;
    memcpy(out, monitor->longest, (size_t)count * sizeof *out);
    pthread_mutex_unlock(&monitor->lock);
    return count;
}
