/* SPDX-License-Identifier: MIT */
#include "raster/info/time_axis.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DAY 86400

typedef enum calendar {
    CALENDAR_STANDARD, /* Julian up to 4 October 1582, Gregorian from the next day on, which is the 15th */
    CALENDAR_GREGORIAN,
    CALENDAR_JULIAN,
    CALENDAR_NO_LEAP,
    CALENDAR_ALL_LEAP,
    CALENDAR_360
} calendar;

/* --- days --- */

static bool find_calendar(const char *name, calendar *out) {
    static const struct {
        const char *name;
        calendar calendar;
    } known[] = {
        {"standard", CALENDAR_STANDARD}, {"gregorian", CALENDAR_STANDARD}, {"proleptic_gregorian", CALENDAR_GREGORIAN},
        {"julian", CALENDAR_JULIAN},     {"noleap", CALENDAR_NO_LEAP},     {"no_leap", CALENDAR_NO_LEAP},
        {"365_day", CALENDAR_NO_LEAP},   {"all_leap", CALENDAR_ALL_LEAP},  {"366_day", CALENDAR_ALL_LEAP},
        {"360_day", CALENDAR_360}};
    *out = CALENDAR_STANDARD;
    if (name == NULL || name[0] == '\0') return true;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(name, known[i].name) != 0) continue;
        *out = known[i].calendar;
        return true;
    }
    return false;
}

static int64_t divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

static bool is_leap(calendar of, int64_t year) {
    if (of == CALENDAR_STANDARD) of = year > 1582 ? CALENDAR_GREGORIAN : CALENDAR_JULIAN;
    if (of == CALENDAR_GREGORIAN) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return of == CALENDAR_ALL_LEAP || (of == CALENDAR_JULIAN && year % 4 == 0);
}

static int days_of(calendar of, int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (of == CALENDAR_360) return 30;
    return days[month - 1] + (month == 2 && is_leap(of, year));
}

/* Days from the beginning of year 0 to that of `year`. */
static int64_t days_before(calendar of, int64_t year) {
    int64_t last = year - 1; /* leap days of the years 0 .. last, year 0 being one of them */
    int64_t leap = divide(last, 4) + 1;
    if (of == CALENDAR_GREGORIAN) leap += divide(last, 400) - divide(last, 100);
    if (of == CALENDAR_360) return year * 360;
    if (of == CALENDAR_NO_LEAP) return year * 365;
    return of == CALENDAR_ALL_LEAP ? year * 366 : year * 365 + leap;
}

static int64_t count_days(calendar of, const weft_moment *date) {
    int64_t days = days_before(of, date->year) + date->day - 1;
    for (int month = 1; month < date->month; month++)
        days += days_of(of, date->year, month);
    return days;
}

/* Years have 360 to 366 days: the search begins at or before the day's own. */
static void find_day(calendar of, int64_t day, weft_moment *out) {
    int64_t year = divide(day, day < 0 ? 360 : 366);
    while (days_before(of, year + 1) <= day)
        year++;
    day -= days_before(of, year);
    out->year = (int32_t)year;
    for (out->month = 1; day >= days_of(of, year, out->month); out->month++)
        day -= days_of(of, year, out->month);
    out->day = (int)day + 1;
}

/* The first day of the Gregorian part of the standard calendar. Its Julian part is counted by the Gregorian's days, and
 * the Julian year 0 begins two days before the Gregorian one. */
static const weft_moment reform = {.year = 1582, .month = 10, .day = 15};
#define JULIAN_AHEAD 2

static int64_t day_number(calendar of, const weft_moment *date) {
    if (of != CALENDAR_STANDARD) return count_days(of, date);
    if (weft_moment_compare(date, &reform) >= 0) return count_days(CALENDAR_GREGORIAN, date);
    return count_days(CALENDAR_JULIAN, date) - JULIAN_AHEAD;
}

static void set_day(calendar of, int64_t day, weft_moment *out) {
    if (of != CALENDAR_STANDARD)
        find_day(of, day, out);
    else if (day >= count_days(CALENDAR_GREGORIAN, &reform))
        find_day(CALENDAR_GREGORIAN, day, out);
    else
        find_day(CALENDAR_JULIAN, day + JULIAN_AHEAD, out);
}

/* --- units --- */

static bool is_unit(const char *text, size_t length, const char *list) {
    for (const char *at = list; *at != '\0'; at += strcspn(at, " "), at += strspn(at, " "))
        if (strcspn(at, " ") == length && strncasecmp(at, text, length) == 0) return true;
    return false;
}

/* Seconds of a unit; 0: months; -1: years; false: none of these. */
static bool find_unit(const char *text, size_t length, double *seconds) {
    bool found = true;
    if (is_unit(text, length, "days day d"))
        *seconds = DAY;
    else if (is_unit(text, length, "hours hour hrs hr h"))
        *seconds = 3600;
    else if (is_unit(text, length, "minutes minute mins min"))
        *seconds = 60;
    else if (is_unit(text, length, "seconds second secs sec s"))
        *seconds = 1;
    else if (is_unit(text, length, "milliseconds millisecond msecs msec ms"))
        *seconds = 1e-3;
    else if (is_unit(text, length, "microseconds microsecond"))
        *seconds = 1e-6;
    else if (is_unit(text, length, "nanoseconds nanosecond"))
        *seconds = 1e-9;
    else if (is_unit(text, length, "weeks week"))
        *seconds = 7 * DAY;
    else if (is_unit(text, length, "months month"))
        *seconds = 0;
    else if (is_unit(text, length, "years year common_years"))
        *seconds = -1;
    else
        found = false;
    return found;
}

/* "06:30:15.5", "6:30" or "6". Returns the bytes; 0: it is none. */
static size_t read_clock(const char *text, weft_moment *out) {
    double second = 0;
    int length = 0, whole = 0;
    if (!isdigit((unsigned char)*text) || sscanf(text, "%d%n", &out->hour, &length) < 1) return 0;
    whole = length;
    if (sscanf(text + whole, ":%d%n", &out->minute, &length) < 1) return (size_t)whole;
    whole += length;
    if (sscanf(text + whole, ":%lf%n", &second, &length) < 1) return (size_t)whole;
    out->second = (int)second;
    return (size_t)(whole + length);
}

/* "1850-01-01 00:00:00", "1850-1-1", "1850-01-01T06:00Z", "1850-01-01 00:00:00 -6:00": the time may lack, and the zone,
 * which is given as minutes east of UTC. */
static bool read_epoch(const char *text, weft_moment *out, int *zone) {
    int year, length = 0;
    *out = (weft_moment){.month = 1, .day = 1};
    if (sscanf(text, "%d-%d-%d%n", &year, &out->month, &out->day, &length) < 3) return false;
    out->year = year;
    text += length;
    text += strspn(text, " T");
    text += read_clock(text, out);
    (void)weft_moment_read_zone(text, zone);
    return out->month >= 1 && out->month <= 12 && out->day >= 1 && out->day <= 31;
}

/* Calendars have months and years of their own: whole ones are counted. */
static void add_months(calendar of, weft_moment *moment, int64_t count) {
    int64_t months = count + moment->month - 1;
    moment->year = (int32_t)(moment->year + divide(months, 12));
    moment->month = (int)(months - 12 * divide(months, 12)) + 1;
    if (moment->day > days_of(of, moment->year, moment->month)) moment->day = days_of(of, moment->year, moment->month);
}

static void add_seconds(calendar of, weft_moment *moment, int64_t seconds) {
    int64_t total = seconds + moment->hour * 3600 + moment->minute * 60 + moment->second;
    int64_t days = divide(total, DAY);
    int rest = (int)(total - days * DAY);
    set_day(of, day_number(of, moment) + days, moment);
    moment->hour = rest / 3600;
    moment->minute = rest / 60 % 60;
    moment->second = rest % 60;
}

/* Where " since " stands, in any case of letters; NULL: nowhere. */
static const char *find_since(const char *units) {
    for (const char *at = units; *at != '\0'; at++)
        if (strncasecmp(at, " since ", 7) == 0) return at;
    return NULL;
}

/* The moment of a number that is a date itself, as CDO and ECHAM write them: 20010131.25 of "day as %Y%m%d.%f", 200101.5
 * of "month as %Y%m.%f", 2001.5 of "year as %Y.%f". Fractions of months and years say no day. False: another form. */
static bool read_written(const char *units, calendar of, double value, weft_moment *out) {
    bool day = strcasecmp(units, "day as %Y%m%d.%f") == 0, month = strcasecmp(units, "month as %Y%m.%f") == 0;
    if (!day && !month && strcasecmp(units, "year as %Y.%f") != 0) return false;
    if (!(fabs(value) < 1e12)) return false;
    int64_t whole = (int64_t)floor(fabs(value)), sign = value < 0 ? -1 : 1;
    *out = (weft_moment){.month = 1, .day = 1};
    if (day) {
        out->day = (int)(whole % 100);
        whole /= 100;
    }
    if (day || month) {
        out->month = (int)(whole % 100);
        whole /= 100;
    }
    out->year = (int32_t)(sign * whole);
    if (out->month < 1 || out->month > 12 || out->day < 1 || out->day > days_of(of, out->year, out->month))
        return false;
    if (day) add_seconds(of, out, (int64_t)round((fabs(value) - floor(fabs(value))) * DAY));
    return true;
}

/* The moment of `value`, in UTC, in units as "days since 1850-01-01 00:00:00", "hours since 1850-01-01 00:00 -6:00" or
 * "day as %Y%m%d.%f". name: CF's of the calendar; NULL: standard, which is Julian up to October 1582. False: one of them
 * is of another form. */
static bool find_moment(const char *units, const char *name, double value, weft_moment *out) {
    calendar of;
    double unit;
    int zone;
    if (units == NULL || !isfinite(value) || !find_calendar(name, &of)) return false;
    const char *since = find_since(units);
    if (since == NULL) return read_written(units, of, value, out);
    if (!find_unit(units, (size_t)(since - units), &unit) || !read_epoch(since + 7, out, &zone)) return false;
    double seconds = unit > 0 ? round(value * unit) : 0, months = unit > 0 ? 0 : floor(unit < 0 ? 12 * value : value);
    if (fabs(seconds) > 1e14 || fabs(months) > 1e8) return false;
    add_months(of, out, (int64_t)months);
    add_seconds(of, out, (int64_t)seconds - INT64_C(60) * zone);
    return true;
}

/* --- bands --- */

/* The next of the names in "{time,level}". */
static bool next_name(const char **list, char out[64]) {
    const char *at = *list + strspn(*list, "{, ");
    size_t length = strcspn(at, "}, ");
    (void)snprintf(out, 64, "%.*s", (int)length, at);
    *list = at + length;
    return length > 0;
}

static bool read_dates(weft_band_info *bands, int count, GDALDatasetH dataset, const char *dimension) {
    char units[96], calendar_name[96], value[96];
    (void)snprintf(units, sizeof units, "%s#units", dimension);
    (void)snprintf(calendar_name, sizeof calendar_name, "%s#calendar", dimension);
    (void)snprintf(value, sizeof value, "NETCDF_DIM_%s", dimension);
    const char *unit = GDALGetMetadataItem(dataset, units, NULL);
    const char *in_calendar = GDALGetMetadataItem(dataset, calendar_name, NULL);
    for (int i = 0; i < count; i++) {
        const char *text = GDALGetMetadataItem(GDALGetRasterBand(dataset, bands[i].number), value, NULL);
        bands[i].has_date = text != NULL && find_moment(unit, in_calendar, strtod(text, NULL), &bands[i].date);
        if (!bands[i].has_date) return false;
    }
    return true;
}

static int by_moment(const void *a, const void *b) {
    return weft_moment_compare(a, b);
}

/* Which bands must not be of one time. */
typedef struct choice {
    bool days;   /* of their days alone */
    bool wanted; /* only of those that may be read */
} choice;

/* Whether no two are the same. */
static bool all_differ(const weft_band_info *bands, int count, choice of) {
    weft_moment *sorted = calloc((size_t)count, sizeof *sorted);
    bool differ = sorted != NULL;
    int kept = 0;
    for (int i = 0; i < count && sorted != NULL; i++) {
        if (of.wanted && !bands[i].wanted) continue;
        sorted[kept] = bands[i].date;
        if (of.days) sorted[kept].hour = sorted[kept].minute = sorted[kept].second = 0;
        kept++;
    }
    if (kept > 0) qsort(sorted, (size_t)kept, sizeof *sorted, by_moment);
    for (int i = 1; i < kept && differ; i++)
        differ = weft_moment_compare(&sorted[i - 1], &sorted[i]) != 0;
    free(sorted);
    return differ;
}

/* Whether dates are names: of all bands, or else of those that may be read, as of one level. */
static bool are_names(weft_band_info *bands, int count) {
    static const choice choices[] = {{true, false}, {false, false}, {true, true}, {false, true}};
    for (size_t c = 0; c < sizeof choices / sizeof *choices; c++) {
        if (!all_differ(bands, count, choices[c])) continue;
        for (int i = 0; i < count && choices[c].days; i++)
            bands[i].date.hour = bands[i].date.minute = bands[i].date.second = 0;
        return true;
    }
    return false;
}

/* Whether the dimension's units are those of time, read or not. */
static bool is_time(GDALDatasetH dataset, const char *dimension) {
    char name[96];
    (void)snprintf(name, sizeof name, "%s#units", dimension);
    const char *units = GDALGetMetadataItem(dataset, name, NULL);
    return units != NULL && (find_since(units) != NULL || strstr(units, " as %Y") != NULL);
}

const char *weft_time_axis_read(weft_band_info *bands, int count, GDALDatasetH dataset) {
    const char *names = GDALGetMetadataItem(dataset, "NETCDF_DIM_EXTRA", NULL);
    char dimension[64];
    bool found = false, in_time = false;
    int axes = 0;
    for (; names != NULL && next_name(&names, dimension); axes++) {
        in_time = in_time || is_time(dataset, dimension);
        found = found || read_dates(bands, count, dataset, dimension);
    }
    if (found && are_names(bands, count)) return NULL;
    for (int i = 0; i < count; i++)
        bands[i].has_date = false;
    if (found && axes > 1) return "its bands lie along another axis beside time, several of one time";
    if (found) return "several of its bands are of one time";
    return in_time ? "the units or the calendar of its time axis are none that weft reads" : NULL;
}
