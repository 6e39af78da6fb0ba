/* SPDX-License-Identifier: MIT
 *
 * csv.gz: the same lines, compressed. */
#include "pipeline/formats/csv_format.h"
#include "stages/writers/gzip_writer.h"

static const weft_format_option options[] = {{.key = "gzip_level",
                                              .description = "How hard csv.gz is compressed: 1 is fastest, 9 smallest.",
                                              .fallback = "6",
                                              .low = 1,
                                              .high = 9},
                                             {0}};

static weft_status reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    (void)err;
    *out = weft_gzip_writer_reserve(shape->line_bytes, shape->table_columns, shape->cells.cols * shape->cells.rows,
                                    shape->threads);
    return WEFT_OK;
}

/* About a third, at the usual level. */
static int64_t estimate(const weft_plan *plan) {
    return weft_csv_format_estimate(plan) / 3;
}

static int64_t unit(const weft_plan *plan) {
    return weft_gzip_member_cells(plan->table.column_count);
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    int level = (int)weft_config_option_value(place->plan->config, "gzip_level");
    return weft_gzip_writer_new(out, place->table, place->file, level, place->memory_bytes, err);
}

const weft_format weft_csv_gz_format = {
    .facts = {.choice = {.word = "csv.gz", .synonyms = "gzip, csvgz, gz"}, .to_stdout = true, .options = options},
    .suffix = "csv.gz",
    .resumes = true,
    .texts = true,
    .table = true,
    .reserve = reserve,
    .estimate = estimate,
    .unit = unit,
    .open = start,
};
