/* SPDX-License-Identifier: MIT
 *
 * Bits are packed from the lowest on, through a 64-bit word that is flushed byte by byte. */
#include "processors/parquet/parquet_encoding.h"

#include <string.h>

#define GROUP           8 /* values that are packed together */
#define DELTA_BLOCK     128
#define DELTA_MINIBLOCK 32
#define MINIBLOCKS      (DELTA_BLOCK / DELTA_MINIBLOCK)

static uint8_t *put_varint(uint8_t *out, uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        *out++ = (uint8_t)(value | 0x80);
    *out++ = (uint8_t)value;
    return out;
}

static uint8_t *put_zigzag(uint8_t *out, int64_t value) {
    return put_varint(out, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

int weft_bit_width(uint64_t value) {
    int bits = 0;
    for (; value != 0; value >>= 1)
        bits++;
    return bits;
}

/* A word that is filled from below. At most 32 bits are added at once. */
typedef struct bit_sink {
    uint8_t *out;
    uint64_t word;
    int bits;
} bit_sink;

static inline void put_bits(bit_sink *sink, uint32_t value, int width) {
    sink->word |= (uint64_t)value << sink->bits;
    sink->bits += width;
    while (sink->bits >= 8) {
        *sink->out++ = (uint8_t)sink->word;
        sink->word >>= 8;
        sink->bits -= 8;
    }
}

/* --- RLE / bit-packing hybrid --- */

static uint8_t *put_run(uint8_t *out, uint32_t value, int64_t length, int bit_width) {
    out = put_varint(out, (uint64_t)length << 1);
    for (int bits = 0; bits < bit_width; bits += 8)
        *out++ = (uint8_t)(value >> bits);
    return out;
}

static uint8_t *put_packed(uint8_t *out, const uint32_t *values, int64_t count, int bit_width) {
    if (count == 0) return out;
    int64_t groups = (count + GROUP - 1) / GROUP;
    bit_sink sink = {.out = put_varint(out, (uint64_t)groups << 1 | 1)};
    for (int64_t i = 0; i < count; i++)
        put_bits(&sink, values[i], bit_width);
    for (int64_t i = count; i < groups * GROUP; i++)
        put_bits(&sink, 0, bit_width);
    return sink.out;
}

static int64_t run_length(const uint32_t *values, int64_t count) {
    int64_t length = 1;
    while (length < count && values[length] == values[0])
        length++;
    return length;
}

size_t weft_rle_encode(const uint32_t *values, int64_t count, int bit_width, uint8_t *out) {
    uint8_t *at = out;
    int64_t packed = 0; /* where the values begin that are not written yet */
    for (int64_t i = 0; i < count;) {
        int64_t length = run_length(values + i, count - i);
        /* What is packed before a run comes in whole groups: the run gives the values that are missing. */
        int64_t lent = (GROUP - (i - packed) % GROUP) % GROUP;
        if (length - lent >= GROUP) {
            at = put_packed(at, values + packed, i + lent - packed, bit_width);
            at = put_run(at, values[i], length - lent, bit_width);
            packed = i + length;
        }
        i += length;
    }
    return (size_t)(put_packed(at, values + packed, count - packed, bit_width) - out);
}

size_t weft_rle_bound(int64_t count, int bit_width) {
    /* The worst are a group packed and a run of 8 in turn: two headers and two values' bytes to spare for 16 values. */
    return (size_t)((count + GROUP) * bit_width / 8 + (count / 16 + 2) * (2 + (bit_width + 7) / 8) + 20);
}

static int64_t level_run(const uint8_t *levels, int64_t count) {
    int64_t length = 1;
    while (length < count && (levels[length] != 0) == (levels[0] != 0))
        length++;
    return length;
}

static uint8_t *put_packed_levels(uint8_t *out, const uint8_t *levels, int64_t count) {
    if (count == 0) return out;
    int64_t groups = (count + GROUP - 1) / GROUP;
    out = put_varint(out, (uint64_t)groups << 1 | 1);
    for (int64_t i = 0; i < count; i += GROUP) {
        int byte = 0;
        for (int64_t bit = 0; bit < GROUP && i + bit < count; bit++)
            byte |= (levels[i + bit] != 0) << bit;
        *out++ = (uint8_t)byte;
    }
    return out;
}

size_t weft_rle_encode_levels(const uint8_t *levels, int64_t count, uint8_t *out) {
    uint8_t *at = out;
    int64_t packed = 0;
    for (int64_t i = 0; i < count;) {
        int64_t length = level_run(levels + i, count - i), lent = (GROUP - (i - packed) % GROUP) % GROUP;
        if (length - lent >= GROUP) {
            at = put_packed_levels(at, levels + packed, i + lent - packed);
            at = put_run(at, levels[i] != 0, length - lent, 1);
            packed = i + length;
        }
        i += length;
    }
    return (size_t)(put_packed_levels(at, levels + packed, count - packed) - out);
}

/* --- DELTA_BINARY_PACKED --- */

static uint8_t *put_miniblock(uint8_t *out, const uint64_t *deltas, int width) {
    bit_sink sink = {.out = out};
    for (int i = 0; i < DELTA_MINIBLOCK; i++) {
        int low = width < 32 ? width : 32;
        put_bits(&sink, (uint32_t)deltas[i], low);
        if (width > 32) put_bits(&sink, (uint32_t)(deltas[i] >> 32), width - 32);
    }
    return sink.out;
}

/* `deltas` are signed; those past `count` are not there. */
static uint8_t *put_delta_block(uint8_t *out, const int64_t *deltas, int64_t count) {
    uint64_t over[DELTA_BLOCK] = {0}; /* what each is over the least */
    int64_t min = deltas[0];
    for (int64_t i = 1; i < count; i++)
        min = deltas[i] < min ? deltas[i] : min;
    out = put_zigzag(out, min);
    uint8_t *widths = out;
    out += MINIBLOCKS;
    for (int i = 0; i < MINIBLOCKS; i++) {
        uint64_t any = 0;
        for (int64_t j = i * DELTA_MINIBLOCK; j < (i + 1) * DELTA_MINIBLOCK && j < count; j++) {
            over[j] = (uint64_t)deltas[j] - (uint64_t)min;
            any |= over[j];
        }
        widths[i] = (uint8_t)weft_bit_width(any);
        /* A miniblock with some values is stored whole; one without has a width of 0, and so no bytes. */
        out = put_miniblock(out, over + i * DELTA_MINIBLOCK, widths[i]);
    }
    return out;
}

static uint8_t *put_delta_header(uint8_t *out, int64_t count, int64_t first) {
    out = put_varint(out, DELTA_BLOCK);
    out = put_varint(out, MINIBLOCKS);
    out = put_varint(out, (uint64_t)count);
    return put_zigzag(out, first);
}

size_t weft_delta_encode_32(const uint32_t *values, int64_t count, uint8_t *out) {
    uint8_t *at = put_delta_header(out, count, count > 0 ? (int32_t)values[0] : 0);
    for (int64_t first = 1; first < count; first += DELTA_BLOCK) {
        int64_t deltas[DELTA_BLOCK], size = count - first < DELTA_BLOCK ? count - first : DELTA_BLOCK;
        for (int64_t i = 0; i < size; i++)
            deltas[i] = (int32_t)(values[first + i] - values[first + i - 1]);
        at = put_delta_block(at, deltas, size);
    }
    return (size_t)(at - out);
}

size_t weft_delta_encode_64(const uint64_t *values, int64_t count, uint8_t *out) {
    uint8_t *at = put_delta_header(out, count, count > 0 ? (int64_t)values[0] : 0);
    for (int64_t first = 1; first < count; first += DELTA_BLOCK) {
        int64_t deltas[DELTA_BLOCK], size = count - first < DELTA_BLOCK ? count - first : DELTA_BLOCK;
        for (int64_t i = 0; i < size; i++)
            deltas[i] = (int64_t)(values[first + i] - values[first + i - 1]);
        at = put_delta_block(at, deltas, size);
    }
    return (size_t)(at - out);
}

size_t weft_delta_bound(int64_t count, int value_bytes) {
    int64_t blocks = count / DELTA_BLOCK + 1;
    return (size_t)(32 + blocks * (10 + MINIBLOCKS + DELTA_BLOCK * value_bytes));
}

/* --- BYTE_STREAM_SPLIT --- */

void weft_split_streams_32(const uint32_t *values, int64_t count, uint8_t *out) {
    uint8_t *b0 = out, *b1 = out + count, *b2 = out + 2 * count, *b3 = out + 3 * count;
    for (int64_t i = 0; i < count; i++) {
        uint32_t value = values[i];
        b0[i] = (uint8_t)value;
        b1[i] = (uint8_t)(value >> 8);
        b2[i] = (uint8_t)(value >> 16);
        b3[i] = (uint8_t)(value >> 24);
    }
}

void weft_split_streams_64(const uint64_t *values, int64_t count, uint8_t *out) {
    for (int byte = 0; byte < 8; byte++) {
        uint8_t *stream = out + byte * count;
        for (int64_t i = 0; i < count; i++)
            stream[i] = (uint8_t)(values[i] >> (8 * byte));
    }
}
