/* A case file: YAML documents, each one a test case, read as libyaml's own trees.
 *
 * Everything fails the running cmocka test, with the file and the line, when a case is not as README.md describes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_CASES_CASE_FILE_H
#define WEFT_TESTS_CASES_CASE_FILE_H

#include <stdbool.h>
#include <yaml.h>

/* One document of a case file. */
typedef struct case_file {
    const char *path; /* borrowed */
    yaml_document_t document;
} case_file;

/* Reads all documents of `path`. Returns how many; `*cases` is freed by case_files_free(). Exits with a message when
 * the file is no YAML, since no test is running yet. */
int case_files_read(case_file **cases, const char *path);
void case_files_free(case_file *cases, int count);

/* The document's mapping. */
yaml_node_t *case_root(case_file *self);
/* The value of `key` in a mapping, or NULL. */
yaml_node_t *case_find(case_file *self, yaml_node_t *mapping, const char *key);
/* The text of a scalar, or of the scalar under `key`, which may be missing: then `fallback`. */
const char *case_scalar(case_file *self, yaml_node_t *node);
const char *case_text(case_file *self, yaml_node_t *mapping, const char *key, const char *fallback);
/* A number, with `nan`, `inf` and `-inf`. */
double case_number(case_file *self, yaml_node_t *node);

/* Items of a sequence. */
int case_count(case_file *self, yaml_node_t *sequence);
yaml_node_t *case_item(case_file *self, yaml_node_t *sequence, int i);

/* Fails the test when a mapping has a key that `known` (NULL-terminated) does not name, so that a slip in a case is not
 * a check left out. */
void case_check_keys(case_file *self, yaml_node_t *mapping, const char *const *known);

#endif
