/* SPDX-License-Identifier: MIT
 *
 * LZW as TIFF has it (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, which grow one code
 * early. A code's string is the string of the code before it and one byte more, and both stand in the output one after
 * the other; so a string need not be kept, but only where in the output it begins and how long it is. */
#include "raster/tiff/tiff_codec.h"

#include <stdlib.h>
#include <string.h>

#define CLEAR     256
#define END       257
#define FIRST     258
#define MOST_BITS 12
#define CODES     (1 << MOST_BITS)

typedef struct text {
    uint32_t at, length;
} text;

typedef struct lzw {
    text texts[CODES];
} lzw;

static void *make_state(void) {
    return malloc(sizeof(lzw));
}

/* Bits that were read and not used yet, the next ones on top. */
typedef struct bit_reader {
    const uint8_t *at, *end;
    uint64_t bits;
    int count;
} bit_reader;

static inline void fill(bit_reader *from) {
    while (from->count <= 56 && from->at < from->end) {
        from->bits |= (uint64_t)*from->at++ << (56 - from->count);
        from->count += 8;
    }
}

/* -1: there are no more. */
static inline int next_code(bit_reader *from, int width) {
    if (from->count < width) fill(from);
    if (from->count < width) return -1;
    int code = (int)(from->bits >> (64 - width));
    from->bits <<= width;
    from->count -= width;
    return code;
}

/* The two may overlap: then the bytes that were copied first are copied again, which is what a string of one code
 * before itself means. */
static inline void copy_text(uint8_t *to, const uint8_t *from, size_t length, size_t room) {
    if (room >= 16 && length <= 16 && to - from >= 16) {
        memcpy(to, from, 16);
        return;
    }
    for (size_t i = 0; i < length; i++)
        to[i] = from[i];
}

/* Files that begin in another way are of an old kind (bits in the other order), and files without a last code are cut
 * off unless all is there already. */
static bool decode(void *state, const void *from, size_t from_bytes, void *to, size_t to_bytes) {
    text *texts = ((lzw *)state)->texts;
    bit_reader bits = {from, (const uint8_t *)from + from_bytes, 0, 0};
    uint8_t *out = to;
    size_t done = 0;
    int width = 9, free_code = FIRST;
    text before = {0, 0}; /* the string that was written last; of no length after a clear code */
    if (to_bytes > UINT32_MAX || next_code(&bits, width) != CLEAR) return false;
    while (done < to_bytes) {
        int code = next_code(&bits, width);
        if (code < 0 || code == END) return false;
        if (code == CLEAR) {
            width = 9;
            free_code = FIRST;
            before.length = 0;
            continue;
        }
        if (before.length > 0) {
            if (free_code == CODES) return false;
            texts[free_code++] = (text){before.at, before.length + 1};
            if (free_code > (1 << width) - 2 && width < MOST_BITS) width++;
        } else if (code > END) {
            return false;
        }
        if (code >= free_code) return false;
        text now = {(uint32_t)done, 1};
        if (code < CLEAR) {
            out[done] = (uint8_t)code;
        } else {
            now.length = texts[code].length;
            if (now.length > to_bytes - done) return false;
            copy_text(out + done, out + texts[code].at, now.length, to_bytes - done);
        }
        before = now;
        done += now.length;
    }
    return true;
}

const weft_tiff_codec weft_tiff_lzw = {
    .tags = {5},
    .predicts = true,
    .state_bytes = sizeof(lzw),
    .make_state = make_state,
    .free_state = free,
    .decode = decode,
};
