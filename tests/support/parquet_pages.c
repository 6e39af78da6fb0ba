/* SPDX-License-Identifier: MIT
 *
 * A column chunk is a dictionary page, where it has one, and one data page. A page's bytes are decompressed, and their
 * encoding gives the bits of the values. */
#include "support/parquet_pages.h"

#include "support/cmocka_all.h"
#include "support/thrift_reader.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* --- decoders --- */

static uint64_t bits_at(const uint8_t *in, int64_t first_bit, int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++) {
        int64_t bit = first_bit + i;
        value |= (uint64_t)(in[bit / 8] >> (bit % 8) & 1) << i;
    }
    return value;
}

size_t parquet_decode_hybrid(const uint8_t *bytes, size_t length, int bit_width, int64_t count, uint32_t *out) {
    thrift_cursor in = {bytes, bytes + length};
    for (int64_t at = 0; at < count;) {
        uint64_t header = thrift_varint(&in);
        int64_t run = (int64_t)(header >> 1);
        assert_true(run > 0);
        if (header & 1) {
            const uint8_t *packed = thrift_take(&in, (size_t)(run * bit_width));
            for (int64_t i = 0; i < run * 8 && at < count; i++)
                out[at++] = (uint32_t)bits_at(packed, i * bit_width, bit_width);
        } else {
            uint32_t value = (uint32_t)thrift_little_endian(&in, (bit_width + 7) / 8);
            assert_true(at + run <= count);
            for (int64_t i = 0; i < run; i++)
                out[at++] = value;
        }
    }
    return (size_t)(in.at - bytes);
}

size_t parquet_decode_delta(const uint8_t *bytes, size_t length, int value_bytes, int64_t count, uint64_t *out) {
    thrift_cursor in = {bytes, bytes + length};
    uint64_t mask = value_bytes == 4 ? UINT32_MAX : UINT64_MAX;
    int64_t block = (int64_t)thrift_varint(&in), minis = (int64_t)thrift_varint(&in);
    assert_true(block % 128 == 0 && block / minis % 32 == 0);
    assert_int_equal(thrift_varint(&in), count);
    uint64_t value = (uint64_t)thrift_zigzag(&in);
    if (count > 0) out[0] = value & mask;
    for (int64_t at = 1; at < count;) {
        uint64_t min = (uint64_t)thrift_zigzag(&in);
        const uint8_t *widths = thrift_take(&in, (size_t)minis);
        for (int64_t mini = 0; mini < minis && at < count; mini++) {
            const uint8_t *packed = thrift_take(&in, (size_t)(block / minis * widths[mini] / 8));
            for (int64_t i = 0; i < block / minis && at < count; i++) {
                value += min + bits_at(packed, i * widths[mini], widths[mini]);
                out[at++] = value & mask;
            }
        }
    }
    return (size_t)(in.at - bytes);
}

static uint8_t *decompress(int codec, const uint8_t *bytes, size_t length, size_t plain_length) {
    uint8_t *plain = malloc(plain_length + 1);
    assert_non_null(plain);
    if (codec == 0) {
        assert_int_equal(length, plain_length);
        memcpy(plain, bytes, length);
    } else if (codec == 2) {
        z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes,
                           .avail_in = (uInt)length,
                           .next_out = plain,
                           .avail_out = (uInt)plain_length + 1};
        assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
        assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
        assert_int_equal(stream.total_out, plain_length);
        assert_int_equal(stream.avail_in, 0);
        inflateEnd(&stream);
    } else {
        assert_int_equal(codec, 6);
        assert_int_equal(ZSTD_decompress(plain, plain_length, bytes, length), plain_length);
    }
    return plain;
}

/* --- pages --- */

typedef struct page_header {
    int type, values, encoding;
    int64_t plain_bytes, bytes;
    bool has_crc;
    uint32_t crc;
} page_header;

static void take_page_details(thrift_cursor *in, page_header *out) {
    for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id)) {
        if (f.id == 1)
            out->values = (int)thrift_zigzag(in);
        else if (f.id == 2)
            out->encoding = (int)thrift_zigzag(in);
        else
            thrift_pass_over(in, f.type);
    }
}

static page_header take_page_header(thrift_cursor *in) {
    page_header out = {0};
    for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id)) {
        if (f.id == 1)
            out.type = (int)thrift_zigzag(in);
        else if (f.id == 2)
            out.plain_bytes = thrift_zigzag(in);
        else if (f.id == 3)
            out.bytes = thrift_zigzag(in);
        else if (f.id == 4) {
            out.has_crc = true;
            out.crc = (uint32_t)thrift_zigzag(in);
        } else if (f.id == 5 || f.id == 7)
            take_page_details(in, &out);
        else
            thrift_pass_over(in, f.type);
    }
    return out;
}

/* A page's header and its bytes decompressed, freed by the caller. */
static uint8_t *take_page(thrift_cursor *in, int codec, page_header *header) {
    *header = take_page_header(in);
    const uint8_t *bytes = thrift_take(in, (size_t)header->bytes);
    assert_true(header->has_crc);
    assert_int_equal(header->crc, crc32(0, bytes, (uInt)header->bytes));
    return decompress(codec, bytes, (size_t)header->bytes, (size_t)header->plain_bytes);
}

/* PLAIN values; texts are put by in the column, and go by their numbers. */
static uint64_t take_plain(thrift_cursor *in, int width, parquet_column *column) {
    if (column->physical != 6) return thrift_little_endian(in, width);
    size_t length = (size_t)thrift_little_endian(in, 4);
    char *text = calloc(length + 1, 1);
    column->texts = realloc(column->texts, (size_t)(column->text_count + 1) * sizeof *column->texts);
    column->lengths = realloc(column->lengths, (size_t)(column->text_count + 1) * sizeof *column->lengths);
    assert_true(text != NULL && column->texts != NULL && column->lengths != NULL);
    column->lengths[column->text_count] = length;
    memcpy(text, thrift_take(in, length), length);
    column->texts[column->text_count] = text;
    return (uint64_t)column->text_count++;
}

static void decode_values(thrift_cursor *in, int encoding, int width, parquet_column *column, int64_t count,
                          const uint64_t *dictionary, uint64_t *out) {
    if (encoding == 8) {
        uint32_t *indices = calloc((size_t)count + 1, sizeof *indices);
        assert_non_null(indices);
        int bit_width = *thrift_take(in, 1);
        (void)thrift_take(in, parquet_decode_hybrid(in->at, (size_t)(in->end - in->at), bit_width, count, indices));
        for (int64_t i = 0; i < count; i++)
            out[i] = dictionary[indices[i]];
        free(indices);
    } else if (encoding == 9) {
        const uint8_t *streams = thrift_take(in, (size_t)(count * width));
        for (int64_t i = 0; i < count * width; i++)
            out[i % count] |= (uint64_t)streams[i] << (8 * (i / count));
    } else if (encoding == 5) {
        (void)thrift_take(in, parquet_decode_delta(in->at, (size_t)(in->end - in->at), width, count, out));
    } else {
        assert_int_equal(encoding, 0);
        for (int64_t i = 0; i < count; i++)
            out[i] = take_plain(in, width, column);
    }
    assert_ptr_equal(in->at, in->end);
}

static void decode_data_page(const uint8_t *page, const page_header *header, parquet_column *column,
                             const uint64_t *dictionary, int64_t first_row) {
    thrift_cursor in = {page, page + header->plain_bytes};
    int64_t rows = header->values, present = 0;
    uint32_t *levels = calloc((size_t)rows + 1, sizeof *levels);
    uint64_t *values = calloc((size_t)rows + 1, sizeof *values);
    assert_true(levels != NULL && values != NULL);
    if (column->repetition == 1) {
        size_t length = (size_t)thrift_little_endian(&in, 4);
        assert_int_equal(parquet_decode_hybrid(thrift_take(&in, length), length, 1, rows, levels), length);
    }
    for (int64_t i = 0; i < rows; i++)
        present += column->present[first_row + i] = column->repetition == 0 || levels[i] == 1;
    decode_values(&in, header->encoding, column->physical == 2 || column->physical == 5 ? 8 : 4, column, present,
                  dictionary, values);
    for (int64_t i = 0, at = 0; i < rows; i++)
        column->bits[first_row + i] = column->present[first_row + i] ? values[at++] : 0;
    free(levels);
    free(values);
}

void parquet_decode_chunk(const uint8_t *file, parquet_chunk *chunk, parquet_column *column, int64_t first_row) {
    thrift_cursor in = {file + chunk->file_offset, file + chunk->file_offset + chunk->compressed_bytes};
    page_header header;
    uint64_t *dictionary = NULL;
    int width = column->physical == 2 || column->physical == 5 ? 8 : 4;
    const uint8_t *begin = in.at;
    int64_t plain_bytes = 0;
    uint8_t *page = take_page(&in, chunk->codec, &header);
    if (chunk->has_dictionary) {
        assert_int_equal(header.type, 2);
        dictionary = calloc((size_t)header.values, sizeof *dictionary);
        assert_non_null(dictionary);
        thrift_cursor values = {page, page + header.plain_bytes};
        for (int i = 0; i < header.values; i++)
            dictionary[i] = take_plain(&values, width, column);
        assert_ptr_equal(values.at, values.end);
        plain_bytes += in.at - begin - header.bytes + header.plain_bytes;
        begin = in.at;
        free(page);
        page = take_page(&in, chunk->codec, &header);
    }
    int64_t rows = 0;
    for (;;) {
        assert_int_equal(header.type, 0);
        assert_true(rows + header.values <= chunk->values);
        plain_bytes += in.at - begin - header.bytes + header.plain_bytes;
        chunk->data_encoding = header.encoding;
        decode_data_page(page, &header, column, dictionary, first_row + rows);
        free(page);
        rows += header.values;
        chunk->pages++;
        if (in.at == in.end) break;
        begin = in.at;
        page = take_page(&in, chunk->codec, &header);
    }
    assert_int_equal(plain_bytes, chunk->uncompressed_bytes);
    assert_int_equal(rows, chunk->values);
    free(dictionary);
}
