/* SPDX-License-Identifier: MIT
 *
 * A box of the grid becomes the box around its four corners in the CRS. Between corners a curved edge may bulge: for
 * windows boxes are grown by their own size, and then by a box all round. */
#include "raster/mosaic/coverage.h"

#include "core/grown_array.h"
#include "core/interval_index.h"
#include "raster/crs/geotransform.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define BOXES  64   /* a side, at most */
#define TOUCH  1e-6 /* of a pixel: less is no overlap */
#define MARGIN 2    /* cells, for footprints of cells whose centre lies outside */

typedef struct place_box {
    double left, low, right, high; /* NaN where no corner transforms */
} place_box;

typedef struct covered {
    place_box box; /* with a pixel around it */
    int id;
} covered;

struct weft_coverage {
    weft_crs_pair *pair;
    const weft_grid *grid;
    int64_t cols, rows;       /* the grid's */
    int across, down;         /* boxes */
    double turn;              /* degrees, where x is a longitude; else 0 */
    place_box *boxes;         /* BOXES * BOXES of them until it is finished, then NULL */
    place_box lines[BOXES];   /* of each line of boxes: around all that they see */
    weft_bounds all;          /* of all sources */
    place_box by_bounds;      /* cells under them; all where that cannot be told */
    double period_of_cells;   /* cells of a turn, where the grid is geographic; else 0 */
    bool near[BOXES * BOXES]; /* a box, or one beside it, may reach a source */
    covered *sources;
    int count, capacity;
    weft_interval_index *index; /* of y: places in `sources` */
};

/* --- boxes --- */

/* The first cell of box `i` of `count` along `cells` cells. */
static int64_t box_start(int64_t cells, int count, int i) {
    return cells / count * i + cells % count * i / count;
}

static int box_of(int64_t cells, int count, int64_t cell) {
    int i = (int)((double)cell / (double)cells * count);
    if (i >= count) i = count - 1;
    while (i > 0 && box_start(cells, count, i) > cell)
        i--;
    while (i < count - 1 && box_start(cells, count, i + 1) <= cell)
        i++;
    return i;
}

/* The whole turns that bring `x` nearest to `near`. */
static double unwrapped(double turn, double x, double near) {
    return turn > 0 ? x - turn * round((x - near) / turn) : x;
}

/* A box with corners on the map and off it may hold any part of a source: the map ends in it. */
static place_box box_around(double turn, const double x[4], const double y[4]) {
    place_box box = {NAN, NAN, NAN, NAN};
    int off = 0;
    for (int i = 0; i < 4; i++) {
        if (isnan(x[i]) || isnan(y[i])) {
            off++;
            continue;
        }
        double at = isnan(box.left) ? x[i] : unwrapped(turn, x[i], box.left);
        /* fmin and fmax pass over NaN. */
        box = (place_box){fmin(box.left, at), fmin(box.low, y[i]), fmax(box.right, at), fmax(box.high, y[i])};
    }
    return off > 0 && off < 4 ? (place_box){-INFINITY, -INFINITY, INFINITY, INFINITY} : box;
}

static weft_status project_line(const weft_coverage *coverage, int line, double *x, double *y, weft_error *err) {
    for (int i = 0; i <= coverage->across; i++) {
        x[i] = (double)(i == coverage->across ? coverage->cols : box_start(coverage->cols, coverage->across, i));
        y[i] = (double)(line == coverage->down ? coverage->rows : box_start(coverage->rows, coverage->down, line));
    }
    return weft_crs_pair_project(coverage->pair, coverage->across + 1, x, y, err);
}

/* Where a source may be seen from a box; what does not transform may see anything. */
static place_box sight_of(place_box box) {
    if (isnan(box.left)) return (place_box){-INFINITY, -INFINITY, INFINITY, INFINITY};
    double wide = box.right - box.left, high = box.high - box.low;
    return (place_box){box.left - wide, box.low - high, box.right + wide, box.high + high};
}

/* A box around all that the boxes of a line see. Of a hundred thousand sources, each then meets a few lines of boxes,
 * and is compared with the boxes of these alone. */
static place_box line_of(const place_box *boxes, int count) {
    place_box line = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < count; i++) {
        place_box sight = sight_of(boxes[i]);
        line = (place_box){fmin(line.left, sight.left), fmin(line.low, sight.low), fmax(line.right, sight.right),
                           fmax(line.high, sight.high)};
    }
    return line;
}

static weft_status find_boxes(weft_coverage *coverage, weft_error *err) {
    double x[2][BOXES + 1], y[2][BOXES + 1];
    weft_status status = project_line(coverage, 0, x[0], y[0], err);
    for (int row = 0; row < coverage->down && status == WEFT_OK; row++) {
        int above = row % 2, below = 1 - above;
        status = project_line(coverage, row + 1, x[below], y[below], err);
        for (int col = 0; col < coverage->across && status == WEFT_OK; col++)
            coverage->boxes[row * coverage->across + col] = box_around(
                coverage->turn, (const double[]){x[above][col], x[above][col + 1], x[below][col], x[below][col + 1]},
                (const double[]){y[above][col], y[above][col + 1], y[below][col], y[below][col + 1]});
        if (status == WEFT_OK)
            coverage->lines[row] = line_of(coverage->boxes + (ptrdiff_t)row * coverage->across, coverage->across);
    }
    return status;
}

/* Whether two boxes overlap, one of them moved by whole turns (0: there are none). */
static bool meets(double turn, place_box box, place_box other) {
    if (!(box.high > other.low && box.low < other.high)) return false;
    for (int k = turn > 0 ? -2 : 0; k <= (turn > 0 ? 2 : 0); k++) {
        double shift = k * turn;
        if (box.right + shift > other.left && box.left + shift < other.right) return true;
    }
    return false;
}

static void mark_near(weft_coverage *coverage, int row, int col) {
    for (int i = -1; i <= 1; i++)
        for (int j = -1; j <= 1; j++)
            if (row + i >= 0 && row + i < coverage->down && col + j >= 0 && col + j < coverage->across)
                coverage->near[(row + i) * coverage->across + col + j] = true;
}

static void find_near(weft_coverage *coverage, place_box source) {
    for (int row = 0; row < coverage->down; row++) {
        const place_box *boxes = coverage->boxes + (ptrdiff_t)row * coverage->across;
        if (!meets(coverage->turn, coverage->lines[row], source)) continue;
        for (int col = 0; col < coverage->across; col++)
            if (meets(coverage->turn, sight_of(boxes[col]), source)) mark_near(coverage, row, col);
    }
}

/* --- bounds --- */

static weft_status find_by_bounds(weft_coverage *coverage, weft_error *err) {
    const weft_grid *grid = coverage->grid;
    weft_bounds b;
    bool known = false;
    coverage->by_bounds = (place_box){-INFINITY, -INFINITY, INFINITY, INFINITY};
    coverage->period_of_cells = weft_crs_turn(grid->crs) / grid->res_x;
    weft_status status = weft_crs_pair_to_grid(coverage->pair, &coverage->all, &b, &known, err);
    if (status != WEFT_OK || !known) return status;
    double wide = 0.05 * (b.xmax - b.xmin) + MARGIN * grid->res_x;
    double high = 0.05 * (b.ymax - b.ymin) + MARGIN * grid->res_y;
    coverage->by_bounds =
        (place_box){(b.xmin - wide - grid->origin_x) / grid->res_x, (grid->origin_y - b.ymax - high) / grid->res_y,
                    (b.xmax + wide - grid->origin_x) / grid->res_x, (grid->origin_y - b.ymin + high) / grid->res_y};
    return WEFT_OK;
}

/* --- the whole --- */

weft_status weft_coverage_new(weft_coverage **out, weft_crs_pair *pair, weft_error *err) {
    weft_coverage *coverage = calloc(1, sizeof *coverage);
    *out = NULL;
    if (coverage == NULL) return weft_error_no_memory(err, "a mosaic's coverage");
    const weft_grid *grid = weft_crs_pair_grid(pair);
    coverage->pair = pair;
    coverage->grid = grid;
    coverage->cols = grid->cols;
    coverage->rows = grid->rows;
    coverage->across = grid->cols < BOXES ? (int)grid->cols : BOXES;
    coverage->down = grid->rows < BOXES ? (int)grid->rows : BOXES;
    coverage->turn = weft_crs_turn(weft_crs_pair_crs(pair));
    coverage->all = (weft_bounds){INFINITY, INFINITY, -INFINITY, -INFINITY};
    coverage->boxes = calloc((size_t)BOXES * BOXES, sizeof *coverage->boxes);
    weft_status status =
        coverage->boxes == NULL ? weft_error_no_memory(err, "a mosaic's coverage") : find_boxes(coverage, err);
    if (status != WEFT_OK) {
        weft_coverage_free(coverage);
        return status;
    }
    *out = coverage;
    return WEFT_OK;
}

/* The place of a rectangle of pixels, `grown` by a part of a pixel on each side. */
static place_box place_of(const weft_source *source, weft_window pixels, double grown) {
    const double *g = weft_source_describe(source)->geotransform;
    double x[4], y[4];
    for (int i = 0; i < 4; i++) {
        double u = i % 2 == 0 ? (double)pixels.col - grown : (double)(pixels.col + pixels.cols) + grown;
        double v = i / 2 == 0 ? (double)pixels.row - grown : (double)(pixels.row + pixels.rows) + grown;
        x[i] = g[0] + u * g[1] + v * g[2];
        y[i] = g[3] + u * g[4] + v * g[5];
    }
    return box_around(0, x, y);
}

static bool is_under_grid(const weft_coverage *coverage, place_box part) {
    for (int row = 0; row < coverage->down; row++) {
        const place_box *boxes = coverage->boxes + (ptrdiff_t)row * coverage->across;
        if (!meets(coverage->turn, coverage->lines[row], part)) continue;
        for (int col = 0; col < coverage->across; col++)
            if (meets(coverage->turn, boxes[col], part)) return true;
    }
    return false;
}

weft_status weft_coverage_add(weft_coverage *coverage, const weft_source *source, int id, const weft_window *parts,
                              int part_count, int *under_grid, weft_error *err) {
    covered *sources = weft_grown_array(coverage->sources, coverage->count, &coverage->capacity, sizeof *sources);
    if (sources == NULL) return weft_error_no_memory(err, "a mosaic's coverage");
    coverage->sources = sources;
    const weft_source_info *info = weft_source_describe(source);
    weft_bounds own = weft_source_bounds(source), *all = &coverage->all;
    weft_window whole = {0, 0, info->cols, info->rows};
    find_near(coverage, place_of(source, whole, -TOUCH));
    *all = (weft_bounds){fmin(all->xmin, own.xmin), fmin(all->ymin, own.ymin), fmax(all->xmax, own.xmax),
                         fmax(all->ymax, own.ymax)};
    coverage->sources[coverage->count++] = (covered){place_of(source, whole, 1), id};
    for (int i = 0; i < part_count; i++)
        *under_grid += is_under_grid(coverage, place_of(source, parts[i], -TOUCH));
    return WEFT_OK;
}

weft_status weft_coverage_finish(weft_coverage *coverage, weft_error *err) {
    weft_interval *intervals = calloc((size_t)coverage->count, sizeof *intervals);
    if (intervals == NULL) return weft_error_no_memory(err, "a mosaic's coverage");
    for (int i = 0; i < coverage->count; i++)
        intervals[i] = (weft_interval){coverage->sources[i].box.low, coverage->sources[i].box.high, i};
    weft_status status = weft_interval_index_new(&coverage->index, intervals, coverage->count, err);
    free(intervals);
    if (status == WEFT_OK) status = find_by_bounds(coverage, err);
    free(coverage->boxes);
    coverage->boxes = NULL;
    coverage->pair = NULL;
    return status;
}

void weft_coverage_free(weft_coverage *coverage) {
    if (coverage == NULL) return;
    weft_interval_index_free(coverage->index);
    free(coverage->sources);
    free(coverage->boxes);
    free(coverage);
}

bool weft_coverage_may_have_value(const weft_coverage *coverage, weft_window cells) {
    place_box window = {(double)cells.col, (double)cells.row, (double)(cells.col + cells.cols),
                        (double)(cells.row + cells.rows)};
    if (meets(coverage->period_of_cells, window, coverage->by_bounds)) return true;
    int left = box_of(coverage->cols, coverage->across, cells.col);
    int right = box_of(coverage->cols, coverage->across, cells.col + cells.cols - 1);
    int top = box_of(coverage->rows, coverage->down, cells.row);
    int bottom = box_of(coverage->rows, coverage->down, cells.row + cells.rows - 1);
    for (int row = top; row <= bottom; row++)
        for (int col = left; col <= right; col++)
            if (coverage->near[row * coverage->across + col]) return true;
    return false;
}

/* The columns of `cells` from `col` on that lie in one box. */
static weft_window within_box(const weft_coverage *coverage, weft_window cells, int64_t col) {
    int box = box_of(coverage->cols, coverage->across, col);
    int64_t end = box + 1 < coverage->across ? box_start(coverage->cols, coverage->across, box + 1) : coverage->cols;
    return weft_window_intersect((weft_window){col, cells.row, end - col, cells.rows}, cells);
}

bool weft_coverage_next(const weft_coverage *coverage, weft_window cells, weft_window *part) {
    int64_t col = weft_window_is_empty(*part) ? cells.col : part->col + part->cols, end = cells.col + cells.cols;
    *part = (weft_window){col, cells.row, 0, cells.rows};
    while (col < end) {
        weft_window next = within_box(coverage, cells, col);
        bool may_have = weft_coverage_may_have_value(coverage, next);
        if (!may_have && part->cols > 0) break;
        col += next.cols;
        if (may_have)
            part->cols += next.cols;
        else
            part->col = col;
    }
    return part->cols > 0;
}

/* --- sources under a box --- */

typedef struct search {
    const weft_coverage *coverage;
    place_box box;
    bool (*visit)(void *payload, int id);
    void *payload;
} search;

/* Of those at the box's height. A box of more than a turn holds every longitude. */
static bool try_source(void *payload, int which) {
    const search *wanted = payload;
    const covered *source = &wanted->coverage->sources[which];
    double turn = wanted->coverage->turn, left = wanted->box.left, right = wanted->box.right;
    if (turn > 0) {
        double shift = turn * ceil((source->box.left - right) / turn);
        left += shift;
        right += shift;
    }
    if (right < source->box.left || left > source->box.right) return true;
    return wanted->visit(wanted->payload, source->id);
}

void weft_coverage_find(const weft_coverage *coverage, weft_bounds box, bool (*visit)(void *payload, int id),
                        void *payload) {
    search wanted = {coverage, {box.xmin, box.ymin, box.xmax, box.ymax}, visit, payload};
    weft_interval_index_find(coverage->index, box.ymin, box.ymax, try_source, &wanted);
}
