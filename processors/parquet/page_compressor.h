/* Pages compressed by zlib or libzstd, or stored: one compressor a worker, kept from page to page.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_PAGE_COMPRESSOR_H
#define WEFT_PROCESSORS_PAGE_COMPRESSOR_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbered as in Parquet's CompressionCodec. */
typedef enum weft_page_codec { WEFT_PAGE_PLAIN = 0, WEFT_PAGE_GZIP = 2, WEFT_PAGE_ZSTD = 6 } weft_page_codec;

typedef struct weft_page_compressor weft_page_compressor;

/* What one compressor's library takes at most beside the ledger, with any codec, for pages of at most 640 KiB
 * (measured: 2.2 MB of zstd, by its own account). */
#define WEFT_PAGE_COMPRESSOR_BYTES (INT64_C(5) * 512 * 1024)

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_page_compressor_new(weft_page_compressor **out, weft_page_codec codec, weft_error *err);
/* NULL is fine. */
void weft_page_compressor_free(weft_page_compressor *compressor);

/* The most bytes that a page of `length` bytes in `parts` parts takes compressed, with any codec. */
size_t weft_page_compressor_bound(size_t length, int parts);

/* Compresses a page.
 *
 * page, part_ends  the page's bytes; its parts end at part_ends[0 .. parts - 1], the last at the page's end. Parts are
 *                  of different kinds (levels, byte streams): zstd gives each statistics of its own
 * out              room for weft_page_compressor_bound() bytes
 * length           set to the bytes written: always the same for the same page
 * thread           one at a time
 * errors           WEFT_ERR_INTERNAL, WEFT_ERR_MEMORY */
weft_status weft_page_compress(weft_page_compressor *compressor, const uint8_t *page, const size_t *part_ends,
                               int parts, uint8_t *out, size_t *length, weft_error *err);

/* Unpacks what a compressor of zstd made. False: these are not its bytes, or they are of more or less than `length`.
 * Any thread. */
bool weft_page_unpack_zstd(const uint8_t *packed, size_t packed_length, uint8_t *out, size_t length);

#endif
