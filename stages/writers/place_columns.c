/* SPDX-License-Identifier: MIT */
#include "stages/writers/place_columns.h"

#include "core/window.h"

#define XS_SHARE 16 /* part of the ledger that the x of all columns may take */

int64_t weft_place_columns_bytes(int64_t cols) {
    return cols * (int64_t)sizeof(double) + weft_page_bytes();
}

void weft_place_columns_init(weft_place_columns *places, const weft_table_spec *spec) {
    places->spec = spec;
    places->count = weft_row_format_places(spec->format, places->names);
}

void weft_place_columns_make_xs(weft_place_columns *places, int64_t share_bytes) {
    int64_t cols = weft_row_format_col(places->spec->format, places->spec->cols),
            bytes = cols * (int64_t)sizeof(double);
    weft_ledger *ledger = places->spec->context->ledger;
    if (bytes > share_bytes || bytes > weft_ledger_available_bytes(ledger) / XS_SHARE) return;
    if (weft_buffer_reserve(&places->xs, ledger, WEFT_TAG_TEXT, bytes, NULL) != WEFT_OK) return;
    for (int64_t col = 0; col < cols; col++)
        ((double *)places->xs.data)[col] = weft_row_format_x(places->spec->format, col);
}

void weft_place_columns_dispose(weft_place_columns *places) {
    weft_buffer_release(&places->xs);
}

weft_data_type weft_place_columns_type(const weft_place_columns *places, int column) {
    return places->count - column > 2 ? WEFT_INT32 : WEFT_FLOAT64;
}

static void fill_x(const weft_place_columns *places, const weft_group_rows *rows, double *out) {
    const double *xs = places->xs.data;
    int64_t cols = places->spec->cols, col = rows->first_cell % cols;
    for (int64_t i = 0; i < rows->count; i++) {
        if (rows->cells != NULL) col = rows->cells[i] % cols;
        int64_t grid_col = weft_row_format_col(places->spec->format, col);
        out[i] = xs != NULL ? xs[grid_col] : weft_row_format_x(places->spec->format, grid_col);
        if (++col == cols) col = 0;
    }
}

static void fill_y(const weft_place_columns *places, const weft_group_rows *rows, double *out) {
    int64_t cols = places->spec->cols, row_end = 0; /* of the row that y is of: its last cell's successor */
    double y = 0;
    for (int64_t i = 0; i < rows->count; i++) {
        int64_t cell = weft_group_rows_cell(rows, i);
        if (cell >= row_end) {
            int64_t row = cell / cols;
            row_end = (row + 1) * cols;
            y = weft_row_format_y(places->spec->format, row);
        }
        out[i] = y;
    }
}

static void fill_index(const weft_place_columns *places, const weft_group_rows *rows, bool of_row, int32_t *out) {
    int64_t cols = places->spec->cols;
    for (int64_t i = 0; i < rows->count; i++) {
        int64_t cell = weft_group_rows_cell(rows, i);
        out[i] = (int32_t)(of_row ? cell / cols : weft_row_format_col(places->spec->format, cell % cols));
    }
}

void weft_place_columns_fill(const weft_place_columns *places, const weft_group_rows *rows, int column, void *out) {
    int from_end = places->count - column; /* 4: row, 3: col, 2: x, 1: y */
    if (from_end > 2)
        fill_index(places, rows, from_end == 4, out);
    else if (from_end == 2)
        fill_x(places, rows, out);
    else
        fill_y(places, rows, out);
}
