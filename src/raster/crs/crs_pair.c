/* SPDX-License-Identifier: MIT
 *
 * Planning asks for the same points of the grid for every raster: nets over all of it, or over a few of its windows.
 * The last of them are kept, found by their coordinates, so that nobody needs to know who asked before. */
#include "raster/crs/crs_pair.h"

#include "raster/crs/outline.h"
#include "raster/crs/transform_pool.h"

#include <stdlib.h>
#include <string.h>

#define KEPT_NETS   96         /* more than are asked for a raster */
#define KEPT_POINTS (8 * 1024) /* of all nets: 256 KiB */

/* Points as they were asked for, and where they lie. */
typedef struct kept_net {
    int64_t count;
    uint64_t last_use;
    double *xy; /* 4 * count: columns, rows, x, y */
} kept_net;

struct weft_crs_pair {
    const weft_grid *grid;
    const weft_crs *crs;
    weft_transform_pool *transforms; /* NULL with one CRS */
    weft_transform *back;            /* made when it is first needed */
    kept_net nets[KEPT_NETS];
    int64_t kept_points;
    uint64_t uses;
};

weft_status weft_crs_pair_new(weft_crs_pair **out, const weft_grid *grid, const weft_crs *crs, weft_error *err) {
    weft_crs_pair *pair = calloc(1, sizeof *pair);
    *out = NULL;
    if (pair == NULL) return weft_error_no_memory(err, "a projection");
    pair->grid = grid;
    pair->crs = crs;
    weft_status status = WEFT_OK;
    if (!weft_crs_equal(grid->crs, crs)) status = weft_transform_pool_new(&pair->transforms, grid, crs, err);
    if (status != WEFT_OK) {
        weft_crs_pair_free(pair);
        return status;
    }
    *out = pair;
    return WEFT_OK;
}

void weft_crs_pair_free(weft_crs_pair *pair) {
    if (pair == NULL) return;
    weft_crs_pair_end_planning(pair);
    weft_transform_pool_free(pair->transforms);
    free(pair);
}

const weft_grid *weft_crs_pair_grid(const weft_crs_pair *pair) {
    return pair->grid;
}

const weft_crs *weft_crs_pair_crs(const weft_crs_pair *pair) {
    return pair->crs;
}

bool weft_crs_pair_leads_to(const weft_crs_pair *pair, const weft_crs *crs) {
    return pair->crs == crs || strcmp(weft_crs_wkt(pair->crs), weft_crs_wkt(crs)) == 0;
}

bool weft_crs_pair_is_same(const weft_crs_pair *pair) {
    return pair->transforms == NULL;
}

static void to_grid_crs(const weft_grid *grid, int64_t n, double *x, double *y) {
    for (int64_t i = 0; i < n; i++) {
        x[i] = grid->origin_x + x[i] * grid->res_x;
        y[i] = grid->origin_y - y[i] * grid->res_y;
    }
}

bool weft_crs_pair_has_edge(const weft_crs_pair *pair) {
    return pair->transforms != NULL && weft_transform_pool_has_edge(pair->transforms);
}

double weft_crs_pair_west(const weft_crs_pair *pair) {
    return weft_transform_pool_west(pair->transforms);
}

weft_status weft_crs_pair_edge(weft_crs_pair *pair, int64_t n, double *x, double *y, weft_error *err) {
    to_grid_crs(pair->grid, n, x, y);
    return weft_transform_pool_edge(pair->transforms, n, x, y, err);
}

bool weft_crs_pair_may_be_off(const weft_crs_pair *pair) {
    return weft_crs_pair_has_edge(pair) || (pair->transforms != NULL && weft_transform_pool_may_lose(pair->transforms));
}

/* A net of 3 x 3 places of the window. What is lost are wide parts of the world, far from where a raster can lie. */
static bool is_lost(const weft_crs_pair *pair, weft_window window) {
    double x[9], y[9];
    for (int i = 0; i < 9; i++) {
        x[i] = (double)window.col + i % 3 * 0.5 * (double)window.cols;
        y[i] = (double)window.row + i / 3 * 0.5 * (double)window.rows;
    }
    to_grid_crs(pair->grid, 9, x, y);
    return weft_transform_pool_loses_all(pair->transforms, 9, x, y);
}

bool weft_crs_pair_is_off(const weft_crs_pair *pair, weft_window window) {
    const weft_grid *grid = pair->grid;
    double left = grid->origin_x + (double)window.col * grid->res_x;
    double top = grid->origin_y - (double)window.row * grid->res_y;
    weft_bounds bounds = {left, top - (double)window.rows * grid->res_y, left + (double)window.cols * grid->res_x, top};
    return (weft_crs_pair_has_edge(pair) && weft_outline_is_off(grid->outline, bounds)) || is_lost(pair, window);
}

weft_status weft_crs_pair_project(weft_crs_pair *pair, int64_t n, double *x, double *y, weft_error *err) {
    to_grid_crs(pair->grid, n, x, y);
    return weft_crs_pair_transform(pair, n, x, y, err);
}

weft_status weft_crs_pair_transform(weft_crs_pair *pair, int64_t n, double *x, double *y, weft_error *err) {
    return pair->transforms == NULL ? WEFT_OK : weft_transform_pool_points(pair->transforms, n, x, y, err);
}

/* --- nets that are asked for again --- */

static void drop(weft_crs_pair *pair, kept_net *net) {
    pair->kept_points -= net->count;
    free(net->xy);
    *net = (kept_net){0};
}

static kept_net *find(weft_crs_pair *pair, int64_t n, const double *x, const double *y) {
    size_t bytes = (size_t)n * sizeof *x;
    for (int i = 0; i < KEPT_NETS; i++) {
        kept_net *net = &pair->nets[i];
        if (net->count == n && memcmp(net->xy, x, bytes) == 0 && memcmp(net->xy + n, y, bytes) == 0) return net;
    }
    return NULL;
}

/* An empty place for n points; nets that were used longest ago make room. */
static kept_net *make_room(weft_crs_pair *pair, int64_t n) {
    for (;;) {
        kept_net *empty = NULL, *oldest = NULL;
        for (int i = 0; i < KEPT_NETS; i++) {
            kept_net *net = &pair->nets[i];
            if (net->count == 0)
                empty = net;
            else if (oldest == NULL || net->last_use < oldest->last_use)
                oldest = net;
        }
        if (empty != NULL && pair->kept_points + n <= KEPT_POINTS) return empty;
        drop(pair, oldest);
    }
}

static weft_status keep(weft_crs_pair *pair, int64_t n, double *x, double *y, kept_net *net, weft_error *err) {
    size_t bytes = (size_t)n * sizeof *x;
    net->xy = malloc(4 * bytes);
    if (net->xy == NULL) return weft_error_no_memory(err, "a projection");
    memcpy(net->xy, x, bytes);
    memcpy(net->xy + n, y, bytes);
    weft_status status = weft_crs_pair_project(pair, n, x, y, err);
    if (status != WEFT_OK) {
        free(net->xy);
        net->xy = NULL;
        return status;
    }
    memcpy(net->xy + 2 * n, x, bytes);
    memcpy(net->xy + 3 * n, y, bytes);
    net->count = n;
    net->last_use = ++pair->uses;
    pair->kept_points += n;
    return WEFT_OK;
}

weft_status weft_crs_pair_look(weft_crs_pair *pair, int64_t n, double *x, double *y, weft_error *err) {
    if (pair->transforms == NULL || n == 0 || n > KEPT_POINTS) return weft_crs_pair_project(pair, n, x, y, err);
    size_t bytes = (size_t)n * sizeof *x;
    kept_net *net = find(pair, n, x, y);
    if (net == NULL) return keep(pair, n, x, y, make_room(pair, n), err);
    net->last_use = ++pair->uses;
    memcpy(x, net->xy + 2 * n, bytes);
    memcpy(y, net->xy + 3 * n, bytes);
    return WEFT_OK;
}

weft_status weft_crs_pair_to_grid(weft_crs_pair *pair, const weft_bounds *bounds, weft_bounds *out, bool *known,
                                  weft_error *err) {
    *out = *bounds;
    *known = true;
    if (pair->transforms == NULL) return WEFT_OK;
    weft_bounds area = weft_grid_bounds(pair->grid);
    if (pair->back == NULL) {
        weft_status status = weft_transform_new(&pair->back, pair->crs, pair->grid->crs, pair->grid->crs, &area, err);
        *known = status == WEFT_OK;
        if (status != WEFT_OK) return status == WEFT_ERR_MEMORY ? status : WEFT_OK;
    }
    *known = weft_transform_bounds(pair->back, bounds, weft_crs_turn(pair->grid->crs), out, NULL) == WEFT_OK;
    return WEFT_OK;
}

void weft_crs_pair_end_planning(weft_crs_pair *pair) {
    for (int i = 0; i < KEPT_NETS; i++)
        drop(pair, &pair->nets[i]);
    weft_transform_free(pair->back);
    pair->back = NULL;
}

void weft_crs_pair_pool_stats(const weft_crs_pair *pair, weft_pool_stats *out) {
    *out = (weft_pool_stats){0};
    if (pair->transforms != NULL) weft_transform_pool_read_stats(pair->transforms, out);
}

void weft_crs_pair_close_idle(weft_crs_pair *pair, bool keep_first) {
    if (pair->transforms != NULL) weft_transform_pool_free_idle(pair->transforms, keep_first);
}
