/* SPDX-License-Identifier: MIT */
#include "processors/parquet/parquet_page.h"

#include "processors/parquet/thrift_compact.h"

#include <libdeflate.h>

size_t weft_parquet_page_header(weft_parquet_page kind, weft_parquet_encoding encoding, int64_t values, size_t length,
                                const uint8_t *body, size_t packed, uint8_t out[WEFT_PARQUET_HEADER_BYTES]) {
    bool dictionary = kind == WEFT_PARQUET_DICTIONARY_PAGE;
    weft_thrift thrift = weft_thrift_begin(out, WEFT_PARQUET_HEADER_BYTES);
    weft_thrift_i32(&thrift, 1, (int32_t)kind);
    weft_thrift_i32(&thrift, 2, (int32_t)length);
    weft_thrift_i32(&thrift, 3, (int32_t)packed);
    weft_thrift_i32(&thrift, 4, (int32_t)libdeflate_crc32(0, body, packed));
    weft_thrift_struct(&thrift, dictionary ? 7 : 5);
    weft_thrift_i32(&thrift, 1, (int32_t)values);
    weft_thrift_i32(&thrift, 2, (int32_t)encoding);
    if (!dictionary) {
        weft_thrift_i32(&thrift, 3, WEFT_PARQUET_RLE);
        weft_thrift_i32(&thrift, 4, WEFT_PARQUET_RLE);
    }
    weft_thrift_end_struct(&thrift);
    weft_thrift_end_struct(&thrift);
    return thrift.length;
}
