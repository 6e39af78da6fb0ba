/* Words, numbers and tables as HTML.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_REPORT_HTML_H
#define WEFT_PIPELINE_REPORT_HTML_H

#include "core/text.h"

/* Adds a text so that it is shown as it is. What is no UTF-8 becomes U+FFFD; of one longer than `max` bytes (0: no
 * limit) the middle is left out. NULL is empty. */
void weft_html_text(weft_text *out, const char *text, size_t max);

#define WEFT_HTML_NUMBER_BYTES 40
/* "0.042 s", "12.3 s", "4 min 05 s", "2 h 03 min". */
const char *weft_html_seconds(double seconds, char out[WEFT_HTML_NUMBER_BYTES]);

/* A table. heads: the columns' names, ended by NULL; one that begins with '#' is of numbers. */
void weft_html_table_begin(weft_text *out, const char *const *heads);
void weft_html_table_end(weft_text *out);

/* A row is cells between these two. */
void weft_html_row_begin(weft_text *out);
void weft_html_row_end(weft_text *out);
void weft_html_cell(weft_text *out, const char *text);
/* The middle of what is longer than `max` bytes is left out. */
void weft_html_cell_clipped(weft_text *out, const char *text, size_t max);
void weft_html_cell_code(weft_text *out, const char *text, size_t max);
/* Cells of numbers: NaN is an empty one. */
void weft_html_cell_count(weft_text *out, double value);
void weft_html_cell_number(weft_text *out, double value, const char *format) __attribute__((nonnull));
void weft_html_cell_seconds(weft_text *out, double value);
void weft_html_cell_bytes(weft_text *out, double value);

/* A row of two cells, a name and a text. */
void weft_html_pair(weft_text *out, const char *name, const char *text);

/* Says so where a table does not have all: "The first 60 of 1,234." */
void weft_html_capped(weft_text *out, const char *which, int64_t shown, int64_t all);

/* Adds bytes in base64. */
void weft_html_base64(weft_text *out, const void *bytes, size_t length);

#endif
