/* SPDX-License-Identifier: MIT */
#include "cases/case_file.h"

#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int case_files_read(case_file **cases, const char *path) {
    yaml_parser_t parser;
    FILE *file = fopen(path, "rb");
    int count = 0;
    *cases = NULL;
    if (file == NULL || !yaml_parser_initialize(&parser)) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    yaml_parser_set_input_file(&parser, file);
    for (;;) {
        case_file *more = realloc(*cases, ((size_t)count + 1) * sizeof *more);
        if (more == NULL) exit(1);
        *cases = more;
        more[count].path = path;
        if (!yaml_parser_load(&parser, &more[count].document)) {
            fprintf(stderr, "%s:%zu: %s\n", path, parser.problem_mark.line + 1, parser.problem);
            exit(1);
        }
        if (yaml_document_get_root_node(&more[count].document) == NULL) break;
        count++;
    }
    yaml_document_delete(&(*cases)[count].document);
    yaml_parser_delete(&parser);
    (void)fclose(file);
    return count;
}

void case_files_free(case_file *cases, int count) {
    for (int i = 0; i < count; i++)
        yaml_document_delete(&cases[i].document);
    free(cases);
}

static void expect_kind(case_file *self, yaml_node_t *node, yaml_node_type_t kind, const char *what) {
    if (node->type != kind) fail_msg("%s:%zu: %s is expected", self->path, node->start_mark.line + 1, what);
}

yaml_node_t *case_root(case_file *self) {
    yaml_node_t *root = yaml_document_get_root_node(&self->document);
    expect_kind(self, root, YAML_MAPPING_NODE, "a mapping");
    return root;
}

yaml_node_t *case_find(case_file *self, yaml_node_t *mapping, const char *key) {
    expect_kind(self, mapping, YAML_MAPPING_NODE, "a mapping");
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++)
        if (strcmp(case_scalar(self, yaml_document_get_node(&self->document, pair->key)), key) == 0)
            return yaml_document_get_node(&self->document, pair->value);
    return NULL;
}

const char *case_scalar(case_file *self, yaml_node_t *node) {
    expect_kind(self, node, YAML_SCALAR_NODE, "a text or a number");
    return (const char *)node->data.scalar.value;
}

const char *case_text(case_file *self, yaml_node_t *mapping, const char *key, const char *fallback) {
    yaml_node_t *node = case_find(self, mapping, key);
    return node == NULL ? fallback : case_scalar(self, node);
}

double case_number(case_file *self, yaml_node_t *node) {
    const char *text = case_scalar(self, node);
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0')
        fail_msg("%s:%zu: \"%s\" is no number", self->path, node->start_mark.line + 1, text);
    return value;
}

int case_count(case_file *self, yaml_node_t *sequence) {
    expect_kind(self, sequence, YAML_SEQUENCE_NODE, "a list");
    return (int)(sequence->data.sequence.items.top - sequence->data.sequence.items.start);
}

yaml_node_t *case_item(case_file *self, yaml_node_t *sequence, int i) {
    return yaml_document_get_node(&self->document, sequence->data.sequence.items.start[i]);
}

void case_check_keys(case_file *self, yaml_node_t *mapping, const char *const *known) {
    expect_kind(self, mapping, YAML_MAPPING_NODE, "a mapping");
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++) {
        yaml_node_t *node = yaml_document_get_node(&self->document, pair->key);
        const char *key = case_scalar(self, node);
        int i = 0;
        while (known[i] != NULL && strcmp(known[i], key) != 0)
            i++;
        if (known[i] == NULL) fail_msg("%s:%zu: there is no key \"%s\"", self->path, node->start_mark.line + 1, key);
    }
}
