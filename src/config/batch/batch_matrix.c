/* SPDX-License-Identifier: MIT
 *
 * A combination is a number: its digits, of the axes' own bases, are the places of its values. */
#include "config/batch/batch_matrix.h"

#include "config/batch/batch_file.h"
#include "config/batch/value_range.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void report(weft_config_reader *reader, const weft_yaml_node *at, const char *hint, const char *message,
                   const char *word) {
    weft_yaml_report(&reader->report, at->place, at->origin, hint, message, word);
}

/* What ${name} can be. */
static bool is_variable(const char *name) {
    if (isdigit((unsigned char)name[0]) || name[0] == '\0') return false;
    for (; *name != '\0'; name++)
        if (!isalnum((unsigned char)*name) && *name != '_') return false;
    return true;
}

/* --- axes --- */

static char **read_list(weft_config_reader *reader, const char *name, const weft_yaml_node *node, int *count) {
    char **values = calloc((size_t)node->count + 1, sizeof *values);
    for (int i = 0; i < node->count && values != NULL; i++) {
        if (node->children[i]->kind != WEFT_YAML_SCALAR)
            report(reader, node->children[i], NULL, "matrix: %s: a list of single values is expected", name);
        else if ((values[i] = weft_text_format("%s", node->children[i]->text)) == NULL)
            reader->no_memory = true;
    }
    if (node->count == 0) report(reader, node, NULL, "matrix: %s: a list of at least one value is expected", name);
    if (values == NULL) reader->no_memory = true;
    *count = values == NULL ? 0 : node->count;
    return values;
}

static void read_axis(weft_config_reader *reader, const weft_yaml_node *matrix, int i, weft_batch_axis *axis) {
    const weft_yaml_node *node = matrix->children[i];
    axis->place = matrix->key_places[i];
    axis->name = weft_text_format("%s", matrix->keys[i]);
    if (axis->name == NULL) {
        reader->no_memory = true;
    } else if (!is_variable(axis->name)) {
        weft_yaml_report(&reader->report, axis->place, node->origin, "letters, digits and _: ${name} stands for it",
                         "matrix: \"%.60s\" cannot be the name of a parameter", axis->name);
    } else if (node->kind == WEFT_YAML_SEQUENCE) {
        axis->values = read_list(reader, axis->name, node, &axis->count);
    } else if (node->kind == WEFT_YAML_MAPPING) {
        axis->values = weft_value_range_read(reader, axis->name, node, WEFT_BATCH_MAX_JOBS, &axis->count);
    } else {
        report(reader, node, "[2024, 2025], or {from: 2025-01-01, to: 2025-01-31}",
               "matrix: %s: a list of values or a range is expected", axis->name);
    }
}

/* --- combinations --- */

static const char *value_at(const weft_batch_matrix *matrix, int combination, int axis) {
    for (int i = matrix->axis_count - 1; i > axis; i--)
        combination /= matrix->axes[i].count;
    return matrix->axes[axis].values[combination % matrix->axes[axis].count];
}

static int find_axis(const weft_batch_matrix *matrix, const char *name) {
    for (int i = 0; i < matrix->axis_count; i++)
        if (strcmp(matrix->axes[i].name, name) == 0) return i;
    return -1;
}

/* Whether all that an entry of `exclude` says is so. */
static bool matches(const weft_batch_matrix *matrix, int combination, const weft_yaml_node *point) {
    for (int i = 0; i < point->count; i++)
        if (strcmp(value_at(matrix, combination, find_axis(matrix, point->keys[i])), point->children[i]->text) != 0)
            return false;
    return true;
}

/* A mapping of names to single values. axes: whether names are to be those of axes. */
static bool is_point(weft_config_reader *reader, const weft_batch_matrix *matrix, const weft_yaml_node *node,
                     const char *what, bool axes) {
    if (node->kind != WEFT_YAML_MAPPING || node->count == 0 || node->count > WEFT_BATCH_MAX_PARAMETERS) {
        report(reader, node, "- {year: 2024, month: 2}", "matrix: %s: a list of mappings is expected", what);
        return false;
    }
    bool ok = true;
    for (int i = 0; i < node->count; i++) {
        bool known = axes ? find_axis(matrix, node->keys[i]) >= 0 : is_variable(node->keys[i]);
        if (!known)
            weft_yaml_report(&reader->report, node->key_places[i], node->origin, NULL,
                             axes ? "matrix: %s: there is no parameter \"%.60s\""
                                  : "matrix: %s: \"%.60s\" cannot be the name of a parameter",
                             what, node->keys[i]);
        if (node->children[i]->kind != WEFT_YAML_SCALAR)
            report(reader, node->children[i], NULL, "matrix: %s: single values are expected", what);
        ok = ok && known && node->children[i]->kind == WEFT_YAML_SCALAR;
    }
    return ok;
}

static bool is_point_list(weft_config_reader *reader, const weft_batch_matrix *matrix, const weft_yaml_node *node,
                          const char *what, bool axes) {
    bool ok = true;
    if (node->kind != WEFT_YAML_SEQUENCE) {
        report(reader, node, "[{year: 2024, month: 2}]", "matrix: %s: a list of mappings is expected", what);
        return false;
    }
    for (int i = 0; i < node->count; i++)
        ok = is_point(reader, matrix, node->children[i], what, axes) && ok;
    return ok;
}

static void drop_excluded(weft_config_reader *reader, weft_batch_matrix *matrix, const weft_yaml_node *exclude) {
    for (int i = 0; i < exclude->count; i++) {
        int kept = 0;
        for (int j = 0; j < matrix->kept_count; j++)
            if (!matches(matrix, matrix->kept[j], exclude->children[i])) matrix->kept[kept++] = matrix->kept[j];
        if (kept == matrix->kept_count)
            report(reader, exclude->children[i], "values are compared as they are written",
                   "matrix: %s: no job has these values", "exclude");
        matrix->kept_count = kept;
    }
}

static void combine(weft_config_reader *reader, weft_batch_matrix *matrix, const weft_yaml_node *node) {
    int64_t count = matrix->axis_count > 0 ? 1 : 0;
    for (int i = 0; i < matrix->axis_count; i++) {
        count *= matrix->axes[i].count;
        if (count > WEFT_BATCH_MAX_JOBS) {
            report(reader, node, NULL, "%s: more than 100000 jobs", "matrix");
            return;
        }
    }
    matrix->kept = calloc((size_t)count + 1, sizeof *matrix->kept);
    if (matrix->kept == NULL) {
        reader->no_memory = true;
        return;
    }
    for (int i = 0; i < (int)count; i++)
        matrix->kept[i] = i;
    matrix->kept_count = (int)count;
}

static void include(weft_config_reader *reader, weft_batch_matrix *matrix, const weft_yaml_node *node) {
    matrix->included = calloc((size_t)node->count + 1, sizeof *matrix->included);
    if (matrix->included == NULL) {
        reader->no_memory = true;
        return;
    }
    for (int i = 0; i < node->count; i++)
        matrix->included[matrix->included_count++] = node->children[i];
}

void weft_batch_matrix_read(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target) {
    weft_batch_matrix *matrix = target;
    int before = reader->report.found->count;
    if (node->kind != WEFT_YAML_MAPPING || node->count == 0 || node->count > WEFT_BATCH_MAX_PARAMETERS) {
        weft_config_expect(reader, key, node, "a mapping of parameters to their values",
                           "matrix: {year: [2024, 2025]}");
        return;
    }
    const weft_yaml_node *included = weft_yaml_find(node, "include"), *excluded = weft_yaml_find(node, "exclude");
    matrix->given = true;
    matrix->axes = calloc((size_t)node->count, sizeof *matrix->axes);
    if (matrix->axes == NULL) {
        reader->no_memory = true;
        return;
    }
    for (int i = 0; i < node->count; i++)
        if (node->children[i] != included && node->children[i] != excluded)
            read_axis(reader, node, i, &matrix->axes[matrix->axis_count++]);
    bool points = (included == NULL || is_point_list(reader, matrix, included, "include", false)) &&
                  (excluded == NULL || is_point_list(reader, matrix, excluded, "exclude", true));
    if (!points || reader->no_memory || reader->report.found->count > before) return;
    combine(reader, matrix, node);
    if (excluded != NULL && matrix->kept != NULL) drop_excluded(reader, matrix, excluded);
    if (included != NULL) include(reader, matrix, included);
    if (reader->report.found->count == before && matrix->kept_count + matrix->included_count == 0)
        report(reader, node, NULL, "%s: it makes no job", "matrix");
}

void weft_batch_matrix_dispose(weft_batch_matrix *matrix) {
    for (int i = 0; i < matrix->axis_count; i++) {
        for (int j = 0; j < matrix->axes[i].count; j++)
            free(matrix->axes[i].values[j]);
        free(matrix->axes[i].values);
        free(matrix->axes[i].name);
    }
    free(matrix->axes);
    free(matrix->kept);
    free(matrix->included);
    *matrix = (weft_batch_matrix){0};
}

int weft_batch_matrix_count(const weft_batch_matrix *matrix) {
    return matrix->given ? matrix->kept_count + matrix->included_count : 1;
}

weft_config_variables weft_batch_matrix_variables(const weft_batch_matrix *matrix, int number,
                                                  weft_config_variable *out) {
    weft_config_variables variables = {out, 0};
    if (!matrix->given) return variables;
    if (number < matrix->kept_count) {
        for (int i = 0; i < matrix->axis_count; i++)
            out[variables.count++] =
                (weft_config_variable){matrix->axes[i].name, value_at(matrix, matrix->kept[number], i)};
        return variables;
    }
    const weft_yaml_node *point = matrix->included[number - matrix->kept_count];
    for (int i = 0; i < point->count; i++)
        out[variables.count++] = (weft_config_variable){point->keys[i], point->children[i]->text};
    return variables;
}
