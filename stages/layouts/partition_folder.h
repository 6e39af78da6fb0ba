/* The folder that a value makes of the rows that have it, as Hive, Spark, Arrow and DuckDB read its name.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PARTITION_FOLDER_H
#define WEFT_STAGES_PARTITION_FOLDER_H

#include "core/data_type.h"
#include "core/status.h"
#include "core/text.h"

/* Adds "name=S%C3%A3o Paulo": characters that folders or URIs do not have are %XX. A missing value (NULL) is
 * __HIVE_DEFAULT_PARTITION__. The text NULL has a %XX, too, since DuckDB takes it for missing. */
void weft_partition_folder_add(const char *name, weft_data_type type, const uint8_t *value, weft_text *out);

/* Whether a value can be a folder: a text cannot that makes a name of more than 255 bytes, or that Arrow takes for a
 * missing value, however it is escaped. name: of its column. Errors: WEFT_ERR_DATA, WEFT_ERR_MEMORY. */
weft_status weft_partition_folder_check(const char *name, weft_data_type type, const uint8_t *value, weft_error *err);

#endif
