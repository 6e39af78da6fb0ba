/* Compiled expressions of one worker, evaluated many cells at a time.
 *
 * muParser evaluates, once for many cells (functions.h). Its own bulk mode is not used, since Debian builds it with
 * OpenMP, which starts threads.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_EVALUATOR_H
#define WEFT_PROCESSORS_EVALUATOR_H

#include "processors/table/expression.h"

#include <stdint.h>

/* Used by one thread at a time; makers may be any threads. */
typedef struct weft_evaluator weft_evaluator;

/* Compiles. `expression` is borrowed and outlives it. Errors: WEFT_ERR_MEMORY; WEFT_ERR_DATA where muParser does not
 * take it, in its own words. */
weft_status weft_evaluator_new(weft_evaluator **out, const weft_expression *expression, weft_error *err);
/* The bytes that an evaluator of the expression takes, muParser's among them. */
int64_t weft_evaluator_bytes(const weft_expression *expression);
/* NULL is fine. */
void weft_evaluator_free(weft_evaluator *evaluator);

/* out[i] = the expression of cell i, for `count` cells; NaN is missing, and so is what is not finite.
 *
 * operands  values of the expression's operands, in their order: `count` each, NaN where missing
 * out       none of the operands */
void weft_evaluator_run(weft_evaluator *evaluator, const double *const *operands, int64_t count, double *out);

#endif
