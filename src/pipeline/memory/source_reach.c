/* SPDX-License-Identifier: MIT
 *
 * A net of points over the rectangle. Those that fall beside the source are moved to its edge, so that the box reaches
 * as far as the source does. */
#include "pipeline/memory/source_reach.h"

#include "pipeline/memory/block_bytes.h"

#include <math.h>
#include <stdlib.h>

#define NET       17   /* points along a side of the grid */
#define STRIPS    16   /* of the grid, side by side, that are looked at one by one */
#define STRIP_NET 5    /* points along a side of a strip */
#define MANY      64   /* blocks: fewer are not worth the points */
#define REACH     4.0  /* of the widest kernel, in cells and pixels, and a pixel of rounding */
#define BEND      0.01 /* of the box: how far a line may leave it between two points */

static int64_t clamp(double value, int64_t high) {
    if (!(value > 0)) return 0;
    return value < (double)high ? (int64_t)value : high;
}

static void lay_net(weft_window part, const weft_touch_net *net, double *u, double *v) {
    double inset = net->inset, steps = net->points - 1;
    for (int row = 0; row < net->points; row++) {
        for (int col = 0; col < net->points; col++) {
            *u++ = (double)part.col + inset + ((double)part.cols - 2 * inset) * col / steps;
            *v++ = (double)part.row + inset + ((double)part.rows - 2 * inset) * row / steps;
        }
    }
}

weft_status weft_touched_pixels(weft_window *out, const weft_source *source, weft_projector *projector,
                                weft_window part, const weft_touch_net *net, weft_error *err) {
    const weft_source_info *info = weft_source_describe(source);
    const weft_window whole = {0, 0, info->cols, info->rows};
    double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
    int count = net->points * net->points;
    bool lost = false;
    *out = whole;
    double *u = malloc(2 * (size_t)count * sizeof *u), *v = u + count;
    if (u == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the plan");
    lay_net(part, net, u, v);
    weft_status status = weft_projector_project(projector, count, u, v, err);
    for (int i = 0; i < count && status == WEFT_OK; i++) {
        lost = lost || isnan(u[i]) || isnan(v[i]);
        left = fmin(left, u[i]);
        right = fmax(right, u[i]);
        top = fmin(top, v[i]);
        bottom = fmax(bottom, v[i]);
    }
    free(u);
    if (status != WEFT_OK || lost) return status;
    double beside_u = net->margin[0] + BEND * (right - left), beside_v = net->margin[1] + BEND * (bottom - top);
    int64_t col = clamp(floor(left - beside_u), info->cols), end_col = clamp(ceil(right + beside_u), info->cols);
    int64_t row = clamp(floor(top - beside_v), info->rows), end_row = clamp(ceil(bottom + beside_v), info->rows);
    /* Over the seam, columns of both ends are next to each other. */
    if (info->wraps) {
        col = 0;
        end_col = info->cols;
    }
    *out = (weft_window){col, row, end_col - col, end_row - row};
    return WEFT_OK;
}

static bool says_that_it_misses(const weft_band_info *band) {
    return band->nodata_kind == WEFT_NODATA_VALUE ? band->nodata_occurs : band->nodata_kind != WEFT_NODATA_NONE;
}

static bool may_miss(const weft_band_info *band) {
    return weft_data_type_is_float(band->type) || says_that_it_misses(band);
}

/* The blocks under a rectangle of pixels, counted in blocks. */
static weft_window blocks_under(const weft_source_info *info, weft_window pixels) {
    if (weft_window_is_empty(pixels)) return (weft_window){0};
    int64_t col = pixels.col / info->block_cols, row = pixels.row / info->block_rows;
    return (weft_window){col, row, (pixels.col + pixels.cols - 1) / info->block_cols - col + 1,
                         (pixels.row + pixels.rows - 1) / info->block_rows - row + 1};
}

static double count_cells(weft_window window) {
    return weft_window_is_empty(window) ? 0 : (double)window.cols * (double)window.rows;
}

/* Blocks under the grid, each strip of it in a rectangle of its own: where its lines are bent or turned in the source,
 * one rectangle round all holds many blocks that no cell touches. Those under two neighbouring strips count once. */
static weft_status count_under_strips(double *out, const weft_grid *grid, const weft_source *source,
                                      weft_projector *projector, const double margin[2], weft_error *err) {
    const weft_touch_net net = {.points = STRIP_NET, .margin = {margin[0], margin[1]}};
    weft_window last = {0};
    weft_status status = WEFT_OK;
    *out = 0;
    for (int64_t i = 0; i < STRIPS && status == WEFT_OK; i++) {
        int64_t first = grid->cols * i / STRIPS, end = grid->cols * (i + 1) / STRIPS;
        weft_window strip = {first, 0, end - first, grid->rows}, pixels;
        status = weft_touched_pixels(&pixels, source, projector, strip, &net, err);
        if (status != WEFT_OK) break;
        weft_window under = blocks_under(weft_source_describe(source), pixels);
        *out += count_cells(under) - count_cells(weft_window_intersect(under, last));
        last = under;
    }
    return status;
}

weft_status weft_touched_blocks_count(weft_touched_blocks *out, const weft_grid *grid, const weft_source *source,
                                      weft_projector *projector, const double scale[2], weft_error *err) {
    const weft_touch_net net = {.points = NET, .margin = {REACH * fmax(scale[0], 1), REACH * fmax(scale[1], 1)}};
    weft_window pixels;
    *out = (weft_touched_blocks){0};
    weft_status status =
        weft_touched_pixels(&pixels, source, projector, (weft_window){0, 0, grid->cols, grid->rows}, &net, err);
    double blocks = count_cells(blocks_under(weft_source_describe(source), pixels)), under_strips = blocks;
    if (status == WEFT_OK && blocks > MANY)
        status = count_under_strips(&under_strips, grid, source, projector, net.margin, err);
    if (status != WEFT_OK) return status;
    const weft_source_info *info = weft_source_describe(source);
    blocks = fmin(blocks, under_strips);
    for (int i = 0; i < info->band_count; i++)
        out->count += info->bands[i].wanted ? blocks : 0;
    out->usually_bytes = blocks * weft_block_bytes(info, says_that_it_misses);
    out->max_bytes = blocks * weft_block_bytes(info, may_miss);
    return WEFT_OK;
}
