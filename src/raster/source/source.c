/* SPDX-License-Identifier: MIT
 *
 * Reading copies rectangles out of cached blocks; a block that is not there is decoded by block_loader.c. */
#include "raster/source/source.h"

#include "raster/blocks/block_cache.h"
#include "raster/info/source_info_read.h"
#include "raster/source/source_kind.h"
#include "raster/source/source_parts.h"

#include <gdal.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEFT_FOR_LATER 8 /* blocks that others decode */

void weft_source_close(weft_source *source) {
    if (source == NULL) return;
    if (source->kind != NULL) {
        free(source);
        return;
    }
    if (source->loader.limit != NULL) weft_handle_limit_remove(source->loader.limit, &source->loader.owner);
    weft_source_close(source->mask);
    free(source->loader.mask);
    if (source->crs_shared) source->info.crs = NULL;
    if (source->bands_shared) source->info.bands = NULL;
    if (source->bands_shared) source->info.band_count = 0;
    if (source->cache != NULL) weft_block_cache_drop(source->cache, source->loader.source_id);
    weft_object_pool_free(source->loader.owner.handles);
    weft_block_origin_dispose(&source->loader.origin);
    weft_file_stamps_dispose(&source->stamps);
    weft_bad_blocks_free(source->loader.bad);
    weft_source_info_dispose(&source->info);
    free(source);
}

/* Blocks of the mask along an axis under `pixels` of the source, which begin anywhere. */
static int64_t blocks_under(int64_t pixels, double of, double step, int64_t block) {
    return (int64_t)((double)pixels * fabs(of / step) / (double)block) + 2;
}

void weft_source_mask_all(weft_source *source) {
    source->info.masked = true;
    source->loader.all_masked = true;
}

void weft_source_set_mask(weft_source *source, weft_source *mask, double cover, weft_mask_apply_fn apply,
                          void *payload) {
    weft_source_info *info = &source->info;
    const weft_source_info *of = &mask->info;
    source->mask = mask;
    source->loader.apply_mask = apply;
    source->loader.mask = payload;
    info->masked = true;
    info->mask_cover = cover;
    for (int i = 0; i < of->band_count; i++)
        if (of->bands[i].wanted) /* values, and a byte for each that is missing */
            info->mask_block_bytes =
                of->block_cols * of->block_rows * ((int64_t)weft_data_type_size(of->bands[i].type) + 1);
    info->mask_bytes = info->mask_block_bytes *
                       blocks_under(info->block_cols, info->geotransform[1], of->geotransform[1], of->block_cols) *
                       blocks_under(info->block_rows, info->geotransform[5], of->geotransform[5], of->block_rows);
    /* What it says of a block is kept for the bands that one decode gives (block_loader.c). */
    int64_t kept = info->bands_at_once > 1 ? info->block_cols * info->block_rows : 0;
    info->mask_bytes += kept;
    info->mask_block_bytes += kept;
    info->mask_decoder_bytes = of->codec.bytes;
    info->mask_open_bytes = of->codec.open_bytes;
}

weft_status weft_source_compose(weft_source **out, const weft_source_kind *kind, void *payload,
                                const weft_source_info *info, weft_error *err) {
    weft_source *source = calloc(1, sizeof *source);
    *out = source;
    if (source == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a source", info->path);
    *source = (weft_source){.kind = kind, .payload = payload, .info = *info};
    return WEFT_OK;
}

char *weft_source_take_warnings(weft_source *source) {
    char *warnings = (char *)source->info.warnings;
    source->info.warnings = NULL;
    return warnings;
}

void weft_source_share_crs(weft_source *source, const weft_crs *crs) {
    if (!source->crs_shared) weft_crs_free((weft_crs *)source->info.crs);
    source->info.crs = crs;
    source->crs_shared = true;
}

const weft_source_info *weft_source_describe(const weft_source *source) {
    return &source->info;
}

weft_status weft_source_check_files(const weft_source *source, weft_error *err) {
    void *dataset = NULL;
    bool described = false;
    weft_status status = source->mask == NULL ? WEFT_OK : weft_source_check_files(source->mask, err);
    if (status == WEFT_OK) status = weft_file_stamps_compare(&source->stamps, true, &described, err);
    if (status != WEFT_OK || !described) return status;
    status = weft_source_open_same(source, &dataset, err);
    if (status == WEFT_OK) GDALClose(dataset);
    return status;
}

weft_status weft_source_visit_files(const weft_source *source, weft_file_list_fn fn, void *payload, weft_error *err) {
    weft_status status = WEFT_OK;
    if (source->is_expected) { /* whether it was opened or not, so that it is the same for all attempts at a run */
        weft_file_facts facts;
        status = weft_file_facts_read(&facts, source->info.path, NULL, err);
        return status == WEFT_OK && facts.bytes >= 0 ? fn(payload, source->info.path, &facts, err) : status;
    }
    for (int i = 0; i < source->stamps.count && status == WEFT_OK; i++) {
        const weft_file_stamp *stamp = &source->stamps.items[i];
        if (stamp->facts.bytes >= 0) status = fn(payload, stamp->path, &stamp->facts, err);
    }
    if (status == WEFT_OK && source->mask != NULL) status = weft_source_visit_files(source->mask, fn, payload, err);
    return status;
}

int64_t weft_source_bad_blocks(const weft_source *source) {
    return weft_bad_blocks_count(source->loader.bad);
}

weft_bounds weft_source_bounds(const weft_source *source) {
    const weft_source_info *info = &source->info;
    const double *g = info->geotransform;
    weft_bounds out = {0};
    for (int corner = 0; corner < 4; corner++) {
        double u = corner % 2 == 0 ? 0 : (double)info->cols, v = corner / 2 == 0 ? 0 : (double)info->rows;
        double x = g[0] + u * g[1] + v * g[2], y = g[3] + u * g[4] + v * g[5];
        if (corner == 0) out = (weft_bounds){x, y, x, y};
        out = (weft_bounds){x < out.xmin ? x : out.xmin, y < out.ymin ? y : out.ymin, x > out.xmax ? x : out.xmax,
                            y > out.ymax ? y : out.ymax};
    }
    return out;
}

/* --- reading --- */

/* Where a read puts its pixels. `valid` is written from the first missing pixel on. */
typedef struct read_target {
    weft_source *source;
    const weft_band_info *band;
    size_t value_bytes;
    weft_window window; /* whose columns may lie outside the source where it wraps */
    char *values;
    uint8_t *valid;
    bool all_valid;
} read_target;

/* Copies the pixels that a block and a part of the window share; `shift` is added to source columns to give the
 * window's. */
static void copy_block(read_target *target, weft_window shared, int64_t shift, weft_window block_window,
                       const weft_block *block) {
    size_t size = target->value_bytes;
    int64_t block_cols = target->source->info.block_cols, cols = target->window.cols;
    if (block->valid != NULL && target->all_valid) {
        memset(target->valid, 1, (size_t)(target->window.rows * cols));
        target->all_valid = false;
    }
    for (int64_t row = shared.row; row < shared.row + shared.rows; row++) {
        int64_t from = (row - block_window.row) * block_cols + shared.col - block_window.col;
        int64_t to = (row - target->window.row) * cols + shared.col + shift - target->window.col;
        memcpy(target->values + to * (int64_t)size, (const char *)block->values + from * (int64_t)size,
               (size_t)shared.cols * size);
        if (block->valid != NULL) memcpy(target->valid + to, block->valid + from, (size_t)shared.cols);
    }
}

static weft_block_key block_key(const weft_source *source, const weft_band_info *band, int64_t col, int64_t row) {
    return (weft_block_key){source->loader.source_id, band->number, (int32_t)col, (int32_t)row};
}

/* A part of the window that lies inside the source, once its columns are shifted. */
typedef struct read_place {
    weft_window part;
    int64_t shift;
} read_place;

static weft_status read_block(read_target *target, const read_place *place, weft_block_key key, weft_error *err) {
    weft_source *source = target->source;
    const weft_source_info *info = &source->info;
    int64_t mask_bytes = info->block_cols * info->block_rows, bytes = mask_bytes * (int64_t)target->value_bytes;
    int64_t last_col = (place->part.col + place->part.cols - 1) / info->block_cols;
    weft_window block_window = {key.block_col * info->block_cols, key.block_row * info->block_rows, info->block_cols,
                                info->block_rows};
    weft_block_request request = {&source->loader, (int)(last_col - key.block_col)};
    weft_block block;
    weft_status status =
        weft_block_cache_acquire(source->cache, key, bytes, mask_bytes, weft_block_loader_load, &request, &block, err);
    if (status != WEFT_OK) return status;
    copy_block(target, weft_window_intersect(place->part, block_window), place->shift, block_window, &block);
    weft_block_cache_release(source->cache, key);
    return WEFT_OK;
}

/* Windows side by side need the same strips of an untiled raster. A block that another worker is decoding is left for
 * later, and the next one decoded meanwhile: else all would wait for one at each block. Few are left, so that they are
 * still in the cache when their turn comes. */
static weft_status read_part(read_target *target, const read_place *place, weft_error *err) {
    const weft_source_info *info = &target->source->info;
    weft_window part = place->part;
    weft_block_key left[LEFT_FOR_LATER];
    int64_t count = 0, done = 0; /* of those left: they are read in the order in which they were met */
    weft_status status = WEFT_OK;
    for (int64_t row = part.row / info->block_rows; row * info->block_rows < part.row + part.rows; row++) {
        for (int64_t col = part.col / info->block_cols; col * info->block_cols < part.col + part.cols; col++) {
            weft_block_key key = block_key(target->source, target->band, col, row);
            bool is_busy = weft_block_cache_is_loading(target->source->cache, key);
            if (is_busy && count - done == LEFT_FOR_LATER)
                status = read_block(target, place, left[done++ % LEFT_FOR_LATER], err);
            if (is_busy)
                left[count++ % LEFT_FOR_LATER] = key;
            else
                status = read_block(target, place, key, err);
            if (status != WEFT_OK) return status;
        }
    }
    while (done < count && status == WEFT_OK)
        status = read_block(target, place, left[done++ % LEFT_FOR_LATER], err);
    return status;
}

weft_status weft_source_read(weft_source *source, int band, weft_window window, void *values, uint8_t *valid,
                             bool *all_valid, weft_error *err) {
    if (source->kind != NULL) return source->kind->read(source->payload, band, window, values, valid, all_valid, err);
    const weft_source_info *info = &source->info;
    read_target target = {source, weft_source_info_band(info, band), 0, window, values, valid, true};
    if (target.band == NULL || source->cache == NULL)
        return weft_error_set(err, WEFT_ERR_INTERNAL, "%s: band %d was not opened for reading", info->path, band);
    target.value_bytes = weft_data_type_size(target.band->type);
    int64_t turn = info->wraps ? info->wrap_cols : info->cols, end = window.col + window.cols;
    weft_status status = WEFT_OK;
    /* Turn by turn where the source wraps; one turn where it does not. */
    for (int64_t col = window.col; col < end && status == WEFT_OK;) {
        int64_t shift = info->wraps ? weft_floor_divide(col, turn) * turn : 0;
        int64_t stop = shift + turn < end ? shift + turn : end;
        const read_place place = {{col - shift, window.row, stop - col, window.rows}, shift};
        status = read_part(&target, &place, err);
        col = stop;
    }
    *all_valid = target.all_valid;
    return status;
}

void weft_source_pool_stats(const weft_source *source, weft_pool_stats *out) {
    if (source->kind != NULL)
        source->kind->pool_stats(source->payload, out);
    else
        weft_object_pool_read_stats(source->loader.owner.handles, out);
}

void weft_source_close_idle(weft_source *source) {
    if (source->mask != NULL) weft_source_close_idle(source->mask);
    if (source->kind != NULL)
        source->kind->close_idle(source->payload);
    else if (source->loader.limit != NULL)
        weft_handle_limit_close_idle(source->loader.limit, &source->loader.owner);
    else
        weft_object_pool_free_idle(source->loader.owner.handles);
}

void weft_source_limit_siblings(weft_source *source, int64_t bytes) {
    source->loader.sibling_bytes = bytes;
}

/* --- blocks --- */

weft_status weft_source_acquire_block(weft_source *source, const weft_band_info *band, int64_t block_col,
                                      int64_t block_row, weft_block *out, weft_error *err) {
    int64_t pixels = source->info.block_cols * source->info.block_rows;
    weft_block_request request = {&source->loader, 0};
    return weft_block_cache_acquire(source->cache, block_key(source, band, block_col, block_row),
                                    pixels * (int64_t)weft_data_type_size(band->type), pixels, weft_block_loader_load,
                                    &request, out, err);
}

void weft_source_release_block(weft_source *source, const weft_band_info *band, int64_t block_col, int64_t block_row) {
    weft_block_cache_release(source->cache, block_key(source, band, block_col, block_row));
}
