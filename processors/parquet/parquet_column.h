/* A column's values of one row group to Parquet's column chunk: a dictionary page where it pays, and one data page.
 *
 * Which encoding is taken depends on the values alone, so that the bytes are the same whoever encodes them:
 * a dictionary where the values repeat; else BYTE_STREAM_SPLIT for floats, DELTA_BINARY_PACKED for integers and dates,
 * PLAIN for texts, whose range is not told. Floats'
 * NaN and integers' zero mask bytes are nulls.
 *
 * Source: the Apache Parquet format 2.10 (README.md, parquet.thrift, Encodings.md).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_PARQUET_COLUMN_H
#define WEFT_PROCESSORS_PARQUET_COLUMN_H

#include "core/data_type.h"
#include "processors/parquet/page_compressor.h"
#include "processors/parquet/parquet_page.h"

/* The most rows a row group has. Twice as many would make files 1 % smaller and take twice the memory. */
#define WEFT_PARQUET_MAX_ROWS 65536

/* What goes in: `count` values side by side, 1 .. WEFT_PARQUET_MAX_ROWS. Borrowed. */
typedef struct weft_parquet_slice {
    weft_data_type type;
    bool required; /* nothing is missing, and the column says so: x and y */
    const void *values;
    const uint8_t *valid; /* integers: one byte a value, 0 = missing; NULL: none is */
    int64_t count;
} weft_parquet_slice;

/* What the footer says of a column chunk. */
typedef struct weft_parquet_chunk {
    weft_parquet_encoding encoding; /* of the data page */
    int64_t count, null_count;
    int64_t dictionary_bytes;   /* its page and header; 0: there is none */
    int64_t bytes;              /* of all pages and headers */
    int64_t uncompressed_bytes; /* the same before compression */
    bool has_range;             /* false: all values are missing */
    uint64_t min, max;          /* bits of the physical value; of 32 bits in the lower half */
} weft_parquet_chunk;

/* Bytes of a physical value: 4 (INT32, FLOAT) or 8 (INT64, DOUBLE). A text is a BYTE_ARRAY, which is 8 of an address
 * while it is encoded. */
int weft_parquet_value_bytes(weft_data_type type);

/* Memory to encode a column of up to `rows` rows, and the most its chunk can take. */
size_t weft_parquet_scratch_bytes(weft_data_type type, int64_t rows);
size_t weft_parquet_chunk_bound(weft_data_type type, int64_t rows);

/* Room in the scratch for `rows` values of 8 bytes of a column without missing values: a slice may stand there, so that
 * values made only to be encoded need no memory of their own. */
void *weft_parquet_scratch_values(void *scratch);

/* Encodes and compresses one column of one row group.
 *
 * scratch  weft_parquet_scratch_bytes() of the slice's type and count, aligned for 64 bits
 * out      room for weft_parquet_chunk_bound(); gets chunk->bytes bytes
 * thread   any; `compressor`, `scratch` and `out` are its own
 * errors   those of weft_page_compress() */
weft_status weft_parquet_encode(const weft_parquet_slice *slice, weft_page_compressor *compressor, void *scratch,
                                uint8_t *out, weft_parquet_chunk *chunk, weft_error *err);

#endif
