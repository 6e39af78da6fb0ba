/* SPDX-License-Identifier: MIT
 *
 * Readers of what a table is made of besides datasets: derived columns, the rows that are kept, and which columns are
 * written. Whether names are columns is not known before the rasters are open; the form of an expression is. */
#include "config/config_keys.h"

#include "config/config_name.h"
#include "config/schema_types.h"

#include <stdlib.h>
#include <string.h>

#define DERIVED_TYPES                                                                                                  \
    "[\"Float64\", \"Float32\", \"Int8\", \"Byte\", \"Int16\", \"UInt16\", \"Int32\", \"UInt32\", \"Int64\", "         \
    "\"UInt64\"]"

const char weft_config_derived_schema[] =
    "\"type\": \"object\", \"propertyNames\": {\"pattern\": \"^[A-Za-z0-9._-]+$\"}, \"additionalProperties\": "
    "{\"oneOf\": [{\"type\": [\"string\", \"number\"]}, {\"type\": \"object\", \"additionalProperties\": false, "
    "\"required\": [\"expr\"], \"properties\": {\"expr\": {\"type\": [\"string\", \"number\"]}, \"type\": "
    "{\"enum\": " DERIVED_TYPES ", \"default\": \"Float64\"}}}]}";

void weft_config_read_expression(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                 void *target) {
    weft_config_expression *out = target;
    weft_error err = {0};
    size_t at = 0;
    if (node->kind != WEFT_YAML_SCALAR || node->text[0] == '\0') {
        weft_config_expect(reader, key, node, "an expression", "(nir - red) / (nir + red)");
        return;
    }
    weft_status (*check)(const char *, size_t *, weft_error *) = reader->registries->expression;
    if (check != NULL && check(node->text, &at, &err) != WEFT_OK) {
        weft_place place = node->place;
        if (node->text_column > 0) place.column = node->text_column + (int)at;
        weft_yaml_report(&reader->report, place, node->origin, err.hint[0] != '\0' ? err.hint : NULL, "%s: %s",
                         key->name, err.message);
        return;
    }
    out->place = node->place;
    out->in_place = node->text_column > 0;
    if (out->in_place) out->place.column = node->text_column;
    out->text = strdup(node->text);
    out->origin = node->origin == NULL ? NULL : strdup(node->origin);
    reader->no_memory = reader->no_memory || out->text == NULL || (node->origin != NULL && out->origin == NULL);
}

static void read_type(weft_config_reader *reader, const weft_yaml_node *node, weft_data_type *out) {
    const char *names[WEFT_FLOAT64 + 2] = {0};
    for (int i = 0; i <= (int)WEFT_FLOAT64; i++)
        names[i] = weft_data_type_name((weft_data_type)i);
    for (int i = 0; i <= (int)WEFT_FLOAT64 && node->kind == WEFT_YAML_SCALAR; i++) {
        if (strcmp(names[i], node->text) != 0) continue;
        *out = (weft_data_type)i;
        return;
    }
    const char *nearest = node->kind == WEFT_YAML_SCALAR ? weft_text_nearest(node->text, names) : NULL;
    char *hint = weft_text_format(
        "%s%s%sthere are Float64, Float32, Int8, Byte, Int16, UInt16, Int32, UInt32, Int64, UInt64",
        nearest != NULL ? "did you mean " : "", nearest != NULL ? nearest : "", nearest != NULL ? "? " : "");
    static const weft_config_key key = {.name = "type"};
    weft_config_expect(reader, &key, node, "a type", hint);
    free(hint);
}

/* The place of `node`'s key number i. */
static void report_key(weft_config_reader *reader, const weft_yaml_node *node, int i, const char *hint,
                       const char *message) {
    const char *origin = node->key_places[i].line == 0 ? node->children[i]->origin : node->origin;
    weft_yaml_report(&reader->report, node->key_places[i], origin, hint, "columns: %s \"%.60s\"", message,
                     node->keys[i]);
}

/* {expr: .., type: ..} */
static void read_described(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                           weft_config_column *out) {
    const weft_yaml_node *expression = weft_yaml_find(node, "expr"), *type = weft_yaml_find(node, "type");
    for (int i = 0; i < node->count; i++)
        if (node->children[i] != expression && node->children[i] != type)
            report_key(reader, node, i, "a derived column has expr and type", "there is no key");
    if (expression == NULL) {
        weft_yaml_report(&reader->report, node->place, node->origin, "{expr: a + b, type: Int16}",
                         "columns: expr is missing");
        return;
    }
    if (type != NULL) read_type(reader, type, &out->type);
    weft_config_read_expression(reader, key, expression, &out->expression);
}

static void read_column(weft_config_reader *reader, const weft_yaml_node *node, int i) {
    weft_config *config = reader->config;
    weft_config_column *out = &config->columns[config->column_count];
    const weft_yaml_node *value = node->children[i];
    const char *name = node->keys[i];
    char *path = weft_text_format("columns.%s", name);
    const weft_config_key key = {.name = path != NULL ? path : "columns"};
    *out = (weft_config_column){.type = WEFT_FLOAT64, .name = strdup(name)};
    reader->no_memory = reader->no_memory || path == NULL || out->name == NULL;
    config->column_count++;
    if (!weft_config_is_name(name) || strcmp(name, "x") == 0 || strcmp(name, "y") == 0)
        report_key(reader, node, i, WEFT_NAME_RULE "; x and y are the coordinates", "no column can be called");
    else if (value->kind == WEFT_YAML_MAPPING)
        read_described(reader, &key, value, out);
    else
        weft_config_read_expression(reader, &key, value, &out->expression);
    free(path);
}

void weft_config_read_derived(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                              void *target) {
    (void)target;
    if (node->kind != WEFT_YAML_MAPPING) {
        weft_config_expect(reader, key, node, "a mapping of names to expressions", "ndvi: (nir - red) / (nir + red)");
        return;
    }
    reader->config->columns = calloc((size_t)node->count + 1, sizeof *reader->config->columns);
    if (reader->config->columns == NULL) {
        reader->no_memory = true;
        return;
    }
    for (int i = 0; i < node->count; i++)
        if (weft_yaml_find(node, node->keys[i]) == node->children[i] && !node->children[i]->broken)
            read_column(reader, node, i);
}

void weft_config_read_where(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target) {
    (void)target;
    weft_config_read_expression(reader, key, node, &reader->config->where);
}

static bool is_chosen(const weft_config_chosen *chosen, int count, const char *name) {
    for (int i = 0; i < count; i++)
        if (strcmp(chosen[i].name, name) == 0) return true;
    return false;
}

/* A list of columns, each once. */
static void read_columns(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                         weft_config_chosen **out, int *count, const char *hint) {
    static const char expected[] = "a list of columns, each once";
    if (node->kind != WEFT_YAML_SEQUENCE || node->count == 0) {
        weft_config_expect(reader, key, node, expected, hint);
        return;
    }
    *out = calloc((size_t)node->count, sizeof **out);
    if (*out == NULL) {
        reader->no_memory = true;
        return;
    }
    for (int i = 0; i < node->count; i++) {
        const weft_yaml_node *one = node->children[i];
        if (one->kind != WEFT_YAML_SCALAR || !weft_config_is_name(one->text) || is_chosen(*out, *count, one->text)) {
            weft_config_expect(reader, key, one, expected, NULL);
            continue;
        }
        weft_config_chosen *chosen = &(*out)[*count];
        *chosen = (weft_config_chosen){
            .name = strdup(one->text), .place = one->place, .origin = one->origin == NULL ? NULL : strdup(one->origin)};
        if (chosen->name == NULL || (one->origin != NULL && chosen->origin == NULL)) reader->no_memory = true;
        if (chosen->name == NULL) return;
        ++*count;
    }
}

void weft_config_read_chosen(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                             void *target) {
    weft_config *config = reader->config;
    (void)target;
    read_columns(reader, key, node, &config->chosen, &config->chosen_count, "[ndvi, elevation]; leave it out for all");
}

const char weft_config_partition_schema[] =
    "\"oneOf\": [{\"enum\": [\"none\", \"shards\"]}, {\"type\": \"object\", \"properties\": {\"by\": {\"type\": "
    "\"array\", \"items\": {" WEFT_SCHEMA_NAME "}, \"minItems\": 1, \"description\": \"Columns whose values are "
    "folders, the outer first.\"}}, \"required\": [\"by\"], \"additionalProperties\": false}]";

void weft_config_read_partition(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                void *target) {
    static const weft_config_key by_key = {.name = "partition.by"};
    weft_config *config = reader->config;
    if (node->kind != WEFT_YAML_MAPPING) {
        weft_config_read_choice(reader, key, node, target);
        return;
    }
    const weft_yaml_node *by = weft_yaml_find(node, "by");
    if (by == NULL || node->count != 1) {
        weft_config_expect(reader, key, node, "none, shards, or {by: [COLUMN, ..]}", "by: [zone]");
        return;
    }
    config->partition = WEFT_PARTITION_BY;
    read_columns(reader, &by_key, by, &config->partition_by, &config->partition_by_count, "[zone]");
}
