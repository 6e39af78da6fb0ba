/* SPDX-License-Identifier: MIT */
#include "core/files/name_pattern.h"

#include "core/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LONGEST_TIME 64

typedef struct field {
    const char *name;   /* in the pattern's copy */
    const char *format; /* NULL: no time */
} field;

/* The text with each field as the byte 1 + its number, which no pattern holds: FIRST to FIRST + 15. */
#define FIRST 1

struct weft_name_pattern {
    char *copy;  /* what names and formats point into */
    char *codes; /* to be matched */
    int slashes;
    field fields[WEFT_NAME_CAPTURES];
    int field_count;
};

/* --- times --- */

/* Days from 1970-01-01 to a civil date (H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil). */
static int64_t days_from(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

const char *weft_time_read(const char *text, const char *format, int64_t *time_ms) {
    struct tm parts = {.tm_mday = 1, .tm_year = 70};
    const char *end = strptime(text, format, &parts);
    if (end == NULL) return NULL;
    int64_t days = days_from((int64_t)parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
    *time_ms = ((days * 24 + parts.tm_hour) * 60 + parts.tm_min) * INT64_C(60000) + (int64_t)parts.tm_sec * 1000;
    return end;
}

/* --- reading a pattern --- */

static weft_status refuse(const char *text, const char *why, weft_error *err) {
    weft_error_set(err, WEFT_ERR_USAGE, "pattern \"%s\": %s", text, why);
    weft_error_hint(err, "{field} captures what stands there, {date:%%Y%%m%%d} a date, as in "
                         "\"{tile}_{date:%%Y%%m%%d}_{band}.tif\"");
    return WEFT_ERR_USAGE;
}

static weft_status add_field(weft_name_pattern *pattern, char *inside, const char *text, weft_error *err) {
    char *colon = strchr(inside, ':');
    if (colon != NULL) *colon = '\0';
    if (inside[0] == '\0') return refuse(text, "a field without a name", err);
    if (colon != NULL && colon[1] == '\0') return refuse(text, "a field whose time has no format", err);
    if (pattern->field_count == WEFT_NAME_CAPTURES) return refuse(text, "more than 16 fields", err);
    for (int i = 0; i < pattern->field_count; i++)
        if (strcmp(pattern->fields[i].name, inside) == 0) return refuse(text, "a field that is there twice", err);
    pattern->fields[pattern->field_count++] = (field){inside, colon == NULL ? NULL : colon + 1};
    return WEFT_OK;
}

static weft_status read_pattern(weft_name_pattern *pattern, const char *text, weft_error *err) {
    char *out = pattern->codes;
    for (char *at = pattern->copy; *at != '\0'; at++) {
        if (*at == '{') {
            char *end = strchr(at, '}');
            if (end == NULL) return refuse(text, "a brace that is not closed", err);
            *end = '\0';
            *out++ = (char)(FIRST + pattern->field_count);
            weft_status status = add_field(pattern, at + 1, text, err);
            if (status != WEFT_OK) return status;
            at = end;
        } else {
            if (*at >= FIRST && *at < FIRST + WEFT_NAME_CAPTURES) return refuse(text, "a control character", err);
            pattern->slashes += *at == '/';
            *out++ = *at;
        }
    }
    *out = '\0';
    return pattern->codes[0] != '\0' ? WEFT_OK : refuse(text, "it is empty", err);
}

weft_status weft_name_pattern_new(weft_name_pattern **out, const char *text, weft_error *err) {
    weft_name_pattern *pattern = calloc(1, sizeof *pattern);
    weft_status status = WEFT_OK;
    *out = NULL;
    if (pattern != NULL) {
        pattern->copy = weft_text_format("%s", text);
        pattern->codes = malloc(strlen(text) + 1);
    }
    if (pattern == NULL || pattern->copy == NULL || pattern->codes == NULL)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a pattern");
    else
        status = read_pattern(pattern, text, err);
    if (status == WEFT_OK)
        *out = pattern;
    else
        weft_name_pattern_free(pattern);
    return status;
}

void weft_name_pattern_free(weft_name_pattern *pattern) {
    if (pattern == NULL) return;
    free(pattern->copy);
    free(pattern->codes);
    free(pattern);
}

/* --- matching --- */

static bool read_capture(const field *what, const char *text, int length, weft_name_capture *out) {
    char time[LONGEST_TIME];
    *out = (weft_name_capture){.field = what->name, .text = text, .length = length, .is_time = what->format != NULL};
    if (what->format == NULL) return true;
    if (length >= LONGEST_TIME) return false;
    memcpy(time, text, (size_t)length);
    time[length] = '\0';
    const char *end = weft_time_read(time, what->format, &out->time_ms);
    return end != NULL && *end == '\0';
}

/* From one place of each on; a field and a star take as little as the rest allows. */
static bool match(const weft_name_pattern *pattern, const char *codes, const char *text, weft_name_capture *captures) {
    for (; *codes != '\0'; codes++, text++) {
        bool captures_here = *codes >= FIRST && *codes < FIRST + WEFT_NAME_CAPTURES;
        if (captures_here || *codes == '*') {
            for (int length = captures_here ? 1 : 0;; length++) {
                if (length > 0 && (text[length - 1] == '\0' || text[length - 1] == '/')) return false;
                if (captures_here &&
                    !read_capture(&pattern->fields[*codes - FIRST], text, length, &captures[*codes - FIRST]))
                    continue;
                if (match(pattern, codes + 1, text + length, captures)) return true;
            }
        }
        if (*codes == '?' ? *text == '\0' || *text == '/' : *text != *codes) return false;
    }
    return *text == '\0';
}

int weft_name_pattern_match(const weft_name_pattern *pattern, const char *path,
                            weft_name_capture captures[WEFT_NAME_CAPTURES]) {
    const char *start = path + strlen(path);
    for (int slashes = 0; start > path; start--)
        if (start[-1] == '/' && slashes++ == pattern->slashes) break;
    return match(pattern, pattern->codes, start, captures) ? pattern->field_count : -1;
}
