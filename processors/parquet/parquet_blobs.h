/* A column of byte strings of any length to one of Parquet's column chunks: optional, PLAIN, in as many data pages as it
 * takes, so that memory is that of one page, whatever the row group.
 *
 * A page ends where it has WEFT_BLOB_PAGE_BYTES or more; the bytes of a chunk depend on its values alone.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_PARQUET_BLOBS_H
#define WEFT_PROCESSORS_PARQUET_BLOBS_H

#include "processors/parquet/parquet_column.h"

#define WEFT_BLOB_PAGE_BYTES (INT64_C(256) * 1024)

/* Where pages go, in their order. */
typedef weft_status (*weft_parquet_page_fn)(void *payload, const uint8_t *bytes, size_t length, weft_error *err);

/* One thread. */
typedef struct weft_parquet_blobs {
    weft_page_compressor *compressor; /* borrowed */
    weft_parquet_page_fn put;
    void *payload;   /* of put */
    size_t max;      /* bytes of the longest value */
    uint8_t *levels; /* in the memory: a byte a row of the page */
    uint8_t *page;   /* room for levels as they are written, then the values */
    uint8_t *packed; /* a page compressed */
    size_t filled;   /* bytes of values in the page */
    int64_t rows;    /* of the page */
    weft_parquet_chunk chunk;
} weft_parquet_blobs;

/* Memory for values of up to `most` bytes. */
size_t weft_parquet_blobs_bytes(size_t max);
/* With compressor, put, payload and most filled in; memory: so many bytes. */
void weft_parquet_blobs_init(weft_parquet_blobs *blobs, void *memory);

/* Where the next value's `most` bytes may be written to, for weft_parquet_blobs_add(). */
uint8_t *weft_parquet_blobs_room(weft_parquet_blobs *blobs);
/* Adds the `length` bytes that stand there; 0: a missing value. Errors: put's; those of weft_page_compress(). */
weft_status weft_parquet_blobs_add(weft_parquet_blobs *blobs, size_t length, weft_error *err);
/* Ends the chunk, of one value at least, and begins another. Errors: the same. */
weft_status weft_parquet_blobs_end(weft_parquet_blobs *blobs, weft_parquet_chunk *out, weft_error *err);

#endif
