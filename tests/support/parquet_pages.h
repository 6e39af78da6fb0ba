/* The pages of a Parquet column chunk for tests, made from the format's specification and sharing no code with weft:
 * the encodings and codecs that weft writes. Fails the running cmocka test on whatever it does not understand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_PARQUET_PAGES_H
#define WEFT_TESTS_SUPPORT_PARQUET_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A column of the schema. Numbers are parquet.thrift's; -1: not given. */
typedef struct parquet_column {
    char *name;
    int physical, repetition, converted;
    int logical_bits, logical_signed; /* of an INTEGER logical type */
    bool *present;                    /* a row */
    uint64_t *bits;                   /* of the physical value; 0 where missing; of 32 bits in the lower half; of a
                                         BYTE_ARRAY the number of its text */
    char **texts;                     /* of a BYTE_ARRAY: text_count of them, as they lie in pages */
    size_t *lengths;                  /* of these */
    int64_t text_count;
} parquet_column;

/* A column chunk's metadata. */
typedef struct parquet_chunk {
    int64_t values, null_count, compressed_bytes, uncompressed_bytes;
    int codec, data_encoding; /* of its data pages */
    int pages;                /* data pages */
    bool has_range, has_dictionary;
    uint64_t min, max;   /* bits of the physical value */
    int64_t file_offset; /* of the first page */
} parquet_chunk;

/* Fills present[] and bits[] of the column from row `first_row` on with the chunk's values, and chunk->data_encoding.
 * Checks the pages' checksums, counts and lengths against the chunk's metadata. */
void parquet_decode_chunk(const uint8_t *file, parquet_chunk *chunk, parquet_column *column, int64_t first_row);

/* --- the decoders, also for tests of one encoding --- */

/* The RLE / bit-packing hybrid. Returns the bytes read. */
size_t parquet_decode_hybrid(const uint8_t *in, size_t length, int bit_width, int64_t count, uint32_t *out);
/* DELTA_BINARY_PACKED; values of 32 bits in the lower half. Returns the bytes read. */
size_t parquet_decode_delta(const uint8_t *in, size_t length, int value_bytes, int64_t count, uint64_t *out);

#endif
