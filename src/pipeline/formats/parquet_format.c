/* SPDX-License-Identifier: MIT
 *
 * parquet: columns of their own types, in row groups. */
#include "pipeline/formats/format.h"

#include "pipeline/formats/grid_pairs.h"
#include "pipeline/formats/piece_formats.h"
#include "stages/writers/parquet_writer.h"

#define SPOOL "row_groups.spool"

static const weft_choice codec_words[] = {{.word = "zstd"}, {.word = "gzip"}, {.word = "none"}, {0}};
static const weft_page_codec codecs[] = {WEFT_PAGE_ZSTD, WEFT_PAGE_GZIP, WEFT_PAGE_PLAIN};

static const weft_format_option options[] = {{.key = "parquet_codec",
                                              .description = "How Parquet's pages are compressed.",
                                              .fallback = "zstd",
                                              .choices = codec_words},
                                             {0}};

static weft_status reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    (void)err;
    *out = weft_parquet_writer_reserve(shape->table_types, shape->table_columns, shape->cells.cols, shape->cells.rows,
                                       shape->threads);
    return WEFT_OK;
}

/* Values as they are, each column's repeated bytes worth as much as its nulls cost; coordinates next to nothing. */
static int64_t estimate(const weft_plan *plan) {
    double rows = weft_plan_table_rows(plan), row = 0.25;
    for (int i = 0; i < plan->table.column_count; i++)
        row += (double)weft_data_type_size(plan->table.types[i]);
    return rows * row < 9e18 ? (int64_t)(rows * row) : INT64_MAX;
}

/* Row groups are counted in rows of the table: where not every cell is one, where a group ends is known only when all
 * that comes before is. */
static int64_t unit(const weft_plan *plan) {
    if (!weft_plan_keeps_all_rows(plan)) return 0;
    return weft_parquet_writer_group_rows(plan->table.types, plan->table.column_count,
                                          plan->table_cols * plan->table.cell_rows, plan->table_rows);
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    weft_pair *pairs = weft_keep_new(place->keep, WEFT_GRID_PAIRS, sizeof *pairs);
    weft_parquet_options made = {.spec = place->table,
                                 .output = place->file,
                                 .codec = codecs[weft_config_option_value(place->plan->config, "parquet_codec")],
                                 .memory_bytes = place->memory_bytes,
                                 .spool_path = weft_keep_text(place->keep, "%s/" SPOOL, place->scratch_folder),
                                 .pairs = pairs,
                                 .pair_count = WEFT_GRID_PAIRS};
    if (pairs == NULL || made.spool_path == NULL)
        return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the Parquet writer");
    weft_status status = weft_grid_pairs_make(pairs, place->plan, place->keep, err);
    return status == WEFT_OK ? weft_parquet_writer_new(out, &made, err) : status;
}

const weft_format weft_parquet_format = {
    .facts = {.choice = {.word = "parquet", .synonyms = "pq"}, .options = options},
    .suffix = "parquet",
    .resumes = true,
    .spool = SPOOL,
    .table = true,
    .reserve = reserve,
    .estimate = estimate,
    .unit = unit,
    .open = start,
};
