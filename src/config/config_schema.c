/* SPDX-License-Identifier: MIT
 *
 * The table of keys, told as a JSON Schema. */
#include "config/config_schema.h"

#include "config/schema_types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static void add_indent(weft_text *out, int depth) {
    weft_text_add(out, "%*s", 2 * depth, "");
}

static void add_string(weft_text *out, const char *text) {
    weft_text_add(out, "\"");
    for (; *text != '\0'; text++)
        weft_text_add(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    weft_text_add(out, "\"");
}

static void add_words(const weft_registries *registries, const weft_config_key *key, weft_text *out) {
    const weft_choice *choice;
    char alias[WEFT_CONFIG_WORD_BYTES];
    weft_text_add(out, "\"enum\": [");
    for (int i = 0; (choice = weft_config_choice(registries, key, i)) != NULL; i++) {
        weft_text_add(out, i == 0 ? "" : ", ");
        if (choice->last == 0) add_string(out, choice->word);
        for (int number = choice->first; choice->last > 0 && number <= choice->last; number++)
            weft_text_add(out, "%s\"%s%d\"", number > choice->first ? ", " : "", choice->word, number);
        for (const char *list = choice->aliases; weft_config_next_word(&list, alias);) {
            weft_text_add(out, ", ");
            add_string(out, alias);
        }
    }
    weft_text_add(out, "]");
}

/* A default is YAML of one line: a number, true or false, a list or quoted text as they are, else a word. */
static void add_default(weft_text *out, const char *fallback) {
    bool literal = strcmp(fallback, "true") == 0 || strcmp(fallback, "false") == 0 || fallback[0] == '"' ||
                   strspn(fallback, "0123456789.") == strlen(fallback);
    weft_text_add(out, ", \"default\": ");
    if (fallback[0] == '[') {
        weft_text_add(out, "[");
        weft_text_add_bytes(out, "\"", 1);
        weft_text_add_bytes(out, fallback + 1, strlen(fallback) - 2);
        weft_text_add(out, "\"]");
    } else if (literal) {
        weft_text_add(out, "%s", fallback);
    } else {
        add_string(out, fallback);
    }
}

static void add_value_type(const weft_registries *registries, const weft_config_key *key, weft_text *out) {
    if (key->type != NULL)
        weft_text_add(out, "%s", key->type);
    else
        add_words(registries, key, out);
}

static void add_type(const weft_registries *registries, const weft_config_key *key, weft_text *out) {
    if (key->list) {
        weft_text_add(out, "\"oneOf\": [{");
        add_value_type(registries, key, out);
        weft_text_add(out, "}, {\"type\": \"array\", \"minItems\": 1, \"uniqueItems\": true, \"items\": {");
    }
    add_value_type(registries, key, out);
    if (key->list) weft_text_add(out, "}}]");
    bool number = key->type != NULL &&
                  (strcmp(key->type, WEFT_SCHEMA_INTEGER) == 0 || strcmp(key->type, WEFT_SCHEMA_NUMBER) == 0);
    if (number && key->low < key->high)
        weft_text_add(out, ", \"%s\": %.15g, \"maximum\": %.15g", key->over ? "exclusiveMinimum" : "minimum", key->low,
                      key->high);
}

static void add_key(const weft_registries *registries, const weft_config_key *key, int depth, weft_text *out) {
    add_indent(out, depth);
    add_string(out, key->name);
    weft_text_add(out, ": {\"description\": ");
    add_string(out, key->description);
    if (key->entries) {
        weft_text_add(out, ", \"type\": \"array\", \"minItems\": 1, \"items\": {\n");
        weft_config_schema_object(registries, key->children, depth + 1, out);
        add_indent(out, depth);
        weft_text_add(out, "}}");
        return;
    }
    if (key->children != NULL) {
        weft_text_add(out, ",\n");
        weft_config_schema_object(registries, key->children, depth + 1, out);
        add_indent(out, depth);
        weft_text_add(out, "}");
        return;
    }
    weft_text_add(out, ", ");
    add_type(registries, key, out);
    if (key->fallback != NULL) add_default(out, key->fallback);
    weft_text_add(out, "}");
}

void weft_config_schema_object(const weft_registries *registries, const weft_config_key *keys, int depth,
                               weft_text *out) {
    bool any = false;
    add_indent(out, depth);
    weft_text_add(
        out, "\"type\": \"object\", \"additionalProperties\": false, \"patternProperties\": {\"^(x-|<<$)\": {}},\n");
    for (const weft_config_key *key = keys; key->name != NULL; key++) {
        if (!key->required || key->instead != NULL) continue;
        if (!any) add_indent(out, depth);
        weft_text_add(out, any ? ", " : "\"required\": [");
        add_string(out, key->name);
        any = true;
    }
    if (any) weft_text_add(out, "],\n");
    add_indent(out, depth);
    for (const weft_config_key *key = keys; key->name != NULL; key++)
        if (key->instead != NULL)
            weft_text_add(out, "\"oneOf\": [{\"required\": [\"%s\"]}, {\"required\": [\"%s\"]}], ", key->name,
                          key->instead);
    weft_text_add(out, "\"properties\": {\n");
    for (const weft_config_key *key = keys; key->name != NULL; key++) {
        add_key(registries, key, depth + 1, out);
        weft_text_add(out, key[1].name != NULL ? ",\n" : "\n");
    }
    add_indent(out, depth);
    weft_text_add(out, "}\n");
}

weft_status weft_config_schema(const weft_registries *registries, weft_text *out, weft_error *err) {
    weft_config_key *keys = weft_config_all_keys(registries);
    weft_text_add(out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                       "  \"title\": \"weft configuration\",\n");
    if (keys != NULL) weft_config_schema_object(registries, keys, 1, out);
    weft_text_add(out, "}\n");
    out->failed = out->failed || keys == NULL;
    free(keys);
    return out->failed ? weft_error_no_memory(err, "the schema") : WEFT_OK;
}

static void list_words(const weft_registries *registries, const weft_config_key *key, weft_text *out) {
    const weft_choice *choice;
    weft_text_add(out, key->type != NULL && strcmp(key->type, WEFT_SCHEMA_BOOLEAN) == 0 ? "true false" : "");
    for (int i = 0; (choice = weft_config_choice(registries, key, i)) != NULL; i++) {
        weft_text_add(out, i > 0 ? " %s" : "%s", choice->word);
        if (choice->last > 0) weft_text_add(out, "%d %s%d", choice->first, choice->word, choice->last);
    }
}

/* One walk through the keys. */
typedef struct key_walk {
    const weft_registries *registries;
    weft_config_key_fn each;
    void *payload;
    bool failed; /* no memory */
} key_walk;

static void walk_keys(key_walk *walk, const weft_config_key *keys, const char *prefix) {
    for (const weft_config_key *key = keys; key->name != NULL; key++) {
        char path[128];
        weft_text words = {0};
        const char *end = key->entries ? ".0." : key->children != NULL ? "." : "";
        (void)snprintf(path, sizeof path, "%s%s%s", prefix, key->name, end);
        if (key->children != NULL) {
            walk_keys(walk, key->children, path);
            continue;
        }
        list_words(walk->registries, key, &words);
        walk->failed = walk->failed || words.failed;
        if (!words.failed)
            walk->each(walk->payload, &(weft_config_key_facts){path, key->description, key->fallback, words.data});
        weft_text_dispose(&words);
    }
}

bool weft_config_each_key(const weft_registries *registries, weft_config_key_fn each, void *payload) {
    key_walk walk = {registries, each, payload, false};
    weft_config_key *keys = weft_config_all_keys(registries);
    if (keys != NULL) walk_keys(&walk, keys, "");
    free(keys);
    return keys != NULL && !walk.failed;
}

const char *weft_config_yaml_version(void) {
    return yaml_get_version_string();
}
