/* A batch file described for editors.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_BATCH_SCHEMA_H
#define WEFT_CONFIG_BATCH_SCHEMA_H

#include "config/config.h"
#include "core/status.h"
#include "core/text.h"

/* Adds the JSON Schema (draft 2020-12) of a batch file, made from the tables that validate it and its jobs'
 * configurations. Errors: WEFT_ERR_MEMORY. */
weft_status weft_batch_file_schema(const weft_registries *registries, weft_text *out, weft_error *err);

#endif
