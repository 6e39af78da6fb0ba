/* SPDX-License-Identifier: MIT */
#include "raster/vector/vector_fields.h"

#include "core/text.h"
#include "raster/vector/decimal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_KEPT 15 /* of any whole number, by a double */

/* --- texts as values --- */

/* A code with leading zeros is no number: it would not read back. */
static bool read_integer(const char *text, int64_t *out) {
    const char *digits = text + (text[0] == '-');
    char *end;
    if (digits[0] < '0' || digits[0] > '9' || (digits[0] == '0' && digits[1] != '\0')) return false;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return *end == '\0' && errno == 0;
}

/* Neither is one in hexadecimal, which strtod() would read. */
static bool read_real(const char *text, double *out) {
    const char *end;
    if (text[0] == ' ' || text[0] == '\t' || strpbrk(text, "xX") != NULL) return false;
    if (text[0] == '0' && text[1] >= '0' && text[1] <= '9') return false;
    *out = weft_decimal_read(text, &end);
    return end != text && *end == '\0';
}

/* How many digits a whole number has; 0: the text is none. */
static size_t whole_digits(const char *text) {
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    size_t count = strspn(digits, "0123456789");
    return digits[count] == '\0' ? count : 0;
}

/* 2025-05-01 */
static bool read_date(const char *text, int32_t *out) {
    int year, month, day, length = 0;
    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10) return false;
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || length != 10) return false;
    return weft_date_days(year, month, day, out);
}

/* A CSV file cannot tell an empty text from none. In a field that was found to hold numbers or dates NA is none, too. */
static const char *text_of(const weft_vector_field *field, const weft_vector_file *file) {
    const char *text = weft_vector_feature_text(file, field->number);
    if (text == NULL || (field->guessed && text[0] == '\0')) return NULL;
    return field->guessed && !weft_data_type_is_text(field->type) && weft_decimal_is_na(text) ? NULL : text;
}

/* --- looking --- */

weft_status weft_vector_fields_find(weft_vector_fields *out, const weft_vector_file *file, const char *const *names,
                                    int count, weft_error *err) {
    out->items = calloc((size_t)count + 1, sizeof *out->items);
    if (out->items == NULL) return weft_error_no_memory(err, "fields");
    weft_status status = WEFT_OK;
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        weft_vector_field *field = &out->items[i];
        status = weft_vector_file_field(file, names[i], &field->number, err);
        if (status != WEFT_OK) break;
        out->count++;
        field->name = weft_text_format("%s", names[i]);
        if (field->name == NULL) return weft_error_no_memory(err, "fields");
        field->type = weft_vector_file_field_type(file, field->number);
        field->guessed = weft_vector_file_is_text(file) && weft_data_type_is_text(field->type);
    }
    return status;
}

weft_status weft_vector_fields_number(weft_vector_fields *out, const char *name, weft_error *err) {
    out->items = calloc(1, sizeof *out->items);
    if (out->items == NULL) return weft_error_no_memory(err, "fields");
    out->count = 1;
    out->items[0] = (weft_vector_field){.name = weft_text_format("%s", name), .number = -1, .type = WEFT_INT64};
    return out->items[0].name == NULL ? weft_error_no_memory(err, "fields") : WEFT_OK;
}

void weft_vector_fields_dispose(weft_vector_fields *fields) {
    for (int i = 0; i < fields->count; i++)
        free(fields->items[i].name);
    free(fields->items);
    *fields = (weft_vector_fields){0};
}

static weft_status not_utf8(const weft_vector_file *file, const char *name, unsigned char byte, weft_error *err) {
    weft_error_set(err, WEFT_ERR_DATA, "feature %lld: field %s: byte 0x%02x is not UTF-8 text",
                   (long long)weft_vector_feature_id(file), name, byte);
    if (weft_vector_file_is_text(file))
        weft_error_hint(err, "iconv -f WINDOWS-1252 -t UTF-8 in.csv >out.csv makes it that, if this is what it is");
    else
        weft_error_hint(err, "ogr2ogr -oo ENCODING=CP1252 out.gpkg in.shp reads it so, if this is what it is");
    return WEFT_ERR_DATA;
}

weft_status weft_vector_text_check(const weft_vector_file *file, const char *name, const char *text, weft_error *err) {
    size_t length = strlen(text), step;
    if (length > WEFT_TEXT_MAX_BYTES)
        return weft_error_set(err, WEFT_ERR_DATA,
                              "feature %lld: field %s: a text of %zu bytes is too long for a column",
                              (long long)weft_vector_feature_id(file), name, length);
    for (size_t at = 0; at < length; at += step) {
        step = (unsigned char)text[at] < 0x80 ? 1 : weft_text_utf8_length(text + at, length - at);
        if (step == 0) return not_utf8(file, name, (unsigned char)text[at], err);
    }
    return WEFT_OK;
}

weft_status weft_vector_fields_look(weft_vector_fields *fields, const weft_vector_file *file, weft_error *err) {
    for (int i = 0; i < fields->count; i++) {
        weft_vector_field *field = &fields->items[i];
        int64_t integer;
        double real;
        int32_t day;
        if (!weft_data_type_is_text(field->type)) continue;
        const char *text = text_of(field, file);
        if (text == NULL) continue;
        size_t length = strlen(text);
        if (length > field->width) field->width = length;
        weft_status status = weft_vector_text_check(file, field->name, text, err);
        if (status != WEFT_OK) return status;
        /* The code of Namibia in a field of texts; among numbers, what R writes where it has none. */
        if (!field->guessed || weft_decimal_is_na(text)) continue;
        field->has_values = true;
        bool fits = read_integer(text, &integer);
        field->not_integer = field->not_integer || !fits;
        field->not_whole = field->not_whole || whole_digits(text) == 0;
        field->too_long = field->too_long || (!fits && whole_digits(text) > DIGITS_KEPT);
        field->not_real = field->not_real || !read_real(text, &real);
        field->not_date = field->not_date || !read_date(text, &day);
    }
    return WEFT_OK;
}

void weft_vector_fields_settle(weft_vector_fields *fields) {
    for (int i = 0; i < fields->count; i++) {
        weft_vector_field *field = &fields->items[i];
        if (!weft_data_type_is_text(field->type)) continue;
        field->type = WEFT_TEXT(field->width > 0 ? field->width : 1);
        if (!field->has_values) continue;
        /* Whole numbers of which a double would drop digits are codes: those beyond 64 bits, as of S2 cells, stay texts. */
        if (!field->not_integer)
            field->type = WEFT_INT64;
        else if (!field->not_real && (field->not_whole || !field->too_long))
            field->type = WEFT_FLOAT64;
        else if (!field->not_date)
            field->type = WEFT_DATE;
    }
}

/* --- reading --- */

static weft_status changed(const weft_vector_field *field, const weft_vector_file *file, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_DATA, "feature %lld: field %s changed while the run read it",
                          (long long)weft_vector_feature_id(file), field->name);
}

/* Each of these reads the value of the feature at hand: of the field, or of `text` where the field's type was guessed
 * from all its texts. False: the feature has none, and *to is as a missing value is. *good: false where the text is not
 * of that type. */
static bool read_value_integer(const weft_vector_field *field, const weft_vector_file *file, const char *text,
                               int64_t *to, bool *good) {
    *to = 0;
    if (!field->guessed) return weft_vector_feature_integer(file, field->number, to);
    if (text != NULL) *good = read_integer(text, to);
    return text != NULL;
}

static bool read_value_real(const weft_vector_field *field, const weft_vector_file *file, const char *text, double *to,
                            bool *good) {
    bool has = text != NULL;
    if (!field->guessed)
        has = weft_vector_feature_real(file, field->number, to);
    else if (has)
        *good = read_real(text, to);
    if (!has) *to = NAN;
    return has;
}

static bool read_value_date(const weft_vector_field *field, const weft_vector_file *file, const char *text, int32_t *to,
                            bool *good) {
    *to = 0;
    if (!field->guessed) return weft_vector_feature_date(file, field->number, to);
    if (text != NULL) *good = read_date(text, to);
    return text != NULL;
}

/* text: NULL is none. *good: false where it is longer than the column is wide. */
static bool read_value_text(const weft_vector_field *field, const char *text, char *to, bool *good) {
    size_t width = weft_data_type_size(field->type), length = text != NULL ? strlen(text) : 0;
    *good = length <= width;
    if (!*good) return false;
    memset(to, 0, width);
    if (length > 0) memcpy(to, text, length);
    return text != NULL;
}

weft_status weft_vector_field_read(const weft_vector_field *field, const weft_vector_file *file, weft_values out,
                                   int64_t at, weft_error *err) {
    if (field->number < 0) {
        ((int64_t *)out.values)[at] = weft_vector_feature_id(file);
        out.valid[at] = 1;
        return WEFT_OK;
    }
    bool is_text = weft_data_type_is_text(field->type), good = true, has;
    const char *text = field->guessed || is_text ? text_of(field, file) : NULL;
    void *to = (char *)out.values + (size_t)at * weft_data_type_size(field->type);
    if (is_text)
        has = read_value_text(field, text, to, &good);
    else if (field->type == WEFT_INT64)
        has = read_value_integer(field, file, text, to, &good);
    else if (field->type == WEFT_FLOAT64)
        has = read_value_real(field, file, text, to, &good);
    else
        has = read_value_date(field, file, text, to, &good);
    if (!good) return changed(field, file, err);
    if (out.valid != NULL) out.valid[at] = has ? 1 : 0;
    return WEFT_OK;
}
