/* SPDX-License-Identifier: MIT */
#include "raster/tiff/tiff_reader.h"

#include "raster/tiff/tiff_predictor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES 512 /* of a list: blocks are read in the order of the file, or nearly */
#define MOST_PLANES 16  /* bands that are taken apart at once */
#define FEW_BANDS   4   /* of so few each is taken by itself: some pixels share each cache line */
#define STRETCH     64  /* pixels of which all these are taken before the next: their cache lines are at hand */

/* The part of a list that was read last. */
typedef struct list_piece {
    int64_t from, count; /* entries */
    uint8_t bytes[PIECE_BYTES];
} list_piece;

struct weft_tiff_reader {
    weft_tiff_file *file;
    weft_tiff_descriptor *descriptor; /* NULL: none yet */
    list_piece offsets, sizes;
    void *state;      /* of the codec */
    uint8_t *encoded; /* what was read; then a row's scratch of the predictor; then planes of the bands in `pixels` */
    size_t encoded_bytes;
    uint8_t *pixels;               /* a block of interleaved bands */
    int64_t in_pixels;             /* its number; -1: none */
    int first_plane, plane_number; /* the bands, from 0, whose planes are in `encoded`, and how many */
};

weft_tiff_reader *weft_tiff_reader_new(weft_tiff_file *file) {
    weft_tiff_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) return NULL;
    reader->file = file;
    reader->in_pixels = -1;
    return reader;
}

void weft_tiff_reader_free(weft_tiff_reader *reader) {
    if (reader == NULL) return;
    if (reader->state != NULL) weft_tiff_file_codec(reader->file)->free_state(reader->state);
    weft_tiff_file_release(reader->file, reader->descriptor);
    free(reader->encoded);
    free(reader->pixels);
    free(reader);
}

/* One entry of a list, and the ones after it for the next calls. */
static weft_tiff_answer look_up(int fd, const weft_tiff_list *list, list_piece *piece, int64_t number, int64_t *out) {
    uint64_t value = 0;
    if (number < piece->from || number >= piece->from + piece->count) {
        int64_t count = PIECE_BYTES / list->entry_bytes;
        if (count > list->count - number) count = list->count - number;
        piece->count = 0;
        weft_tiff_answer answer = weft_tiff_read_bytes(fd, list->at + number * list->entry_bytes,
                                                       (size_t)(count * list->entry_bytes), piece->bytes);
        if (answer != WEFT_TIFF_YES) return answer;
        piece->from = number;
        piece->count = count;
    }
    memcpy(&value, piece->bytes + (number - piece->from) * list->entry_bytes, (size_t)list->entry_bytes);
    *out = value > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)value;
    return WEFT_TIFF_YES;
}

static weft_tiff_outcome outcome_of(weft_tiff_answer answer, int *reason) {
    *reason = errno;
    if (answer == WEFT_TIFF_FAILED) return *reason == ENOMEM ? WEFT_TIFF_NO_MEMORY : WEFT_TIFF_UNREAD;
    return answer == WEFT_TIFF_YES ? WEFT_TIFF_DECODED : WEFT_TIFF_UNFIT;
}

/* Makes `*memory` at least `bytes` long, and keeps nothing of it. */
static bool make_room(uint8_t **memory, size_t *has, size_t bytes, size_t max) {
    if (*has >= bytes) return true;
    size_t more = bytes + bytes / 8 < max ? bytes + bytes / 8 : max;
    free(*memory);
    *memory = malloc(more);
    *has = *memory == NULL ? 0 : more;
    return *memory != NULL;
}

/* Where a block is, and how long. */
typedef struct place {
    int64_t at, bytes;
} place;

/* The bytes of the decoded block: those that the file holds. */
static size_t decoded_bytes(const weft_tiff_layout *layout, int64_t block_row) {
    return (size_t)(weft_tiff_block_rows_at(layout, block_row) * layout->block_cols * layout->samples *
                    layout->value_bytes);
}

/* The most bytes that `encoded` may have: what of the decoder's share all else leaves; 0: nothing. */
static int64_t max_encoded(const weft_tiff_reader *reader) {
    const weft_source_info *info = weft_tiff_file_info(reader->file);
    int64_t pixels = reader->pixels == NULL ? 0 : (int64_t)decoded_bytes(weft_tiff_file_layout(reader->file), 0);
    int64_t state = (int64_t)weft_tiff_file_codec(reader->file)->state_bytes;
    int64_t left = info->codec.bytes - info->codec.open_bytes - (int64_t)sizeof *reader - state - pixels;
    return left > 0 ? left : 0;
}

/* Reads and decodes a block to `to`, which has room for `to_bytes` of it. */
static weft_tiff_outcome decode(weft_tiff_reader *reader, place where, uint8_t *to, size_t to_bytes, int *reason) {
    const weft_tiff_layout *layout = weft_tiff_file_layout(reader->file);
    const weft_tiff_codec *codec = weft_tiff_file_codec(reader->file);
    int fd = weft_tiff_descriptor_number(reader->descriptor);
    reader->plane_number = 0;
    if (codec->stored) {
        if (where.bytes != (int64_t)to_bytes) return WEFT_TIFF_UNFIT;
        return outcome_of(weft_tiff_read_bytes(fd, where.at, to_bytes, to), reason);
    }
    int64_t row = layout->predictor == 3 ? layout->block_cols * layout->samples * layout->value_bytes : 0;
    int64_t max = max_encoded(reader), needed = where.bytes > row ? where.bytes : row;
    if (needed > max) return WEFT_TIFF_UNFIT;
    if (!make_room(&reader->encoded, &reader->encoded_bytes, (size_t)needed, (size_t)max)) return WEFT_TIFF_NO_MEMORY;
    if (reader->state == NULL) reader->state = codec->make_state();
    if (reader->state == NULL) return WEFT_TIFF_NO_MEMORY;
    weft_tiff_answer answer = weft_tiff_read_bytes(fd, where.at, (size_t)where.bytes, reader->encoded);
    if (answer != WEFT_TIFF_YES) return outcome_of(answer, reason);
    errno = 0;
    if (!codec->decode(reader->state, reader->encoded, (size_t)where.bytes, to, to_bytes))
        return errno == ENOMEM ? WEFT_TIFF_NO_MEMORY : WEFT_TIFF_UNFIT;
    int64_t values = layout->block_cols * layout->samples, rows = (int64_t)to_bytes / (values * layout->value_bytes);
    if (layout->predictor == 2) weft_tiff_undo_differences(to, rows, values, layout->value_bytes, layout->samples);
    if (layout->predictor == 3)
        weft_tiff_undo_float_differences(to, rows, values, layout->value_bytes, layout->samples, reader->encoded);
    return WEFT_TIFF_DECODED;
}

/* Takes bands apart from `first` on, as many as there is room for; none where that is one. Each pixel of hundreds of bands
 * lies on cache lines of its own: a band alone reads one of each, and the next band all of them again. */
static void take_planes(weft_tiff_reader *reader, int64_t count, int first) {
    const weft_tiff_layout *layout = weft_tiff_file_layout(reader->file);
    size_t plane = (size_t)(count * layout->value_bytes), max = (size_t)max_encoded(reader);
    int number = layout->samples - first < MOST_PLANES ? layout->samples - first : MOST_PLANES;
    if ((size_t)number > max / plane) number = (int)(max / plane);
    reader->plane_number = 0;
    if (number < 2 || !make_room(&reader->encoded, &reader->encoded_bytes, (size_t)number * plane, max)) return;
    for (int64_t done = 0; done < count; done += STRETCH) {
        const uint8_t *from = reader->pixels + done * layout->samples * layout->value_bytes;
        int64_t pixels = count - done < STRETCH ? count - done : STRETCH;
        for (int i = 0; i < number; i++)
            weft_tiff_take_band(from, pixels, layout->value_bytes, layout->samples, first + i,
                                reader->encoded + (size_t)i * plane + done * layout->value_bytes);
    }
    reader->first_plane = first;
    reader->plane_number = number;
}

/* The values of a band, from 0, of the block in `pixels`. */
static void take_band(weft_tiff_reader *reader, int64_t count, int band, void *values) {
    const weft_tiff_layout *layout = weft_tiff_file_layout(reader->file);
    int at = band - reader->first_plane;
    if (layout->samples > FEW_BANDS && (at < 0 || at >= reader->plane_number)) {
        take_planes(reader, count, band);
        at = 0;
    }
    size_t plane = (size_t)(count * layout->value_bytes);
    if (at >= 0 && at < reader->plane_number)
        memcpy(values, reader->encoded + (size_t)at * plane, plane);
    else
        weft_tiff_take_band(reader->pixels, count, layout->value_bytes, layout->samples, band, values);
}

/* Interleaved bands are decoded to memory of their own, which the next bands find there. */
static weft_tiff_outcome read_interleaved(weft_tiff_reader *reader, place where, int64_t number, int band,
                                          int64_t block_row, void *values, int *reason) {
    const weft_tiff_layout *layout = weft_tiff_file_layout(reader->file);
    if (reader->pixels == NULL) reader->pixels = malloc(decoded_bytes(layout, 0));
    if (reader->pixels == NULL) return WEFT_TIFF_NO_MEMORY;
    if (reader->in_pixels != number) {
        reader->in_pixels = -1;
        weft_tiff_outcome outcome = decode(reader, where, reader->pixels, decoded_bytes(layout, block_row), reason);
        if (outcome != WEFT_TIFF_DECODED) return outcome;
        reader->in_pixels = number;
    }
    take_band(reader, weft_tiff_block_rows_at(layout, block_row) * layout->block_cols, band - 1, values);
    return WEFT_TIFF_DECODED;
}

static weft_tiff_outcome find(weft_tiff_reader *reader, int64_t number, place *out, int *reason) {
    const weft_tiff_layout *layout = weft_tiff_file_layout(reader->file);
    if (reader->descriptor == NULL) {
        weft_tiff_answer answer = weft_tiff_file_hold(reader->file, &reader->descriptor);
        if (answer == WEFT_TIFF_NO) return WEFT_TIFF_REPLACED;
        if (answer != WEFT_TIFF_YES) return errno == ENOMEM ? WEFT_TIFF_NO_MEMORY : WEFT_TIFF_UNOPENED;
    }
    int fd = weft_tiff_descriptor_number(reader->descriptor);
    weft_tiff_answer answer = look_up(fd, &layout->offsets, &reader->offsets, number, &out->at);
    if (answer == WEFT_TIFF_YES) answer = look_up(fd, &layout->sizes, &reader->sizes, number, &out->bytes);
    if (answer != WEFT_TIFF_YES) return outcome_of(answer, reason);
    if (out->bytes == 0) return WEFT_TIFF_SPARSE;
    return out->at == 0 ? WEFT_TIFF_UNFIT : WEFT_TIFF_DECODED; /* GDAL decodes the file's first bytes */
}

weft_tiff_outcome weft_tiff_reader_read(weft_tiff_reader *reader, int band, int64_t block_col, int64_t block_row,
                                        void *values, int *reason) {
    const weft_tiff_layout *layout = weft_tiff_file_layout(reader->file);
    int64_t number = weft_tiff_block_number(layout, band, block_col, block_row);
    place where;
    weft_tiff_outcome outcome = find(reader, number, &where, reason);
    if (outcome == WEFT_TIFF_DECODED)
        outcome = layout->samples > 1 ? read_interleaved(reader, where, number, band, block_row, values, reason)
                                      : decode(reader, where, values, decoded_bytes(layout, block_row), reason);
    if (outcome == WEFT_TIFF_UNREAD && reader->descriptor != NULL)
        weft_tiff_file_forget(reader->file, reader->descriptor);
    if (outcome != WEFT_TIFF_DECODED) return outcome;
    int64_t has = weft_tiff_block_rows_at(layout, block_row), row = layout->block_cols * layout->value_bytes;
    memset((uint8_t *)values + has * row, 0, (size_t)((layout->block_rows - has) * row));
    return outcome;
}
