/* Fields of a file of features that become columns: their types, and their values.
 *
 * Types are the file's. A CSV file has texts alone: there a field is of the narrowest type that all of its values have:
 * whole numbers, numbers, dates, else texts. What R writes for a missing value, NA, fits each. A text's width is that of the longest. So all features are looked at once,
 * before any is read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_VECTOR_FIELDS_H
#define WEFT_RASTER_VECTOR_FIELDS_H

#include "raster/vector/vector_file.h"

typedef struct weft_vector_field {
    char *name;
    int number;                           /* the file's; -1: it is the feature's own number */
    weft_data_type type;                  /* of the column; once all features were looked at */
    bool guessed;                         /* from texts */
    bool has_values;                      /* of what is guessed: some text says what it is */
    bool not_integer, not_real, not_date; /* some value is none */
    bool not_whole;                       /* some value is no whole number, of any length */
    bool too_long;                        /* some whole number is no Int64 and has more digits than a double keeps */
    size_t width;                         /* of the longest text */
} weft_vector_field;

/* Zero-initialised is empty. */
typedef struct weft_vector_fields {
    weft_vector_field *items;
    int count;
} weft_vector_fields;

/* Finds the fields of these names. Errors: WEFT_ERR_DATA (no such field, with a hint), WEFT_ERR_MEMORY. */
weft_status weft_vector_fields_find(weft_vector_fields *out, const weft_vector_file *file, const char *const *names,
                                    int count, weft_error *err);
/* One column in place of fields: the number that OGR gives each feature. Errors: WEFT_ERR_MEMORY. */
weft_status weft_vector_fields_number(weft_vector_fields *out, const char *name, weft_error *err);
void weft_vector_fields_dispose(weft_vector_fields *fields);

/* Looks at the file's feature at hand. Errors: those of weft_vector_text_check(). */
weft_status weft_vector_fields_look(weft_vector_fields *fields, const weft_vector_file *file, weft_error *err);
/* When all were looked at: types are known. */
void weft_vector_fields_settle(weft_vector_fields *fields);

/* Writes the value of the feature at hand to (0, at) of `out`, which is of the field's type. Errors: WEFT_ERR_DATA: it
 * is none of that type, since the file changed after it was looked at. */
weft_status weft_vector_field_read(const weft_vector_field *field, const weft_vector_file *file, weft_values out,
                                   int64_t at, weft_error *err);

/* Whether a text of the feature at hand can be a column's: UTF-8, of at most WEFT_TEXT_MAX_BYTES. name: of its field.
 * Errors: WEFT_ERR_DATA. */
weft_status weft_vector_text_check(const weft_vector_file *file, const char *name, const char *text, weft_error *err);

#endif
