/* Between the planner's files only: what the values of a plan are called, one by one and by variables.
 *
 * A value is a layer or a derived column: numbered from 0, layers first, then plan->derived as far as it is filled. A
 * variable is what values of several dates have in common: "red" of red_20250501 and red_20250511.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_VALUE_NAMES_H
#define WEFT_PIPELINE_VALUE_NAMES_H

#include "pipeline/plan/plan.h"

int weft_value_count(const weft_plan *plan);
const char *weft_value_name(const weft_plan *plan, int value);
weft_data_type weft_value_type(const weft_plan *plan, int value);

/* The value of this name, or -1. */
int weft_value_find(const weft_plan *plan, const char *name);
/* The variable's value on a date, or -1; date NULL: the first that has one. */
int weft_value_find_dated(const weft_plan *plan, const char *variable, const weft_moment *date);

/* Hints at the value or variable that is meant, or at where all are listed. */
void weft_value_suggest(const weft_plan *plan, const char *name, weft_error *err);

/* Dates, sorted, each once. Zero-initialised is none; disposed with free(items). */
typedef struct weft_date_list {
    weft_moment *items;
    int count, capacity;
} weft_date_list;

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_date_list_add(weft_date_list *list, const weft_moment *date, weft_error *err);
/* All of a variable's. */
weft_status weft_date_list_add_variable(weft_date_list *list, const weft_plan *plan, const char *variable,
                                        weft_error *err);

#endif
