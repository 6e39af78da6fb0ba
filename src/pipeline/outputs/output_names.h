/* Whether the names of a run's files can be: none too long, no two the same, and nothing in their places that the run
 * must not write over.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_OUTPUT_NAMES_H
#define WEFT_PIPELINE_OUTPUT_NAMES_H

#include "pipeline/plan/plan.h"
#include "store/run_state.h"

/* Of the plan alone, with part files, pictures, metadata and the metrics database: names that are too long for a file
 * system, and two files of one name. Names that differ in case alone are a warning in the plan. Errors: WEFT_ERR_DATA
 * (names the file), WEFT_ERR_MEMORY. */
weft_status weft_output_names_check(weft_plan *plan, weft_error *err);

/* Looks at what stands in their places, before any work is done. facts: of the run, whose inputs no output may replace.
 * Errors: WEFT_ERR_IO (a link, a folder, a pipe or a device), WEFT_ERR_DATA (an input of this run, or an output of
 * another experiment that is finished), WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY. */
weft_status weft_output_names_look(const weft_plan *plan, const weft_run_facts *facts, weft_error *err);

#endif
