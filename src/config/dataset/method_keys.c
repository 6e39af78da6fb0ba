/* SPDX-License-Identifier: MIT
 *
 * Readers of methods, one or several, and of the classes that some of them ask for. */
#include "config/config_keys.h"

#include "config/config_name.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* --- methods --- */

static void report_twice(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node) {
    weft_yaml_report(&reader->report, node->place, node->origin, "each method is a column: name it once",
                     "%s: \"%s\" appears twice", key->name, node->text);
}

static void add_method(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                       weft_config_methods *out) {
    const weft_choice *choice;
    weft_config_method found = {0};
    if (node->kind != WEFT_YAML_SCALAR || node->text[0] == '\0') {
        weft_config_expect(reader, key, node, "a word", "average, or [average, stdev, p90]");
        return;
    }
    for (; (choice = weft_config_choice(reader->registries, key, found.number)) != NULL; found.number++)
        if (weft_config_has_word(choice, node->text, &found.argument)) break;
    if (choice == NULL) {
        weft_config_report_word(reader, key, node);
        return;
    }
    for (int i = 0; i < out->count; i++) {
        if (out->items[i].number != found.number || out->items[i].argument != found.argument) continue;
        report_twice(reader, key, node);
        return;
    }
    out->items[out->count++] = found;
}

void weft_config_read_methods(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                              void *target) {
    weft_config_methods *out = target;
    bool list = node->kind == WEFT_YAML_SEQUENCE;
    if (list && node->count == 0) {
        weft_config_expect(reader, key, node, "a method, or a list of some", "average, or [average, stdev, p90]");
        return;
    }
    out->items = calloc(list ? (size_t)node->count : 1, sizeof *out->items);
    if (out->items == NULL) {
        reader->no_memory = true;
        return;
    }
    if (!list) add_method(reader, key, node, out);
    for (int i = 0; list && i < node->count; i++)
        add_method(reader, key, node->children[i], out);
}

/* --- classes --- */

static const char class_form[] = "{311: forest, 112: town}, or [311, 112]";

static void add_class(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *at,
                      const char *value, const char *label, weft_config_dataset *dataset) {
    const weft_yaml_node number = {.kind = WEFT_YAML_SCALAR, .text = (char *)value};
    weft_config_class *out = &dataset->classes[dataset->class_count];
    if (!weft_config_parse_exact(&number, &out->value)) {
        weft_yaml_report(&reader->report, at->place, at->origin, class_form,
                         "%s: the value of a pixel is expected, not \"%.60s\"", key->name, value);
        return;
    }
    if (!weft_config_is_name(label)) {
        weft_yaml_report(&reader->report, at->place, at->origin, WEFT_NAME_RULE,
                         "%s: no column can be called \"%.60s\"", key->name, label);
        return;
    }
    for (int i = 0; i < dataset->class_count; i++) {
        if (dataset->classes[i].value != out->value && strcmp(dataset->classes[i].label, label) != 0) continue;
        weft_yaml_report(&reader->report, at->place, at->origin, "each class is a column: name it once",
                         "%s: \"%s\" appears twice", key->name,
                         dataset->classes[i].value == out->value ? value : label);
        return;
    }
    out->label = strdup(label);
    reader->no_memory = reader->no_memory || out->label == NULL;
    if (out->label != NULL) dataset->class_count++;
}

void weft_config_read_classes(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                              void *target) {
    weft_config_dataset *dataset = (weft_config_dataset *)((char *)target - offsetof(weft_config_dataset, classes));
    bool mapping = node->kind == WEFT_YAML_MAPPING;
    if (node->kind == WEFT_YAML_SCALAR || node->count == 0) {
        weft_config_expect(reader, key, node, "a mapping of pixel values to labels, or a list of values", class_form);
        return;
    }
    dataset->classes = calloc((size_t)node->count, sizeof *dataset->classes);
    if (dataset->classes == NULL) reader->no_memory = true;
    for (int i = 0; dataset->classes != NULL && i < node->count; i++) {
        const weft_yaml_node *child = node->children[i];
        if (child->kind != WEFT_YAML_SCALAR || child->text[0] == '\0')
            weft_config_expect(reader, key, child, mapping ? "a label" : "the value of a pixel", class_form);
        else
            add_class(reader, key, child, mapping ? node->keys[i] : child->text, child->text, dataset);
    }
}
