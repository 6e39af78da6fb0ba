/* Records are few (a stage, a sample a second): they are kept whole, so that a table's columns line up.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/record_printer.h"

#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool grow(weft_records *records) {
    int capacity = records->capacity == 0 ? 64 : 2 * records->capacity;
    size_t cells = (size_t)capacity * (size_t)records->columns;
    char **more = realloc(records->cells, cells * sizeof *more);
    if (more != NULL) records->cells = more;
    bool *numeric = more == NULL ? NULL : realloc(records->numeric, cells * sizeof *numeric);
    if (numeric == NULL) return false;
    records->numeric = numeric;
    records->capacity = capacity;
    return true;
}

static bool add_row(weft_records *records, const char *const *values, const bool *numeric) {
    if (records->rows == records->capacity && !grow(records)) return false;
    size_t first = (size_t)records->rows * (size_t)records->columns;
    bool copied = true;
    for (int i = 0; i < records->columns; i++) {
        records->cells[first + (size_t)i] = values[i] == NULL ? NULL : weft_text_format("%s", values[i]);
        records->numeric[first + (size_t)i] = numeric != NULL && numeric[i];
        copied = copied && (values[i] == NULL || records->cells[first + (size_t)i] != NULL);
    }
    records->rows++; /* with gaps too: it is freed with the others */
    return copied;
}

bool weft_records_add(void *payload, int columns, const char *const *names, const char *const *values,
                      const bool *numeric) {
    weft_records *records = payload;
    if (values == NULL) records->columns = columns;
    if (add_row(records, values == NULL ? names : values, values == NULL ? NULL : numeric)) return true;
    records->failed = true;
    return false;
}

static char *cell(const weft_records *records, int row, int column) {
    return records->cells[(size_t)row * (size_t)records->columns + (size_t)column];
}

static bool is_numeric(const weft_records *records, int row, int column) {
    return records->numeric[(size_t)row * (size_t)records->columns + (size_t)column];
}

/* A table is read by eyes: six digits of a real number are enough. CSV and JSON have them all. */
static void shorten(weft_records *records) {
    for (size_t i = 0; i < (size_t)records->rows * (size_t)records->columns; i++) {
        char *text = records->cells[i];
        if (text == NULL || !records->numeric[i] || strpbrk(text, ".e") == NULL) continue;
        char shorter[32];
        int length = snprintf(shorter, sizeof shorter, "%.6g", strtod(text, NULL));
        if (length <= (int)strlen(text)) memcpy(text, shorter, (size_t)length + 1);
    }
}

static bool print_table(const weft_records *records) {
    int *widths = calloc((size_t)records->columns, sizeof *widths);
    if (widths == NULL) return false;
    for (int row = 0; row < records->rows; row++) {
        for (int i = 0; i < records->columns; i++) {
            char *text = cell(records, row, i);
            if (text != NULL) weft_text_make_printable(text, strlen(text));
            if (text != NULL && (int)strlen(text) > widths[i]) widths[i] = (int)strlen(text);
        }
    }
    for (int row = 0; row < records->rows; row++) {
        for (int i = 0; i < records->columns; i++) {
            const char *text = cell(records, row, i) == NULL ? "" : cell(records, row, i);
            bool right = is_numeric(records, row == 0 && records->rows > 1 ? 1 : row, i),
                 last = i + 1 == records->columns;
            if (right)
                printf("%*s", widths[i], text);
            else
                printf("%-*s", last ? 0 : widths[i], text);
            fputs(last ? "\n" : "  ", stdout);
        }
    }
    free(widths);
    return true;
}

static void print_csv_field(const char *text) {
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"') putchar('"');
        putchar(*text);
    }
    putchar('"');
}

void weft_print_csv_line(int columns, const char *const *values) {
    for (int i = 0; i < columns; i++) {
        if (i > 0) putchar(',');
        if (values[i] != NULL) print_csv_field(values[i]);
    }
    putchar('\n');
}

/* Without memory, which may be what is missing. */
static void print_json_string(const char *text) {
    char character[8];
    putchar('"');
    while (*text != '\0') {
        text += weft_text_json_character(text, character);
        fputs(character, stdout);
    }
    putchar('"');
}

void weft_print_json_object(int columns, const char *const *names, const char *const *values, const bool *numeric,
                            const char *const *json) {
    for (int i = 0; i < columns; i++) {
        const char *const *same = json;
        while (same != NULL && *same != NULL && strcmp(*same, names[i]) != 0)
            same++;
        bool is_json = same != NULL && *same != NULL;
        fputs(i > 0 ? ", " : "{", stdout);
        print_json_string(names[i]);
        fputs(": ", stdout);
        if (values[i] == NULL)
            fputs("null", stdout);
        else if (is_json || (numeric[i] && strpbrk(values[i], "In") == NULL)) /* JSON has no Inf */
            fputs(values[i], stdout);
        else
            print_json_string(values[i]);
    }
    fputs("}", stdout);
}

/* The cells of a row, 0 being the names. */
static const char *const *row_of(const weft_records *records, int row) {
    return (const char *const *)records->cells + (size_t)row * (size_t)records->columns;
}

static void print_json(const weft_records *records) {
    fputs("[", stdout);
    for (int row = 1; row < records->rows; row++) {
        fputs(row > 1 ? ",\n " : "", stdout);
        weft_print_json_object(records->columns, row_of(records, 0), row_of(records, row),
                               records->numeric + (size_t)row * (size_t)records->columns, NULL);
    }
    fputs("]\n", stdout);
}

bool weft_records_print(weft_records *records, weft_record_format format) {
    switch (format) {
    case WEFT_RECORDS_TABLE:
        shorten(records);
        return print_table(records);
    case WEFT_RECORDS_CSV:
        for (int row = 0; row < records->rows; row++)
            weft_print_csv_line(records->columns, row_of(records, row));
        break;
    case WEFT_RECORDS_JSON:
        print_json(records);
        break;
    }
    return true;
}

const char *weft_records_value(const weft_records *records, int row, const char *column) {
    for (int i = 0; i < records->columns; i++)
        if (row + 1 < records->rows && strcmp(cell(records, 0, i), column) == 0) return cell(records, row + 1, i);
    return NULL;
}

void weft_records_dispose(weft_records *records) {
    for (size_t i = 0; i < (size_t)records->rows * (size_t)records->columns; i++)
        free(records->cells[i]);
    free(records->cells);
    free(records->numeric);
    *records = (weft_records){0};
}
