/* SPDX-License-Identifier: MIT */
#include "raster/mosaic/mosaic_places.h"

#include "core/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 1e9 /* of a turn */

/* Columns of a full turn of longitude; 0: x is no longitude, or rows do not run along parallels. */
static double turn_of(const weft_mosaic_group *group) {
    const weft_source_info *first = weft_source_describe(group->parts[0].source);
    const double *g = first->geotransform;
    double turn = weft_crs_turn(first->crs) / fabs(g[1]);
    return g[2] == 0 && g[4] == 0 && turn < MOST_COLUMNS ? turn : 0;
}

/* 0: it is no whole number. */
static int64_t whole_turn(double turn) {
    return turn >= 1 && fabs(turn - round(turn)) <= WEFT_MOSAIC_FORGIVEN ? (int64_t)round(turn) : 0;
}

bool weft_mosaic_place_fits(const weft_mosaic_group *group, weft_window place) {
    double turn = turn_of(group);
    int64_t left = weft_smaller(group->left, place.col), right = weft_larger(group->right, place.col + place.cols);
    /* A column more repeats the first one, as it does in a single file. */
    return turn == 0 || whole_turn(turn) > 0 || (double)(right - left) <= ceil(turn) + 1;
}

/* --- a ring --- */

/* The columns of a file, as a part of the turn. */
typedef struct arc {
    int64_t from, cols;
} arc;

static int by_start(const void *a, const void *b) {
    const arc *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* Where the widest gap between arcs ends, which are sorted, and how wide it is; 0 wide: there is none. */
static int64_t find_gap(const arc *arcs, int count, int64_t turn, int64_t *width) {
    int64_t reach = INT64_MIN, end = 0;
    for (int i = 0; i < count; i++) /* the arc that goes farthest over the end of the turn, seen from its beginning */
        reach = weft_larger(reach, arcs[i].from + arcs[i].cols - turn);
    *width = 0;
    for (int i = 0; i < count; i++) {
        if (arcs[i].from - reach > *width) {
            *width = arcs[i].from - reach;
            end = arcs[i].from;
        }
        reach = weft_larger(reach, arcs[i].from + arcs[i].cols);
    }
    return end;
}

/* Columns of a part that begin within the first turn. */
static int64_t within_turn(int64_t col, int64_t turn) {
    return col - weft_floor_divide(col, turn) * turn;
}

/* Gives each part its columns within one turn, the union `cols` of them, from the end of the widest gap on. Where parts
 * lie within a turn as they are, and no gap among them is wider than what that leaves, they stay. */
static weft_status lay_round(weft_mosaic_group *group, int64_t turn, int64_t *cols, weft_error *err) {
    int64_t gap;
    arc *arcs = calloc((size_t)group->count, sizeof *arcs);
    if (arcs == NULL) return weft_error_no_memory(err, "a mosaic");
    for (int i = 0; i < group->count; i++) /* what is beyond a turn repeats the first columns */
        arcs[i] = (arc){within_turn(group->parts[i].window.col, turn), weft_smaller(group->parts[i].window.cols, turn)};
    qsort(arcs, (size_t)group->count, sizeof *arcs, by_start);
    int64_t origin = find_gap(arcs, group->count, turn, &gap);
    free(arcs);
    if (gap <= turn - *cols) return WEFT_OK;
    *cols = turn - gap;
    for (int i = 0; i < group->count; i++) {
        weft_window *window = &group->parts[i].window;
        window->cols = weft_smaller(window->cols, turn);
        window->col = within_turn(window->col, turn);
        window->col -= window->col >= origin ? origin : origin - turn;
        if (window->col + window->cols > *cols) group->turn = turn;
    }
    return WEFT_OK;
}

/* --- the union --- */

/* The corner is that of the part which has it, so that it is the file's number, not a sum. */
static void find_corner(weft_mosaic_group *group) {
    double *g = group->info.geotransform;
    const weft_mosaic_part *left = group->parts, *top = group->parts;
    for (int i = 0; i < group->count; i++) {
        if (group->parts[i].window.col < left->window.col) left = &group->parts[i];
        if (group->parts[i].window.row < top->window.row) top = &group->parts[i];
    }
    int64_t col = left->window.col, row = top->window.row;
    memcpy(g, weft_source_describe(group->parts[0].source)->geotransform, sizeof group->info.geotransform);
    if (g[2] == 0 && g[4] == 0) {
        g[0] = weft_source_describe(left->source)->geotransform[0];
        g[3] = weft_source_describe(top->source)->geotransform[3];
    } else {
        g[0] += (double)col * g[1] + (double)row * g[2];
        g[3] += (double)col * g[4] + (double)row * g[5];
    }
    for (int i = 0; i < group->count; i++) {
        group->parts[i].window.col -= col;
        group->parts[i].window.row -= row;
    }
}

weft_status weft_mosaic_places_settle(weft_mosaic_group *group, weft_error *err) {
    weft_source_info *info = &group->info;
    int64_t turn = whole_turn(turn_of(group)), cols = group->right - group->left, bottom = 0;
    weft_status status = WEFT_OK;
    /* A column more than a turn repeats the first one, if all are of one file. A turn of columns has no ends. */
    if (turn > 0 && cols != turn && group->count > 1) status = lay_round(group, turn, &cols, err);
    if (status != WEFT_OK) return status;
    find_corner(group);
    for (int i = 0; i < group->count; i++)
        bottom = weft_larger(bottom, group->parts[i].window.row + group->parts[i].window.rows);
    info->cols = cols;
    info->rows = bottom;
    return WEFT_OK;
}
