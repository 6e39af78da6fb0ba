/* SPDX-License-Identifier: MIT
 *
 * cog: made anew of the finished stack, with overviews. Where a GeoTIFF is written too, it is made of that one's. */
#include "pipeline/formats/geotiff_format.h"

static weft_status warn(weft_plan *plan, weft_error *err) {
    return weft_geotiff_format_find(plan) < 0 ? weft_geotiff_format.warn(plan, err) : WEFT_OK;
}

static weft_status reserve(weft_reserve *out, const weft_format_shape *shape, weft_error *err) {
    const weft_plan *plan = shape->plan;
    weft_stack_type type;
    weft_status status = weft_raster_columns_type(plan, &type, err);
    *out = (weft_reserve){0};
    if (status == WEFT_OK && weft_geotiff_format_find(plan) < 0) status = weft_geotiff_format_reserve(out, shape, err);
    if (status == WEFT_OK)
        out->ending = weft_cog_memory(plan->grid.cols, plan->grid.rows, plan->column_count, type.type);
    return status;
}

/* Overviews are a third more. */
static int64_t estimate(const weft_plan *plan) {
    double bytes = (double)weft_geotiff_format_estimate(plan) * (4.0 / 3);
    return bytes < 9e18 ? (int64_t)bytes : INT64_MAX;
}

static weft_status start(weft_table_writer **out, const weft_format_place *place, weft_error *err) {
    weft_geotiff_options options;
    weft_raster_columns columns;
    int geotiff = weft_geotiff_format_find(place->plan);
    weft_status status = weft_geotiff_format_prepare(&options, &columns, place, err);
    if (status != WEFT_OK) return status;
    /* One column of classes, and the overviews of all take one of four cells. */
    bool any = false;
    for (int i = 0; i < place->plan->column_count; i++)
        any = any || columns.classes[i];
    return weft_cog_writer_new(out, &options, geotiff < 0 ? NULL : place->writers[geotiff], any, err);
}

const weft_format weft_cog_format = {
    .facts = {.choice = {.word = "cog"}, .of_grid = true},
    .suffix = "cog.tif",
    .ending = 1,
    .check = weft_geotiff_format_check,
    .warn = warn,
    .reserve = reserve,
    .estimate = estimate,
    .open = start,
};
