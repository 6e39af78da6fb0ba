/* SPDX-License-Identifier: MIT
 *
 * A column's values that are never valid are known where it keeps the values of one file that declares nodata. */
#include "pipeline/outputs/raster_outputs.h"

#include "core/text.h"
#include "core/window.h"
#include "pipeline/outputs/picture_files.h"

#include <stdlib.h>

#define MOST_BANDS 65535 /* TIFF counts them in 16 bits */
/* Of libraries' pages, those that writing a GeoTIFF touches; measured. */
#define TIFF_LIBRARY_SHARE 0.18
#define TILES_SHARE        32 /* part of the ledger for tiles that are under way */

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the rasters");
}

/* --- the type --- */

/* Whether values of the column are pixels of the file as they are. */
static bool keeps_pixels(const weft_plan_layer *layer) {
    const weft_resampler *resampler = &layer->resamplers[0];
    return layer->info != NULL && layer->type == layer->info->type && resampler->value_scale == 1 &&
           resampler->value_offset == 0;
}

/* Only one file's: the files of a mosaic may declare different values. */
static weft_stack_column describe_column(const weft_plan *plan, const weft_plan_layer *layer) {
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    weft_stack_column column = {.type = layer->type};
    bool keeps_values = dataset->mosaic == NULL && keeps_pixels(layer) && !weft_data_type_is_float(layer->type);
    column.has_unused = keeps_values && layer->info->nodata_kind == WEFT_NODATA_VALUE && layer->info->nodata_occurs;
    if (column.has_unused) column.unused = layer->info->missing[0].low.natural;
    return column;
}

weft_status weft_raster_outputs_type(const weft_plan *plan, weft_stack_type *out, weft_error *err) {
    weft_stack_column *columns = calloc((size_t)plan->layer_count, sizeof *columns);
    if (columns == NULL) return no_memory(err);
    for (int i = 0; i < plan->layer_count; i++)
        columns[i] = describe_column(plan, &plan->layers[i]);
    *out = weft_stack_type_choose(columns, plan->layer_count);
    free(columns);
    return WEFT_OK;
}

/* Whether the column was asked for as classes: a mean of them is none. */
static bool is_classes(const weft_plan *plan, const weft_plan_layer *layer) {
    return weft_plan_keeps_classes(&plan->datasets[layer->dataset]);
}

/* Of a column that holds classes of its file. */
static weft_palette find_palette(const weft_plan *plan, const weft_plan_layer *layer) {
    bool kept = is_classes(plan, layer) && keeps_pixels(layer) && !weft_data_type_is_float(layer->type);
    return kept ? layer->info->palette : (weft_palette){0};
}

/* One column of them, and the overviews of all take one of four cells. */
static bool has_classes(const weft_plan *plan) {
    bool any = false;
    for (int i = 0; i < plan->layer_count; i++)
        any = any || is_classes(plan, &plan->layers[i]);
    return any;
}

bool weft_raster_outputs_has(weft_format format) {
    return format == WEFT_FORMAT_GEOTIFF || format == WEFT_FORMAT_COG || format == WEFT_FORMAT_PNG;
}

/* --- what they take --- */

static weft_status reserve_stack(weft_reserve *out, const weft_plan *plan, int threads, int64_t library_bytes,
                                 weft_error *err) {
    const weft_grid *grid = &plan->grid;
    weft_stack_type type;
    if (plan->layer_count > MOST_BANDS) {
        weft_error_set(err, WEFT_ERR_DATA, "%s: export.formats: a GeoTIFF has at most %d bands, not %d",
                       plan->config->file, MOST_BANDS, plan->layer_count);
        weft_error_hint(err, "leave geotiff and cog out");
        return WEFT_ERR_DATA;
    }
    weft_status status = weft_raster_outputs_type(plan, &type, err);
    if (status != WEFT_OK) return status;
    weft_reserve stack = weft_stack_builder_reserve(type.type, threads);
    stack.beside = weft_stack_file_unmanaged(grid->cols, grid->rows, plan->layer_count, type.type, threads) +
                   (int64_t)(TIFF_LIBRARY_SHARE * (double)library_bytes);
    if (plan->config->formats[WEFT_FORMAT_COG])
        stack.ending = weft_cog_memory(grid->cols, grid->rows, plan->layer_count, type.type);
    *out = weft_reserve_add(*out, stack);
    return WEFT_OK;
}

weft_status weft_raster_outputs_reserve(weft_reserve *out, const weft_plan *plan, int threads, int64_t library_bytes,
                                        weft_error *err) {
    const weft_grid *grid = &plan->grid;
    const bool *formats = plan->config->formats;
    *out = (weft_reserve){0};
    if (formats[WEFT_FORMAT_PNG])
        *out = weft_picture_writer_reserve(grid->cols, grid->rows, plan->layer_count, grid->res_x, grid->res_y);
    if (!formats[WEFT_FORMAT_GEOTIFF] && !formats[WEFT_FORMAT_COG]) return WEFT_OK;
    return reserve_stack(out, plan, threads, library_bytes, err);
}

weft_status weft_raster_outputs_warn(weft_plan *plan, weft_error *err) {
    const bool *formats = plan->config->formats;
    weft_stack_type type;
    if (!formats[WEFT_FORMAT_GEOTIFF] && !formats[WEFT_FORMAT_COG]) return WEFT_OK;
    weft_status status = weft_raster_outputs_type(plan, &type, err);
    if (status == WEFT_OK && !weft_stack_keeps_crs(plan->grid.crs))
        status = weft_plan_warn(plan, err, "a GeoTIFF cannot say the grid's CRS: its readers will not know it");
    if (status != WEFT_OK || !type.rounds) return status;
    return weft_plan_warn(
        plan, err, "no one type of a GeoTIFF holds these columns: 64-bit integers beyond 2^53 are rounded there");
}

int64_t weft_raster_outputs_estimate(const weft_plan *plan, weft_format format) {
    if (format == WEFT_FORMAT_PNG)
        return weft_picture_writer_sheet_estimate(plan->grid.cols, plan->grid.rows) +
               plan->layer_count * weft_picture_writer_estimate(plan->grid.cols, plan->grid.rows);
    weft_stack_type type = {.type = WEFT_FLOAT64};
    (void)weft_raster_outputs_type(plan, &type, NULL);
    double bytes =
        (double)plan->grid.cols * (double)plan->grid.rows * plan->layer_count * (double)weft_data_type_size(type.type);
    if (format == WEFT_FORMAT_COG) bytes *= 4.0 / 3;
    return bytes < 9e18 ? (int64_t)bytes : INT64_MAX;
}

/* --- the writers --- */

static weft_status describe(weft_raster_outputs *outputs, const weft_plan *plan, const weft_table_spec *table,
                            weft_error *err) {
    size_t count = (size_t)plan->layer_count;
    weft_status status = weft_raster_outputs_type(plan, &outputs->type, err);
    if (status != WEFT_OK) return status;
    outputs->units = calloc(count, sizeof *outputs->units);
    outputs->classes = calloc(count, sizeof *outputs->classes);
    outputs->palettes = calloc(count, sizeof *outputs->palettes);
    if (outputs->units == NULL || outputs->classes == NULL || outputs->palettes == NULL) return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        outputs->units[i] = plan->layers[i].info == NULL ? NULL : plan->layers[i].info->unit;
        outputs->classes[i] = is_classes(plan, &plan->layers[i]);
        outputs->palettes[i] = find_palette(plan, &plan->layers[i]);
    }
    /* TIFF has one palette a file, and no other types with one. */
    bool fits = count == 1 && (outputs->type.type == WEFT_UINT8 || outputs->type.type == WEFT_UINT16);
    outputs->stack = (weft_stack_spec){.grid = &plan->grid,
                                       .type = outputs->type.type,
                                       .nodata = outputs->type.nodata,
                                       .names = table->names,
                                       .units = outputs->units,
                                       .palette = fits && outputs->palettes[0].count > 0 ? outputs->palettes : NULL,
                                       .band_count = plan->layer_count,
                                       .threads = weft_work_pool_threads(table->context->pool)};
    return WEFT_OK;
}

static weft_status start_pictures(weft_raster_outputs *outputs, const weft_plan *plan, const weft_raster_place *place,
                                  weft_table_writer **out, weft_error *err) {
    const weft_grid *grid = &plan->grid;
    outputs->caption = weft_text_format("%lld \303\227 %lld cells of %.6g \303\227 %.6g%s, %s", (long long)grid->cols,
                                        (long long)grid->rows, grid->res_x, grid->res_y,
                                        weft_crs_is_geographic(grid->crs) ? "\302\260" : "", weft_crs_name(grid->crs));
    outputs->layer_paths = calloc((size_t)plan->layer_count, sizeof *outputs->layer_paths);
    outputs->gather_path = weft_text_format("%s/pictures", place->scratch_folder);
    if (outputs->caption == NULL || outputs->layer_paths == NULL || outputs->gather_path == NULL) return no_memory(err);
    for (; outputs->layer_count < plan->layer_count; outputs->layer_count++) {
        outputs->layer_paths[outputs->layer_count] = weft_picture_files_path(plan, outputs->layer_count);
        if (outputs->layer_paths[outputs->layer_count] == NULL) return no_memory(err);
    }
    weft_picture_options options = {.table = place->table,
                                    .classes = outputs->classes,
                                    .palettes = outputs->palettes,
                                    .units = outputs->units,
                                    .title = plan->config->experiment,
                                    .caption = outputs->caption,
                                    .cell_width = grid->res_x,
                                    .cell_height = grid->res_y,
                                    .output = place->file,
                                    .layer_paths = outputs->layer_paths,
                                    .gather_path = outputs->gather_path};
    return weft_picture_writer_new(out, &options, err);
}

weft_status weft_raster_outputs_start(weft_raster_outputs *outputs, const weft_plan *plan, weft_format format,
                                      const weft_raster_place *place, weft_table_writer **out, weft_error *err) {
    weft_status status = outputs->units == NULL ? describe(outputs, plan, place->table, err) : WEFT_OK;
    if (status != WEFT_OK) return status;
    weft_geotiff_options options = {.table = place->table,
                                    .type = &outputs->type,
                                    .stack = &outputs->stack,
                                    .tiles_bytes = plan->memory.ledger_bytes / TILES_SHARE,
                                    .output = place->file,
                                    .scratch_folder = place->scratch_folder};
    if (format == WEFT_FORMAT_PNG) return start_pictures(outputs, plan, place, out, err);
    if (format == WEFT_FORMAT_COG) return weft_cog_writer_new(out, &options, outputs->geotiff, has_classes(plan), err);
    status = weft_geotiff_writer_new(out, &options, err);
    outputs->geotiff = *out;
    return status;
}

void weft_raster_outputs_dispose(weft_raster_outputs *outputs) {
    free((void *)outputs->units);
    free(outputs->classes);
    free(outputs->palettes);
    free(outputs->caption);
    for (int i = 0; i < outputs->layer_count; i++)
        free(outputs->layer_paths[i]);
    free((void *)outputs->layer_paths);
    free(outputs->gather_path);
    *outputs = (weft_raster_outputs){0};
}
