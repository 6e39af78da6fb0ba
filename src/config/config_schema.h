/* The configuration described for editors.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_SCHEMA_H
#define WEFT_CONFIG_CONFIG_SCHEMA_H

#include "config/config_keys.h"
#include "core/status.h"
#include "core/text.h"

/* Adds the JSON Schema (draft 2020-12) of the configuration, with descriptions and defaults, made from the same table
 * that validates. */
weft_status weft_config_schema(const weft_registries *registries, weft_text *out, weft_error *err);

/* Adds the members of the schema of an object with these keys, whose table ends in one without a name; depth: that they
 * are indented by. out->failed: no memory. */
void weft_config_schema_object(const weft_registries *registries, const weft_config_key *keys, int depth,
                               weft_text *out);

/* A key that holds a value: no section. */
typedef struct weft_config_key_facts {
    const char *path;        /* "memory.limit"; in an entry of a list "datasets.0.method" */
    const char *description; /* a sentence */
    const char *fallback;    /* the default, as YAML; NULL: none */
    const char *words;       /* that it may be, a blank between them; "": others too, or none in particular */
} weft_config_key_facts;

typedef void (*weft_config_key_fn)(void *payload, const weft_config_key_facts *key);

/* Calls `each` for every key of a configuration that holds a value, in the order of the schema. What the facts point at
 * is valid during the call. False: no memory. */
bool weft_config_each_key(const weft_registries *registries, weft_config_key_fn each, void *payload);

/* "0.2.5": of the libyaml that runs. */
const char *weft_config_yaml_version(void);

#endif
