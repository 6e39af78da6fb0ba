/* SPDX-License-Identifier: MIT
 *
 * A few points of the grid are projected into the source; those that fall beside it are moved to its edge. Bytes are as
 * the cache books them: a buffer a band. */
#include "pipeline/memory/source_needs.h"

#include "core/memory/buffer.h"
#include "processors/lattice/lattice_types.h"

#include <math.h>
#include <stdlib.h>

#define NET          17   /* points along a side of the grid */
#define STRIPS       16   /* of the grid, side by side, that are looked at one by one */
#define STRIP_NET    5    /* points along a side of a strip */
#define MANY         64   /* blocks: fewer are not worth the points */
#define REACH        4.0  /* of the widest kernel, in cells and pixels, and a pixel of rounding */
#define BEND         0.01 /* of the box: how far a line may leave it between two points */
#define LINES        5    /* of the grid that are looked at */
#define POINTS       33   /* on each */
#define MAX_BYTES    1e15
#define DOUBLE_BYTES 8
#define KERNEL_BYTES 40   /* for each column of a patch or of a band: taps, a row of values */
#define FIXED_BYTES  4096 /* of kernels, and a page that is begun */

/* --- blocks --- */

double weft_block_bytes(const weft_source_info *info, weft_band_masked_fn masked) {
    int64_t count = info->block_cols * info->block_rows, page = weft_page_bytes(), bytes = 0;
    for (int i = 0; i < info->band_count; i++) {
        const weft_band_info *band = &info->bands[i];
        int64_t block =
            count * ((int64_t)weft_data_type_size(band->type) + (masked == NULL || info->masked || masked(band)));
        if (band->wanted) bytes += (block + page - 1) / page * page;
    }
    return (double)(bytes + info->mask_bytes);
}

int64_t weft_block_bytes_largest(const weft_source_info *info) {
    int64_t widest = 0;
    for (int i = 0; i < info->band_count; i++)
        if ((int64_t)weft_data_type_size(info->bands[i].type) > widest)
            widest = (int64_t)weft_data_type_size(info->bands[i].type);
    return info->block_cols * info->block_rows * (widest + 1) + info->mask_block_bytes;
}

double weft_block_bytes_corner(const weft_source_info *info) {
    double across = info->cols > info->block_cols ? 2 : 1, down = info->rows > info->block_rows ? 2 : 1;
    double one = (double)weft_block_bytes_largest(info), all = weft_block_bytes(info, NULL);
    return across * down * (info->bands_at_once > 1 ? fmin(all, info->bands_at_once * one) : one);
}

/* --- what lies under a part of the grid --- */

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
    if (u == NULL) return weft_error_no_memory(err, "the plan");
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

/* --- lines across the grid --- */

/* How far a line runs in the source, of those of its points that fall into it: along u and along v. */
typedef struct stretch {
    double along_u, along_v;
    bool touches;
} stretch;

static weft_status follow_line(stretch *out, const weft_grid *grid, const weft_source_info *info,
                               weft_projector *projector, double row, weft_error *err) {
    double u[POINTS], v[POINTS];
    int last = -1;
    for (int i = 0; i < POINTS; i++) {
        u[i] = (double)grid->cols * i / (POINTS - 1);
        v[i] = row;
    }
    *out = (stretch){0};
    weft_status status = weft_projector_project(projector, POINTS, u, v, err);
    for (int i = 0; i < POINTS && status == WEFT_OK; i++) {
        if (!(u[i] >= 0 && u[i] <= (double)info->cols && v[i] >= 0 && v[i] <= (double)info->rows)) continue;
        if (last >= 0) {
            out->along_u += fabs(u[i] - u[last]);
            out->along_v += fabs(v[i] - v[last]);
        }
        out->touches = true;
        last = i;
    }
    return status;
}

/* A line that goes down by less than a block lies in two rows of blocks at most. A steeper one passes from block to block,
 * across or down, and kernels reach into those beside: twice as many as it passes, but no more than are around it, which
 * are fewer where one block is as wide as the raster. */
weft_status weft_block_sweep_measure(weft_block_sweep *out, const weft_grid *grid, const weft_source *source,
                                     weft_projector *projector, double scale_y, weft_error *err) {
    const weft_source_info *info = weft_source_describe(source);
    double all_across = ceil((double)info->cols / (double)info->block_cols), width = 0, blocks = 0;
    bool touches = false;
    weft_status status = WEFT_OK;
    *out = (weft_block_sweep){0};
    for (int i = 0; i < LINES && status == WEFT_OK; i++) {
        stretch line;
        status = follow_line(&line, grid, info, projector, (double)grid->rows * i / (LINES - 1), err);
        /* Both ends of a stretch may lie within a block. */
        double across = fmin(line.along_u / (double)info->block_cols + 2, all_across);
        double down = line.along_v / (double)info->block_rows;
        width = fmax(width, across);
        blocks = fmax(blocks, fmin(across * (down + 2), 2 * (across + down)));
        touches = touches || line.touches;
    }
    if (status != WEFT_OK || !touches) return status;
    double bytes = weft_block_bytes(info, NULL);
    out->line_bytes = (int64_t)fmin(blocks * bytes, MAX_BYTES);
    out->row_bytes = width * bytes * scale_y / (double)info->block_rows;
    return WEFT_OK;
}

/* --- patches: the same as weft_resampler_scratch_bytes(), but positions are not known yet --- */

/* Pixel, mask, and planes of doubles. */
static double pixel_bytes(const weft_resampler *resampler, bool separable) {
    bool scaled = resampler->value_scale != 1 || resampler->value_offset != 0;
    bool plane = resampler->min_coverage > 0 || resampler->method->kernel->takes_plane(resampler, separable);
    return (double)weft_data_type_size(resampler->source_type) + 1 + (plane + scaled) * DOUBLE_BYTES;
}

/* Pixels along an axis under one cell: the kernel's reach to both sides, or a footprint, turned if it may be. */
static double cell_pixels(const weft_resampler *resampler, bool separable, double scale, int64_t reach) {
    if (!weft_method_needs_corners(resampler->method)) return 2 * (double)reach + 3;
    return separable ? scale + 3 : 2 * scale + 3;
}

/* What a kernel has for the pixels of a cell, one cell after the other. */
static double of_a_cell(const weft_resampler *resampler, bool separable, double pixels) {
    const weft_kernel *kernel = resampler->method->kernel;
    if (resampler->min_coverage > 0) return FIXED_BYTES + (double)sizeof(weft_sample) * pixels;
    return FIXED_BYTES + (separable ? kernel->separable_pixel_bytes : kernel->pixel_bytes) * pixels;
}

/* What tells of the coverage of a band's cells. */
static double coverage_bytes(const weft_resampler *resampler, int64_t band_cols) {
    return resampler->min_coverage > 0 ? (double)DOUBLE_BYTES * WEFT_LATTICE_CELL * (double)band_cols : 0;
}

static int64_t whole_bytes(double bytes) {
    return (int64_t)fmin(bytes, MAX_BYTES);
}

int64_t weft_patch_bytes(const weft_resampler *resampler, bool separable, weft_window pixels, int64_t band_cols) {
    int64_t support_x, support_y;
    weft_resampler_support(resampler, &support_x, &support_y);
    double count = (double)pixels.cols * (double)pixels.rows;
    double cell = cell_pixels(resampler, separable, resampler->scale_x, support_x) *
                  cell_pixels(resampler, separable, resampler->scale_y, support_y);
    return whole_bytes(count * pixel_bytes(resampler, separable) + of_a_cell(resampler, separable, fmin(cell, count)) +
                       KERNEL_BYTES * (double)(pixels.cols + band_cols) + coverage_bytes(resampler, band_cols));
}

/* No more than there are, or, where the source wraps, than a turn and a turn's reach to both sides. */
int64_t weft_patch_cell_bytes(const weft_resampler *resampler, bool separable) {
    int64_t support_x, support_y, wrap = resampler->wrap_cols;
    weft_resampler_support(resampler, &support_x, &support_y);
    double cols = fmin(cell_pixels(resampler, separable, resampler->scale_x, support_x),
                       (double)(wrap > 0 ? 3 * wrap + 2 : resampler->source_cols));
    double rows =
        fmin(cell_pixels(resampler, separable, resampler->scale_y, support_y), (double)resampler->source_rows);
    double kernel = of_a_cell(resampler, separable, cols * rows);
    return whole_bytes(cols * rows * pixel_bytes(resampler, separable) + kernel + KERNEL_BYTES * (cols + rows + 1) +
                       FIXED_BYTES);
}
