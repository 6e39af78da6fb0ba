/* A lattice row at a time: its cells ("tiles" here, to tell them from the grid's) are tested in one batch of points,
 * and those that fail are split one by one, level by level, each level a batch.
 *
 * SPDX-License-Identifier: MIT */
#include "processors/lattice/lattice.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SIDE  WEFT_LATTICE_CELL
#define CELLS (SIDE * SIDE)
#define HALF  (SIDE / 2)

#define BUFFERS 8 /* of a lattice */

/* A tile is interpolated from its corners, or, where that is too far off, looked up. Corners: upper left, upper right,
 * lower left, lower right. */
typedef struct tile {
    bool split;
    bool cut;          /* by the longitude opposite the source that looks: pixels cannot be interpolated */
    double x[4], y[4]; /* places */
    double u[4], v[4]; /* pixels of the source that looks; u unwrapped near the first */
} tile;

/* Lines of a lattice row, a bit each. */
typedef uint32_t line_set;
static_assert(SIDE == 32, "a line_set has a bit for each line of a lattice row");

/* The tiles of one lattice row, side by side. */
typedef struct tile_row {
    int64_t row, first, count; /* in tiles; count 0: nothing */
    bool with_corners;
    const weft_lattice_spec *seen_by; /* whose pixels the tiles' corners hold */
    line_set centres, corners;        /* with tolerance 0: the lines that the tables hold */
    weft_buffer tiles;
    weft_buffer centre_table, corner_table; /* of tiles that were split; empty until one is. Corners: if wanted */
} tile_row;

/* Places of a tile's cells, row-major: what a table has for each of its row's tiles. */
typedef struct tile_cells {
    double x[CELLS], y[CELLS];
} tile_cells;

/* A square of cells on its way down to where interpolation holds. */
typedef struct node {
    int col, row, size; /* in the tile, in cells */
    double x[4], y[4];
} node;

/* The squares of one tile, level by level: 4 of 16 x 16 cells, down to single ones. */
typedef struct descent {
    int64_t tile_col, tile_row;    /* in tiles */
    tile_cells *centres, *corners; /* corners: NULL if not wanted */
    int count;
    node nodes[4 + 16 + 64 + 256 + 1024];
    double x[5 * 256], y[5 * 256]; /* the exact points of a level: five a square, one a cell */
} descent;

struct weft_lattice {
    weft_ledger *ledger;
    const weft_lattice_spec *spec;
    weft_lattice_net net; /* of the rows */
    tile_row rows[2];     /* of the window, and the one below for its lower corners */
    weft_buffer points;   /* x, then y, of lines across the window */
    weft_buffer descent;  /* empty until a tile is split */
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
    int64_t rows = corners ? 2 : 1, points = spec->net->tolerance > 0 ? 6 : SIDE;
    int64_t tile_bytes = points * 2 * (int64_t)sizeof(double) + rows * (int64_t)sizeof(tile);
    int64_t fixed = (split && spec->net->tolerance > 0 ? (int64_t)sizeof(descent) : 0) + BUFFERS * weft_page_bytes();
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

static weft_status project(weft_lattice *lattice, int64_t count, double *x, double *y, weft_error *err) {
    lattice->projected += count;
    return lattice->net.project(lattice->net.payload, count, x, y, err);
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

static void unwrap(double u[4], double wrap) {
    for (int i = 1; i < 4 && wrap > 0; i++)
        u[i] = nearest_turn(u[i], u[0], wrap);
}

/* Whether interpolation hits the five exact points (centre; middles of top, left, right, bottom) within the tolerance.
 * Brings the corners' x to one turn; where they are a quarter turn apart or more that is a guess, and no hit. */
static bool is_accepted(const weft_lattice_net *net, double x[4], const double y[4], const double *exact_x,
                        const double *exact_y) {
    static const double fx[] = {0.5, 0.5, 0, 1, 0.5}, fy[] = {0.5, 0, 0.5, 0.5, 1};
    for (int i = 0; i < 4; i++)
        if (isnan(x[i]) || isnan(y[i])) return false;
    unwrap(x, net->turn);
    for (int i = 1; i < 4 && net->turn > 0; i++)
        if (!(fabs(x[i] - x[0]) < net->turn / 4)) return false;
    for (int i = 0; i < 5; i++) {
        double dx = interpolate(x, fx[i], fy[i]) - exact_x[i], dy = interpolate(y, fx[i], fy[i]) - exact_y[i];
        if (net->turn > 0) dx = nearest_turn(dx, 0, net->turn);
        if (!(hypot(dx * net->pixels_x, dy * net->pixels_y) <= net->tolerance)) return false;
    }
    return true;
}

/* --- splitting --- */

/* Fills the part of the tables under an accepted node. */
static void fill_from_corners(const descent *work, const node *from) {
    double step = 1.0 / from->size;
    for (int j = 0; j < from->size; j++) {
        for (int i = 0; i < from->size; i++) {
            int at = (from->row + j) * SIDE + from->col + i;
            double fx = (i + 0.5) * step, fy = (j + 0.5) * step;
            work->centres->x[at] = interpolate(from->x, fx, fy);
            work->centres->y[at] = interpolate(from->y, fx, fy);
            if (work->corners == NULL) continue;
            work->corners->x[at] = interpolate(from->x, i * step, j * step);
            work->corners->y[at] = interpolate(from->y, i * step, j * step);
        }
    }
}

static void fill_single(const descent *work, const node *from, double centre_x, double centre_y) {
    int at = from->row * SIDE + from->col;
    work->centres->x[at] = centre_x;
    work->centres->y[at] = centre_y;
    if (work->corners == NULL) return;
    work->corners->x[at] = from->x[0];
    work->corners->y[at] = from->y[0];
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

/* Asks for the exact points of a node: centre; middles of top, left, right and bottom. One, the centre, for a cell. */
static int ask_points(const descent *work, const node *from, double *x, double *y) {
    static const double fx[] = {0.5, 0.5, 0, 1, 0.5}, fy[] = {0.5, 0, 0.5, 0.5, 1};
    int count = from->size == 1 ? 1 : 5;
    for (int i = 0; i < count; i++) {
        x[i] = (double)(work->tile_col * SIDE + from->col) + fx[i] * from->size;
        y[i] = (double)(work->tile_row * SIDE + from->row) + fy[i] * from->size;
    }
    return count;
}

/* Whether nothing of a square of the grid is on the map: `x` of its corners, and of the points in between. */
static bool is_off(const weft_lattice_net *net, const double x[4], const double *exact_x, weft_window window) {
    if (net->is_off == NULL) return false;
    for (int i = 0; i < 4; i++)
        if (!isnan(x[i])) return false;
    for (int i = 0; i < 5; i++)
        if (!isnan(exact_x[i])) return false;
    return net->is_off(net->payload, window);
}

static weft_window window_of(const descent *work, const node *of) {
    return (weft_window){work->tile_col * SIDE + of->col, work->tile_row * SIDE + of->row, of->size, of->size};
}

/* The upper left corner of a single cell off the map goes to the map's edge. */
static weft_status move_to_edge(const weft_lattice_net *net, const descent *work, node *of, weft_error *err) {
    if (net->edge == NULL || work->corners == NULL || !isnan(of->x[0])) return WEFT_OK;
    weft_window cell = window_of(work, of);
    of->x[0] = (double)cell.col;
    of->y[0] = (double)cell.row;
    return net->edge(net->payload, 1, of->x, of->y, err);
}

/* Takes the nodes of a tile down until all are accepted or single cells. */
static weft_status settle(weft_lattice *lattice, descent *work, weft_error *err) {
    for (int first = 0, end; first < work->count; first = end) {
        int points = 0;
        end = work->count;
        for (int i = first; i < end; i++)
            points += ask_points(work, &work->nodes[i], work->x + points, work->y + points);
        weft_status status = project(lattice, points, work->x, work->y, err);
        if (status != WEFT_OK) return status;
        points = 0;
        for (int i = first; i < end; i++) {
            node *at = &work->nodes[i];
            const double *x = work->x + points, *y = work->y + points;
            points += at->size == 1 ? 1 : 5;
            if (at->size == 1) {
                status = move_to_edge(&lattice->net, work, at, err);
                if (status != WEFT_OK) return status;
                fill_single(work, at, x[0], y[0]);
            } else if (is_accepted(&lattice->net, at->x, at->y, x, y) ||
                       is_off(&lattice->net, at->x, x, window_of(work, at)))
                fill_from_corners(work, at);
            else
                split(work, at, x, y);
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

static weft_status reserve_points(weft_lattice *lattice, int64_t count, double **x, double **y, weft_error *err) {
    weft_status status = reserve(lattice, &lattice->points, 2 * count * (int64_t)sizeof(double), err);
    *x = lattice->points.data;
    *y = *x + count;
    return status;
}

/* --- tolerance 0: every cell exact, line by line as windows need them --- */

/* One line of all tiles: centres (offset 0.5) or upper left corners (offset 0). */
static weft_status fill_line(weft_lattice *lattice, tile_row *row, int line, double offset, weft_error *err) {
    int64_t points = row->count * SIDE;
    double *x, *y;
    weft_status status = reserve_points(lattice, points, &x, &y, err);
    if (status != WEFT_OK) return status;
    for (int64_t at = 0; at < points; at++) {
        x[at] = (double)(row->first * SIDE + at) + offset;
        y[at] = (double)(row->row * SIDE + line) + offset;
    }
    status = project(lattice, points, x, y, err);
    for (int64_t at = 0; at < points && offset == 0 && status == WEFT_OK && lattice->net.edge != NULL; at++) {
        if (!isnan(x[at])) continue;
        x[at] = (double)(row->first * SIDE + at);
        y[at] = (double)(row->row * SIDE + line);
        status = lattice->net.edge(lattice->net.payload, 1, x + at, y + at, err);
    }
    tile_cells *tables = offset > 0 ? row->centre_table.data : row->corner_table.data;
    for (int64_t i = 0; i < row->count && status == WEFT_OK; i++) {
        memcpy(tables[i].x + line * SIDE, x + i * SIDE, SIDE * sizeof *x);
        memcpy(tables[i].y + line * SIDE, y + i * SIDE, SIDE * sizeof *y);
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
static weft_status project_lines(weft_lattice *lattice, const tile_row *row, double **x, double **y, weft_error *err) {
    int64_t stride = 2 * row->count + 1;
    weft_status status = reserve_points(lattice, 3 * stride, x, y, err);
    if (status != WEFT_OK) return status;
    for (int64_t line = 0; line < 3; line++) {
        for (int64_t i = 0; i < stride; i++) {
            (*x)[line * stride + i] = (double)(row->first * SIDE + i * HALF);
            (*y)[line * stride + i] = (double)(row->row * SIDE + line * HALF);
        }
    }
    return project(lattice, 3 * stride, *x, *y, err);
}

static weft_status split_tile(weft_lattice *lattice, tile_row *row, int64_t which, const double *exact_x,
                              const double *exact_y, weft_error *err) {
    const tile *from = &((const tile *)row->tiles.data)[which];
    node whole = {.size = SIDE};
    memcpy(whole.x, from->x, sizeof whole.x);
    memcpy(whole.y, from->y, sizeof whole.y);
    weft_status status = reserve_tables(lattice, row, err);
    if (status == WEFT_OK) status = reserve(lattice, &lattice->descent, sizeof(descent), err);
    if (status != WEFT_OK) return status;
    descent *work = lattice->descent.data;
    work->tile_col = row->first + which;
    work->tile_row = row->row;
    work->centres = (tile_cells *)row->centre_table.data + which;
    work->corners = row->with_corners ? (tile_cells *)row->corner_table.data + which : NULL;
    work->count = 0;
    split(work, &whole, exact_x, exact_y);
    return settle(lattice, work, err);
}

static weft_status test_tiles(weft_lattice *lattice, tile_row *row, weft_error *err) {
    static const int corner_col[] = {0, 2, 0, 2}, corner_line[] = {0, 0, 2, 2};
    static const int middle_col[] = {1, 1, 0, 2, 1}, middle_line[] = {1, 0, 1, 1, 2};
    int64_t stride = 2 * row->count + 1;
    double *lines_x, *lines_y;
    weft_status status = project_lines(lattice, row, &lines_x, &lines_y, err);
    for (int64_t i = 0; i < row->count && status == WEFT_OK; i++) {
        tile *at = &((tile *)row->tiles.data)[i];
        const double *x = lines_x + 2 * i, *y = lines_y + 2 * i;
        double exact_x[5], exact_y[5], unwrapped[4];
        for (int j = 0; j < 4; j++) {
            at->x[j] = x[corner_line[j] * stride + corner_col[j]];
            at->y[j] = y[corner_line[j] * stride + corner_col[j]];
        }
        for (int j = 0; j < 5; j++) {
            exact_x[j] = x[middle_line[j] * stride + middle_col[j]];
            exact_y[j] = y[middle_line[j] * stride + middle_col[j]];
        }
        weft_window window = {(row->first + i) * SIDE, row->row * SIDE, SIDE, SIDE};
        memcpy(unwrapped, at->x, sizeof unwrapped);
        at->split = !is_accepted(&lattice->net, unwrapped, at->y, exact_x, exact_y) &&
                    !is_off(&lattice->net, at->x, exact_x, window);
        if (at->split) status = split_tile(lattice, row, i, exact_x, exact_y, err);
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
    row->seen_by = NULL;
    row->centres = row->corners = 0;
    status = lattice->net.tolerance > 0 ? test_tiles(lattice, row, err) : split_all(lattice, row, err);
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
    if (status != WEFT_OK || lattice->net.tolerance > 0) return status;
    status = fill_lines(lattice, row, &row->centres, centres, 0.5, err);
    return status == WEFT_OK ? fill_lines(lattice, row, &row->corners, corners, 0, err) : status;
}

static bool same_net(const weft_lattice_net *a, const weft_lattice_net *b) {
    return a->project == b->project && a->payload == b->payload && a->tolerance == b->tolerance && a->edge == b->edge &&
           a->is_off == b->is_off && a->pixels_x == b->pixels_x && a->pixels_y == b->pixels_y && a->turn == b->turn;
}

static weft_status prepare_places(weft_lattice *lattice, const weft_lattice_net *net, weft_window window, bool corners,
                                  weft_error *err) {
    assert(window.rows <= SIDE - window.row % SIDE);
    if (!same_net(&lattice->net, net)) lattice->rows[0].count = lattice->rows[1].count = 0;
    lattice->net = *net;
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

/* Whether the source's far side, where x moves from one of its ends to the other, lies in the tile. */
static bool is_cut(const weft_lattice_spec *spec, const tile *at) {
    double x[4];
    if (spec->cut_turn <= 0) return false;
    memcpy(x, at->x, sizeof x);
    unwrap(x, spec->net->turn);
    for (int i = 1; i < 4; i++)
        if (floor((x[i] - spec->cut) / spec->cut_turn) != floor((x[0] - spec->cut) / spec->cut_turn)) return true;
    return false;
}

/* Places that are pixels need only be brought into the first turn. */
static void to_pixels(const weft_lattice_spec *spec, int64_t n, double *x, double *y) {
    if (spec->to_pixels != NULL) {
        spec->to_pixels(spec->payload, n, x, y);
        return;
    }
    for (int64_t i = 0; i < n && spec->wrap_cols > 0; i++)
        if (!isnan(x[i])) x[i] = wrapped(x[i], spec->wrap_cols);
}

/* The tiles' corners in the source's pixels, for the tiles that are interpolated. */
static void see(tile_row *row, const weft_lattice_spec *spec) {
    tile *tiles = row->tiles.data;
    if (row->seen_by == spec) return;
    row->seen_by = spec;
    for (int64_t i = 0; i < row->count; i++) {
        if (tiles[i].split) continue;
        memcpy(tiles[i].u, tiles[i].x, sizeof tiles[i].u);
        memcpy(tiles[i].v, tiles[i].y, sizeof tiles[i].v);
        to_pixels(spec, 4, tiles[i].u, tiles[i].v);
        unwrap(tiles[i].u, spec->wrap_cols);
        tiles[i].cut = is_cut(spec, &tiles[i]);
    }
}

weft_status weft_lattice_prepare(weft_lattice *lattice, const weft_lattice_spec *spec, weft_window window, bool corners,
                                 weft_error *err) {
    lattice->spec = spec;
    if (spec->affine) return WEFT_OK;
    weft_status status = prepare_places(lattice, spec->net, window, corners, err);
    for (int i = 0; i < 2 && status == WEFT_OK; i++)
        see(&lattice->rows[i], spec);
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

/* Places are interpolated here, and each becomes a pixel: at the source's far side pixels jump. */
static void cut_span(const weft_lattice_spec *spec, const tile *at, double offset, int64_t col, int64_t row, int64_t n,
                     double *u, double *v) {
    double x[4], fy = ((double)row + offset) / SIDE;
    memcpy(x, at->x, sizeof x);
    unwrap(x, spec->net->turn);
    for (int64_t i = 0; i < n; i++) {
        double fx = ((double)(col + i) + offset) / SIDE;
        u[i] = interpolate(x, fx, fy);
        v[i] = interpolate(at->y, fx, fy);
    }
    to_pixels(spec, n, u, v);
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
            memcpy(u, tables[which].x + first, bytes);
            memcpy(v, tables[which].y + first, bytes);
            to_pixels(lattice->spec, count, u, v);
        } else if (tiles[which].cut) {
            cut_span(lattice->spec, &tiles[which], offset, in_col, in_row, count, u, v);
        } else {
            interpolated_span(&tiles[which], offset, in_col, in_row, count, lattice->spec->wrap_cols, u, v);
        }
        col += count;
        u += count;
        v += count;
    }
}

/* --- boxes of places --- */

/* Takes n places into the box, moved together by the turns that bring the first of them nearest. */
static void widen(weft_lattice_box *box, bool *any, double turn, int64_t n, const double *x, const double *y) {
    double shift = NAN;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i])) continue;
        if (!*any) *box = (weft_lattice_box){x[i], y[i], x[i], y[i]};
        *any = true;
        if (isnan(shift)) shift = turn > 0 ? nearest_turn(x[i], box->xmin, turn) - x[i] : 0;
        double at = x[i] + shift;
        *box =
            (weft_lattice_box){fmin(box->xmin, at), fmin(box->ymin, y[i]), fmax(box->xmax, at), fmax(box->ymax, y[i])};
    }
}

/* Cells from (col, row) to (end_col, end_row) of a tile, whole: bilinear interpolation is extreme at corners. */
static void widen_by_corners(weft_lattice_box *box, bool *any, double turn, const tile *at, int64_t col,
                             int64_t end_col, double row, double end_row) {
    const double fx[] = {(double)col / SIDE, (double)end_col / SIDE}, fy[] = {row / SIDE, end_row / SIDE};
    double x[4], y[4], corners[4];
    memcpy(corners, at->x, sizeof corners);
    unwrap(corners, turn);
    for (int i = 0; i < 4; i++) {
        x[i] = interpolate(corners, fx[i % 2], fy[i / 2]);
        y[i] = interpolate(at->y, fx[i % 2], fy[i / 2]);
    }
    widen(box, any, turn, 4, x, y);
}

/* One by one: places of split tiles may be a turn apart. */
static void widen_by_cells(weft_lattice_box *box, bool *any, double turn, const tile_cells *table, int64_t first,
                           int64_t count) {
    for (int64_t i = first; i < first + count; i++)
        widen(box, any, turn, 1, &table->x[i], &table->y[i]);
}

static void widen_by_line(const weft_lattice *lattice, weft_lattice_box *box, bool *any, weft_window line,
                          bool corners) {
    const tile_row *of = &lattice->rows[line.row / SIDE == lattice->rows[0].row ? 0 : 1];
    const tile *tiles = of->tiles.data;
    const tile_cells *table = corners ? of->corner_table.data : of->centre_table.data;
    int64_t row = line.row % SIDE, end = line.col + line.cols;
    for (int64_t col = line.col, stop; col < end; col = stop) {
        int64_t which = col / SIDE - of->first;
        stop = (col / SIDE + 1) * SIDE < end ? (col / SIDE + 1) * SIDE : end;
        int64_t in_col = col % SIDE, count = stop - col;
        if (tiles[which].split)
            widen_by_cells(box, any, lattice->net.turn, &table[which], row * SIDE + in_col, count);
        else
            widen_by_corners(box, any, lattice->net.turn, &tiles[which], in_col, in_col + count, (double)row,
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
    weft_status status = prepare_places(lattice, net, window, corners, err);
    for (int64_t i = 0; i < window.rows && status == WEFT_OK; i++)
        widen_by_line(lattice, out, any, (weft_window){window.col, window.row + i, window.cols, 1}, false);
    for (int64_t i = 0; corners && i <= window.rows && status == WEFT_OK; i++)
        widen_by_line(lattice, out, any, (weft_window){window.col, window.row + i, window.cols + 1, 1}, true);
    return status;
}

/* --- positions --- */

void weft_lattice_centres(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v) {
    read_span(lattice, 0.5, col, row, n, u, v);
}

void weft_lattice_corners(const weft_lattice *lattice, int64_t col, int64_t row, int64_t n, double *u, double *v) {
    read_span(lattice, 0, col, row, n, u, v);
}
