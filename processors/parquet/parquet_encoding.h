/* Parquet's encodings of values and levels, each on memory the caller gives.
 *
 * Source: Encodings.md of the Apache Parquet format (RLE / bit-packing hybrid, DELTA_BINARY_PACKED,
 * BYTE_STREAM_SPLIT). All numbers are little-endian. Pure functions: any thread.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_PARQUET_ENCODING_H
#define WEFT_PROCESSORS_PARQUET_ENCODING_H

#include <stddef.h>
#include <stdint.h>

/* Bits that hold `value`; 0 for 0. */
int weft_bit_width(uint64_t value);

/* The RLE / bit-packing hybrid of `count` values under 2^bit_width, 1 <= bit_width <= 32, without a length in front.
 * Runs of 8 and more are stored as runs, the rest in groups of 8, the last one filled up with zeros.
 *
 * out      room for weft_rle_bound() bytes
 * returns  bytes written */
size_t weft_rle_encode(const uint32_t *values, int64_t count, int bit_width, uint8_t *out);
size_t weft_rle_bound(int64_t count, int bit_width);

/* The same hybrid of one-bit levels, given as a byte each: 0, or anything else for 1. */
size_t weft_rle_encode_levels(const uint8_t *levels, int64_t count, uint8_t *out);

/* DELTA_BINARY_PACKED of `count` signed values, in blocks of 128 of 4 miniblocks. For values of 32 bits differences
 * wrap at 32 bits, as the format wants.
 *
 * out      room for weft_delta_bound() bytes
 * returns  bytes written */
size_t weft_delta_encode_32(const uint32_t *values, int64_t count, uint8_t *out);
size_t weft_delta_encode_64(const uint64_t *values, int64_t count, uint8_t *out);
size_t weft_delta_bound(int64_t count, int value_bytes);

/* BYTE_STREAM_SPLIT: all first bytes of the values, then all second bytes, ... count * 4 or count * 8 bytes. */
void weft_split_streams_32(const uint32_t *values, int64_t count, uint8_t *out);
void weft_split_streams_64(const uint64_t *values, int64_t count, uint8_t *out);

#endif
