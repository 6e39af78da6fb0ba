/* SPDX-License-Identifier: MIT
 *
 * Values are first made physical (32 or 64 bits) and the missing ones left out; everything after that sees bits. */
#include "processors/parquet/parquet_column.h"

#include "processors/parquet/parquet_encoding.h"
#include "processors/parquet/value_dictionary.h"

#include <assert.h>
#include <math.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are stored as they lie in memory");

#define MAX_PARTS    9 /* levels and the streams of a double */
#define LEVEL_LENGTH 4 /* bytes of the length before the levels */
#define TEXT_LENGTH  4 /* bytes of the length before a text */

/* A dictionary is taken where what it leaves is at most this much of the values plain. */
#define DICTIONARY_SHARE 0.7

/* Where everything lies in the scratch memory. */
typedef struct scratch_space {
    weft_value_dictionary dictionary;
    void *values; /* the physical values that are there */
    uint32_t *indices;
    uint8_t *levels; /* a byte a row */
    uint8_t *page;
} scratch_space;

/* A page before compression. */
typedef struct page_draft {
    uint8_t *bytes;
    size_t part_ends[MAX_PARTS];
    int parts;
} page_draft;

typedef struct encode_job {
    const weft_parquet_slice *slice;
    weft_page_compressor *compressor;
    scratch_space space;
    const void *values; /* the physical values that are there: in the scratch, or the slice's own */
    int64_t present;    /* how many */
    int width;          /* bytes of one */
    uint8_t *out;
    weft_parquet_chunk *chunk;
} encode_job;

int weft_parquet_value_bytes(weft_data_type type) {
    return type == WEFT_INT64 || type == WEFT_UINT64 || type == WEFT_FLOAT64 || weft_data_type_is_text(type) ? 8 : 4;
}

static size_t align(size_t bytes) {
    return (bytes + 63) / 64 * 64;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

/* Of a value in a page: a text has its length in front. */
static size_t plain_bytes(weft_data_type type) {
    return weft_data_type_is_text(type) ? TEXT_LENGTH + weft_data_type_size(type)
                                        : (size_t)weft_parquet_value_bytes(type);
}

static size_t page_bound(weft_data_type type, int64_t rows) {
    int value_bytes = weft_parquet_value_bytes(type);
    size_t plain = (size_t)rows * plain_bytes(type);
    size_t values = larger(larger(plain, weft_delta_bound(rows, value_bytes)), 1 + weft_rle_bound(rows, 16));
    return LEVEL_LENGTH + weft_rle_bound(rows, 1) + values;
}

static size_t dictionary_bound(weft_data_type type, int64_t rows) {
    return (size_t)(rows < WEFT_DICTIONARY_MAX ? rows : WEFT_DICTIONARY_MAX) * plain_bytes(type);
}

size_t weft_parquet_scratch_bytes(weft_data_type type, int64_t rows) {
    size_t count = (size_t)rows;
    return align(weft_value_dictionary_bytes()) + align(count * 8) + align(count * 4) + align(count) +
           align(larger(page_bound(type, rows), dictionary_bound(type, rows)));
}

size_t weft_parquet_chunk_bound(weft_data_type type, int64_t rows) {
    return 2 * WEFT_PARQUET_HEADER_BYTES + weft_page_compressor_bound(page_bound(type, rows), MAX_PARTS) +
           weft_page_compressor_bound(dictionary_bound(type, rows), 1);
}

static scratch_space place(void *scratch, int64_t rows) {
    uint8_t *at = scratch;
    size_t count = (size_t)rows;
    scratch_space space = {.dictionary = weft_value_dictionary_place(at)};
    space.values = weft_parquet_scratch_values(scratch);
    at = space.values;
    space.indices = (uint32_t *)(void *)(at += align(count * 8));
    space.levels = at += align(count * 4);
    space.page = at + align(count);
    return space;
}

void *weft_parquet_scratch_values(void *scratch) {
    return (uint8_t *)scratch + align(weft_value_dictionary_bytes());
}

/* --- physical values --- */

/* A level a row: 1 where there is a value. Returns how many there are. */
static int64_t find_present(const weft_parquet_slice *slice, uint8_t *levels) {
    int64_t present = 0;
    if (slice->type == WEFT_FLOAT32) {
        for (int64_t i = 0; i < slice->count; i++)
            present += levels[i] = (uint8_t)!isnan(((const float *)slice->values)[i]);
    } else if (slice->type == WEFT_FLOAT64) {
        for (int64_t i = 0; i < slice->count; i++)
            present += levels[i] = (uint8_t)!isnan(((const double *)slice->values)[i]);
    } else {
        for (int64_t i = 0; i < slice->count; i++)
            present += levels[i] = slice->valid == NULL || slice->valid[i] != 0;
    }
    return present;
}

#define PICK(SOURCE, PHYSICAL)                                                                                         \
    {                                                                                                                  \
        const SOURCE *from = slice->values;                                                                            \
        PHYSICAL *to = out;                                                                                            \
        int64_t at = 0;                                                                                                \
        for (int64_t i = 0; i < slice->count; i++) {                                                                   \
            to[at] = (PHYSICAL)from[i];                                                                                \
            at += levels[i];                                                                                           \
        }                                                                                                              \
        break;                                                                                                         \
    }

/* The values that are there, made physical, one after the other. A missing one is written over by the next; `out` has
 * room for `count` values. */
static void pick_present(const weft_parquet_slice *slice, const uint8_t *levels, void *out) {
    switch (slice->type == WEFT_DATE ? WEFT_INT32 : slice->type) {
    case WEFT_INT8:
        PICK(int8_t, int32_t)
    case WEFT_UINT8:
        PICK(uint8_t, int32_t)
    case WEFT_INT16:
        PICK(int16_t, int32_t)
    case WEFT_UINT16:
        PICK(uint16_t, int32_t)
    case WEFT_INT32:
    case WEFT_UINT32:
    case WEFT_FLOAT32:
        PICK(uint32_t, uint32_t)
    case WEFT_INT64:
    case WEFT_UINT64:
    case WEFT_FLOAT64:
        PICK(uint64_t, uint64_t)
    }
}

/* The addresses of the texts that are there. */
static void pick_texts(const weft_parquet_slice *slice, const uint8_t *levels, uint64_t *out) {
    size_t width = weft_data_type_size(slice->type);
    for (int64_t i = 0; i < slice->count; i++)
        if (levels[i]) *out++ = (uint64_t)(uintptr_t)((const char *)slice->values + (size_t)i * width);
}

static bool is_text(const encode_job *job) {
    return weft_data_type_is_text(job->slice->type);
}

static void make_physical(encode_job *job) {
    const weft_parquet_slice *slice = job->slice;
    job->width = weft_parquet_value_bytes(slice->type);
    job->present = find_present(slice, job->space.levels);
    job->values = job->space.values;
    if (is_text(job))
        pick_texts(slice, job->space.levels, job->space.values);
    else if (job->present == slice->count && weft_data_type_size(slice->type) == (size_t)job->width)
        job->values = slice->values;
    else
        pick_present(slice, job->space.levels, job->space.values);
}

/* --- statistics --- */

typedef enum bit_order { ORDER_SIGNED, ORDER_UNSIGNED, ORDER_FLOAT } bit_order;

static bit_order order_of(weft_data_type type) {
    if (weft_data_type_is_float(type)) return ORDER_FLOAT;
    return type == WEFT_UINT8 || type == WEFT_UINT16 || type == WEFT_UINT32 || type == WEFT_UINT64 ? ORDER_UNSIGNED
                                                                                                   : ORDER_SIGNED;
}

/* Keys whose unsigned order is the values' order: a float's bits are those of a signed magnitude. */
static inline uint32_t key_32(uint32_t bits, bit_order order) {
    if (order == ORDER_UNSIGNED) return bits;
    uint32_t flip = order == ORDER_FLOAT && bits >> 31 ? UINT32_MAX : UINT32_C(1) << 31;
    return bits ^ flip;
}

static inline uint64_t key_64(uint64_t bits, bit_order order) {
    if (order == ORDER_UNSIGNED) return bits;
    uint64_t flip = order == ORDER_FLOAT && bits >> 63 ? UINT64_MAX : UINT64_C(1) << 63;
    return bits ^ flip;
}

static inline uint64_t value_of_key(uint64_t key, int width, bit_order order) {
    uint64_t sign = UINT64_C(1) << (8 * width - 1), mask = sign | (sign - 1);
    if (order == ORDER_UNSIGNED) return key;
    if (order == ORDER_FLOAT && (key & sign) == 0) return ~key & mask;
    return key ^ sign;
}

static inline void range_32(const uint32_t *values, int64_t count, bit_order order, uint64_t *min, uint64_t *max) {
    uint32_t low = UINT32_MAX, high = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t key = key_32(values[i], order);
        low = key < low ? key : low;
        high = key > high ? key : high;
    }
    *min = low;
    *max = high;
}

static inline void range_64(const uint64_t *values, int64_t count, bit_order order, uint64_t *min, uint64_t *max) {
    uint64_t low = UINT64_MAX, high = 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t key = key_64(values[i], order);
        low = key < low ? key : low;
        high = key > high ? key : high;
    }
    *min = low;
    *max = high;
}

/* Floats' zeros: a least +0 is written as -0 and a greatest -0 as +0, so that either zero lies within (parquet.thrift,
 * ColumnOrder). */
static void find_range(const encode_job *job) {
    weft_parquet_chunk *chunk = job->chunk;
    bit_order order = order_of(job->slice->type);
    chunk->has_range = job->present > 0 && !is_text(job);
    if (!chunk->has_range) return;
    if (job->width == 4)
        range_32(job->values, job->present, order, &chunk->min, &chunk->max);
    else
        range_64(job->values, job->present, order, &chunk->min, &chunk->max);
    chunk->min = value_of_key(chunk->min, job->width, order);
    chunk->max = value_of_key(chunk->max, job->width, order);
    uint64_t negative_zero = UINT64_C(1) << (8 * job->width - 1);
    if (order == ORDER_FLOAT && chunk->min == 0) chunk->min = negative_zero;
    if (order == ORDER_FLOAT && chunk->max == negative_zero) chunk->max = 0;
}

/* --- pages --- */

static void end_part(page_draft *draft, size_t end) {
    if (end > (draft->parts > 0 ? draft->part_ends[draft->parts - 1] : 0)) draft->part_ends[draft->parts++] = end;
}

/* Compresses after the room for the header, whose length depends on the result, and moves it up to it. */
static weft_status write_page(encode_job *job, bool dictionary, int64_t values, const page_draft *draft,
                              weft_error *err) {
    uint8_t *at = job->out + job->chunk->bytes, header[WEFT_PARQUET_HEADER_BYTES];
    assert(draft->parts > 0); /* a column of rows has levels, values, or both */
    size_t compressed, length = draft->part_ends[draft->parts - 1];
    weft_status status = weft_page_compress(job->compressor, draft->bytes, draft->part_ends, draft->parts,
                                            at + WEFT_PARQUET_HEADER_BYTES, &compressed, err);
    if (status != WEFT_OK) return status;
    size_t header_length = weft_parquet_page_header(dictionary ? WEFT_PARQUET_DICTIONARY_PAGE : WEFT_PARQUET_DATA_PAGE,
                                                    dictionary ? WEFT_PARQUET_PLAIN : job->chunk->encoding, values,
                                                    length, at + WEFT_PARQUET_HEADER_BYTES, compressed, header);
    memcpy(at, header, header_length);
    memmove(at + header_length, at + WEFT_PARQUET_HEADER_BYTES, compressed);
    job->chunk->bytes += (int64_t)(header_length + compressed);
    job->chunk->uncompressed_bytes += (int64_t)(header_length + length);
    return WEFT_OK;
}

/* Texts as PLAIN has them, each after its length. Returns the bytes written; out NULL: only counted. */
static size_t put_texts(const encode_job *job, const uint64_t *texts, int64_t count, uint8_t *out) {
    size_t width = weft_data_type_size(job->slice->type), at = 0;
    for (int64_t i = 0; i < count; i++) {
        const char *text = (const char *)(uintptr_t)texts[i];
        uint32_t length = (uint32_t)weft_text_value_length(text, width);
        if (out != NULL) memcpy(out + at, &length, TEXT_LENGTH);
        if (out != NULL) memcpy(out + at + TEXT_LENGTH, text, length);
        at += TEXT_LENGTH + length;
    }
    return at;
}

static size_t put_dictionary(const encode_job *job, uint8_t *out) {
    const weft_value_dictionary *dictionary = &job->space.dictionary;
    if (is_text(job)) return put_texts(job, dictionary->values, dictionary->count, out);
    for (int64_t i = 0; i < dictionary->count; i++)
        memcpy(out + i * job->width, &dictionary->values[i], (size_t)job->width);
    return (size_t)(dictionary->count * job->width);
}

static weft_status write_dictionary_page(encode_job *job, weft_error *err) {
    const weft_value_dictionary *dictionary = &job->space.dictionary;
    page_draft draft = {.bytes = job->space.page};
    end_part(&draft, put_dictionary(job, draft.bytes));
    weft_status status = write_page(job, true, dictionary->count, &draft, err);
    job->chunk->dictionary_bytes = job->chunk->bytes;
    return status;
}

/* Whether the values go by their numbers in a dictionary, which then stand in the scratch. */
static bool make_dictionary(encode_job *job) {
    scratch_space *space = &job->space;
    int64_t limit = job->present / 4 < WEFT_DICTIONARY_MAX ? job->present / 4 : WEFT_DICTIONARY_MAX;
    if (limit == 0) limit = job->present;
    bool fits =
        is_text(job)
            ? weft_value_dictionary_index_texts(&space->dictionary, job->values, weft_data_type_size(job->slice->type),
                                                job->present, limit, space->indices)
        : job->width == 4
            ? weft_value_dictionary_index_32(&space->dictionary, job->values, job->present, limit, space->indices)
            : weft_value_dictionary_index_64(&space->dictionary, job->values, job->present, limit, space->indices);
    if (!fits || job->present == 0) return false;
    int64_t count = space->dictionary.count, bits = weft_bit_width((uint64_t)count - 1);
    double entries = (double)(count * job->width), plain = (double)(job->present * job->width);
    if (is_text(job)) {
        entries = (double)put_texts(job, space->dictionary.values, count, NULL);
        plain = (double)put_texts(job, job->values, job->present, NULL);
    }
    return entries + (double)(job->present * bits) / 8 <= DICTIONARY_SHARE * plain;
}

static size_t put_levels(const encode_job *job, uint8_t *out) {
    if (job->slice->required) return 0;
    uint32_t length = (uint32_t)weft_rle_encode_levels(job->space.levels, job->slice->count, out + LEVEL_LENGTH);
    memcpy(out, &length, LEVEL_LENGTH);
    return LEVEL_LENGTH + length;
}

static void put_indices(const encode_job *job, page_draft *draft, size_t at) {
    int bits = weft_bit_width((uint64_t)job->space.dictionary.count - 1);
    if (bits == 0) bits = 1;
    draft->bytes[at++] = (uint8_t)bits;
    end_part(draft, at + weft_rle_encode(job->space.indices, job->present, bits, draft->bytes + at));
}

static void put_streams(const encode_job *job, page_draft *draft, size_t at) {
    if (job->width == 4)
        weft_split_streams_32(job->values, job->present, draft->bytes + at);
    else
        weft_split_streams_64(job->values, job->present, draft->bytes + at);
    for (int stream = 1; stream <= job->width; stream++)
        end_part(draft, at + (size_t)(stream * job->present));
}

static void put_deltas(const encode_job *job, page_draft *draft, size_t at) {
    uint8_t *out = draft->bytes + at;
    end_part(draft, at + (job->width == 4 ? weft_delta_encode_32(job->values, job->present, out)
                                          : weft_delta_encode_64(job->values, job->present, out)));
}

static weft_status write_data_page(encode_job *job, weft_error *err) {
    page_draft draft = {.bytes = job->space.page};
    size_t at = put_levels(job, draft.bytes);
    end_part(&draft, at);
    if (job->chunk->encoding == WEFT_PARQUET_DICTIONARY)
        put_indices(job, &draft, at);
    else if (job->chunk->encoding == WEFT_PARQUET_SPLIT)
        put_streams(job, &draft, at);
    else if (job->chunk->encoding == WEFT_PARQUET_DELTA)
        put_deltas(job, &draft, at);
    else if (is_text(job))
        end_part(&draft, at + put_texts(job, job->values, job->present, draft.bytes + at));
    return write_page(job, false, job->slice->count, &draft, err);
}

weft_status weft_parquet_encode(const weft_parquet_slice *slice, weft_page_compressor *compressor, void *scratch,
                                uint8_t *out, weft_parquet_chunk *chunk, weft_error *err) {
    encode_job job = {
        .slice = slice, .compressor = compressor, .space = place(scratch, slice->count), .out = out, .chunk = chunk};
    *chunk = (weft_parquet_chunk){.count = slice->count};
    make_physical(&job);
    chunk->null_count = slice->count - job.present;
    find_range(&job);
    weft_status status = WEFT_OK;
    if (make_dictionary(&job)) {
        chunk->encoding = WEFT_PARQUET_DICTIONARY;
        status = write_dictionary_page(&job, err);
    } else if (job.present == 0 || is_text(&job)) {
        chunk->encoding = WEFT_PARQUET_PLAIN;
    } else {
        chunk->encoding = weft_data_type_is_float(slice->type) ? WEFT_PARQUET_SPLIT : WEFT_PARQUET_DELTA;
    }
    return status == WEFT_OK ? write_data_page(&job, err) : status;
}
