/* SPDX-License-Identifier: MIT
 *
 * A block is gone through in stripes of columns, and in each by the mask's blocks, so that each of those is pinned once
 * a stripe. A mask is decoded while the source's block waits for it, never the other way round. */
#include "raster/source/masked_source.h"

#include "raster/crs/geotransform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STRIPE 256 /* columns that are looked at together */
/* A centre so near below a mask pixel's edge lies on it. */
#define EDGE 1e-9

typedef struct mask {
    weft_source *source;
    const weft_band_info *band;
    const weft_mask_rule *rule;
    const uint8_t *table; /* of the rule, for the band's type */
    double left, across;  /* column of the mask = left + across * column of the source */
    double top, down;
    double turn; /* columns of the mask round the world, where x is longitude; else 0 */
} mask;

/* The mask's column or row under a centre, -1 where it does not reach. */
static int64_t under(double origin, double step, int64_t at, int64_t size) {
    double place = floor(origin + step * ((double)at + 0.5) + EDGE);
    return place >= 0 && place < (double)size ? (int64_t)place : -1;
}

/* --- looking --- */

/* Columns first .. end - 1 of a row, whose mask pixels lie in a block. `at` are their places in the block's row. */
static void look(const mask *self, const weft_block *block, int64_t row_start, const int32_t *at, int count,
                 uint8_t *valid) {
    double pixels[STRIPE]; /* of the band's type, which has 8 bytes at most */
    uint8_t masked[STRIPE];
    size_t size = weft_data_type_size(self->band->type);
    const char *row = (const char *)block->values + row_start * (int64_t)size;
    if (self->table != NULL && size == 1) {
        for (int i = 0; i < count; i++)
            masked[i] = self->table[((const uint8_t *)row)[at[i]]];
    } else if (self->table != NULL) {
        for (int i = 0; i < count; i++)
            masked[i] = self->table[((const uint16_t *)row)[at[i]]];
    } else {
        for (int i = 0; i < count; i++)
            memcpy((char *)pixels + (size_t)i * size, row + at[i] * (int64_t)size, size);
        self->rule->test(self->rule->payload, self->band->type, pixels, count, masked);
    }
    for (int i = 0; i < count && block->valid != NULL; i++)
        if (block->valid[row_start + at[i]] == 0) masked[i] = !self->rule->keeps_missing;
    for (int i = 0; i < count; i++)
        valid[i] = (uint8_t)(valid[i] & (masked[i] ^ 1));
}

/* The columns of a stripe that lie in the mask's column of blocks `block_col`: from *first on, and how many. */
static int find_columns(const int64_t *columns, int count, int64_t block_cols, int64_t block_col, int *first) {
    *first = 0;
    while (*first < count && (columns[*first] < 0 || columns[*first] / block_cols != block_col))
        ++*first;
    int end = *first;
    while (end < count && columns[end] >= 0 && columns[end] / block_cols == block_col)
        end++;
    return end - *first;
}

/* The part of a stripe under one block of the mask. */
static weft_status look_through(const mask *self, weft_window stripe, const int64_t *columns, int64_t block_col,
                                int64_t block_row, int64_t stride, uint8_t *valid, weft_error *err) {
    const weft_source_info *info = weft_source_describe(self->source);
    int first, count = find_columns(columns, (int)stripe.cols, info->block_cols, block_col, &first);
    int32_t at[STRIPE];
    weft_block block;
    if (count == 0) return WEFT_OK;
    for (int i = 0; i < count; i++)
        at[i] = (int32_t)(columns[first + i] - block_col * info->block_cols);
    weft_status status = weft_source_acquire_block(self->source, self->band, block_col, block_row, &block, err);
    if (status != WEFT_OK) return status;
    for (int64_t row = 0; row < stripe.rows; row++) {
        int64_t on_mask = under(self->top, self->down, stripe.row + row, info->rows);
        if (on_mask < 0 || on_mask / info->block_rows != block_row) continue;
        look(self, &block, (on_mask - block_row * info->block_rows) * info->block_cols, at, count,
             valid + row * stride + first);
    }
    weft_source_release_block(self->source, self->band, block_col, block_row);
    return WEFT_OK;
}

/* Where the mask does not reach. It is a rectangle: if it reaches the first and the last column, it reaches all. */
static void miss_beyond(const mask *self, weft_window stripe, const int64_t *columns, int64_t stride, uint8_t *valid) {
    int64_t rows = weft_source_describe(self->source)->rows;
    bool all_columns = columns[0] >= 0 && columns[stripe.cols - 1] >= 0;
    for (int64_t row = 0; row < stripe.rows && !self->rule->keeps_missing; row++) {
        if (under(self->top, self->down, stripe.row + row, rows) < 0)
            memset(valid + row * stride, 0, (size_t)stripe.cols);
        for (int64_t col = 0; col < stripe.cols && !all_columns; col++)
            if (columns[col] < 0) valid[row * stride + col] = 0;
    }
}

/* The least and the greatest of some places that are not negative. False: there are none. */
static bool span(int64_t a, int64_t b, int64_t last, int64_t *low, int64_t *high) {
    *low = weft_larger(weft_smaller(a, b), 0);
    *high = weft_smaller(weft_larger(a, b), last);
    return *low <= *high;
}

static weft_status look_at_stripe(const mask *self, weft_window stripe, int64_t stride, uint8_t *valid,
                                  weft_error *err) {
    const weft_source_info *info = weft_source_describe(self->source);
    int64_t columns[STRIPE], left, right, top, bottom;
    weft_status status = WEFT_OK;
    for (int64_t i = 0; i < stripe.cols; i++)
        columns[i] = under(self->left, self->across, stripe.col + i, info->cols);
    miss_beyond(self, stripe, columns, stride, valid);
    double first_col = floor(self->left + self->across * ((double)stripe.col + 0.5) + EDGE);
    double last_col = floor(self->left + self->across * ((double)(stripe.col + stripe.cols) - 0.5) + EDGE);
    double first_row = floor(self->top + self->down * ((double)stripe.row + 0.5) + EDGE);
    double last_row = floor(self->top + self->down * ((double)(stripe.row + stripe.rows) - 0.5) + EDGE);
    if (!span((int64_t)first_col, (int64_t)last_col, info->cols - 1, &left, &right)) return WEFT_OK;
    if (!span((int64_t)first_row, (int64_t)last_row, info->rows - 1, &top, &bottom)) return WEFT_OK;
    for (int64_t row = top / info->block_rows; row <= bottom / info->block_rows; row++)
        for (int64_t col = left / info->block_cols; col <= right / info->block_cols && status == WEFT_OK; col++)
            status = look_through(self, stripe, columns, col, row, stride, valid, err);
    return status;
}

/* --- longitudes --- */

/* How many turns a column of the source lies east of the mask: of one that goes round, of its first column; else of the
 * middle, which is nearest where the column lies on the mask. */
static double turns_at(const mask *self, int64_t col) {
    const weft_source_info *info = weft_source_describe(self->source);
    double place = self->left + self->across * ((double)col + 0.5) + EDGE;
    if (self->turn == 0) return 0;
    return info->wraps ? floor(place / self->turn) : round((place - (double)info->cols / 2) / self->turn);
}

/* How many columns from `col` on, at most `most`, lie in the turn of the first. */
static int64_t columns_of_turn(const mask *self, int64_t col, int64_t max) {
    double turns = turns_at(self, col);
    int64_t count = 1;
    if (self->turn == 0) return max;
    while (count < max && turns_at(self, col + count) == turns)
        count++;
    return count;
}

static weft_status apply(void *payload, weft_window pixels, int64_t stride, uint8_t *valid, weft_error *err) {
    const mask *self = payload;
    weft_status status = WEFT_OK;
    for (int64_t col = 0, cols; col < pixels.cols && status == WEFT_OK; col += cols) {
        cols = columns_of_turn(self, pixels.col + col, weft_smaller(STRIPE, pixels.cols - col));
        weft_window stripe = {pixels.col + col, pixels.row, cols, pixels.rows};
        mask turned = *self;
        turned.left -= self->turn * turns_at(self, stripe.col);
        status = look_at_stripe(&turned, stripe, stride, valid + col, err);
    }
    return status;
}

/* --- opening --- */

static weft_status refuse(weft_error *err, const weft_source_info *info, const weft_source_info *of, const char *why,
                          const char *hint) {
    weft_error_set(err, WEFT_ERR_DATA, "mask %s %s that of %s", info->path, why, of->path);
    weft_error_hint(err, "%s", hint);
    return WEFT_ERR_DATA;
}

/* The width that two rasters of one CRS have in common, on all turns. */
static double common_width(const weft_source_info *mask_info, weft_bounds a, weft_bounds b) {
    double turn = weft_crs_turn(mask_info->crs), width = a.xmax - a.xmin, wide = 0;
    if (turn == 0) return fmin(a.xmax, b.xmax) - fmax(a.xmin, b.xmin);
    if (mask_info->wraps) return width;
    for (double at = ceil((a.xmin - b.xmax) / turn); at <= (a.xmax - b.xmin) / turn; at++)
        wide += fmin(a.xmax, b.xmax + at * turn) - fmax(a.xmin, b.xmin + at * turn);
    return fmin(wide, width);
}

/* Where the mask's pixels lie, and whether they are of use. *cover: the share of the source that it reaches. */
static weft_status place(mask *self, weft_source *source, double *cover, weft_error *err) {
    const weft_source_info *info = weft_source_describe(self->source), *of = weft_source_describe(source);
    const double *g = of->geotransform, *m = info->geotransform;
    weft_bounds a = weft_source_bounds(source), b = weft_source_bounds(self->source);
    if (!weft_crs_equal(info->crs, of->crs))
        return refuse(err, info, of, "has another CRS than", "gdalwarp -t_srs brings it into the raster's CRS");
    if (g[2] != 0 || g[4] != 0 || m[2] != 0 || m[4] != 0)
        return refuse(err, info, of, "is rotated, or its raster is:", "rows and columns of both run the same way");
    self->across = g[1] / m[1];
    self->left = (g[0] - m[0]) / m[1];
    self->down = g[5] / m[5];
    self->top = (g[3] - m[3]) / m[5];
    self->turn = info->wraps ? (double)info->wrap_cols : weft_crs_turn(info->crs) / fabs(m[1]);
    double wide = common_width(info, a, b), high = fmin(a.ymax, b.ymax) - fmax(a.ymin, b.ymin);
    *cover = wide > 0 && high > 0 ? wide * high / ((a.xmax - a.xmin) * (a.ymax - a.ymin)) : 0;
    if (*cover == 0)
        return refuse(err, info, of, "lies elsewhere: its extent does not touch", "gdalinfo shows the corners of both");
    return WEFT_OK;
}

static weft_status find_band(mask *self, int number, weft_error *err) {
    const weft_source_info *info = weft_source_describe(self->source);
    self->band = weft_source_info_band(info, number);
    if (self->band == NULL) return weft_error_set(err, WEFT_ERR_DATA, "mask %s has no band %d", info->path, number);
    return self->rule->prepare(self->rule->payload, self->band->type, &self->table, err);
}

static weft_status open_mask(mask *self, const char *path, weft_source *source, weft_source_options of, double *cover,
                             weft_block_cache *cache, weft_error *err) {
    int band = of.mask->band;
    const weft_source_options options = {.bands = &band,
                                         .band_count = 1,
                                         .crs = of.crs,
                                         .one_of_many = of.one_of_many,
                                         .without_palettes = true,
                                         .sign = of.sign,
                                         .retries = of.retries,
                                         .handles = of.handles};
    self->rule = of.mask;
    weft_status status = weft_source_open(&self->source, path, options, cache, err);
    if (status == WEFT_OK) status = find_band(self, band, err);
    return status == WEFT_OK ? place(self, source, cover, err) : status;
}

weft_status weft_masked_source_open(weft_source **out, const char *path, weft_source_options options,
                                    weft_block_cache *cache, weft_error *err) {
    char *mask_path = NULL;
    mask *self = NULL;
    double cover = 0;
    bool all_masked = false;
    weft_status status = weft_source_open(out, path, options, cache, err);
    if (status != WEFT_OK || options.mask == NULL) return status;
    status = options.mask->path_of(options.mask->payload, path, &mask_path, &all_masked, err);
    if (status == WEFT_OK && all_masked) weft_source_mask_all(*out);
    if (status == WEFT_OK && mask_path != NULL) {
        self = calloc(1, sizeof *self);
        status = self == NULL ? weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its mask", path)
                              : open_mask(self, mask_path, *out, options, &cover, cache, err);
    }
    free(mask_path);
    if (status == WEFT_OK && self != NULL) {
        weft_source_set_mask(*out, self->source, cover, apply, self);
        weft_source_close_idle(self->source);
        return WEFT_OK;
    }
    if (self != NULL) weft_source_close(self->source);
    free(self);
    if (status == WEFT_OK) return WEFT_OK;
    weft_source_close(*out);
    *out = NULL;
    return status;
}
