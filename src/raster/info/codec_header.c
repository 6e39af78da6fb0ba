/* SPDX-License-Identifier: MIT
 *
 * Markers and the few fields after them; nothing is decoded. */
#include "raster/info/codec_header.h"

#include "core/window.h"

#include <cpl_vsi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOOKED_AT (1 << 18) /* bytes of a file: metadata may stand before what is looked for */

/* The beginning of a file; to be freed. */
typedef struct beginning {
    uint8_t *bytes;
    size_t count;
} beginning;

static beginning read_beginning(const char *path, size_t max) {
    beginning out = {NULL, 0};
    VSILFILE *file = VSIFOpenL(path, "rb");
    if (file == NULL) return out;
    out.bytes = malloc(max);
    if (out.bytes != NULL) out.count = VSIFReadL(out.bytes, 1, max, file);
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

bool weft_codec_header_jp2_tile(const char *path, double cols, double rows, double *tile_cols, double *tile_rows) {
    static const uint8_t start_and_size[] = {0xff, 0x4f, 0xff, 0x51};
    beginning from = read_beginning(path, LOOKED_AT);
    bool found = false;
    for (size_t i = 0; i + 2 + SIZ_BYTES <= from.count && !found; i++) {
        const uint8_t *at = from.bytes + i + 2;
        if (memcmp(from.bytes + i, start_and_size, sizeof start_and_size) != 0) continue;
        found = (double)(four_bytes(at + 6) - four_bytes(at + 14)) == cols &&
                (double)(four_bytes(at + 10) - four_bytes(at + 18)) == rows;
        *tile_cols = fmin((double)four_bytes(at + 22), cols);
        *tile_rows = fmin((double)four_bytes(at + 26), rows);
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

/* --- PNG --- */

bool weft_codec_header_is_interlaced_png(const char *path) {
    beginning from = read_beginning(path, 29);
    bool interlaced = from.count == 29 && begins_with(&from, "\x89PNG", 4) && from.bytes[28] == 1;
    free(from.bytes);
    return interlaced;
}
