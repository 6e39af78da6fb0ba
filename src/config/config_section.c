/* Reads a mapping through its table of keys.
 *
 * SPDX-License-Identifier: MIT */
#include "config/config_keys.h"

#include <stdlib.h>
#include <string.h>

const weft_config_key *weft_config_find_key(const weft_config_key *keys, const char *name) {
    for (; keys->name != NULL; keys++)
        if (strcmp(keys->name, name) == 0) return keys;
    return NULL;
}

/* What was meant by a key that is not there: another word for one, a word that is a value of one, or a slip. On the
 * heap; NULL: nothing is near. */
static char *guess(const weft_config_reader *reader, const weft_config_key *keys, const char *text) {
    const char *names[64] = {0};
    const weft_choice *choice;
    for (const weft_config_key *key = keys; key->name != NULL; key++)
        if (weft_config_is_synonym(key->synonyms, text)) return weft_text_format("did you mean %s?", key->name);
    for (const weft_config_key *key = keys; key->name != NULL; key++) {
        if ((choice = weft_config_choice_meant(reader, key, text)) == NULL) continue;
        return weft_text_format("did you mean %s: %s?%s%s", key->name, choice->word,
                                choice->example != NULL ? " as in " : "",
                                choice->example != NULL ? choice->example : "");
    }
    for (int j = 0; keys[j].name != NULL && j < 63; j++)
        names[j] = keys[j].name;
    const char *nearest = weft_text_nearest(text, names);
    return nearest != NULL ? weft_text_format("did you mean %s?", nearest) : NULL;
}

static void report_unknown(weft_config_reader *reader, const weft_config_key *keys, const weft_yaml_node *node, int i,
                           const char *path) {
    char *hint = guess(reader, keys, node->keys[i]);
    const char *origin = node->key_places[i].line == 0 ? node->children[i]->origin : node->origin;
    weft_yaml_report(&reader->report, node->key_places[i], origin,
                     hint != NULL ? hint : weft_yaml_keys_hint(&reader->report), "%s%sthere is no key \"%.60s\"", path,
                     path[0] != '\0' ? ": " : "", node->keys[i]);
    free(hint);
}

/* A default goes through the same reader as what a user writes. */
static void read_fallback(weft_config_reader *reader, const weft_config_key *key, void *base) {
    weft_yaml_node *node = weft_yaml_parse(&reader->report, key->fallback, strlen(key->fallback), WEFT_CONFIG_DEFAULT);
    if (node == NULL)
        reader->no_memory = true;
    else
        key->read(reader, key, node, (char *)base + key->offset);
    weft_yaml_free(node);
}

static void read_absent(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node, void *base,
                        const char *path) {
    bool instead = key->instead != NULL && weft_yaml_find(node, key->instead) != NULL;
    if (key->required && !instead)
        weft_yaml_report(&reader->report, node->place, node->origin, NULL, "%s%s%s is missing", path,
                         path[0] != '\0' ? ": " : "", key->name);
    if (key->fallback != NULL) read_fallback(reader, key, base);
    if (key->children != NULL && !key->required) {
        weft_yaml_node *empty = weft_yaml_new(WEFT_YAML_MAPPING, node->place, node->origin);
        if (empty == NULL)
            reader->no_memory = true;
        else
            key->read(reader, key, empty, base);
        weft_yaml_free(empty);
    }
}

/* A value, or a list of values, that the environment left incomplete. */
static bool is_broken(const weft_yaml_node *node) {
    bool broken = node->broken;
    for (int i = 0; i < node->count && node->kind == WEFT_YAML_SEQUENCE; i++)
        broken = broken || node->children[i]->broken;
    return broken;
}

void weft_config_read_section(weft_config_reader *reader, const weft_config_key *keys, const weft_yaml_node *node,
                              void *base, const char *path) {
    if (node->kind != WEFT_YAML_MAPPING) {
        char found[96];
        weft_yaml_describe(node, found, sizeof found);
        weft_yaml_report(&reader->report, node->place, node->origin, NULL, "%s%sa mapping of keys is expected, not %s",
                         path, path[0] != '\0' ? ": " : "", found);
        return;
    }
    for (int i = 0; i < node->count; i++) {
        const weft_config_key *key = weft_config_find_key(keys, node->keys[i]);
        if (key == NULL)
            report_unknown(reader, keys, node, i, path);
        else if (weft_yaml_find(node, key->name) == node->children[i] && !is_broken(node->children[i]))
            key->read(reader, key, node->children[i], (char *)base + key->offset);
    }
    for (const weft_config_key *key = keys; key->name != NULL; key++)
        if (weft_yaml_find(node, key->name) == NULL) read_absent(reader, key, node, base, path);
}

void weft_config_read_own_section(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                  void *target) {
    (void)target;
    if (node->kind != WEFT_YAML_MAPPING && key->example != NULL)
        weft_config_expect(reader, key, node, "a mapping of keys", key->example);
    else
        weft_config_read_section(reader, key->children, node, reader->config, key->name);
}
