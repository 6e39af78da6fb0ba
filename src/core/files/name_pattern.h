/* Patterns of file names that capture what stands in them: "{tile}_{date:%Y%m%d}_{band}.tif".
 *
 * {field} matches one character or more, none of them a slash, as few as the rest allows; {field:FORMAT} a time by
 * strptime's rules; * any characters but slashes, ? one. All else stands for itself.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_NAME_PATTERN_H
#define WEFT_CORE_NAME_PATTERN_H

#include "core/status.h"

#include <stdint.h>

#define WEFT_NAME_CAPTURES 16

typedef struct weft_name_pattern weft_name_pattern; /* immutable after creation: any thread may match */

/* What one field matched. */
typedef struct weft_name_capture {
    const char *field; /* of the pattern */
    const char *text;  /* `length` bytes of the path */
    int length;
    bool is_time;
    int64_t time_ms; /* since 1970 in UTC */
} weft_name_capture;

/* Errors: WEFT_ERR_USAGE (a brace that is not closed, a field twice or without a name, more than WEFT_NAME_CAPTURES),
 * naming the pattern; WEFT_ERR_MEMORY. */
weft_status weft_name_pattern_new(weft_name_pattern **out, const char *text, weft_error *err);
/* NULL is fine. */
void weft_name_pattern_free(weft_name_pattern *pattern);

/* Matches the end of a path, as many of its parts as the pattern has, and fills in the captures in the pattern's order.
 * Returns their number; -1: it does not match. */
int weft_name_pattern_match(const weft_name_pattern *pattern, const char *path,
                            weft_name_capture captures[WEFT_NAME_CAPTURES]);

/* Milliseconds since 1970 of a time in UTC that begins `text`, read by strptime's rules; what the format does not say
 * is the least. Returns where it ends, or NULL. */
const char *weft_time_read(const char *text, const char *format, int64_t *time_ms);

#endif
