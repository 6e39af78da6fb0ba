/* SPDX-License-Identifier: MIT
 *
 * Thrift structs are walked field by field; what is not looked for is passed over by its type. */
#include "support/parquet_reader.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* --- bytes --- */

typedef struct cursor {
    const uint8_t *at, *end;
} cursor;

static const uint8_t *take(cursor *in, size_t length) {
    const uint8_t *at = in->at;
    if ((size_t)(in->end - in->at) < length) fail_msg("%zu bytes are wanted, %td are there", length, in->end - in->at);
    in->at += length;
    return at;
}

static uint64_t take_varint(cursor *in) {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *take(in, 1);
        assert_true(shift < 64);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}

static int64_t take_zigzag(cursor *in) {
    uint64_t value = take_varint(in);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static uint64_t take_little_endian(cursor *in, int bytes) {
    const uint8_t *at = take(in, (size_t)bytes);
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

/* --- Thrift's compact protocol --- */

typedef struct field {
    int id, type; /* type 0: the struct's end */
} field;

static field next_field(cursor *in, int last) {
    uint8_t byte = *take(in, 1);
    if (byte == 0) return (field){0, 0};
    int step = byte >> 4;
    return (field){step > 0 ? last + step : (int)take_zigzag(in), byte & 15};
}

static int64_t take_list(cursor *in, int *type) {
    uint8_t byte = *take(in, 1);
    *type = byte & 15;
    return byte >> 4 == 15 ? (int64_t)take_varint(in) : byte >> 4;
}

static void pass_over(cursor *in, int type) {
    switch (type) {
    case 1:
    case 2:
        return;
    case 3:
        (void)take(in, 1);
        return;
    case 4:
    case 5:
    case 6:
        (void)take_varint(in);
        return;
    case 8:
        (void)take(in, (size_t)take_varint(in));
        return;
    case 9: {
        int element;
        for (int64_t left = take_list(in, &element); left > 0; left--)
            pass_over(in, element);
        return;
    }
    case 12:
        for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id))
            pass_over(in, f.type);
        return;
    default:
        fail_msg("Thrift type %d is not known", type);
    }
}

static char *take_text(cursor *in) {
    size_t length = (size_t)take_varint(in);
    char *text = calloc(1, length + 1);
    assert_non_null(text);
    memcpy(text, take(in, length), length);
    return text;
}

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
    cursor in = {bytes, bytes + length};
    for (int64_t at = 0; at < count;) {
        uint64_t header = take_varint(&in);
        int64_t run = (int64_t)(header >> 1);
        assert_true(run > 0);
        if (header & 1) {
            const uint8_t *packed = take(&in, (size_t)(run * bit_width));
            for (int64_t i = 0; i < run * 8 && at < count; i++)
                out[at++] = (uint32_t)bits_at(packed, i * bit_width, bit_width);
        } else {
            uint32_t value = (uint32_t)take_little_endian(&in, (bit_width + 7) / 8);
            assert_true(at + run <= count);
            for (int64_t i = 0; i < run; i++)
                out[at++] = value;
        }
    }
    return (size_t)(in.at - bytes);
}

size_t parquet_decode_delta(const uint8_t *bytes, size_t length, int value_bytes, int64_t count, uint64_t *out) {
    cursor in = {bytes, bytes + length};
    uint64_t mask = value_bytes == 4 ? UINT32_MAX : UINT64_MAX;
    int64_t block = (int64_t)take_varint(&in), minis = (int64_t)take_varint(&in);
    assert_true(block % 128 == 0 && block / minis % 32 == 0);
    assert_int_equal(take_varint(&in), count);
    uint64_t value = (uint64_t)take_zigzag(&in);
    if (count > 0) out[0] = value & mask;
    for (int64_t at = 1; at < count;) {
        uint64_t least = (uint64_t)take_zigzag(&in);
        const uint8_t *widths = take(&in, (size_t)minis);
        for (int64_t mini = 0; mini < minis && at < count; mini++) {
            const uint8_t *packed = take(&in, (size_t)(block / minis * widths[mini] / 8));
            for (int64_t i = 0; i < block / minis && at < count; i++) {
                value += least + bits_at(packed, i * widths[mini], widths[mini]);
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

static void take_page_details(cursor *in, page_header *out) {
    for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id)) {
        if (f.id == 1)
            out->values = (int)take_zigzag(in);
        else if (f.id == 2)
            out->encoding = (int)take_zigzag(in);
        else
            pass_over(in, f.type);
    }
}

static page_header take_page_header(cursor *in) {
    page_header out = {0};
    for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id)) {
        if (f.id == 1)
            out.type = (int)take_zigzag(in);
        else if (f.id == 2)
            out.plain_bytes = take_zigzag(in);
        else if (f.id == 3)
            out.bytes = take_zigzag(in);
        else if (f.id == 4) {
            out.has_crc = true;
            out.crc = (uint32_t)take_zigzag(in);
        } else if (f.id == 5 || f.id == 7)
            take_page_details(in, &out);
        else
            pass_over(in, f.type);
    }
    return out;
}

/* A page's header and its bytes decompressed, freed by the caller. */
static uint8_t *take_page(cursor *in, int codec, page_header *header) {
    *header = take_page_header(in);
    const uint8_t *bytes = take(in, (size_t)header->bytes);
    assert_true(header->has_crc);
    assert_int_equal(header->crc, crc32(0, bytes, (uInt)header->bytes));
    return decompress(codec, bytes, (size_t)header->bytes, (size_t)header->plain_bytes);
}

static void decode_values(cursor *in, int encoding, int width, int64_t count, const uint64_t *dictionary,
                          uint64_t *out) {
    if (encoding == 8) {
        uint32_t *indices = calloc((size_t)count + 1, sizeof *indices);
        assert_non_null(indices);
        int bit_width = *take(in, 1);
        (void)take(in, parquet_decode_hybrid(in->at, (size_t)(in->end - in->at), bit_width, count, indices));
        for (int64_t i = 0; i < count; i++)
            out[i] = dictionary[indices[i]];
        free(indices);
    } else if (encoding == 9) {
        const uint8_t *streams = take(in, (size_t)(count * width));
        for (int64_t i = 0; i < count * width; i++)
            out[i % count] |= (uint64_t)streams[i] << (8 * (i / count));
    } else if (encoding == 5) {
        (void)take(in, parquet_decode_delta(in->at, (size_t)(in->end - in->at), width, count, out));
    } else {
        assert_int_equal(encoding, 0);
        for (int64_t i = 0; i < count; i++)
            out[i] = take_little_endian(in, width);
    }
    assert_ptr_equal(in->at, in->end);
}

static void decode_data_page(const uint8_t *page, const page_header *header, parquet_column *column,
                             const uint64_t *dictionary, int64_t first_row) {
    cursor in = {page, page + header->plain_bytes};
    int64_t rows = header->values, present = 0;
    uint32_t *levels = calloc((size_t)rows + 1, sizeof *levels);
    uint64_t *values = calloc((size_t)rows + 1, sizeof *values);
    assert_true(levels != NULL && values != NULL);
    if (column->repetition == 1) {
        size_t length = (size_t)take_little_endian(&in, 4);
        assert_int_equal(parquet_decode_hybrid(take(&in, length), length, 1, rows, levels), length);
    }
    for (int64_t i = 0; i < rows; i++)
        present += column->present[first_row + i] = column->repetition == 0 || levels[i] == 1;
    decode_values(&in, header->encoding, column->physical == 2 || column->physical == 5 ? 8 : 4, present, dictionary,
                  values);
    for (int64_t i = 0, at = 0; i < rows; i++)
        column->bits[first_row + i] = column->present[first_row + i] ? values[at++] : 0;
    free(levels);
    free(values);
}

static void decode_chunk(const uint8_t *file, parquet_chunk *chunk, parquet_column *column, int64_t first_row) {
    cursor in = {file + chunk->file_offset, file + chunk->file_offset + chunk->compressed_bytes};
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
        cursor values = {page, page + header.plain_bytes};
        for (int i = 0; i < header.values; i++)
            dictionary[i] = take_little_endian(&values, width);
        assert_ptr_equal(values.at, values.end);
        plain_bytes += in.at - begin - header.bytes + header.plain_bytes;
        begin = in.at;
        free(page);
        page = take_page(&in, chunk->codec, &header);
    }
    assert_int_equal(header.type, 0);
    assert_int_equal(header.values, chunk->values);
    plain_bytes += in.at - begin - header.bytes + header.plain_bytes;
    assert_int_equal(plain_bytes, chunk->uncompressed_bytes);
    chunk->data_encoding = header.encoding;
    decode_data_page(page, &header, column, dictionary, first_row);
    assert_ptr_equal(in.at, in.end);
    free(page);
    free(dictionary);
}

/* --- the footer --- */

static void take_logical_type(cursor *in, parquet_column *out) {
    for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id)) {
        if (f.id != 10) {
            pass_over(in, f.type);
            continue;
        }
        for (field g = next_field(in, 0); g.type != 0; g = next_field(in, g.id)) {
            if (g.id == 1)
                out->logical_bits = *take(in, 1);
            else
                out->logical_signed = g.type == 1;
        }
    }
}

static parquet_column take_schema_element(cursor *in) {
    parquet_column out = {.physical = -1, .repetition = -1, .converted = -1, .logical_bits = -1, .logical_signed = -1};
    for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id)) {
        if (f.id == 1)
            out.physical = (int)take_zigzag(in);
        else if (f.id == 3)
            out.repetition = (int)take_zigzag(in);
        else if (f.id == 4)
            out.name = take_text(in);
        else if (f.id == 6)
            out.converted = (int)take_zigzag(in);
        else if (f.id == 10)
            take_logical_type(in, &out);
        else
            pass_over(in, f.type);
    }
    return out;
}

static void take_statistics(cursor *in, parquet_chunk *out) {
    for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id)) {
        if (f.id == 3) {
            out->null_count = take_zigzag(in);
        } else if (f.id == 5 || f.id == 6) {
            uint64_t value = take_little_endian(in, (int)take_varint(in));
            *(f.id == 5 ? &out->greatest : &out->least) = value;
            out->has_range = true;
        } else {
            pass_over(in, f.type);
        }
    }
}

static parquet_chunk take_column_metadata(cursor *in) {
    parquet_chunk out = {0};
    int64_t data_offset = 0, dictionary_offset = 0;
    for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id)) {
        if (f.id == 4)
            out.codec = (int)take_zigzag(in);
        else if (f.id == 5)
            out.values = take_zigzag(in);
        else if (f.id == 6)
            out.uncompressed_bytes = take_zigzag(in);
        else if (f.id == 7)
            out.compressed_bytes = take_zigzag(in);
        else if (f.id == 9)
            data_offset = take_zigzag(in);
        else if (f.id == 11)
            dictionary_offset = take_zigzag(in);
        else if (f.id == 12)
            take_statistics(in, &out);
        else
            pass_over(in, f.type);
    }
    out.has_dictionary = dictionary_offset > 0;
    out.file_offset = out.has_dictionary ? dictionary_offset : data_offset;
    return out;
}

static parquet_chunk take_column_chunk(cursor *in) {
    parquet_chunk out = {0};
    for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id)) {
        if (f.id == 3)
            out = take_column_metadata(in);
        else
            pass_over(in, f.type);
    }
    return out;
}

static parquet_group take_row_group(cursor *in, int columns) {
    parquet_group out = {.chunks = calloc((size_t)columns, sizeof *out.chunks)};
    assert_non_null(out.chunks);
    for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id)) {
        int type;
        if (f.id == 1) {
            assert_int_equal(take_list(in, &type), columns);
            for (int i = 0; i < columns; i++)
                out.chunks[i] = take_column_chunk(in);
        } else if (f.id == 3) {
            out.rows = take_zigzag(in);
        } else {
            pass_over(in, f.type);
        }
    }
    return out;
}

static void take_schema(cursor *in, parquet_file *out) {
    int type;
    out->columns = (int)take_list(in, &type) - 1;
    out->column = calloc((size_t)out->columns + 1, sizeof *out->column);
    assert_non_null(out->column);
    free(take_schema_element(in).name);
    for (int i = 0; i < out->columns; i++)
        out->column[i] = take_schema_element(in);
}

static void take_pairs(cursor *in, parquet_file *out) {
    int type;
    out->pairs = (int)take_list(in, &type);
    out->keys = calloc((size_t)out->pairs + 1, sizeof *out->keys);
    out->values = calloc((size_t)out->pairs + 1, sizeof *out->values);
    assert_true(out->keys != NULL && out->values != NULL);
    for (int i = 0; i < out->pairs; i++)
        for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id))
            *(f.id == 1 ? &out->keys[i] : &out->values[i]) = take_text(in);
}

static parquet_file take_footer(cursor *in) {
    parquet_file out = {0};
    int type;
    for (field f = next_field(in, 0); f.type != 0; f = next_field(in, f.id)) {
        if (f.id == 1) {
            out.version = (int)take_zigzag(in);
        } else if (f.id == 2) {
            take_schema(in, &out);
        } else if (f.id == 3) {
            out.rows = take_zigzag(in);
        } else if (f.id == 4) {
            out.groups = take_list(in, &type);
            out.group = calloc((size_t)out.groups + 1, sizeof *out.group);
            assert_non_null(out.group);
            for (int64_t i = 0; i < out.groups; i++)
                out.group[i] = take_row_group(in, out.columns);
        } else if (f.id == 5) {
            take_pairs(in, &out);
        } else if (f.id == 6) {
            out.created_by = take_text(in);
        } else if (f.id == 7) {
            out.column_orders = (int)take_list(in, &type);
            for (int i = 0; i < out.column_orders; i++)
                pass_over(in, type);
        } else {
            pass_over(in, f.type);
        }
    }
    assert_ptr_equal(in->at, in->end);
    return out;
}

/* --- the whole --- */

static double number_of(const parquet_column *column, uint64_t bits) {
    float single;
    double number;
    uint32_t low = (uint32_t)bits;
    switch (column->physical) {
    case 4:
        memcpy(&single, &low, sizeof single);
        return single;
    case 5:
        memcpy(&number, &bits, sizeof number);
        return number;
    case 1:
        return column->logical_signed == 0 ? (double)low : (double)(int32_t)low;
    default:
        return column->logical_signed == 0 ? (double)bits : (double)(int64_t)bits;
    }
}

static void check_statistics(const parquet_column *column, const parquet_chunk *chunk, int64_t first_row) {
    double least = INFINITY, greatest = -INFINITY;
    int64_t nulls = 0;
    for (int64_t i = first_row; i < first_row + chunk->values; i++) {
        nulls += !column->present[i];
        if (!column->present[i]) continue;
        least = fmin(least, number_of(column, column->bits[i]));
        greatest = fmax(greatest, number_of(column, column->bits[i]));
    }
    assert_int_equal(chunk->null_count, nulls);
    assert_int_equal(chunk->has_range, nulls < chunk->values);
    if (!chunk->has_range) return;
    assert_true(number_of(column, chunk->least) == least);
    assert_true(number_of(column, chunk->greatest) == greatest);
}

static void read_groups(parquet_file *self, const uint8_t *bytes, int64_t footer_offset) {
    int64_t first_row = 0, offset = 4;
    for (int64_t g = 0; g < self->groups; g++) {
        for (int i = 0; i < self->columns; i++) {
            parquet_chunk *chunk = &self->group[g].chunks[i];
            assert_int_equal(chunk->file_offset, offset);
            assert_int_equal(chunk->values, self->group[g].rows);
            offset += chunk->compressed_bytes;
            assert_true(offset <= footer_offset && first_row + chunk->values <= self->rows);
            decode_chunk(bytes, chunk, &self->column[i], first_row);
            check_statistics(&self->column[i], chunk, first_row);
        }
        first_row += self->group[g].rows;
    }
    assert_int_equal(first_row, self->rows);
    assert_int_equal(offset, footer_offset);
}

parquet_file parquet_read(const char *path) {
    size_t length;
    char *text = sandbox_read(path, &length);
    const uint8_t *bytes = (const uint8_t *)text;
    assert_true(length >= 12);
    assert_memory_equal(bytes, "PAR1", 4);
    assert_memory_equal(bytes + length - 4, "PAR1", 4);
    cursor trailer = {bytes + length - 8, bytes + length};
    size_t footer_length = (size_t)take_little_endian(&trailer, 4);
    assert_true(footer_length <= length - 12);
    cursor in = {bytes + length - 8 - footer_length, bytes + length - 8};
    int64_t footer_offset = in.at - bytes;
    parquet_file self = take_footer(&in);
    assert_int_equal(self.column_orders, self.columns);
    for (int i = 0; i < self.columns; i++) {
        self.column[i].present = calloc((size_t)self.rows + 1, sizeof *self.column[i].present);
        self.column[i].bits = calloc((size_t)self.rows + 1, sizeof *self.column[i].bits);
        assert_true(self.column[i].present != NULL && self.column[i].bits != NULL);
    }
    read_groups(&self, bytes, footer_offset);
    free(text);
    return self;
}

void parquet_free(parquet_file *self) {
    for (int i = 0; i < self->columns; i++) {
        free(self->column[i].name);
        free(self->column[i].present);
        free(self->column[i].bits);
    }
    for (int64_t g = 0; g < self->groups; g++)
        free(self->group[g].chunks);
    for (int i = 0; i < self->pairs; i++) {
        free(self->keys[i]);
        free(self->values[i]);
    }
    free(self->keys);
    free(self->values);
    free(self->created_by);
    free(self->column);
    free(self->group);
    *self = (parquet_file){0};
}

int parquet_find(const parquet_file *self, const char *name) {
    for (int i = 0; i < self->columns; i++)
        if (strcmp(self->column[i].name, name) == 0) return i;
    fail_msg("there is no column %s", name);
    return -1;
}

double parquet_number(const parquet_file *self, int column, int64_t row) {
    if (!self->column[column].present[row]) return NAN;
    return number_of(&self->column[column], self->column[column].bits[row]);
}

const char *parquet_metadata(const parquet_file *self, const char *key) {
    for (int i = 0; i < self->pairs; i++)
        if (strcmp(self->keys[i], key) == 0) return self->values[i];
    return NULL;
}
