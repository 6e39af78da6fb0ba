/* SPDX-License-Identifier: MIT
 *
 * Reads what weft writes with nothing of weft: strtod and commas. */
#include "support/table.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int count(const char *text, size_t length, char what) {
    int found = 0;
    for (size_t i = 0; i < length; i++)
        if (text[i] == what) found++;
    return found;
}

table table_read(const char *path) {
    size_t length;
    char *text = sandbox_read(path, &length), *end = strchr(text, '\n');
    assert_non_null(end);
    table out = {.columns = count(text, (size_t)(end - text), ',') + 1};
    out.rows = (size_t)count(text, length, '\n') - 1;
    out.names = calloc((size_t)out.columns, sizeof *out.names);
    out.values = malloc((out.rows * (size_t)out.columns + 1) * sizeof *out.values);
    assert_non_null(out.names);
    out.exact = malloc((out.rows * (size_t)out.columns + 1) * sizeof *out.exact);
    assert_non_null(out.values);
    assert_non_null(out.exact);
    char *at = text;
    for (int i = 0; i < out.columns; i++) {
        size_t size = strcspn(at, ",\n");
        out.names[i] = calloc(1, size + 1);
        assert_non_null(out.names[i]);
        memcpy(out.names[i], at, size);
        at += size + 1;
    }
    for (size_t cell = 0; cell < out.rows * (size_t)out.columns; cell++) {
        bool last = cell % (size_t)out.columns == (size_t)out.columns - 1;
        size_t size = strcspn(at, ",\n");
        if (at[size] != (last ? '\n' : ',')) fail_msg("line %zu: fields are missing", cell / (size_t)out.columns + 2);
        out.values[cell] = size == 0 ? NAN : strtod(at, NULL);
        out.exact[cell] = size == 0 ? (long double)NAN : strtold(at, NULL);
        at += size + 1;
    }
    free(text);
    return out;
}

void table_free(table *self) {
    for (int i = 0; i < self->columns; i++)
        free(self->names[i]);
    free(self->names);
    free(self->values);
    free(self->exact);
}

int table_column(const table *self, const char *name) {
    for (int i = 0; i < self->columns; i++)
        if (strcmp(self->names[i], name) == 0) return i;
    fail_msg("there is no column %s", name);
    return -1;
}
