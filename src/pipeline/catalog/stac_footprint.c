/* SPDX-License-Identifier: MIT
 *
 * Rings are first made continuous beyond 180 degrees (170 .. 190), then turned so that they begin within the map, and
 * what is left over 180 is cut off and turned back. */
#include "pipeline/catalog/stac_footprint.h"

#include <math.h>
#include <string.h>

/* What an item's bbox says. East is over west, whichever turn of longitude they are in. */
typedef struct box {
    bool known;
    double west, south, east, north;
} box;

static double first_turn(double west) {
    return 360 * floor((west + 180) / 360);
}

/* Of four numbers, or of six with heights; west over east is across 180 degrees. */
static box read_box(const json_t *bbox) {
    double values[6];
    size_t count = json_array_size(bbox);
    if (count != 4 && count != 6) return (box){0};
    for (size_t i = 0; i < count; i++) {
        if (!json_is_number(json_array_get(bbox, i))) return (box){0};
        values[i] = json_number_value(json_array_get(bbox, i));
    }
    const double *high = values + count / 2;
    double turn = first_turn(values[0]), west = values[0] - turn;
    double east = values[0] <= high[0] ? high[0] - turn : high[0] - first_turn(high[0]);
    return (box){true, west, values[1], east < west ? east + 360 : east, high[1]};
}

static bool crosses(const box *of) {
    return of->known && of->east > 180 && of->east - of->west < 360;
}

/* --- rings --- */

static bool add_point(weft_stac_outline *out, double x, double y) {
    if (out->count == WEFT_STAC_POINTS) return false;
    out->points[out->count++] = (weft_footprint_point){x, y};
    return true;
}

/* All points from `first` on are a ring. */
static bool end_ring(weft_stac_outline *out, int first) {
    if (out->footprint.ring_count == 2 || out->count - first < 3) return false;
    out->footprint.rings[out->footprint.ring_count++] = (weft_footprint_ring){out->points + first, out->count - first};
    return true;
}

static bool add_box(weft_stac_outline *out, double west, double south, double east, double north) {
    int first = out->count;
    return add_point(out, west, north) && add_point(out, east, north) && add_point(out, east, south) &&
           add_point(out, west, south) && end_ring(out, first);
}

/* West is within the map, east may be beyond 180 degrees. */
static bool add_boxes(weft_stac_outline *out, const box *of) {
    if (of->east - of->west >= 360) return add_box(out, -180, of->south, 180, of->north);
    if (of->east <= 180) return add_box(out, of->west, of->south, of->east, of->north);
    return add_box(out, of->west, of->south, 180, of->north) &&
           add_box(out, -180, of->south, of->east - 360, of->north);
}

/* Adds the part of a ring on one side of 180 degrees, turned back if that is the eastern one: Sutherland and Hodgman,
 * CACM 17 (1974). */
static bool add_side(weft_stac_outline *out, const weft_footprint_point *ring, int count, bool eastern) {
    int first = out->count;
    double turn = eastern ? 360 : 0;
    for (int i = 0; i < count; i++) {
        weft_footprint_point a = ring[i], b = ring[(i + 1) % count];
        bool has_a = eastern ? a.x >= 180 : a.x <= 180, has_b = eastern ? b.x >= 180 : b.x <= 180;
        if (has_a && !add_point(out, a.x - turn, a.y)) return false;
        /* The edge comes over the meridian, and neither end is on it. */
        if (has_a == has_b || a.x == 180 || b.x == 180) continue;
        if (!add_point(out, 180 - turn, a.y + (b.y - a.y) * (180 - a.x) / (b.x - a.x))) return false;
    }
    return end_ring(out, first);
}

/* Ends the ring of the points from `first` on, whose longitudes are continuous. */
static bool place_ring(weft_stac_outline *out, int first) {
    weft_footprint_point *ring = out->points + first;
    int count = out->count - first;
    box around = {true, INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < count; i++) {
        around.west = fmin(around.west, ring[i].x), around.east = fmax(around.east, ring[i].x);
        around.south = fmin(around.south, ring[i].y), around.north = fmax(around.north, ring[i].y);
    }
    double turn = around.west < -180 || around.east > 180 ? first_turn(around.west) : 0;
    for (int i = 0; i < count; i++)
        ring[i].x -= turn;
    around.west -= turn, around.east -= turn;
    if (around.east <= 180) return end_ring(out, first);
    if (around.east - around.west >= 360) return add_boxes(out, &around);
    return add_side(out, ring, count, false) && add_side(out, ring, count, true);
}

/* Where the item's box crosses 180 degrees, longitudes begin in the middle of what it leaves free. */
static bool add_ring(weft_stac_outline *out, const json_t *ring, const box *of) {
    size_t count = json_array_size(ring);
    int first = out->count;
    double begin = (of->west + of->east - 360) / 2;
    if (count < 4) return false;
    for (size_t i = 0; i + 1 < count; i++) { /* the last is the first */
        const json_t *point = json_array_get(ring, i);
        const json_t *x = json_array_get(point, 0), *y = json_array_get(point, 1);
        if (!json_is_number(x) || !json_is_number(y)) return false;
        double east = json_number_value(x);
        if (crosses(of)) east -= 360 * floor((east - begin) / 360);
        if (!add_point(out, east, json_number_value(y))) return false;
    }
    return place_ring(out, first);
}

bool weft_stac_outline_find(weft_stac_outline *out, const json_t *item) {
    const json_t *geometry = json_object_get(item, "geometry"), *parts = json_object_get(geometry, "coordinates");
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const box of = read_box(json_object_get(item, "bbox"));
    bool good = type != NULL;
    out->footprint.ring_count = out->count = 0;
    if (good && strcmp(type, "Polygon") == 0)
        good = add_ring(out, json_array_get(parts, 0), &of);
    else if (good && strcmp(type, "MultiPolygon") == 0)
        for (size_t i = 0; i < json_array_size(parts) && good; i++)
            good = add_ring(out, json_array_get(json_array_get(parts, i), 0), &of);
    if (good && out->footprint.ring_count > 0) return true;
    out->footprint.ring_count = out->count = 0;
    return of.known && add_boxes(out, &of);
}
