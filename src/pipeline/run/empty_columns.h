/* Columns that have no value in any cell, and how that is known after a stop.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_EMPTY_COLUMNS_H
#define WEFT_PIPELINE_EMPTY_COLUMNS_H

#include "pipeline/plan/plan.h"
#include "pipeline/record/run_record.h"

#include <stdatomic.h>

/* How many marks a run has: one a layer, then those of weft_deriver_run(). A layer's is 1 when it has a value. */
int weft_empty_columns_marks(const weft_plan *plan);

/* What the rows that an earlier attempt wrote are known to hold. seen: the marks; where it is not known, 1, so that
 * nothing is said that may be wrong. */
void weft_empty_columns_begin(const weft_run_record *record, atomic_uchar *seen, int column_count);

/* Puts `seen` into the record, for its next checkpoint. Errors: WEFT_ERR_MEMORY. */
weft_status weft_empty_columns_note(weft_run_record *record, atomic_uchar *seen, int column_count, weft_error *err);

/* When all rows are done: a warning, in the plan, for each column without a value, or with some that
 * did not fit, and for rows of which none is kept; unless the plan has said already
 * why. Errors: WEFT_ERR_MEMORY. */
weft_status weft_empty_columns_warn(weft_plan *plan, atomic_uchar *seen, weft_error *err);

#endif
