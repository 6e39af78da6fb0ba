/* Rows of a plain CSV file of points, read past OGR, which takes some twenty times as long for each.
 *
 * What is read is what OGR's CSV driver reads; where that is not certain, the file, or a row of it, is left to OGR. A
 * file is plain where its first line is the names of the fields that OGR found, with one separator between them. A row
 * is plain where it has as many fields as there are names, and quotes only around whole fields, on one line.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_CSV_ROWS_H
#define WEFT_RASTER_CSV_ROWS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct weft_csv_rows weft_csv_rows; /* one thread at a time */

/* names: of the `count` fields, as OGR gives them. NULL: the file is not plain, cannot be read, or there is no memory.
 */
weft_csv_rows *weft_csv_rows_open(const char *path, const char *const *names, int count);
/* NULL is fine. */
void weft_csv_rows_close(weft_csv_rows *csv);

typedef enum weft_csv_step {
    WEFT_CSV_ROW,
    WEFT_CSV_END,
    WEFT_CSV_OTHER /* the row is not plain, or reading failed: no more is read */
} weft_csv_step;

/* Goes on to the next row. */
weft_csv_step weft_csv_rows_next(weft_csv_rows *csv);
/* Of a row that was not plain: whether a quote stands in a field that does not begin with one, and no other ends it in its
 * line. OGR takes the lines up to the next quote, wherever it is, for the rest of that field. */
bool weft_csv_rows_open_quote(const weft_csv_rows *csv);
/* Begins again at the first; false: reading failed. */
bool weft_csv_rows_rewind(weft_csv_rows *csv);

/* Rows so far, which is what OGR numbers the one at hand with. */
int64_t weft_csv_rows_number(const weft_csv_rows *csv);
/* A field of the row at hand, until the next. */
const char *weft_csv_rows_field(const weft_csv_rows *csv, int field);

#endif
