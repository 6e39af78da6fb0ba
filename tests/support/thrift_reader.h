/* Bytes and Thrift's compact protocol, read for tests. The protocol is that of Thrift's specification; no code is
 * shared with weft. Each function fails the running cmocka test where bytes are missing or a type is not known.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_THRIFT_READER_H
#define WEFT_TESTS_SUPPORT_THRIFT_READER_H

#include <stddef.h>
#include <stdint.h>

/* What is left to read. Reading moves `at`. */
typedef struct thrift_cursor {
    const uint8_t *at, *end;
} thrift_cursor;

/* The next `length` bytes, in place. */
const uint8_t *thrift_take(thrift_cursor *in, size_t length);
/* An unsigned number of up to 64 bits, seven bits a byte, low ones first. */
uint64_t thrift_varint(thrift_cursor *in);
/* A signed number: 0, -1, 1, -2 .. are written as the unsigned 0, 1, 2, 3 .. */
int64_t thrift_zigzag(thrift_cursor *in);
/* An unsigned number of 1 to 8 bytes, low ones first. Not Thrift's: Parquet's own. */
uint64_t thrift_little_endian(thrift_cursor *in, int bytes);

/* Where a struct's next value begins. type 0: the struct ends. */
typedef struct thrift_field {
    int id, type;
} thrift_field;

/* last: the id of the field before, since ids are written as differences; 0 for a struct's first. */
thrift_field thrift_next(thrift_cursor *in, int last);
/* A list's head: how many elements follow, and of which type. */
int64_t thrift_list(thrift_cursor *in, int *type);
/* A text of its own, freed by the caller. */
char *thrift_text(thrift_cursor *in);
/* Reads a value of a type and forgets it. */
void thrift_pass_over(thrift_cursor *in, int type);

#endif
