/* SPDX-License-Identifier: MIT
 *
 * The first is lent like the others, so that no source has two while one thread works; it is cloned while nobody
 * transforms with it. A clone that gives another position than the first somewhere on the grid (memory ran out in PROJ,
 * which says nothing then) is thrown away for one made anew. */
#include "raster/crs/transform_pool.h"

#include "raster/crs/outline.h"
#include "raster/crs/way_back.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PROBES 5    /* along a side of the grid */
#define BATCH  256  /* points that are looked at together */
#define INWARD 1e-9 /* degrees: on this side of a cut */

typedef struct lent {
    weft_transform_pool *pool;
    weft_transform *transform;
    weft_way_back *back; /* NULL: every place of the grid counts. The first's stays, to be cloned */
} lent;

struct weft_transform_pool {
    const weft_grid *grid;
    const weft_crs *to;
    weft_bounds area;
    weft_object_pool *objects;
    pthread_mutex_t lock; /* of the first transform */
    lent first;
    bool first_is_out;               /* in `objects`, idle or in use */
    double turn;                     /* of longitudes of `to`, which run on over the map; 0: it has none */
    weft_transform_pool *from_globe; /* from the grid's longitudes and latitudes; NULL: `to` has the same */
    double expected[2 * PROBES * PROBES];
};

static void probe(const weft_transform_pool *pool, const lent *with, double *xy) {
    const weft_grid *grid = pool->grid;
    double *x = xy, *y = xy + PROBES * PROBES;
    for (int i = 0; i < PROBES * PROBES; i++) {
        double across = (i % PROBES + 0.5) / PROBES, down = (i / PROBES + 0.5) / PROBES;
        x[i] = grid->origin_x + across * (double)grid->cols * grid->res_x;
        y[i] = grid->origin_y - down * (double)grid->rows * grid->res_y;
    }
    weft_way_back_points(with->back, with->transform, PROBES * PROBES, x, y);
}

static weft_status make_anew(const weft_transform_pool *pool, weft_transform **out, weft_error *err) {
    return weft_transform_new(out, pool->grid->crs, pool->to, pool->grid->crs, &pool->area, err);
}

static void free_lent(lent *object) {
    if (object == NULL) return;
    weft_way_back_free(object->back);
    weft_transform_free(object->transform);
    free(object);
}

/* One with the first's way back, and without a transform. The lock is held. NULL: no memory. */
static lent *clone_back(weft_transform_pool *pool) {
    lent *made = calloc(1, sizeof *made);
    if (made == NULL) return NULL;
    made->pool = pool;
    if (pool->first.back != NULL) made->back = weft_way_back_clone(pool->first.back);
    if (pool->first.back == NULL || made->back != NULL) return made;
    free(made);
    return NULL;
}

/* Gives `made` a clone of the first transform; none where that is not there, or is not to be cloned. The lock is held. */
static void clone_first(const weft_transform_pool *pool, lent *made) {
    double found[2 * PROBES * PROBES];
    if (pool->first.transform != NULL) made->transform = weft_transform_clone(pool->first.transform);
    if (made->transform == NULL) return;
    probe(pool, made, found);
    if (memcmp(found, pool->expected, sizeof found) == 0) return;
    weft_transform_free(made->transform);
    made->transform = NULL;
}

/* The first, which the caller has marked as out; made anew where it was freed, without the lock. */
static weft_status lend_first(weft_transform_pool *pool, bool is_there, void **out, weft_error *err) {
    weft_transform *anew = NULL;
    weft_status status = is_there ? WEFT_OK : make_anew(pool, &anew, err);
    *out = &pool->first;
    if (is_there) return WEFT_OK;
    pthread_mutex_lock(&pool->lock);
    pool->first.transform = anew;
    pool->first_is_out = anew != NULL;
    pthread_mutex_unlock(&pool->lock);
    return status;
}

static weft_status lend_another(weft_transform_pool *pool, lent *made, void **out, weft_error *err) {
    if (made == NULL) return weft_error_no_memory(err, "a coordinate transform");
    weft_status status = made->transform == NULL ? make_anew(pool, &made->transform, err) : WEFT_OK;
    if (status == WEFT_OK)
        *out = made;
    else
        free_lent(made);
    return status;
}

static weft_status make(void *payload, void **out, weft_error *err) {
    weft_transform_pool *pool = payload;
    pthread_mutex_lock(&pool->lock);
    bool is_first = !pool->first_is_out, is_there = pool->first.transform != NULL;
    lent *another = is_first ? NULL : clone_back(pool);
    if (another != NULL) clone_first(pool, another);
    pool->first_is_out = true;
    pthread_mutex_unlock(&pool->lock);
    return is_first ? lend_first(pool, is_there, out, err) : lend_another(pool, another, out, err);
}

/* The first stays, to be cloned. */
static void give_back(void *object) {
    lent *returned = object;
    weft_transform_pool *pool = returned->pool;
    if (returned == &pool->first) {
        pthread_mutex_lock(&pool->lock);
        pool->first_is_out = false;
        pthread_mutex_unlock(&pool->lock);
        return;
    }
    free_lent(returned);
}

weft_status weft_transform_pool_new(weft_transform_pool **out, const weft_grid *grid, const weft_crs *to,
                                    weft_error *err) {
    weft_transform_pool *pool = calloc(1, sizeof *pool);
    *out = NULL;
    if (pool == NULL) return weft_error_no_memory(err, "coordinate transforms");
    pool->grid = grid;
    pool->to = to;
    pool->area = weft_grid_bounds(grid);
    pool->first.pool = pool;
    if (pthread_mutex_init(&pool->lock, NULL) != 0) {
        free(pool);
        return weft_error_no_memory(err, "a lock of coordinate transforms");
    }
    weft_status status = weft_object_pool_new(&pool->objects, make, give_back, pool, err);
    if (status == WEFT_OK) status = make_anew(pool, &pool->first.transform, err);
    if (status == WEFT_OK && !weft_crs_is_geographic(to))
        status = weft_way_back_new(&pool->first.back, grid, pool->first.transform, err);
    if (status == WEFT_OK && weft_transform_pool_has_edge(pool)) {
        const weft_grid *globe = weft_outline_globe(grid->outline);
        pool->turn = weft_crs_turn(to);
        if (!weft_crs_equal(globe->crs, to)) status = weft_transform_pool_new(&pool->from_globe, globe, to, err);
    }
    if (status != WEFT_OK) {
        weft_transform_pool_free(pool);
        return status;
    }
    probe(pool, &pool->first, pool->expected);
    *out = pool;
    return WEFT_OK;
}

void weft_transform_pool_free(weft_transform_pool *pool) {
    if (pool == NULL) return;
    weft_object_pool_free(pool->objects);
    weft_transform_free(pool->first.transform);
    weft_way_back_free(pool->first.back);
    weft_transform_pool_free(pool->from_globe);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static weft_status borrow(weft_transform_pool *pool, lent **out, weft_error *err) {
    void *object = NULL;
    weft_status status = weft_object_pool_acquire(pool->objects, &object, err);
    *out = object;
    if (status == WEFT_OK && *out == &pool->first) pthread_mutex_lock(&pool->lock);
    return status;
}

static void return_lent(weft_transform_pool *pool, lent *borrowed) {
    if (borrowed == &pool->first) pthread_mutex_unlock(&pool->lock);
    weft_object_pool_release(pool->objects, borrowed);
}

static weft_status transform_points(weft_transform_pool *pool, int64_t n, double *x, double *y, weft_error *err) {
    lent *borrowed;
    weft_status status = borrow(pool, &borrowed, err);
    if (status != WEFT_OK) return status;
    weft_way_back_points(borrowed->back, borrowed->transform, n, x, y);
    return_lent(pool, borrowed);
    return WEFT_OK;
}

bool weft_transform_pool_may_lose(const weft_transform_pool *pool) {
    return pool->first.back != NULL;
}

bool weft_transform_pool_loses_all(weft_transform_pool *pool, int64_t n, double *x, double *y) {
    lent *borrowed;
    if (pool->first.back == NULL || borrow(pool, &borrowed, NULL) != WEFT_OK) return false;
    bool lost = weft_way_back_loses_all(borrowed->back, borrowed->transform, n, x, y);
    return_lent(pool, borrowed);
    return lost;
}

/* The longitude of `to` a whole turn, or more, from `x` that is nearest to `lon`, which is in degrees. */
static double turned_to(const weft_transform_pool *pool, double x, double lon) {
    return x + pool->turn * round(lon / 360 - x / pool->turn);
}

/* At most BATCH points. */
static weft_status transform_on_map(weft_transform_pool *pool, int64_t n, double *x, double *y, weft_error *err) {
    double lon[BATCH];
    weft_status status = weft_outline_longitudes(pool->grid->outline, n, x, y, lon, err);
    if (status == WEFT_OK) status = transform_points(pool, n, x, y, err);
    for (int64_t i = 0; i < n && status == WEFT_OK; i++) {
        if (isnan(lon[i])) x[i] = y[i] = NAN;
        if (pool->turn > 0) x[i] = turned_to(pool, x[i], lon[i]);
    }
    return status;
}

weft_status weft_transform_pool_points(weft_transform_pool *pool, int64_t n, double *x, double *y, weft_error *err) {
    weft_status status = WEFT_OK;
    if (pool->grid->outline == NULL) return transform_points(pool, n, x, y, err);
    for (int64_t done = 0; done < n && status == WEFT_OK; done += BATCH)
        status = transform_on_map(pool, n - done < BATCH ? n - done : BATCH, x + done, y + done, err);
    return status;
}

bool weft_transform_pool_has_edge(const weft_transform_pool *pool) {
    return pool->grid->outline != NULL && weft_outline_has_edge(pool->grid->outline);
}

double weft_transform_pool_west(const weft_transform_pool *pool) {
    double west = weft_outline_west(pool->grid->outline);
    return pool->turn > 0 ? west * pool->turn / 360 : west;
}

/* At most BATCH points. Projections are asked a little beside a cut: on it they might answer from its other side. */
static weft_status transform_edge(weft_transform_pool *pool, int64_t n, double *x, double *y, weft_error *err) {
    double lon[BATCH], west = weft_outline_west(pool->grid->outline);
    weft_status status = WEFT_OK;
    for (int64_t i = 0; i < n; i++) {
        double at_x = x[i], at_y = y[i];
        weft_outline_edge(pool->grid->outline, at_x, at_y, &lon[i], &y[i]);
        x[i] = pool->turn > 0 ? lon[i] : fmin(fmax(lon[i], west + INWARD), west + 360 - INWARD);
    }
    if (pool->from_globe == NULL) return WEFT_OK;
    status = weft_transform_pool_points(pool->from_globe, n, x, y, err);
    for (int64_t i = 0; i < n && status == WEFT_OK && pool->turn > 0; i++)
        x[i] = turned_to(pool, x[i], lon[i]);
    return status;
}

weft_status weft_transform_pool_edge(weft_transform_pool *pool, int64_t n, double *x, double *y, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int64_t done = 0; done < n && status == WEFT_OK; done += BATCH)
        status = transform_edge(pool, n - done < BATCH ? n - done : BATCH, x + done, y + done, err);
    return status;
}

void weft_transform_pool_read_stats(const weft_transform_pool *pool, weft_pool_stats *out) {
    weft_object_pool_read_stats(pool->objects, out);
}

void weft_transform_pool_free_idle(weft_transform_pool *pool, bool keep_first) {
    weft_object_pool_free_idle(pool->objects);
    if (pool->from_globe != NULL) weft_transform_pool_free_idle(pool->from_globe, keep_first);
    if (keep_first) return;
    weft_transform *idle = NULL;
    /* Whoever has the lock needs the first. */
    if (pthread_mutex_trylock(&pool->lock) != 0) return;
    if (!pool->first_is_out) {
        idle = pool->first.transform;
        pool->first.transform = NULL;
    }
    pthread_mutex_unlock(&pool->lock);
    weft_transform_free(idle);
}
