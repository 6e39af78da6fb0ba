/* SPDX-License-Identifier: MIT
 *
 * A line is found in the buffer as a whole, then cut into fields where it lies. */
#include "raster/vector/csv_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUFFER_BYTES 65536 /* a longer line is not plain */

struct weft_csv_rows {
    FILE *file;
    char *buffer;
    char *at, *end; /* what of the buffer is not read yet */
    bool at_end;    /* the file has no more than the buffer */
    const char **fields;
    int count;
    char separator;
    bool open_quote; /* the row that is not plain has one */
    int64_t number;
};

/* --- lines --- */

/* Moves what is left of the buffer to its front, and fills it. */
static bool fill(weft_csv_rows *csv) {
    size_t left = (size_t)(csv->end - csv->at);
    memmove(csv->buffer, csv->at, left);
    size_t got = fread(csv->buffer + left, 1, BUFFER_BYTES - left, csv->file);
    csv->at = csv->buffer;
    csv->end = csv->buffer + left + got;
    csv->at_end = got < BUFFER_BYTES - left;
    return ferror(csv->file) == 0;
}

/* The next line that is not empty, ended by NUL in place of its line feed. */
static weft_csv_step next_line(weft_csv_rows *csv, char **line, char **line_end) {
    for (;;) {
        char *end = memchr(csv->at, '\n', (size_t)(csv->end - csv->at));
        if (end == NULL && !csv->at_end) {
            if (csv->at == csv->buffer && csv->end == csv->buffer + BUFFER_BYTES) return WEFT_CSV_OTHER;
            if (!fill(csv)) return WEFT_CSV_OTHER;
            continue;
        }
        if (end == NULL && csv->at == csv->end) return WEFT_CSV_END;
        *line = csv->at;
        csv->at = end != NULL ? end + 1 : csv->end;
        if (end == NULL) end = csv->end; /* there is room for a NUL after the buffer */
        if (end > *line && end[-1] == '\r') end--;
        *end = '\0';
        *line_end = end;
        if (end > *line) return WEFT_CSV_ROW;
    }
}

/* --- fields --- */

/* Takes the quotes from a field that begins with one. Returns what follows it, or NULL. */
static char *unquote(char *field) {
    char *to = field, *from = field;
    for (from++; *from != '"' || from[1] == '"'; from++) {
        if (*from == '\0' || *from == '\r') return NULL;
        from += *from == '"';
        *to++ = *from;
    }
    *to = '\0';
    return from + 1;
}

/* The end of a field without quotes, or NULL. */
static char *skip(char *field, char separator) {
    for (; *field != separator && *field != '\0'; field++)
        if (*field == '"' || *field == '\r') return NULL;
    return field;
}

/* Whether a quote in a field that begins without one has no other in what is left of its line. */
static bool has_open_quote(const char *field, const char *line_end) {
    int quotes = 0;
    for (const char *at = field; *field != '"' && at < line_end; at++)
        quotes += *at == '"';
    return quotes % 2 == 1;
}

static bool split(weft_csv_rows *csv, char *line, const char *line_end) {
    for (int i = 0; i < csv->count; i++) {
        bool last = i == csv->count - 1;
        char *end = *line == '"' ? unquote(line) : skip(line, csv->separator);
        csv->open_quote = end == NULL && has_open_quote(line, line_end);
        if (end == NULL || *end != (last ? '\0' : csv->separator)) return false;
        csv->fields[i] = line;
        if (last) return end == line_end;
        *end = '\0';
        line = end + 1;
    }
    return false;
}

weft_csv_step weft_csv_rows_next(weft_csv_rows *csv) {
    char *line, *end;
    weft_csv_step step = next_line(csv, &line, &end);
    if (step == WEFT_CSV_ROW && !split(csv, line, end)) step = WEFT_CSV_OTHER;
    csv->number += step == WEFT_CSV_ROW;
    return step;
}

bool weft_csv_rows_open_quote(const weft_csv_rows *csv) {
    return csv->open_quote;
}

int64_t weft_csv_rows_number(const weft_csv_rows *csv) {
    return csv->number;
}

const char *weft_csv_rows_field(const weft_csv_rows *csv, int field) {
    return csv->fields[field];
}

/* --- the file --- */

static bool is_regular(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* Moves past a byte order mark of UTF-8, which OGR skips. */
static bool go_to_start(weft_csv_rows *csv) {
    rewind(csv->file);
    csv->at = csv->end = csv->buffer;
    csv->number = 0;
    if (!fill(csv)) return false;
    if (csv->end - csv->at >= 3 && memcmp(csv->at, "\xef\xbb\xbf", 3) == 0) csv->at += 3;
    return true;
}

/* Whether the first line is the names, with this separator. */
static bool read_names(weft_csv_rows *csv, const char *const *names, char separator) {
    csv->separator = separator;
    if (!go_to_start(csv) || weft_csv_rows_next(csv) != WEFT_CSV_ROW) return false;
    for (int i = 0; i < csv->count; i++)
        if (strcmp(csv->fields[i], names[i]) != 0) return false;
    csv->number = 0;
    return true;
}

weft_csv_rows *weft_csv_rows_open(const char *path, const char *const *names, int count) {
    static const char separators[] = {',', ';', '\t', '|'};
    if (count < 2 || !is_regular(path)) return NULL;
    weft_csv_rows *csv = calloc(1, sizeof *csv);
    if (csv == NULL) return NULL;
    csv->count = count;
    csv->buffer = malloc(BUFFER_BYTES + 1);
    csv->fields = calloc((size_t)count, sizeof *csv->fields);
    if (csv->buffer != NULL && csv->fields != NULL) csv->file = fopen(path, "rbe");
    for (size_t i = 0; i < sizeof separators && csv->file != NULL; i++)
        if (read_names(csv, names, separators[i])) return csv;
    weft_csv_rows_close(csv);
    return NULL;
}

bool weft_csv_rows_rewind(weft_csv_rows *csv) {
    bool good = go_to_start(csv) && weft_csv_rows_next(csv) == WEFT_CSV_ROW;
    csv->number = 0;
    return good;
}

void weft_csv_rows_close(weft_csv_rows *csv) {
    if (csv == NULL) return;
    if (csv->file != NULL) (void)fclose(csv->file);
    free(csv->buffer);
    free(csv->fields);
    free(csv);
}
