/* Text to whole gzip members, by libdeflate: one compressor a worker, kept from member to member.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_GZIP_COMPRESSOR_H
#define WEFT_PROCESSORS_GZIP_COMPRESSOR_H

#include "core/status.h"

typedef struct weft_gzip_compressor weft_gzip_compressor;

/* What one takes at most beside the ledger, at any level (libdeflate's struct, rounded up). */
#define WEFT_GZIP_COMPRESSOR_BYTES (704 * 1024)

/* level: 1 to 9. Errors: WEFT_ERR_MEMORY. */
weft_status weft_gzip_compressor_new(weft_gzip_compressor **out, int level, weft_error *err);
/* NULL is fine. */
void weft_gzip_compressor_free(weft_gzip_compressor *compressor);

/* The most bytes that `length` bytes take as a member, at any level. */
size_t weft_gzip_bound(size_t length);

/* Writes one member (no name, no time) that holds `text` to `out`, which has room for weft_gzip_bound(length) bytes.
 * Returns its length: the same bytes for the same text and level, whatever was compressed before. One thread at a
 * time. */
size_t weft_gzip_compress(weft_gzip_compressor *compressor, const void *text, size_t length, void *out);

/* "1.14": of the libdeflate that this was built with. */
const char *weft_gzip_library_version(void);

#endif
