/* Reads a rectangle of a group: the one file under it where there is but one, else pixel by pixel by the rule, from
 * pinned blocks into the caller's memory, so that an overlap takes no memory of its own.
 *
 * SPDX-License-Identifier: MIT */
#include "core/window.h"
#include "raster/mosaic/mosaic_group.h"

#include <stdlib.h>
#include <string.h>

#define FEW  256 /* parts under a window that are sorted; of more the whole list is gone through */
#define TILE 64  /* pixels a side whose sums are on the stack */

/* The parts under a window, in list order. */
typedef struct part_list {
    int count;
    bool all; /* every part of the group, those under the window among them */
    int parts[FEW];
} part_list;

typedef struct read_job {
    const weft_mosaic_group *group;
    int band; /* index */
    weft_overlap rule;
    weft_window window; /* inside the group */
    weft_values target; /* (0, 0) is the window's first pixel; with a mask for every type */
} read_job;

/* --- the parts under a window --- */

/* The first in order of rows that begins at `row` or below. */
static int first_from(const weft_mosaic_group *group, int64_t row) {
    int low = 0, high = group->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (group->parts[group->by_row[middle]].window.row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert_sorted(part_list *list, int part) {
    int at = list->count++;
    for (; at > 0 && list->parts[at - 1] > part; at--)
        list->parts[at] = list->parts[at - 1];
    list->parts[at] = part;
}

/* A part that crosses the group's right end begins anew at its left: seen from there it lies a turn before. */
static weft_window a_turn_before(const weft_mosaic_group *group, const weft_mosaic_part *part) {
    weft_window window = part->window;
    window.col -= group->turn;
    return window;
}

static bool lies_under(const weft_mosaic_group *group, const weft_mosaic_part *part, weft_window window) {
    if (!weft_window_is_empty(weft_window_intersect(part->window, window))) return true;
    return group->turn > 0 && !weft_window_is_empty(weft_window_intersect(a_turn_before(group, part), window));
}

static void find_parts(const weft_mosaic_group *group, weft_window window, part_list *out) {
    out->count = 0;
    out->all = false;
    for (int i = first_from(group, window.row - group->tallest + 1); i < group->count; i++) {
        const weft_mosaic_part *part = &group->parts[group->by_row[i]];
        if (part->window.row >= window.row + window.rows) return;
        if (!lies_under(group, part, window)) continue;
        if (out->count == FEW) {
            out->count = group->count;
            out->all = true;
            return;
        }
        insert_sorted(out, group->by_row[i]);
    }
}

static const weft_mosaic_part *part_at(const weft_mosaic_group *group, const part_list *list, int i) {
    return &group->parts[list->all ? i : list->parts[i]];
}

/* --- blocks --- */

/* What a part's block under the window is joined into; NULL sums: into the target itself. */
typedef struct block_sink {
    const read_job *job;
    weft_window window; /* what is wanted of it, in the group's pixels */
    double *sums;
    uint64_t *gathered; /* of medians: `room` of each pixel; sums are NULL then */
    int32_t *counts;
    int64_t room;
} block_sink;

static bool any_missing(const read_job *job, weft_window window) {
    weft_values at = weft_values_at(job->target, window.row - job->window.row, window.col - job->window.col);
    for (int64_t row = 0; row < window.rows; row++)
        if (memchr(at.valid + row * at.stride, 0, (size_t)window.cols) != NULL) return true;
    return false;
}

/* `shared`: pixels of the group that the block and the sink have both; `origin`: the block's first pixel there. */
static void join_block(const block_sink *sink, weft_window shared, weft_window origin, const weft_block *block,
                       weft_data_type type) {
    const read_job *job = sink->job;
    int64_t size = (int64_t)weft_data_type_size(type);
    for (int64_t row = shared.row; row < shared.row + shared.rows; row++) {
        int64_t from = (row - origin.row) * origin.cols + shared.col - origin.col;
        const void *values = (const char *)block->values + from * size;
        const uint8_t *valid = block->valid != NULL ? block->valid + from : NULL;
        if (sink->room > 0) {
            int64_t to = (row - sink->window.row) * sink->window.cols + shared.col - sink->window.col;
            weft_overlap_gather(job->target.type, shared.cols, sink->gathered + to * sink->room, sink->room,
                                sink->counts + to, type, values, valid);
        } else if (sink->sums != NULL) {
            int64_t to = (row - sink->window.row) * sink->window.cols + shared.col - sink->window.col;
            weft_overlap_add(type, shared.cols, sink->sums + to, sink->counts + to, values, valid);
        } else {
            weft_values to = weft_values_at(job->target, row - job->window.row, shared.col - job->window.col);
            weft_overlap_join(job->rule, type, shared.cols, to.values, to.valid, values, valid);
        }
    }
}

/* Every block under the sink's window of a part that lies at `place`; one that can add nothing is not read. */
static weft_status join_at(const block_sink *sink, const weft_mosaic_part *part, weft_window place, weft_error *err) {
    const read_job *job = sink->job;
    const weft_source_info *info = weft_source_describe(part->source);
    const weft_band_info *band = &info->bands[job->band];
    bool fills = job->rule == WEFT_OVERLAP_FIRST || job->rule == WEFT_OVERLAP_LAST;
    weft_window shared = weft_window_intersect(sink->window, place);
    weft_window own = {shared.col - place.col, shared.row - place.row, shared.cols, shared.rows};
    if (weft_window_is_empty(shared)) return WEFT_OK;
    weft_status status = WEFT_OK;
    for (int64_t row = own.row / info->block_rows; row * info->block_rows < own.row + own.rows; row++) {
        for (int64_t col = own.col / info->block_cols; col * info->block_cols < own.col + own.cols; col++) {
            weft_window origin = {place.col + col * info->block_cols, place.row + row * info->block_rows,
                                  info->block_cols, info->block_rows};
            weft_window cell = weft_window_intersect(shared, origin);
            weft_block block;
            if (fills && !any_missing(job, cell)) continue;
            status = weft_source_acquire_block(part->source, band, col, row, &block, err);
            if (status != WEFT_OK) return status;
            join_block(sink, cell, origin, &block, band->type);
            weft_source_release_block(part->source, band, col, row);
        }
    }
    return WEFT_OK;
}

static weft_status join_part(const block_sink *sink, const weft_mosaic_part *part, weft_error *err) {
    const weft_mosaic_group *group = sink->job->group;
    weft_status status = join_at(sink, part, part->window, err);
    if (status != WEFT_OK || group->turn == 0) return status;
    return join_at(sink, part, a_turn_before(group, part), err);
}

/* --- by the rule --- */

static weft_status read_joined(const read_job *job, const part_list *list, weft_error *err) {
    block_sink sink = {.job = job, .window = job->window};
    bool backwards = job->rule == WEFT_OVERLAP_LAST;
    weft_status status = WEFT_OK;
    for (int i = 0; i < list->count && status == WEFT_OK; i++)
        status = join_part(&sink, part_at(job->group, list, backwards ? list->count - 1 - i : i), err);
    return status;
}

static weft_status read_mean_of_tile(const read_job *job, const part_list *list, weft_window tile, weft_error *err) {
    double sums[TILE * TILE] = {0};
    int32_t counts[TILE * TILE] = {0};
    block_sink sink = {job, tile, sums, NULL, counts, 0};
    weft_status status = WEFT_OK;
    for (int i = 0; i < list->count && status == WEFT_OK; i++)
        status = join_part(&sink, part_at(job->group, list, i), err);
    for (int64_t row = 0; row < tile.rows && status == WEFT_OK; row++) {
        weft_values to = weft_values_at(job->target, tile.row + row - job->window.row, tile.col - job->window.col);
        if (job->rule == WEFT_OVERLAP_MEAN) {
            weft_overlap_mean(to.type, tile.cols, sums + row * tile.cols, counts + row * tile.cols, to.values,
                              to.valid);
            continue;
        }
        for (int64_t i = 0; i < tile.cols; i++)
            sums[row * tile.cols + i] = counts[row * tile.cols + i];
        weft_overlap_count(to.type, tile.cols, sums + row * tile.cols, to.values, to.valid);
    }
    return status;
}

/* A part of a row: as many pixels as have room on the stack for a value of each file. */
static weft_status read_medians(const read_job *job, const part_list *list, weft_window piece, weft_error *err) {
    uint64_t gathered[WEFT_MOSAIC_MED_VALUES];
    int32_t counts[TILE] = {0};
    block_sink sink = {job, piece, NULL, gathered, counts, list->count};
    weft_status status = WEFT_OK;
    for (int i = 0; i < list->count && status == WEFT_OK; i++)
        status = join_part(&sink, part_at(job->group, list, i), err);
    if (status != WEFT_OK) return status;
    weft_values to = weft_values_at(job->target, piece.row - job->window.row, piece.col - job->window.col);
    weft_overlap_med(to.type, piece.cols, gathered, list->count, counts, to.values, to.valid);
    return WEFT_OK;
}

static weft_status read_med(const read_job *job, const part_list *list, weft_error *err) {
    weft_window window = job->window;
    weft_status status = WEFT_OK;
    if (list->count == 0) return WEFT_OK;
    int64_t cols = weft_smaller(TILE, WEFT_MOSAIC_MED_VALUES / list->count);
    for (int64_t row = 0; row < window.rows; row++)
        for (int64_t col = 0; col < window.cols && status == WEFT_OK; col += cols)
            status = read_medians(
                job, list, weft_window_intersect((weft_window){window.col + col, window.row + row, cols, 1}, window),
                err);
    return status;
}

static weft_status read_mean(const read_job *job, const part_list *list, weft_error *err) {
    weft_window window = job->window;
    weft_status status = WEFT_OK;
    for (int64_t row = 0; row < window.rows; row += TILE)
        for (int64_t col = 0; col < window.cols && status == WEFT_OK; col += TILE)
            status = read_mean_of_tile(
                job, list, weft_window_intersect((weft_window){window.col + col, window.row + row, TILE, TILE}, window),
                err);
    return status;
}

/* --- the whole window --- */

/* The only part under the window, when it covers it and its pixels are the answer. A column that repeats the first one
 * of a turn is never the answer. */
static const weft_mosaic_part *only_part(const weft_mosaic_group *group, int band, weft_window window,
                                         const part_list *list) {
    int64_t turn = group->info.wraps ? group->info.wrap_cols : group->info.cols;
    if (list->all || list->count != 1 || group->options.rule == WEFT_OVERLAP_COUNT || window.col + window.cols > turn)
        return NULL;
    const weft_mosaic_part *part = part_at(group, list, 0);
    weft_window shared = weft_window_intersect(part->window, window);
    bool covers = shared.cols == window.cols && shared.rows == window.rows;
    return covers && weft_source_describe(part->source)->bands[band].type == group->bands[band].type ? part : NULL;
}

static weft_status read_only_part(const weft_mosaic_part *part, int band, weft_window window, void *values,
                                  uint8_t *valid, bool *all_valid, weft_error *err) {
    window.col -= part->window.col;
    window.row -= part->window.row;
    return weft_source_read(part->source, weft_source_describe(part->source)->bands[band].number, window, values, valid,
                            all_valid, err);
}

/* MIN of values is MAX of raw pixels where the scale that will be applied is negative. */
static weft_overlap rule_of(const weft_mosaic_group *group, int band) {
    weft_overlap rule = group->options.rule;
    if (!group->options.unscale || group->bands[band].scale > 0) return rule;
    return rule == WEFT_OVERLAP_MIN ? WEFT_OVERLAP_MAX : rule == WEFT_OVERLAP_MAX ? WEFT_OVERLAP_MIN : rule;
}

/* Turn by turn where the group goes round the world; one turn where it does not. */
static weft_status read_wrapped(const weft_mosaic_group *group, int band, weft_window window, void *values,
                                uint8_t *valid, weft_error *err) {
    const weft_source_info *info = &group->info;
    weft_values whole = {group->bands[band].type, values, valid, window.cols};
    int64_t turn = info->wraps ? info->wrap_cols : info->cols, end = window.col + window.cols;
    weft_status status = WEFT_OK;
    for (int64_t col = window.col; col < end && status == WEFT_OK;) {
        int64_t shift = info->wraps ? weft_floor_divide(col, turn) * turn : 0;
        int64_t stop = info->wraps && shift + turn < end ? shift + turn : end;
        read_job job = {group,
                        band,
                        rule_of(group, band),
                        {col - shift, window.row, stop - col, window.rows},
                        weft_values_at(whole, 0, col - window.col)};
        part_list list;
        find_parts(group, job.window, &list);
        bool adds = job.rule == WEFT_OVERLAP_MEAN || job.rule == WEFT_OVERLAP_COUNT;
        status = job.rule == WEFT_OVERLAP_MED ? read_med(&job, &list, err)
                 : adds                       ? read_mean(&job, &list, err)
                                              : read_joined(&job, &list, err);
        col = stop;
    }
    return status;
}

weft_status weft_mosaic_group_read(void *payload, int band, weft_window window, void *values, uint8_t *valid,
                                   bool *all_valid, weft_error *err) {
    const weft_mosaic_group *group = payload;
    int index = 0;
    while (index < group->info.band_count && group->bands[index].number != band)
        index++;
    if (index == group->info.band_count)
        return weft_error_set(err, WEFT_ERR_INTERNAL, "%s: there is no band %d", group->info.path, band);
    part_list list;
    find_parts(group, window, &list);
    const weft_mosaic_part *part = only_part(group, index, window, &list);
    if (part != NULL) return read_only_part(part, index, window, values, valid, all_valid, err);
    size_t count = (size_t)(window.cols * window.rows);
    memset(values, 0, count * weft_data_type_size(group->bands[index].type));
    memset(valid, 0, count);
    weft_status status = read_wrapped(group, index, window, values, valid, err);
    *all_valid = status == WEFT_OK && memchr(valid, 0, count) == NULL;
    return status;
}
