/* One table of the types' facts, and the few operations on views of values that every folder needs.
 *
 * SPDX-License-Identifier: MIT */
#include "core/data_type.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    size_t size;
    const char *name;
} types[] = {
    [WEFT_INT8] = {1, "Int8"},       [WEFT_UINT8] = {1, "Byte"},    [WEFT_INT16] = {2, "Int16"},
    [WEFT_UINT16] = {2, "UInt16"},   [WEFT_INT32] = {4, "Int32"},   [WEFT_UINT32] = {4, "UInt32"},
    [WEFT_INT64] = {8, "Int64"},     [WEFT_UINT64] = {8, "UInt64"}, [WEFT_FLOAT32] = {4, "Float32"},
    [WEFT_FLOAT64] = {8, "Float64"},
};

size_t weft_data_type_size(weft_data_type type) {
    if (type == WEFT_DATE) return sizeof(int32_t);
    return weft_data_type_is_text(type) ? (size_t)type - (size_t)WEFT_TEXT(0) : types[type].size;
}

const char *weft_data_type_name(weft_data_type type) {
    if (type == WEFT_DATE) return "Date";
    return weft_data_type_is_text(type) ? "String" : types[type].name;
}

size_t weft_text_value_length(const char *text, size_t width) {
    const char *end = memchr(text, '\0', width);
    return end == NULL ? width : (size_t)(end - text);
}

bool weft_data_type_is_float(weft_data_type type) {
    return type == WEFT_FLOAT32 || type == WEFT_FLOAT64;
}

size_t weft_data_type_cell_bytes(weft_data_type type) {
    return weft_data_type_size(type) + (weft_data_type_is_float(type) ? 0 : 1);
}

weft_values weft_values_at(weft_values values, int64_t row, int64_t col) {
    int64_t offset = row * values.stride + col;
    values.values = (char *)values.values + offset * (int64_t)weft_data_type_size(values.type);
    if (values.valid != NULL) values.valid += offset;
    return values;
}

static void fill_row_missing(weft_values row, int64_t cols) {
    if (row.type == WEFT_FLOAT32) {
        for (int64_t i = 0; i < cols; i++)
            ((float *)row.values)[i] = NAN;
    } else if (row.type == WEFT_FLOAT64) {
        for (int64_t i = 0; i < cols; i++)
            ((double *)row.values)[i] = (double)NAN;
    } else {
        memset(row.values, 0, (size_t)cols * weft_data_type_size(row.type));
        memset(row.valid, 0, (size_t)cols);
    }
}

void weft_values_fill_missing(weft_values values, int64_t cols, int64_t rows) {
    for (int64_t row = 0; row < rows; row++)
        fill_row_missing(weft_values_at(values, row, 0), cols);
}

void weft_values_copy(weft_values to, weft_values from, int64_t cols, int64_t rows) {
    size_t bytes = (size_t)cols * weft_data_type_size(to.type);
    for (int64_t row = 0; row < rows; row++) {
        weft_values target = weft_values_at(to, row, 0), source = weft_values_at(from, row, 0);
        memcpy(target.values, source.values, bytes);
        if (target.valid != NULL) memcpy(target.valid, source.valid, (size_t)cols);
    }
}

/* --- dates ---
 *
 * Years are counted from March, so that the day that leap years add is their last; 400 of them are 146097 days
 * (H. Hinnant, chrono-compatible low-level date algorithms). */

#define ERA_DAYS  146097 /* 400 years */
#define ERA_SHIFT 719468 /* days from 0000-03-01 to 1970-01-01 */

static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

static int month_days(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool weft_date_days(int64_t year, int month, int day, int32_t *out) {
    if (year < -5800000 || year > 5800000 || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
        return false;
    if (month <= 2) year--;
    int64_t era = floor_divide(year, 400), of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    *out = (int32_t)(era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - ERA_SHIFT);
    return true;
}

size_t weft_date_text(int32_t days, char out[WEFT_DATE_TEXT_BYTES]) {
    int64_t shifted = (int64_t)days + ERA_SHIFT, era = floor_divide(shifted, ERA_DAYS);
    int64_t of_era = shifted - era * ERA_DAYS;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * of_year + 2) / 153, month = from_march < 10 ? from_march + 3 : from_march - 9;
    int64_t day = of_year - (153 * from_march + 2) / 5 + 1, year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    const char *form = year < 0 || year > 9999 ? "%+05d-%02d-%02d" : "%04d-%02d-%02d";
    return (size_t)snprintf(out, WEFT_DATE_TEXT_BYTES, form, (int)year, (int)month, (int)day);
}

/* --- types --- */

bool weft_data_type_is_signed(weft_data_type type) {
    return type == WEFT_INT8 || type == WEFT_INT16 || type == WEFT_INT32 || type == WEFT_INT64;
}

weft_value_range weft_data_type_integers(weft_data_type type) {
    long double values = ldexpl(1, 8 * (int)weft_data_type_size(type));
    return weft_data_type_is_signed(type) ? (weft_value_range){-values / 2, values / 2 - 1}
                                          : (weft_value_range){0, values - 1};
}

static weft_data_type signed_of_size(size_t size) {
    return size == 2 ? WEFT_INT16 : size == 4 ? WEFT_INT32 : size == 8 ? WEFT_INT64 : WEFT_FLOAT64;
}

weft_data_type weft_data_type_union(weft_data_type a, weft_data_type b) {
    size_t size_a = weft_data_type_size(a), size_b = weft_data_type_size(b);
    if (a == b) return a;
    if (weft_data_type_is_float(a) || weft_data_type_is_float(b)) {
        bool small_a = a == WEFT_FLOAT32 || size_a <= 2, small_b = b == WEFT_FLOAT32 || size_b <= 2;
        return small_a && small_b ? WEFT_FLOAT32 : WEFT_FLOAT64;
    }
    if (weft_data_type_is_signed(a) == weft_data_type_is_signed(b)) return size_a > size_b ? a : b;
    size_t whole = weft_data_type_is_signed(a) ? size_a : size_b,
           natural = weft_data_type_is_signed(a) ? size_b : size_a;
    return signed_of_size(whole > natural ? whole : 2 * natural);
}

/* --- conversion --- */

#define DEFINE_GET(name, type)                                                                                         \
    static void get_##name(int64_t n, const type *from, double *real, uint64_t *whole) {                               \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            if (real != NULL)                                                                                          \
                real[i] = (double)from[i];                                                                             \
            else                                                                                                       \
                whole[i] = (uint64_t)from[i];                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    static void put_##name(int64_t n, type *to, const double *real, const uint64_t *whole) {                           \
        for (int64_t i = 0; i < n; i++)                                                                                \
            to[i] = real != NULL ? (type)real[i] : (type)whole[i];                                                     \
    }
WEFT_FOR_EACH_TYPE(DEFINE_GET)

#define PIECE 256

/* By way of two's complement in 64 bits between integers, and of doubles where the result is a float. */
void weft_data_type_convert(weft_data_type to_type, void *to, weft_data_type from_type, const void *from, int64_t n) {
    double real[PIECE];
    uint64_t whole[PIECE];
    bool floats = weft_data_type_is_float(to_type);
    for (int64_t done = 0, count; done < n; done += count) {
        count = n - done < PIECE ? n - done : PIECE;
#define GET(name, type)                                                                                                \
    case name:                                                                                                         \
        get_##name(count, (const type *)from + done, floats ? real : NULL, whole);                                     \
        break;
#define PUT(name, type)                                                                                                \
    case name:                                                                                                         \
        put_##name(count, (type *)to + done, floats ? real : NULL, whole);                                             \
        break;
        switch (from_type) { WEFT_FOR_EACH_TYPE(GET) }
        switch (to_type) { WEFT_FOR_EACH_TYPE(PUT) }
#undef GET
#undef PUT
    }
}
