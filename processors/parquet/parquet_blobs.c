/* SPDX-License-Identifier: MIT */
#include "processors/parquet/parquet_blobs.h"

#include "processors/parquet/parquet_encoding.h"

#include <string.h>

#define LENGTH 4 /* bytes of the length before levels, and before a value */

static size_t align(size_t bytes) {
    return (bytes + 63) / 64 * 64;
}

/* Levels stand before the values, and are known after them. */
static size_t levels_room(void) {
    return align(LENGTH + weft_rle_bound(WEFT_PARQUET_MAX_ROWS, 1));
}

static size_t values_room(size_t max) {
    return (size_t)WEFT_BLOB_PAGE_BYTES + LENGTH + max;
}

size_t weft_parquet_blobs_bytes(size_t max) {
    size_t page = levels_room() + values_room(max);
    return align(WEFT_PARQUET_MAX_ROWS) + align(page) + WEFT_PARQUET_HEADER_BYTES + weft_page_compressor_bound(page, 2);
}

void weft_parquet_blobs_init(weft_parquet_blobs *blobs, void *memory) {
    blobs->levels = memory;
    blobs->page = blobs->levels + align(WEFT_PARQUET_MAX_ROWS);
    blobs->packed = blobs->page + align(levels_room() + values_room(blobs->max));
    blobs->filled = 0;
    blobs->rows = 0;
    blobs->chunk = (weft_parquet_chunk){.encoding = WEFT_PARQUET_PLAIN};
}

static uint8_t *values_of(const weft_parquet_blobs *blobs) {
    return blobs->page + levels_room();
}

static weft_status write_page(weft_parquet_blobs *blobs, weft_error *err) {
    uint8_t packed_levels[LENGTH + WEFT_PARQUET_MAX_ROWS / 4];
    uint32_t length = (uint32_t)weft_rle_encode_levels(blobs->levels, blobs->rows, packed_levels + LENGTH);
    size_t levels = LENGTH + length, packed;
    memcpy(packed_levels, &length, LENGTH);
    uint8_t *begin = values_of(blobs) - levels, header[WEFT_PARQUET_HEADER_BYTES];
    memcpy(begin, packed_levels, levels);
    const size_t ends[2] = {levels, levels + blobs->filled};
    weft_status status =
        weft_page_compress(blobs->compressor, begin, ends, blobs->filled > 0 ? 2 : 1, blobs->packed, &packed, err);
    if (status != WEFT_OK) return status;
    size_t head = weft_parquet_page_header(WEFT_PARQUET_DATA_PAGE, WEFT_PARQUET_PLAIN, blobs->rows, ends[1],
                                           blobs->packed, packed, header);
    status = blobs->put(blobs->payload, header, head, err);
    if (status == WEFT_OK) status = blobs->put(blobs->payload, blobs->packed, packed, err);
    blobs->chunk.bytes += (int64_t)(head + packed);
    blobs->chunk.uncompressed_bytes += (int64_t)(head + ends[1]);
    blobs->filled = 0;
    blobs->rows = 0;
    return status;
}

uint8_t *weft_parquet_blobs_room(weft_parquet_blobs *blobs) {
    return values_of(blobs) + blobs->filled + LENGTH;
}

weft_status weft_parquet_blobs_add(weft_parquet_blobs *blobs, size_t length, weft_error *err) {
    const uint32_t bytes = (uint32_t)length;
    blobs->levels[blobs->rows++] = length > 0;
    blobs->chunk.count++;
    blobs->chunk.null_count += length == 0;
    if (length > 0) {
        memcpy(values_of(blobs) + blobs->filled, &bytes, LENGTH);
        blobs->filled += LENGTH + length;
    }
    bool full = blobs->filled >= (size_t)WEFT_BLOB_PAGE_BYTES || blobs->rows == WEFT_PARQUET_MAX_ROWS;
    return full ? write_page(blobs, err) : WEFT_OK;
}

weft_status weft_parquet_blobs_end(weft_parquet_blobs *blobs, weft_parquet_chunk *out, weft_error *err) {
    weft_status status = blobs->rows > 0 ? write_page(blobs, err) : WEFT_OK;
    *out = blobs->chunk;
    blobs->chunk = (weft_parquet_chunk){.encoding = WEFT_PARQUET_PLAIN};
    return status;
}
