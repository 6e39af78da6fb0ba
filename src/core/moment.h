/* A date and a time of day as a calendar writes them: of file names, of time axes. Calendars with other months (of 360
 * days a year, without leap days) write them alike, so that no day number stands for them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_MOMENT_H
#define WEFT_CORE_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct weft_moment {
    int year, month, day, hour, minute, second; /* month and day from 1 */
} weft_moment;

#define WEFT_MOMENT_TEXT_BYTES 32

/* < 0, 0, > 0: a is before, at, after b. */
int weft_moment_compare(const weft_moment *a, const weft_moment *b);

/* Formats are strftime's, of these: %Y (four digits), %m, %d, %H, %M, %S (two), %j (three: the day of the year), %%.
 * Whether a text is one, with a field in it at least; and whether it has a field ('d'). */
bool weft_moment_is_format(const char *format, size_t length);
bool weft_moment_has(const char *format, size_t length, char field);

/* Reads `text` by a format; what the format does not say is the first (of January, of the day). *used: bytes that were
 * read. False: the text is of another form, or there is no such date in the Gregorian calendar. */
bool weft_moment_read(const char *format, size_t length, const char *text, size_t *used, weft_moment *out);

/* Reads a time zone that stands after a time: "Z", "UTC" or "GMT", "+05:30", "-6:00", "+0530", "-6", "0:30", with blanks
 * before it or without. minutes: east of UTC, 0 where there is none. Returns how many bytes it takes. */
size_t weft_moment_read_zone(const char *text, int *minutes);

/* Writes it by a format, as snprintf() does; returns the length. */
size_t weft_moment_write(const char *format, size_t length, const weft_moment *moment, char *out, size_t capacity);

/* Reads what begins a text as metadata writes times: ISO 8601, whole or compact, TIFF's form, OGR's, or a date alone. A
 * time with a zone becomes UTC; without one it is taken for UTC. */
bool weft_moment_read_any(const char *text, weft_moment *out);

/* Milliseconds since 1970, in UTC. */
int64_t weft_moment_ms(const weft_moment *moment);

/* "2025-05-01", with the time after it ("2025-05-01T06:00", with seconds where there are any) where it is not
 * midnight. */
void weft_moment_text(const weft_moment *moment, char out[WEFT_MOMENT_TEXT_BYTES]);

/* Reads "2025", "2025-05", "2025-05-01", "2025-05-01T06:00" or "2025-05-01T06:00:30": the first moment of it, and the
 * last, in UTC. A time may have a zone after it. False: it is none. */
bool weft_moment_read_span(const char *text, weft_moment *first, weft_moment *last);

/* A text that weft_moment_read_span() reads, in UTC and without a zone, as long as it was. Any other is copied. */
void weft_moment_span_text(const char *text, char out[WEFT_MOMENT_TEXT_BYTES]);

#endif
