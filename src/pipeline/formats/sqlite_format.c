/* SPDX-License-Identifier: MIT
 *
 * sqlite: a table in a database, which SQLite writes itself. */
#include "pipeline/formats/format.h"

#include "pipeline/formats/grid_pairs.h"
#include "stages/writers/sink_writer.h"
#include "store/sqlite_table.h"

static weft_status check(const weft_plan *plan, weft_error *err) {
    int columns = plan->table.column_count + (plan->config->index_columns ? 4 : 2);
    if (columns <= WEFT_SQLITE_MAX_COLUMNS) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "a SQLite table cannot hold %d columns: %d are the most", columns,
                   WEFT_SQLITE_MAX_COLUMNS);
    weft_error_hint(err, "export.formats: [parquet] has no such limit");
    return WEFT_ERR_DATA;
}

static weft_status reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    (void)shape;
    (void)err;
    *out = (weft_reserve){.beside = WEFT_SQLITE_TABLE_BYTES};
    return WEFT_OK;
}

static double value_bytes(weft_data_type type) {
    if (type == WEFT_DATE) return 10;
    return weft_data_type_is_float(type) ? 8 : (double)weft_data_type_size(type);
}

/* A row's header and number, coordinates, and a byte of type a value; pages are full to a few percent. */
static int64_t estimate(const weft_plan *plan) {
    double rows = weft_plan_table_rows(plan), row = 8 + 2 * 9;
    for (int i = 0; i < plan->table.column_count; i++)
        row += 1 + value_bytes(plan->table.types[i]);
    return rows * row < 8e18 ? (int64_t)(rows * row * 1.04) + 16384 : INT64_MAX;
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    const weft_plan *plan = place->plan;
    weft_pair pairs[WEFT_GRID_PAIRS];
    weft_row_sink sink;
    weft_status status = weft_grid_pairs_make(pairs, plan, place->keep, err);
    if (status != WEFT_OK) return status;
    weft_sqlite_table_options options = {.path = weft_output_file_part_path(place->file),
                                         .unplaced = place->table->format->unplaced,
                                         .index = plan->config->index_columns,
                                         .names = place->table->names,
                                         .types = place->table->types,
                                         .column_count = place->table->format->column_count,
                                         .pairs = pairs,
                                         .pair_count = WEFT_GRID_PAIRS,
                                         .cancel = plan->retries.cancel};
    status = weft_sqlite_table_open(&sink, &options, err);
    return status == WEFT_OK ? weft_sink_writer_new(out, place->table, place->file, sink, err) : status;
}

const weft_format weft_sqlite_format = {
    .facts = {.choice = {.word = "sqlite", .synonyms = "sqlite3, db"}},
    .suffix = "sqlite",
    .one_case = true,
    .table = true,
    .ending = 0.25, /* the file is read back for its checksum */
    .check = check,
    .reserve = reserve,
    .estimate = estimate,
    .open = start,
};
