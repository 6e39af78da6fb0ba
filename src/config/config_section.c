/* Reads a mapping through its table of keys.
 *
 * SPDX-License-Identifier: MIT */
#include "config/config_keys.h"

#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const weft_config_key *weft_config_find_key(const weft_config_key *keys, const char *name) {
    for (; keys->name != NULL; keys++)
        if (strcmp(keys->name, name) == 0) return keys;
    return NULL;
}

/* --- keys that are not there --- */

#define ELSEWHERE 3 /* places that are named, at most */

/* The places in the whole file of a key of this name, or if `value` is set of a key that has this word for a value. */
typedef struct search {
    const weft_config_reader *reader;
    const char *text;
    bool value;
    weft_text found;
    int count;
} search;

/* place: the key with the sections that it is in, "rows.sample.seed". list: whose entries have it; NULL: none has. */
static void add_place(search *self, const weft_config_key *key, const char *place, const char *list) {
    const weft_choice *choice = self->value ? weft_config_choice_meant(self->reader, key, self->text) : NULL;
    bool outermost = list == NULL && strchr(place, '.') == NULL;
    if (self->value ? choice == NULL : strcmp(key->name, self->text) != 0) return;
    if (self->count++ >= ELSEWHERE) return;
    weft_text_add(&self->found, "%s%s", self->count > 1 ? ", or " : "", place);
    if (choice != NULL) weft_text_add(&self->found, ": %s", choice->word);
    if (list != NULL) weft_text_add(&self->found, " of an entry of %s", list);
    if (outermost && !self->value) weft_text_add(&self->found, " outside of sections");
}

/* section: the name of that which has these keys, with a point after it; "" for the file and for entries of `list`.
 * Sections inside entries are not looked into: a sentence has no good name for such a place. */
static void search_keys(search *self, const weft_config_key *keys, const char *section, const char *list) {
    char place[256], inner[sizeof place + 1];
    for (const weft_config_key *key = keys; key->name != NULL; key++) {
        (void)snprintf(place, sizeof place, "%s%s", section, key->name);
        (void)snprintf(inner, sizeof inner, "%s.", place);
        add_place(self, key, place, list);
        if (key->children != NULL && list == NULL)
            search_keys(self, key->children, key->entries ? "" : inner, key->entries ? place : NULL);
    }
}

/* Where else it would be right. On the heap; NULL: nowhere. */
static char *elsewhere(const weft_config_reader *reader, const char *text, bool value) {
    search self = {.reader = reader, .text = text, .value = value};
    if (reader->keys != NULL) search_keys(&self, reader->keys, "", NULL);
    char *out = self.count > 0 && self.count <= ELSEWHERE && !self.found.failed
                    ? weft_text_format("did you mean %s?", self.found.data)
                    : NULL;
    weft_text_dispose(&self.found);
    return out;
}

/* What was meant by a key that is not there: another word for one, a word that is a value of one, a key of another
 * section, a slip, or a value of a key of another section. On the heap; NULL: nothing is near. */
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
    char *out = elsewhere(reader, text, false);
    const char *nearest = weft_text_nearest(text, names);
    if (out == NULL && nearest != NULL) out = weft_text_format("did you mean %s?", nearest);
    return out != NULL ? out : elsewhere(reader, text, true);
}

static void report_unknown(weft_config_reader *reader, const weft_config_key *keys, const weft_yaml_node *node, int i,
                           const char *path) {
    /* A batch file's, of which nothing else is right here either. */
    bool is_batch = path[0] == '\0' && strcmp(node->keys[i], "jobs") == 0;
    char *hint = is_batch ? weft_text_format("a batch file has jobs: weft batch %s runs it", reader->report.file)
                          : guess(reader, keys, node->keys[i]);
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
