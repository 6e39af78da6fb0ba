/* SPDX-License-Identifier: MIT */
#include "core/moment.h"

#include <stdio.h>
#include <string.h>

int weft_moment_compare(const weft_moment *a, const weft_moment *b) {
    const int64_t parts[6][2] = {{a->year, b->year}, {a->month, b->month},   {a->day, b->day},
                                 {a->hour, b->hour}, {a->minute, b->minute}, {a->second, b->second}};
    for (int i = 0; i < 6; i++)
        if (parts[i][0] != parts[i][1]) return parts[i][0] < parts[i][1] ? -1 : 1;
    return 0;
}

/* --- the calendar --- */

static bool is_leap(int32_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_of(int32_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* The day of the year, from 1, of what is before month and day. */
static int day_of_year(const weft_moment *moment) {
    int day = moment->day;
    for (int month = 1; month < moment->month; month++)
        day += days_of(moment->year, month);
    return day;
}

static bool set_day_of_year(weft_moment *moment, int day) {
    moment->month = 1;
    while (moment->month <= 12 && day > days_of(moment->year, moment->month))
        day -= days_of(moment->year, moment->month++);
    moment->day = day;
    return day >= 1 && moment->month <= 12;
}

static bool is_date(const weft_moment *m) {
    return m->month >= 1 && m->month <= 12 && m->day >= 1 && m->day <= days_of(m->year, m->month) && m->hour <= 23 &&
           m->minute <= 59 && m->second <= 60;
}

int64_t weft_moment_ms(const weft_moment *m) {
    const int64_t before = (int64_t)m->year - 1; /* whole years since the year 1 */
    int64_t days = before * 365 + before / 4 - before / 100 + before / 400 + day_of_year(m) - 1;
    int64_t seconds = ((days - 719162) * 24 + m->hour) * 3600 + m->minute * INT64_C(60) + m->second;
    return seconds * 1000;
}

/* --- formats --- */

static int digits_of(char field) {
    return field == 'Y' ? 4 : field == 'j' ? 3 : field != '\0' && strchr("mdHMS", field) != NULL ? 2 : 0;
}

bool weft_moment_has(const char *format, size_t length, char field) {
    for (size_t i = 0; i + 1 < length; i++) {
        if (format[i] != '%') continue;
        if (format[++i] == field) return true;
    }
    return false;
}

bool weft_moment_is_format(const char *format, size_t length) {
    bool any = false;
    for (size_t i = 0; i < length; i++) {
        if (format[i] != '%') continue;
        if (++i == length || (format[i] != '%' && digits_of(format[i]) == 0)) return false;
        any = any || format[i] != '%';
    }
    return any;
}

/* Reads so many digits. */
static bool read_digits(const char *text, int count, int *out) {
    *out = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        *out = 10 * *out + (text[i] - '0');
    }
    return true;
}

bool weft_moment_read(const char *format, size_t length, const char *text, size_t *used, weft_moment *out) {
    const char *at = text;
    int day_of_the_year = 0, value;
    *out = (weft_moment){.year = 2000, .month = 1, .day = 1};
    for (size_t i = 0; i < length; i++) {
        if (format[i] != '%' || format[++i] == '%') {
            if (*at++ != format[i]) return false;
            continue;
        }
        if (!read_digits(at, digits_of(format[i]), &value)) return false;
        at += digits_of(format[i]);
        int *to = format[i] == 'm'   ? &out->month
                  : format[i] == 'd' ? &out->day
                  : format[i] == 'H' ? &out->hour
                  : format[i] == 'M' ? &out->minute
                  : format[i] == 'S' ? &out->second
                                     : &day_of_the_year;
        if (format[i] == 'Y')
            out->year = value;
        else
            *to = value;
    }
    *used = (size_t)(at - text);
    if (weft_moment_has(format, length, 'j') && !set_day_of_year(out, day_of_the_year)) return false;
    return is_date(out);
}

bool weft_moment_read_any(const char *text, weft_moment *out) {
    static const char *const forms[] = {
        "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y:%m:%d %H:%M:%S", "%Y/%m/%d %H:%M:%S",
        "%Y-%m-%d",          "%Y/%m/%d",          "%Y%m%dT%H%M%S",     "%Y%m%d"};
    size_t used;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (weft_moment_read(forms[i], strlen(forms[i]), text, &used, out)) return true;
    return false;
}

size_t weft_moment_write(const char *format, size_t length, const weft_moment *moment, char *out, size_t capacity) {
    size_t total = 0;
    for (size_t i = 0; i < length; i++) {
        char part[16] = {format[i], '\0'};
        char field = format[i] == '%' && i + 1 < length ? format[++i] : '\0';
        int value = field == 'm'   ? moment->month
                    : field == 'd' ? moment->day
                    : field == 'H' ? moment->hour
                    : field == 'M' ? moment->minute
                    : field == 'S' ? moment->second
                    : field == 'j' ? day_of_year(moment)
                                   : moment->year;
        if (digits_of(field) > 0) (void)snprintf(part, sizeof part, "%0*d", digits_of(field), value);
        for (const char *c = part; *c != '\0'; c++, total++)
            if (total + 1 < capacity) out[total] = *c;
    }
    if (capacity > 0) out[total < capacity ? total : capacity - 1] = '\0';
    return total;
}

/* --- ISO 8601 --- */

void weft_moment_text(const weft_moment *m, char out[WEFT_MOMENT_TEXT_BYTES]) {
    int length = snprintf(out, WEFT_MOMENT_TEXT_BYTES, "%04d-%02d-%02d", (int)m->year, m->month, m->day);
    char *rest = out + length;
    size_t room = WEFT_MOMENT_TEXT_BYTES - (size_t)length;
    if (m->second != 0)
        (void)snprintf(rest, room, "T%02d:%02d:%02d", m->hour, m->minute, m->second);
    else if (m->hour != 0 || m->minute != 0)
        (void)snprintf(rest, room, "T%02d:%02d", m->hour, m->minute);
}

bool weft_moment_read_span(const char *text, weft_moment *first, weft_moment *last) {
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y-%m", "%Y"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t used;
        if (!weft_moment_read(forms[i], strlen(forms[i]), text, &used, first) || text[used] != '\0') continue;
        *last = *first;
        if (i > 3) last->month = 12;
        if (i > 2) last->day = 31;
        if (i > 1) {
            last->hour = 23;
            last->minute = 59;
        }
        if (i > 0) last->second = 60;
        return true;
    }
    return false;
}
