/* SPDX-License-Identifier: MIT
 *
 * Values are expanded after they are parsed, so that what the environment holds is never structure. */
#include "config/config_source.h"

#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_BYTES (1 << 20)

/* --- the file --- */

/* Some editors begin UTF-8 with one; libyaml takes it for a document of its own. */
static void drop_byte_order_mark(char *text, size_t *length) {
    if (strncmp(text, "\xef\xbb\xbf", 3) != 0) return;
    *length -= 3;
    memmove(text, text + 3, *length + 1);
}

/* Of /dev/stdin, /dev/fd/63 and the shell's <(..), which are read from, but lie nowhere that a path could mean. */
static bool is_of_streams(const char *folder) {
    return strcmp(folder, "/dev") == 0 || strcmp(folder, "/dev/fd") == 0 || strncmp(folder, "/proc/", 6) == 0;
}

weft_status weft_config_source_folder(char **out, const char *file, weft_error *err) {
    char *copy = strdup(file); /* dirname() writes into it */
    if (copy == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", file);
    *out = realpath(dirname(copy), NULL);
    int errno_value = errno;
    free(copy);
    if (*out != NULL && is_of_streams(*out)) {
        free(*out);
        *out = realpath(".", NULL);
        errno_value = errno;
    }
    if (*out != NULL) return WEFT_OK;
    return weft_error_set_errno(err, errno_value, "%s: its folder cannot be found", file);
}

weft_status weft_config_source_read(char **out, size_t *length, const char *file, weft_error *err) {
    struct stat info;
    *out = NULL;
    if (stat(file, &info) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: there is no such file", file);
        return weft_error_set_errno(err, errno, "%s", file);
    }
    if (S_ISDIR(info.st_mode)) return weft_error_set(err, WEFT_ERR_DATA, "%s: a folder, not a configuration", file);
    if (info.st_size > MAX_BYTES)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: %lld bytes, and a configuration has at most 1 MiB", file,
                              (long long)info.st_size);
    FILE *stream = fopen(file, "rb");
    if (stream == NULL) return weft_error_set_errno(err, errno, "%s", file);
    char *text = malloc(MAX_BYTES + 2);
    weft_status status = WEFT_OK;
    if (text == NULL) {
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", file);
    } else {
        *length = fread(text, 1, MAX_BYTES + 1, stream);
        if (ferror(stream)) status = weft_error_set(err, WEFT_ERR_IO, "%s: cannot be read", file);
        if (*length > MAX_BYTES)
            status = weft_error_set(err, WEFT_ERR_DATA, "%s: a configuration has at most 1 MiB", file);
        text[*length] = '\0';
        drop_byte_order_mark(text, length);
    }
    (void)fclose(stream);
    if (status == WEFT_OK)
        *out = text;
    else
        free(text);
    return status;
}

/* --- bytes --- */

bool weft_config_source_check(const weft_yaml_reporter *reporter, const char *text, size_t length) {
    weft_place place = {1, 1};
    bool indenting = true;
    for (size_t at = 0; at < length;) {
        size_t step = weft_text_utf8_length(text + at, length - at);
        if (step == 0 || text[at] == '\0') {
            /* A zero byte is of another kind of file: of a raster that was given in the place of a configuration. */
            weft_yaml_report(reporter, place, NULL,
                             text[at] != '\0' ? "save the file as UTF-8"
                                              : "a configuration is text; weft init makes one for a folder of rasters",
                             "byte 0x%02x is not UTF-8 text", (unsigned)(unsigned char)text[at]);
            return false;
        }
        if (indenting && text[at] == '\t') {
            weft_yaml_report(reporter, place, NULL, "YAML is indented by spaces", "a tab indents this line");
            return false;
        }
        if (text[at] == '\n') {
            place = (weft_place){place.line + 1, 1};
            indenting = true;
        } else {
            place.column++;
            if (text[at] != ' ') indenting = false;
        }
        at += step;
    }
    return true;
}

/* --- overrides --- */

static bool parse_index(const char *word, int count, int *out) {
    char *end;
    long value = strtol(word, &end, 10);
    if (!isdigit((unsigned char)word[0]) || *end != '\0' || value < 0 || value >= count) return false;
    *out = (int)value;
    return true;
}

/* The child of `node` called `word`: made, as a mapping, where a mapping has none. NULL: reported. */
static weft_yaml_node *step_into(const weft_yaml_reporter *reporter, weft_yaml_node *node, const char *word,
                                 const char *origin) {
    int index;
    if (node->kind == WEFT_YAML_SEQUENCE) {
        if (parse_index(word, node->count, &index)) return node->children[index];
        weft_yaml_report(reporter, node->place, origin, "entries count from 0: datasets.0.method=nearest",
                         "\"%s\" is not an entry of a list of %d", word, node->count);
        return NULL;
    }
    if (node->kind == WEFT_YAML_SCALAR) {
        weft_yaml_report(reporter, node->place, origin, NULL, "there is nothing in \"%s\" to set", node->text);
        return NULL;
    }
    weft_yaml_node *child = weft_yaml_find(node, word);
    if (child != NULL) return child;
    child = weft_yaml_new(WEFT_YAML_MAPPING, (weft_place){0, 0}, origin);
    return child != NULL && weft_yaml_put(node, word, (weft_place){0, 0}, child) ? child : NULL;
}

/* Puts `value`, taken over, at `word` of `node`. */
static bool put_node(const weft_yaml_reporter *reporter, weft_yaml_node *node, const char *word, weft_place place,
                     weft_yaml_node *value) {
    int index;
    const char *origin = value->origin;
    if (node->kind == WEFT_YAML_MAPPING) return weft_yaml_put(node, word, place, value);
    if (node->kind == WEFT_YAML_SEQUENCE && parse_index(word, node->count, &index)) {
        weft_yaml_free(node->children[index]);
        node->children[index] = value;
        return true;
    }
    weft_yaml_report(reporter, node->place, origin, NULL, "there is no \"%s\" to set here", word);
    weft_yaml_free(value);
    return false;
}

static bool put_value(const weft_yaml_reporter *reporter, weft_yaml_node *node, const char *word, const char *value,
                      const char *origin) {
    weft_yaml_node *parsed;
    /* Nothing, and the dash of standard output, which YAML takes for the beginning of a list. */
    if (value[0] == '\0' || strcmp(value, "-") == 0) {
        parsed = weft_yaml_new(WEFT_YAML_SCALAR, (weft_place){0, 0}, origin);
        if (parsed != NULL && (parsed->text = strdup(value)) == NULL) return weft_yaml_free(parsed), false;
        if (parsed != NULL) parsed->quoted = true;
    } else {
        parsed = weft_yaml_parse(reporter, value, strlen(value), origin);
    }
    if (parsed == NULL) return false;
    return put_node(reporter, node, word, (weft_place){0, 0}, parsed);
}

/* datasets[0].method, as other programs write it. */
static void report_bracket(const weft_yaml_reporter *reporter, const weft_yaml_node *node, const char *key,
                           const char *origin) {
    weft_text hint = {0};
    weft_text_add(&hint, "did you mean ");
    for (const char *at = key; *at != '\0'; at++)
        if (*at != ']') weft_text_add(&hint, "%c", *at == '[' ? '.' : *at);
    weft_text_add(&hint, "?");
    weft_yaml_report(reporter, node->place, origin, hint.data, "there is no key \"%.60s\"", key);
    weft_text_dispose(&hint);
}

/* The node that holds the last word of `key`, which is cut at its dots; *word: that word. NULL: reported. */
static weft_yaml_node *walk(const weft_yaml_reporter *reporter, weft_yaml_node *node, char *key, const char **word,
                            const char *origin) {
    *word = key;
    if (strchr(key, '[') != NULL) return report_bracket(reporter, node, key, origin), NULL;
    for (char *dot; node != NULL && (dot = strchr(*word, '.')) != NULL; *word = dot + 1) {
        *dot = '\0';
        node = step_into(reporter, node, *word, origin);
    }
    return node;
}

bool weft_config_source_override(const weft_yaml_reporter *reporter, weft_yaml_node *root,
                                 const weft_override *override, const char *origin) {
    char *key = strdup(override->key);
    const char *word;
    weft_yaml_node *node = key != NULL ? walk(reporter, root, key, &word, origin) : NULL;
    bool ok = node != NULL && put_value(reporter, node, word, override->value, origin);
    free(key);
    return ok;
}

static bool set_value(const weft_yaml_reporter *reporter, weft_yaml_node *node, const char *word,
                      const weft_yaml_node *value, weft_place key_place) {
    weft_yaml_node *there = node->kind == WEFT_YAML_MAPPING ? weft_yaml_find(node, word) : NULL;
    if (there != NULL && there->kind == WEFT_YAML_MAPPING && value->kind == WEFT_YAML_MAPPING)
        return weft_config_source_set(reporter, there, value);
    weft_yaml_node *copy = weft_yaml_copy(value);
    /* An unknown key is then reported where the value comes from. */
    if (value->origin != NULL) key_place = (weft_place){0, 0};
    return copy != NULL && put_node(reporter, node, word, key_place, copy);
}

bool weft_config_source_set(const weft_yaml_reporter *reporter, weft_yaml_node *root, const weft_yaml_node *set) {
    bool ok = true;
    for (int i = 0; i < set->count && ok; i++) {
        const weft_yaml_node *value = set->children[i];
        char *key = strdup(set->keys[i]);
        const char *word;
        weft_yaml_node *node = key != NULL ? walk(reporter, root, key, &word, value->origin) : NULL;
        ok = node != NULL && set_value(reporter, node, word, value, set->key_places[i]);
        free(key);
    }
    return ok;
}

/* --- the environment --- */

static bool is_name_character(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

static const char *find_variable(const weft_config_variables *variables, const char *name) {
    for (int i = 0; variables != NULL && i < variables->count; i++)
        if (strcmp(variables->items[i].name, name) == 0) return variables->items[i].value;
    return NULL;
}

/* Adds what a variable holds, which is text as the file's own is: else it is reported and breaks the node. */
static void add_value(const weft_yaml_reporter *reporter, weft_yaml_node *node, const char *variable, const char *value,
                      weft_text *out) {
    size_t step = 1;
    for (const char *at = value; *at != '\0' && step > 0; at += step) {
        step = weft_text_utf8_length(at, strlen(at));
        if (step == 0)
            weft_yaml_report(reporter, node->place, node->origin, NULL,
                             "the variable %s: byte 0x%02x is not UTF-8 text", variable, (unsigned)(unsigned char)*at);
    }
    if (step == 0)
        node->broken = true;
    else
        weft_text_add(out, "%s", value);
}

/* Expands what begins with "${" at `at`; returns where it ends. A name that is not set, or what is no variable, is
 * reported and breaks the node. */
static const char *expand_one(const weft_yaml_reporter *reporter, weft_yaml_node *node, const char *at,
                              const weft_config_variables *variables, weft_text *out) {
    const char *name = at + 2, *end = name;
    while (is_name_character(*end))
        end++;
    const char *close = strchr(end, '}');
    bool fallback = strncmp(end, ":-", 2) == 0;
    if (end == name || close == NULL || (!fallback && *end != '}')) {
        weft_yaml_report(reporter, node->place, node->origin, "${NAME} or ${NAME:-default}; $$ is a dollar sign",
                         "\"%.60s\" is not a variable", at);
        node->broken = true;
        return at + strlen(at);
    }
    char *variable = strndup(name, (size_t)(end - name));
    if (variable == NULL) {
        out->failed = true;
        return close + 1;
    }
    const char *value = find_variable(variables, variable);
    if (value == NULL) value = getenv(variable);
    if (value != NULL && (value[0] != '\0' || !fallback)) {
        add_value(reporter, node, variable, value, out);
    } else if (fallback) {
        weft_text_add_bytes(out, end + 2, (size_t)(close - end - 2));
    } else {
        char *hint = weft_text_format("${%s:-default} gives it a default", variable);
        weft_yaml_report(reporter, node->place, node->origin, hint, "the environment variable %s is not set", variable);
        node->broken = true;
        free(hint);
    }
    free(variable);
    return close + 1;
}

static bool expand_scalar(const weft_yaml_reporter *reporter, weft_yaml_node *node,
                          const weft_config_variables *variables) {
    weft_text out = {0};
    if (strchr(node->text, '$') == NULL) return true;
    weft_text_add(&out, "%s", "");
    for (const char *at = node->text; *at != '\0';) {
        size_t plain = strcspn(at, "$");
        if (plain > 0 || (at[1] != '$' && at[1] != '{')) {
            plain += plain == 0;
            weft_text_add_bytes(&out, at, plain);
            at += plain;
        } else if (at[1] == '$') {
            weft_text_add(&out, "$");
            at += 2;
        } else {
            at = expand_one(reporter, node, at, variables, &out);
        }
    }
    if (out.failed) {
        weft_text_dispose(&out);
        return false;
    }
    if (node->broken) out.data[0] = '\0';
    free(node->text);
    node->text = out.data;
    node->text_column = 0;
    /* Quotes are for YAML, whose flow mappings end at a brace: what comes out is typed by itself, if it is anything. */
    node->quoted = out.length == 0;
    return true;
}

bool weft_config_source_expand(const weft_yaml_reporter *reporter, weft_yaml_node *node,
                               const weft_config_variables *variables) {
    bool ok = node->kind != WEFT_YAML_SCALAR || expand_scalar(reporter, node, variables);
    for (int i = 0; i < node->count && ok; i++)
        ok = weft_config_source_expand(reporter, node->children[i], variables);
    return ok;
}
