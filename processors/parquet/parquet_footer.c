/* SPDX-License-Identifier: MIT
 *
 * Numbers of fields and enums are parquet.thrift's; each function is one of its structs. */
#include "processors/parquet/parquet_footer.h"

#include "processors/parquet/thrift_compact.h"

#include <string.h>

#define GROUP_BYTES (INT64_C(16) * 1024 * 1024)
#define FEWEST_ROWS 1024

enum { REQUIRED = 0, OPTIONAL = 1 };

/* What a type is to Parquet: physical type, the older converted type, width and sign of the integer logical type. */
typedef struct parquet_type {
    int physical, converted;
    int8_t bits; /* 0: no integer */
    bool is_signed;
    int logical; /* field of the LogicalType union: INTEGER, or one that says nothing more; 0: none */
} parquet_type;

enum { STRING = 1, DATE = 6, INTEGER = 10 };

static const parquet_type parquet_types[] = {
    [WEFT_INT8] = {1, 15, 8, true, INTEGER},   [WEFT_UINT8] = {1, 11, 8, false, INTEGER},
    [WEFT_INT16] = {1, 16, 16, true, INTEGER}, [WEFT_UINT16] = {1, 12, 16, false, INTEGER},
    [WEFT_INT32] = {1, 17, 32, true, INTEGER}, [WEFT_UINT32] = {1, 13, 32, false, INTEGER},
    [WEFT_INT64] = {2, 18, 64, true, INTEGER}, [WEFT_UINT64] = {2, 14, 64, false, INTEGER},
    [WEFT_FLOAT32] = {.physical = 4},          [WEFT_FLOAT64] = {.physical = 5},
};
static const parquet_type date_type = {.physical = 1, .converted = 6, .logical = DATE};
static const parquet_type text_type = {.physical = 6, .converted = 0, .logical = STRING};

static const parquet_type blob_type = {.physical = 6};

static const parquet_type *type_of(const weft_parquet_field *field) {
    if (field->blob) return &blob_type;
    if (field->type == WEFT_DATE) return &date_type;
    return weft_data_type_is_text(field->type) ? &text_type : &parquet_types[field->type];
}

int64_t weft_parquet_group_rows(const weft_data_type *types, int count) {
    int64_t row_bytes = 0, rows = WEFT_PARQUET_MAX_ROWS;
    for (int i = 0; i < count; i++)
        row_bytes += (int64_t)weft_data_type_cell_bytes(types[i]);
    while (rows > FEWEST_ROWS && rows * row_bytes > GROUP_BYTES)
        rows /= 2;
    return rows;
}

/* --- row groups --- */

static void put_statistics(weft_thrift *thrift, int16_t field, const weft_parquet_chunk *chunk, weft_data_type type) {
    size_t width = (size_t)weft_parquet_value_bytes(type);
    weft_thrift_struct(thrift, field);
    weft_thrift_i64(thrift, 3, chunk->null_count);
    if (chunk->has_range) {
        weft_thrift_binary(thrift, 5, &chunk->max, width);
        weft_thrift_binary(thrift, 6, &chunk->min, width);
        weft_thrift_bool(thrift, 7, true); /* max and min are exact */
        weft_thrift_bool(thrift, 8, true);
    }
    weft_thrift_end_struct(thrift);
}

static void put_encodings(weft_thrift *thrift, int16_t field, const weft_parquet_chunk *chunk) {
    bool dictionary = chunk->dictionary_bytes > 0;
    weft_thrift_list(thrift, field, WEFT_THRIFT_I32, dictionary ? 3 : 2);
    weft_thrift_element_i32(thrift, WEFT_PARQUET_RLE);
    if (dictionary) weft_thrift_element_i32(thrift, WEFT_PARQUET_PLAIN);
    weft_thrift_element_i32(thrift, (int32_t)chunk->encoding);
}

static void put_column_chunk(weft_thrift *thrift, const weft_parquet_table *table, const weft_parquet_field *field,
                             const weft_parquet_chunk *chunk, int64_t file_offset) {
    weft_thrift_element_struct(thrift);
    weft_thrift_i64(thrift, 2, 0); /* deprecated; required */
    weft_thrift_struct(thrift, 3);
    weft_thrift_i32(thrift, 1, type_of(field)->physical);
    put_encodings(thrift, 2, chunk);
    weft_thrift_list(thrift, 3, WEFT_THRIFT_BINARY, field->group == NULL ? 1 : 2);
    if (field->group != NULL) weft_thrift_element_text(thrift, field->group);
    weft_thrift_element_text(thrift, field->name);
    weft_thrift_i32(thrift, 4, (int32_t)table->codec);
    weft_thrift_i64(thrift, 5, chunk->count);
    weft_thrift_i64(thrift, 6, chunk->uncompressed_bytes);
    weft_thrift_i64(thrift, 7, chunk->bytes);
    weft_thrift_i64(thrift, 9, file_offset + chunk->dictionary_bytes);
    if (chunk->dictionary_bytes > 0) weft_thrift_i64(thrift, 11, file_offset);
    put_statistics(thrift, 12, chunk, field->type);
    weft_thrift_end_struct(thrift);
    weft_thrift_end_struct(thrift);
}

size_t weft_parquet_row_group(const weft_parquet_table *table, const weft_parquet_chunk *chunks, int64_t file_offset,
                              uint8_t *out, size_t capacity) {
    weft_thrift thrift = weft_thrift_begin(out, capacity);
    int64_t bytes = 0, uncompressed_bytes = 0;
    weft_thrift_list(&thrift, 1, WEFT_THRIFT_STRUCT, table->field_count);
    for (int i = 0; i < table->field_count; i++) {
        put_column_chunk(&thrift, table, &table->fields[i], &chunks[i], file_offset + bytes);
        bytes += chunks[i].bytes;
        uncompressed_bytes += chunks[i].uncompressed_bytes;
    }
    weft_thrift_i64(&thrift, 2, uncompressed_bytes);
    weft_thrift_i64(&thrift, 3, chunks[0].count);
    weft_thrift_i64(&thrift, 5, file_offset);
    weft_thrift_i64(&thrift, 6, bytes);
    weft_thrift_end_struct(&thrift);
    return thrift.length;
}

/* --- footer --- */

static void put_logical_type(weft_thrift *thrift, int16_t field, const parquet_type *type) {
    weft_thrift_struct(thrift, field);
    weft_thrift_struct(thrift, (int16_t)type->logical);
    if (type->logical == INTEGER) {
        weft_thrift_i8(thrift, 1, type->bits);
        weft_thrift_bool(thrift, 2, type->is_signed);
    }
    weft_thrift_end_struct(thrift);
    weft_thrift_end_struct(thrift);
}

static void put_field(weft_thrift *thrift, const weft_parquet_field *field) {
    const parquet_type *type = type_of(field);
    weft_thrift_element_struct(thrift);
    weft_thrift_i32(thrift, 1, type->physical);
    weft_thrift_i32(thrift, 3, field->required || field->group != NULL ? REQUIRED : OPTIONAL);
    weft_thrift_text(thrift, 4, field->name);
    if (type->logical > 0) {
        weft_thrift_i32(thrift, 6, type->converted);
        put_logical_type(thrift, 10, type);
    }
    weft_thrift_end_struct(thrift);
}

/* Fields of the group that begins with field `at`; 0: it begins none. */
static int group_fields(const weft_parquet_table *table, int at) {
    const char *group = table->fields[at].group;
    int count = 0;
    if (group == NULL || (at > 0 && table->fields[at - 1].group == group)) return 0;
    while (at + count < table->field_count && table->fields[at + count].group == group)
        count++;
    return count;
}

static void put_group(weft_thrift *thrift, const char *name, int fields) {
    weft_thrift_element_struct(thrift);
    weft_thrift_i32(thrift, 3, OPTIONAL);
    weft_thrift_text(thrift, 4, name);
    weft_thrift_i32(thrift, 5, fields);
    weft_thrift_end_struct(thrift);
}

static void put_schema(weft_thrift *thrift, int16_t field, const weft_parquet_table *table) {
    int groups = 0, grouped = 0;
    for (int i = 0; i < table->field_count; i++) {
        groups += group_fields(table, i) > 0;
        grouped += table->fields[i].group != NULL;
    }
    weft_thrift_list(thrift, field, WEFT_THRIFT_STRUCT, table->field_count + groups + 1);
    weft_thrift_element_struct(thrift);
    weft_thrift_text(thrift, 4, "schema");
    weft_thrift_i32(thrift, 5, table->field_count - grouped + groups);
    weft_thrift_end_struct(thrift);
    for (int i = 0; i < table->field_count; i++) {
        int fields = group_fields(table, i);
        if (fields > 0) put_group(thrift, table->fields[i].group, fields);
        put_field(thrift, &table->fields[i]);
    }
}

size_t weft_parquet_footer_head(const weft_parquet_table *table, int64_t rows, int64_t groups, uint8_t *out,
                                size_t capacity) {
    weft_thrift thrift = weft_thrift_begin(out, capacity);
    weft_thrift_i32(&thrift, 1, 2); /* of the format: encodings newer than 1.0 are used */
    put_schema(&thrift, 2, table);
    weft_thrift_i64(&thrift, 3, rows);
    weft_thrift_list(&thrift, 4, WEFT_THRIFT_STRUCT, groups);
    return thrift.length;
}

size_t weft_parquet_footer_tail(const weft_parquet_table *table, uint8_t *out, size_t capacity) {
    weft_thrift thrift = weft_thrift_begin(out, capacity);
    thrift.last_field[0] = 4; /* the row groups */
    weft_thrift_list(&thrift, 5, WEFT_THRIFT_STRUCT, table->pair_count);
    for (int i = 0; i < table->pair_count; i++) {
        weft_thrift_element_struct(&thrift);
        weft_thrift_text(&thrift, 1, table->pairs[i].key);
        weft_thrift_text(&thrift, 2, table->pairs[i].value);
        weft_thrift_end_struct(&thrift);
    }
    weft_thrift_text(&thrift, 6, table->created_by);
    weft_thrift_list(&thrift, 7, WEFT_THRIFT_STRUCT, table->field_count);
    for (int i = 0; i < table->field_count; i++) {
        weft_thrift_element_struct(&thrift);
        weft_thrift_struct(&thrift, 1); /* TYPE_ORDER: without it readers may not trust min and max */
        weft_thrift_end_struct(&thrift);
        weft_thrift_end_struct(&thrift);
    }
    weft_thrift_end_struct(&thrift);
    return thrift.length;
}

bool weft_parquet_trailer(int64_t footer_bytes, uint8_t out[WEFT_PARQUET_TRAILER_BYTES]) {
    if (footer_bytes > INT32_MAX) return false;
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(footer_bytes >> (8 * i));
    memcpy(out + 4, WEFT_PARQUET_MAGIC, WEFT_PARQUET_MAGIC_BYTES);
    return true;
}
