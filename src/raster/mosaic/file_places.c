/* SPDX-License-Identifier: MIT */
#include "raster/mosaic/file_places.h"

#include "raster/info/header_footprint.h"

#include <math.h>
#include <stdlib.h>

#define ROUNDING 1e-3 /* of a pixel */

/* Where a file lies on Earth: one box, or two where the meridian of 180 degrees cuts it; of none it is not known. */
typedef struct ground {
    weft_bounds boxes[2];
    int count;
    bool found;
} ground;

typedef struct way {
    const weft_crs *crs;
    weft_transform *to_degrees; /* NULL: there is none, as from the Moon */
} way;

struct weft_file_places {
    ground *grounds; /* one a file */
    way *ways;       /* one a CRS */
    int way_count;
};

weft_status weft_file_places_new(weft_file_places **out, int count, weft_error *err) {
    weft_file_places *places = calloc(1, sizeof *places);
    *out = places;
    if (places != NULL) places->grounds = calloc((size_t)count, sizeof *places->grounds);
    if (places != NULL && places->grounds != NULL) return WEFT_OK;
    weft_file_places_free(places);
    *out = NULL;
    return weft_error_no_memory(err, "a mosaic");
}

void weft_file_places_free(weft_file_places *places) {
    if (places == NULL) return;
    for (int i = 0; i < places->way_count; i++)
        weft_transform_free(places->ways[i].to_degrees);
    free(places->ways);
    free(places->grounds);
    free(places);
}

/* The transform belongs to the places. */
static weft_status find_way(weft_file_places *places, const weft_crs *crs, weft_transform **out, weft_error *err) {
    for (int i = 0; i < places->way_count; i++) {
        *out = places->ways[i].to_degrees;
        if (places->ways[i].crs == crs) return WEFT_OK;
    }
    way *ways = realloc(places->ways, (size_t)(places->way_count + 1) * sizeof *ways);
    if (ways == NULL) return weft_error_no_memory(err, "a mosaic");
    places->ways = ways;
    *out = NULL;
    weft_status status = weft_transform_to_degrees(out, crs, err);
    if (status == WEFT_ERR_MEMORY) return status;
    ways[places->way_count++] = (way){crs, *out};
    return WEFT_OK;
}

static weft_bounds box_around(weft_footprint_ring ring) {
    weft_footprint_point low, high;
    weft_footprint_ring_span(&ring, &low, &high);
    return (weft_bounds){low.x, low.y, high.x, high.y};
}

static weft_status find_ground(weft_file_places *places, weft_placed_file file, const ground **out, weft_error *err) {
    ground *of = &places->grounds[file.number];
    const weft_source_info *info = weft_source_describe(file.source);
    weft_transform *to_degrees;
    weft_header_footprint outline;
    bool known = false;
    *out = of;
    if (of->found) return WEFT_OK;
    weft_status status = find_way(places, info->crs, &to_degrees, err);
    if (status == WEFT_OK && to_degrees != NULL)
        status = weft_header_footprint_find(&outline, to_degrees, weft_crs_is_geographic(info->crs), info->geotransform,
                                            info->cols, info->rows, &known, err);
    if (status != WEFT_OK) return status;
    for (int i = 0; known && i < outline.footprint.ring_count; i++)
        of->boxes[of->count++] = box_around(outline.footprint.rings[i]);
    of->found = true;
    return WEFT_OK;
}

static bool boxes_overlap(weft_bounds a, weft_bounds b, double slack_x, double slack_y) {
    return fmin(a.xmax, b.xmax) - fmax(a.xmin, b.xmin) > slack_x &&
           fmin(a.ymax, b.ymax) - fmax(a.ymin, b.ymin) > slack_y;
}

/* Of one CRS that has no turns. */
static bool bounds_overlap(const weft_source *a, const weft_source *b) {
    const double *g = weft_source_describe(a)->geotransform;
    return boxes_overlap(weft_source_bounds(a), weft_source_bounds(b), ROUNDING * (fabs(g[1]) + fabs(g[2])),
                         ROUNDING * (fabs(g[4]) + fabs(g[5])));
}

/* In degrees a pixel is as large as the box is for its number of pixels. */
static bool grounds_overlap(const ground *a, const ground *b, const weft_source_info *info) {
    if (a->count == 0 || b->count == 0) return true;
    for (int i = 0; i < a->count; i++) {
        weft_bounds box = a->boxes[i];
        double slack_x = ROUNDING * (box.xmax - box.xmin) / (double)info->cols;
        double slack_y = ROUNDING * (box.ymax - box.ymin) / (double)info->rows;
        for (int j = 0; j < b->count; j++)
            if (boxes_overlap(box, b->boxes[j], slack_x, slack_y)) return true;
    }
    return false;
}

weft_status weft_file_places_overlap(weft_file_places *places, weft_placed_file a, weft_placed_file b, bool *over,
                                     weft_error *err) {
    const weft_source_info *info = weft_source_describe(a.source);
    const ground *first, *second;
    if (info->crs == weft_source_describe(b.source)->crs && !weft_crs_is_geographic(info->crs)) {
        *over = bounds_overlap(a.source, b.source);
        return WEFT_OK;
    }
    weft_status status = find_ground(places, a, &first, err);
    if (status == WEFT_OK) status = find_ground(places, b, &second, err);
    if (status == WEFT_OK) *over = grounds_overlap(first, second, info);
    return status;
}
