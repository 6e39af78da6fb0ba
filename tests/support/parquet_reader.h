/* A small Parquet reader for tests, made from the format's specification and sharing no code with weft: footers, pages,
 * and the encodings and codecs that weft writes. Fails the running cmocka test on whatever it does not understand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_PARQUET_READER_H
#define WEFT_TESTS_SUPPORT_PARQUET_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A column of the schema. Numbers are parquet.thrift's; -1: not given. */
typedef struct parquet_column {
    char *name;
    int physical, repetition, converted;
    int logical_bits, logical_signed; /* of an INTEGER logical type */
    bool *present;                    /* a row */
    uint64_t *bits;                   /* of the physical value; 0 where missing; of 32 bits in the lower half */
} parquet_column;

/* A column chunk's metadata. */
typedef struct parquet_chunk {
    int64_t values, null_count, compressed_bytes, uncompressed_bytes;
    int codec, data_encoding; /* of its one data page */
    bool has_range, has_dictionary;
    uint64_t least, greatest; /* bits of the physical value */
    int64_t file_offset;      /* of the first page */
} parquet_chunk;

typedef struct parquet_group {
    int64_t rows;
    parquet_chunk *chunks; /* a column */
} parquet_group;

typedef struct parquet_file {
    int version, columns, pairs;
    int64_t rows, groups;
    int column_orders;
    char *created_by;
    char **keys, **values; /* metadata */
    parquet_column *column;
    parquet_group *group;
} parquet_file;

/* Reads all of the file, checking on the way: magic, lengths, checksums of pages, that column chunks follow each other
 * without gaps from byte 4 to the footer, that statistics are true of the values. */
parquet_file parquet_read(const char *path);
void parquet_free(parquet_file *self);

/* Index of a column; fails the test when there is none. */
int parquet_find(const parquet_file *self, const char *name);
/* A value as a number; NaN where missing. 64-bit integers lose what a double cannot hold. */
double parquet_number(const parquet_file *self, int column, int64_t row);
/* The value of a metadata key, or NULL. */
const char *parquet_metadata(const parquet_file *self, const char *key);

/* --- the decoders, also for tests of one encoding --- */

/* The RLE / bit-packing hybrid. Returns the bytes read. */
size_t parquet_decode_hybrid(const uint8_t *in, size_t length, int bit_width, int64_t count, uint32_t *out);
/* DELTA_BINARY_PACKED; values of 32 bits in the lower half. Returns the bytes read. */
size_t parquet_decode_delta(const uint8_t *in, size_t length, int value_bytes, int64_t count, uint64_t *out);

#endif
