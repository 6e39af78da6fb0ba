/* SPDX-License-Identifier: MIT
 *
 * What a shard keeps of the columns' statistics: not a format that a configuration can name. */
#include "pipeline/formats/piece_formats.h"

#include "stages/writers/stats_writer.h"

#define SPOOL "statistics.spool"

static weft_status reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    int64_t bytes = weft_stats_writer_bytes(shape->plan->column_count, shape->threads);
    (void)err;
    *out = (weft_reserve){.min = bytes, .desired = bytes};
    return WEFT_OK;
}

static int64_t unit(const weft_plan *plan) {
    (void)plan;
    return weft_stats_part_cells();
}

static int64_t estimate(const weft_plan *plan) {
    double parts = (double)plan->table_cols * (double)plan->table_rows / (double)weft_stats_part_cells() + 1;
    return (int64_t)(parts * (8 + (double)plan->column_count * (double)sizeof(weft_stats_part)));
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    weft_stats_options options = {.spec = place->table,
                                  .spool_path = weft_keep_text(place->keep, "%s/" SPOOL, place->scratch_folder),
                                  .keep_spool = true,
                                  .output = place->file};
    if (options.spool_path == NULL) return weft_error_no_memory(err, "the statistics");
    return weft_stats_writer_new(out, &options, err);
}

const weft_format weft_statistics_format = {
    .facts = {.choice = {.word = "statistics"}},
    .suffix = "statistics",
    .spool = SPOOL,
    .reserve = reserve,
    .estimate = estimate,
    .unit = unit,
    .open = start,
};
