/* SPDX-License-Identifier: MIT
 *
 * Multiplicative both ways: a size that has been halved n times is back after n quiet cooldowns. */
#include "stages/adaptive_size.h"

#include <stdio.h>
#include <string.h>

static int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

int64_t weft_adaptive_size_next(const weft_adaptive_size *size, int64_t current, weft_pressure_level level) {
    switch (level) {
    case WEFT_PRESSURE_WARNING:
        return smaller(current, larger(smaller(size->warning_floor, size->wish), current / 2));
    case WEFT_PRESSURE_CRITICAL:
        return smaller(current, smaller(size->critical_size, size->wish));
    case WEFT_PRESSURE_RECOVERED:
        return smaller(size->wish, current * 2);
    case WEFT_PRESSURE_NORMAL:
        break;
    }
    return current;
}

static void react(weft_pressure_level level, double usage_percent, void *payload) {
    weft_adaptive_size *size = payload;
    int64_t current = atomic_load(&size->target);
    int64_t next = weft_adaptive_size_next(size, current, level);
    if (next == current) return;
    atomic_store(&size->target, next);
    if (size->context->observer.adapted == NULL) return;
    weft_adaptation change = {
        .stage = size->stage, .old_value = current, .new_value = next, .level = level, .usage_percent = usage_percent};
    (void)snprintf(change.parameter, sizeof change.parameter, "%s", size->parameter);
    (void)snprintf(change.reason, sizeof change.reason, "memory %s at %.1f %% of the limit",
                   weft_pressure_level_name(level), usage_percent);
    size->context->observer.adapted(size->context->observer.payload, &change);
}

weft_status weft_adaptive_size_init(weft_adaptive_size *size, weft_context *context, weft_error *err) {
    size->context = context;
    atomic_init(&size->target, size->wish);
    if (context->pressure.subscribe == NULL) return WEFT_OK;
    return context->pressure.subscribe(context->pressure.payload, react, size, err);
}

void weft_adaptive_size_dispose(weft_adaptive_size *size) {
    if (size->context == NULL) return;
    if (size->context->pressure.unsubscribe != NULL)
        size->context->pressure.unsubscribe(size->context->pressure.payload, react, size);
    size->context = NULL;
}

int64_t weft_adaptive_size_get(const weft_adaptive_size *size) {
    return atomic_load(&size->target);
}
