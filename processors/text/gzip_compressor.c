/* SPDX-License-Identifier: MIT
 *
 * libdeflate takes whole buffers only, which is what a member is. */
#include "processors/text/gzip_compressor.h"

#include <assert.h>
#include <libdeflate.h>
#include <stdlib.h>

struct weft_gzip_compressor {
    struct libdeflate_compressor *deflate;
};

weft_status weft_gzip_compressor_new(weft_gzip_compressor **out, int level, weft_error *err) {
    weft_gzip_compressor *self = calloc(1, sizeof *self);
    *out = NULL;
    if (self != NULL) self->deflate = libdeflate_alloc_compressor(level);
    if (self == NULL || self->deflate == NULL) {
        weft_gzip_compressor_free(self);
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to compress text");
    }
    *out = self;
    return WEFT_OK;
}

void weft_gzip_compressor_free(weft_gzip_compressor *compressor) {
    if (compressor == NULL) return;
    libdeflate_free_compressor(compressor->deflate);
    free(compressor);
}

size_t weft_gzip_bound(size_t length) {
    return libdeflate_gzip_compress_bound(NULL, length);
}

size_t weft_gzip_compress(weft_gzip_compressor *compressor, const void *text, size_t length, void *out) {
    size_t written = libdeflate_gzip_compress(compressor->deflate, text, length, out, weft_gzip_bound(length));
    assert(written > 0);
    return written;
}

const char *weft_gzip_library_version(void) {
    return LIBDEFLATE_VERSION_STRING;
}
