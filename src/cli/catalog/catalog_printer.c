/* SPDX-License-Identifier: MIT */
#include "cli/catalog/catalog_printer.h"

#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_csv(int columns, const char *const *values) {
    for (int i = 0; i < columns; i++) {
        const char *text = values[i] == NULL ? "" : values[i];
        if (i > 0) putchar(',');
        if (strpbrk(text, ",\"\r\n") == NULL) {
            fputs(text, stdout);
            continue;
        }
        putchar('"');
        for (; *text != '\0'; text++) {
            if (*text == '"') putchar('"');
            putchar(*text);
        }
        putchar('"');
    }
    putchar('\n');
}

/* Columns that hold JSON already. */
static bool is_json(const char *name) {
    static const char *const names[] = {"geometry", "geotransform", "bands", "properties", "depends"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static void print_json_text(const char *text) {
    size_t capacity = 6 * strlen(text) + 3;
    char *json = malloc(capacity);
    if (json == NULL) return;
    (void)weft_text_json_string(text, json, capacity);
    fputs(json, stdout);
    free(json);
}

static void print_members(int first, int columns, const char *const *names, const char *const *values,
                          const bool *numeric) {
    for (int i = first; i < columns; i++) {
        printf("%s\"%s\": ", i > first ? ", " : "{", names[i]);
        if (values[i] == NULL)
            fputs("null", stdout);
        else if (is_json(names[i]) || (numeric[i] && strpbrk(values[i], "In") == NULL))
            fputs(values[i], stdout);
        else
            print_json_text(values[i]);
    }
    fputs("}", stdout);
}

bool weft_catalog_printer_row(void *payload, int columns, const char *const *names, const char *const *values,
                              const bool *numeric) {
    weft_catalog_printer *printer = payload;
    if (printer->output == WEFT_CATALOG_CSV) {
        print_csv(columns, values == NULL ? names : values);
        return ferror(stdout) == 0;
    }
    if (values == NULL) {
        fputs(printer->output == WEFT_CATALOG_JSON ? "[" : "{\"type\": \"FeatureCollection\", \"features\": [", stdout);
        return true;
    }
    fputs(printer->rows++ > 0 ? ",\n " : "\n ", stdout);
    if (printer->output == WEFT_CATALOG_JSON) {
        print_members(0, columns, names, values, numeric);
    } else {
        printf("{\"type\": \"Feature\", \"geometry\": %s, \"properties\": ", values[0] == NULL ? "null" : values[0]);
        print_members(1, columns, names, values, numeric);
        fputs("}", stdout);
    }
    return ferror(stdout) == 0;
}

void weft_catalog_printer_end(const weft_catalog_printer *printer) {
    if (printer->output == WEFT_CATALOG_JSON) fputs("]\n", stdout);
    if (printer->output == WEFT_CATALOG_GEOJSON) fputs("]}\n", stdout);
}
