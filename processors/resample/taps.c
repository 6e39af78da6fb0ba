/* SPDX-License-Identifier: MIT */
#include "processors/resample/taps.h"

#include <math.h>

double weft_taps_weight(const weft_axis *axis, double offset) {
    weft_axis one = *axis;
    double weight;
    one.table = NULL;
    (void)one.how->weigh(&one, offset, 1, &weight);
    return weight;
}

/* --- weights around a centre --- */

/* Whether a pixel among `count` from `nearest` on, away from the centre, would have weight: those that lie beyond an edge.
 * There may be billions of them; near the centre few have none. */
static bool any_weight(const weft_axis *axis, double centre, int64_t nearest, int step, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (weft_taps_weight(axis, (double)(nearest + step * i) + 0.5 - centre) != 0) return true;
    return false;
}

/* Drops taps beyond the edges. A source that wraps has no edges, but no pixel may count twice. */
static weft_taps cut(const weft_axis *axis, double centre, int64_t first, int64_t end) {
    if (axis->wraps) {
        if (end - first > axis->size) first = (int64_t)centre - axis->size / 2;
        return (weft_taps){first, (int32_t)(end - first < axis->size ? end - first : axis->size), false};
    }
    bool beyond = (first < 0 && any_weight(axis, centre, -1, -1, -first)) ||
                  (end > axis->size && any_weight(axis, centre, axis->size, 1, end - axis->size));
    if (first < 0) first = 0;
    if (end > axis->size) end = axis->size;
    return (weft_taps){first, (int32_t)(end - first), beyond};
}

weft_taps weft_taps_around(const weft_axis *axis, double centre, double *weights) {
    if (!(centre >= 0 && centre < (double)axis->size)) return (weft_taps){0};
    int64_t first = (int64_t)weft_axis_first_tap(axis, centre), end = (int64_t)ceil(centre - 0.5 + axis->radius);
    weft_taps taps = {first, (int32_t)(end - first), false};
    if (axis->wraps || first < 0 || end > axis->size) taps = cut(axis, centre, first, end);
    double sum = axis->how->weigh(axis, (double)taps.first + 0.5 - centre, taps.count, weights), factor = 1 / sum;
    for (int32_t i = 0; i < taps.count; i++)
        weights[i] *= factor;
    return taps;
}

/* --- weights between two positions --- */

static void normalise(double *weights, int32_t count) {
    double sum = 0;
    for (int32_t i = 0; i < count; i++)
        sum += weights[i];
    double factor = 1 / sum;
    for (int32_t i = 0; i < count; i++)
        weights[i] *= factor;
}

weft_taps weft_taps_between(const weft_axis *axis, double from, double to, double *weights) {
    from = weft_on_edge(from);
    to = weft_on_edge(weft_axis_step(axis, from, to));
    double low = from < to ? from : to, high = from < to ? to : from;
    if (!axis->wraps) {
        if (low < 0) low = 0;
        if (high > (double)axis->size) high = (double)axis->size;
    }
    if (!(low < high)) return (weft_taps){0};
    double first = floor(low);
    weft_taps taps = {(int64_t)first, (int32_t)(ceil(high) - first), false};
    for (int32_t i = 0; i < taps.count; i++) {
        double left = first + i > low ? first + i : low, right = first + i + 1 < high ? first + i + 1 : high;
        weights[i] = right - left;
    }
    if (!axis->adds) normalise(weights, taps.count);
    return taps;
}
