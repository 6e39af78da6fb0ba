/* SPDX-License-Identifier: MIT */
#include "raster/mosaic/mosaic_group.h"

#include "core/grown_array.h"
#include "raster/crs/geotransform.h"
#include "raster/info/source_info_read.h"
#include "raster/mosaic/mosaic_places.h"
#include "raster/source/source_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PIXELS 0x1p52 /* from corner to corner; more are no whole numbers in doubles */

/* --- matching --- */

static bool same_bands(const weft_source_info *a, const weft_source_info *b) {
    bool same = a->band_count == b->band_count;
    for (int i = 0; i < a->band_count && same; i++)
        same = a->bands[i].type == b->bands[i].type && a->bands[i].scale == b->bands[i].scale &&
               a->bands[i].offset == b->bands[i].offset;
    return same;
}

/* Whether a step in CRS units is this many pixels of `g`. */
static bool is_step(const double g[6], double dx, double dy, double cols, double rows) {
    double u, v;
    weft_geotransform_step(g, dx, dy, &u, &v);
    return fabs(u - cols) <= WEFT_MOSAIC_FORGIVEN && fabs(v - rows) <= WEFT_MOSAIC_FORGIVEN;
}

bool weft_mosaic_group_matches(const weft_mosaic_group *group, const weft_source *source, weft_window *place) {
    const weft_source_info *first = weft_source_describe(group->parts[0].source), *info = weft_source_describe(source);
    const double *g = first->geotransform, *own = info->geotransform;
    double cols = (double)info->cols, rows = (double)info->rows, col, row;
    if (!same_bands(first, info) || first->crs != info->crs) return false;
    if (!is_step(g, own[1] * cols, own[4] * cols, cols, 0) || !is_step(g, own[2] * rows, own[5] * rows, 0, rows))
        return false;
    weft_geotransform_step(g, own[0] - g[0], own[3] - g[3], &col, &row);
    if (!(fabs(col - round(col)) <= WEFT_MOSAIC_FORGIVEN && fabs(row - round(row)) <= WEFT_MOSAIC_FORGIVEN))
        return false;
    if (fabs(col) > MAX_PIXELS || fabs(row) > MAX_PIXELS) return false;
    *place = (weft_window){(int64_t)round(col), (int64_t)round(row), info->cols, info->rows};
    return weft_mosaic_place_fits(group, *place);
}

static bool is_nearly_whole(double x) {
    return fabs(x - floor(x + 0.5)) <= 2 * WEFT_MOSAIC_FORGIVEN + 1e-15 * fabs(x);
}

/* Where is_step() holds, a step of `cols` pixels is `cols` + e of the lattice's along the rows and e' across them, both
 * at most WEFT_MOSAIC_FORGIVEN: so its x is off by WEFT_MOSAIC_FORGIVEN * (|g[1]| + |g[2]|) at most. Twice that leaves room for rounding. */
bool weft_mosaic_lattice_may_match(const weft_mosaic_lattice *lattice, const weft_source_info *info) {
    const double *g = lattice->geotransform, *own = info->geotransform;
    double cols = (double)info->cols, rows = (double)info->rows;
    if (lattice->crs != info->crs) return false;
    if (fabs(own[1] - g[1]) * cols > 2 * WEFT_MOSAIC_FORGIVEN * (fabs(g[1]) + fabs(g[2]))) return false;
    if (fabs(own[5] - g[5]) * rows > 2 * WEFT_MOSAIC_FORGIVEN * (fabs(g[4]) + fabs(g[5]))) return false;
    if (g[2] != 0 || g[4] != 0) return true;
    return is_nearly_whole((own[0] - g[0]) / g[1]) && is_nearly_whole((own[3] - g[3]) / g[5]);
}

weft_status weft_mosaic_group_add(weft_mosaic_group *group, weft_source *source, int file, weft_window place,
                                  weft_error *err) {
    weft_mosaic_part *parts = weft_grown_array(group->parts, group->count, &group->capacity, sizeof *parts);
    if (parts == NULL) return weft_error_no_memory(err, "a mosaic");
    group->parts = parts;
    bool is_first = group->count == 0;
    if (is_first || place.col < group->left) group->left = place.col;
    if (is_first || place.col + place.cols > group->right) group->right = place.col + place.cols;
    group->parts[group->count++] = (weft_mosaic_part){source, file, place};
    return WEFT_OK;
}

/* --- the whole --- */

/* What becomes of a band's values where files overlap. Numbers of files have no unit, no scale and no palette. */
static void describe_joined(weft_band_info *band, weft_overlap rule) {
    band->type = weft_overlap_type(rule, band->type);
    if (rule != WEFT_OVERLAP_COUNT) return;
    band->scale = 1;
    band->offset = 0;
    band->unit = band->classes = NULL;
    band->palette = (weft_palette){0};
    band->nodata_kind = WEFT_NODATA_NONE;
    band->missing = NULL;
    band->missing_count = 0;
}

static void describe(weft_mosaic_group *group) {
    weft_source_info *info = &group->info;
    const weft_source_info *first = weft_source_describe(group->parts[0].source);
    info->path = first->path;
    info->crs = first->crs;
    info->crs_assumed = first->crs_assumed;
    info->band_count = first->band_count;
    info->bands = group->bands;
    memcpy(group->bands, first->bands, (size_t)first->band_count * sizeof *group->bands);
    for (int i = 0; i < info->band_count; i++)
        describe_joined(&group->bands[i], group->options.rule);
    for (int i = 0; i < group->count; i++) {
        const weft_source_info *part = weft_source_describe(group->parts[i].source);
        info->codec.bytes = weft_larger(info->codec.bytes, part->codec.bytes);
        info->masked = info->masked || part->masked;
        info->mask_bytes = weft_larger(info->mask_bytes, part->mask_bytes);
        info->mask_decoder_bytes = weft_larger(info->mask_decoder_bytes, part->mask_decoder_bytes);
        info->mask_block_bytes = weft_larger(info->mask_block_bytes, part->mask_block_bytes);
        info->mask_cover = i == 0 ? part->mask_cover : fmin(info->mask_cover, part->mask_cover);
        if (part->block_cols * part->block_rows <= info->block_cols * info->block_rows) continue;
        info->block_cols = part->block_cols;
        info->block_rows = part->block_rows;
    }
}

/* --- an index by rows --- */

typedef struct row_entry {
    int64_t row;
    int part;
} row_entry;

static int by_row(const void *a, const void *b) {
    const row_entry *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->part > y->part) - (x->part < y->part);
}

static bool index_rows(weft_mosaic_group *group) {
    row_entry *entries = calloc((size_t)group->count, sizeof *entries);
    if (entries == NULL) return false;
    for (int i = 0; i < group->count; i++) {
        entries[i] = (row_entry){group->parts[i].window.row, i};
        if (group->parts[i].window.rows > group->tallest) group->tallest = group->parts[i].window.rows;
    }
    qsort(entries, (size_t)group->count, sizeof *entries, by_row);
    for (int i = 0; i < group->count; i++)
        group->by_row[i] = entries[i].part;
    free(entries);
    return true;
}

/* --- the source --- */

static void pool_stats(void *payload, weft_pool_stats *out) {
    const weft_mosaic_group *group = payload;
    *out = (weft_pool_stats){0};
    for (int i = 0; i < group->count; i++) {
        weft_pool_stats one;
        weft_source_pool_stats(group->parts[i].source, &one);
        weft_pool_stats_add(out, &one);
    }
}

static void close_idle(void *payload) {
    weft_mosaic_group *group = payload;
    for (int i = 0; i < group->count; i++)
        weft_source_close_idle(group->parts[i].source);
}

static const weft_source_kind group_kind = {weft_mosaic_group_read, pool_stats, close_idle};

weft_status weft_mosaic_group_finish(weft_mosaic_group *group, weft_error *err) {
    const weft_source_info *first = weft_source_describe(group->parts[0].source);
    group->bands = calloc((size_t)first->band_count, sizeof *group->bands);
    group->by_row = calloc((size_t)group->count, sizeof *group->by_row);
    if (group->bands == NULL || group->by_row == NULL) return weft_error_no_memory(err, "a mosaic");
    weft_status status = weft_mosaic_places_settle(group, err);
    if (status != WEFT_OK) return status;
    describe(group);
    weft_source_info_find_wrap(&group->info);
    if (!index_rows(group)) return weft_error_no_memory(err, "a mosaic");
    return weft_source_compose(&group->source, &group_kind, group, &group->info, err);
}

void weft_mosaic_group_dispose(weft_mosaic_group *group) {
    weft_source_close(group->source);
    for (int i = group->count - 1; i >= 0; i--)
        weft_source_close(group->parts[i].source);
    free(group->parts);
    free(group->bands);
    free(group->by_row);
}
