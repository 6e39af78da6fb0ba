/* SPDX-License-Identifier: MIT
 *
 * png: a picture of each column, and a sheet of all of them. */
#include "pipeline/formats/format.h"

#include "pipeline/formats/column_files.h"
#include "pipeline/formats/raster_columns.h"
#include "stages/writers/pictures/picture_writer.h"

#include <stdlib.h>

extern const weft_format weft_png_format;

static weft_status check(const weft_plan *plan, weft_error *err) {
    return weft_raster_columns_check(plan, "a picture", err);
}

static weft_status reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    const weft_grid *grid = &shape->plan->grid;
    (void)err;
    *out = weft_picture_writer_reserve(grid->cols, grid->rows, shape->plan->column_count, grid->res_x, grid->res_y);
    return WEFT_OK;
}

static int64_t estimate_picture(const weft_plan *plan) {
    return weft_picture_writer_estimate(plan->grid.cols, plan->grid.rows);
}

static int64_t estimate(const weft_plan *plan) {
    return weft_picture_writer_sheet_estimate(plan->grid.cols, plan->grid.rows) +
           plan->column_count * estimate_picture(plan);
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    const weft_plan *plan = place->plan;
    const weft_grid *grid = &plan->grid;
    weft_raster_columns columns;
    weft_status status = weft_raster_columns_describe(&columns, plan, place->keep, err);
    if (status != WEFT_OK) return status;
    char **paths = weft_keep_new(place->keep, (size_t)plan->column_count, sizeof *paths);
    bool ok = paths != NULL;
    for (int i = 0; i < plan->column_count && ok; i++) {
        char *path = weft_column_file_path(plan, &weft_png_format, i);
        if (path != NULL) paths[i] = weft_keep_text(place->keep, "%s", path);
        free(path);
        ok = paths[i] != NULL;
    }
    weft_picture_options options = {
        .table = place->table,
        .classes = columns.classes,
        .palettes = columns.palettes,
        .units = columns.units,
        .title = plan->config->experiment,
        .caption = weft_keep_text(place->keep, "%lld \303\227 %lld cells of %.6g \303\227 %.6g%s, %s",
                                  (long long)grid->cols, (long long)grid->rows, grid->res_x, grid->res_y,
                                  weft_crs_is_geographic(grid->crs) ? "\302\260" : "", weft_crs_name(grid->crs)),
        .cell_width = grid->res_x,
        .cell_height = grid->res_y,
        .output = place->file,
        .layer_paths = paths,
        .gather_path = weft_keep_text(place->keep, "%s/pictures", place->scratch_folder)};
    if (!ok || options.caption == NULL || options.gather_path == NULL) return weft_error_no_memory(err, "the rasters");
    return weft_picture_writer_new(out, &options, err);
}

const weft_format weft_png_format = {
    .facts = {.choice = {.word = "png"}, .of_grid = true},
    .suffix = "png",
    .ending = 0.1,
    .column_file = "the picture of a column",
    .column_file_estimate = estimate_picture,
    .check = check,
    .reserve = reserve,
    .estimate = estimate,
    .open = start,
};
