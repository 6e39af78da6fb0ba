/* SPDX-License-Identifier: MIT
 *
 * A net of points over the area is mapped. Each edge between neighbours is looked at in its middle: where one half
 * takes nearly all of the difference, the map may be torn there (the cut of a world map, the limb of a disc), and
 * halving goes on until the tear is found; both its sides are points too. Then each of the four bounds is sought in
 * ever finer nets round the point that reaches farthest. Without the points at tears a finer net could not follow them:
 * a step along the tear gains less than the step towards it that the net's spacing costs. */
#include "raster/crs/extent_search.h"

#include "raster/crs/lon_arcs.h"

#include <math.h>
#include <stdlib.h>

#define COARSE      8 /* intervals a side; enough where the map is smooth */
#define FINE        32
#define NET         (FINE + 1)
#define TEAR_PROBES 10 /* halvings after which a smooth map's difference is a thousandth */
#define TEAR_ENDS   45 /* halvings that place a tear to 1e-10 of the area even from the coarsest edge */
#define BLOCKS      4  /* a side: the one best point of a coarse net need not lie by the farthest place */
#define STARTS      4  /* places from which a bound is sought, unless the map is smooth */
#define LEVELS      24 /* finer nets, a quarter of the width each: to 1e-14 of the area */

enum { WEST, EAST, SOUTH, NORTH };

typedef struct point {
    double s, t; /* shares */
    double x, y; /* image; NaN without. At a pole x alone is NaN: it has no longitude */
} point;

/* The point that reaches farthest to one side. */
typedef struct leader {
    point at;
    double reach; /* x or y, negative towards west and south */
    bool any;
} leader;

typedef struct run {
    const weft_extent_search *search;
    weft_arcs arcs; /* longitudes that edges of the first net cover */
    double middle;  /* longitudes are brought within half a turn of it, once it is known */
    double size[2]; /* of the images of the first net, for what is steep */
    bool smooth;
    leader best[4];
    leader blocks[4][BLOCKS * BLOCKS]; /* of the first net, by where they lie in the area */
    int side;                          /* that is sought from `near` on; -1 in the first net */
    leader near;
    point net[NET * NET];
    double x[NET * NET], y[NET * NET];
} run;

/* --- images --- */

static void settle(const run *r, double *x, double *y) {
    if (isnan(*y)) *x = NAN;
    if (isnan(*x)) *y = NAN;
    /* Longitude is meaningless at a pole: 1e-9 degrees are a tenth of a millimetre. */
    if (r->search->turn > 0 && fabs(*y) > r->search->turn / 4 - 1e-9) *x = NAN;
}

static void map_points(run *r, point *points, int count) {
    for (int i = 0; i < count; i++) {
        r->x[i] = points[i].s;
        r->y[i] = points[i].t;
    }
    r->search->map(r->search->payload, count, r->x, r->y);
    for (int i = 0; i < count; i++) {
        points[i].x = r->x[i];
        points[i].y = r->y[i];
        settle(r, &points[i].x, &points[i].y);
    }
}

/* East of the middle, or west of it, by at most half a turn. */
static double placed(const run *r, double x) {
    return r->search->turn > 0 ? r->middle + remainder(x - r->middle, r->search->turn) : x;
}

static double step_of(const run *r, double from, double to) {
    return r->search->turn > 0 ? remainder(to - from, r->search->turn) : to - from;
}

static void lead(leader *first, const point *p, double reach) {
    if (isnan(reach) || (first->any && reach <= first->reach)) return;
    *first = (leader){*p, reach, true};
}

static void consider(run *r, point p) {
    p.x = placed(r, p.x);
    const double reach[4] = {-p.x, p.x, -p.y, p.y};
    int block = (int)fmin(p.t * BLOCKS, BLOCKS - 1) * BLOCKS + (int)fmin(p.s * BLOCKS, BLOCKS - 1);
    for (int side = 0; side < 4; side++) {
        lead(&r->best[side], &p, reach[side]);
        if (r->side < 0) lead(&r->blocks[side][block], &p, reach[side]);
        if (r->side == side) lead(&r->near, &p, reach[side]);
    }
}

/* --- edges --- */

/* How far apart two images are, as a share of all; infinite between one that is there and one that is not. */
static double apart(const run *r, const point *a, const point *b) {
    if (isnan(a->y) != isnan(b->y)) return INFINITY;
    if (isnan(a->y)) return 0;
    double dx = isnan(a->x) || isnan(b->x) ? 0 : fabs(step_of(r, a->x, b->x));
    return fmax(dx / r->size[0], fabs(b->y - a->y) / r->size[1]);
}

static point middle_of(run *r, const point *a, const point *b) {
    point m = {.s = 0.5 * (a->s + b->s), .t = 0.5 * (a->t + b->t)};
    map_points(r, &m, 1);
    return m;
}

/* Halves an edge towards where its images are far apart. The ends of a tear count. */
static void follow_tear(run *r, point a, point b) {
    double first = apart(r, &a, &b);
    for (int i = 0; i < TEAR_ENDS; i++) {
        point m = middle_of(r, &a, &b);
        if (apart(r, &a, &m) >= apart(r, &m, &b))
            b = m;
        else
            a = m;
        if (i == TEAR_PROBES && apart(r, &a, &b) < 0.5 * first) return;
    }
    consider(r, a);
    consider(r, b);
}

static void add_arc(run *r, const point *a, const point *b) {
    double step = remainder(b->x - a->x, r->search->turn);
    if (isnan(step)) return;
    weft_arcs_add(&r->arcs, step < 0 ? a->x + step : a->x, step < 0 ? a->x : a->x + step);
}

/* The longitudes along an edge. Near a pole they run fast: what still goes a quarter of a turn after that many
 * parts passes the pole, and which side it passes cannot be told; the edges beside it cover those longitudes. */
static void cover_edge(run *r, const point *a, const point *b) {
    enum { PARTS = 64 };
    point parts[PARTS + 1];
    if (!(fabs(remainder(b->x - a->x, r->search->turn)) > r->search->turn / 4)) {
        add_arc(r, a, b);
        return;
    }
    for (int i = 0; i <= PARTS; i++)
        parts[i] =
            (point){.s = a->s + (b->s - a->s) * i / (double)PARTS, .t = a->t + (b->t - a->t) * i / (double)PARTS};
    map_points(r, parts, PARTS + 1);
    for (int i = 0; i < PARTS; i++)
        if (fabs(remainder(parts[i + 1].x - parts[i].x, r->search->turn)) <= r->search->turn / 4)
            add_arc(r, &parts[i], &parts[i + 1]);
}

/* --- nets --- */

/* Calls `edge` for each edge of the net of n x n points with its mapped middle. */
static void each_edge(run *r, int n, void (*edge)(run *, const point *, const point *, const point *)) {
    point middles[NET];
    for (int down = 0; down <= 1; down++) {
        for (int line = 0; line < n; line++) {
            const point *net = r->net;
            int first = down ? line : line * n, step = down ? n : 1;
            for (int i = 0; i + 1 < n; i++) {
                const point *a = &net[first + i * step], *b = a + step;
                middles[i] = (point){.s = 0.5 * (a->s + b->s), .t = 0.5 * (a->t + b->t)};
            }
            map_points(r, middles, n - 1);
            for (int i = 0; i + 1 < n; i++)
                edge(r, &net[first + i * step], &net[first + (i + 1) * step], &middles[i]);
        }
    }
}

static void check_smooth(run *r, const point *a, const point *b, const point *m) {
    bool whole = !isnan(a->x) && !isnan(b->x) && !isnan(m->x);
    double bent_x = step_of(r, a->x, m->x) - 0.5 * step_of(r, a->x, b->x), bent_y = m->y - 0.5 * (a->y + b->y);
    r->smooth = r->smooth && whole && fabs(bent_x) <= 0.005 * r->size[0] && fabs(bent_y) <= 0.005 * r->size[1];
}

/* Whether half an edge takes nearly all of the edge's difference, as only a tear does for long. */
static bool is_steep(double half, double whole) {
    return isinf(half) || (half > 0.75 * whole && half > 1e-9);
}

static void look_at_edge(run *r, const point *a, const point *b, const point *m) {
    consider(r, *m);
    double all = apart(r, a, b), left = apart(r, a, m), right = apart(r, m, b);
    if (is_steep(left, all)) follow_tear(r, *a, *m);
    if (is_steep(right, all)) follow_tear(r, *m, *b);
}

static void cover_net_edge(run *r, const point *a, const point *b, const point *m) {
    cover_edge(r, a, m);
    cover_edge(r, m, b);
}

/* Of `intervals` a side, over s0..s1, t0..t1. */
static void map_net(run *r, int intervals, double s0, double s1, double t0, double t1) {
    int n = intervals + 1;
    for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++)
            r->net[j * n + i] = (point){.s = i == intervals ? s1 : s0 + (s1 - s0) * i / intervals,
                                        .t = j == intervals ? t1 : t0 + (t1 - t0) * j / intervals};
    map_points(r, r->net, n * n);
}

static void measure(run *r, int n) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int i = 0; i < n * n; i++) {
        const double at[2] = {r->net[i].x, r->net[i].y};
        for (int k = 0; k < 2; k++) {
            low[k] = fmin(low[k], at[k]);
            high[k] = fmax(high[k], at[k]);
        }
    }
    for (int k = 0; k < 2; k++)
        r->size[k] = high[k] > low[k] ? high[k] - low[k] : 1;
    if (r->search->turn > 0) r->size[0] = fmin(r->size[0], r->search->turn);
}

/* Seeks one bound from r->near on. */
static void refine(run *r) {
    int still = 0, intervals = r->smooth ? 4 : 8;
    double h = 1.0 / (r->smooth ? COARSE : FINE);
    for (int level = 0; level < LEVELS && still < 2; level++, h *= 0.25) {
        point from = r->near.at;
        double before = r->near.reach;
        map_net(r, intervals, fmax(0, from.s - h), fmin(1, from.s + h), fmax(0, from.t - h), fmin(1, from.t + h));
        for (int i = 0; i < (intervals + 1) * (intervals + 1); i++)
            consider(r, r->net[i]);
        if (!r->smooth) each_edge(r, intervals + 1, look_at_edge);
        still = r->near.reach - before < r->search->tolerance[r->side / 2] ? still + 1 : 0;
    }
}

/* From the best blocks of the first net. */
static void seek_bound(run *r, int side) {
    r->side = side;
    for (int start = 0; start < (r->smooth ? 1 : STARTS); start++) {
        leader *first = &r->blocks[side][0];
        for (int i = 1; i < BLOCKS * BLOCKS; i++) {
            leader *other = &r->blocks[side][i];
            if (other->any && (!first->any || other->reach > first->reach)) first = other;
        }
        if (!first->any) return;
        r->near = *first;
        first->any = false;
        refine(r);
    }
}

/* --- the search --- */

/* Maps the first net: the coarse one where the map is smooth. */
static int map_first_net(run *r) {
    map_net(r, COARSE, 0, 1, 0, 1);
    measure(r, COARSE + 1);
    r->smooth = true;
    each_edge(r, COARSE + 1, check_smooth);
    if (r->smooth) return COARSE + 1;
    map_net(r, FINE, 0, 1, 0, 1);
    measure(r, FINE + 1);
    return FINE + 1;
}

/* The longitudes that the net covers; `middle` is theirs from here on. True: all. */
static bool goes_round(run *r, int n) {
    each_edge(r, n, cover_net_edge);
    if (r->arcs.count == 0 || r->arcs.failed) return false;
    weft_arc arc = weft_arcs_narrowest(&r->arcs, r->search->tolerance[0]);
    r->middle = 0.5 * (arc.west + arc.east);
    return arc.east - arc.west >= r->search->turn;
}

static bool find_bounds(run *r, weft_bounds *out) {
    int n = map_first_net(r);
    const weft_extent_search *search = r->search;
    bool round = search->turn > 0 && goes_round(r, n);
    for (int i = 0; i < n * n; i++)
        consider(r, r->net[i]);
    each_edge(r, n, look_at_edge);
    for (int side = 0; side < 4; side++)
        if (!(round && side <= EAST)) seek_bound(r, side);
    *out = (weft_bounds){-r->best[WEST].reach, -r->best[SOUTH].reach, r->best[EAST].reach, r->best[NORTH].reach};
    if (round) *out = (weft_bounds){-search->turn / 2, out->ymin, search->turn / 2, out->ymax};
    return r->best[WEST].any && r->best[SOUTH].any;
}

weft_status weft_extent_search_run(const weft_extent_search *search, weft_bounds *out, bool *found, weft_error *err) {
    run *r = calloc(1, sizeof *r);
    weft_status status = WEFT_OK;
    *found = false;
    if (r != NULL) {
        r->search = search;
        r->arcs.turn = search->turn;
        r->side = -1;
        *found = find_bounds(r, out);
    }
    if (r == NULL || r->arcs.failed)
        status = weft_error_set(err, WEFT_ERR_MEMORY, "no memory to find the extent of a raster");
    if (r != NULL) weft_arcs_dispose(&r->arcs);
    free(r);
    return status;
}
