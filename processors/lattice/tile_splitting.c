/* SPDX-License-Identifier: MIT
 *
 * A tile that cannot be interpolated is cut into four squares, those that cannot be into four again, down to single
 * cells. This is done level by level, so that the exact points of a level are one call of the projection; a call for each
 * square would cost much more. */
#include "processors/lattice/tile_splitting.h"

#include <string.h>

#define SIDE WEFT_LATTICE_CELL

/* A square of cells that is interpolated or cut into four. */
typedef struct node {
    int col, row, size; /* in the tile, in cells */
    double x[4], y[4];
} node;

/* All squares that one tile can be cut into: 4 of 16 x 16 cells, 16 of 8 x 8, down to 1024 single ones. */
typedef struct descent {
    int64_t tile_col, tile_row;         /* in tiles */
    weft_tile_cells *centres, *corners; /* to be filled; corners: NULL if not wanted */
    int count;
    node nodes[4 + 16 + 64 + 256 + 1024];
    /* The exact points of a level: five a square, one a cell. 256 squares of 2 x 2 cells have the most. */
    double x[5 * 256], y[5 * 256];
} descent;

int64_t weft_tile_splitting_bytes(void) {
    return (int64_t)sizeof(descent);
}

/* Where the exact points of a square lie: its centre; the middles of its top, left, right and bottom side. */
static const double exact_fx[] = {0.5, 0.5, 0, 1, 0.5}, exact_fy[] = {0.5, 0, 0.5, 0.5, 1};

/* Whether interpolation is within the tolerance of a square's five exact points.
 *
 * Why these five: let s and t run from 0 to 1 along the square's sides, and f be the exact position. Up to terms of third
 * order, bilinear interpolation g is off by g - f = fss s(1-s)/2 + ftt t(1-t)/2, since it is exact at the corners and
 * has the mixed term st itself. So the error is p fss + q ftt with p and q between 0 and 1/8, and its length, a convex
 * function of p and q, is largest where each is one or the other: at a corner (0), in the middle of a side (one is 1/8)
 * or at the centre (both are). Terms of third order shrink with the cube of the square's side and are not looked for:
 * projections are smooth over 32 cells, and where one is not, at a seam, a pole or a map's edge, corners and points are
 * undefined or far apart.
 *
 * The error is the distance in source pixels: x and y times net->pixels_x and pixels_y. Every test is written so that NaN
 * fails it: a square with an undefined point splits, until only undefined cells are undefined.
 *
 * Longitudes are unwrapped near the first corner's. That is ambiguous for corners that are 180 degrees apart or more, so
 * the square splits from 90 degrees on. */
static bool is_near(const weft_lattice_net *net, double x[4], const double y[4], const double *exact_x,
                    const double *exact_y) {
    for (int i = 0; i < 4; i++)
        if (isnan(x[i]) || isnan(y[i])) return false;
    weft_unwrap(x, net->period);
    for (int i = 1; i < 4 && net->period > 0; i++)
        if (!(fabs(x[i] - x[0]) < net->period / 4)) return false;
    for (int i = 0; i < 5; i++) {
        double dx = weft_interpolate(x, exact_fx[i], exact_fy[i]) - exact_x[i];
        double dy = weft_interpolate(y, exact_fx[i], exact_fy[i]) - exact_y[i];
        if (net->period > 0) dx = weft_nearest_period(dx, 0, net->period);
        if (!(hypot(dx * net->pixels_x, dy * net->pixels_y) <= net->tolerance)) return false;
    }
    return true;
}

/* Whether a square of the grid is off the map completely: then all its cells are undefined, and it need not be cut. The
 * expensive test is skipped where a corner or one of the five points is defined. */
static bool is_off(const weft_lattice_net *net, const double x[4], const double *exact_x, weft_window window) {
    if (net->is_off == NULL) return false;
    for (int i = 0; i < 4; i++)
        if (!isnan(x[i])) return false;
    for (int i = 0; i < 5; i++)
        if (!isnan(exact_x[i])) return false;
    return net->is_off(net->payload, window);
}

/* Fills the part of the tables under an accepted node. */
static void fill_from_corners(const descent *work, const node *from) {
    double step = 1.0 / from->size;
    for (int j = 0; j < from->size; j++) {
        for (int i = 0; i < from->size; i++) {
            int at = (from->row + j) * SIDE + from->col + i;
            double fx = (i + 0.5) * step, fy = (j + 0.5) * step;
            work->centres->x[at] = weft_interpolate(from->x, fx, fy);
            work->centres->y[at] = weft_interpolate(from->y, fx, fy);
            if (work->corners == NULL) continue;
            work->corners->x[at] = weft_interpolate(from->x, i * step, j * step);
            work->corners->y[at] = weft_interpolate(from->y, i * step, j * step);
        }
    }
}

/* Four nodes of half the size: their corners are the parent's and its five exact points. */
static void split(descent *work, const node *parent, const double *x, const double *y) {
    static const int corners[4][4] = {{0, 5, 6, 4}, {5, 1, 4, 7}, {6, 4, 2, 8}, {4, 7, 8, 3}};
    double all_x[9], all_y[9];
    memcpy(all_x, parent->x, sizeof parent->x);
    memcpy(all_y, parent->y, sizeof parent->y);
    memcpy(all_x + 4, x, 5 * sizeof *x);
    memcpy(all_y + 4, y, 5 * sizeof *y);
    for (int quarter = 0; quarter < 4; quarter++) {
        node *child = &work->nodes[work->count++];
        child->size = parent->size / 2;
        child->col = parent->col + quarter % 2 * child->size;
        child->row = parent->row + quarter / 2 * child->size;
        for (int i = 0; i < 4; i++) {
            child->x[i] = all_x[corners[quarter][i]];
            child->y[i] = all_y[corners[quarter][i]];
        }
    }
}

/* Fills the table's entry of a single cell. An upper left corner off the map is moved to the map's edge. */
static weft_status fill_single(const weft_lattice_net *net, const descent *work, node *of, double centre_x,
                               double centre_y, weft_error *err) {
    int at = of->row * SIDE + of->col;
    work->centres->x[at] = centre_x;
    work->centres->y[at] = centre_y;
    if (work->corners == NULL) return WEFT_OK;
    weft_status status = WEFT_OK;
    if (net->edge != NULL && isnan(of->x[0])) {
        of->x[0] = (double)(work->tile_col * SIDE + of->col);
        of->y[0] = (double)(work->tile_row * SIDE + of->row);
        status = net->edge(net->payload, 1, of->x, of->y, err);
    }
    work->corners->x[at] = of->x[0];
    work->corners->y[at] = of->y[0];
    return status;
}

/* Cuts a tile's squares until each can be interpolated or is a single cell. `nodes` holds the squares level after level; a
 * square that is cut appends its quarters, which belong to the next level. */
static weft_status settle(weft_lattice *lattice, descent *work, weft_error *err) {
    for (int first = 0, end; first < work->count; first = end) {
        int points = 0;
        end = work->count;
        for (int i = first; i < end; i++) {
            const node *at = &work->nodes[i];
            for (int j = 0; j < (at->size == 1 ? 1 : 5); j++, points++) {
                work->x[points] = (double)(work->tile_col * SIDE + at->col) + exact_fx[j] * at->size;
                work->y[points] = (double)(work->tile_row * SIDE + at->row) + exact_fy[j] * at->size;
            }
        }
        weft_status status = weft_lattice_project(lattice, points, work->x, work->y, err);
        points = 0;
        for (int i = first; i < end && status == WEFT_OK; i++) {
            node *at = &work->nodes[i];
            const double *x = work->x + points, *y = work->y + points;
            weft_window window = {work->tile_col * SIDE + at->col, work->tile_row * SIDE + at->row, at->size, at->size};
            points += at->size == 1 ? 1 : 5;
            if (at->size == 1)
                status = fill_single(&lattice->net, work, at, x[0], y[0], err);
            else if (is_near(&lattice->net, at->x, at->y, x, y) || is_off(&lattice->net, at->x, x, window))
                fill_from_corners(work, at);
            else
                split(work, at, x, y);
        }
        if (status != WEFT_OK) return status;
    }
    return WEFT_OK;
}

weft_status weft_tile_row_reserve_tables(weft_lattice *lattice, weft_tile_row *row, weft_error *err) {
    int64_t bytes = row->count * (int64_t)sizeof(weft_tile_cells);
    weft_status status = weft_lattice_reserve(lattice, &row->centre_table, bytes, err);
    if (status != WEFT_OK || !row->with_corners) return status;
    return weft_lattice_reserve(lattice, &row->corner_table, bytes, err);
}

weft_status weft_tile_test(weft_lattice *lattice, weft_tile_row *row, int64_t which, const double exact_x[5],
                           const double exact_y[5], weft_error *err) {
    weft_tile *at = &((weft_tile *)row->tiles.data)[which];
    weft_window window = {(row->first + which) * SIDE, row->row * SIDE, SIDE, SIDE};
    node whole = {.size = SIDE};
    memcpy(whole.x, at->x, sizeof whole.x);
    memcpy(whole.y, at->y, sizeof whole.y);
    at->split =
        !is_near(&lattice->net, whole.x, at->y, exact_x, exact_y) && !is_off(&lattice->net, at->x, exact_x, window);
    if (!at->split) return WEFT_OK;
    weft_status status = weft_tile_row_reserve_tables(lattice, row, err);
    if (status == WEFT_OK) status = weft_lattice_reserve(lattice, &lattice->descent, sizeof(descent), err);
    if (status != WEFT_OK) return status;
    descent *work = lattice->descent.data;
    work->tile_col = row->first + which;
    work->tile_row = row->row;
    work->centres = (weft_tile_cells *)row->centre_table.data + which;
    work->corners = row->with_corners ? (weft_tile_cells *)row->corner_table.data + which : NULL;
    work->count = 0;
    /* The corners as they were projected, not unwrapped: the test of a quarter unwraps its own. */
    memcpy(whole.x, at->x, sizeof whole.x);
    split(work, &whole, exact_x, exact_y);
    return settle(lattice, work, err);
}
