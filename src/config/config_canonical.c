/* SPDX-License-Identifier: MIT
 *
 * The text runs again, from any folder: overrides are in it, environment variables are filled in, and what was read as
 * a path stands there as the absolute path that it was. */
#include "config/config_keys.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_path(const weft_config_key *key) {
    return key->read == weft_config_read_path || key->read == weft_config_read_paths || key->path;
}

/* Whether quotes change nothing: a word that is no truth value and no number. */
static bool is_word(const char *text) {
    static const char *const meant[] = {"true", "false", "null", "yes", "no", "on", "off", "inf", "nan", NULL};
    for (int i = 0; meant[i] != NULL; i++)
        if (strcasecmp(text, meant[i]) == 0) return false;
    return isalpha((unsigned char)text[0]);
}

/* A text without quotes may be a number or a truth value, and stays one; these characters need none. */
static bool is_plain(const weft_yaml_node *value) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";
    const char *text = value->text;
    if (text[0] == '\0' || strcmp(text, "-") == 0 || text[strspn(text, plain)] != '\0') return false;
    return !value->quoted || is_word(text);
}

static void add_scalar(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *value,
                       weft_text *out) {
    /* `grid.like` may be a dataset's name, which stays. */
    bool path = is_path(key) && !(key->path && weft_config_find_dataset(reader->config, value->text) >= 0);
    char *absolute = path ? weft_config_raster_name(reader, value->text) : NULL;
    if (absolute == NULL && is_plain(value))
        weft_text_add(out, "%s", value->text);
    else
        weft_yaml_add_quoted(out, absolute != NULL ? absolute : value->text, true);
    free(absolute);
}

static void add_node(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *value,
                     weft_text *out) {
    bool mapping = value->kind == WEFT_YAML_MAPPING;
    if (value->kind == WEFT_YAML_SCALAR) {
        add_scalar(reader, key, value, out);
        return;
    }
    weft_text_add(out, mapping ? "{" : "[");
    for (int i = 0; i < value->count; i++) {
        if (i > 0) weft_text_add(out, ", ");
        if (mapping) weft_yaml_add_quoted(out, value->keys[i], true);
        if (mapping) weft_text_add(out, ": ");
        add_node(reader, key, value->children[i], out);
    }
    weft_text_add(out, mapping ? "}" : "]");
}

static void add_value(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *value, int indent,
                      weft_text *out) {
    weft_text_add(out, "%*s%s: ", indent, "", key->name);
    add_node(reader, key, value, out);
    weft_text_add(out, "\n");
}

static void add_fallback(weft_config_reader *reader, const weft_config_key *key, int indent, weft_text *out) {
    weft_yaml_node *node = weft_yaml_parse(&reader->report, key->fallback, strlen(key->fallback), WEFT_CONFIG_DEFAULT);
    if (node == NULL)
        reader->no_memory = true;
    else
        add_value(reader, key, node, indent, out);
    weft_yaml_free(node);
}

/* A section without a key would be read as nothing, which is no section: its name is left out again. */
static void add_section(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *value, int indent,
                        weft_text *out) {
    bool list = value != NULL && value->kind == WEFT_YAML_SEQUENCE;
    size_t before = out->length;
    weft_text_add(out, "%*s%s:\n", indent, "", key->name);
    size_t named = out->length;
    for (int i = 0; list && i < value->count; i++) {
        weft_text_add(out, "%*s-\n", indent + 2, "");
        weft_config_add_canonical(reader, key->children, value->children[i], indent + 4, out);
    }
    if (!list) weft_config_add_canonical(reader, key->children, value, indent + 2, out);
    if (out->length == named && !out->failed) {
        out->length = before;
        out->data[before] = '\0';
    }
}

void weft_config_add_canonical(weft_config_reader *reader, const weft_config_key *keys, const weft_yaml_node *node,
                               int indent, weft_text *out) {
    /* What `like` says stands nowhere else, not even as a default. */
    bool is_like = keys == weft_config_grid_keys && node != NULL && weft_yaml_find(node, "like") != NULL;
    for (const weft_config_key *key = keys; key->name != NULL; key++) {
        const weft_yaml_node *value = node == NULL ? NULL : weft_yaml_find(node, key->name);
        if (key->children != NULL)
            add_section(reader, key, value, indent, out);
        else if (value != NULL)
            add_value(reader, key, value, indent, out);
        else if (key->fallback != NULL && !is_like)
            add_fallback(reader, key, indent, out);
    }
}
