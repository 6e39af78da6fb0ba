/* SPDX-License-Identifier: MIT
 *
 * The merge key is that of YAML 1.1 (yaml.org/type/merge.html). Aliases are copies already, so pairs are moved. */
#include "config/yaml/yaml_reuse.h"

#include <stdlib.h>
#include <string.h>

/* Takes the pair out of the mapping; the value is the caller's. */
static weft_yaml_node *take_pair(weft_yaml_node *mapping, int i) {
    weft_yaml_node *value = mapping->children[i];
    free(mapping->keys[i]);
    size_t after = (size_t)(--mapping->count - i);
    memmove(&mapping->keys[i], &mapping->keys[i + 1], after * sizeof *mapping->keys);
    memmove(&mapping->key_places[i], &mapping->key_places[i + 1], after * sizeof *mapping->key_places);
    memmove(&mapping->children[i], &mapping->children[i + 1], after * sizeof(weft_yaml_node *));
    return value;
}

static void drop_extensions(weft_yaml_node *mapping) {
    for (int i = mapping->count - 1; i >= 0; i--)
        if (strncmp(mapping->keys[i], "x-", 2) == 0) weft_yaml_free(take_pair(mapping, i));
}

static bool give_pairs(const weft_yaml_reporter *reporter, weft_yaml_node *mapping, weft_yaml_node *from) {
    if (from->kind != WEFT_YAML_MAPPING) {
        char found[96];
        weft_yaml_describe(from, found, sizeof found);
        weft_yaml_report(reporter, from->place, from->origin, "<<: *NAME takes the keys of a mapping that &NAME marks",
                         "<<: a mapping or a list of mappings is expected, not %s", found);
        return true;
    }
    for (int i = 0; i < from->count; i++) {
        if (weft_yaml_find(mapping, from->keys[i]) != NULL) continue;
        weft_yaml_node *value = from->children[i];
        from->children[i] = NULL;
        if (!weft_yaml_put(mapping, from->keys[i], from->key_places[i], value)) return false;
    }
    return true;
}

/* names: see the header; at_names: the mapping's own keys are such names. */
static bool reuse(const weft_yaml_reporter *reporter, weft_yaml_node *node, const char *names, bool at_names);

static bool merge(const weft_yaml_reporter *reporter, weft_yaml_node *mapping, int i, const char *names,
                  bool at_names) {
    weft_yaml_node *from = take_pair(mapping, i);
    bool ok = reuse(reporter, from, names, at_names);
    if (from->kind != WEFT_YAML_SEQUENCE) ok = ok && give_pairs(reporter, mapping, from);
    for (int j = 0; from->kind == WEFT_YAML_SEQUENCE && j < from->count && ok; j++)
        ok = give_pairs(reporter, mapping, from->children[j]);
    weft_yaml_free(from);
    return ok;
}

static bool reuse(const weft_yaml_reporter *reporter, weft_yaml_node *node, const char *names, bool at_names) {
    bool ok = true, mapping = node->kind == WEFT_YAML_MAPPING;
    if (mapping && !at_names) drop_extensions(node);
    for (int i = 0; i < node->count && ok; i++) {
        const char *key = mapping ? node->keys[i] : NULL;
        if (key == NULL)
            ok = reuse(reporter, node->children[i], names, at_names);
        else if (strcmp(key, "<<") != 0)
            ok = reuse(reporter, node->children[i], NULL, names != NULL && strcmp(key, names) == 0);
    }
    for (int i = node->count - 1; i >= 0 && ok && mapping; i--)
        if (strcmp(node->keys[i], "<<") == 0) ok = merge(reporter, node, i, names, at_names);
    return ok;
}

bool weft_yaml_reuse(const weft_yaml_reporter *reporter, weft_yaml_node *root, const char *names) {
    return reuse(reporter, root, names, false);
}
