/* Columns that come from no raster: a zone's field, a file's fields.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_MADE_COLUMNS_H
#define WEFT_PIPELINE_MADE_COLUMNS_H

#include "pipeline/plan/plan.h"

/* Adds them to the plan, as a dataset of this name after the others, with room for `capacity` columns. place: in the
 * configuration, for messages. Errors: WEFT_ERR_MEMORY. */
weft_status weft_made_columns_new(weft_plan *plan, const char *name, weft_place place, int capacity, weft_error *err);

/* Adds a column, called as the field is, as far as a name can hold it (else as `fallback`). `from`: for people. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_made_columns_add(weft_plan *plan, const char *field, const char *fallback, weft_data_type type,
                                  const char *from, weft_error *err);

/* Warns, once, of columns that could not be called as their fields are. key: "rows.zone" */
weft_status weft_made_columns_warn(weft_plan *plan, const char *key, weft_error *err);

#endif
