/* Who is given the rows of a query.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_METRICS_ROW_FN_H
#define WEFT_STORE_METRICS_ROW_FN_H

#include <stdbool.h>

/* Called for each row; values are text, NULL for SQL NULL; numeric[i] says whether column i holds a number. Before any
 * row it is called once with NULL values. Return false to stop. */
typedef bool (*weft_metrics_row_fn)(void *payload, int columns, const char *const *names, const char *const *values,
                                    const bool *numeric);

#endif
