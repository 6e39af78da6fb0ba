/* Which rows a table has, where they are not all cells of the grid: what the rows section comes to.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_ROWS_H
#define WEFT_PIPELINE_PLAN_ROWS_H

#include "config/config.h"
#include "processors/polygon/region.h"
#include "stages/chunk_columns.h"

/* Columns that come from no raster. They stand behind those of the datasets, as a dataset of no input. */
typedef struct weft_plan_made {
    weft_config_dataset config; /* its name and its columns' names; owned */
    weft_config_method method;  /* config.methods; nearest, which nobody uses */
    weft_data_type *types;      /* one a column */
    char *from;                 /* for people: "basin_id of basins.gpkg" */
} weft_plan_made;

typedef struct weft_plan_rows {
    weft_region *region; /* NULL: all of the grid */
    int64_t region_features;
    weft_polygon_set *zones; /* NULL: no zone column */
    weft_values zone_values; /* (0, i): of the feature i; owned */
    int64_t zone_features;
    weft_plan_made *made;   /* NULL: no columns but the datasets' */
    weft_row_choice choice; /* the region and a sample's share; the run adds a draw */
    int64_t scratch_bytes;  /* what a worker needs for all that */
    int64_t draw_bytes;     /* and a draw, at most */
    int64_t most;           /* rows at most: of the region, of the sample's count */
} weft_plan_rows;

void weft_plan_rows_dispose(weft_plan_rows *rows);

/* Whether the sample is of an exact number, for which all rows are to be seen before the first is written. */
static inline bool weft_plan_rows_draw(const weft_config *config) {
    return config->rows_of.sample.count > 0 || config->rows_of.sample.per > 0;
}

/* Whether every cell is a row, but for export.rows. */
static inline bool weft_plan_rows_are_all(const weft_config *config) {
    const weft_config_rows *rows = &config->rows_of;
    return config->where.text == NULL && rows->within.path == NULL && rows->sample.share == 0 &&
           !weft_plan_rows_draw(config);
}

#endif
