/* Grid to CRS, CRS to CRS, CRS to pixel; the two ends are affine and the middle is PROJ's.
 *
 * SPDX-License-Identifier: MIT */
#include "raster/source/projector.h"

#include "core/window.h"
#include "raster/crs/geotransform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES    21   /* a side, for the scale */
#define FEW        5    /* of the part of the grid under a source that those miss: it is small */
#define FORGIVEN   1e-6 /* of a pixel */
#define MOST_TURNS 1e6  /* of a longitude that is a place */
#define BESIDE     1e-6 /* of longitude, from a map's cut: on this side of it */

struct weft_projector {
    weft_crs_pair *pair, *own_pair; /* own_pair: NULL where it is another's */
    const weft_grid *grid;
    const weft_source_info *info;
    weft_bounds area; /* the source's, in its CRS */
    bool affine;
    double a[6];
    double turn;     /* of longitudes: so much more is the same place; 0: x is no longitude */
    double centre_x; /* the source's middle longitude */
    int turning;     /* sampled cells that turn as the grid does, less those that turn the other way */
};

/* Where the lines of the grid and of the pixels meet to 1e-6 of a pixel along `cells` cells, they are made to meet:
 * what rounding leaves in a geotransform would else give a cell a sliver of its neighbour's pixels. u = *start + *step
 * * cell. */
static void meet_lines(double *start, double *step, int64_t cells) {
    double whole = fabs(*step) >= 1 ? round(*step) : 1 / round(1 / *step);
    double unit = fmin(fabs(whole), 1), first = round(*start / unit) * unit;
    double end = *start + *step * (double)cells, last = first + whole * (double)cells;
    if (!(fabs(first - *start) <= FORGIVEN && fabs(last - end) <= FORGIVEN)) return;
    *start = first;
    *step = whole;
}

/* Whole turns that bring a longitude nearest to the source's middle. */
static double turns_to_source(const weft_projector *projector, double x) {
    return round((projector->centre_x - x) / projector->turn);
}

/* With one CRS the whole way is affine, unless a part of the grid lies a turn away from the rest. */
static void find_affine(weft_projector *projector) {
    const weft_grid *grid = projector->grid;
    const double *g = projector->info->geotransform;
    double x = grid->origin_x, y = grid->origin_y;
    if (!weft_crs_pair_is_same(projector->pair)) return;
    if (projector->turn > 0 && !projector->info->wraps) {
        double west = turns_to_source(projector, x);
        double east = turns_to_source(projector, x + (double)grid->cols * grid->res_x);
        if (west != east) return;
        x += projector->turn * west;
    }
    projector->affine = true;
    double *a = projector->a;
    weft_geotransform_step(g, x - g[0], y - g[3], &a[0], &a[3]);
    weft_geotransform_step(g, grid->res_x, 0, &a[1], &a[4]);
    weft_geotransform_step(g, 0, -grid->res_y, &a[2], &a[5]);
    if (a[2] != 0 || a[4] != 0) return;
    meet_lines(&a[0], &a[1], grid->cols);
    meet_lines(&a[3], &a[5], grid->rows);
}

weft_status weft_projector_new_on(weft_projector **out, weft_crs_pair *pair, const weft_source *source,
                                  weft_error *err) {
    weft_projector *projector = calloc(1, sizeof *projector);
    *out = projector;
    if (projector == NULL) return weft_error_no_memory(err, "a projection");
    projector->pair = pair;
    projector->grid = weft_crs_pair_grid(pair);
    projector->info = weft_source_describe(source);
    projector->area = weft_source_bounds(source);
    projector->turn = weft_crs_turn(projector->info->crs);
    projector->centre_x = 0.5 * (projector->area.xmin + projector->area.xmax);
    find_affine(projector);
    return WEFT_OK;
}

weft_status weft_projector_new(weft_projector **out, const weft_grid *grid, const weft_source *source,
                               weft_error *err) {
    weft_crs_pair *pair = NULL;
    *out = NULL;
    weft_status status = weft_crs_pair_new(&pair, grid, weft_source_describe(source)->crs, err);
    if (status == WEFT_OK) status = weft_projector_new_on(out, pair, source, err);
    if (status == WEFT_OK)
        (*out)->own_pair = pair;
    else
        weft_crs_pair_free(pair);
    return status;
}

void weft_projector_free(weft_projector *projector) {
    if (projector == NULL) return;
    weft_crs_pair_free(projector->own_pair);
    free(projector);
}

weft_crs_pair *weft_projector_pair(const weft_projector *projector) {
    return projector->pair;
}

bool weft_projector_affine(const weft_projector *projector, double a[6]) {
    if (projector->affine) memcpy(a, projector->a, sizeof projector->a);
    return projector->affine;
}

/* u modulo a whole turn, in [0, wrap). NaN where it is so many turns away that its digits say nothing. */
static double wrapped(double u, double wrap) {
    double turns = floor(u / wrap);
    if (!(fabs(turns) < MOST_TURNS)) return NAN;
    u -= turns * wrap;
    return u < wrap ? u : 0;
}

/* A longitude on the map's cut, a little beside it: both sides of the cut are a turn apart, and each goes where the map
 * beside it goes. */
static double on_map(const weft_projector *projector, double x) {
    if (isnan(x) || !weft_crs_pair_has_edge(projector->pair)) return x;
    double west = weft_crs_pair_west(projector->pair);
    return fmin(fmax(x, west + BESIDE), west + projector->turn - BESIDE);
}

static void to_pixels(const weft_projector *projector, int64_t n, double *u, double *v) {
    const double *g = projector->info->geotransform;
    bool shifts = projector->turn > 0 && !projector->info->wraps;
    for (int64_t i = 0; i < n; i++) {
        double x = u[i], y = v[i];
        if (shifts) x += projector->turn * turns_to_source(projector, on_map(projector, x));
        weft_geotransform_step(g, x - g[0], y - g[3], &u[i], &v[i]);
    }
}

static void wrap_all(const weft_projector *projector, int64_t n, double *u) {
    double wrap = (double)projector->info->wrap_cols;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(u[i])) u[i] = wrapped(u[i], wrap);
}

/* Whole turns from where u runs on to where it begins in the first turn. */
static void begin_in_first_turn(const weft_projector *projector, int64_t n, double *u) {
    double wrap = (double)projector->info->wrap_cols, west = weft_crs_pair_west(projector->pair), down = 0;
    const double *g = projector->info->geotransform;
    weft_geotransform_step(g, west - g[0], -g[3], &west, &down);
    double turns = floor(west / wrap) * wrap;
    for (int64_t i = 0; i < n; i++)
        u[i] -= turns;
}

bool weft_projector_cut(const weft_projector *projector, double *cut, double *turn) {
    *cut = projector->centre_x - projector->turn / 2;
    *turn = projector->turn;
    return projector->turn > 0 && !projector->info->wraps;
}

void weft_projector_to_pixels(const weft_projector *projector, int64_t n, double *u, double *v) {
    to_pixels(projector, n, u, v);
    if (!projector->info->wraps) return;
    if (weft_crs_pair_has_edge(projector->pair))
        begin_in_first_turn(projector, n, u);
    else
        wrap_all(projector, n, u);
}

weft_status weft_projector_place(const weft_projector *projector, int64_t n, double *x, double *y, weft_error *err) {
    weft_status status = weft_crs_pair_transform(projector->pair, n, x, y, err);
    if (status == WEFT_OK) weft_projector_to_pixels(projector, n, x, y);
    return status;
}

static void project_affine(const double a[6], int64_t n, double *u, double *v) {
    for (int64_t i = 0; i < n; i++) {
        double col = u[i], row = v[i];
        u[i] = a[0] + a[1] * col + a[2] * row;
        v[i] = a[3] + a[4] * col + a[5] * row;
    }
}

/* `again`: points that will be asked for again, for other sources. */
static weft_status project(weft_projector *projector, int64_t n, double *u, double *v, bool again, weft_error *err) {
    weft_status status = WEFT_OK;
    if (projector->affine)
        project_affine(projector->a, n, u, v);
    else
        status = again ? weft_crs_pair_look(projector->pair, n, u, v, err)
                       : weft_crs_pair_project(projector->pair, n, u, v, err);
    if (status != WEFT_OK) return status;
    if (!projector->affine) to_pixels(projector, n, u, v);
    if (projector->info->wraps) wrap_all(projector, n, u);
    return WEFT_OK;
}

weft_status weft_projector_project(weft_projector *projector, int64_t n, double *u, double *v, weft_error *err) {
    return project(projector, n, u, v, true, err);
}

/* --- scale --- */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The mean of the middle two where their number is even. */
static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_value);
    return count % 2 == 1 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

/* A difference of two positions along u, the short way round. */
static double short_way(const weft_projector *projector, double du) {
    if (!projector->info->wraps) return du;
    double wrap = (double)projector->info->wrap_cols;
    return du - wrap * round(du / wrap);
}

/* Positions of the cell's centre and the middles of its sides: centre, left, right, top, bottom. */
static void cell_points(double col, double row, double *u, double *v) {
    static const double du[] = {0.5, 0, 1, 0.5, 0.5}, dv[] = {0.5, 0.5, 0.5, 0, 1};
    for (int i = 0; i < 5; i++) {
        u[i] = col + du[i];
        v[i] = row + dv[i];
    }
}

/* Source pixels a cell along the source's rows (across) and columns (down), of the cells that were sampled. */
typedef struct scale_sample {
    double across[SAMPLES * SAMPLES], down[SAMPLES * SAMPLES];
    int count;
} scale_sample;

/* Adds what the five points of a cell span in the source, unless one of them has no place there. */
static void add_cell(scale_sample *sample, weft_projector *projector, const double *u, const double *v) {
    double row_u = short_way(projector, u[2] - u[1]), row_v = v[2] - v[1]; /* from its left side to its right */
    double col_u = short_way(projector, u[4] - u[3]), col_v = v[4] - v[3]; /* from top to bottom */
    double scale_x = hypot(row_u, col_u), scale_y = hypot(row_v, col_v);
    if (isnan(scale_x) || isnan(scale_y)) return;
    double turn = row_u * col_v - col_u * row_v;
    projector->turning += turn > 0 ? 1 : turn < 0 ? -1 : 0;
    sample->across[sample->count] = scale_x;
    sample->down[sample->count++] = scale_y;
}

/* Makes a sample of cols x rows cells, at most SAMPLES each, evenly spread over a window of the grid: of those whose
 * centre falls into the source where `inside` asks for it. */
static weft_status sample_scales(weft_projector *projector, weft_window window, int64_t cols, int64_t rows, bool inside,
                                 scale_sample *sample, weft_error *err) {
    bool again = window.cols == projector->grid->cols && window.rows == projector->grid->rows;
    double u[5 * SAMPLES], v[5 * SAMPLES];
    const weft_source_info *info = projector->info;
    sample->count = 0;
    for (int64_t j = 0; j < rows; j++) {
        double row = (double)window.row + floor(((double)j + 0.5) * (double)window.rows / (double)rows);
        for (int64_t i = 0; i < cols; i++)
            cell_points((double)window.col + floor(((double)i + 0.5) * (double)window.cols / (double)cols), row,
                        u + 5 * i, v + 5 * i);
        weft_status status = project(projector, 5 * cols, u, v, again, err);
        if (status != WEFT_OK) return status;
        for (int64_t i = 0; i < cols; i++) {
            double x = u[5 * i], y = v[5 * i];
            bool falls_in = x >= 0 && x < (double)info->cols && y >= 0 && y < (double)info->rows;
            if (falls_in || !inside) add_cell(sample, projector, u + 5 * i, v + 5 * i);
        }
    }
    return WEFT_OK;
}

/* The part of the grid under the source's bounds, for a source that is small beside the grid: the sampled cells of the
 * whole grid may all miss it. Empty where there is none. Errors: WEFT_ERR_MEMORY. */
static weft_status window_of_source(const weft_projector *projector, weft_window *out, weft_error *err) {
    const weft_grid *grid = projector->grid;
    weft_bounds bounds;
    bool known;
    *out = (weft_window){0};
    weft_status status = weft_crs_pair_to_grid(projector->pair, &projector->area, &bounds, &known, err);
    if (status != WEFT_OK || !known) return status;
    double left = (bounds.xmin - grid->origin_x) / grid->res_x, right = (bounds.xmax - grid->origin_x) / grid->res_x;
    double turn = weft_crs_turn(grid->crs) / grid->res_x;     /* in cells; 0: x is no longitude */
    double shift = turn > 0 ? turn * ceil(-right / turn) : 0; /* to the first turn that ends right of the grid's left */
    left = fmax(0, floor(left + shift));
    right = fmin((double)grid->cols, ceil(right + shift));
    double top = fmax(0, floor((grid->origin_y - bounds.ymax) / grid->res_y));
    double bottom = fmin((double)grid->rows, ceil((grid->origin_y - bounds.ymin) / grid->res_y));
    if (left < right && top < bottom)
        *out = (weft_window){(int64_t)left, (int64_t)top, (int64_t)(right - left), (int64_t)(bottom - top)};
    return WEFT_OK;
}

/* The scale on a part of the grid: no more cells than it has. A few are enough, as so small a part is nearly flat; more
 * are looked at where the source fills so little of its bounds that they miss it. */
static weft_status sample_part(weft_projector *projector, weft_window part, scale_sample *sample, weft_error *err) {
    int64_t cols = weft_smaller(part.cols, FEW), rows = weft_smaller(part.rows, FEW);
    weft_status status = sample_scales(projector, part, cols, rows, true, sample, err);
    if (status == WEFT_OK && sample->count == 0 && (cols < part.cols || rows < part.rows))
        status = sample_scales(projector, part, weft_smaller(part.cols, SAMPLES), weft_smaller(part.rows, SAMPLES),
                               true, sample, err);
    if (status != WEFT_OK || sample->count > 0) return status;
    /* It lies between the centres: footprints see it all the same. */
    return sample_scales(projector, part, cols, rows, false, sample, err);
}

weft_status weft_projector_scale(weft_projector *projector, double scale[2], bool *on_grid, weft_error *err) {
    scale_sample sample = {.count = 0};
    const weft_grid *grid = projector->grid;
    scale[0] = scale[1] = 1;
    projector->turning = 0;
    weft_window part = {0, 0, grid->cols, grid->rows};
    weft_status status = sample_scales(projector, part, SAMPLES, SAMPLES, true, &sample, err);
    if (status == WEFT_OK && sample.count == 0) status = window_of_source(projector, &part, err);
    if (status == WEFT_OK && sample.count == 0 && part.cols > 0) status = sample_part(projector, part, &sample, err);
    *on_grid = sample.count > 0;
    if (status != WEFT_OK || sample.count == 0) return status;
    const double *a = projector->a; /* exact, where differences of positions carry rounding */
    scale[0] = projector->affine ? hypot(a[1], a[2]) : median(sample.across, sample.count);
    scale[1] = projector->affine ? hypot(a[4], a[5]) : median(sample.down, sample.count);
    return WEFT_OK;
}

bool weft_projector_is_mirrored(const weft_projector *projector) {
    return projector->turning < 0;
}
