/* Between the files of this folder only: a YAML document as a tree that knows its places.
 *
 * Built under limits, so that no file of any content takes much memory: size, depth, and the number of nodes that
 * aliases may make.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_YAML_TREE_H
#define WEFT_CONFIG_YAML_TREE_H

#include "config/yaml/problem_list.h"

#include <stddef.h>

typedef enum weft_yaml_kind { WEFT_YAML_SCALAR, WEFT_YAML_SEQUENCE, WEFT_YAML_MAPPING } weft_yaml_kind;

typedef struct weft_yaml_node weft_yaml_node;
struct weft_yaml_node {
    weft_yaml_kind kind;
    weft_place place;
    const char *origin; /* "--set K=V" for what comes from there, borrowed; NULL: from the file */
    char *text;         /* of a scalar */
    bool quoted;        /* the scalar stood in quotes */
    int text_column; /* of a scalar: where `text` begins, if it stands in one line of the file as it is here; else 0 */
    bool broken;     /* its variables cannot be expanded, which is reported: nobody else judges it */
    char **keys;     /* of a mapping */
    weft_place *key_places;
    weft_yaml_node **children; /* of a sequence or a mapping */
    int count, capacity;
};

/* A problem with its place, and where it is reported. */
typedef struct weft_yaml_reporter {
    const char *file;
    weft_problem_list *found;
    bool batch; /* it is a batch file, whose keys are others */
} weft_yaml_reporter;

/* What lists the keys of the file. */
static inline const char *weft_yaml_keys_hint(const weft_yaml_reporter *reporter) {
    return reporter->batch ? "weft schema --batch lists the keys" : "weft schema lists the keys";
}

/* Notes "FILE:LINE:COL: message" and, with `hint`, "  hint: ..." below, a line each whatever values hold. origin:
 * instead of FILE:LINE:COL. */
void weft_yaml_report(const weft_yaml_reporter *reporter, weft_place place, const char *origin, const char *hint,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Parses `text` into a tree. NULL when it cannot be one, which is then reported, or when memory runs out. A key that is
 * there twice is reported and kept: weft_yaml_find() gives the first. */
weft_yaml_node *weft_yaml_parse(const weft_yaml_reporter *reporter, const char *text, size_t length,
                                const char *origin);
/* NULL is fine. */
void weft_yaml_free(weft_yaml_node *node);
/* A tree of its own, with the same places and origins. NULL: no memory. */
weft_yaml_node *weft_yaml_copy(const weft_yaml_node *node);

/* The value of `key`, or NULL. */
weft_yaml_node *weft_yaml_find(const weft_yaml_node *mapping, const char *key);

/* Puts `value` (taken over) under `key`, in place of what is there. False: no memory; value is then freed. */
bool weft_yaml_put(weft_yaml_node *mapping, const char *key, weft_place place, weft_yaml_node *value);
bool weft_yaml_append(weft_yaml_node *sequence, weft_yaml_node *value);
weft_yaml_node *weft_yaml_new(weft_yaml_kind kind, weft_place place, const char *origin);

/* Whether a node is YAML's word for nothing, without quotes: null or ~. */
bool weft_yaml_is_null(const weft_yaml_node *node);

/* "a mapping", "a list of 3", "\"text\"": what a node is, for messages. */
void weft_yaml_describe(const weft_yaml_node *node, char *out, size_t capacity);

/* Adds a text in double quotes that is read back as it is: what YAML does not let stand there, or folds (control
 * characters, line ends of Unicode's), is escaped.
 *
 * variables  whether dollar signs begin variables where it is read, so that they are doubled */
void weft_yaml_add_quoted(weft_text *out, const char *text, bool variables);

/* Adds the node in one line, quoted and in order, so that equal trees give equal texts. */
void weft_yaml_render(const weft_yaml_node *node, weft_text *out);

#endif
