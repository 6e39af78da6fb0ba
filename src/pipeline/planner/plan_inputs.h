/* Between the files of this folder only: opens what a dataset is made of, and ties it to the grid.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_INPUTS_H
#define WEFT_PIPELINE_PLAN_INPUTS_H

#include "pipeline/plan/plan.h"

/* Fills the dataset's inputs with open sources, or `skipped`. Errors: those of weft_plan_new(). */
weft_status weft_plan_inputs_open(weft_plan *plan, weft_plan_dataset *dataset, weft_block_cache *cache,
                                  weft_error *err);

/* Once the grid is there: where positions in the inputs come from, their scales, and what lies off the grid, with a
 * warning. */
weft_status weft_plan_inputs_tie(weft_plan *plan, weft_plan_dataset *dataset, weft_error *err);

/* weft_source_check_files() and weft_source_visit_files() of all files of the dataset, which is not skipped. */
weft_status weft_plan_inputs_check_files(const weft_plan_dataset *dataset, weft_error *err);
weft_status weft_plan_inputs_visit_files(const weft_plan_dataset *dataset, weft_file_list_fn fn, void *payload,
                                         weft_error *err);

/* Tells of each file of the dataset that has blocks that could not be read or decoded. Errors: those of fn. */
typedef weft_status (*weft_plan_bad_file_fn)(void *payload, const char *path, int64_t blocks, weft_error *err);
weft_status weft_plan_inputs_visit_bad(const weft_plan_dataset *dataset, weft_plan_bad_file_fn fn, void *payload,
                                       weft_error *err);

void weft_plan_inputs_close(weft_plan_dataset *dataset);

#endif
