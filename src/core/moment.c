/* SPDX-License-Identifier: MIT */
#include "core/moment.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MINUTES_A_DAY 1440

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

/* Minutes later, or earlier, in the Gregorian calendar: at most a few days. */
static void shift(weft_moment *m, int minutes) {
    int total = m->hour * 60 + m->minute + minutes;
    for (; total < 0; total += MINUTES_A_DAY) {
        if (--m->day > 0) continue;
        m->month = m->month > 1 ? m->month - 1 : 12;
        if (m->month == 12) m->year--;
        m->day = days_of(m->year, m->month);
    }
    for (; total >= MINUTES_A_DAY; total -= MINUTES_A_DAY) {
        if (++m->day <= days_of(m->year, m->month)) continue;
        m->day = 1;
        m->month = m->month < 12 ? m->month + 1 : 1;
        if (m->month == 1) m->year++;
    }
    m->hour = total / 60;
    m->minute = total % 60;
}

/* --- zones --- */

/* "5", "05", "530", "0530", "5:30": hours and minutes. Returns the bytes, 0 where it is none. */
static size_t read_clock(const char *text, int *minutes) {
    int number = 0, behind = 0;
    size_t digits = 0;
    for (; isdigit((unsigned char)text[digits]) && digits < 5; digits++)
        number = 10 * number + (text[digits] - '0');
    if (digits == 0 || digits > 4) return 0;
    bool colon = digits < 3 && text[digits] == ':' && isdigit((unsigned char)text[digits + 1]) &&
                 isdigit((unsigned char)text[digits + 2]);
    if (colon) behind = 10 * (text[digits + 1] - '0') + (text[digits + 2] - '0');
    int hours = digits < 3 ? number : number / 100;
    if (digits > 2) behind = number % 100;
    if (hours > 24 || behind > 59) return 0;
    *minutes = 60 * hours + behind;
    return digits + (colon ? 3 : 0);
}

size_t weft_moment_read_zone(const char *text, int *minutes) {
    size_t blanks = strspn(text, " ");
    const char *at = text + blanks;
    *minutes = 0;
    if (strncasecmp(at, "UTC", 3) == 0 || strncasecmp(at, "GMT", 3) == 0) return blanks + 3;
    if ((at[0] == 'Z' || at[0] == 'z') && !isalpha((unsigned char)at[1])) return blanks + 1;
    bool sign = at[0] == '+' || at[0] == '-';
    size_t length = read_clock(at + sign, minutes);
    /* A number after a blank, without a sign, is a zone where it is written as a clock. */
    bool is_zone = length > 0 && (sign || (blanks > 0 && memchr(at, ':', length) != NULL));
    if (!is_zone) *minutes = 0;
    if (at[0] == '-') *minutes = -*minutes;
    return is_zone ? blanks + sign + length : 0;
}

/* --- formats --- */

/* A field of a format: its letter, how many digits it has, and which int of a moment it is. */
typedef struct format_field {
    char letter;
    int digits;
    size_t member;
} format_field;

#define NO_MEMBER SIZE_MAX /* the day of the year follows from several */

/* NULL: there is no such field. */
static const format_field *find_field(char letter) {
    static const format_field fields[] = {{'Y', 4, offsetof(weft_moment, year)},
                                          {'m', 2, offsetof(weft_moment, month)},
                                          {'d', 2, offsetof(weft_moment, day)},
                                          {'H', 2, offsetof(weft_moment, hour)},
                                          {'M', 2, offsetof(weft_moment, minute)},
                                          {'S', 2, offsetof(weft_moment, second)},
                                          {'j', 3, NO_MEMBER}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].letter == letter) return &fields[i];
    return NULL;
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
        if (++i == length || (format[i] != '%' && find_field(format[i]) == NULL)) return false;
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
    int day_of_the_year = 0;
    *out = (weft_moment){.year = 2000, .month = 1, .day = 1};
    for (size_t i = 0; i < length; i++) {
        if (format[i] != '%' || format[++i] == '%') {
            if (*at++ != format[i]) return false;
            continue;
        }
        const format_field *field = find_field(format[i]);
        if (field == NULL) return false;
        int *to = field->member == NO_MEMBER ? &day_of_the_year : (int *)((char *)out + field->member);
        if (!read_digits(at, field->digits, to)) return false;
        at += field->digits;
    }
    *used = (size_t)(at - text);
    if (weft_moment_has(format, length, 'j') && !set_day_of_year(out, day_of_the_year)) return false;
    return is_date(out);
}

/* Takes off the zone after a time, and the part of a second before it. Returns how many bytes both take. */
static size_t take_zone(weft_moment *moment, const char *behind) {
    int minutes;
    size_t fraction = *behind == '.' || *behind == ',' ? 1 + strspn(behind + 1, "0123456789") : 0;
    size_t zone = weft_moment_read_zone(behind + fraction, &minutes);
    shift(moment, -minutes);
    return fraction + zone;
}

bool weft_moment_read_any(const char *text, weft_moment *out) {
    static const char *const forms[] = {
        "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y:%m:%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",    "%Y-%m-%d",          "%Y/%m/%d",          "%Y%m%dT%H%M%S",     "%Y%m%d"};
    size_t used;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!weft_moment_read(forms[i], strlen(forms[i]), text, &used, out)) continue;
        if (weft_moment_has(forms[i], strlen(forms[i]), 'H')) (void)take_zone(out, text + used);
        return true;
    }
    return false;
}

static int value_of(const format_field *field, const weft_moment *moment) {
    if (field->member == NO_MEMBER) return day_of_year(moment);
    return *(const int *)((const char *)moment + field->member);
}

size_t weft_moment_write(const char *format, size_t length, const weft_moment *moment, char *out, size_t capacity) {
    size_t total = 0;
    for (size_t i = 0; i < length; i++) {
        char part[16] = {format[i], '\0'};
        const format_field *field = format[i] == '%' && i + 1 < length ? find_field(format[++i]) : NULL;
        int value = field != NULL ? value_of(field, moment) : 0;
        int sign = value < 0; /* a year before 0 has its digits after it */
        if (field != NULL) (void)snprintf(part, sizeof part, "%0*d", field->digits + sign, value);
        for (const char *c = part; *c != '\0'; c++, total++)
            if (total + 1 < capacity) out[total] = *c;
    }
    if (capacity > 0) out[total < capacity ? total : capacity - 1] = '\0';
    return total;
}

/* --- ISO 8601 --- */

void weft_moment_text(const weft_moment *m, char out[WEFT_MOMENT_TEXT_BYTES]) {
    int width = m->year < 0 ? 5 : 4;
    int length = snprintf(out, WEFT_MOMENT_TEXT_BYTES, "%0*d-%02d-%02d", width, (int)m->year, m->month, m->day);
    char *rest = out + length;
    size_t room = WEFT_MOMENT_TEXT_BYTES - (size_t)length;
    if (m->second != 0)
        (void)snprintf(rest, room, "T%02d:%02d:%02d", m->hour, m->minute, m->second);
    else if (m->hour != 0 || m->minute != 0)
        (void)snprintf(rest, room, "T%02d:%02d", m->hour, m->minute);
}

/* Of spans; the first two are of times, which may have a zone. */
static const char *const span_forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y-%m", "%Y"};

/* The first moment of a span, in UTC, and the number of its form. False: it is none. */
static bool read_first(const char *text, weft_moment *first, size_t *form) {
    for (size_t i = 0; i < sizeof span_forms / sizeof *span_forms; i++) {
        size_t used;
        if (!weft_moment_read(span_forms[i], strlen(span_forms[i]), text, &used, first)) continue;
        if (i < 2) used += take_zone(first, text + used);
        *form = i;
        if (text[used] == '\0') return true;
    }
    return false;
}

bool weft_moment_read_span(const char *text, weft_moment *first, weft_moment *last) {
    size_t form;
    if (!read_first(text, first, &form)) return false;
    *last = *first;
    if (form > 3) last->month = 12;
    if (form > 2) last->day = 31;
    if (form > 1) {
        last->hour = 23;
        last->minute = 59;
    }
    if (form > 0) last->second = 60;
    return true;
}

void weft_moment_span_text(const char *text, char out[WEFT_MOMENT_TEXT_BYTES]) {
    weft_moment first;
    size_t form;
    if (read_first(text, &first, &form))
        (void)weft_moment_write(span_forms[form], strlen(span_forms[form]), &first, out, WEFT_MOMENT_TEXT_BYTES);
    else
        (void)snprintf(out, WEFT_MOMENT_TEXT_BYTES, "%s", text);
}
