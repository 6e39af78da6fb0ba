/* SPDX-License-Identifier: MIT
 *
 * Bilinear interpolation over a rectangle has its extremes at the corners. So of an interpolated tile only the corners of
 * the part under the window count. The cells of split tiles are visited one by one. */
#include "processors/lattice/lattice_box.h"

#include "processors/lattice/tile_rows.h"

#include <math.h>
#include <string.h>

#define SIDE WEFT_LATTICE_CELL

/* Extends the box by n points. All are shifted by the same multiple of `period`, which brings the first one nearest to the
 * box; period <= 0: by none. */
static void widen(weft_lattice_box *box, bool *any, double period, int64_t n, const double *x, const double *y) {
    double shift = NAN;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i])) continue;
        if (!*any) *box = (weft_lattice_box){x[i], y[i], x[i], y[i]};
        *any = true;
        if (isnan(shift)) shift = period > 0 ? weft_nearest_period(x[i], box->xmin, period) - x[i] : 0;
        double at = x[i] + shift;
        *box =
            (weft_lattice_box){fmin(box->xmin, at), fmin(box->ymin, y[i]), fmax(box->xmax, at), fmax(box->ymax, y[i])};
    }
}

/* Extends the box by the rectangle from (col, row) to (end_col, end_row) of a tile, in cells. */
static void widen_by_corners(weft_lattice_box *box, bool *any, double period, const weft_tile *at, int64_t col,
                             int64_t end_col, double row, double end_row) {
    const double fx[] = {(double)col / SIDE, (double)end_col / SIDE}, fy[] = {row / SIDE, end_row / SIDE};
    double x[4], y[4], corners[4];
    memcpy(corners, at->x, sizeof corners);
    weft_unwrap(corners, period);
    for (int i = 0; i < 4; i++) {
        x[i] = weft_interpolate(corners, fx[i % 2], fy[i / 2]);
        y[i] = weft_interpolate(at->y, fx[i % 2], fy[i / 2]);
    }
    widen(box, any, period, 4, x, y);
}

/* Extends the box by cells one by one: in a split tile two cells may be 360 degrees apart. */
static void widen_by_cells(weft_lattice_box *box, bool *any, double period, const weft_tile_cells *table, int64_t first,
                           int64_t count) {
    for (int64_t i = first; i < first + count; i++)
        widen(box, any, period, 1, &table->x[i], &table->y[i]);
}

static void widen_by_line(const weft_lattice *lattice, weft_lattice_box *box, bool *any, weft_window line,
                          bool corners) {
    const weft_tile_row *of = weft_lattice_row_at(lattice, line.row);
    const weft_tile *tiles = of->tiles.data;
    const weft_tile_cells *table = corners ? of->corner_table.data : of->centre_table.data;
    int64_t row = line.row % SIDE, end = line.col + line.cols;
    for (int64_t col = line.col, stop; col < end; col = stop) {
        int64_t which = col / SIDE - of->first;
        stop = (col / SIDE + 1) * SIDE < end ? (col / SIDE + 1) * SIDE : end;
        int64_t in_col = col % SIDE, count = stop - col;
        if (tiles[which].split)
            widen_by_cells(box, any, lattice->net.period, &table[which], row * SIDE + in_col, count);
        else
            widen_by_corners(box, any, lattice->net.period, &tiles[which], in_col, in_col + count, (double)row,
                             (double)row + (corners ? 0 : 1));
    }
}

static weft_status find_straight_box(const weft_lattice_net *net, weft_window window, weft_lattice_box *out, bool *any,
                                     weft_error *err) {
    double left = (double)window.col, right = (double)(window.col + window.cols);
    double top = (double)window.row, bottom = (double)(window.row + window.rows);
    double x[] = {left, right, left, right}, y[] = {top, top, bottom, bottom};
    weft_status status = net->project(net->payload, 4, x, y, err);
    if (status == WEFT_OK) widen(out, any, 0, 4, x, y);
    return status;
}

weft_status weft_lattice_find_box(weft_lattice *lattice, const weft_lattice_net *net, bool straight, weft_window window,
                                  bool corners, weft_lattice_box *out, bool *any, weft_error *err) {
    *any = false;
    if (straight) return find_straight_box(net, window, out, any, err);
    weft_status status = weft_tile_rows_prepare(lattice, net, window, corners, err);
    for (int64_t i = 0; i < window.rows && status == WEFT_OK; i++)
        widen_by_line(lattice, out, any, (weft_window){window.col, window.row + i, window.cols, 1}, false);
    for (int64_t i = 0; corners && i <= window.rows && status == WEFT_OK; i++)
        widen_by_line(lattice, out, any, (weft_window){window.col, window.row + i, window.cols + 1, 1}, true);
    return status;
}
