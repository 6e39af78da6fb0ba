/* SPDX-License-Identifier: MIT */
#include "cases/case_table.h"

#include "support/cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- reading --- */

static char *trim(char *text) {
    while (*text == ' ')
        text++;
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\r'))
        text[--length] = '\0';
    return text;
}

static int count_fields(const char *line) {
    int count = 1;
    for (; *line != '\0'; line++)
        count += *line == ',';
    return count;
}

static void add_line(case_table *self, char *line, int lines) {
    int count = count_fields(line);
    if (lines == 0) self->columns = count;
    if (count != self->columns) fail_msg("%d fields, not %d, in \"%s\"", count, self->columns, line);
    /* Room is doubled when it is full: before each power of two. */
    if ((lines & (lines - 1)) == 0)
        self->fields = realloc(self->fields, 2 * ((size_t)lines + 1) * (size_t)count * sizeof *self->fields);
    assert_non_null(self->fields);
    char **out = self->fields + (size_t)lines * (size_t)count;
    for (int i = 0; i < count; i++) {
        char *comma = strchr(line, ',');
        if (comma != NULL) *comma = '\0';
        out[i] = trim(line);
        if (comma != NULL) line = comma + 1;
    }
}

case_table case_table_parse(const char *text) {
    case_table self = {.text = strdup(text)};
    int lines = 0;
    assert_non_null(self.text);
    for (char *line = self.text; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');
        if (end != NULL) *end = '\0';
        if (*trim(line) != '\0') add_line(&self, line, lines++);
        line = end == NULL ? NULL : end + 1;
    }
    if (lines == 0) fail_msg("a table without a header");
    self.rows = lines - 1;
    return self;
}

void case_table_free(case_table *self) {
    free(self->fields);
    free(self->text);
    *self = (case_table){0};
}

/* --- comparing --- */

static const char *field(const case_table *self, int row, int column) {
    return self->fields[(size_t)(row + 1) * (size_t)self->columns + (size_t)column];
}

static bool same(const char *got, const char *expected, double tolerance) {
    char *got_end, *expected_end;
    if (strcmp(got, expected) == 0) return true;
    double a = strtod(got, &got_end), b = strtod(expected, &expected_end);
    if (got_end == got || expected_end == expected || *got_end != '\0' || *expected_end != '\0') return false;
    return a == b || fabs(a - b) <= tolerance * fmax(1, fabs(b));
}

static int find_column(const case_table *self, const char *name) {
    for (int i = 0; i < self->columns; i++)
        if (strcmp(self->fields[i], name) == 0) return i;
    fail_msg("there is no column \"%s\"", name);
    return -1;
}

static void compare_field(const case_table *got, int got_row, int got_column, const case_table *expected, int row,
                          int column, double tolerance) {
    const char *a = field(got, got_row, got_column), *b = field(expected, row, column);
    if (same(a, b, tolerance)) return;
    fail_msg("x %s, y %s, column %s: \"%s\", not \"%s\"", field(expected, row, 0), field(expected, row, 1),
             expected->fields[column], a, b);
}

void case_table_compare(const case_table *got, const case_table *expected, double tolerance) {
    if (got->columns != expected->columns) fail_msg("%d columns, not %d", got->columns, expected->columns);
    if (got->rows != expected->rows) fail_msg("%d rows, not %d", got->rows, expected->rows);
    for (int i = 0; i < got->columns; i++)
        assert_string_equal(got->fields[i], expected->fields[i]);
    for (int row = 0; row < got->rows; row++)
        for (int i = 0; i < got->columns; i++)
            compare_field(got, row, i, expected, row, i, tolerance);
}

static int find_row(const case_table *self, const char *x, const char *y) {
    int x_column = find_column(self, "x"), y_column = find_column(self, "y");
    for (int row = 0; row < self->rows; row++)
        if (same(field(self, row, x_column), x, 1e-12) && same(field(self, row, y_column), y, 1e-12)) return row;
    fail_msg("there is no row of x %s, y %s", x, y);
    return -1;
}

void case_table_compare_cells(const case_table *got, const case_table *expected, double tolerance) {
    for (int row = 0; row < expected->rows; row++) {
        int got_row = find_row(got, field(expected, row, 0), field(expected, row, 1));
        for (int i = 2; i < expected->columns; i++)
            compare_field(got, got_row, find_column(got, expected->fields[i]), expected, row, i, tolerance);
    }
}

/* --- facts of columns --- */

typedef struct column_facts {
    double present, missing, distinct, min, max, sum;
} column_facts;

static int order(const void *a, const void *b) {
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

static column_facts facts_of(const case_table *table, int column) {
    column_facts out = {.min = INFINITY, .max = -INFINITY};
    double *values = calloc((size_t)table->rows + 1, sizeof *values);
    int count = 0;
    assert_non_null(values);
    for (int row = 0; row < table->rows; row++) {
        const char *text = field(table, row, column);
        if (*text == '\0') continue;
        double value = strtod(text, NULL);
        values[count++] = value;
        out.min = fmin(out.min, value);
        out.max = fmax(out.max, value);
        out.sum += value;
    }
    qsort(values, (size_t)count, sizeof *values, order);
    for (int i = 0; i < count; i++)
        out.distinct += i == 0 || values[i] != values[i - 1];
    free(values);
    out.present = count;
    out.missing = table->rows - count;
    return out;
}

static void check_fact(case_file *file, yaml_node_t *facts, const char *column, const char *key, double got,
                       double tolerance) {
    yaml_node_t *node = case_find(file, facts, key);
    if (node == NULL) return;
    double expected = case_number(file, node);
    if (!(got == expected || fabs(got - expected) <= tolerance * fmax(1, fabs(expected))))
        fail_msg("column %s: %s is %.17g, not %.17g", column, key, got, expected);
}

void case_table_check_columns(case_file *file, yaml_node_t *columns, const case_table *got, double tolerance) {
    static const char *const known[] = {"present", "missing", "distinct", "min", "max", "sum", NULL};
    for (yaml_node_pair_t *pair = columns->data.mapping.pairs.start; pair < columns->data.mapping.pairs.top; pair++) {
        const char *name = case_scalar(file, yaml_document_get_node(&file->document, pair->key));
        yaml_node_t *facts = yaml_document_get_node(&file->document, pair->value);
        case_check_keys(file, facts, known);
        column_facts of = facts_of(got, find_column(got, name));
        check_fact(file, facts, name, "present", of.present, 0);
        check_fact(file, facts, name, "missing", of.missing, 0);
        check_fact(file, facts, name, "distinct", of.distinct, 0);
        check_fact(file, facts, name, "min", of.min, tolerance);
        check_fact(file, facts, name, "max", of.max, tolerance);
        check_fact(file, facts, name, "sum", of.sum, tolerance);
    }
}
