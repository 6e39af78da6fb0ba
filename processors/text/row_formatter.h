/* Cells to CSV text (docs/formats.md): the fastest way to write numbers that read back the same.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PROCESSORS_ROW_FORMATTER_H
#define WEFT_PROCESSORS_ROW_FORMATTER_H

#include "core/data_type.h"
#include "core/status.h"
#include "core/window.h"

typedef enum weft_row_filter { WEFT_ROW_ALL, WEFT_ROW_ANY, WEFT_ROW_COMPLETE } weft_row_filter;

/* What is written; fixed for the run. Any number of threads may share it. */
typedef struct weft_row_format {
    /* The grid's: x = origin_x + (col + 0.5) res_x, y = origin_y - (row + 0.5) res_y. */
    double origin_x, origin_y, res_x, res_y;
    int column_count;
    weft_row_filter filter;
    /* Columns are followed by a view of bytes, which are 0 for cells that are no rows, whatever the filter. */
    bool chosen;
    const char *nodata; /* text of a missing value, already quoted where it must be */
    size_t nodata_length;
    int precision;  /* significant digits; 0: shortest text that reads back the same */
    char delimiter; /* between fields; 0: a comma */
    bool unplaced;  /* rows are no cells: neither x and y nor row and column are made */
    int places;     /* then so many of the first columns are coordinates: shortest text, whatever the precision */
    bool index;     /* whether the cell's row and column in the grid, from 0, come before x and y */
    /* So many rows of the table are of one cell of the grid, side by side: a window's columns are those of the grid
     * times this. 0 is 1. */
    int64_t cell_rows;
    /* Of each column: whether it is of the row whatever rasters hold, of the cell, or tells rows of one cell apart, so
     * that the filter does not ask WEFT_ROW_ANY of it. NULL: none is. Borrowed. */
    const bool *carried;
    /* x of every column of the grid, ready made by weft_row_format_x_texts(); NULL: made cell by cell, which is slower
     * and gives the same text. Borrowed. */
    const char *x_texts;
} weft_row_format;

/* One x text takes this much: its length in the first byte, then the text. */
#define WEFT_X_TEXT_BYTES 24

/* Writes the x texts of the grid's `cols` columns to `out`, cols * WEFT_X_TEXT_BYTES bytes. */
void weft_row_format_x_texts(const weft_row_format *format, int64_t cols, char *out);

/* The grid's column of a column of the table's windows. */
static inline int64_t weft_row_format_col(const weft_row_format *format, int64_t col) {
    return format->cell_rows > 1 ? col / format->cell_rows : col;
}

/* A cell centre's coordinates, as the table has them in any format: the double that reads back from 15 significant
 * digits, never -0. col, row: the grid's. */
double weft_row_format_x(const weft_row_format *format, int64_t col);
double weft_row_format_y(const weft_row_format *format, int64_t row);

/* Whether every cell is a row. */
static inline bool weft_row_format_keeps_all(const weft_row_format *format) {
    return format->filter == WEFT_ROW_ALL && !format->chosen;
}

/* Sets kept[i] to whether the filter keeps cell `first + i` (row-major in `window`), for `count` cells. Returns how
 * many it keeps. */
int64_t weft_row_format_kept(const weft_row_format *format, weft_window window, const weft_values *columns,
                             int64_t first, int64_t count, bool *kept);

/* The most bytes that one cell's line can take, line end included. */
size_t weft_row_format_bound(const weft_row_format *format, const weft_data_type *types);

/* Appends the lines of the cells `first .. first + count - 1` (row-major in `window`) to `out`.
 *
 * columns  column_count views whose (0, 0) is the window's first cell; and one more where format->chosen
 * out      room for count * weft_row_format_bound() bytes
 * rows     set to the number of lines written (fewer than count when a filter drops some)
 * returns  bytes written */
size_t weft_row_format_cells(const weft_row_format *format, weft_window window, const weft_values *columns,
                             int64_t first, int64_t count, char *out, int64_t *rows);

/* The columns before the grid's own: "row" and "col" where the format has them, "x" and "y"; none
 * where rows are no cells. Returns how many. */
int weft_row_format_places(const weft_row_format *format, const char *names[4]);

/* The most bytes that the header line can take. */
size_t weft_row_format_header_bound(const weft_row_format *format, const char *const *names);

/* Adds the header line "x,y,a,b\n", names quoted by RFC 4180 where they must be, to `out` of `capacity` bytes. Returns
 * the length, or 0 when it does not fit. */
size_t weft_row_format_header(const weft_row_format *format, const char *const *names, char *out, size_t capacity);

/* Writes `text` as one RFC 4180 field: quoted where it holds the delimiter, a quote or a line end. Returns the length,
 * or (size_t)-1 when it does not fit. */
size_t weft_row_format_field(const char *text, char delimiter, char *out, size_t capacity);

#endif
