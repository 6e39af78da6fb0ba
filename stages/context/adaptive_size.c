/* SPDX-License-Identifier: MIT
 *
 * Size and permission to grow are one atomic word, which a worker reads as a rule. It changes under a lock, that of its
 * report too, so that changes are recorded in the order in which they happened, and a step of growth never undoes what
 * the monitor has just decided. */
#include "stages/context/adaptive_size.h"

#include "core/window.h"

#include <stdio.h>
#include <string.h>

#define GROWTH_STEPS 8 /* from nothing to the desired size */

int64_t weft_adaptive_size_next(const weft_adaptive_size *size, int64_t current, weft_pressure_level level) {
    switch (level) {
    case WEFT_PRESSURE_WARNING:
        return weft_smaller(current, weft_larger(weft_smaller(size->warning_floor, size->desired), current / 2));
    case WEFT_PRESSURE_CRITICAL:
        return weft_smaller(current, weft_smaller(size->critical_size, size->desired));
    case WEFT_PRESSURE_RECOVERED:
        return weft_smaller(size->desired, current + weft_divide_up(size->desired, GROWTH_STEPS));
    case WEFT_PRESSURE_NORMAL:
        break;
    }
    return current;
}

static void report(const weft_adaptive_size *size, int64_t before, int64_t after, weft_pressure_level level,
                   double usage_percent) {
    const weft_observer *observer = &size->context->observer;
    if (before == after || observer->adapted == NULL) return;
    weft_adaptation change = {
        .stage = size->stage, .old_value = before, .new_value = after, .level = level, .usage_percent = usage_percent};
    (void)snprintf(change.parameter, sizeof change.parameter, "%s", size->parameter);
    (void)snprintf(change.reason, sizeof change.reason, "memory %s at %.1f %% of the limit",
                   weft_pressure_level_name(level), usage_percent);
    observer->adapted(observer->payload, &change);
}

static void set_due(weft_adaptive_size *size, bool due) {
    weft_relief *relief = size->context->relief;
    if (relief == NULL || atomic_exchange(&size->due, due) == due) return;
    atomic_fetch_add(&relief->targets_due, due ? 1 : -1);
}

static void react(weft_pressure_level level, double usage_percent, void *payload) {
    weft_adaptive_size *size = payload;
    bool may_grow = level == WEFT_PRESSURE_RECOVERED;
    pthread_mutex_lock(&size->changes);
    int64_t before = atomic_load(&size->state) / 2;
    int64_t after = may_grow ? before : weft_adaptive_size_next(size, before, level);
    if (may_grow) size->usage_percent = usage_percent;
    atomic_store(&size->state, 2 * after + may_grow);
    if (after < before && atomic_load(&size->in_use)) set_due(size, true);
    report(size, before, after, level, usage_percent);
    pthread_mutex_unlock(&size->changes);
}

weft_status weft_adaptive_size_init(weft_adaptive_size *size, weft_context *context, weft_error *err) {
    if (pthread_mutex_init(&size->changes, NULL) != 0)
        return weft_error_set(err, WEFT_ERR_INTERNAL, "cannot make the lock of %s", size->parameter);
    size->context = context;
    atomic_init(&size->state, 2 * size->desired);
    if (context->pressure.subscribe == NULL) return WEFT_OK;
    return context->pressure.subscribe(context->pressure.payload, react, size, err);
}

void weft_adaptive_size_dispose(weft_adaptive_size *size) {
    if (size->context == NULL) return;
    if (size->context->pressure.unsubscribe != NULL)
        size->context->pressure.unsubscribe(size->context->pressure.payload, react, size);
    set_due(size, false);
    pthread_mutex_destroy(&size->changes);
    size->context = NULL;
}

int64_t weft_adaptive_size_get(const weft_adaptive_size *size) {
    return atomic_load(&size->state) / 2;
}

void weft_adaptive_size_leave(weft_adaptive_size *size) {
    pthread_mutex_lock(&size->changes);
    atomic_store(&size->in_use, false);
    set_due(size, false);
    pthread_mutex_unlock(&size->changes);
}

int64_t weft_adaptive_size_take(weft_adaptive_size *size) {
    if (!atomic_load(&size->in_use)) atomic_store(&size->in_use, true);
    if (atomic_load(&size->due)) set_due(size, false);
    int64_t state = atomic_load(&size->state);
    if (state % 2 == 0) return state / 2;
    pthread_mutex_lock(&size->changes);
    state = atomic_load(&size->state);
    int64_t before = state / 2, after = before;
    if (state % 2 == 1) {
        after = weft_adaptive_size_next(size, before, WEFT_PRESSURE_RECOVERED);
        atomic_store(&size->state, 2 * after + (after < size->desired));
        report(size, before, after, WEFT_PRESSURE_RECOVERED, size->usage_percent);
    }
    pthread_mutex_unlock(&size->changes);
    return after;
}
