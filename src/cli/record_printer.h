/* Rows of a query, as a table for people, CSV or JSON.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_RECORD_PRINTER_H
#define WEFT_CLI_RECORD_PRINTER_H

#include "core/status.h"

/* In the order of the words of --format. */
typedef enum weft_record_format { WEFT_RECORDS_TABLE, WEFT_RECORDS_CSV, WEFT_RECORDS_JSON } weft_record_format;

/* Rows gathered for printing; widths are known only at the end. Zero-initialised is empty. */
typedef struct weft_records {
    int columns, rows;
    char **cells;  /* (rows + 1) * columns; the first row is the header. NULL: SQL NULL */
    bool *numeric; /* the same shape */
    int capacity;  /* in rows */
    bool failed;   /* memory ran out */
} weft_records;

/* Takes a row, as weft_metrics_row_fn: the first call, with NULL values, is the header. */
bool weft_records_add(void *records, int columns, const char *const *names, const char *const *values,
                      const bool *numeric);
/* Prints all on stdout. A table shortens real numbers, in place. False: memory ran out, and nothing was printed. */
bool weft_records_print(weft_records *records, weft_record_format format);
/* The value of `column` in row `row` (from 0), or NULL. */
const char *weft_records_value(const weft_records *records, int row, const char *column);
void weft_records_dispose(weft_records *records);

/* A row of CSV on stdout, without holding others; a NULL value is empty. */
void weft_print_csv_line(int columns, const char *const *values);
/* A row as a JSON object. json: names of columns whose values are JSON already, ended by NULL; NULL: none are. */
void weft_print_json_object(int columns, const char *const *names, const char *const *values, const bool *numeric,
                            const char *const *json);

#endif
