/* The two clocks: one that only goes forward, for durations, and the wall's, for records.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_CLOCK_H
#define WEFT_CORE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t weft_clock_monotonic_ns(void);

/* Milliseconds since 1970 in UTC. */
int64_t weft_clock_wall_ms(void);

#define WEFT_CLOCK_TEXT_BYTES 32

/* Writes "2026-11-20T12:00:00.123Z" for milliseconds since 1970; years 0 to 9999. Async-signal-safe. */
void weft_clock_format(int64_t wall_ms, char out[WEFT_CLOCK_TEXT_BYTES]);

/* Writes "20261120T120000Z", which sorts and fits a file name. */
void weft_clock_format_compact(int64_t wall_ms, char out[WEFT_CLOCK_TEXT_BYTES]);

#endif
