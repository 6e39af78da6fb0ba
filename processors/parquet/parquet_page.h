/* Pages of a column chunk: their headers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_PARQUET_PAGE_H
#define WEFT_PROCESSORS_PARQUET_PAGE_H

#include <stddef.h>
#include <stdint.h>

#define WEFT_PARQUET_HEADER_BYTES 64 /* the most one takes */

/* Numbered as in Parquet. */
typedef enum weft_parquet_encoding {
    WEFT_PARQUET_PLAIN = 0,
    WEFT_PARQUET_RLE = 3,
    WEFT_PARQUET_DELTA = 5,
    WEFT_PARQUET_DICTIONARY = 8,
    WEFT_PARQUET_SPLIT = 9,
} weft_parquet_encoding;

/* Numbered as in Parquet. */
typedef enum weft_parquet_page { WEFT_PARQUET_DATA_PAGE = 0, WEFT_PARQUET_DICTIONARY_PAGE = 2 } weft_parquet_page;

/* Writes the header of a page of `values` values, levels counted, whose `length` bytes are `packed` ones compressed:
 * `body`. Returns its length. */
size_t weft_parquet_page_header(weft_parquet_page kind, weft_parquet_encoding encoding, int64_t values, size_t length,
                                const uint8_t *body, size_t packed, uint8_t out[WEFT_PARQUET_HEADER_BYTES]);

#endif
