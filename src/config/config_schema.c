/* SPDX-License-Identifier: MIT
 *
 * The table of keys, told as a JSON Schema. */
#include "config/config_schema.h"

#include "config/batch/batch_keys.h"

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

static void add_words(weft_text *out, const weft_config_choice *choices) {
    bool first = true;
    weft_text_add(out, "\"enum\": [");
    for (; choices->word != NULL; choices++) {
        weft_text_add(out, first ? "" : ", ");
        add_string(out, choices->word);
        first = false;
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

static void add_value_type(weft_text *out, const weft_config_key *key) {
    if (key->type != NULL)
        weft_text_add(out, "%s", key->type);
    else
        add_words(out, key->choices);
}

static void add_type(weft_text *out, const weft_config_key *key) {
    if (key->list) {
        weft_text_add(out, "\"oneOf\": [{");
        add_value_type(out, key);
        weft_text_add(out, "}, {\"type\": \"array\", \"minItems\": 1, \"uniqueItems\": true, \"items\": {");
    }
    add_value_type(out, key);
    if (key->list) weft_text_add(out, "}}]");
    if (key->read == weft_config_read_int64 || key->read == weft_config_read_number)
        weft_text_add(out, ", \"%s\": %.15g, \"maximum\": %.15g", key->over ? "exclusiveMinimum" : "minimum", key->low,
                      key->high);
}

static void add_object(weft_text *out, const weft_config_key *keys, int depth);

static void add_key(weft_text *out, const weft_config_key *key, int depth) {
    add_indent(out, depth);
    add_string(out, key->name);
    weft_text_add(out, ": {\"description\": ");
    add_string(out, key->description);
    if (key->entries) {
        weft_text_add(out, ", \"type\": \"array\", \"minItems\": 1, \"items\": {\n");
        add_object(out, key->children, depth + 1);
        add_indent(out, depth);
        weft_text_add(out, "}}");
        return;
    }
    if (key->children != NULL) {
        weft_text_add(out, ",\n");
        add_object(out, key->children, depth + 1);
        add_indent(out, depth);
        weft_text_add(out, "}");
        return;
    }
    weft_text_add(out, ", ");
    add_type(out, key);
    if (key->fallback != NULL) add_default(out, key->fallback);
    weft_text_add(out, "}");
}

static void add_object(weft_text *out, const weft_config_key *keys, int depth) {
    bool any = false;
    add_indent(out, depth);
    weft_text_add(
        out, "\"type\": \"object\", \"additionalProperties\": false, \"patternProperties\": {\"^(x-|<<$)\": {}},\n");
    for (const weft_config_key *key = keys; key->name != NULL; key++) {
        if (!key->required) continue;
        if (!any) add_indent(out, depth);
        weft_text_add(out, any ? ", " : "\"required\": [");
        add_string(out, key->name);
        any = true;
    }
    if (any) weft_text_add(out, "],\n");
    add_indent(out, depth);
    weft_text_add(out, "\"properties\": {\n");
    for (const weft_config_key *key = keys; key->name != NULL; key++) {
        add_key(out, key, depth + 1);
        weft_text_add(out, key[1].name != NULL ? ",\n" : "\n");
    }
    add_indent(out, depth);
    weft_text_add(out, "}\n");
}

weft_status weft_config_schema(weft_text *out, weft_error *err) {
    weft_text_add(out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                       "  \"title\": \"weft configuration\",\n");
    add_object(out, weft_config_keys, 1);
    weft_text_add(out, "}\n");
    return out->failed ? weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the schema") : WEFT_OK;
}

weft_status weft_batch_file_schema(weft_text *out, weft_error *err) {
    weft_text_add(out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                       "  \"title\": \"weft batch file\",\n  \"$defs\": {\"configuration\": {\n");
    add_object(out, weft_config_keys, 2);
    weft_text_add(out, "  }},\n");
    add_object(out, weft_batch_keys, 1);
    weft_text_add(out, "}\n");
    return out->failed ? weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the schema") : WEFT_OK;
}

const char *weft_config_yaml_version(void) {
    return yaml_get_version_string();
}
