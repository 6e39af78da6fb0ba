/* SPDX-License-Identifier: MIT
 *
 * Markers and the few fields behind them; nothing is decoded. */
#include "raster/codec_header.h"

#include "core/window.h"

#include <cpl_vsi.h>
#include <stdlib.h>
#include <string.h>

#define LOOKED_AT (1 << 18) /* bytes of a file: metadata may stand before what is looked for */

/* The beginning of a file; to be freed. */
typedef struct beginning {
    uint8_t *bytes;
    size_t count;
} beginning;

static beginning read_beginning(const char *path, size_t most) {
    beginning out = {NULL, 0};
    VSILFILE *file = VSIFOpenL(path, "rb");
    if (file == NULL) return out;
    out.bytes = malloc(most);
    if (out.bytes != NULL) out.count = VSIFReadL(out.bytes, 1, most, file);
    (void)VSIFCloseL(file);
    return out;
}

static bool begins_with(const beginning *from, const char *text, size_t length) {
    return from->count >= length && memcmp(from->bytes, text, length) == 0;
}

static int64_t two_bytes(const uint8_t *at) {
    return at[0] << 8 | at[1];
}

static int64_t four_bytes(const uint8_t *at) {
    return two_bytes(at) << 16 | two_bytes(at + 2);
}

/* --- JPEG 2000 --- */

#define SIZ_BYTES 36 /* from its marker up to the tile's size, with it */

/* The coding style follows the size, perhaps after others; 64 x 64 where it is not found. */
static int64_t code_block_pixels(const uint8_t *at, const uint8_t *end) {
    while (end - at >= 14 && at[0] == 0xff && at[1] >= 0x50 && at[1] < 0x90) {
        if (at[1] == 0x52) return INT64_C(1) << ((at[10] & 15) + (at[11] & 15) + 4);
        at += weft_smaller(2 + two_bytes(at + 2), end - at);
    }
    return 64 * 64;
}

bool weft_codec_header_jp2(weft_jp2_header *out, const char *path) {
    static const uint8_t start_and_size[] = {0xff, 0x4f, 0xff, 0x51};
    beginning from = read_beginning(path, LOOKED_AT);
    const uint8_t *end = from.bytes + from.count;
    bool found = false;
    for (size_t i = 0; i + 2 + SIZ_BYTES <= from.count && !found; i++) {
        const uint8_t *at = from.bytes + i;
        if (memcmp(at, start_and_size, sizeof start_and_size) != 0) continue;
        at += 2;
        *out = (weft_jp2_header){.cols = four_bytes(at + 6) - four_bytes(at + 14),
                                 .rows = four_bytes(at + 10) - four_bytes(at + 18)};
        out->tile_cols = weft_smaller(four_bytes(at + 22), out->cols);
        out->tile_rows = weft_smaller(four_bytes(at + 26), out->rows);
        found = out->tile_cols > 0 && out->tile_rows > 0;
        int64_t length = 2 + two_bytes(at + 2);
        out->code_block_pixels = code_block_pixels(length <= end - at ? at + length : end, end);
    }
    free(from.bytes);
    return found;
}

/* --- JPEG --- */

/* Of a frame's components, each sampled in its own way; 0 where they are cut off. */
static int64_t coefficient_bytes(const uint8_t *frame, const uint8_t *end) {
    int64_t pixels = two_bytes(frame + 5) * two_bytes(frame + 7), samples = 0, across = 1, down = 1;
    int count = frame[9];
    if (end - frame < 10 + 3 * count) return 0;
    for (int i = 0; i < count; i++) {
        int64_t h = frame[11 + 3 * i] >> 4, v = frame[11 + 3 * i] & 15;
        samples += h * v;
        if (h > across) across = h;
        if (v > down) down = v;
    }
    return 2 * pixels * samples / (across * down);
}

int64_t weft_codec_header_jpeg_coefficients(const char *path) {
    beginning from = read_beginning(path, LOOKED_AT);
    bool ended = !begins_with(&from, "\xff\xd8", 2);
    const uint8_t *at = ended ? NULL : from.bytes + 2, *end = from.bytes + from.count;
    int64_t bytes = 0;
    while (!ended && end - at >= 10 && at[0] == 0xff) {
        if (at[1] == 0xc2) bytes = coefficient_bytes(at, end);
        ended = bytes > 0 || at[1] == 0xda; /* the scan begins */
        at += weft_smaller(2 + two_bytes(at + 2), end - at);
    }
    free(from.bytes);
    return bytes;
}

/* --- the others --- */

bool weft_codec_header_is_interlaced_png(const char *path) {
    beginning from = read_beginning(path, 29);
    bool interlaced = from.count == 29 && begins_with(&from, "\x89PNG", 4) && from.bytes[28] == 1;
    free(from.bytes);
    return interlaced;
}

bool weft_codec_header_is_classic_netcdf(const char *path) {
    beginning from = read_beginning(path, 4);
    bool classic = begins_with(&from, "CDF\1", 4) || begins_with(&from, "CDF\2", 4) || begins_with(&from, "CDF\5", 4);
    free(from.bytes);
    return classic;
}
