/* SPDX-License-Identifier: MIT
 *
 * libyaml gives events; this makes nodes of them. An alias is a copy of what it names, out of a fixed budget. */
#include "config/yaml/yaml_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define MAX_DEPTH   32
#define MAX_NODES   20000
#define MAX_ANCHORS 256

/* Line breaks of values become blanks, and their control characters are not printed. */
static void flatten(char *text) {
    for (char *at = text; at != NULL && *at != '\0'; at++)
        if (*at == '\n' || *at == '\t') *at = ' ';
    if (text != NULL) weft_text_make_printable(text, strlen(text));
}

void weft_yaml_report(const weft_yaml_reporter *reporter, weft_place place, const char *origin, const char *hint,
                      const char *format, ...) {
    char message[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    weft_text text = {0};
    if (origin != NULL)
        weft_text_add(&text, "%s: %s", origin, message);
    else
        weft_text_add(&text, "%s:%d:%d: %s", reporter->file, place.line, place.column, message);
    flatten(text.data);
    if (hint != NULL) {
        char *line = weft_text_format("%s", hint);
        flatten(line);
        weft_text_add(&text, "\n  hint: %s", line != NULL ? line : "");
        free(line);
    }
    weft_text_add(&text, "\n");
    if (text.failed) weft_text_dispose(&text);
    weft_problem_list_add(reporter->found, place, origin != NULL, text.data);
}

/* --- nodes --- */

weft_yaml_node *weft_yaml_new(weft_yaml_kind kind, weft_place place, const char *origin) {
    weft_yaml_node *node = calloc(1, sizeof *node);
    if (node == NULL) return NULL;
    node->kind = kind;
    if (origin == NULL) node->place = place; /* a place in another text would look like one of the file */
    node->origin = origin;
    return node;
}

void weft_yaml_free(weft_yaml_node *node) {
    if (node == NULL) return;
    for (int i = 0; i < node->count; i++) {
        weft_yaml_free(node->children[i]);
        if (node->keys != NULL) free(node->keys[i]);
    }
    free(node->children);
    free(node->keys);
    free(node->key_places);
    free(node->text);
    free(node);
}

static bool grow(weft_yaml_node *node) {
    if (node->count < node->capacity) return true;
    int capacity = node->capacity == 0 ? 8 : 2 * node->capacity;
    weft_yaml_node **children = realloc(node->children, (size_t)capacity * sizeof *children);
    if (children == NULL) return false;
    node->children = children;
    if (node->kind == WEFT_YAML_MAPPING) {
        char **keys = realloc(node->keys, (size_t)capacity * sizeof *keys);
        if (keys == NULL) return false;
        node->keys = keys;
        weft_place *places = realloc(node->key_places, (size_t)capacity * sizeof *places);
        if (places == NULL) return false;
        node->key_places = places;
    }
    node->capacity = capacity;
    return true;
}

bool weft_yaml_append(weft_yaml_node *sequence, weft_yaml_node *value) {
    if (!grow(sequence)) {
        weft_yaml_free(value);
        return false;
    }
    sequence->children[sequence->count++] = value;
    return true;
}

weft_yaml_node *weft_yaml_find(const weft_yaml_node *mapping, const char *key) {
    for (int i = 0; i < mapping->count; i++)
        if (strcmp(mapping->keys[i], key) == 0) return mapping->children[i];
    return NULL;
}

static bool append_pair(weft_yaml_node *mapping, const char *key, weft_place place, weft_yaml_node *value) {
    char *copy = grow(mapping) ? strdup(key) : NULL;
    if (copy == NULL) {
        weft_yaml_free(value);
        return false;
    }
    mapping->keys[mapping->count] = copy;
    mapping->key_places[mapping->count] = place;
    mapping->children[mapping->count++] = value;
    return true;
}

bool weft_yaml_put(weft_yaml_node *mapping, const char *key, weft_place place, weft_yaml_node *value) {
    for (int i = 0; i < mapping->count; i++) {
        if (strcmp(mapping->keys[i], key) != 0) continue;
        weft_yaml_free(mapping->children[i]);
        mapping->children[i] = value;
        mapping->key_places[i] = place;
        return true;
    }
    return append_pair(mapping, key, place, value);
}

bool weft_yaml_is_null(const weft_yaml_node *node) {
    static const char *const words[] = {"~", "null", "Null", "NULL"};
    bool is = false;
    for (size_t i = 0; node->kind == WEFT_YAML_SCALAR && !node->quoted && i < sizeof words / sizeof *words; i++)
        is = is || strcmp(node->text, words[i]) == 0;
    return is;
}

void weft_yaml_describe(const weft_yaml_node *node, char *out, size_t capacity) {
    if (node->kind == WEFT_YAML_MAPPING)
        (void)snprintf(out, capacity, "a mapping");
    else if (node->kind == WEFT_YAML_SEQUENCE)
        (void)snprintf(out, capacity, node->count > 0 ? "a list of %d" : "an empty list", node->count);
    else
        (void)snprintf(out, capacity,
                       node->text[0] == '\0' ? "nothing"
                       : node->quoted        ? "the text \"%.60s\""
                                             : "\"%.60s\"",
                       node->text);
}

/* The number of a character that has to be escaped, and its bytes; 0 for any other, of one byte. Of UTF-8 these are
 * U+0080 to U+009F, the line ends U+2028 and U+2029, the byte order mark, and U+FFFE and U+FFFF. */
static unsigned special(const unsigned char *at, int *bytes) {
    *bytes = 1;
    if ((at[0] < 0x20 && at[0] != '\t') || at[0] == 0x7f) return at[0];
    if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f) {
        *bytes = 2;
        return at[1];
    }
    if (at[0] != 0xe2 && at[0] != 0xef) return 0;
    unsigned number = at[1] == 0 || at[2] == 0 ? 0 : (at[0] & 0xfU) << 12 | (at[1] & 0x3fU) << 6 | (at[2] & 0x3fU);
    bool escaped = number == 0x2028 || number == 0x2029 || number == 0xfeff || number >= 0xfffe;
    if (escaped) *bytes = 3;
    return escaped ? number : 0;
}

void weft_yaml_add_quoted(weft_text *out, const char *text, bool variables) {
    int bytes;
    weft_text_add(out, "\"");
    for (; *text != '\0'; text += bytes) {
        unsigned number = special((const unsigned char *)text, &bytes);
        if (*text == '\n')
            weft_text_add(out, "\\n");
        else if (number > 0)
            weft_text_add(out, number < 0x100 ? "\\x%02x" : "\\u%04x", number);
        else if (*text == '$' && variables)
            weft_text_add(out, "$$");
        else
            weft_text_add(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    }
    weft_text_add(out, "\"");
}

void weft_yaml_render(const weft_yaml_node *node, weft_text *out) {
    if (node->kind == WEFT_YAML_SCALAR) {
        weft_yaml_add_quoted(out, node->text, false);
        return;
    }
    bool mapping = node->kind == WEFT_YAML_MAPPING;
    weft_text_add(out, mapping ? "{" : "[");
    for (int i = 0; i < node->count; i++) {
        if (i > 0) weft_text_add(out, ", ");
        if (mapping) weft_text_add(out, "%s: ", node->keys[i]);
        weft_yaml_render(node->children[i], out);
    }
    weft_text_add(out, mapping ? "}" : "]");
}

weft_yaml_node *weft_yaml_copy(const weft_yaml_node *node) {
    weft_yaml_node *copy = weft_yaml_new(node->kind, node->place, node->origin);
    if (copy == NULL) return NULL;
    copy->quoted = node->quoted;
    copy->text_column = node->text_column;
    copy->broken = node->broken;
    copy->text = node->text != NULL ? strdup(node->text) : NULL;
    bool ok = node->text == NULL || copy->text != NULL;
    for (int i = 0; i < node->count && ok; i++) {
        weft_yaml_node *child = weft_yaml_copy(node->children[i]);
        ok = child != NULL &&
             (node->kind == WEFT_YAML_MAPPING ? append_pair(copy, node->keys[i], node->key_places[i], child)
                                              : weft_yaml_append(copy, child));
    }
    if (ok) return copy;
    weft_yaml_free(copy);
    return NULL;
}

/* --- from events --- */

typedef struct anchor {
    char *name;
    const weft_yaml_node *node;
} anchor;

typedef struct builder {
    const weft_yaml_reporter *reporter;
    const char *origin, *text;
    size_t length;
    yaml_parser_t parser;
    anchor anchors[MAX_ANCHORS];
    int anchor_count, nodes;
    bool stopped; /* a problem was reported, or memory ran out */
} builder;

static weft_place place_of(yaml_mark_t mark) {
    return (weft_place){(int)mark.line + 1, (int)mark.column + 1};
}

static void stop(builder *b, weft_place place, const char *hint, const char *message) {
    if (!b->stopped) weft_yaml_report(b->reporter, place, b->origin, hint, "%s", message);
    b->stopped = true;
}

/* Of a byte: libyaml knows no line of characters that it does not take. */
static weft_place place_of_offset(const builder *b, size_t offset) {
    weft_place place = {1, 1};
    for (size_t i = 0; i < offset && i < b->length; i++) {
        if (b->text[i] == '\n')
            place = (weft_place){place.line + 1, 1};
        else if (((unsigned char)b->text[i] & 0xc0) != 0x80)
            place.column++;
    }
    return place;
}

/* Whether "${" stands in a line. Where a list or mapping is written in brackets, that brace opens a mapping. */
static bool has_variable(const builder *b, int line) {
    const char *at = b->text, *end = b->text + b->length;
    for (int i = 1; i < line && at != NULL; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at != NULL) at++;
    }
    for (; at != NULL && at + 1 < end && *at != '\n'; at++)
        if (at[0] == '$' && at[1] == '{') return true;
    return false;
}

static bool next_event(builder *b, yaml_event_t *event) {
    if (yaml_parser_parse(&b->parser, event)) return true;
    char message[256];
    const yaml_parser_t *p = &b->parser;
    (void)snprintf(message, sizeof message, "not YAML: %s%s%s", p->problem != NULL ? p->problem : "it cannot be read",
                   p->context != NULL ? ", " : "", p->context != NULL ? p->context : "");
    weft_place place =
        p->error == YAML_READER_ERROR ? place_of_offset(b, p->problem_offset) : place_of(p->problem_mark);
    stop(b, place, has_variable(b, place.line) ? "in [ ] and { } it takes quotes: {path: \"${DATA}/dem.tif\"}" : NULL,
         message);
    return false;
}

/* Takes `count` nodes off the budget; false: it is used up. */
static bool take_nodes(builder *b, int count, weft_place place) {
    b->nodes += count;
    if (b->nodes <= MAX_NODES) return true;
    stop(b, place, "aliases are copied: a few that name each other make very many values", "more than 20000 values");
    return false;
}

static weft_yaml_node *make_node(builder *b, weft_yaml_kind kind, weft_place place) {
    if (!take_nodes(b, 1, place)) return NULL;
    weft_yaml_node *node = weft_yaml_new(kind, place, b->origin);
    if (node == NULL) b->stopped = true;
    return node;
}

static int count_nodes(const weft_yaml_node *node) {
    int count = 1;
    for (int i = 0; i < node->count; i++)
        count += count_nodes(node->children[i]);
    return count;
}

static void remember(builder *b, const yaml_char_t *name, const weft_yaml_node *node) {
    if (name == NULL || node == NULL) return;
    if (b->anchor_count == MAX_ANCHORS) {
        stop(b, node->place, NULL, "more than 256 anchors");
        return;
    }
    char *copy = strdup((const char *)name);
    if (copy == NULL)
        b->stopped = true;
    else
        b->anchors[b->anchor_count++] = (anchor){copy, node};
}

static weft_yaml_node *resolve_alias(builder *b, const yaml_event_t *event) {
    weft_place place = place_of(event->start_mark);
    /* The latest anchor of a name counts. */
    for (int i = b->anchor_count - 1; i >= 0; i--) {
        if (strcmp(b->anchors[i].name, (const char *)event->data.alias.anchor) != 0) continue;
        /* The copy keeps its places: what is wrong with it is wrong where it is written. */
        const weft_yaml_node *from = b->anchors[i].node;
        weft_yaml_node *copy = take_nodes(b, count_nodes(from), place) ? weft_yaml_copy(from) : NULL;
        if (copy == NULL) b->stopped = true;
        return copy;
    }
    stop(b, place, NULL, "an alias that names no anchor before it");
    return NULL;
}

static weft_yaml_node *build(builder *b, const yaml_event_t *event, int depth);

static weft_yaml_node *build_sequence(builder *b, const yaml_event_t *start, int depth) {
    weft_yaml_node *node = make_node(b, WEFT_YAML_SEQUENCE, place_of(start->start_mark));
    yaml_event_t event;
    while (node != NULL && !b->stopped && next_event(b, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        weft_yaml_node *child = end ? NULL : build(b, &event, depth + 1);
        yaml_event_delete(&event);
        if (end) {
            remember(b, start->data.sequence_start.anchor, node);
            return node;
        }
        if (child == NULL || !weft_yaml_append(node, child)) b->stopped = true;
    }
    weft_yaml_free(node);
    return NULL;
}

/* A key is a scalar, and should be the only one of its name. */
static char *take_key(builder *b, const weft_yaml_node *mapping, const yaml_event_t *event) {
    weft_place place = place_of(event->start_mark);
    if (event->type != YAML_SCALAR_EVENT) {
        stop(b, place, NULL, "a key is a plain word");
        return NULL;
    }
    const char *key = (const char *)event->data.scalar.value;
    if (memchr(key, '\0', event->data.scalar.length) != NULL) {
        stop(b, place, NULL, "a zero byte in a key");
        return NULL;
    }
    for (int i = 0; i < mapping->count; i++) {
        if (strcmp(mapping->keys[i], key) != 0) continue;
        weft_yaml_report(b->reporter, place, b->origin, NULL, "the key \"%.60s\" appears twice: first in line %d", key,
                         mapping->key_places[i].line);
        break;
    }
    char *copy = strdup(key);
    if (copy == NULL) b->stopped = true;
    return copy;
}

static weft_yaml_node *build_mapping(builder *b, const yaml_event_t *start, int depth) {
    weft_yaml_node *node = make_node(b, WEFT_YAML_MAPPING, place_of(start->start_mark));
    yaml_event_t event;
    while (node != NULL && !b->stopped && next_event(b, &event)) {
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            remember(b, start->data.mapping_start.anchor, node);
            return node;
        }
        weft_place place = place_of(event.start_mark);
        char *key = take_key(b, node, &event);
        yaml_event_delete(&event);
        weft_yaml_node *value = NULL;
        if (key != NULL && next_event(b, &event)) {
            value = build(b, &event, depth + 1);
            yaml_event_delete(&event);
        }
        if (value == NULL || !append_pair(node, key, place, value)) b->stopped = true;
        free(key);
    }
    weft_yaml_free(node);
    return NULL;
}

/* Neither folded over lines nor with anything escaped: then it is as long as it stands there, but for its quotes. */
static int text_column(const yaml_event_t *event) {
    size_t quotes = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ? 2 : 0;
    size_t first = event->start_mark.column, end = event->end_mark.column;
    bool plain = event->start_mark.line == event->end_mark.line && end - first == event->data.scalar.length + quotes;
    return plain ? (int)(first + quotes / 2) + 1 : 0;
}

static weft_yaml_node *build_scalar(builder *b, const yaml_event_t *event) {
    weft_yaml_node *node = make_node(b, WEFT_YAML_SCALAR, place_of(event->start_mark));
    if (node == NULL) return NULL;
    if (memchr(event->data.scalar.value, '\0', event->data.scalar.length) != NULL) {
        stop(b, node->place, NULL, "a zero byte in a value");
        weft_yaml_free(node);
        return NULL;
    }
    node->text = strdup((const char *)event->data.scalar.value);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text_column = text_column(event);
    if (node->text == NULL) b->stopped = true;
    remember(b, event->data.scalar.anchor, node);
    return node;
}

static weft_yaml_node *build(builder *b, const yaml_event_t *event, int depth) {
    if (depth > MAX_DEPTH) {
        stop(b, place_of(event->start_mark), NULL, "nested deeper than 32 levels");
        return NULL;
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return build_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return build_sequence(b, event, depth);
    case YAML_MAPPING_START_EVENT:
        return build_mapping(b, event, depth);
    case YAML_ALIAS_EVENT:
        return resolve_alias(b, event);
    default:
        stop(b, place_of(event->start_mark), NULL, "a value is expected");
        return NULL;
    }
}

/* The one document of a stream. */
static weft_yaml_node *build_document(builder *b) {
    weft_yaml_node *root = NULL;
    yaml_event_t event;
    for (bool more = true; more && !b->stopped && next_event(b, &event);) {
        switch (event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        case YAML_STREAM_END_EVENT:
            if (root == NULL) stop(b, (weft_place){1, 1}, weft_yaml_keys_hint(b->reporter), "there is nothing in it");
            more = false;
            break;
        default:
            if (root != NULL)
                stop(b, place_of(event.start_mark), NULL, "a second document: a configuration is one");
            else
                root = build(b, &event, 0);
            break;
        }
        yaml_event_delete(&event);
    }
    return root;
}

weft_yaml_node *weft_yaml_parse(const weft_yaml_reporter *reporter, const char *text, size_t length,
                                const char *origin) {
    builder *b = calloc(1, sizeof *b);
    if (b == NULL) return NULL;
    b->reporter = reporter;
    b->origin = origin;
    b->text = text;
    b->length = length;
    weft_yaml_node *root = NULL;
    if (yaml_parser_initialize(&b->parser)) {
        yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&b->parser, (const unsigned char *)text, length);
        root = build_document(b);
        yaml_parser_delete(&b->parser);
    }
    for (int i = 0; i < b->anchor_count; i++)
        free(b->anchors[i].name);
    if (b->stopped) {
        weft_yaml_free(root);
        root = NULL;
    }
    free(b);
    return root;
}
