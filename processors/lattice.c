/* A lattice row at a time: its cells ("tiles" here, to tell them from the grid's) are tested in one batch of points,
 * and those that fail are split one by one, level by level, each level a batch.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/lattice.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SIDE  WEFT_LATTICE_CELL
#define CELLS (SIDE * SIDE)
#define HALF  (SIDE / 2)

#define BUFFERS 8 /* of a lattice */

/* A tile is interpolated from its corners, or, where that is too far off, looked up. */
typedef struct tile {
    bool split;
    double u[4], v[4]; /* corners: upper left, upper right, lower left, lower right; u unwrapped near the first */
} tile;

/* Lines of a lattice row, a bit each. */
typedef uint32_t line_set;
static_assert(SIDE == 32, "a line_set has a bit for each line of a lattice row");

/* The tiles of one lattice row, side by side. */
typedef struct tile_row {
    int64_t row, first, count; /* in tiles; count 0: nothing */
    bool with_corners;
    line_set centres, corners; /* with tolerance 0: the lines that the tables hold */
    weft_buffer tiles;
    weft_buffer centre_table, corner_table; /* of tiles that were split; empty until one is. Corners: if wanted */
} tile_row;

/* u and v of a tile's cells, row-major: what a table has for each of its row's tiles. */
typedef struct tile_cells {
    double u[CELLS], v[CELLS];
} tile_cells;

/* A square of cells on its way down to where interpolation holds. */
typedef struct node {
    int col, row, size; /* in the tile, in cells */
    double u[4], v[4];
} node;

/* The squares of one tile, level by level: 4 of 16 x 16 cells, down to single ones. */
typedef struct descent {
    int64_t tile_col, tile_row;    /* in tiles */
    tile_cells *centres, *corners; /* corners: NULL if not wanted */
    int count;
    node nodes[4 + 16 + 64 + 256 + 1024];
    double u[5 * 256], v[5 * 256]; /* the exact points of a level: five a square, one a cell */
} descent;

struct weft_lattice {
    weft_ledger *ledger;
    const weft_lattice_spec *spec;
    tile_row rows[2];    /* of the window, and the one below for its lower corners */
    weft_buffer points;  /* u, then v, of lines across the window */
    weft_buffer descent; /* empty until a tile is split */
    int64_t projected;
};

weft_status weft_lattice_new(weft_lattice **out, weft_ledger *ledger, weft_error *err) {
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a lattice");
    (*out)->ledger = ledger;
    return WEFT_OK;
}

void weft_lattice_release(weft_lattice *lattice) {
    for (int i = 0; i < 2; i++) {
        tile_row *row = &lattice->rows[i];
        row->count = 0;
        weft_buffer_release(&row->tiles);
        weft_buffer_release(&row->centre_table);
        weft_buffer_release(&row->corner_table);
    }
    weft_buffer_release(&lattice->points);
    weft_buffer_release(&lattice->descent);
}

void weft_lattice_free(weft_lattice *lattice) {
    if (lattice == NULL) return;
    weft_lattice_release(lattice);
    free(lattice);
}

int64_t weft_lattice_projected(const weft_lattice *lattice) {
    return lattice->projected;
}

bool weft_lattice_has_split(const weft_lattice *lattice) {
    return lattice->rows[0].centre_table.data != NULL || lattice->rows[1].centre_table.data != NULL;
}

/* A window that is not aligned lies in two tiles more than whole ones would; each buffer is in whole pages. */
weft_lattice_cost weft_lattice_cost_of(const weft_lattice_spec *spec, bool corners, bool split) {
    if (spec->affine) return (weft_lattice_cost){0};
    int64_t rows = corners ? 2 : 1, points = spec->tolerance > 0 ? 6 : SIDE;
    int64_t tile_bytes = points * 2 * (int64_t)sizeof(double) + rows * (int64_t)sizeof(tile);
    int64_t fixed = (split && spec->tolerance > 0 ? (int64_t)sizeof(descent) : 0) + BUFFERS * weft_page_bytes();
    if (split) tile_bytes += rows * rows * (int64_t)sizeof(tile_cells);
    return (weft_lattice_cost){fixed + 2 * tile_bytes, (tile_bytes + SIDE - 1) / SIDE};
}

int64_t weft_lattice_band_rows(weft_window window) {
    int64_t left = SIDE - window.row % SIDE;
    return left < window.rows ? left : window.rows;
}

static weft_status reserve(weft_lattice *lattice, weft_buffer *buffer, int64_t bytes, weft_error *err) {
    return weft_buffer_reserve(buffer, lattice->ledger, WEFT_TAG_LATTICE, bytes, err);
}

/* --- exact points --- */

static weft_status project(weft_lattice *lattice, int64_t count, double *u, double *v, weft_error *err) {
    lattice->projected += count;
    return lattice->spec->project(lattice->spec->payload, count, u, v, err);
}

/* --- interpolation: one formula, whoever asks --- */

static double interpolate(const double corner[4], double fx, double fy) {
    double left = corner[0] + fy * (corner[2] - corner[0]);
    double right = corner[1] + fy * (corner[3] - corner[1]);
    return left + fx * (right - left);
}

/* u modulo a whole turn, in [0, wrap). */
static double wrapped(double u, double wrap) {
    u -= floor(u / wrap) * wrap;
    return u < wrap ? u : 0;
}

static double nearest_turn(double u, double reference, double wrap) {
    return u - wrap * round((u - reference) / wrap);
}

/* Brings the corners' u to one turn; false where that is a guess, because they are a quarter turn apart or more. */
static bool unwrap(double u[4], double wrap) {
    if (wrap <= 0) return true;
    for (int i = 1; i < 4; i++) {
        u[i] = nearest_turn(u[i], u[0], wrap);
        if (!(fabs(u[i] - u[0]) < wrap / 4)) return false;
    }
    return true;
}

/* Whether interpolation hits the five exact points (centre; middles of top, left, right, bottom) within the tolerance.
 */
static bool is_accepted(const weft_lattice_spec *spec, double u[4], const double v[4], const double *exact_u,
                        const double *exact_v) {
    static const double fx[] = {0.5, 0.5, 0, 1, 0.5}, fy[] = {0.5, 0, 0.5, 0.5, 1};
    for (int i = 0; i < 4; i++)
        if (isnan(u[i]) || isnan(v[i])) return false;
    if (!unwrap(u, spec->wrap_cols)) return false;
    for (int i = 0; i < 5; i++) {
        double du = interpolate(u, fx[i], fy[i]) - exact_u[i], dv = interpolate(v, fx[i], fy[i]) - exact_v[i];
        if (spec->wrap_cols > 0) du = nearest_turn(du, 0, spec->wrap_cols);
        if (!(hypot(du, dv) <= spec->tolerance)) return false;
    }
    return true;
}

/* --- splitting --- */

/* Fills the part of the tables under an accepted node. */
static void fill_from_corners(const descent *work, const node *from, double wrap) {
    double step = 1.0 / from->size;
    for (int j = 0; j < from->size; j++) {
        for (int i = 0; i < from->size; i++) {
            int at = (from->row + j) * SIDE + from->col + i;
            double fx = (i + 0.5) * step, fy = (j + 0.5) * step, u = interpolate(from->u, fx, fy);
            work->centres->u[at] = wrap > 0 ? wrapped(u, wrap) : u;
            work->centres->v[at] = interpolate(from->v, fx, fy);
            if (work->corners == NULL) continue;
            double corner = interpolate(from->u, i * step, j * step);
            work->corners->u[at] = wrap > 0 ? wrapped(corner, wrap) : corner;
            work->corners->v[at] = interpolate(from->v, i * step, j * step);
        }
    }
}

static void fill_single(const descent *work, const node *from, double centre_u, double centre_v, double wrap) {
    int at = from->row * SIDE + from->col;
    work->centres->u[at] = centre_u;
    work->centres->v[at] = centre_v;
    if (work->corners == NULL) return;
    work->corners->u[at] = wrap > 0 && !isnan(from->u[0]) ? wrapped(from->u[0], wrap) : from->u[0];
    work->corners->v[at] = from->v[0];
}

/* Four nodes of half the size: their corners are the parent's and its five exact points. */
static void split(descent *work, const node *parent, const double *u, const double *v) {
    static const int corners[4][4] = {{0, 5, 6, 4}, {5, 1, 4, 7}, {6, 4, 2, 8}, {4, 7, 8, 3}};
    double all_u[9], all_v[9];
    memcpy(all_u, parent->u, sizeof parent->u);
    memcpy(all_v, parent->v, sizeof parent->v);
    memcpy(all_u + 4, u, 5 * sizeof *u);
    memcpy(all_v + 4, v, 5 * sizeof *v);
    for (int quarter = 0; quarter < 4; quarter++) {
        node *child = &work->nodes[work->count++];
        child->size = parent->size / 2;
        child->col = parent->col + quarter % 2 * child->size;
        child->row = parent->row + quarter / 2 * child->size;
        for (int i = 0; i < 4; i++) {
            child->u[i] = all_u[corners[quarter][i]];
            child->v[i] = all_v[corners[quarter][i]];
        }
    }
}

/* Asks for the exact points of a node: centre; middles of top, left, right and bottom. One, the centre, for a cell. */
static int ask_points(const descent *work, const node *from, double *u, double *v) {
    static const double fx[] = {0.5, 0.5, 0, 1, 0.5}, fy[] = {0.5, 0, 0.5, 0.5, 1};
    int count = from->size == 1 ? 1 : 5;
    for (int i = 0; i < count; i++) {
        u[i] = (double)(work->tile_col * SIDE + from->col) + fx[i] * from->size;
        v[i] = (double)(work->tile_row * SIDE + from->row) + fy[i] * from->size;
    }
    return count;
}

/* Whether nothing of a square of the grid is on the map: `u` of its corners, and of the points in between. */
static bool is_off(const weft_lattice_spec *spec, const double u[4], const double *exact_u, weft_window window) {
    if (spec->is_off == NULL) return false;
    for (int i = 0; i < 4; i++)
        if (!isnan(u[i])) return false;
    for (int i = 0; i < 5; i++)
        if (!isnan(exact_u[i])) return false;
    return spec->is_off(spec->payload, window);
}

static weft_window window_of(const descent *work, const node *of) {
    return (weft_window){work->tile_col * SIDE + of->col, work->tile_row * SIDE + of->row, of->size, of->size};
}

/* The upper left corner of a single cell off the map goes to the map's edge. */
static weft_status move_to_edge(const weft_lattice_spec *spec, const descent *work, node *of, weft_error *err) {
    if (spec->edge == NULL || work->corners == NULL || !isnan(of->u[0])) return WEFT_OK;
    weft_window cell = window_of(work, of);
    of->u[0] = (double)cell.col;
    of->v[0] = (double)cell.row;
    return spec->edge(spec->payload, 1, of->u, of->v, err);
}

/* Takes the nodes of a tile down until all are accepted or single cells. */
static weft_status settle(weft_lattice *lattice, descent *work, weft_error *err) {
    double wrap = lattice->spec->wrap_cols;
    for (int first = 0, end; first < work->count; first = end) {
        int points = 0;
        end = work->count;
        for (int i = first; i < end; i++)
            points += ask_points(work, &work->nodes[i], work->u + points, work->v + points);
        weft_status status = project(lattice, points, work->u, work->v, err);
        if (status != WEFT_OK) return status;
        points = 0;
        for (int i = first; i < end; i++) {
            node *at = &work->nodes[i];
            const double *u = work->u + points, *v = work->v + points;
            points += at->size == 1 ? 1 : 5;
            if (at->size == 1) {
                status = move_to_edge(lattice->spec, work, at, err);
                if (status != WEFT_OK) return status;
                fill_single(work, at, u[0], v[0], wrap);
            } else if (is_accepted(lattice->spec, at->u, at->v, u, v) ||
                       is_off(lattice->spec, at->u, u, window_of(work, at)))
                fill_from_corners(work, at, wrap);
            else
                split(work, at, u, v);
        }
    }
    return WEFT_OK;
}

/* --- a row of tiles --- */

/* For all tiles of the row, as soon as one is split; contents are undefined when they grow, so before any is filled. */
static weft_status reserve_tables(weft_lattice *lattice, tile_row *row, weft_error *err) {
    int64_t bytes = row->count * (int64_t)sizeof(tile_cells);
    weft_status status = reserve(lattice, &row->centre_table, bytes, err);
    return status == WEFT_OK && row->with_corners ? reserve(lattice, &row->corner_table, bytes, err) : status;
}

static weft_status reserve_points(weft_lattice *lattice, int64_t count, double **u, double **v, weft_error *err) {
    weft_status status = reserve(lattice, &lattice->points, 2 * count * (int64_t)sizeof(double), err);
    *u = lattice->points.data;
    *v = *u + count;
    return status;
}

/* --- tolerance 0: every cell exact, line by line as windows need them --- */

/* One line of all tiles: centres (offset 0.5) or upper left corners (offset 0). */
static weft_status fill_line(weft_lattice *lattice, tile_row *row, int line, double offset, weft_error *err) {
    int64_t points = row->count * SIDE;
    double *u, *v;
    weft_status status = reserve_points(lattice, points, &u, &v, err);
    if (status != WEFT_OK) return status;
    for (int64_t at = 0; at < points; at++) {
        u[at] = (double)(row->first * SIDE + at) + offset;
        v[at] = (double)(row->row * SIDE + line) + offset;
    }
    status = project(lattice, points, u, v, err);
    for (int64_t at = 0; at < points && offset == 0 && status == WEFT_OK && lattice->spec->edge != NULL; at++) {
        if (!isnan(u[at])) continue;
        u[at] = (double)(row->first * SIDE + at);
        v[at] = (double)(row->row * SIDE + line);
        status = lattice->spec->edge(lattice->spec->payload, 1, u + at, v + at, err);
    }
    tile_cells *tables = offset > 0 ? row->centre_table.data : row->corner_table.data;
    for (int64_t i = 0; i < row->count && status == WEFT_OK; i++) {
        memcpy(tables[i].u + line * SIDE, u + i * SIDE, SIDE * sizeof *u);
        memcpy(tables[i].v + line * SIDE, v + i * SIDE, SIDE * sizeof *v);
    }
    return status;
}

static weft_status fill_lines(weft_lattice *lattice, tile_row *row, line_set *have, line_set want, double offset,
                              weft_error *err) {
    for (int line = 0; line < SIDE; line++) {
        line_set bit = (line_set)1 << line;
        if ((want & ~*have & bit) == 0) continue;
        weft_status status = fill_line(lattice, row, line, offset, err);
        if (status != WEFT_OK) return status;
        *have |= bit;
    }
    return WEFT_OK;
}

/* Lines first .. first + count - 1, as far as they are a lattice row's. */
static line_set line_range(int64_t first, int64_t count) {
    int64_t end = first + count < SIDE ? first + count : SIDE;
    return (line_set)((((uint64_t)1 << end) - 1) & ~(((uint64_t)1 << first) - 1));
}

/* --- a tolerance: tiles that are near enough, others split --- */

/* Three lines of points, half a tile apart, hold the corners, the middles and the centres of all tiles of a row. */
static weft_status project_lines(weft_lattice *lattice, const tile_row *row, double **u, double **v, weft_error *err) {
    int64_t stride = 2 * row->count + 1;
    weft_status status = reserve_points(lattice, 3 * stride, u, v, err);
    if (status != WEFT_OK) return status;
    for (int64_t line = 0; line < 3; line++) {
        for (int64_t i = 0; i < stride; i++) {
            (*u)[line * stride + i] = (double)(row->first * SIDE + i * HALF);
            (*v)[line * stride + i] = (double)(row->row * SIDE + line * HALF);
        }
    }
    return project(lattice, 3 * stride, *u, *v, err);
}

static weft_status split_tile(weft_lattice *lattice, tile_row *row, int64_t which, const double *exact_u,
                              const double *exact_v, weft_error *err) {
    const tile *from = &((const tile *)row->tiles.data)[which];
    node whole = {.size = SIDE};
    memcpy(whole.u, from->u, sizeof whole.u);
    memcpy(whole.v, from->v, sizeof whole.v);
    weft_status status = reserve_tables(lattice, row, err);
    if (status == WEFT_OK) status = reserve(lattice, &lattice->descent, sizeof(descent), err);
    if (status != WEFT_OK) return status;
    descent *work = lattice->descent.data;
    work->tile_col = row->first + which;
    work->tile_row = row->row;
    work->centres = (tile_cells *)row->centre_table.data + which;
    work->corners = row->with_corners ? (tile_cells *)row->corner_table.data + which : NULL;
    work->count = 0;
    split(work, &whole, exact_u, exact_v);
    return settle(lattice, work, err);
}

static weft_status test_tiles(weft_lattice *lattice, tile_row *row, weft_error *err) {
    static const int corner_col[] = {0, 2, 0, 2}, corner_line[] = {0, 0, 2, 2};
    static const int middle_col[] = {1, 1, 0, 2, 1}, middle_line[] = {1, 0, 1, 1, 2};
    int64_t stride = 2 * row->count + 1;
    double *lines_u, *lines_v;
    weft_status status = project_lines(lattice, row, &lines_u, &lines_v, err);
    for (int64_t i = 0; i < row->count && status == WEFT_OK; i++) {
        tile *at = &((tile *)row->tiles.data)[i];
        const double *u = lines_u + 2 * i, *v = lines_v + 2 * i;
        double exact_u[5], exact_v[5];
        for (int j = 0; j < 4; j++) {
            at->u[j] = u[corner_line[j] * stride + corner_col[j]];
            at->v[j] = v[corner_line[j] * stride + corner_col[j]];
        }
        for (int j = 0; j < 5; j++) {
            exact_u[j] = u[middle_line[j] * stride + middle_col[j]];
            exact_v[j] = v[middle_line[j] * stride + middle_col[j]];
        }
        weft_window window = {(row->first + i) * SIDE, row->row * SIDE, SIDE, SIDE};
        at->split = !is_accepted(lattice->spec, at->u, at->v, exact_u, exact_v) &&
                    !is_off(lattice->spec, at->u, exact_u, window);
        if (at->split) status = split_tile(lattice, row, i, exact_u, exact_v, err);
    }
    return status;
}

/* With tolerance 0 all tiles are split, and their lines come when they are wanted. */
static weft_status split_all(weft_lattice *lattice, tile_row *row, weft_error *err) {
    tile *tiles = row->tiles.data;
    for (int64_t i = 0; i < row->count; i++)
        tiles[i].split = true;
    return reserve_tables(lattice, row, err);
}

static weft_status build_row(weft_lattice *lattice, tile_row *row, int64_t number, int64_t first, int64_t count,
                             bool corners, weft_error *err) {
    row->count = 0;
    weft_status status = reserve(lattice, &row->tiles, count * (int64_t)sizeof(tile), err);
    if (status != WEFT_OK) return status;
    row->row = number;
    row->first = first;
    row->count = count;
    row->with_corners = corners;
    row->centres = row->corners = 0;
    status = lattice->spec->tolerance > 0 ? test_tiles(lattice, row, err) : split_all(lattice, row, err);
    if (status != WEFT_OK) row->count = 0;
    return status;
}

static bool holds(const tile_row *row, int64_t number, int64_t first, int64_t count, bool corners) {
    return row->count > 0 && row->row == number && row->first <= first && first + count <= row->first + row->count &&
           (row->with_corners || !corners);
}

/* `corners`: none for a row of which centres alone are wanted. */
static weft_status need_row(weft_lattice *lattice, int which, int64_t number, int64_t first, int64_t count,
                            line_set centres, line_set corners, weft_error *err) {
    tile_row *row = &lattice->rows[which];
    weft_status status = WEFT_OK;
    if (!holds(row, number, first, count, corners != 0))
        status = build_row(lattice, row, number, first, count, corners != 0, err);
    if (status != WEFT_OK || lattice->spec->tolerance > 0) return status;
    status = fill_lines(lattice, row, &row->centres, centres, 0.5, err);
    return status == WEFT_OK ? fill_lines(lattice, row, &row->corners, corners, 0, err) : status;
}

weft_status weft_lattice_prepare(weft_lattice *lattice, const weft_lattice_spec *spec, weft_window window, bool corners,
                                 weft_error *err) {
    assert(window.rows <= SIDE - window.row % SIDE);
    if (lattice->spec != spec) lattice->rows[0].count = lattice->rows[1].count = 0;
    lattice->spec = spec;
    if (spec->affine) return WEFT_OK;
    int64_t first = window.col / SIDE, number = window.row / SIDE;
    int64_t end_col = window.col + window.cols + (corners ? 1 : 0), end_row = window.row + window.rows;
    int64_t count = (end_col + SIDE - 1) / SIDE - first;
    /* What was the row below is the row itself when a window follows the one above it. */
    if (holds(&lattice->rows[1], number, first, count, corners)) {
        tile_row below = lattice->rows[1];
        lattice->rows[1] = lattice->rows[0];
        lattice->rows[0] = below;
    }
    int64_t line = window.row % SIDE;
    line_set centres = line_range(line, window.rows), below = corners ? line_range(line, window.rows + 1) : 0;
    weft_status status = need_row(lattice, 0, number, first, count, centres, below, err);
    if (status == WEFT_OK && corners && end_row % SIDE == 0)
        status = need_row(lattice, 1, number + 1, first, count, 0, line_range(0, 1), err);
    return status;
}

/* --- reading --- */

static void affine_span(const weft_lattice_spec *spec, double col, double row, int64_t n, double *u, double *v) {
    const double *a = spec->a;
    double start_u = a[0] + a[2] * row, start_v = a[3] + a[5] * row;
    for (int64_t i = 0; i < n; i++) {
        u[i] = start_u + a[1] * (col + (double)i);
        v[i] = start_v + a[4] * (col + (double)i);
    }
    if (spec->wrap_cols <= 0) return;
    for (int64_t i = 0; i < n; i++)
        u[i] = wrapped(u[i], spec->wrap_cols);
}

bool weft_lattice_is_separable(const weft_lattice_spec *spec) {
    return spec->affine && spec->a[2] == 0 && spec->a[4] == 0;
}

void weft_lattice_axes(const weft_lattice_spec *spec, double offset, int64_t col, int64_t row, int64_t cols,
                       int64_t rows, double *u, double *v) {
    const double *a = spec->a;
    for (int64_t i = 0; i < cols; i++)
        u[i] = a[0] + a[1] * ((double)(col + i) + offset);
    for (int64_t i = 0; i < cols && spec->wrap_cols > 0; i++)
        u[i] = wrapped(u[i], spec->wrap_cols);
    for (int64_t i = 0; i < rows; i++)
        v[i] = a[3] + a[5] * ((double)(row + i) + offset);
}

static void interpolated_span(const tile *at, double offset, int64_t col, int64_t row, int64_t n, double wrap,
                              double *u, double *v) {
    double fy = ((double)row + offset) / SIDE;
    double left_u = at->u[0] + fy * (at->u[2] - at->u[0]), right_u = at->u[1] + fy * (at->u[3] - at->u[1]);
    double left_v = at->v[0] + fy * (at->v[2] - at->v[0]), right_v = at->v[1] + fy * (at->v[3] - at->v[1]);
    double step_u = right_u - left_u, step_v = right_v - left_v;
    for (int64_t i = 0; i < n; i++) {
        double fx = ((double)(col + i) + offset) / SIDE;
        u[i] = left_u + fx * step_u;
        v[i] = left_v + fx * step_v;
    }
    if (wrap <= 0) return;
    for (int64_t i = 0; i < n; i++)
        u[i] = wrapped(u[i], wrap);
}

/* Positions of n cells of grid row `row`: centres (offset 0.5) or upper left corners (offset 0). */
static void read_span(const weft_lattice *lattice, double offset, int64_t col, int64_t row, int64_t n, double *u,
                      double *v) {
    if (lattice->spec->affine) {
        affine_span(lattice->spec, (double)col + offset, (double)row + offset, n, u, v);
        return;
    }
    const tile_row *of = &lattice->rows[row / SIDE == lattice->rows[0].row ? 0 : 1];
    const tile *tiles = of->tiles.data;
    const tile_cells *tables = offset > 0 ? of->centre_table.data : of->corner_table.data;
    int64_t in_row = row % SIDE;
    for (int64_t end = col + n; col < end;) {
        int64_t which = col / SIDE - of->first;
        int64_t in_col = col % SIDE, count = SIDE - in_col < end - col ? SIDE - in_col : end - col;
        if (tiles[which].split) {
            int64_t first = in_row * SIDE + in_col;
            size_t bytes = (size_t)count * sizeof *u;
            memcpy(u, tables[which].u + first, bytes);
            memcpy(v, tables[which].v + first, bytes);
        } else {
            interpolated_span(&tiles[which], offset, in_col, in_row, count, lattice->spec->wrap_cols, u, v);
        }
        col += count;
        u += count;
        v += count;
    }
}

void weft_lattice_centres(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v) {
    read_span(lattice, 0.5, col, row, n, u, v);
}

void weft_lattice_corners(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v) {
    read_span(lattice, 0, col, row, n, u, v);
}
