/* SPDX-License-Identifier: MIT
 *
 * geotiff: the columns as bands on the grid. */
#include "pipeline/formats/geotiff_format.h"

#include "core/window.h"

#define MAX_BANDS 65535 /* TIFF counts them in 16 bits */
/* Of libraries' pages, those that writing a GeoTIFF touches; measured. */
#define TIFF_LIBRARY_SHARE 0.18

weft_status weft_geotiff_format_check(const weft_plan *plan, weft_error *err) {
    if (plan->column_count <= MAX_BANDS) return weft_raster_columns_check(plan, "a GeoTIFF", err);
    weft_error_set(err, WEFT_ERR_DATA, "%s: export.formats: a GeoTIFF has at most %d bands, not %d", plan->config->file,
                   MAX_BANDS, plan->column_count);
    weft_error_hint(err, "leave geotiff and cog out");
    return WEFT_ERR_DATA;
}

static weft_status warn(weft_plan *plan, weft_error *err) {
    weft_stack_type type;
    weft_status status = weft_raster_columns_type(plan, &type, err);
    if (status == WEFT_OK && !weft_stack_keeps_crs(plan->grid.crs))
        status = weft_plan_warn(plan, err, "a GeoTIFF cannot say the grid's CRS: its readers will not know it");
    if (status != WEFT_OK || !type.rounds) return status;
    return weft_plan_warn(
        plan, err, "no single type of a GeoTIFF holds these columns: 64-bit integers beyond 2^53 are rounded there");
}

weft_status weft_geotiff_format_reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    const weft_plan *plan = shape->plan;
    weft_stack_type type;
    weft_status status = weft_raster_columns_type(plan, &type, err);
    if (status != WEFT_OK) return status;
    *out = weft_stack_builder_reserve(type.type, shape->threads);
    out->beside =
        weft_stack_file_unmanaged(plan->grid.cols, plan->grid.rows, plan->column_count, type.type, shape->threads) +
        (int64_t)(TIFF_LIBRARY_SHARE * (double)shape->library_bytes);
    return WEFT_OK;
}

int64_t weft_geotiff_format_estimate(const weft_plan *plan) {
    weft_stack_type type = {.type = WEFT_FLOAT64};
    (void)weft_raster_columns_type(plan, &type, NULL);
    double bytes =
        (double)plan->grid.cols * (double)plan->grid.rows * plan->column_count * (double)weft_data_type_size(type.type);
    return bytes < 9e18 ? (int64_t)bytes : INT64_MAX;
}

int weft_geotiff_format_find(const weft_plan *plan) {
    for (int i = 0; i < plan->output_count; i++)
        if (plan->outputs[i].format == &weft_geotiff_format) return i;
    return -1;
}

weft_status weft_geotiff_format_prepare(weft_geotiff_options *out, weft_raster_columns *columns,
                                        const weft_format_place *place, weft_error *err) {
    const weft_plan *plan = place->plan;
    weft_stack_type *type = weft_keep_new(place->keep, 1, sizeof *type);
    weft_stack_spec *stack = weft_keep_new(place->keep, 1, sizeof *stack);
    if (type == NULL || stack == NULL) return weft_error_no_memory(err, "the rasters");
    weft_status status = weft_raster_columns_type(plan, type, err);
    if (status == WEFT_OK) status = weft_raster_columns_describe(columns, plan, place->keep, err);
    if (status != WEFT_OK) return status;
    /* TIFF has one palette a file, and no other types with one. */
    bool fits = plan->column_count == 1 && (type->type == WEFT_UINT8 || type->type == WEFT_UINT16);
    *stack = (weft_stack_spec){.grid = &plan->grid,
                               .type = type->type,
                               .nodata = type->nodata,
                               .names = place->table->names,
                               .units = columns->units,
                               .palette = fits && columns->palettes[0].count > 0 ? columns->palettes : NULL,
                               .band_count = plan->column_count,
                               .threads = weft_work_pool_threads(place->table->context->pool)};
    *out = (weft_geotiff_options){.table = place->table,
                                  .type = type,
                                  .stack = stack,
                                  .tiles_bytes = place->memory_bytes,
                                  .output = place->file,
                                  .scratch_folder = place->scratch_folder};
    return WEFT_OK;
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    weft_geotiff_options options;
    weft_raster_columns columns;
    weft_status status = weft_geotiff_format_prepare(&options, &columns, place, err);
    return status == WEFT_OK ? weft_geotiff_writer_new(out, &options, err) : status;
}

const weft_format weft_geotiff_format = {
    .facts = {.choice = {.word = "geotiff", .synonyms = "tif, tiff, gtiff"}, .of_grid = true},
    .suffix = "tif",
    .ending = 0.25, /* the file is read back for its checksum */
    .check = weft_geotiff_format_check,
    .warn = warn,
    .reserve = weft_geotiff_format_reserve,
    .estimate = weft_geotiff_format_estimate,
    .open = start,
};
