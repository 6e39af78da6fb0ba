/* SPDX-License-Identifier: MIT
 *
 * Thin over clock_gettime(); times of records are UTC, so that runs on different machines sort together. */
#include "core/clock.h"

#include <stdio.h>
#include <time.h>

int64_t weft_clock_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t weft_clock_wall_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t format_seconds(int64_t wall_ms, const char *format, char out[WEFT_CLOCK_TEXT_BYTES]) {
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    return strftime(out, WEFT_CLOCK_TEXT_BYTES, format, &utc);
}

void weft_clock_format(int64_t wall_ms, char out[WEFT_CLOCK_TEXT_BYTES]) {
    size_t used = format_seconds(wall_ms, "%Y-%m-%dT%H:%M:%S", out);
    (void)snprintf(out + used, WEFT_CLOCK_TEXT_BYTES - used, ".%03dZ", (int)(wall_ms % 1000));
}

void weft_clock_format_compact(int64_t wall_ms, char out[WEFT_CLOCK_TEXT_BYTES]) {
    format_seconds(wall_ms, "%Y%m%dT%H%M%SZ", out);
}
