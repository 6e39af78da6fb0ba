/* SPDX-License-Identifier: MIT
 *
 * parquet: columns of their own types, in row groups. */
#include "pipeline/formats/format.h"

#include "pipeline/formats/geo_pair.h"
#include "pipeline/formats/grid_pairs.h"
#include "pipeline/formats/piece_formats.h"
#include "pipeline/rows/file_rows.h"
#include "stages/parquet/parquet_writer.h"

#define SPOOL        "row_groups.spool"
#define SHAPES_SPOOL "shapes.spool"

static const weft_choice codec_words[] = {{.word = "zstd"}, {.word = "gzip"}, {.word = "none"}, {0}};
static const weft_page_codec codecs[] = {WEFT_PAGE_ZSTD, WEFT_PAGE_GZIP, WEFT_PAGE_PLAIN};

static const weft_choice geometry_words[] = {{.word = "wkb"}, {.word = "none"}, {0}};
enum { GEOMETRY_WKB, GEOMETRY_NONE };

static const weft_format_option options[] = {
    {.key = "parquet_codec",
     .description = "How Parquet's pages are compressed.",
     .fallback = "zstd",
     .choices = codec_words},
    {.key = "parquet_geometry",
     .description = "GeoParquet's geometry of rows that are points or polygons.",
     .fallback = "wkb",
     .choices = geometry_words},
    {0}};

/* Points are made of x and y. A polygon is the file's, by the number of its row, which folders by values and rows of
 * dates do not have. False: there is no geometry. */
static bool shapes_of(const weft_plan *plan, weft_shape_options *out) {
    const weft_config *config = plan->config;
    const weft_plan_file_rows *rows = plan->rows.file;
    if (rows == NULL || weft_config_option_value(config, "parquet_geometry") == GEOMETRY_NONE) return false;
    *out = (weft_shape_options){.points = weft_plan_rows_coordinates(plan) > 0, .max = WEFT_WKB_POINT};
    if (out->points) return true;
    out->file = weft_file_rows_options(config);
    out->max = rows->max_wkb;
    return config->layout != WEFT_LAYOUT_LONG && config->partition != WEFT_PARTITION_BY;
}

static int64_t group_rows(const weft_plan *plan) {
    return weft_parquet_writer_group_rows(plan->table.types, plan->table.column_count,
                                          plan->table_cols * plan->table.cell_rows, plan->table_rows);
}

static weft_status reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    (void)err;
    *out = weft_parquet_writer_reserve(shape->table_types, shape->table_columns, shape->cells.cols, shape->cells.rows,
                                       shape->threads);
    weft_shape_options shapes;
    if (!shapes_of(shape->plan, &shapes)) return WEFT_OK;
    int64_t rows =
        weft_parquet_writer_group_rows(shape->table_types, shape->table_columns, shape->cells.cols, shape->cells.rows);
    int64_t bytes = weft_shape_column_bytes(&shapes, rows) + weft_page_bytes();
    out->min += bytes;
    out->desired += bytes;
    out->beside += WEFT_PAGE_COMPRESSOR_BYTES;
    return WEFT_OK;
}

/* Values as they are, each column's repeated bytes worth as much as its nulls cost; coordinates next to nothing. */
static int64_t estimate(const weft_plan *plan) {
    double rows = weft_plan_table_rows(plan), row = 0.25;
    weft_shape_options shapes;
    for (int i = 0; i < plan->table.column_count; i++)
        row += (double)weft_data_type_size(plan->table.types[i]);
    if (shapes_of(plan, &shapes)) {
        const weft_plan_file_rows *file = plan->rows.file;
        row += 4 * sizeof(double) + 32;
        row += 2 * sizeof(double) * (double)file->corners / (double)file->count;
    }
    return rows * row < 9e18 ? (int64_t)(rows * row) : INT64_MAX;
}

/* Row groups are counted in rows of the table: where not every cell is one, where a group ends is known only when all
 * that comes before is. */
static int64_t unit(const weft_plan *plan) {
    if (!weft_plan_keeps_all_rows(plan)) return 0;
    return group_rows(plan);
}

static weft_status keep_shapes(weft_shape_options **out, const weft_shape_options *shapes,
                               const weft_format_place *place, weft_error *err) {
    weft_shape_options *kept = *out = weft_keep_new(place->keep, 1, sizeof *kept);
    if (kept != NULL) {
        *kept = *shapes;
        kept->scratch_path = weft_keep_text(place->keep, "%s/" SHAPES_SPOOL, place->scratch_folder);
    }
    return kept == NULL || kept->scratch_path == NULL ? weft_error_no_memory(err, "the Parquet writer") : WEFT_OK;
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    weft_pair *pairs = weft_keep_new(place->keep, WEFT_GRID_PAIRS + 1, sizeof *pairs);
    weft_shape_options shapes, *kept = NULL;
    weft_parquet_options made = {.spec = place->table,
                                 .output = place->file,
                                 .codec = codecs[weft_config_option_value(place->plan->config, "parquet_codec")],
                                 .memory_bytes = place->memory_bytes,
                                 .spool_path = weft_keep_text(place->keep, "%s/" SPOOL, place->scratch_folder),
                                 .pairs = pairs,
                                 .pair_count = WEFT_GRID_PAIRS};
    if (pairs == NULL || made.spool_path == NULL) return weft_error_no_memory(err, "the Parquet writer");
    weft_status status = weft_grid_pairs_make(pairs, place->plan, place->keep, err);
    if (status == WEFT_OK && shapes_of(place->plan, &shapes)) {
        status = keep_shapes(&kept, &shapes, place, err);
        made.shapes = kept;
        if (status == WEFT_OK)
            status = weft_geo_pair_make(&pairs[made.pair_count++], &made.shape_name, &made.bounds_name, place->plan,
                                        place->keep, err);
    }
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
