/* What does not fit together of files, or of columns, that become one column.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOIN_WARNINGS_H
#define WEFT_PIPELINE_JOIN_WARNINGS_H

#include "pipeline/plan/plan.h"

/* Warns, once a dataset and kind, of files of a mosaic that give their bands the names of other bands of the first file,
 * their classes' names to other values, or other units, and of 64-bit integers that no type holds together with what they are joined with: in mosaics, and in
 * the long layout's variables. The plan has its layers and its table. Errors: WEFT_ERR_MEMORY. */
weft_status weft_plan_warn_of_joins(weft_plan *plan, weft_error *err);

#endif
