/* SPDX-License-Identifier: MIT
 *
 * What makes two runs the same: every value that the answer depends on, a line each, so that two texts are compared
 * line by line and the first that differs has a name. */
#include "config/config_keys.h"

#include <stdlib.h>
#include <string.h>

static void add_value(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *value,
                      const char *path, weft_text *out) {
    weft_yaml_node *fallback = NULL;
    if (value == NULL && key->fallback == NULL) return;
    if (value == NULL)
        fallback = weft_yaml_parse(&reader->report, key->fallback, strlen(key->fallback), WEFT_CONFIG_DEFAULT);
    if (value == NULL) value = fallback;
    if (value == NULL) {
        reader->no_memory = true;
        return;
    }
    /* A list of one is told as what stands in it, as most people write it. */
    if (key->list && value->kind == WEFT_YAML_SEQUENCE && value->count == 1) value = value->children[0];
    weft_text_add(out, "%s: ", path);
    weft_yaml_render(value, out);
    weft_text_add(out, "\n");
    weft_yaml_free(fallback);
}

/* A section, or one entry of a list of them: `number`, or -1. */
static void add_below(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                      const char *path, int number, weft_text *out) {
    char *prefix = number < 0 ? weft_text_format("%s.", path) : weft_text_format("%s.%d.", path, number);
    if (prefix == NULL)
        reader->no_memory = true;
    else
        weft_config_add_identity(reader, key->children, node, prefix, out);
    free(prefix);
}

void weft_config_add_identity(weft_config_reader *reader, const weft_config_key *keys, const weft_yaml_node *node,
                              const char *prefix, weft_text *out) {
    for (const weft_config_key *key = keys; key->name != NULL; key++) {
        if (key->free) continue;
        const weft_yaml_node *value = node == NULL ? NULL : weft_yaml_find(node, key->name);
        bool list = value != NULL && value->kind == WEFT_YAML_SEQUENCE;
        char *path = weft_text_format("%s%s", prefix, key->name);
        if (path == NULL)
            reader->no_memory = true;
        else if (key->children == NULL)
            add_value(reader, key, value, path, out);
        else if (!list)
            add_below(reader, key, value, path, -1, out);
        for (int i = 0; path != NULL && key->children != NULL && list && i < value->count; i++)
            add_below(reader, key, value->children[i], path, i, out);
        free(path);
    }
}
