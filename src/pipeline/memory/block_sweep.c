/* The blocks under a line across the grid: as many as it is long, by as many rows of blocks as it is steep.
 *
 * SPDX-License-Identifier: MIT */
#include "pipeline/memory/block_sweep.h"

#include "pipeline/memory/block_bytes.h"

#include <math.h>

#define LINES  5  /* of the grid that are looked at */
#define POINTS 33 /* on each */

/* The rectangle of source pixels that holds a line's points, of those that fall into the source. */
typedef struct reach {
    double u_first, u_last, v_first, v_last;
} reach;

static weft_status follow_line(reach *out, const weft_grid *grid, const weft_source_info *info,
                               weft_projector *projector, double row, weft_error *err) {
    double u[POINTS], v[POINTS];
    for (int i = 0; i < POINTS; i++) {
        u[i] = (double)grid->cols * i / (POINTS - 1);
        v[i] = row;
    }
    *out = (reach){INFINITY, -INFINITY, INFINITY, -INFINITY};
    weft_status status = weft_projector_project(projector, POINTS, u, v, err);
    for (int i = 0; i < POINTS && status == WEFT_OK; i++) {
        if (!(u[i] >= 0 && u[i] <= (double)info->cols && v[i] >= 0 && v[i] <= (double)info->rows)) continue;
        *out = (reach){fmin(out->u_first, u[i]), fmax(out->u_last, u[i]), fmin(out->v_first, v[i]),
                       fmax(out->v_last, v[i])};
    }
    return status;
}

weft_status weft_block_sweep_measure(weft_block_sweep *out, const weft_grid *grid, const weft_source *source,
                                     weft_projector *projector, double scale_y, weft_error *err) {
    const weft_source_info *info = weft_source_describe(source);
    double width = -1, height = 0;
    weft_status status = WEFT_OK;
    *out = (weft_block_sweep){0};
    for (int i = 0; i < LINES && status == WEFT_OK; i++) {
        reach line;
        status = follow_line(&line, grid, info, projector, (double)grid->rows * i / (LINES - 1), err);
        width = fmax(width, line.u_last - line.u_first);
        height = fmax(height, line.v_last - line.v_first);
    }
    if (status != WEFT_OK || width < 0) return status;
    /* Both ends of a stretch may lie within a block. */
    double across = fmin(width / (double)info->block_cols + 2, ceil((double)info->cols / (double)info->block_cols));
    double bytes = across * weft_block_bytes(info, NULL);
    out->line_bytes = (int64_t)(bytes * (height / (double)info->block_rows + 2));
    out->row_bytes = bytes * scale_y / (double)info->block_rows;
    return WEFT_OK;
}
