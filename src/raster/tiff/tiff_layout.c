/* SPDX-License-Identifier: MIT
 *
 * A directory is a list of entries: tag, type, count, and the values, or the place where they are when they do not fit.
 * All that a file claims is checked before it is used as a size. */
#include "raster/tiff/tiff_layout.h"

#include "core/window.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MOST_ENTRIES 256       /* of a directory; ordinary ones have 15 to 30 */
#define MOST_BYTES   (1 << 20) /* of one list of bits or formats, of a band each */
#define MOST_PIXELS  (INT64_C(1) << 31)

enum { SHORT = 3, LONG = 4, DOUBLE = 12, LONG8 = 16 };

enum {
    IMAGE_WIDTH = 256,
    IMAGE_LENGTH = 257,
    BITS_PER_SAMPLE = 258,
    COMPRESSION = 259,
    PHOTOMETRIC = 262,
    FILL_ORDER = 266,
    STRIP_OFFSETS = 273,
    SAMPLES_PER_PIXEL = 277,
    ROWS_PER_STRIP = 278,
    STRIP_SIZES = 279,
    PLANAR = 284,
    PREDICTOR = 317,
    TILE_WIDTH = 322,
    TILE_LENGTH = 323,
    TILE_OFFSETS = 324,
    TILE_SIZES = 325,
    PIXEL_SCALE = 33550,
    TIEPOINTS = 33922,
};

weft_tiff_answer weft_tiff_read_bytes(int fd, int64_t from, size_t length, void *out) {
    char *to = out;
    if (from < 0 || from > INT64_MAX - (int64_t)length) return WEFT_TIFF_NO;
    while (length > 0) {
        ssize_t got = pread(fd, to, length, (off_t)from);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return WEFT_TIFF_FAILED;
        if (got == 0) return WEFT_TIFF_NO;
        to += got;
        from += got;
        length -= (size_t)got;
    }
    return WEFT_TIFF_YES;
}

/* Little-endian; files of the other order are not read here. */
static uint64_t number(const uint8_t *at, int bytes) {
    uint64_t out = 0;
    for (int i = bytes - 1; i >= 0; i--)
        out = out << 8 | at[i];
    return out;
}

typedef struct directory {
    int fd;
    bool big;   /* BigTIFF */
    int64_t at; /* byte of the file where the first entry begins */
    int count, entry_bytes;
    uint8_t entries[MOST_ENTRIES * 20];
} directory;

static weft_tiff_answer read_directory(directory *out, int fd) {
    uint8_t header[16];
    weft_tiff_answer answer = weft_tiff_read_bytes(fd, 0, 8, header);
    if (answer != WEFT_TIFF_YES) return answer;
    if (memcmp(header, "II\x2b\0\x08\0\0\0", 8) == 0)
        out->big = true;
    else if (memcmp(header, "II\x2a\0", 4) != 0)
        return WEFT_TIFF_NO;
    if (out->big) answer = weft_tiff_read_bytes(fd, 8, 8, header + 8);
    if (answer != WEFT_TIFF_YES) return answer;
    uint64_t at = out->big ? number(header + 8, 8) : number(header + 4, 4);
    int count_bytes = out->big ? 8 : 2;
    if (at > INT64_MAX / 2) return WEFT_TIFF_NO;
    answer = weft_tiff_read_bytes(fd, (int64_t)at, (size_t)count_bytes, header);
    uint64_t count = number(header, count_bytes);
    if (answer != WEFT_TIFF_YES || count > MOST_ENTRIES) return answer == WEFT_TIFF_YES ? WEFT_TIFF_NO : answer;
    out->fd = fd;
    out->at = (int64_t)at + count_bytes;
    out->count = (int)count;
    out->entry_bytes = out->big ? 20 : 12;
    return weft_tiff_read_bytes(fd, out->at, count * (size_t)out->entry_bytes, out->entries);
}

typedef enum presence { ABSENT, PRESENT, ODD } presence; /* odd: of another type, or of a size that cannot be */

/* Where the values of a tag are. *inside: in the entry itself. */
static presence find(const directory *of, int tag, weft_tiff_list *out, const uint8_t **inside) {
    for (int i = 0; i < of->count; i++) {
        const uint8_t *entry = of->entries + i * of->entry_bytes;
        if ((int)number(entry, 2) != tag) continue;
        int type = (int)number(entry + 2, 2), word = of->big ? 8 : 4;
        uint64_t count = number(entry + 4, word), place = number(entry + 4 + word, word);
        out->entry_bytes = type == SHORT ? 2 : type == LONG ? 4 : type == LONG8 ? 8 : 0;
        if (out->entry_bytes == 0 || count == 0 || count > INT64_MAX / 16 || place > INT64_MAX / 2) return ODD;
        out->count = (int64_t)count;
        bool fits = count * (uint64_t)out->entry_bytes <= (uint64_t)word;
        out->at = fits ? of->at + i * of->entry_bytes + 4 + word : (int64_t)place;
        *inside = fits ? entry + 4 + word : NULL;
        return PRESENT;
    }
    return ABSENT;
}

/* A tag of one number, `otherwise` when the file has none; -1: more than one number, or an unlikely one. */
static int64_t value(const directory *of, int tag, int64_t otherwise) {
    weft_tiff_list list;
    const uint8_t *inside;
    presence is = find(of, tag, &list, &inside);
    if (is == ABSENT) return otherwise;
    if (is == ODD || list.count != 1 || inside == NULL) return -1;
    uint64_t out = number(inside, list.entry_bytes);
    return out > UINT64_C(1) << 40 ? -1 : (int64_t)out;
}

static bool find_list(const directory *of, int tag, weft_tiff_list *out) {
    const uint8_t *inside;
    return find(of, tag, out, &inside) == PRESENT;
}

/* A tag of a number a band that is the same for all; -1: it is not. */
static weft_tiff_answer same_value(const directory *of, int tag, int64_t bands, int64_t *out) {
    weft_tiff_list list;
    uint8_t piece[512];
    *out = -1;
    if (!find_list(of, tag, &list) || list.entry_bytes != 2 || list.count != bands) return WEFT_TIFF_YES;
    if (list.count * 2 > MOST_BYTES) return WEFT_TIFF_YES;
    int64_t same = -1;
    for (int64_t done = 0; done < list.count;) {
        int64_t n = list.count - done < (int64_t)sizeof piece / 2 ? list.count - done : (int64_t)sizeof piece / 2;
        weft_tiff_answer answer = weft_tiff_read_bytes(of->fd, list.at + 2 * done, 2 * (size_t)n, piece);
        if (answer != WEFT_TIFF_YES) return answer;
        for (int64_t i = 0; i < n; i++) {
            int64_t now = (int64_t)number(piece + 2 * i, 2);
            if (same >= 0 && now != same) return WEFT_TIFF_YES;
            same = now;
        }
        done += n;
    }
    *out = same;
    return WEFT_TIFF_YES;
}

/* A tag of `count` numbers of 8 bytes, with a fraction. WEFT_TIFF_NO: the file has none such. */
static weft_tiff_answer doubles(const directory *of, int tag, int count, double *out) {
    for (int i = 0; i < of->count; i++) {
        const uint8_t *entry = of->entries + i * of->entry_bytes;
        int word = of->big ? 8 : 4;
        if ((int)number(entry, 2) != tag) continue;
        uint64_t has = number(entry + 4, word), at = number(entry + 4 + word, word);
        if (number(entry + 2, 2) != DOUBLE || has != (uint64_t)count || at > INT64_MAX / 2) return WEFT_TIFF_NO;
        return weft_tiff_read_bytes(of->fd, (int64_t)at, (size_t)count * sizeof *out, out);
    }
    return WEFT_TIFF_NO;
}

/* Pixels whose rows run northwards (a scale below 0) are left to GDAL's options. */
static weft_tiff_answer read_place(const directory *of, weft_tiff_layout *out) {
    double scale[3], tie[6]; /* column, row, height; x, y, z */
    weft_tiff_answer answer = doubles(of, PIXEL_SCALE, 3, scale);
    if (answer == WEFT_TIFF_YES) answer = doubles(of, TIEPOINTS, 6, tie);
    if (answer == WEFT_TIFF_FAILED) return answer;
    out->has_place = answer == WEFT_TIFF_YES && scale[0] > 0 && scale[1] > 0;
    if (!out->has_place) return WEFT_TIFF_YES;
    double place[6] = {tie[3] - tie[0] * scale[0], scale[0], 0, tie[4] + tie[1] * scale[1], 0, -scale[1]};
    memcpy(out->place, place, sizeof place);
    return WEFT_TIFF_YES;
}

/* Tiles or strips: their size, and the lists of their places. False: the file does not say, or says nonsense. */
static bool read_blocks(const directory *of, weft_tiff_layout *out) {
    weft_tiff_list list;
    out->tiled = find_list(of, TILE_OFFSETS, &list);
    out->block_cols = out->tiled ? value(of, TILE_WIDTH, -1) : out->cols;
    out->block_rows = out->tiled ? value(of, TILE_LENGTH, -1) : value(of, ROWS_PER_STRIP, out->rows);
    if (out->block_cols < 1 || out->block_rows < 1 || out->block_cols >= MOST_PIXELS) return false;
    if (!out->tiled && out->block_rows > out->rows) out->block_rows = out->rows;
    if (out->block_rows >= MOST_PIXELS || out->block_cols * out->block_rows >= MOST_PIXELS) return false;
    if (!find_list(of, out->tiled ? TILE_OFFSETS : STRIP_OFFSETS, &out->offsets)) return false;
    if (!find_list(of, out->tiled ? TILE_SIZES : STRIP_SIZES, &out->sizes)) return false;
    out->blocks_across = weft_divide_up(out->cols, out->block_cols);
    out->blocks_down = weft_divide_up(out->rows, out->block_rows);
    int64_t layers = out->samples == 1 ? out->bands : 1;
    if (out->blocks_across * out->blocks_down > INT64_MAX / 16 / layers) return false;
    int64_t blocks = out->blocks_across * out->blocks_down * layers;
    return out->offsets.count == blocks && out->sizes.count == blocks;
}

/* Colours that GDAL would make others of (YCbCr, Lab, CMYK) are left out; a palette's pixels are its indexes. */
static bool read_pixels(const directory *of, weft_tiff_layout *out) {
    int64_t bands = value(of, SAMPLES_PER_PIXEL, 1), planar = value(of, PLANAR, 1);
    int64_t photometric = value(of, PHOTOMETRIC, -1), predictor = value(of, PREDICTOR, 1);
    int64_t compression = value(of, COMPRESSION, 1);
    out->cols = value(of, IMAGE_WIDTH, -1);
    out->rows = value(of, IMAGE_LENGTH, -1);
    if (out->cols < 1 || out->rows < 1 || out->cols >= MOST_PIXELS || out->rows >= MOST_PIXELS) return false;
    if (bands < 1 || bands > UINT16_MAX || (planar != 1 && planar != 2)) return false;
    if (photometric < 0 || photometric > 3 || predictor < 1 || predictor > 3) return false;
    if (value(of, FILL_ORDER, 1) != 1 || compression < 1 || compression > UINT16_MAX) return false;
    out->bands = (int)bands;
    out->samples = planar == 1 ? out->bands : 1;
    out->predictor = (int)predictor;
    out->compression = (int)compression;
    return true;
}

weft_tiff_answer weft_tiff_layout_read(weft_tiff_layout *out, int fd) {
    directory of = {0};
    int64_t bits;
    *out = (weft_tiff_layout){0};
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    return WEFT_TIFF_NO; /* values would have to be turned around */
#endif
    weft_tiff_answer answer = read_directory(&of, fd);
    if (answer != WEFT_TIFF_YES) return answer;
    if (!read_pixels(&of, out)) return WEFT_TIFF_NO;
    answer = same_value(&of, BITS_PER_SAMPLE, out->bands, &bits);
    if (answer != WEFT_TIFF_YES) return answer;
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64) return WEFT_TIFF_NO;
    out->value_bytes = (int)(bits / 8);
    return read_blocks(&of, out) ? read_place(&of, out) : WEFT_TIFF_NO;
}

int64_t weft_tiff_block_number(const weft_tiff_layout *layout, int band, int64_t block_col, int64_t block_row) {
    int64_t layer = layout->samples == 1 ? band - 1 : 0;
    return (layer * layout->blocks_down + block_row) * layout->blocks_across + block_col;
}

int64_t weft_tiff_block_rows_at(const weft_tiff_layout *layout, int64_t block_row) {
    int64_t left = layout->rows - block_row * layout->block_rows;
    return layout->tiled || left > layout->block_rows ? layout->block_rows : left;
}
