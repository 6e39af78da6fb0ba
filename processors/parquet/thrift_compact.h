/* Thrift's compact protocol, the writing half: what Parquet's headers and footer are made of.
 *
 * Fields are written in ascending order of their number, as the protocol wants. Bytes go into the caller's memory; what
 * does not fit is counted and not written, so that a first pass without memory tells the size. One thread.
 *
 * Source: thrift/doc/specs/thrift-compact-protocol.md of Apache Thrift.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_THRIFT_COMPACT_H
#define WEFT_PROCESSORS_THRIFT_COMPACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEFT_THRIFT_DEPTH 8

/* Of a list's elements. */
typedef enum weft_thrift_type {
    WEFT_THRIFT_I32 = 5,
    WEFT_THRIFT_BINARY = 8,
    WEFT_THRIFT_STRUCT = 12,
} weft_thrift_type;

/* Made by weft_thrift_begin(). `length` is what all of it takes, whether or not it fitted into `capacity`. */
typedef struct weft_thrift {
    uint8_t *out;
    size_t capacity, length;
    int depth;
    int16_t last_field[WEFT_THRIFT_DEPTH]; /* of each open struct */
} weft_thrift;

/* A writer inside a struct. `out` may be NULL with a capacity of 0: nothing is written, all is counted. */
weft_thrift weft_thrift_begin(uint8_t *out, size_t capacity);

/* Fields of the open struct. `field` grows from call to call. */
void weft_thrift_bool(weft_thrift *thrift, int16_t field, bool value);
void weft_thrift_i8(weft_thrift *thrift, int16_t field, int8_t value);
void weft_thrift_i32(weft_thrift *thrift, int16_t field, int32_t value);
void weft_thrift_i64(weft_thrift *thrift, int16_t field, int64_t value);
void weft_thrift_binary(weft_thrift *thrift, int16_t field, const void *bytes, size_t length);
void weft_thrift_text(weft_thrift *thrift, int16_t field, const char *text);

/* A struct as a field, or as a list's element; ended by weft_thrift_end_struct(), which also ends the outermost. */
void weft_thrift_struct(weft_thrift *thrift, int16_t field);
void weft_thrift_element_struct(weft_thrift *thrift);
void weft_thrift_end_struct(weft_thrift *thrift);

/* A list of `count` elements, which follow. */
void weft_thrift_list(weft_thrift *thrift, int16_t field, weft_thrift_type type, int64_t count);
void weft_thrift_element_i32(weft_thrift *thrift, int32_t value);
void weft_thrift_element_text(weft_thrift *thrift, const char *text);

#endif
