/* Which rows a table has, where they are not all cells of the grid: what the rows section comes to.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_ROWS_H
#define WEFT_PIPELINE_PLAN_ROWS_H

#include "config/config.h"
#include "processors/polygon/region.h"
#include "raster/crs/transform_pool.h"
#include "raster/vector/vector_fields.h"
#include "stages/chunk_columns.h"

/* Columns that come from no raster. They stand after those of the datasets, as a dataset of no input. */
typedef struct weft_plan_made {
    weft_config_dataset config; /* its name and its columns' names; owned */
    weft_config_method method;  /* config.methods; nearest, which nobody uses */
    weft_data_type *types;      /* one a column */
    char **from;                /* one a column, for people: "basin_id of basins.gpkg" */
    bool in_front;              /* its columns are written before those of the datasets */
} weft_plan_made;

typedef struct weft_row_source weft_row_source; /* pipeline/rows/row_source.h */

/* Rows that are features of a file. Formats that write geometry find here what it is. */
typedef struct weft_plan_file_rows {
    const weft_row_source *source;
    int64_t count;                        /* of features: each is a row */
    int64_t empty;                        /* of these, without a geometry */
    weft_crs *crs;                        /* of the coordinates; owned */
    weft_bounds bounds;                   /* of all geometry, in it */
    bool polygons, multipolygons, others; /* polygons: there are features of this kind */
    weft_vector_fields fields;            /* that become columns */
    weft_grid own;                        /* points: `bounds` in `crs`, from where to_grid leads; its CRS is borrowed */
    weft_transform_pool *to_grid;         /* from crs to the grid's CRS; NULL: they are one */
    double half[2];                       /* of the cell around each point; 0: it is the point that counts */
    int64_t corners, max_corners;         /* polygons: of all, and of the one that has most */
    size_t max_wkb;                       /* polygons: bytes of the longest geometry */
} weft_plan_file_rows;

typedef struct weft_plan_rows {
    weft_plan_file_rows *file; /* NULL: rows are cells of the grid */
    weft_region *region;       /* NULL: all of the grid */
    int64_t region_features;
    weft_polygon_set *zones; /* NULL: no zone column */
    weft_values zone_values; /* (0, i): of the feature i; owned */
    int64_t zone_features;
    weft_plan_made *made;   /* NULL: no columns but the datasets' */
    weft_row_choice choice; /* the region and a sample's share; the run adds a draw */
    int64_t scratch_bytes;  /* what a worker needs for all that */
    int64_t draw_bytes;     /* and a draw, at most */
    int64_t max_count;      /* rows at most: of the region, of the sample's count */
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
