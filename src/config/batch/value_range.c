/* SPDX-License-Identifier: MIT
 *
 * Decimal numbers are counted in units of their last digit, so that no value is off by a rounding. */
#include "config/batch/value_range.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_DECIMALS 9
#define MAX_DIGITS   17
#define VALUE_BYTES  128

/* What a range is read from: the nodes of its keys. */
typedef struct range {
    weft_config_reader *reader;
    const char *name;
    const weft_yaml_node *node, *from, *to, *step, *format;
    char **values;
    int count, max;
} range;

static void report(range *r, const weft_yaml_node *at, const char *hint, const char *message) {
    weft_yaml_report(&r->reader->report, at->place, at->origin, hint, "matrix: %s: %s", r->name, message);
}

static bool add(range *r, const char *value) {
    if (r->count == r->max) {
        weft_yaml_report(&r->reader->report, r->node->place, r->node->origin, NULL,
                         "matrix: %s: the range is too long: it may have %d values at most", r->name, r->max);
        return false;
    }
    /* Room is taken in powers of two. */
    if ((r->count & (r->count - 1)) == 0) {
        size_t capacity = r->count == 0 ? 1 : 2 * (size_t)r->count;
        char **more = realloc(r->values, capacity * sizeof *more);
        if (more == NULL) return r->reader->no_memory = true, false;
        r->values = more;
    }
    r->values[r->count] = weft_text_format("%s", value);
    if (r->values[r->count] == NULL) return r->reader->no_memory = true, false;
    r->count++;
    return true;
}

/* --- numbers --- */

/* Decimals of a plain decimal number; -1: it is none. */
static int decimals_of(const char *text) {
    if (*text == '-' || *text == '+') text++;
    size_t whole = strspn(text, "0123456789");
    const char *point = text + whole;
    if (whole == 0) return -1;
    if (*point == '\0') return 0;
    size_t decimals = *point == '.' ? strspn(point + 1, "0123456789") : 0;
    return decimals >= 1 && point[1 + decimals] == '\0' ? (int)decimals : -1;
}

/* Whether in_units() can count it. */
static bool fits(const char *text, int decimals) {
    if (*text == '-' || *text == '+') text++;
    return decimals <= MAX_DECIMALS && strspn(text, "0123456789") + (size_t)decimals <= MAX_DIGITS;
}

/* The number in units of its last of `decimals` digits. */
static int64_t in_units(const char *text, int decimals) {
    bool negative = *text == '-';
    int64_t value = 0;
    int behind = -1;
    for (; *text != '\0'; text++) {
        if (*text == '.') behind = 0;
        if (!isdigit((unsigned char)*text)) continue;
        value = value * 10 + (*text - '0');
        if (behind >= 0) behind++;
    }
    for (int i = behind < 0 ? 0 : behind; i < decimals; i++)
        value *= 10;
    return negative ? -value : value;
}

/* No more than there can be, which the compiler does not know. */
static int few_digits(int count) {
    return count < 0 ? 0 : count > MAX_DIGITS ? MAX_DIGITS : count;
}

static void write_number(int64_t value, int decimals, int width, char *out) {
    int64_t unit = 1, size = value < 0 ? -value : value;
    width = few_digits(width);
    decimals = few_digits(decimals);
    for (int i = 0; i < decimals; i++)
        unit *= 10;
    int at = snprintf(out, VALUE_BYTES, "%s%0*lld", value < 0 ? "-" : "", width, (long long)(size / unit));
    if (decimals > 0) (void)snprintf(out + at, VALUE_BYTES - (size_t)at, ".%0*lld", decimals, (long long)(size % unit));
}

/* The most decimals of from, to and step; -1: reported. */
static int find_decimals(range *r, const char *const texts[3]) {
    int decimals = 0;
    for (int i = 0; i < 3; i++) {
        int own = decimals_of(texts[i]);
        if (own < 0) {
            report(r, r->node,
                   "{from: 1, to: 10, step: 1}, or dates: {from: 2025-01-01, to: 2025-12-31, step: 1 month}",
                   "from, to and step are numbers or dates");
            return -1;
        }
        if (own > decimals) decimals = own;
    }
    for (int i = 0; i < 3; i++)
        if (!fits(texts[i], decimals)) {
            weft_yaml_report(
                &r->reader->report, r->node->place, r->node->origin, NULL,
                "matrix: %s: from, to and step may have %d digits at most, with as many decimals as any of "
                "them has, which are %d at most",
                r->name, MAX_DIGITS, MAX_DECIMALS);
            return -1;
        }
    return decimals;
}

static bool read_numbers(range *r) {
    const char *from = r->from->text, *to = r->to->text, *step = r->step != NULL ? r->step->text : "1";
    int decimals = find_decimals(r, (const char *const[]){from, to, step});
    if (decimals < 0) return false;
    if (r->format != NULL) {
        report(r, r->format, NULL, "format is for dates; numbers are as wide as from, where that begins with a 0");
        return false;
    }
    int64_t at = in_units(from, decimals), end = in_units(to, decimals), by = in_units(step, decimals);
    if (by == 0 || (end != at && (by > 0) != (end > at))) {
        weft_yaml_report(&r->reader->report, r->node->place, r->node->origin, NULL,
                         "matrix: %s: steps of %s do not lead from %s to %s", r->name, step, from, to);
        return false;
    }
    int width = from[0] == '0' && isdigit((unsigned char)from[1]) ? (int)strcspn(from, ".") : 1;
    for (; by > 0 ? at <= end : at >= end; at += by) {
        char value[VALUE_BYTES];
        write_number(at, decimals, width, value);
        if (!add(r, value)) return false;
    }
    return true;
}

/* --- dates --- */

typedef struct date {
    int year, month, day; /* month 1 .. 12 */
} date;

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool is_date(const char *text, date *out) {
    char rest;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || strspn(text, "0123456789-") != 10) return false;
    if (sscanf(text, "%4d-%2d-%2d%c", &out->year, &out->month, &out->day, &rest) != 3) return false;
    return out->month >= 1 && out->month <= 12 && out->day >= 1 && out->day <= days_in(out->year, out->month);
}

static date plus_days(date d, int days) {
    for (d.day += days; d.day > days_in(d.year, d.month);) {
        d.day -= days_in(d.year, d.month);
        if (++d.month > 12) d = (date){d.year + 1, 1, d.day};
    }
    return d;
}

/* The same day, or the month's last where it has no such day. */
static date plus_months(date d, int months) {
    int month = d.month - 1 + months;
    date out = {d.year + month / 12, month % 12 + 1, d.day};
    if (out.day > days_in(out.year, out.month)) out.day = days_in(out.year, out.month);
    return out;
}

static bool is_after(date a, date b) {
    if (a.year != b.year) return a.year > b.year;
    return a.month != b.month ? a.month > b.month : a.day > b.day;
}

/* "2 weeks" as days, or months. */
static bool parse_step(const char *text, int *days, int *months) {
    static const struct {
        const char *word;
        int days, months;
    } units[] = {{"day", 1, 0}, {"week", 7, 0}, {"month", 0, 1}, {"year", 0, 12}};
    char *end;
    long count = strtol(text, &end, 10);
    if (end == text || count < 1 || count > 10000) return false;
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t length = strlen(units[i].word);
        if (strncmp(end, units[i].word, length) != 0) continue;
        if (end[length] != '\0' && strcmp(end + length, "s") != 0) continue;
        *days = (int)count * units[i].days;
        *months = (int)count * units[i].months;
        return true;
    }
    return false;
}

static bool read_dates(range *r, date from) {
    date to;
    int days, months;
    if (!is_date(r->to->text, &to)) {
        report(r, r->to, NULL, "to is a date like from: 2025-12-31");
        return false;
    }
    if (is_after(from, to)) {
        report(r, r->node, NULL, "to is before from");
        return false;
    }
    if (!parse_step(r->step != NULL ? r->step->text : "1 day", &days, &months)) {
        report(r, r->step, NULL, "a step of dates is a number of days, weeks, months or years: 1 day");
        return false;
    }
    const char *format = r->format != NULL ? r->format->text : "%Y-%m-%d";
    for (int i = 0;; i++) {
        date at = days > 0 ? plus_days(from, i * days) : plus_months(from, i * months);
        struct tm when = {.tm_year = at.year - 1900, .tm_mon = at.month - 1, .tm_mday = at.day, .tm_hour = 12};
        char value[VALUE_BYTES];
        when.tm_isdst = -1;
        if (is_after(at, to)) return true;
        if (mktime(&when) == (time_t)-1) return report(r, r->node, NULL, "a date that cannot be"), false;
        size_t length = strftime(value, sizeof value, format, &when);
        if (length == 0) return report(r, r->format, "%Y%m%d", "the format gives no text"), false;
        if (!add(r, value)) return false;
    }
}

/* --- the range --- */

static bool take_keys(range *r) {
    static const char *const names[] = {"from", "to", "step", "format", NULL};
    const weft_yaml_node **const places[] = {&r->from, &r->to, &r->step, &r->format};
    bool ok = true;
    for (int i = 0; i < r->node->count; i++) {
        int which = 0;
        while (names[which] != NULL && strcmp(names[which], r->node->keys[i]) != 0)
            which++;
        if (names[which] == NULL) {
            const char *nearest = weft_text_nearest(r->node->keys[i], names);
            char *hint = nearest != NULL ? weft_text_format("did you mean %s?", nearest) : NULL;
            weft_yaml_report(&r->reader->report, r->node->key_places[i], r->node->origin, hint,
                             "matrix: %s: there is no key \"%.60s\"", r->name, r->node->keys[i]);
            free(hint);
            ok = false;
        } else if (r->node->children[i]->kind != WEFT_YAML_SCALAR) {
            report(r, r->node->children[i], NULL, "a range is made of single values");
            ok = false;
        } else {
            *places[which] = r->node->children[i];
        }
    }
    if (ok && (r->from == NULL || r->to == NULL)) {
        report(r, r->node, "{from: 1, to: 10}", "a range has from and to");
        ok = false;
    }
    return ok;
}

char **weft_value_range_read(weft_config_reader *reader, const char *name, const weft_yaml_node *node, int max,
                             int *count) {
    range r = {.reader = reader, .name = name, .node = node, .max = max};
    date from;
    bool ok = take_keys(&r) && (is_date(r.from->text, &from) ? read_dates(&r, from) : read_numbers(&r));
    if (ok) {
        *count = r.count;
        return r.values;
    }
    for (int i = 0; i < r.count; i++)
        free(r.values[i]);
    free(r.values);
    return NULL;
}
