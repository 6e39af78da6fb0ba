/* SPDX-License-Identifier: MIT
 *
 * Numbers are zigzag varints; a field's header holds the step from the field before it, where that is at most 15. */
#include "processors/parquet/thrift_compact.h"

#include <assert.h>
#include <string.h>

enum { TYPE_TRUE = 1, TYPE_FALSE = 2, TYPE_I8 = 3, TYPE_I64 = 6, TYPE_LIST = 9 };

static void put(weft_thrift *thrift, const void *bytes, size_t length) {
    if (length > 0 && thrift->length <= thrift->capacity && thrift->capacity - thrift->length >= length)
        memcpy(thrift->out + thrift->length, bytes, length);
    thrift->length += length;
}

static void put_byte(weft_thrift *thrift, int value) {
    uint8_t byte = (uint8_t)value;
    put(thrift, &byte, 1);
}

static void put_varint(weft_thrift *thrift, uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        put_byte(thrift, (int)(value & 0x7f) | 0x80);
    put_byte(thrift, (int)value);
}

static void put_zigzag(weft_thrift *thrift, int64_t value) {
    put_varint(thrift, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

static void put_field(weft_thrift *thrift, int16_t field, int type) {
    int16_t *last = &thrift->last_field[thrift->depth];
    int step = field - *last;
    assert(step > 0);
    if (step <= 15) {
        put_byte(thrift, step << 4 | type);
    } else {
        put_byte(thrift, type);
        put_zigzag(thrift, field);
    }
    *last = field;
}

static void open_struct(weft_thrift *thrift) {
    assert(thrift->depth + 1 < WEFT_THRIFT_DEPTH);
    thrift->last_field[++thrift->depth] = 0;
}

weft_thrift weft_thrift_begin(uint8_t *out, size_t capacity) {
    return (weft_thrift){.out = out, .capacity = capacity};
}

void weft_thrift_bool(weft_thrift *thrift, int16_t field, bool value) {
    put_field(thrift, field, value ? TYPE_TRUE : TYPE_FALSE);
}

void weft_thrift_i8(weft_thrift *thrift, int16_t field, int8_t value) {
    put_field(thrift, field, TYPE_I8);
    put_byte(thrift, value);
}

void weft_thrift_i32(weft_thrift *thrift, int16_t field, int32_t value) {
    put_field(thrift, field, WEFT_THRIFT_I32);
    put_zigzag(thrift, value);
}

void weft_thrift_i64(weft_thrift *thrift, int16_t field, int64_t value) {
    put_field(thrift, field, TYPE_I64);
    put_zigzag(thrift, value);
}

void weft_thrift_binary(weft_thrift *thrift, int16_t field, const void *bytes, size_t length) {
    put_field(thrift, field, WEFT_THRIFT_BINARY);
    put_varint(thrift, length);
    put(thrift, bytes, length);
}

void weft_thrift_text(weft_thrift *thrift, int16_t field, const char *text) {
    weft_thrift_binary(thrift, field, text, strlen(text));
}

void weft_thrift_struct(weft_thrift *thrift, int16_t field) {
    put_field(thrift, field, WEFT_THRIFT_STRUCT);
    open_struct(thrift);
}

void weft_thrift_element_struct(weft_thrift *thrift) {
    open_struct(thrift);
}

void weft_thrift_end_struct(weft_thrift *thrift) {
    put_byte(thrift, 0);
    if (thrift->depth > 0) thrift->depth--;
}

void weft_thrift_list(weft_thrift *thrift, int16_t field, weft_thrift_type type, int64_t count) {
    put_field(thrift, field, TYPE_LIST);
    if (count < 15) {
        put_byte(thrift, (int)count << 4 | (int)type);
    } else {
        put_byte(thrift, 0xf0 | (int)type);
        put_varint(thrift, (uint64_t)count);
    }
}

void weft_thrift_element_i32(weft_thrift *thrift, int32_t value) {
    put_zigzag(thrift, value);
}

void weft_thrift_element_text(weft_thrift *thrift, const char *text) {
    size_t length = strlen(text);
    put_varint(thrift, length);
    put(thrift, text, length);
}
