/* SPDX-License-Identifier: MIT
 *
 * A struct is walked field by field. What is not looked for is passed over by its type. */
#include "support/thrift_reader.h"

#include "support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

/* --- bytes --- */

const uint8_t *thrift_take(thrift_cursor *in, size_t length) {
    const uint8_t *at = in->at;
    if ((size_t)(in->end - in->at) < length) fail_msg("%zu bytes are wanted, %td are there", length, in->end - in->at);
    in->at += length;
    return at;
}

uint64_t thrift_varint(thrift_cursor *in) {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *thrift_take(in, 1);
        assert_true(shift < 64);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}

int64_t thrift_zigzag(thrift_cursor *in) {
    uint64_t value = thrift_varint(in);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

uint64_t thrift_little_endian(thrift_cursor *in, int bytes) {
    const uint8_t *at = thrift_take(in, (size_t)bytes);
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

/* --- Thrift's compact protocol --- */

thrift_field thrift_next(thrift_cursor *in, int last) {
    uint8_t byte = *thrift_take(in, 1);
    if (byte == 0) return (thrift_field){0, 0};
    int step = byte >> 4;
    return (thrift_field){step > 0 ? last + step : (int)thrift_zigzag(in), byte & 15};
}

int64_t thrift_list(thrift_cursor *in, int *type) {
    uint8_t byte = *thrift_take(in, 1);
    *type = byte & 15;
    return byte >> 4 == 15 ? (int64_t)thrift_varint(in) : byte >> 4;
}

void thrift_pass_over(thrift_cursor *in, int type) {
    switch (type) {
    case 1:
    case 2:
        return;
    case 3:
        (void)thrift_take(in, 1);
        return;
    case 4:
    case 5:
    case 6:
        (void)thrift_varint(in);
        return;
    case 8:
        (void)thrift_take(in, (size_t)thrift_varint(in));
        return;
    case 9: {
        int element;
        for (int64_t left = thrift_list(in, &element); left > 0; left--)
            thrift_pass_over(in, element);
        return;
    }
    case 12:
        for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id))
            thrift_pass_over(in, f.type);
        return;
    default:
        fail_msg("Thrift type %d is not known", type);
    }
}

char *thrift_text(thrift_cursor *in) {
    size_t length = (size_t)thrift_varint(in);
    char *text = calloc(1, length + 1);
    assert_non_null(text);
    memcpy(text, thrift_take(in, length), length);
    return text;
}
