/* SPDX-License-Identifier: MIT
 *
 * A window lies in one row of tiles; the corners of its last cells may be those of the row below. So two rows are kept.
 * Going down the grid, the row below becomes the row itself, and nothing is projected twice.
 *
 * With a tolerance a row is tested as a whole. With tolerance 0 there is nothing to test: every cell is exact, and
 * lines of cells are projected as windows need them. */
#include "processors/lattice/tile_rows.h"

#include "processors/lattice/tile_splitting.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define SIDE WEFT_LATTICE_CELL

static weft_status reserve_points(weft_lattice *lattice, int64_t count, double **x, double **y, weft_error *err) {
    weft_status status = weft_lattice_reserve(lattice, &lattice->points, 2 * count * (int64_t)sizeof(double), err);
    *x = lattice->points.data;
    *y = *x + count;
    return status;
}

/* --- tolerance 0 --- */

/* One line of all tiles: centres (offset 0.5) or upper left corners (offset 0). */
static weft_status fill_line(weft_lattice *lattice, weft_tile_row *row, int line, double offset, weft_error *err) {
    int64_t points = row->count * SIDE;
    double *x, *y;
    weft_status status = reserve_points(lattice, points, &x, &y, err);
    if (status != WEFT_OK) return status;
    for (int64_t at = 0; at < points; at++) {
        x[at] = (double)(row->first * SIDE + at) + offset;
        y[at] = (double)(row->row * SIDE + line) + offset;
    }
    status = weft_lattice_project(lattice, points, x, y, err);
    for (int64_t at = 0; at < points && offset == 0 && status == WEFT_OK && lattice->net.edge != NULL; at++) {
        if (!isnan(x[at])) continue;
        x[at] = (double)(row->first * SIDE + at);
        y[at] = (double)(row->row * SIDE + line);
        status = lattice->net.edge(lattice->net.payload, 1, x + at, y + at, err);
    }
    weft_tile_cells *tables = offset > 0 ? row->centre_table.data : row->corner_table.data;
    for (int64_t i = 0; i < row->count && status == WEFT_OK; i++) {
        memcpy(tables[i].x + line * SIDE, x + i * SIDE, SIDE * sizeof *x);
        memcpy(tables[i].y + line * SIDE, y + i * SIDE, SIDE * sizeof *y);
    }
    return status;
}

static weft_status fill_lines(weft_lattice *lattice, weft_tile_row *row, weft_tile_lines *have, weft_tile_lines want,
                              double offset, weft_error *err) {
    for (int line = 0; line < SIDE; line++) {
        weft_tile_lines bit = (weft_tile_lines)1 << line;
        if ((want & ~*have & bit) == 0) continue;
        weft_status status = fill_line(lattice, row, line, offset, err);
        if (status != WEFT_OK) return status;
        *have |= bit;
    }
    return WEFT_OK;
}

/* Lines first .. first + count - 1, as far as they are a lattice row's. */
static weft_tile_lines line_range(int64_t first, int64_t count) {
    int64_t end = first + count < SIDE ? first + count : SIDE;
    return (weft_tile_lines)((((uint64_t)1 << end) - 1) & ~(((uint64_t)1 << first) - 1));
}

/* With tolerance 0 all tiles are split, and their lines come when they are wanted. */
static weft_status split_all(weft_lattice *lattice, weft_tile_row *row, weft_error *err) {
    weft_tile *tiles = row->tiles.data;
    for (int64_t i = 0; i < row->count; i++)
        tiles[i].split = true;
    return weft_tile_row_reserve_tables(lattice, row, err);
}

/* --- a tolerance --- */

/* Tests all tiles of a row, with one call of the projection for the row. Three lines of points, half a tile apart, hold
 * the corners, the middles and the centres of all tiles: a tile shares its left and right points with its neighbours.
 */
static weft_status test_tiles(weft_lattice *lattice, weft_tile_row *row, weft_error *err) {
    static const int corner_col[] = {0, 2, 0, 2}, corner_line[] = {0, 0, 2, 2};
    static const int middle_col[] = {1, 1, 0, 2, 1}, middle_line[] = {1, 0, 1, 1, 2};
    int64_t stride = 2 * row->count + 1;
    double *lines_x, *lines_y;
    weft_status status = reserve_points(lattice, 3 * stride, &lines_x, &lines_y, err);
    if (status != WEFT_OK) return status;
    for (int64_t line = 0; line < 3; line++) {
        for (int64_t i = 0; i < stride; i++) {
            lines_x[line * stride + i] = (double)(row->first * SIDE + i * (SIDE / 2));
            lines_y[line * stride + i] = (double)(row->row * SIDE + line * (SIDE / 2));
        }
    }
    status = weft_lattice_project(lattice, 3 * stride, lines_x, lines_y, err);
    for (int64_t i = 0; i < row->count && status == WEFT_OK; i++) {
        weft_tile *at = &((weft_tile *)row->tiles.data)[i];
        const double *x = lines_x + 2 * i, *y = lines_y + 2 * i;
        double exact_x[5], exact_y[5];
        for (int j = 0; j < 4; j++) {
            at->x[j] = x[corner_line[j] * stride + corner_col[j]];
            at->y[j] = y[corner_line[j] * stride + corner_col[j]];
        }
        for (int j = 0; j < 5; j++) {
            exact_x[j] = x[middle_line[j] * stride + middle_col[j]];
            exact_y[j] = y[middle_line[j] * stride + middle_col[j]];
        }
        status = weft_tile_test(lattice, row, i, exact_x, exact_y, err);
    }
    return status;
}

/* --- rows --- */

static weft_status build_row(weft_lattice *lattice, weft_tile_row *row, int64_t number, int64_t first, int64_t count,
                             bool corners, weft_error *err) {
    row->count = 0;
    weft_status status = weft_lattice_reserve(lattice, &row->tiles, count * (int64_t)sizeof(weft_tile), err);
    if (status != WEFT_OK) return status;
    row->row = number;
    row->first = first;
    row->count = count;
    row->with_corners = corners;
    row->pixels_of = NULL;
    row->centres = row->corners = 0;
    status = lattice->net.tolerance > 0 ? test_tiles(lattice, row, err) : split_all(lattice, row, err);
    if (status != WEFT_OK) row->count = 0;
    return status;
}

static bool holds(const weft_tile_row *row, int64_t number, int64_t first, int64_t count, bool corners) {
    return row->count > 0 && row->row == number && row->first <= first && first + count <= row->first + row->count &&
           (row->with_corners || !corners);
}

/* `corners`: none for a row of which centres alone are wanted. */
static weft_status need_row(weft_lattice *lattice, int which, int64_t number, int64_t first, int64_t count,
                            weft_tile_lines centres, weft_tile_lines corners, weft_error *err) {
    weft_tile_row *row = &lattice->rows[which];
    weft_status status = WEFT_OK;
    if (!holds(row, number, first, count, corners != 0))
        status = build_row(lattice, row, number, first, count, corners != 0, err);
    if (status != WEFT_OK || lattice->net.tolerance > 0) return status;
    status = fill_lines(lattice, row, &row->centres, centres, 0.5, err);
    return status == WEFT_OK ? fill_lines(lattice, row, &row->corners, corners, 0, err) : status;
}

static bool same_net(const weft_lattice_net *a, const weft_lattice_net *b) {
    return a->project == b->project && a->payload == b->payload && a->tolerance == b->tolerance && a->edge == b->edge &&
           a->is_off == b->is_off && a->pixels_x == b->pixels_x && a->pixels_y == b->pixels_y && a->period == b->period;
}

weft_status weft_tile_rows_prepare(weft_lattice *lattice, const weft_lattice_net *net, weft_window window, bool corners,
                                   weft_error *err) {
    assert(window.rows <= SIDE - window.row % SIDE);
    if (!same_net(&lattice->net, net)) lattice->rows[0].count = lattice->rows[1].count = 0;
    lattice->net = *net;
    int64_t first = window.col / SIDE, number = window.row / SIDE;
    int64_t end_col = window.col + window.cols + (corners ? 1 : 0), end_row = window.row + window.rows;
    int64_t count = (end_col + SIDE - 1) / SIDE - first;
    /* What was the row below is the row itself when a window follows the one above it. */
    if (holds(&lattice->rows[1], number, first, count, corners)) {
        weft_tile_row below = lattice->rows[1];
        lattice->rows[1] = lattice->rows[0];
        lattice->rows[0] = below;
    }
    int64_t line = window.row % SIDE;
    weft_tile_lines centres = line_range(line, window.rows), below = corners ? line_range(line, window.rows + 1) : 0;
    weft_status status = need_row(lattice, 0, number, first, count, centres, below, err);
    if (status == WEFT_OK && corners && end_row % SIDE == 0)
        status = need_row(lattice, 1, number + 1, first, count, 0, line_range(0, 1), err);
    return status;
}
