/* Between the files of this folder only: types of values as members of a JSON Schema, for weft_config_key.type.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_SCHEMA_TYPES_H
#define WEFT_CONFIG_SCHEMA_TYPES_H

#define WEFT_SCHEMA_TEXT     "\"type\": \"string\""
#define WEFT_SCHEMA_BOOLEAN  "\"type\": \"boolean\""
#define WEFT_SCHEMA_INTEGER  "\"type\": \"integer\""
#define WEFT_SCHEMA_NUMBER   "\"type\": \"number\""
#define WEFT_SCHEMA_NAME     "\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9._-]+$\""
#define WEFT_SCHEMA_SIZE     "\"type\": \"string\", \"pattern\": \"^(auto|[0-9.]+ *([kKmMgGtT][iI]?[bB]?|[bB]|%))$\""
#define WEFT_SCHEMA_DURATION "\"type\": \"string\", \"pattern\": \"^[0-9.]+ *([mM]?[sS]|[mM]([iI][nN])?|[hH])$\""

#endif
