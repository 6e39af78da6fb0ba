/* SPDX-License-Identifier: MIT
 *
 * A path is matched from left to right; where a field or a * may end in several places, the first that fits is taken
 * back when what follows does not. */
#include "core/files/path_fields.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A field as it stands in a text. */
typedef struct field {
    const char *begin, *end; /* from its { to after its } */
    const char *name, *format;
    size_t name_length, format_length; /* format NULL: none */
} field;

static bool is_name_byte(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

/* The field that begins at `at`. */
static bool read_field(const char *at, field *out) {
    if (*at != '{') return false;
    const char *end = at + 1;
    while (is_name_byte(*end))
        end++;
    if (end == at + 1 || isdigit((unsigned char)at[1])) return false;
    *out = (field){.begin = at, .name = at + 1, .name_length = (size_t)(end - at - 1)};
    if (*end == ':') {
        out->format = end + 1;
        while (*end != '\0' && *end != '}' && *end != '/')
            end++;
        out->format_length = (size_t)(end - out->format);
    }
    out->end = end + 1;
    return *end == '}';
}

static bool is_date(const field *one) {
    return one->name_length == 4 && strncmp(one->name, "date", 4) == 0;
}

bool weft_path_has_fields(const char *text) {
    field one;
    for (; *text != '\0'; text++)
        if (*text == '{' && read_field(text, &one)) return true;
    return false;
}

static weft_path_field *find(const weft_path_fields *fields, const field *one) {
    for (int i = 0; i < fields->count; i++)
        if (strlen(fields->items[i].name) == one->name_length &&
            strncmp(fields->items[i].name, one->name, one->name_length) == 0)
            return (weft_path_field *)&fields->items[i];
    return NULL;
}

char *weft_path_fields_fault(const char *text, const weft_path_fields *known) {
    field one;
    int count = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at != '{') continue;
        if (!read_field(at, &one)) return weft_text_format("\"%.40s\" is no field: {name}, or {date:%%Y%%m%%d}", at);
        if (one.format != NULL && !is_date(&one))
            return weft_text_format("only {date} has a format, not {%.*s}", (int)one.name_length, one.name);
        if (one.format != NULL && !weft_moment_is_format(one.format, one.format_length))
            return weft_text_format(
                "\"%.*s\" is no format of a date: %%Y, %%m, %%d, %%j, %%H, %%M and %%S are parts of one",
                (int)one.format_length, one.format);
        if (one.name_length >= sizeof known->items[0].name || ++count > WEFT_PATH_FIELDS)
            return weft_text_format("there are more than %d fields, or one has a name of more than 31 letters",
                                    WEFT_PATH_FIELDS);
        if (known != NULL && find(known, &one) == NULL)
            return weft_text_format("path has no field {%.*s}", (int)one.name_length, one.name);
        at = one.end - 1;
    }
    return NULL;
}

/* The field's place among those that are captured; a new one where it is the first of its name. */
static weft_path_field *place(weft_path_fields *out, const field *one, bool *first) {
    weft_path_field *to = find(out, one);
    *first = to == NULL;
    if (to != NULL) return to;
    to = &out->items[out->count++];
    (void)snprintf(to->name, sizeof to->name, "%.*s", (int)one->name_length, one->name);
    to->value[0] = '\0';
    return to;
}

void weft_path_fields_list(const char *pattern, weft_path_fields *out) {
    field one;
    bool first;
    *out = (weft_path_fields){0};
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '{' || !read_field(pattern, &one)) continue;
        (void)place(out, &one, &first);
        out->has_date = out->has_date || is_date(&one);
        out->has_time = out->has_time || (one.format != NULL && weft_moment_has(one.format, one.format_length, 'H'));
        pattern = one.end - 1;
    }
}

void weft_path_fields_glob(const char *pattern, weft_text *out) {
    field one;
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '{' && read_field(pattern, &one)) {
            weft_text_add(out, "*");
            pattern = one.end - 1;
        } else {
            weft_text_add_bytes(out, pattern, 1);
        }
    }
}

/* --- matching --- */

typedef struct matching {
    weft_path_fields *out;
    bool undated;
} matching;

static bool match(matching *self, const char *pattern, const char *path);

/* How long a date is here, by the field's format, or by one of the two usual ones; 0: there is none. */
static size_t read_date(const field *one, const char *path, weft_moment *out) {
    static const char *const usual[] = {"%Y-%m-%d", "%Y%m%d"};
    size_t used = 0;
    if (one->format != NULL) return weft_moment_read(one->format, one->format_length, path, &used, out) ? used : 0;
    for (int i = 0; i < 2; i++)
        if (weft_moment_read(usual[i], strlen(usual[i]), path, &used, out)) return used;
    return 0;
}

/* Tries the field's value to be `length` bytes. */
static bool try_value(matching *self, const field *one, const char *path, size_t length) {
    const weft_path_fields *out = self->out;
    int count = out->count;
    bool first;
    weft_path_field *to = place(self->out, one, &first);
    bool same = first || (strlen(to->value) == length && strncmp(to->value, path, length) == 0);
    if (first) (void)snprintf(to->value, sizeof to->value, "%.*s", (int)length, path);
    if (same && length < WEFT_PATH_FIELD_BYTES && match(self, one->end, path + length)) return true;
    self->out->count = count;
    return false;
}

static bool match_date(matching *self, const field *one, const char *path) {
    weft_moment moment;
    size_t length = read_date(one, path, &moment);
    if (length > 0 && try_value(self, one, path, length)) {
        self->out->has_date = true;
        self->out->has_time = one->format != NULL && weft_moment_has(one->format, one->format_length, 'H');
        self->out->date = moment;
        return true;
    }
    /* Whether any text in its place would do. */
    for (size_t i = 1; path[i - 1] != '\0' && path[i - 1] != '/' && !self->undated; i++)
        if (try_value(self, one, path, i)) self->undated = true;
    return false;
}

static bool match(matching *self, const char *pattern, const char *path) {
    field one;
    if (*pattern == '\0') return *path == '\0';
    if (*pattern == '{' && read_field(pattern, &one)) {
        if (is_date(&one)) return match_date(self, &one, path);
        for (size_t i = 1; path[i - 1] != '\0' && path[i - 1] != '/'; i++)
            if (try_value(self, &one, path, i)) return true;
        return false;
    }
    if (*pattern == '*') {
        for (size_t i = 0;; i++) {
            if (match(self, pattern + 1, path + i)) return true;
            if (path[i] == '\0' || path[i] == '/') return false;
        }
    }
    return *path != '\0' && (*pattern == *path || (*pattern == '?' && *path != '/')) &&
           match(self, pattern + 1, path + 1);
}

const char *weft_path_fields_tail(const char *pattern, const char *path) {
    const char *start = path + strlen(path);
    int left = 0;
    for (; *pattern != '\0'; pattern++)
        left += *pattern == '/';
    for (; start > path; start--)
        if (start[-1] == '/' && left-- == 0) break;
    return start;
}

bool weft_path_fields_match(const char *pattern, const char *path, weft_path_fields *out, bool *undated) {
    matching self = {out, false};
    *out = (weft_path_fields){0};
    bool matches = match(&self, pattern, path);
    *undated = !matches && self.undated;
    return matches;
}

/* --- templates --- */

static const char *date_format(const field *one, const weft_path_fields *fields, size_t *length) {
    const char *usual = fields->has_time ? "%Y%m%dT%H%M%S" : "%Y%m%d";
    *length = one->format != NULL ? one->format_length : strlen(usual);
    return one->format != NULL ? one->format : usual;
}

const char *weft_path_date_format(const char *text, const weft_path_fields *fields, size_t *length) {
    field one;
    for (; *text != '\0'; text++)
        if (*text == '{' && read_field(text, &one) && is_date(&one)) return date_format(&one, fields, length);
    return NULL;
}

static bool is_separator(char c) {
    return c == '_' || c == '-' || c == '.';
}

static void add_date(weft_text *out, const field *one, const weft_path_fields *fields) {
    char value[WEFT_PATH_FIELD_BYTES];
    size_t length;
    const char *format = date_format(one, fields, &length);
    (void)weft_moment_write(format, length, &fields->date, value, sizeof value);
    weft_text_add_bytes(out, value, strlen(value));
}

/* A date that is left out takes a separator with it: the one before it, else the one after it. Returns where the text
 * goes on. */
static const char *drop_separator(weft_text *out, const char *behind) {
    if (out->length > 0 && !out->failed && is_separator(out->data[out->length - 1])) {
        out->data[--out->length] = '\0';
        return behind;
    }
    return is_separator(*behind) ? behind + 1 : behind;
}

char *weft_path_fields_fill(const char *text, const weft_path_fields *fields, weft_path_fill how) {
    weft_text out = {0};
    field one;
    weft_text_add_bytes(&out, "", 0);
    while (*text != '\0') {
        if (*text != '{' || !read_field(text, &one)) {
            weft_text_add_bytes(&out, text++, 1);
            continue;
        }
        text = one.end;
        const weft_path_field *from = find(fields, &one);
        bool captured_date = is_date(&one) && fields->has_date;
        /* In a path, a date without a format stays as it was written there. */
        if (!captured_date || (how == WEFT_PATH_FILL_PATH && one.format == NULL)) {
            if (from != NULL) weft_text_add_bytes(&out, from->value, strlen(from->value));
        } else if (how != WEFT_PATH_FILL_WITHOUT_DATE) {
            add_date(&out, &one, fields);
        } else {
            text = drop_separator(&out, text);
        }
    }
    if (!out.failed) return out.data;
    weft_text_dispose(&out);
    return NULL;
}
