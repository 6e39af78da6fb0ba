/* Holds JSON against a schema of an OpenAPI file: as much of JSON Schema as docs/openapi.json uses.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_UNIT_API_SCHEMA_H
#define WEFT_TESTS_UNIT_API_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

/* Whether `value` is as `schema` says: type, enum, properties, required, additionalProperties, items, and $ref into
 * `document`. What is not is printed, with its place. A word of JSON Schema that is not known here is no good either.
 */
bool api_schema_check(json_t *document, json_t *schema, json_t *value, const char *place);

/* The schema of what GET of `path` answers with 200; NULL: the document has no such path. */
json_t *api_schema_of(json_t *document, const char *path);

#endif
