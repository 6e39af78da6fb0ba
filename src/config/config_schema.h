/* The configuration described for editors.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_SCHEMA_H
#define WEFT_CONFIG_CONFIG_SCHEMA_H

#include "config/config.h"
#include "core/status.h"
#include "core/text.h"

/* Adds the JSON Schema (draft 2020-12) of the configuration, with descriptions and defaults, made from the same table
 * that validates. */
weft_status weft_config_schema(const weft_registries *registries, weft_text *out, weft_error *err);

/* Adds that of a batch file. */
weft_status weft_batch_file_schema(const weft_registries *registries, weft_text *out, weft_error *err);

/* "0.2.5": of the libyaml that runs. */
const char *weft_config_yaml_version(void);

#endif
