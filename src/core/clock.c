/* SPDX-License-Identifier: MIT
 *
 * Thin over clock_gettime(); times of records are UTC, so that runs on different machines sort together. */
#include "core/clock.h"

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

/* Files may be older than 1970. */
static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

/* Writes `digits` digits of `value`, with leading zeros. */
static char *put_number(char *out, int64_t value, int digits) {
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + digits;
}

/* The civil date of a day since 1970-01-01, by the algorithm of H. Hinnant ("chrono-compatible low-level date
 * algorithms", civil_from_days). gmtime_r() would do, but takes a lock that a signal handler may not wait for. */
static void find_date(int64_t day, int64_t *year, int64_t *month, int64_t *day_of_month) {
    day += 719468; /* from 0000-03-01, so that a leap day ends its year */
    int64_t era = day / 146097, of_era = day % 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * of_year + 2) / 153;
    *day_of_month = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

/* `dash` and `colon` stand between the numbers; "" for none. */
static char *put_seconds(char *out, int64_t wall_ms, const char *dash, const char *colon) {
    int64_t seconds = floor_divide(wall_ms, 1000), day = floor_divide(seconds, 86400), of_day = seconds - day * 86400;
    const int64_t time[3] = {of_day / 3600, of_day / 60 % 60, of_day % 60};
    int64_t date[3];
    find_date(day, &date[0], &date[1], &date[2]);
    for (int i = 0; i < 3; i++) {
        out = put_number(out, date[i], i == 0 ? 4 : 2);
        if (i < 2 && dash[0] != '\0') *out++ = dash[0];
    }
    *out++ = 'T';
    for (int i = 0; i < 3; i++) {
        out = put_number(out, time[i], 2);
        if (i < 2 && colon[0] != '\0') *out++ = colon[0];
    }
    return out;
}

void weft_clock_format(int64_t wall_ms, char out[WEFT_CLOCK_TEXT_BYTES]) {
    char *at = put_seconds(out, wall_ms, "-", ":");
    *at++ = '.';
    at = put_number(at, wall_ms - floor_divide(wall_ms, 1000) * 1000, 3);
    *at++ = 'Z';
    *at = '\0';
}

void weft_clock_format_compact(int64_t wall_ms, char out[WEFT_CLOCK_TEXT_BYTES]) {
    char *at = put_seconds(out, wall_ms, "", "");
    *at++ = 'Z';
    *at = '\0';
}
