/* Between the planner's files only: which bands a dataset's columns are, and what they are called.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_COLUMNS_H
#define WEFT_PIPELINE_PLAN_COLUMNS_H

#include "pipeline/plan/plan.h"

/* How many bands it gives: those that are listed, or all. */
int weft_plan_bands_of(const weft_plan_dataset *dataset);

/* How many columns it makes of each, and what makes number `number` of them. */
int weft_plan_methods_of(const weft_plan_dataset *dataset);
weft_plan_method weft_plan_method_at(const weft_plan_dataset *dataset, int number);

/* Whether names that are listed are as many as the bands, and methods have what they ask for. Errors: WEFT_ERR_DATA. */
weft_status weft_plan_columns_check(const weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err);

/* The band of a dataset that is not skipped at `column` of those that it gives: index in weft_source_info.bands.
 * Errors: WEFT_ERR_DATA (there is no such band). */
weft_status weft_plan_column_band(const weft_plan *plan, const weft_plan_dataset *dataset, int column, int *which,
                                  weft_error *err);

/* A layer's name, freed by the caller; NULL when memory runs out. place: of its band among those that the dataset
 * gives; the layer's method, info and band are set. without_date: the name that layers of other dates have too. */
char *weft_plan_column_name(const weft_plan_dataset *dataset, int place, const weft_plan_layer *layer,
                            bool without_date);

/* Whether each name is there once, and none is x or y. Errors: WEFT_ERR_DATA. */
weft_status weft_plan_columns_unique(const weft_plan *plan, weft_error *err);

/* "NAME_20250501", with the time after it where it is not midnight; freed by the caller. NULL: no memory. */
char *weft_plan_dated_name(const char *name, const weft_moment *date);

/* Whether a derived column cannot have this name: it is a place, a layer's column, or a derived one that is there. */
bool weft_plan_column_is_taken(const weft_plan *plan, const char *name);

#endif
