/* Between the files of this folder only: types of values as members of a JSON Schema, for weft_config_key.type.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_SCHEMA_TYPES_H
#define WEFT_CONFIG_SCHEMA_TYPES_H

/* A text may look like a number: a missing value of -9999, an experiment of the year 2024. */
#define WEFT_SCHEMA_TEXT     "\"type\": [\"string\", \"number\"]"
#define WEFT_SCHEMA_CRS      "\"type\": \"string\""
#define WEFT_SCHEMA_BOOLEAN  "\"type\": \"boolean\""
#define WEFT_SCHEMA_INTEGER  "\"type\": \"integer\""
#define WEFT_SCHEMA_NUMBER   "\"type\": \"number\""
#define WEFT_SCHEMA_NAME     WEFT_SCHEMA_TEXT ", \"pattern\": \"^[A-Za-z0-9._-]+$\""
#define WEFT_SCHEMA_SIZE     "\"type\": \"string\", \"pattern\": \"^(auto|[0-9.]+ *([kKmMgGtT][iI]?[bB]?|[bB]|%))$\""
#define WEFT_SCHEMA_DURATION "\"type\": \"string\", \"pattern\": \"^[0-9.]+ *([mM]?[sS]|[mM]([iI][nN])?|[hHdD])$\""

/* Members of a weft_config_key: what reads a value of a kind, into `at`, and the same kind in the schema. */
#define WEFT_KEY_TEXT(at)    .read = weft_config_read_text, .offset = at, .type = WEFT_SCHEMA_TEXT
#define WEFT_KEY_NAME(at)    .read = weft_config_read_name, .offset = at, .type = WEFT_SCHEMA_NAME
#define WEFT_KEY_PATH(at)    .read = weft_config_read_path, .offset = at, .type = WEFT_SCHEMA_TEXT
#define WEFT_KEY_CRS(at)     .read = weft_config_read_crs, .offset = at, .type = WEFT_SCHEMA_CRS
#define WEFT_KEY_BOOLEAN(at) .read = weft_config_read_bool, .offset = at, .type = WEFT_SCHEMA_BOOLEAN
#define WEFT_KEY_SIZE(at)    .read = weft_config_read_size, .offset = at, .type = WEFT_SCHEMA_SIZE
#define WEFT_KEY_INTEGER(at, min, max)                                                                                 \
    .read = weft_config_read_int64, .offset = at, .type = WEFT_SCHEMA_INTEGER, .low = min, .high = max
#define WEFT_KEY_NUMBER(at, min, max)                                                                                  \
    .read = weft_config_read_number, .offset = at, .type = WEFT_SCHEMA_NUMBER, .low = min, .high = max
#define WEFT_KEY_DURATION(at, min, max)                                                                                \
    .read = weft_config_read_duration, .offset = at, .type = WEFT_SCHEMA_DURATION, .low = min, .high = max

#endif
