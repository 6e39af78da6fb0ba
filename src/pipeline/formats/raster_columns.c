/* SPDX-License-Identifier: MIT
 *
 * A column's values that are never valid are known where it keeps the values of one file that declares nodata. */
#include "pipeline/formats/raster_columns.h"

#include <stdlib.h>

/* Whether values of the column are pixels of the file as they are. */
static bool keeps_pixels(const weft_plan_layer *layer) {
    const weft_resampler *resampler = &layer->resamplers[0];
    return layer->info != NULL && !layer->method.method->of_pixels && layer->type == layer->info->type &&
           resampler->value_scale == 1 && resampler->value_offset == 0;
}

/* Only one file's: the files of a mosaic may declare different values. */
static weft_stack_column describe_column(const weft_plan *plan, const weft_plan_column *from) {
    const weft_plan_layer *layer = from->layer;
    weft_stack_column column = {.type = from->type == WEFT_DATE ? WEFT_INT32 : from->type};
    if (layer == NULL) return column;
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    bool keeps_values = dataset->mosaic == NULL && keeps_pixels(layer) && !weft_data_type_is_float(layer->type);
    column.has_unused = keeps_values && layer->info->nodata_kind == WEFT_NODATA_VALUE && layer->info->nodata_occurs;
    if (column.has_unused) column.unused = layer->info->missing[0].low.unsigned_integer;
    return column;
}

weft_status weft_raster_columns_check(const weft_plan *plan, const char *format, weft_error *err) {
    for (int i = 0; i < plan->column_count; i++) {
        if (!weft_data_type_is_text(plan->columns[i].type)) continue;
        weft_error_set(err, WEFT_ERR_DATA, "%s: export.formats: %s holds no text, and the column %s is one",
                       plan->config->file, format, plan->columns[i].name);
        weft_error_hint(err, "a table holds it: csv, parquet, sqlite; export.columns: [..] leaves it out");
        return WEFT_ERR_DATA;
    }
    return WEFT_OK;
}

weft_status weft_raster_columns_type(const weft_plan *plan, weft_stack_type *out, weft_error *err) {
    weft_stack_column *columns = calloc((size_t)plan->column_count, sizeof *columns);
    if (columns == NULL) return weft_error_no_memory(err, "the rasters");
    for (int i = 0; i < plan->column_count; i++)
        columns[i] = describe_column(plan, &plan->columns[i]);
    *out = weft_stack_type_choose(columns, plan->column_count);
    free(columns);
    return WEFT_OK;
}

weft_status weft_raster_columns_describe(weft_raster_columns *out, const weft_plan *plan, weft_keep *keep,
                                         weft_error *err) {
    size_t count = (size_t)plan->column_count;
    *out = (weft_raster_columns){weft_keep_new(keep, count, sizeof *out->units),
                                 weft_keep_new(keep, count, sizeof *out->classes),
                                 weft_keep_new(keep, count, sizeof *out->palettes)};
    if (out->units == NULL || out->classes == NULL || out->palettes == NULL)
        return weft_error_no_memory(err, "the rasters");
    for (size_t i = 0; i < count; i++) {
        const weft_plan_layer *layer = plan->columns[i].layer;
        if (layer == NULL) continue;
        out->units[i] = weft_plan_layer_unit(layer);
        out->classes[i] = layer->method.method->keeps_classes;
        if (out->classes[i] && keeps_pixels(layer) && !weft_data_type_is_float(layer->type))
            out->palettes[i] = layer->info->palette;
    }
    return WEFT_OK;
}
