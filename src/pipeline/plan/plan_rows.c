/* SPDX-License-Identifier: MIT */
#include "pipeline/plan/plan_rows.h"

#include <stdlib.h>

static void free_made(weft_plan_made *made) {
    if (made == NULL) return;
    for (int i = 0; i < made->config.column_count; i++) {
        free(made->config.columns[i]);
        free(made->from[i]);
    }
    free(made->config.columns);
    free(made->config.name);
    free(made->types);
    free(made->from);
    free(made);
}

static void free_file(weft_plan_file_rows *file) {
    if (file == NULL) return;
    weft_transform_pool_free(file->to_grid);
    weft_vector_fields_dispose(&file->fields);
    weft_crs_free(file->crs);
    free(file);
}

void weft_plan_rows_dispose(weft_plan_rows *rows) {
    if (rows->region != NULL) weft_polygon_set_dispose(&rows->region->set);
    if (rows->zones != NULL) weft_polygon_set_dispose(rows->zones);
    free(rows->region);
    free(rows->zones);
    free(rows->zone_values.values);
    free(rows->zone_values.valid);
    free_made(rows->made);
    free_file(rows->file);
    *rows = (weft_plan_rows){0};
}
