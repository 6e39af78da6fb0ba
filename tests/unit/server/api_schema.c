/* SPDX-License-Identifier: MIT */
#include "unit/server/api_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *type_name(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "object";
    case JSON_ARRAY:
        return "array";
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
        return "integer";
    case JSON_REAL:
        return "number";
    case JSON_NULL:
        return "null";
    default:
        return "boolean";
    }
}

static bool is_of(const char *type, const json_t *value) {
    return strcmp(type, type_name(value)) == 0 || (strcmp(type, "number") == 0 && json_is_integer(value));
}

static bool is_of_any(json_t *types, const json_t *value) {
    size_t at;
    json_t *type;
    if (json_is_string(types)) return is_of(json_string_value(types), value);
    json_array_foreach(types, at, type) if (is_of(json_string_value(type), value)) return true;
    return false;
}

static bool is_in(json_t *list, json_t *value) {
    size_t at;
    json_t *item;
    json_array_foreach(list, at, item) if (json_equal(item, value)) return true;
    return false;
}

static bool knows_all_words(json_t *schema, const char *place) {
    static const char *const words[] = {"type",  "enum", "properties",  "required", "additionalProperties",
                                        "items", "$ref", "description", "pattern"};
    const char *key;
    json_t *value;
    json_object_foreach(schema, key, value) {
        bool known = false;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            known = known || strcmp(words[i], key) == 0;
        if (known) continue;
        printf("%s: the schema's %s is not known\n", place, key);
        return false;
    }
    return true;
}

static bool check_members(json_t *document, json_t *schema, json_t *value, const char *place) {
    json_t *properties = json_object_get(schema, "properties"), *more = json_object_get(schema, "additionalProperties");
    bool good = true;
    size_t at;
    json_t *item;
    const char *key;
    char inner[256];
    json_array_foreach(json_object_get(schema, "required"), at, item) {
        if (json_object_get(value, json_string_value(item)) != NULL) continue;
        printf("%s: there is no %s\n", place, json_string_value(item));
        good = false;
    }
    json_object_foreach(value, key, item) {
        json_t *its = json_object_get(properties, key);
        if (its == NULL && json_is_object(more)) its = more;
        (void)snprintf(inner, sizeof inner, "%s.%s", place, key);
        if (its == NULL && json_is_false(more)) printf("%s: the schema has none\n", inner);
        good = good && (its != NULL ? api_schema_check(document, its, item, inner) : !json_is_false(more));
    }
    return good;
}

static json_t *follow(json_t *document, json_t *schema) {
    const char *reference = json_string_value(json_object_get(schema, "$ref")), *last;
    if (reference == NULL) return schema;
    last = strrchr(reference, '/');
    return json_object_get(json_object_get(json_object_get(document, "components"), "schemas"), last + 1);
}

bool api_schema_check(json_t *document, json_t *schema, json_t *value, const char *place) {
    size_t at;
    json_t *item, *list;
    char inner[256];
    schema = follow(document, schema);
    if (schema == NULL || !knows_all_words(schema, place)) return false;
    if ((list = json_object_get(schema, "type")) != NULL && !is_of_any(list, value)) {
        printf("%s: %s is of the wrong type\n", place, type_name(value));
        return false;
    }
    if ((list = json_object_get(schema, "enum")) != NULL && !is_in(list, value)) {
        printf("%s: none of the values that there are\n", place);
        return false;
    }
    if (json_is_object(value)) return check_members(document, schema, value, place);
    if (!json_is_array(value) || (list = json_object_get(schema, "items")) == NULL) return true;
    json_array_foreach(value, at, item) {
        (void)snprintf(inner, sizeof inner, "%s[%zu]", place, at);
        if (!api_schema_check(document, list, item, inner)) return false;
    }
    return true;
}

json_t *api_schema_of(json_t *document, const char *path) {
    json_t *get = json_object_get(json_object_get(json_object_get(document, "paths"), path), "get");
    json_t *ok = json_object_get(json_object_get(get, "responses"), "200");
    return json_object_get(json_object_get(json_object_get(ok, "content"), "application/json"), "schema");
}
