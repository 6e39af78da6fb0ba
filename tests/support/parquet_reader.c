/* SPDX-License-Identifier: MIT
 *
 * The footer tells where the column chunks are; they are decoded one after the other, as they lie in the file. */
#include "support/parquet_reader.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"
#include "support/thrift_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the footer --- */

static void take_logical_type(thrift_cursor *in, parquet_column *out) {
    for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id)) {
        if (f.id != 10) {
            thrift_pass_over(in, f.type);
            continue;
        }
        for (thrift_field g = thrift_next(in, 0); g.type != 0; g = thrift_next(in, g.id)) {
            if (g.id == 1)
                out->logical_bits = *thrift_take(in, 1);
            else
                out->logical_signed = g.type == 1;
        }
    }
}

/* *children: 0 where it is a column. */
static parquet_column take_schema_element(thrift_cursor *in, int *children) {
    parquet_column out = {.physical = -1, .repetition = -1, .converted = -1, .logical_bits = -1, .logical_signed = -1};
    *children = 0;
    for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id)) {
        if (f.id == 1)
            out.physical = (int)thrift_zigzag(in);
        else if (f.id == 3)
            out.repetition = (int)thrift_zigzag(in);
        else if (f.id == 4)
            out.name = thrift_text(in);
        else if (f.id == 5)
            *children = (int)thrift_zigzag(in);
        else if (f.id == 6)
            out.converted = (int)thrift_zigzag(in);
        else if (f.id == 10)
            take_logical_type(in, &out);
        else
            thrift_pass_over(in, f.type);
    }
    return out;
}

static void take_statistics(thrift_cursor *in, parquet_chunk *out) {
    for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id)) {
        if (f.id == 3) {
            out->null_count = thrift_zigzag(in);
        } else if (f.id == 5 || f.id == 6) {
            uint64_t value = thrift_little_endian(in, (int)thrift_varint(in));
            *(f.id == 5 ? &out->max : &out->min) = value;
            out->has_range = true;
        } else {
            thrift_pass_over(in, f.type);
        }
    }
}

static parquet_chunk take_column_metadata(thrift_cursor *in) {
    parquet_chunk out = {0};
    int64_t data_offset = 0, dictionary_offset = 0;
    for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id)) {
        if (f.id == 4)
            out.codec = (int)thrift_zigzag(in);
        else if (f.id == 5)
            out.values = thrift_zigzag(in);
        else if (f.id == 6)
            out.uncompressed_bytes = thrift_zigzag(in);
        else if (f.id == 7)
            out.compressed_bytes = thrift_zigzag(in);
        else if (f.id == 9)
            data_offset = thrift_zigzag(in);
        else if (f.id == 11)
            dictionary_offset = thrift_zigzag(in);
        else if (f.id == 12)
            take_statistics(in, &out);
        else
            thrift_pass_over(in, f.type);
    }
    out.has_dictionary = dictionary_offset > 0;
    out.file_offset = out.has_dictionary ? dictionary_offset : data_offset;
    return out;
}

static parquet_chunk take_column_chunk(thrift_cursor *in) {
    parquet_chunk out = {0};
    for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id)) {
        if (f.id == 3)
            out = take_column_metadata(in);
        else
            thrift_pass_over(in, f.type);
    }
    return out;
}

static parquet_group take_row_group(thrift_cursor *in, int columns) {
    parquet_group out = {.chunks = calloc((size_t)columns, sizeof *out.chunks)};
    assert_non_null(out.chunks);
    for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id)) {
        int type;
        if (f.id == 1) {
            assert_int_equal(thrift_list(in, &type), columns);
            for (int i = 0; i < columns; i++)
                out.chunks[i] = take_column_chunk(in);
        } else if (f.id == 3) {
            out.rows = thrift_zigzag(in);
        } else {
            thrift_pass_over(in, f.type);
        }
    }
    return out;
}

/* Of an optional group: its columns are required, and so there where it is. Their names: "bbox.xmin". */
static void take_group(thrift_cursor *in, parquet_file *out, parquet_column *group, int children) {
    assert_int_equal(group->repetition, 1);
    for (int i = 0; i < children; i++) {
        int none;
        parquet_column column = take_schema_element(in, &none);
        assert_int_equal(none, 0);
        assert_int_equal(column.repetition, 0);
        char *name = calloc(strlen(group->name) + strlen(column.name) + 2, 1);
        assert_non_null(name);
        strcat(strcat(strcpy(name, group->name), "."), column.name);
        free(column.name);
        column.name = name;
        column.repetition = 1;
        out->column[out->columns++] = column;
    }
    free(group->name);
}

static void take_schema(thrift_cursor *in, parquet_file *out) {
    int type, children, elements = (int)thrift_list(in, &type);
    out->column = calloc((size_t)elements, sizeof *out->column);
    assert_non_null(out->column);
    free(take_schema_element(in, &children).name);
    for (int top = children; top > 0; top--) {
        parquet_column column = take_schema_element(in, &children);
        elements -= children;
        if (children > 0)
            take_group(in, out, &column, children);
        else
            out->column[out->columns++] = column;
        elements--;
    }
    assert_int_equal(elements, 1);
}

static void take_pairs(thrift_cursor *in, parquet_file *out) {
    int type;
    out->pairs = (int)thrift_list(in, &type);
    out->keys = calloc((size_t)out->pairs + 1, sizeof *out->keys);
    out->values = calloc((size_t)out->pairs + 1, sizeof *out->values);
    assert_true(out->keys != NULL && out->values != NULL);
    for (int i = 0; i < out->pairs; i++)
        for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id))
            *(f.id == 1 ? &out->keys[i] : &out->values[i]) = thrift_text(in);
}

static parquet_file take_footer(thrift_cursor *in) {
    parquet_file out = {0};
    int type;
    for (thrift_field f = thrift_next(in, 0); f.type != 0; f = thrift_next(in, f.id)) {
        if (f.id == 1) {
            out.version = (int)thrift_zigzag(in);
        } else if (f.id == 2) {
            take_schema(in, &out);
        } else if (f.id == 3) {
            out.rows = thrift_zigzag(in);
        } else if (f.id == 4) {
            out.groups = thrift_list(in, &type);
            out.group = calloc((size_t)out.groups + 1, sizeof *out.group);
            assert_non_null(out.group);
            for (int64_t i = 0; i < out.groups; i++)
                out.group[i] = take_row_group(in, out.columns);
        } else if (f.id == 5) {
            take_pairs(in, &out);
        } else if (f.id == 6) {
            out.created_by = thrift_text(in);
        } else if (f.id == 7) {
            out.column_orders = (int)thrift_list(in, &type);
            for (int i = 0; i < out.column_orders; i++)
                thrift_pass_over(in, type);
        } else {
            thrift_pass_over(in, f.type);
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
    double min = INFINITY, max = -INFINITY;
    int64_t nulls = 0;
    for (int64_t i = first_row; i < first_row + chunk->values; i++) {
        nulls += !column->present[i];
        if (!column->present[i]) continue;
        min = fmin(min, number_of(column, column->bits[i]));
        max = fmax(max, number_of(column, column->bits[i]));
    }
    assert_int_equal(chunk->null_count, nulls);
    assert_int_equal(chunk->has_range, nulls < chunk->values && column->physical != 6);
    if (!chunk->has_range) return;
    assert_true(number_of(column, chunk->min) == min);
    assert_true(number_of(column, chunk->max) == max);
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
            parquet_decode_chunk(bytes, chunk, &self->column[i], first_row);
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
    thrift_cursor trailer = {bytes + length - 8, bytes + length};
    size_t footer_length = (size_t)thrift_little_endian(&trailer, 4);
    assert_true(footer_length <= length - 12);
    thrift_cursor in = {bytes + length - 8 - footer_length, bytes + length - 8};
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
        for (int64_t text = 0; text < self->column[i].text_count; text++)
            free(self->column[i].texts[text]);
        free(self->column[i].texts);
        free(self->column[i].lengths);
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

const char *parquet_text(const parquet_file *self, int column, int64_t row) {
    const parquet_column *from = &self->column[column];
    assert_int_equal(from->physical, 6);
    return from->present[row] ? from->texts[from->bits[row]] : NULL;
}

const uint8_t *parquet_bytes(const parquet_file *self, int column, int64_t row, size_t *length) {
    const char *text = parquet_text(self, column, row);
    *length = text == NULL ? 0 : self->column[column].lengths[self->column[column].bits[row]];
    return (const uint8_t *)text;
}

const char *parquet_metadata(const parquet_file *self, const char *key) {
    for (int i = 0; i < self->pairs; i++)
        if (strcmp(self->keys[i], key) == 0) return self->values[i];
    return NULL;
}
