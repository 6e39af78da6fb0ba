/* SPDX-License-Identifier: MIT
 *
 * What a shard keeps for formats whose pieces cannot be copied one after the other: not a format that a configuration
 * can name. */
#include "pipeline/formats/piece_formats.h"

#include "stages/cells/cells_writer.h"

static weft_status reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    const weft_plan *plan = shape->plan;
    (void)err;
    weft_frame_layout layout = weft_frame_layout_of(
        shape->types, plan->column_count, !weft_plan_rows_are_all(plan->config), plan->table_cols * plan->table_rows);
    *out = weft_cells_writer_reserve(layout, shape->threads);
    return WEFT_OK;
}

static int64_t estimate(const weft_plan *plan) {
    double cells = (double)plan->table_cols * (double)plan->table_rows, cell = 0;
    for (int i = 0; i < plan->column_count; i++)
        cell += (double)weft_data_type_cell_bytes(plan->columns[i].type);
    return cells * cell < 9e18 ? (int64_t)(cells * cell) : INT64_MAX;
}

static int64_t unit(const weft_plan *plan) {
    (void)plan;
    return 1;
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    return weft_cells_writer_new(out, place->table, place->file, place->memory_bytes, err);
}

const weft_format weft_cells_format = {
    .facts = {.choice = {.word = "cells"}},
    .suffix = "cells",
    .resumes = true,
    .reserve = reserve,
    .estimate = estimate,
    .unit = unit,
    .open = start,
};
