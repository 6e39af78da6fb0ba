/* The pixel types weft computes with, named as GDAL names them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_DATA_TYPE_H
#define WEFT_CORE_DATA_TYPE_H

#include <assert.h>
#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum weft_data_type {
    WEFT_INT8,
    WEFT_UINT8,
    WEFT_INT16,
    WEFT_UINT16,
    WEFT_INT32,
    WEFT_UINT32,
    WEFT_INT64,
    WEFT_UINT64,
    WEFT_FLOAT32,
    WEFT_FLOAT64,
} weft_data_type;

/* The values from low to high, both of them too. One value: low == high, or both are NaN. A long double holds every
 * double and every integer of 64 bits as it is. */
typedef struct weft_value_range {
    long double low, high;
} weft_value_range;
static_assert(LDBL_MANT_DIG >= 64, "a long double must hold the integers of 64 bits");

/* Types that only columns of tables have: no pixel has them, and no kernel meets them.
 *
 * WEFT_DATE         int32_t: days since 1970-01-01
 * WEFT_TEXT(width)  char[width]: UTF-8, filled up with NUL; as wide as the column's longest text, 1 at least
 *
 * Whether a value is missing is a byte of mask, as for integers. */
#define WEFT_DATE           ((weft_data_type)64)
#define WEFT_TEXT(width)    ((weft_data_type)(64 + (int)(width)))
#define WEFT_TEXT_MAX_BYTES 4096

/* DO(enumerator, C type) for each: loops that compilers see the type of. */
#define WEFT_FOR_EACH_SIGNED(DO)                                                                                       \
    DO(WEFT_INT8, int8_t) DO(WEFT_INT16, int16_t) DO(WEFT_INT32, int32_t) DO(WEFT_INT64, int64_t)
#define WEFT_FOR_EACH_UNSIGNED(DO)                                                                                     \
    DO(WEFT_UINT8, uint8_t) DO(WEFT_UINT16, uint16_t) DO(WEFT_UINT32, uint32_t) DO(WEFT_UINT64, uint64_t)
#define WEFT_FOR_EACH_FLOAT(DO)   DO(WEFT_FLOAT32, float) DO(WEFT_FLOAT64, double)
#define WEFT_FOR_EACH_INTEGER(DO) WEFT_FOR_EACH_SIGNED(DO) WEFT_FOR_EACH_UNSIGNED(DO)
#define WEFT_FOR_EACH_TYPE(DO)    WEFT_FOR_EACH_INTEGER(DO) WEFT_FOR_EACH_FLOAT(DO)

static inline bool weft_data_type_is_text(weft_data_type type) {
    return (int)type > (int)WEFT_DATE;
}

/* The bytes of a text in `width` bytes, up to the first NUL. */
size_t weft_text_value_length(const char *text, size_t width);

/* The day of a date of the Gregorian calendar, which goes on for ever in both directions. month: 1 .. 12. False: there
 * is no such date. */
bool weft_date_days(int64_t year, int month, int day, int32_t *out);

/* Writes "2025-05-01", as ISO 8601 has it, and a NUL. Years before 0 and after 9999 have a sign. Returns the length.
 */
#define WEFT_DATE_TEXT_BYTES 24
size_t weft_date_text(int32_t days, char out[WEFT_DATE_TEXT_BYTES]);

/* Bytes of one value. */
size_t weft_data_type_size(weft_data_type type);

/* GDAL's name: "Byte", "Int16", "Float32", ...; "Date" and "String", as OGR's. */
const char *weft_data_type_name(weft_data_type type);

/* Whether missing is written as NaN in the values themselves; other types carry a mask. */
bool weft_data_type_is_float(weft_data_type type);

/* Whether it is an integer that may be negative. */
bool weft_data_type_is_signed(weft_data_type type);

/* The smallest and the largest value of an integer type. */
weft_value_range weft_data_type_integers(weft_data_type type);

/* Bytes a cell of a layer of this type takes: the value, and a byte of mask for integers. */
size_t weft_data_type_cell_bytes(weft_data_type type);

/* Values that are missing or not, row-major. The owner of the memory is whoever made the view.
 *
 * values   `type`'s values, `stride` apart from row to row (in values, not bytes)
 * valid    integers: one byte a value, same stride, 0 = missing. Floats: NULL; NaN = missing */
typedef struct weft_values {
    weft_data_type type;
    void *values;
    uint8_t *valid;
    int64_t stride;
} weft_values;

/* The view that starts `row` rows and `col` columns into `values`. */
weft_values weft_values_at(weft_values values, int64_t row, int64_t col);

/* Makes `cols` x `rows` values missing: NaN, or 0 with a zero mask byte. */
void weft_values_fill_missing(weft_values values, int64_t cols, int64_t rows);

/* Copies `cols` x `rows` values and masks; both views have the same type and do not overlap. */
void weft_values_copy(weft_values to, weft_values from, int64_t cols, int64_t rows);

/* The smallest type that holds the values of both: integers exactly where an integer type can. */
weft_data_type weft_data_type_union(weft_data_type a, weft_data_type b);

/* Writes `n` values as another type that weft_data_type_union() gave for theirs. */
void weft_data_type_convert(weft_data_type to_type, void *to, weft_data_type from_type, const void *from, int64_t n);

/* Numbers of 64 bits in the order of the values that they stand for, so that values of any type are put in order alike,
 * and integers of 64 bits keep every bit. Unsigned integers are such numbers as they are. */
#define WEFT_ORDER_SIGN (UINT64_C(1) << 63)

static inline uint64_t weft_order_of_integer(int64_t value) {
    return (uint64_t)value ^ WEFT_ORDER_SIGN;
}

static inline int64_t weft_order_integer(uint64_t order) {
    uint64_t bits = order ^ WEFT_ORDER_SIGN;
    int64_t value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The bits of a positive double are in the order of the values, those of a negative one the other way round. */
static inline uint64_t weft_order_of_real(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits & WEFT_ORDER_SIGN ? ~bits : bits | WEFT_ORDER_SIGN;
}

static inline double weft_order_real(uint64_t order) {
    uint64_t bits = order & WEFT_ORDER_SIGN ? order ^ WEFT_ORDER_SIGN : ~order;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
