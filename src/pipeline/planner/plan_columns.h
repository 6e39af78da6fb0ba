/* Between the files of this folder only: which bands a dataset's columns are, and what they are called.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_COLUMNS_H
#define WEFT_PIPELINE_PLAN_COLUMNS_H

#include "pipeline/plan/plan.h"

/* How many columns it gives: the bands listed, or all. */
int weft_plan_columns_of(const weft_plan_dataset *dataset);

/* Whether names that are listed are as many as the columns. Errors: WEFT_ERR_DATA. */
weft_status weft_plan_columns_check(const weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err);

/* The band of a dataset that is not skipped which gives its `column`: index in weft_source_info.bands. Errors:
 * WEFT_ERR_DATA (there is no such band). */
weft_status weft_plan_column_band(const weft_plan *plan, const weft_plan_dataset *dataset, int column, int *which,
                                  weft_error *err);

/* Its name, freed by the caller; NULL when memory runs out. info: the band's, NULL when the dataset is skipped; band:
 * its number. */
char *weft_plan_column_name(const weft_plan_dataset *dataset, int column, const weft_band_info *info, int band);

/* Whether each name is there once, and none is x or y. Errors: WEFT_ERR_DATA. */
weft_status weft_plan_columns_unique(const weft_plan *plan, weft_error *err);

/* Whether a derived column cannot have this name: it is a place, a layer's column, or one of the first `derived`
 * derived ones. */
bool weft_plan_column_is_taken(const weft_plan *plan, const char *name, int derived);

#endif
