/* SPDX-License-Identifier: MIT
 *
 * Integers are compared as 64-bit ones with a sign, but in stacks of UInt64, where all columns are without one. */
#include "processors/table/stack_type.h"

#include <math.h>
#include <string.h>

/* --- choosing --- */

static bool is_wide(weft_data_type type) {
    return type == WEFT_INT64 || type == WEFT_UINT64;
}

static bool has_sign(weft_data_type type) {
    return type == WEFT_INT8 || type == WEFT_INT16 || type == WEFT_INT32 || type == WEFT_INT64;
}

/* The least and the greatest value of an integer type; UInt64's is cut to what an int64_t holds. */
static int64_t min_of(weft_data_type type) {
    static const int64_t min[] = {
        [WEFT_INT8] = INT8_MIN, [WEFT_INT16] = INT16_MIN, [WEFT_INT32] = INT32_MIN, [WEFT_INT64] = INT64_MIN};
    return has_sign(type) ? min[type] : 0;
}

static int64_t greatest_of(weft_data_type type) {
    static const int64_t max[] = {
        [WEFT_INT8] = INT8_MAX,     [WEFT_UINT8] = UINT8_MAX,  [WEFT_INT16] = INT16_MAX,   [WEFT_UINT16] = UINT16_MAX,
        [WEFT_INT32] = INT32_MAX,   [WEFT_INT64] = INT64_MAX,  [WEFT_UINT32] = UINT32_MAX, [WEFT_UINT64] = INT64_MAX,
        [WEFT_FLOAT32] = INT64_MAX, [WEFT_FLOAT64] = INT64_MAX};
    return max[type];
}

/* Whether a column's valid values can be `value`, which is of the stack's type. */
static bool can_hold(const weft_stack_column *column, weft_data_type stack, uint64_t value) {
    if (column->has_unused && column->unused == value) return false;
    if (stack == WEFT_UINT64) return column->type == WEFT_UINT64 || value <= (uint64_t)greatest_of(column->type);
    return (int64_t)value >= min_of(column->type) && (int64_t)value <= greatest_of(column->type);
}

static bool is_free(const weft_stack_column *columns, int count, weft_data_type stack, uint64_t value) {
    for (int i = 0; i < count; i++)
        if (can_hold(&columns[i], stack, value)) return false;
    return true;
}

/* A value that is missing in a source comes first: whoever knows the source knows it. Then the type's least. */
static bool find_free(const weft_stack_column *columns, int count, weft_data_type stack, uint64_t *out) {
    for (int i = 0; i < count; i++) {
        *out = columns[i].unused;
        if (columns[i].has_unused && is_free(columns, count, stack, *out)) return true;
    }
    *out = (uint64_t)min_of(stack);
    return has_sign(stack) && is_free(columns, count, stack, *out);
}

/* The next type up in which a value is free. */
static weft_data_type wider(weft_data_type type) {
    static const weft_data_type next[] = {[WEFT_UINT8] = WEFT_INT16,
                                          [WEFT_INT16] = WEFT_INT32,
                                          [WEFT_UINT16] = WEFT_INT32,
                                          [WEFT_INT32] = WEFT_FLOAT64,
                                          [WEFT_UINT32] = WEFT_FLOAT64};
    return next[type];
}

weft_stack_type weft_stack_type_choose(const weft_stack_column *columns, int count) {
    weft_stack_type self = {.type = columns[0].type};
    bool wide = false;
    for (int i = 0; i < count; i++) {
        self.type = weft_data_type_union(self.type, columns[i].type);
        wide = wide || is_wide(columns[i].type);
    }
    if (self.type == WEFT_INT8) self.type = WEFT_INT16;
    self.rounds = wide && weft_data_type_is_float(self.type);
    if (weft_data_type_is_float(self.type) || find_free(columns, count, self.type, &self.nodata)) return self;
    if (is_wide(self.type)) {
        self.may_occur = true;
        self.nodata = self.type == WEFT_INT64 ? (uint64_t)INT64_MIN : UINT64_MAX;
        return self;
    }
    self.type = wider(self.type);
    self.nodata = weft_data_type_is_float(self.type) ? 0 : (uint64_t)min_of(self.type);
    return self;
}

double weft_stack_type_nodata(const weft_stack_type *self) {
    if (weft_data_type_is_float(self->type)) return (double)NAN;
    return self->type == WEFT_UINT64 ? (double)self->nodata : (double)(int64_t)self->nodata;
}

/* --- cells: what stands for missing is written as the bits of an integer as large --- */

static uint64_t missing_bits(const weft_stack_type *self) {
    if (self->type == WEFT_FLOAT32) return UINT64_C(0x7fc00000);
    return self->type == WEFT_FLOAT64 ? UINT64_C(0x7ff8000000000000) : self->nodata;
}

typedef uint8_t __attribute__((may_alias)) bits8;
typedef uint16_t __attribute__((may_alias)) bits16;
typedef uint32_t __attribute__((may_alias)) bits32;
typedef uint64_t __attribute__((may_alias)) bits64;

#define DEFINE_BITS(type)                                                                                              \
    static void fill_##type(type *out, type missing, int64_t count) {                                                  \
        for (int64_t i = 0; i < count; i++)                                                                            \
            out[i] = missing;                                                                                          \
    }                                                                                                                  \
    static void mask_##type(type *out, type missing, const uint8_t *valid, int64_t count) {                            \
        for (int64_t i = 0; i < count; i++)                                                                            \
            out[i] = valid[i] ? out[i] : missing;                                                                      \
    }
DEFINE_BITS(bits8)
DEFINE_BITS(bits16)
DEFINE_BITS(bits32)
DEFINE_BITS(bits64)

void weft_stack_fill_missing(const weft_stack_type *self, int64_t count, void *out) {
    uint64_t bits = missing_bits(self);
    switch (weft_data_type_size(self->type)) {
    case 1:
        fill_bits8(out, (bits8)bits, count);
        break;
    case 2:
        fill_bits16(out, (bits16)bits, count);
        break;
    case 4:
        fill_bits32(out, (bits32)bits, count);
        break;
    default:
        fill_bits64(out, bits, count);
        break;
    }
}

static void mask_cells(const weft_stack_type *self, const uint8_t *valid, int64_t count, void *out) {
    uint64_t bits = missing_bits(self);
    switch (weft_data_type_size(self->type)) {
    case 1:
        mask_bits8(out, (bits8)bits, valid, count);
        break;
    case 2:
        mask_bits16(out, (bits16)bits, valid, count);
        break;
    case 4:
        mask_bits32(out, (bits32)bits, valid, count);
        break;
    default:
        mask_bits64(out, bits, valid, count);
        break;
    }
}

/* The bits of a NaN follow from where it came; a file's are not to. */
static void same_nan_float32(bits32 *out, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        out[i] = (out[i] & UINT32_C(0x7fffffff)) > UINT32_C(0x7f800000) ? UINT32_C(0x7fc00000) : out[i];
}

static void same_nan_float64(bits64 *out, int64_t count) {
    const uint64_t magnitude = UINT64_C(0x7fffffffffffffff), infinity = UINT64_C(0x7ff0000000000000);
    for (int64_t i = 0; i < count; i++)
        out[i] = (out[i] & magnitude) > infinity ? UINT64_C(0x7ff8000000000000) : out[i];
}

static bool meets_nodata(const weft_stack_type *self, const bits64 *cells, const uint8_t *valid, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (cells[i] == self->nodata && valid[i]) return true;
    return false;
}

bool weft_stack_cells(const weft_stack_type *self, weft_values from, int64_t count, void *out) {
    if (from.type == self->type)
        memcpy(out, from.values, (size_t)count * weft_data_type_size(self->type));
    else
        weft_data_type_convert(self->type, out, from.type, from.values, count);
    if (from.valid == NULL) {
        if (self->type == WEFT_FLOAT32)
            same_nan_float32(out, count);
        else
            same_nan_float64(out, count);
        return true;
    }
    if (self->may_occur && meets_nodata(self, out, from.valid, count)) return false;
    mask_cells(self, from.valid, count, out);
    return true;
}
