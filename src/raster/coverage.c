/* SPDX-License-Identifier: MIT
 *
 * A box of the grid becomes the box around its four corners in source pixels. Between corners a curved edge may bulge:
 * for windows boxes are grown by their own size, and then by a box all round. */
#include "raster/coverage.h"

#include <math.h>
#include <stdlib.h>

#define BOXES  64   /* a side, at most */
#define TOUCH  1e-6 /* of a pixel: less is no overlap */
#define MARGIN 2    /* cells, for footprints of cells whose centre lies outside */

typedef struct pixel_box {
    double left, top, right, bottom; /* NaN where no corner transforms */
} pixel_box;

struct weft_coverage {
    int64_t cols, rows; /* the grid's */
    int across, down;   /* boxes */
    double turn;        /* pixels, where the source wraps; else 0 */
    double pixel_cols, pixel_rows;
    pixel_box by_bounds;      /* cells under the source's bounds; all where that cannot be told */
    double turn_of_cells;     /* cells of 360 degrees, where the grid is geographic; else 0 */
    bool near[BOXES * BOXES]; /* a box, or one beside it, may reach the source */
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

/* The whole turns that bring `u` nearest to `near`. */
static double unwrapped(const weft_coverage *coverage, double u, double near) {
    return coverage->turn > 0 ? u - coverage->turn * round((u - near) / coverage->turn) : u;
}

/* A box with corners on the map and off it may hold any part of the source: the map ends in it. */
static pixel_box box_around(const weft_coverage *coverage, const double u[4], const double v[4]) {
    pixel_box box = {NAN, NAN, NAN, NAN};
    int off = 0;
    for (int i = 0; i < 4; i++) {
        if (isnan(u[i]) || isnan(v[i])) {
            off++;
            continue;
        }
        double at = isnan(box.left) ? u[i] : unwrapped(coverage, u[i], box.left);
        /* fmin and fmax pass over NaN. */
        box = (pixel_box){fmin(box.left, at), fmin(box.top, v[i]), fmax(box.right, at), fmax(box.bottom, v[i])};
    }
    return off > 0 && off < 4 ? (pixel_box){-INFINITY, -INFINITY, INFINITY, INFINITY} : box;
}

static weft_status project_line(const weft_coverage *coverage, weft_projector *projector, int line, double *u,
                                double *v, weft_error *err) {
    for (int i = 0; i <= coverage->across; i++) {
        u[i] = (double)(i == coverage->across ? coverage->cols : box_start(coverage->cols, coverage->across, i));
        v[i] = (double)(line == coverage->down ? coverage->rows : box_start(coverage->rows, coverage->down, line));
    }
    return weft_projector_project(projector, coverage->across + 1, u, v, err);
}

static weft_status find_boxes(const weft_coverage *coverage, weft_projector *projector, pixel_box *boxes,
                              weft_error *err) {
    double u[2][BOXES + 1], v[2][BOXES + 1];
    weft_status status = project_line(coverage, projector, 0, u[0], v[0], err);
    for (int row = 0; row < coverage->down && status == WEFT_OK; row++) {
        int above = row % 2, below = 1 - above;
        status = project_line(coverage, projector, row + 1, u[below], v[below], err);
        for (int col = 0; col < coverage->across && status == WEFT_OK; col++)
            boxes[row * coverage->across + col] = box_around(
                coverage, (const double[]){u[above][col], u[above][col + 1], u[below][col], u[below][col + 1]},
                (const double[]){v[above][col], v[above][col + 1], v[below][col], v[below][col + 1]});
    }
    return status;
}

/* Whether two boxes overlap, one of them moved by whole turns (0: there are none). */
static bool meets(double turn, pixel_box box, pixel_box other) {
    if (!(box.bottom > other.top + TOUCH && box.top < other.bottom - TOUCH)) return false;
    for (int k = turn > 0 ? -2 : 0; k <= (turn > 0 ? 2 : 0); k++) {
        double shift = k * turn;
        if (box.right + shift > other.left + TOUCH && box.left + shift < other.right - TOUCH) return true;
    }
    return false;
}

/* Whether the source may be seen from a box; what does not transform may see anything. */
static bool may_see(const weft_coverage *coverage, pixel_box box) {
    if (isnan(box.left)) return true;
    double wide = box.right - box.left, high = box.bottom - box.top;
    box = (pixel_box){box.left - wide, box.top - high, box.right + wide, box.bottom + high};
    return meets(coverage->turn, box, (pixel_box){0, 0, coverage->pixel_cols, coverage->pixel_rows});
}

static void find_near(weft_coverage *coverage, const pixel_box *boxes) {
    for (int row = 0; row < coverage->down; row++) {
        for (int col = 0; col < coverage->across; col++) {
            if (!may_see(coverage, boxes[row * coverage->across + col])) continue;
            for (int i = -1; i <= 1; i++)
                for (int j = -1; j <= 1; j++)
                    if (row + i >= 0 && row + i < coverage->down && col + j >= 0 && col + j < coverage->across)
                        coverage->near[(row + i) * coverage->across + col + j] = true;
        }
    }
}

/* --- bounds --- */

static void find_by_bounds(weft_coverage *coverage, const weft_grid *grid, const weft_source *source) {
    const weft_source_info *info = weft_source_describe(source);
    weft_bounds bounds = weft_source_bounds(source), b = bounds;
    coverage->by_bounds = (pixel_box){-INFINITY, -INFINITY, INFINITY, INFINITY};
    if (weft_crs_is_geographic(grid->crs)) coverage->turn_of_cells = 360 / grid->res_x;
    if (!weft_crs_equal(info->crs, grid->crs)) {
        weft_transform *transform = NULL;
        if (weft_transform_new(&transform, info->crs, grid->crs, info->crs, &bounds, NULL) != WEFT_OK) return;
        weft_status status = weft_transform_bounds(transform, &bounds, &b, NULL);
        weft_transform_free(transform);
        if (status != WEFT_OK) return;
    }
    double wide = 0.05 * (b.xmax - b.xmin) + MARGIN * grid->res_x;
    double high = 0.05 * (b.ymax - b.ymin) + MARGIN * grid->res_y;
    coverage->by_bounds =
        (pixel_box){(b.xmin - wide - grid->origin_x) / grid->res_x, (grid->origin_y - b.ymax - high) / grid->res_y,
                    (b.xmax + wide - grid->origin_x) / grid->res_x, (grid->origin_y - b.ymin + high) / grid->res_y};
}

/* --- the whole --- */

static bool is_under_grid(const weft_coverage *coverage, const pixel_box *boxes, weft_window pixels) {
    pixel_box part = {(double)pixels.col, (double)pixels.row, (double)(pixels.col + pixels.cols),
                      (double)(pixels.row + pixels.rows)};
    for (int i = 0; i < coverage->across * coverage->down; i++)
        if (meets(coverage->turn, boxes[i], part)) return true;
    return false;
}

static void set_sizes(weft_coverage *coverage, const weft_grid *grid, const weft_source_info *info) {
    coverage->cols = grid->cols;
    coverage->rows = grid->rows;
    coverage->across = grid->cols < BOXES ? (int)grid->cols : BOXES;
    coverage->down = grid->rows < BOXES ? (int)grid->rows : BOXES;
    coverage->turn = info->wraps ? (double)info->wrap_cols : 0;
    coverage->pixel_cols = (double)info->cols;
    coverage->pixel_rows = (double)info->rows;
}

weft_status weft_coverage_new(weft_coverage **out, const weft_grid *grid, const weft_source *source,
                              weft_projector *projector, const weft_window *parts, int part_count, int *under_grid,
                              weft_error *err) {
    const weft_source_info *info = weft_source_describe(source);
    weft_coverage *coverage = calloc(1, sizeof *coverage);
    pixel_box *boxes = calloc((size_t)BOXES * BOXES, sizeof *boxes);
    weft_status status = WEFT_ERR_MEMORY;
    *out = NULL;
    *under_grid = 0;
    if (coverage == NULL || boxes == NULL) {
        weft_error_set(err, status, "%s: no memory for its coverage", info->path);
        goto done;
    }
    set_sizes(coverage, grid, info);
    status = find_boxes(coverage, projector, boxes, err);
    if (status != WEFT_OK) goto done;
    find_near(coverage, boxes);
    find_by_bounds(coverage, grid, source);
    for (int i = 0; i < part_count; i++)
        *under_grid += is_under_grid(coverage, boxes, parts[i]);
    *out = coverage;
    coverage = NULL;
done:
    free(boxes);
    free(coverage);
    return status;
}

void weft_coverage_free(weft_coverage *coverage) {
    free(coverage);
}

bool weft_coverage_may_reach(const weft_coverage *coverage, weft_window cells) {
    pixel_box window = {(double)cells.col, (double)cells.row, (double)(cells.col + cells.cols),
                        (double)(cells.row + cells.rows)};
    if (meets(coverage->turn_of_cells, window, coverage->by_bounds)) return true;
    int left = box_of(coverage->cols, coverage->across, cells.col);
    int right = box_of(coverage->cols, coverage->across, cells.col + cells.cols - 1);
    int top = box_of(coverage->rows, coverage->down, cells.row);
    int bottom = box_of(coverage->rows, coverage->down, cells.row + cells.rows - 1);
    for (int row = top; row <= bottom; row++)
        for (int col = left; col <= right; col++)
            if (coverage->near[row * coverage->across + col]) return true;
    return false;
}
