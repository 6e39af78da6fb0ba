/* A table of a report that shows the rows of one query as they are.
 *
 * The query's columns are the table's, and their names its heads, as those of weft_html_table_begin(). Behind a bar a name
 * says how its values are shown: "Job|text 160" (bytes that are shown, 400 where nothing is said), "Log|code 200",
 * "#time|seconds", "#used|bytes", "#before|size" (bytes where the third column, a name, says so, else a count),
 * "#share|percent 1" (decimals). Else one with '#' is a count. A last column called "all" is not shown: how many rows
 * there are, where the query gives only the first of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_REPORT_QUERY_TABLE_H
#define WEFT_PIPELINE_REPORT_QUERY_TABLE_H

#include "core/text.h"
#include "store/metrics_reader.h"

#define WEFT_TABLE_COLUMNS 12 /* a table has no more */

/* Where nothing is said, NULL is nothing. */
typedef struct weft_query_table {
    const char *query;  /* of sql/report */
    const char *id;     /* a section of its own */
    const char *title;  /* of it, or in front of the table */
    const char *none;   /* HTML where there is no row; NULL: not even a section and a title then */
    const char *note;   /* HTML after the table */
    const char *capped; /* of weft_html_capped() */
} weft_query_table;

/* run_id: the query's; any for one that has none. *shown: how many rows; NULL: not wanted. Errors: the reader's. */
weft_status weft_query_table_add(weft_text *out, weft_metrics_reader *reader, int64_t run_id,
                                 const weft_query_table *table, int64_t *shown, weft_error *err);

#endif
