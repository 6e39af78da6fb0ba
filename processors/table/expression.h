/* Expressions over columns: what a user writes, read and checked, ready for weft_evaluator.
 *
 * The language is muParser's, as far as this file lets it through, with three differences that tables need: columns may
 * have any name, a missing operand makes a missing result, and what is computed is what is written, from left to right
 * in double precision. docs/columns.md lists operators and functions.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_EXPRESSION_H
#define WEFT_PROCESSORS_EXPRESSION_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/* What names stand for. */
typedef struct weft_expression_names {
    /* Number of the column, or -1: there is none; or WEFT_EXPRESSION_MISSING: it is missing in every cell. */
    int (*find)(void *payload, const char *name);
    void *payload;
} weft_expression_names;

#define WEFT_EXPRESSION_MISSING (-2)

/* Any number of threads may share one. */
typedef struct weft_expression {
    char *code;        /* for muParser: operand i is "c<i>", constant i "k<i>", operators are words */
    double *constants; /* constant_count of them */
    int *operands;     /* numbers of the columns that it names, each once; operand_count of them */
    int constant_count, operand_count;
    int operation_count; /* operators, signs and calls: each has one result in an evaluation */
} weft_expression;

/* Reads `text`.
 *
 * out     disposed by the caller, also on failure
 * names   NULL: whatever a column may be called is one; then only the form is checked
 * at      where the fault is, in bytes from the start of `text`
 * errors  WEFT_ERR_DATA, with a hint; for a name that is no column, `unknown` is set to it (a copy that the caller
 *         frees) and the hint is the caller's; else it is NULL. WEFT_ERR_MEMORY */
weft_status weft_expression_read(weft_expression *out, const char *text, const weft_expression_names *names, size_t *at,
                                 char **unknown, weft_error *err);
void weft_expression_dispose(weft_expression *expression);

/* Whether the text is the name of a function or a word of the language, which a column in an expression cannot be
 * without backticks. */

#endif
