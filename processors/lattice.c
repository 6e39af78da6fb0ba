/* A lattice row at a time: its cells ("tiles" here, to tell them from the grid's) are tested in one batch of points,
 * and those that fail are split level by level, again in batches.
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

/* Positions of the cells of a tile that was split: centres and upper left corners, row-major. */
typedef struct tile_table {
    double centre_u[CELLS], centre_v[CELLS], corner_u[CELLS], corner_v[CELLS];
} tile_table;

/* A tile is interpolated from its corners, or, where that is too far off, looked up. */
typedef struct tile {
    bool split;
    double u[4], v[4]; /* corners: upper left, upper right, lower left, lower right; u unwrapped near the first */
    tile_table *table; /* kept for the next tile that is split here; NULL until the first */
} tile;

/* Lines of a lattice row, a bit each. */
typedef uint32_t line_set;
static_assert(SIDE == 32, "a line_set has a bit for each line of a lattice row");

/* The tiles of one lattice row, side by side. */
typedef struct tile_row {
    int64_t row, first, count; /* in tiles; count 0: nothing */
    int64_t capacity;
    line_set centres, corners; /* with tolerance 0: the lines that the tables hold */
    tile *tiles;
} tile_row;

/* A square of cells on its way down to where interpolation holds. */
typedef struct node {
    tile_table *table;
    int64_t tile_col, tile_row; /* the tile's, in tiles */
    int col, row, size;         /* in the tile, in cells */
    double u[4], v[4];
} node;

struct weft_lattice {
    const weft_lattice_spec *spec;
    tile_row rows[2]; /* of the window, and the one below for its lower corners */
    double *points_u, *points_v;
    int64_t point_capacity;
    node *nodes, *next_nodes;
    int64_t node_capacity, next_capacity;
    int64_t projected;
};

weft_status weft_lattice_new(weft_lattice **out, weft_error *err) {
    *out = calloc(1, sizeof **out);
    return *out != NULL ? WEFT_OK : weft_error_set(err, WEFT_ERR_MEMORY, "no memory for a lattice");
}

void weft_lattice_free(weft_lattice *lattice) {
    if (lattice == NULL) return;
    for (int i = 0; i < 2; i++) {
        for (int64_t j = 0; j < lattice->rows[i].capacity; j++)
            free(lattice->rows[i].tiles[j].table);
        free(lattice->rows[i].tiles);
    }
    free(lattice->points_u);
    free(lattice->points_v);
    free(lattice->nodes);
    free(lattice->next_nodes);
    free(lattice);
}

int64_t weft_lattice_projected(const weft_lattice *lattice) {
    return lattice->projected;
}

int64_t weft_lattice_band_rows(weft_window window) {
    int64_t left = SIDE - window.row % SIDE;
    return left < window.rows ? left : window.rows;
}

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the lattice of a window");
}

/* --- exact points --- */

static weft_status reserve_points(weft_lattice *lattice, int64_t count, weft_error *err) {
    if (count <= lattice->point_capacity) return WEFT_OK;
    double *u = realloc(lattice->points_u, (size_t)count * sizeof *u);
    if (u != NULL) lattice->points_u = u;
    double *v = u == NULL ? NULL : realloc(lattice->points_v, (size_t)count * sizeof *v);
    if (v == NULL) return no_memory(err);
    lattice->points_v = v;
    lattice->point_capacity = count;
    return WEFT_OK;
}

static weft_status project(weft_lattice *lattice, int64_t count, weft_error *err) {
    lattice->projected += count;
    return lattice->spec->project(lattice->spec->payload, count, lattice->points_u, lattice->points_v, err);
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

static weft_status push_node(weft_lattice *lattice, int64_t *count, const node *value, weft_error *err) {
    if (*count == lattice->next_capacity) {
        int64_t capacity = lattice->next_capacity == 0 ? 256 : 2 * lattice->next_capacity;
        node *more = realloc(lattice->next_nodes, (size_t)capacity * sizeof *more);
        if (more == NULL) return no_memory(err);
        lattice->next_nodes = more;
        lattice->next_capacity = capacity;
    }
    lattice->next_nodes[(*count)++] = *value;
    return WEFT_OK;
}

static void swap_nodes(weft_lattice *lattice) {
    node *nodes = lattice->nodes;
    int64_t capacity = lattice->node_capacity;
    lattice->nodes = lattice->next_nodes;
    lattice->node_capacity = lattice->next_capacity;
    lattice->next_nodes = nodes;
    lattice->next_capacity = capacity;
}

/* Fills the part of the table under an accepted node. */
static void fill_from_corners(const node *from, double wrap) {
    double step = 1.0 / from->size;
    for (int j = 0; j < from->size; j++) {
        for (int i = 0; i < from->size; i++) {
            int at = (from->row + j) * SIDE + from->col + i;
            double fx = (i + 0.5) * step, fy = (j + 0.5) * step, u = interpolate(from->u, fx, fy);
            double corner = interpolate(from->u, i * step, j * step);
            from->table->centre_u[at] = wrap > 0 ? wrapped(u, wrap) : u;
            from->table->centre_v[at] = interpolate(from->v, fx, fy);
            from->table->corner_u[at] = wrap > 0 ? wrapped(corner, wrap) : corner;
            from->table->corner_v[at] = interpolate(from->v, i * step, j * step);
        }
    }
}

static void fill_single(const node *from, double centre_u, double centre_v, double wrap) {
    int at = from->row * SIDE + from->col;
    from->table->centre_u[at] = centre_u;
    from->table->centre_v[at] = centre_v;
    from->table->corner_u[at] = wrap > 0 && !isnan(from->u[0]) ? wrapped(from->u[0], wrap) : from->u[0];
    from->table->corner_v[at] = from->v[0];
}

/* Four nodes of half the size: their corners are the parent's and its five exact points. */
static weft_status split(weft_lattice *lattice, int64_t *count, const node *parent, const double *u, const double *v,
                         weft_error *err) {
    static const int corners[4][4] = {{0, 5, 6, 4}, {5, 1, 4, 7}, {6, 4, 2, 8}, {4, 7, 8, 3}};
    double all_u[9], all_v[9];
    memcpy(all_u, parent->u, sizeof parent->u);
    memcpy(all_v, parent->v, sizeof parent->v);
    memcpy(all_u + 4, u, 5 * sizeof *u);
    memcpy(all_v + 4, v, 5 * sizeof *v);
    for (int quarter = 0; quarter < 4; quarter++) {
        node child = *parent;
        child.size = parent->size / 2;
        child.col += quarter % 2 * child.size;
        child.row += quarter / 2 * child.size;
        for (int i = 0; i < 4; i++) {
            child.u[i] = all_u[corners[quarter][i]];
            child.v[i] = all_v[corners[quarter][i]];
        }
        weft_status status = push_node(lattice, count, &child, err);
        if (status != WEFT_OK) return status;
    }
    return WEFT_OK;
}

/* Asks for the exact points of a node: centre; middles of top, left, right and bottom. One, the centre, for a cell. */
static int ask_points(const node *from, double *u, double *v) {
    static const double fx[] = {0.5, 0.5, 0, 1, 0.5}, fy[] = {0.5, 0, 0.5, 0.5, 1};
    int count = from->size == 1 ? 1 : 5;
    for (int i = 0; i < count; i++) {
        u[i] = (double)(from->tile_col * SIDE + from->col) + fx[i] * from->size;
        v[i] = (double)(from->tile_row * SIDE + from->row) + fy[i] * from->size;
    }
    return count;
}

/* Takes the nodes in `next_nodes` down until all are accepted or single cells. */
static weft_status settle(weft_lattice *lattice, int64_t count, weft_error *err) {
    double wrap = lattice->spec->wrap_cols;
    while (count > 0) {
        swap_nodes(lattice);
        int64_t points = 0, next = 0;
        weft_status status = reserve_points(lattice, 5 * count, err);
        if (status != WEFT_OK) return status;
        for (int64_t i = 0; i < count; i++)
            points += ask_points(&lattice->nodes[i], lattice->points_u + points, lattice->points_v + points);
        status = project(lattice, points, err);
        points = 0;
        for (int64_t i = 0; i < count && status == WEFT_OK; i++) {
            node at = lattice->nodes[i];
            const double *u = lattice->points_u + points, *v = lattice->points_v + points;
            points += at.size == 1 ? 1 : 5;
            if (at.size == 1) {
                fill_single(&at, u[0], v[0], wrap);
            } else if (is_accepted(lattice->spec, at.u, at.v, u, v)) {
                fill_from_corners(&at, wrap);
            } else {
                status = split(lattice, &next, &lattice->nodes[i], u, v, err);
            }
        }
        if (status != WEFT_OK) return status;
        count = next;
    }
    return WEFT_OK;
}

/* --- a row of tiles --- */

static weft_status reserve_tiles(tile_row *row, int64_t count, weft_error *err) {
    if (count <= row->capacity) return WEFT_OK;
    tile *tiles = realloc(row->tiles, (size_t)count * sizeof *tiles);
    if (tiles == NULL) return no_memory(err);
    memset(tiles + row->capacity, 0, (size_t)(count - row->capacity) * sizeof *tiles);
    row->tiles = tiles;
    row->capacity = count;
    return WEFT_OK;
}

static weft_status reserve_table(tile *at, weft_error *err) {
    at->split = true;
    if (at->table == NULL) at->table = malloc(sizeof *at->table);
    return at->table != NULL ? WEFT_OK : no_memory(err);
}

/* --- tolerance 0: every cell exact, line by line as windows need them --- */

static weft_status reserve_tables(tile_row *row, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int64_t i = 0; i < row->count && status == WEFT_OK; i++)
        status = reserve_table(&row->tiles[i], err);
    return status;
}

/* One line of all tiles: centres (offset 0.5) or upper left corners (offset 0). */
static weft_status fill_line(weft_lattice *lattice, tile_row *row, int line, double offset, weft_error *err) {
    int64_t points = row->count * SIDE;
    weft_status status = reserve_points(lattice, points, err);
    if (status != WEFT_OK) return status;
    for (int64_t at = 0; at < points; at++) {
        lattice->points_u[at] = (double)(row->first * SIDE + at) + offset;
        lattice->points_v[at] = (double)(row->row * SIDE + line) + offset;
    }
    status = project(lattice, points, err);
    for (int64_t i = 0; i < row->count && status == WEFT_OK; i++) {
        tile_table *table = row->tiles[i].table;
        size_t bytes = SIDE * sizeof(double);
        memcpy((offset > 0 ? table->centre_u : table->corner_u) + line * SIDE, lattice->points_u + i * SIDE, bytes);
        memcpy((offset > 0 ? table->centre_v : table->corner_v) + line * SIDE, lattice->points_v + i * SIDE, bytes);
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
static weft_status project_lines(weft_lattice *lattice, const tile_row *row, int64_t *out_stride, weft_error *err) {
    int64_t stride = 2 * row->count + 1;
    weft_status status = reserve_points(lattice, 3 * stride, err);
    if (status != WEFT_OK) return status;
    for (int64_t line = 0; line < 3; line++) {
        for (int64_t i = 0; i < stride; i++) {
            lattice->points_u[line * stride + i] = (double)(row->first * SIDE + i * HALF);
            lattice->points_v[line * stride + i] = (double)(row->row * SIDE + line * HALF);
        }
    }
    *out_stride = stride;
    return project(lattice, 3 * stride, err);
}

static weft_status test_tiles(weft_lattice *lattice, tile_row *row, weft_error *err) {
    static const int corner_col[] = {0, 2, 0, 2}, corner_line[] = {0, 0, 2, 2};
    static const int middle_col[] = {1, 1, 0, 2, 1}, middle_line[] = {1, 0, 1, 1, 2};
    int64_t stride, pending = 0;
    weft_status status = project_lines(lattice, row, &stride, err);
    for (int64_t i = 0; i < row->count && status == WEFT_OK; i++) {
        tile *at = &row->tiles[i];
        const double *u = lattice->points_u + 2 * i, *v = lattice->points_v + 2 * i;
        double exact_u[5], exact_v[5];
        node whole = {.tile_col = row->first + i, .tile_row = row->row, .size = SIDE};
        for (int j = 0; j < 4; j++) {
            at->u[j] = whole.u[j] = u[corner_line[j] * stride + corner_col[j]];
            at->v[j] = whole.v[j] = v[corner_line[j] * stride + corner_col[j]];
        }
        for (int j = 0; j < 5; j++) {
            exact_u[j] = u[middle_line[j] * stride + middle_col[j]];
            exact_v[j] = v[middle_line[j] * stride + middle_col[j]];
        }
        at->split = !is_accepted(lattice->spec, at->u, at->v, exact_u, exact_v);
        if (!at->split) continue;
        status = reserve_table(at, err);
        whole.table = at->table;
        if (status == WEFT_OK) status = split(lattice, &pending, &whole, exact_u, exact_v, err);
    }
    return status == WEFT_OK ? settle(lattice, pending, err) : status;
}

static weft_status build_row(weft_lattice *lattice, tile_row *row, int64_t number, int64_t first, int64_t count,
                             weft_error *err) {
    row->count = 0;
    weft_status status = reserve_tiles(row, count, err);
    if (status != WEFT_OK) return status;
    row->row = number;
    row->first = first;
    row->count = count;
    row->centres = row->corners = 0;
    status = lattice->spec->tolerance > 0 ? test_tiles(lattice, row, err) : reserve_tables(row, err);
    if (status != WEFT_OK) row->count = 0;
    return status;
}

static bool holds(const tile_row *row, int64_t number, int64_t first, int64_t count) {
    return row->count > 0 && row->row == number && row->first <= first && first + count <= row->first + row->count;
}

static weft_status need_row(weft_lattice *lattice, int which, int64_t number, int64_t first, int64_t count,
                            line_set centres, line_set corners, weft_error *err) {
    tile_row *row = &lattice->rows[which];
    weft_status status = WEFT_OK;
    if (!holds(row, number, first, count)) status = build_row(lattice, row, number, first, count, err);
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
    if (holds(&lattice->rows[1], number, first, count)) {
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
    const tile_row *tiles = &lattice->rows[row / SIDE == lattice->rows[0].row ? 0 : 1];
    int64_t in_row = row % SIDE;
    for (int64_t end = col + n; col < end;) {
        const tile *at = &tiles->tiles[col / SIDE - tiles->first];
        int64_t in_col = col % SIDE, count = SIDE - in_col < end - col ? SIDE - in_col : end - col;
        if (at->split) {
            int64_t first = in_row * SIDE + in_col;
            size_t bytes = (size_t)count * sizeof *u;
            memcpy(u, (offset > 0 ? at->table->centre_u : at->table->corner_u) + first, bytes);
            memcpy(v, (offset > 0 ? at->table->centre_v : at->table->corner_v) + first, bytes);
        } else {
            interpolated_span(at, offset, in_col, in_row, count, lattice->spec->wrap_cols, u, v);
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
