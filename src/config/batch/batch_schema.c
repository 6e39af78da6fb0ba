/* SPDX-License-Identifier: MIT */
#include "config/batch/batch_schema.h"

#include "config/batch/batch_keys.h"
#include "config/config_schema.h"
#include "config/schema_types.h"

#include <stdlib.h>

weft_status weft_batch_file_schema(const weft_registries *registries, weft_text *out, weft_error *err) {
    weft_config_key *keys = weft_config_all_keys(registries);
    weft_text_add(out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                       "  \"title\": \"weft batch file\",\n  \"$defs\": {\"configuration\": {\n");
    if (keys != NULL) weft_config_schema_object(registries, keys, 2, out);
    weft_text_add(out, "  }},\n");
    weft_config_schema_object(registries, weft_batch_keys, 1, out);
    weft_text_add(out, "}\n");
    out->failed = out->failed || keys == NULL;
    free(keys);
    return out->failed ? weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the schema") : WEFT_OK;
}
