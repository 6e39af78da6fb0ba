/* SPDX-License-Identifier: MIT
 *
 * A side's places are kept at latitudes that come closer towards the pole, and are straight in between. That is near
 * enough: neighbouring cells take the same place on the edge, so what one lacks the other has, and longitude there is
 * the cut's, exactly. */
#include "raster/crs/outline_lobes.h"

#include <math.h>
#include <stdlib.h>

#define STEPS      361 /* latitudes of a side, from the equator to the pole */
#define MAX        16  /* lobes */
#define LOOKS      361 /* longitudes at which cuts are looked for, a degree apart */
#define LEAP       5.0 /* times the median step: may be a cut */
#define HALVINGS   50
#define INWARD     1e-9  /* degrees beside a cut: on this side of it */
#define NEAR       1e-6  /* of the map's width: what a straight piece of a side leaves of the true one */
#define LAST_KNOWN 89.99 /* degrees: for maps without poles, as Mercator's */

/* A side of a lobe: where it lies at each latitude; y from the equator, never falling. Formulas that iterate give
 * latitudes next to the pole the pole's own y. */
typedef struct side {
    double x[STEPS], y[STEPS];
} side;

typedef struct lobe {
    double sign;       /* 1 north, -1 south */
    double west, east; /* longitudes of the cuts, running on */
    double pole_y;     /* the pole's least distance from the equator */
    side left, right;
} lobe;

struct weft_outline_lobes {
    int count;
    double west, equator_y, width, last_latitude;
    lobe lobes[MAX];
};

static void to_map(weft_transform *forth, double lon, double lat, double *x, double *y) {
    *x = lon;
    *y = lat;
    weft_transform_points(forth, 1, x, y);
}

/* --- cuts --- */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Halves the step from `low` to `high` towards its longer half. What stays a leap is a cut. */
static bool close_in(weft_transform *forth, double lat, double low, double high, double *cut) {
    double low_x, low_y, high_x, high_y, x, y;
    to_map(forth, low, lat, &low_x, &low_y);
    to_map(forth, high, lat, &high_x, &high_y);
    double leap = hypot(high_x - low_x, high_y - low_y);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        to_map(forth, middle, lat, &x, &y);
        if (hypot(x - low_x, y - low_y) > hypot(high_x - x, high_y - y)) {
            high = middle, high_x = x, high_y = y;
        } else {
            low = middle, low_x = x, low_y = y;
        }
    }
    *cut = round(0.5 * (low + high) * 1e9) / 1e9;
    return hypot(high_x - low_x, high_y - low_y) > 0.5 * leap;
}

/* The cuts that cross a parallel, at most `most`; -1: more, or a place does not transform. */
static int find_cuts(weft_transform *forth, double lat, double *cuts, int max) {
    double x[LOOKS], y[LOOKS], steps[LOOKS - 1], sorted[LOOKS - 1];
    int count = 0;
    for (int i = 0; i < LOOKS; i++) {
        x[i] = i - 180.5;
        y[i] = lat;
    }
    weft_transform_points(forth, LOOKS, x, y);
    for (int i = 0; i < LOOKS - 1; i++) {
        sorted[i] = steps[i] = hypot(x[i + 1] - x[i], y[i + 1] - y[i]);
        if (isnan(steps[i])) return -1;
    }
    qsort(sorted, LOOKS - 1, sizeof *sorted, by_value);
    for (int i = 0; i < LOOKS - 1; i++) {
        if (!(steps[i] > LEAP * sorted[LOOKS / 2])) continue;
        double cut;
        if (!close_in(forth, lat, i - 180.5, i - 179.5, &cut)) continue;
        if (count == max) return -1;
        cuts[count++] = cut;
    }
    return count;
}

/* --- lobes --- */

/* Towards a pole y grows ever less with latitude (a Mollweide map's like the power 4/3): steps of one size would put a
 * corner on the edge at another latitude than its row's, and the cell beside it would fold over. */
static double step_latitude(const weft_outline_lobes *lobes, int step) {
    double left = 1 - (double)step / (STEPS - 1);
    return lobes->last_latitude * (1 - left * left);
}

static bool trace_side(weft_outline_lobes *lobes, weft_transform *forth, double sign, double lon, side *out) {
    for (int i = 0; i < STEPS; i++) {
        out->x[i] = lon;
        out->y[i] = sign * step_latitude(lobes, i);
    }
    weft_transform_points(forth, STEPS, out->x, out->y);
    for (int i = 0; i < STEPS; i++) {
        out->y[i] = sign * (out->y[i] - lobes->equator_y);
        if (!isfinite(out->x[i]) || !isfinite(out->y[i]) || (i > 0 && !(out->y[i] >= out->y[i - 1]))) return false;
    }
    if (!(out->y[STEPS - 1] > out->y[0])) return false;
    return fabs(out->y[0]) <= NEAR * (fabs(out->x[0]) + out->y[STEPS - 1]);
}

static bool trace_lobe(weft_outline_lobes *lobes, weft_transform *forth, lobe *out) {
    if (!trace_side(lobes, forth, out->sign, out->west + INWARD, &out->left)) return false;
    if (!trace_side(lobes, forth, out->sign, out->east - INWARD, &out->right)) return false;
    out->pole_y = INFINITY;
    for (int i = 0; i <= 36; i++) {
        double x, y, lon = out->west + INWARD + (out->east - out->west - 2 * INWARD) * i / 36;
        to_map(forth, lon, out->sign * lobes->last_latitude, &x, &y);
        out->pole_y = fmin(out->pole_y, out->sign * (y - lobes->equator_y));
    }
    return isfinite(out->pole_y);
}

/* The lobes of one side of the equator, between its cuts, which run on from the map's left side. */
static bool add_lobes(weft_outline_lobes *lobes, weft_transform *forth, double sign, double *cuts, int count) {
    for (int i = 0; i < count; i++) {
        double on = fmod(cuts[i] - lobes->west, 360);
        cuts[i] = lobes->west + (on < -INWARD ? on + 360 : fabs(on) <= INWARD ? 0 : on);
    }
    qsort(cuts, (size_t)count, sizeof *cuts, by_value);
    for (int i = 0; i < count; i++) {
        lobe *out = &lobes->lobes[lobes->count++];
        *out = (lobe){.sign = sign, .west = cuts[i], .east = i + 1 < count ? cuts[i + 1] : lobes->west + 360};
        if (!trace_lobe(lobes, forth, out)) return false;
    }
    return true;
}

/* A cut that goes from pole to pole. */
static bool find_west(const double *north, int north_count, const double *south, int south_count, double *west) {
    for (int i = 0; i < north_count; i++) {
        for (int j = 0; j < south_count; j++) {
            if (!(fabs(remainder(north[i] - south[j], 360)) <= 2 * INWARD)) continue;
            *west = north[i];
            return true;
        }
    }
    return false;
}

static bool find(weft_outline_lobes *lobes, weft_transform *forth) {
    double north[MAX / 2], south[MAX / 2], x, y;
    int north_count = find_cuts(forth, 45, north, MAX / 2), south_count = find_cuts(forth, -45, south, MAX / 2);
    if (north_count < 1 || south_count < 1) return false;
    if (!find_west(north, north_count, south, south_count, &lobes->west)) return false;
    to_map(forth, lobes->west + 180, 0, &x, &lobes->equator_y);
    to_map(forth, lobes->west + 180, 90, &x, &y);
    lobes->last_latitude = isfinite(x) && isfinite(y) ? 90 : LAST_KNOWN;
    if (!isfinite(lobes->equator_y) || !add_lobes(lobes, forth, 1, north, north_count) ||
        !add_lobes(lobes, forth, -1, south, south_count))
        return false;
    lobes->width = lobes->lobes[north_count - 1].right.x[0] - lobes->lobes[0].left.x[0];
    return lobes->width > 0;
}

weft_status weft_outline_lobes_find(weft_outline_lobes **out, weft_transform *forth, weft_error *err) {
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return weft_error_no_memory(err, "a map's outline");
    if (find(*out, forth)) return WEFT_OK;
    weft_outline_lobes_free(*out);
    *out = NULL;
    return WEFT_OK;
}

void weft_outline_lobes_free(weft_outline_lobes *lobes) {
    free(lobes);
}

double weft_outline_lobes_west(const weft_outline_lobes *lobes) {
    return lobes->west;
}

double weft_outline_lobes_period(const weft_outline_lobes *lobes) {
    for (int i = 0; i < lobes->count; i++) {
        const lobe *at = &lobes->lobes[i];
        for (int j = 1; j < STEPS; j++)
            if (!(fabs(at->left.x[j] - at->left.x[0]) <= 1e-9 * lobes->width &&
                  fabs(at->right.x[j] - at->right.x[0]) <= 1e-9 * lobes->width))
                return 0;
    }
    return lobes->width;
}

/* --- looking up --- */

/* Where a side is at a distance from the equator, at most the pole's, and at what latitude. */
static double side_at(const weft_outline_lobes *lobes, const side *of, double y, double *lat) {
    int low = 0, high = STEPS - 1;
    if (y >= of->y[high]) {
        *lat = lobes->last_latitude;
        return of->x[high];
    }
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (of->y[middle] <= y)
            low = middle;
        else
            high = middle;
    }
    double share = fmax(0, (y - of->y[low]) / (of->y[high] - of->y[low]));
    double from = step_latitude(lobes, low);
    *lat = from + share * (step_latitude(lobes, high) - from);
    return of->x[low] + share * (of->x[high] - of->x[low]);
}

bool weft_outline_lobes_is_left(const weft_outline_lobes *lobes, double x, double y) {
    double sign = y >= lobes->equator_y ? 1 : -1, left = NAN, right = NAN, lat;
    for (int i = 0; i < lobes->count; i++) {
        const lobe *at = &lobes->lobes[i];
        if (at->sign != sign) continue;
        if (isnan(left)) left = side_at(lobes, &at->left, fabs(y - lobes->equator_y), &lat);
        right = side_at(lobes, &at->right, fabs(y - lobes->equator_y), &lat);
    }
    return x < 0.5 * (left + right);
}

/* Beyond the pole: between the lobe's sides there, and as far between its cuts. */
static double longitude_on_pole(const weft_outline_lobes *lobes, const lobe *at, double x) {
    double near = NEAR * lobes->width, left = at->left.x[STEPS - 1] - near, right = at->right.x[STEPS - 1] + near;
    double share = (x - left) / (right - left);
    return share <= 0 ? at->west : share >= 1 ? at->east : at->west + share * (at->east - at->west);
}

void weft_outline_lobes_edge(const weft_outline_lobes *lobes, double x, double y, double *lon, double *lat) {
    double sign = y >= lobes->equator_y ? 1 : -1, up = fabs(y - lobes->equator_y), nearest = INFINITY;
    double near = NEAR * lobes->width;
    *lon = *lat = NAN;
    for (int i = 0; i < lobes->count; i++) {
        const lobe *at = &lobes->lobes[i];
        if (at->sign != sign) continue;
        double left_lat, right_lat;
        double left = side_at(lobes, &at->left, up, &left_lat), right = side_at(lobes, &at->right, up, &right_lat);
        bool beyond = up >= at->pole_y && (up >= at->left.y[STEPS - 1] || (x > left + near && x < right - near));
        if (beyond && x > left - near && x < right + near) {
            *lon = longitude_on_pole(lobes, at, x);
            *lat = sign * lobes->last_latitude;
            return;
        }
        if (fabs(x - left) < nearest) {
            nearest = fabs(x - left);
            *lon = at->west;
            *lat = sign * left_lat;
        }
        if (fabs(x - right) < nearest) {
            nearest = fabs(x - right);
            *lon = at->east;
            *lat = sign * right_lat;
        }
    }
}

/* Whether a lobe comes into a rectangle; its sides' x between two kept places is between theirs. */
static bool reaches(const weft_outline_lobes *lobes, const lobe *at, weft_bounds b) {
    double low = at->sign > 0 ? b.ymin - lobes->equator_y : lobes->equator_y - b.ymax;
    double high = at->sign > 0 ? b.ymax - lobes->equator_y : lobes->equator_y - b.ymin;
    double left = INFINITY, right = -INFINITY, beside = 1e-3 * lobes->width;
    if (high + beside < 0) return false;
    for (int i = 0; i < STEPS; i++) {
        double under = i > 0 ? fmin(at->left.y[i - 1], at->right.y[i - 1]) : -INFINITY;
        double over = i < STEPS - 1 ? fmax(at->left.y[i + 1], at->right.y[i + 1]) : at->left.y[i];
        if (under > high + beside || over < low - beside) continue;
        left = fmin(left, at->left.x[i]);
        right = fmax(right, at->right.x[i]);
    }
    return left - beside <= b.xmax && right + beside >= b.xmin;
}

bool weft_outline_lobes_miss(const weft_outline_lobes *lobes, weft_bounds bounds) {
    for (int i = 0; i < lobes->count; i++)
        if (reaches(lobes, &lobes->lobes[i], bounds)) return false;
    return true;
}
