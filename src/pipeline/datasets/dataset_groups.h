/* The datasets of a plan. One of the configuration whose path captures what
 * stands in files' names is several: files that give one column name are one, a mosaic.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_DATASET_GROUPS_H
#define WEFT_PIPELINE_DATASET_GROUPS_H

#include "pipeline/plan/plan.h"

/* Makes plan->datasets, in the order of the configuration, and of names within one: numbers in names by their values.
 * Files whose dates do not count are left out. Nothing is opened. Errors: WEFT_ERR_NO_INPUT (no file is left),
 * WEFT_ERR_DATA (a name that no column can have), those of weft_input_files_find(). */
weft_status weft_plan_datasets_find(weft_plan *plan, weft_error *err);

#endif
