/* SPDX-License-Identifier: MIT
 *
 * A worker takes a polygon at a time, in an order in which neighbours follow each other; brings its rings into source
 * pixels; and goes through the blocks under it, top to bottom, piece by piece. What is in one piece does not depend on
 * memory or threads. */
#include "stages/rows/polygon_filler.h"

#include "core/text.h"
#include "core/window.h"
#include "processors/resample/pixel_class.h"
#include "stages/rows/place_order.h"
#include "stages/rows/polygon_sides.h"
#include "stages/rows/zone_collector.h"
#include "stages/rows/zone_pixels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Polygons are put in an order of neighbours: by the part of all polygons' bounds, cut along x and y, that they lie in. */
#define ORDER_PARTS 4096
#define ROUNDING    1e-9 /* a covered share that is under 1 by no more than this is 1 */

/* A worker's memory for one polygon at a time. */
typedef struct zone_worker {
    weft_polygon_sides sides;
    weft_zone_pixels pixels;
    weft_zone_collector collector;
    char *path;
    weft_zone_rank *ranks;
    weft_zone_sum *shares; /* of each layer */
} zone_worker;

typedef struct polygon_filler {
    weft_polygon_filler_options options;
    weft_task_group group;
    bool group_ready;
    int threads;
    zone_worker *zones; /* of each thread */
    int64_t corners;    /* of the slot that is read, so far */
    /* Of the slot that is filled: */
    weft_chunk_slot *slot;
    uint64_t *items;
    int first_layer, end_layer;
    weft_source *source;
    _Atomic int64_t next;
} polygon_filler;

/* --- a slot's memory: where each row's corners end, the order, corners --- */

typedef struct polygon_memory {
    int64_t *ends;
    uint64_t *items, *other;
    weft_polygon_corner *corners;
    int64_t room; /* corners */
} polygon_memory;

static int64_t fixed_bytes(int64_t rows) {
    return weft_align(rows * (int64_t)sizeof(int64_t)) + 2 * weft_align(rows * (int64_t)sizeof(uint64_t));
}

/* What so many rows have on the average, and room for the largest. */
static int64_t bytes_of(const void *payload, int64_t rows) {
    const weft_polygon_filler_options *options = &((const polygon_filler *)payload)->options;
    if (rows > WEFT_PLACE_MAX) return INT64_MAX / 4;
    double mean = (double)options->corners / (double)options->rows;
    int64_t corners = (int64_t)(mean * (double)rows) + options->max_corners + 1;
    if (corners > options->corners) corners = options->corners;
    return fixed_bytes(rows) + corners * (int64_t)sizeof(weft_polygon_corner);
}

static polygon_memory memory_of(const polygon_filler *self, const weft_chunk_slot *slot) {
    char *at = slot->rest;
    int64_t step = weft_align(slot->rows * (int64_t)sizeof(int64_t));
    return (polygon_memory){(int64_t *)(void *)at, (uint64_t *)(void *)(at + step), (uint64_t *)(void *)(at + 2 * step),
                            (weft_polygon_corner *)(void *)(at + 3 * step),
                            (bytes_of(self, slot->rows) - fixed_bytes(slot->rows)) /
                                (int64_t)sizeof(weft_polygon_corner)};
}

/* --- reading --- */

typedef struct reading {
    polygon_filler *self;
    polygon_memory at;
    const char *path;
} reading;

static weft_status keep_ring(void *payload, bool hole, double *x, double *y, int64_t count, weft_error *err) {
    const reading *to = payload;
    int64_t *kept = &to->self->corners;
    if (*kept + count + 1 > to->at.room)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: it has larger polygons than when the run was planned", to->path);
    to->at.corners[(*kept)++] = (weft_polygon_corner){NAN, hole ? 1 : 0};
    for (int64_t i = 0; i < count; i++)
        to->at.corners[(*kept)++] = (weft_polygon_corner){x[i], y[i]};
    return WEFT_OK;
}

static bool is_full(void *payload, const weft_chunk_slot *slot, int64_t row) {
    const polygon_filler *self = payload;
    (void)row;
    return memory_of(self, slot).room - self->corners < self->options.max_corners;
}

static weft_status read_polygon(void *payload, weft_vector_file *file, weft_chunk_slot *slot, int64_t row,
                                double numbers[WEFT_ROW_NUMBERS], weft_error *err) {
    polygon_filler *self = payload;
    reading to = {self, memory_of(self, slot), self->options.path};
    bool any;
    (void)numbers;
    if (row == 0) self->corners = 0;
    weft_status status = weft_vector_feature_rings(file, keep_ring, &to, &any, err);
    to.at.ends[row] = self->corners;
    return status;
}

/* --- pixels --- */

/* One polygon over one band of the source: the layers that it is for, and what is known of its pixels so far. */
typedef struct band_work {
    polygon_filler *self;
    zone_worker *zone;
    int first, end; /* layers of the dataset; those of another band are passed over */
    int band;
    bool ranked; /* some method needs the pixels' values in order */
    weft_zone_sums sums;
    weft_zone_extremes extremes;
} band_work;

static bool is_of_band(const band_work *work, int layer) {
    return work->self->options.from[layer].band == work->band;
}

static weft_status add_piece(band_work *work, weft_window piece, const weft_zone_side *active, int64_t count,
                             weft_error *err) {
    const weft_polygon_layer *from = work->self->options.from;
    weft_zone_pixels *pixels = &work->zone->pixels;
    bool any;
    weft_status status = weft_zone_pixels_read(pixels, work->self->source, work->band, &from[work->first].resampler,
                                               piece, active, count, &any, err);
    if (status != WEFT_OK || !any) return status;
    weft_zone_sums_add(&work->sums, pixels->values, pixels->areas, pixels->count);
    weft_zone_extremes_add(&work->extremes, pixels->orders, pixels->areas, pixels->count);
    for (int i = work->first; i < work->end; i++) {
        if (!is_of_band(work, i) || !from[i].resampler.method->of_classes) continue;
        weft_pixel_class_fill(&pixels->patch, from[i].resampler.class, pixels->scratch);
        weft_zone_sum_add(&work->zone->shares[i], weft_zone_area_of(pixels->scratch, pixels->areas, pixels->count, 1));
    }
    if (!work->ranked) return WEFT_OK;
    return weft_zone_collector_add(&work->zone->collector, pixels->orders, pixels->areas, pixels->count, err);
}

/* Adds the pixels of one row of blocks, block by block. A block is read in pieces of whole rows, or of parts of a row where
 * it is wider than a piece. active: the polygon's sides that cross this row of blocks. */
static weft_status add_block_row(band_work *work, weft_window all, int64_t block_row, const weft_zone_side *active,
                                 int64_t count, weft_error *err) {
    const weft_source_info *info = weft_source_describe(work->self->source);
    int64_t cols = weft_smaller(info->block_cols, WEFT_ZONE_PIECE), rows = weft_larger(WEFT_ZONE_PIECE / cols, 1);
    int64_t top = block_row * info->block_rows, bottom = weft_smaller(top + info->block_rows, all.row + all.rows);
    weft_status status = WEFT_OK;
    for (int64_t block_col = all.col / info->block_cols; block_col * info->block_cols < all.col + all.cols;
         block_col++) {
        int64_t left = block_col * info->block_cols, right = weft_smaller(left + info->block_cols, all.col + all.cols);
        status = weft_cancel_check(work->self->options.chunks.context->cancel, err);
        for (int64_t row = top; row < bottom && status == WEFT_OK; row += rows)
            for (int64_t col = left; col < right && status == WEFT_OK; col += cols) {
                weft_window piece = {col, row, weft_smaller(cols, right - col), weft_smaller(rows, bottom - row)};
                piece = weft_window_intersect(piece, all);
                if (!weft_window_is_empty(piece)) status = add_piece(work, piece, active, count, err);
            }
        if (status != WEFT_OK) return status;
    }
    return status;
}

/* Adds all pixels under the polygon, one row of blocks after the other. `all` is the rectangle around it. Sides are sorted by
 * their upper ends, so that those that cross a row are found by one pass over them. */
static weft_status add_pixels(band_work *work, weft_window all, weft_error *err) {
    const zone_worker *zone = work->zone;
    const weft_zone_side *sides = weft_polygon_sides_items(&zone->sides);
    weft_zone_side *active = zone->sides.active.data;
    int64_t high = weft_source_describe(work->self->source)->block_rows, count = 0, next = 0;
    weft_status status = WEFT_OK;
    for (int64_t row = all.row / high; row * high < all.row + all.rows && status == WEFT_OK; row++) {
        int64_t kept = 0;
        for (int64_t i = 0; i < count; i++)
            if (weft_zone_side_bottom(&active[i]) > (double)(row * high)) active[kept++] = active[i];
        count = kept;
        for (; next < zone->sides.count && weft_zone_side_top(&sides[next]) < (double)((row + 1) * high); next++)
            if (weft_zone_side_bottom(&sides[next]) > (double)(row * high)) active[count++] = sides[next];
        status = add_block_row(work, all, row, active, count, err);
    }
    return status;
}

/* --- results --- */

#define STORE(name, type)                                                                                              \
    case name:                                                                                                         \
        ((type *)out.values)[row] = (type)(isnan(value) && out.valid != NULL ? 0 : value);                             \
        break;

static void store(double value, weft_values out, int64_t row) {
    if (out.valid != NULL) out.valid[row] = (uint8_t)(isnan(value) ? 0 : 1);
    switch (out.type) { WEFT_FOR_EACH_TYPE(STORE) }
}

/* Stores the value of a pixel. order: the value as zone_ranks.h orders it. */
static void store_chosen(uint64_t order, bool integer, weft_values out, int64_t row) {
    if (out.valid != NULL) out.valid[row] = 1;
    if (integer && out.type == WEFT_INT64)
        ((int64_t *)out.values)[row] = weft_order_integer(order);
    else if (integer && out.type == WEFT_UINT64)
        ((uint64_t *)out.values)[row] = order;
    else
        store(weft_order_real(order), out, row);
}

/* Whether the method gives the value of one of the pixels; *order: which. */
static bool choose_value(const band_work *work, weft_zone zone, const weft_zone_rank *rank, uint64_t *order) {
    *order = zone == WEFT_ZONE_MIN   ? work->extremes.min
             : zone == WEFT_ZONE_MAX ? work->extremes.max
             : rank != NULL          ? rank->order
                                     : 0;
    return zone == WEFT_ZONE_MIN || zone == WEFT_ZONE_MAX || zone == WEFT_ZONE_MODE || zone == WEFT_ZONE_QUANTILE;
}

/* The area of valid pixels that the polygon covers, in pixels. */
static double covered_area(const band_work *work) {
    return work->sums.area.sum + work->sums.area.rest;
}

/* That as a share of the polygon's area, 0 to 1. */
static double covered_share(const band_work *work) {
    double whole = work->zone->sides.area;
    return whole > 0 ? fmin(covered_area(work) / whole, 1) : 1;
}

/* What a method computes that gives no pixel's value. NaN: it is none of these. */
static double compute_value(const band_work *work, int layer, const weft_zone_rank *rank) {
    const weft_zone_sums *sums = &work->sums;
    double area = covered_area(work), values = sums->values.sum + sums->values.rest;
    switch (work->self->options.from[layer].resampler.method->zone) {
    case WEFT_ZONE_AVERAGE:
        return sums->min == sums->max ? sums->min : values / area;
    case WEFT_ZONE_SUM:
        return values;
    case WEFT_ZONE_RMS:
        return sqrt((sums->squares.sum + sums->squares.rest) / area);
    case WEFT_ZONE_STDEV:
        return sqrt(sums->deviations / area);
    case WEFT_ZONE_SHARE:
        return (work->zone->shares[layer].sum + work->zone->shares[layer].rest) / area;
    case WEFT_ZONE_COVERAGE:
        return covered_share(work) > 1 - ROUNDING ? 1 : covered_share(work);
    case WEFT_ZONE_COUNT:
        return area;
    case WEFT_ZONE_VARIETY:
        return (double)rank->variety;
    case WEFT_ZONE_MIN:
    case WEFT_ZONE_MAX:
    case WEFT_ZONE_MODE:
    case WEFT_ZONE_QUANTILE:
    case WEFT_ZONE_NONE:
        break;
    }
    return NAN;
}

static void finish_layer(const band_work *work, int layer, const weft_zone_rank *rank, int64_t row) {
    polygon_filler *self = work->self;
    const weft_resampler *resampler = &self->options.from[layer].resampler;
    weft_values out = self->slot->views.values[layer];
    uint64_t order;
    if (!work->sums.any || covered_share(work) < resampler->min_coverage - ROUNDING)
        store((double)NAN, out, row);
    else if (choose_value(work, resampler->method->zone, rank, &order))
        store_chosen(order, weft_zone_keeps_integers(resampler), out, row);
    else
        store(compute_value(work, layer, rank), out, row);
    weft_layer_look_for_value(self->options.chunks.layers[layer], weft_values_at(out, row, 0), 1, 1,
                              &self->options.chunks.seen[layer]);
}

static weft_status finish_band(band_work *work, int64_t row, weft_error *err) {
    polygon_filler *self = work->self;
    weft_zone_rank *ranks = work->zone->ranks;
    int count = 0;
    for (int i = work->first; i < work->end && work->ranked && work->sums.any; i++) {
        const weft_resampler *resampler = &self->options.from[i].resampler;
        if (is_of_band(work, i) && resampler->method->zone >= WEFT_ZONE_RANKED)
            weft_zone_rank_begin(&ranks[count++], resampler->method->zone, weft_quantile_share(resampler),
                                 work->zone->collector.total);
    }
    weft_status status = count == 0 ? WEFT_OK : weft_zone_collector_rank(&work->zone->collector, ranks, count, err);
    count = 0;
    for (int i = work->first; i < work->end && status == WEFT_OK; i++) {
        if (!is_of_band(work, i)) continue;
        bool ranked = self->options.from[i].resampler.method->zone >= WEFT_ZONE_RANKED;
        finish_layer(work, i, ranked ? &ranks[count] : NULL, row);
        count += ranked;
    }
    return status;
}

/* All layers of one band. */
static weft_status fill_band(polygon_filler *self, zone_worker *zone, int first, weft_window all, int64_t row,
                             weft_error *err) {
    band_work work = {
        .self = self, .zone = zone, .first = first, .end = self->end_layer, .band = self->options.from[first].band};
    for (int i = first; i < self->end_layer; i++) {
        if (!is_of_band(&work, i)) continue;
        work.ranked = work.ranked || self->options.from[i].resampler.method->zone >= WEFT_ZONE_RANKED;
        zone->shares[i] = (weft_zone_sum){0};
    }
    weft_zone_collector_clear(&zone->collector);
    weft_status status = weft_window_is_empty(all) ? WEFT_OK : add_pixels(&work, all, err);
    return status == WEFT_OK ? finish_band(&work, row, err) : status;
}

static weft_status fill_polygon(polygon_filler *self, zone_worker *zone, int64_t row, weft_error *err) {
    const polygon_memory at = memory_of(self, self->slot);
    int64_t begin = row > 0 ? at.ends[row - 1] : 0;
    weft_status status = weft_polygon_sides_find(&zone->sides, at.corners + begin, at.ends[row] - begin, err);
    if (status != WEFT_OK) {
        weft_error_context(err, "row=%lld", (long long)(self->slot->chunk.window.row + row));
        return status;
    }
    weft_window all = weft_polygon_sides_window(&zone->sides);
    for (int i = self->first_layer; i < self->end_layer && status == WEFT_OK; i++) {
        bool done = false;
        for (int j = self->first_layer; j < i; j++)
            done = done || self->options.from[j].band == self->options.from[i].band;
        if (!done) status = fill_band(self, zone, i, all, row, err);
    }
    return status;
}

/* A worker's task: takes one polygon after the other until none is left. */
static weft_status fill_polygons(void *payload, int worker_index, weft_error *err) {
    polygon_filler *self = payload;
    zone_worker *zone = &self->zones[worker_index];
    weft_context *context = self->options.chunks.context;
    weft_status status =
        weft_buffer_reserve_min(&zone->pixels.memory, context->ledger, WEFT_TAG_PATCH, WEFT_ZONE_BYTES, err);
    uint32_t before =
        weft_activity_enter(context->activity, worker_index, WEFT_STAGE_RESAMPLE, WEFT_OPERATION_RESAMPLE_WINDOW);
    while (status == WEFT_OK) {
        int64_t at = atomic_fetch_add(&self->next, 1);
        if (at >= self->slot->chunk.window.rows) break;
        weft_context_tidy(context);
        status = weft_cancel_check(context->cancel, err);
        if (status == WEFT_OK) status = fill_polygon(self, zone, weft_place_number(self->items[at]), err);
    }
    weft_activity_leave(context->activity, worker_index, before);
    return status;
}

/* --- a slot --- */

static weft_status begin(void *payload, weft_chunk_slot *slot, weft_error *err) {
    polygon_filler *self = payload;
    const polygon_memory at = memory_of(self, slot);
    const weft_bounds *all = &self->options.bounds;
    int64_t rows = slot->chunk.window.rows;
    weft_place_cut cut;
    (void)err;
    weft_place_cut_make(&cut, ORDER_PARTS, ORDER_PARTS, 1, 1);
    for (int64_t row = 0; row < rows; row++) {
        int64_t begin = row > 0 ? at.ends[row - 1] : 0;
        weft_polygon_corner first =
            at.ends[row] > begin ? at.corners[begin + 1] : (weft_polygon_corner){all->xmin, all->ymin};
        at.items[row] = weft_place_item(&cut, (first.x - all->xmin) / (all->xmax - all->xmin) * ORDER_PARTS,
                                        (all->ymax - first.y) / (all->ymax - all->ymin) * ORDER_PARTS, row);
    }
    weft_place_sort(at.items, at.other, rows);
    self->slot = slot;
    self->items = at.items;
    return WEFT_OK;
}

static weft_status fill(void *payload, weft_chunk_slot *slot, int first, int end, weft_error *err) {
    polygon_filler *self = payload;
    weft_context *context = self->options.chunks.context;
    self->first_layer = first;
    self->end_layer = end;
    self->source = self->options.from[first].source;
    if (self->source == NULL) {
        for (int i = first; i < end; i++)
            weft_values_fill_missing(slot->views.values[i], 1, slot->chunk.window.rows);
        return WEFT_OK;
    }
    weft_status status = WEFT_OK;
    for (int i = 0; i < self->threads && status == WEFT_OK; i++)
        status =
            weft_polygon_sides_tie(&self->zones[i].sides, self->options.crs, weft_source_describe(self->source), err);
    if (status != WEFT_OK) return status;
    atomic_store(&self->next, 0);
    for (int i = 0; i < self->threads; i++)
        weft_work_pool_submit(context->pool, &self->group, WEFT_TASK_NORMAL, fill_polygons, self);
    weft_activity_wait(context->activity, WEFT_ACTIVITY_COORDINATOR);
    return weft_task_group_wait(&self->group, err);
}

/* --- making one --- */

static void free_filler(void *payload) {
    polygon_filler *self = payload;
    if (self == NULL) return;
    if (self->group_ready) weft_task_group_dispose(&self->group);
    for (int i = 0; i < self->threads && self->zones != NULL; i++) {
        zone_worker *zone = &self->zones[i];
        weft_polygon_sides_dispose(&zone->sides);
        weft_buffer_release(&zone->pixels.memory);
        weft_zone_collector_dispose(&zone->collector);
        free(zone->path);
        free(zone->ranks);
        free(zone->shares);
    }
    free(self->zones);
    free(self->options.from);
    free(self);
}

static weft_status make_workers(polygon_filler *self, weft_error *err) {
    const weft_polygon_filler_options *options = &self->options;
    self->threads = weft_work_pool_threads(options->chunks.context->pool);
    self->zones = calloc((size_t)self->threads, sizeof *self->zones);
    if (self->zones == NULL) return weft_error_no_memory(err, "polygons");
    for (int i = 0; i < self->threads; i++) {
        zone_worker *zone = &self->zones[i];
        zone->ranks = calloc((size_t)options->chunks.layer_count, sizeof *zone->ranks);
        zone->shares = calloc((size_t)options->chunks.layer_count, sizeof *zone->shares);
        zone->path = weft_text_format("%s/values%d", options->scratch_folder, i);
        if (zone->ranks == NULL || zone->shares == NULL || zone->path == NULL)
            return weft_error_no_memory(err, "polygons");
        zone->sides.ledger = options->chunks.context->ledger;
        zone->collector = (weft_zone_collector){.ledger = options->chunks.context->ledger,
                                                .path = zone->path,
                                                .max = weft_larger(options->max_pairs, WEFT_ZONE_FEWEST)};
    }
    return WEFT_OK;
}

int64_t weft_polygon_filler_worker_bytes(int64_t max_corners) {
    int64_t corners = weft_larger(2 * max_corners, 1024);
    return WEFT_ZONE_BYTES + corners * (2 * (int64_t)sizeof(weft_zone_side) + 16) + 65536;
}

weft_status weft_polygon_filler_new(weft_row_filler *out, const weft_polygon_filler_options *options, weft_error *err) {
    polygon_filler *self = calloc(1, sizeof *self);
    *out = (weft_row_filler){0};
    if (self == NULL) {
        free(options->from);
        return weft_error_no_memory(err, "polygons");
    }
    self->options = *options;
    weft_status status = make_workers(self, err);
    if (status == WEFT_OK) status = weft_task_group_init(&self->group, err);
    self->group_ready = status == WEFT_OK;
    if (status == WEFT_OK)
        *out = (weft_row_filler){0, bytes_of, is_full, read_polygon, begin, fill, free_filler, self};
    else
        free_filler(self);
    return status;
}
