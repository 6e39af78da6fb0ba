/* SPDX-License-Identifier: MIT
 *
 * zstd's block is ended where a part ends: a byte stream then has Huffman tables of its own, which one block over
 * several streams would not give it. Deflate finds its own block borders. */
#include "processors/parquet/page_compressor.h"

#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST /* input is not written to */
#include <zlib.h>
#include <zstd.h>

#define GZIP_LEVEL  6
#define GZIP_WINDOW (15 + 16) /* zlib's way to ask for gzip's frame */

/* Level 1's one-pass search, for matches as short as byte streams and packed numbers have them: measured on float
 * columns, files as small as level 3's in half its time. */
static const struct {
    ZSTD_cParameter parameter;
    int value;
} zstd_settings[] = {{ZSTD_c_compressionLevel, 1}, {ZSTD_c_minMatch, 4}, {ZSTD_c_hashLog, 15}};

struct weft_page_compressor {
    weft_page_codec codec;
    z_stream deflate;
    bool deflate_ready;
    ZSTD_CCtx *zstd;
};

weft_status weft_page_compressor_new(weft_page_compressor **out, weft_page_codec codec, weft_error *err) {
    weft_page_compressor *self = calloc(1, sizeof *self);
    bool ready = self != NULL;
    *out = NULL;
    if (ready) self->codec = codec;
    if (ready && codec == WEFT_PAGE_GZIP) {
        ready = deflateInit2(&self->deflate, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) == Z_OK;
        self->deflate_ready = ready;
    } else if (ready && codec == WEFT_PAGE_ZSTD) {
        self->zstd = ZSTD_createCCtx();
        ready = self->zstd != NULL;
        for (size_t i = 0; i < sizeof zstd_settings / sizeof *zstd_settings && ready; i++)
            ready =
                !ZSTD_isError(ZSTD_CCtx_setParameter(self->zstd, zstd_settings[i].parameter, zstd_settings[i].value));
    }
    if (!ready) {
        weft_page_compressor_free(self);
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory to compress pages");
    }
    *out = self;
    return WEFT_OK;
}

void weft_page_compressor_free(weft_page_compressor *compressor) {
    if (compressor == NULL) return;
    if (compressor->deflate_ready) deflateEnd(&compressor->deflate);
    ZSTD_freeCCtx(compressor->zstd);
    free(compressor);
}

size_t weft_page_compressor_bound(size_t length, int parts) {
    /* zlib's own bound is for its default window and memory: length + length / 4096 + length / 16384 + ... + 13, and
     * gzip's frame is 18. A flush of zstd costs a block header (3 bytes) at most twice. */
    size_t gzip = length + (length >> 12) + (length >> 14) + (length >> 25) + 64;
    size_t zstd = ZSTD_compressBound(length) + 16 * (size_t)parts + 64;
    return gzip > zstd ? gzip : zstd;
}

static weft_status compress_zstd(ZSTD_CCtx *zstd, const uint8_t *page, const size_t *part_ends, int parts, uint8_t *out,
                                 size_t *length, weft_error *err) {
    ZSTD_outBuffer to = {out, weft_page_compressor_bound(part_ends[parts - 1], parts), 0};
    size_t code = ZSTD_CCtx_reset(zstd, ZSTD_reset_session_only);
    if (!ZSTD_isError(code)) code = ZSTD_CCtx_setPledgedSrcSize(zstd, part_ends[parts - 1]);
    ZSTD_inBuffer from = {page, 0, 0};
    for (int i = 0; i < parts && !ZSTD_isError(code); i++) {
        from.size = part_ends[i];
        do {
            code = ZSTD_compressStream2(zstd, &to, &from, i + 1 < parts ? ZSTD_e_flush : ZSTD_e_end);
        } while (!ZSTD_isError(code) && code != 0 && to.pos < to.size);
        if (!ZSTD_isError(code) && code != 0) return weft_error_set(err, WEFT_ERR_INTERNAL, "zstd: a page is too long");
    }
    if (ZSTD_isError(code))
        return weft_error_set(err, WEFT_ERR_MEMORY, "zstd cannot compress a page: %s", ZSTD_getErrorName(code));
    *length = to.pos;
    return WEFT_OK;
}

static weft_status compress_gzip(z_stream *stream, const uint8_t *page, size_t page_length, uint8_t *out,
                                 size_t *length, weft_error *err) {
    uInt room = (uInt)weft_page_compressor_bound(page_length, 1);
    (void)deflateReset(stream);
    stream->next_in = page;
    stream->avail_in = (uInt)page_length;
    stream->next_out = out;
    stream->avail_out = room;
    int code = deflate(stream, Z_FINISH);
    if (code != Z_STREAM_END) return weft_error_set(err, WEFT_ERR_INTERNAL, "zlib cannot compress a page: %d", code);
    *length = room - stream->avail_out;
    return WEFT_OK;
}

weft_status weft_page_compress(weft_page_compressor *compressor, const uint8_t *page, const size_t *part_ends,
                               int parts, uint8_t *out, size_t *length, weft_error *err) {
    switch (compressor->codec) {
    case WEFT_PAGE_ZSTD:
        return compress_zstd(compressor->zstd, page, part_ends, parts, out, length, err);
    case WEFT_PAGE_GZIP:
        return compress_gzip(&compressor->deflate, page, part_ends[parts - 1], out, length, err);
    case WEFT_PAGE_PLAIN:
        break;
    }
    *length = part_ends[parts - 1];
    memcpy(out, page, *length);
    return WEFT_OK;
}

bool weft_page_unpack_zstd(const uint8_t *packed, size_t packed_length, uint8_t *out, size_t length) {
    size_t got = ZSTD_decompress(out, length, packed, packed_length);
    return !ZSTD_isError(got) && got == length;
}
