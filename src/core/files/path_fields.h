/* Paths that capture what stands in files' names: {field} anything but a /, {date:%Y%m%d} a date.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_PATH_FIELDS_H
#define WEFT_CORE_PATH_FIELDS_H

#include "core/moment.h"
#include "core/text.h"

#define WEFT_PATH_FIELDS      16
#define WEFT_PATH_FIELD_BYTES 128

/* What a path captured. */
typedef struct weft_path_field {
    char name[32], value[WEFT_PATH_FIELD_BYTES];
} weft_path_field;

typedef struct weft_path_fields {
    weft_path_field items[WEFT_PATH_FIELDS]; /* in the order of the path, each name once */
    int count;
    bool has_date, has_time; /* of the field "date"; has_time: its format has an hour */
    weft_moment date;
} weft_path_fields;

/* Whether there is a {field} in a text. */
bool weft_path_has_fields(const char *text);

/* What is wrong with the fields of a path, or of a template of names, as a text on the heap; NULL: nothing. known: the
 * fields that there are, for a template; NULL for a path. */
char *weft_path_fields_fault(const char *text, const weft_path_fields *known);

/* The fields that a path names, without values. The path has no fault. */
void weft_path_fields_list(const char *pattern, weft_path_fields *out);

/* A pattern for glob() of a path: each field is a *. Adds it to `out`. */
void weft_path_fields_glob(const char *pattern, weft_text *out);

/* The end of a path that has as many parts as the pattern: what a pattern of names is compared with. */
const char *weft_path_fields_tail(const char *pattern, const char *path);

/* Whether a file's path is one of the pattern's (in which * and ? stand for what they do in glob), and what it
 * captures. A field that is there twice is the same twice. *undated: it would be, but for the form of its date. */
bool weft_path_fields_match(const char *pattern, const char *path, weft_path_fields *out, bool *undated);

typedef enum weft_path_fill {
    WEFT_PATH_FILL_NAME,         /* {date} is 20250501, or 20250501T060000 where the path has a time */
    WEFT_PATH_FILL_WITHOUT_DATE, /* a date is left out, and a "_", "-" or "." beside it */
    WEFT_PATH_FILL_PATH,         /* {date} is what stood there */
} weft_path_fill;

/* Fills a template, of a name or of a path: {field} is the value, {date:FORMAT} the date as the format says. NULL: no
 * memory. */
char *weft_path_fields_fill(const char *text, const weft_path_fields *fields, weft_path_fill how);

/* The format in which a template writes the date: of `length` bytes; NULL: it does not. */
const char *weft_path_date_format(const char *text, const weft_path_fields *fields, size_t *length);

#endif
