/* SPDX-License-Identifier: MIT */
#include "pipeline/rows/file_rows.h"

#include "pipeline/plan/plan_json.h"
#include "pipeline/rows/row_sources.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

weft_vector_options weft_file_rows_options(const weft_config *config) {
    const weft_config_rows *rows = &config->rows_of;
    return (weft_vector_options){.path = rows->file.path,
                                 .layer = rows->file.layer,
                                 .where = rows->file.where,
                                 .crs = rows->crs,
                                 .x = rows->x,
                                 .y = rows->y};
}

void weft_file_rows_place_error(const weft_plan *plan, weft_error *err) {
    weft_error_prefix(err, "rows: ");
    weft_config_place_error(plan->config, plan->config->rows_of.file.place, err);
}

/* --- the file --- */

static weft_status check_geometry(const weft_plan *plan, const weft_vector_file *file, weft_error *err) {
    const weft_config_rows *config = &plan->config->rows_of;
    if (weft_vector_file_has_geometry(file)) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: its features have no geometry", config->file.path);
    if (plan->rows.file->source->facts.coordinates)
        weft_error_hint(err, "x: lon, y: lat says which fields are the coordinates");
    else
        weft_error_hint(err, "polygons are a geometry: GeoPackage, shapefile, GeoJSON ..");
    return WEFT_ERR_DATA;
}

static weft_status find_crs(weft_plan_file_rows *rows, const weft_vector_file *file, const weft_config_rows *config,
                            weft_error *err) {
    const weft_crs *crs = weft_vector_file_crs(file);
    if (crs != NULL) return weft_crs_copy(&rows->crs, crs, err);
    weft_error_set(err, WEFT_ERR_DATA, "%s: it has no CRS", config->file.path);
    weft_error_hint(err, "crs: EPSG:4326, if its coordinates are longitudes and latitudes");
    return WEFT_ERR_DATA;
}

static weft_status find_fields(weft_plan_file_rows *rows, const weft_vector_file *file, const weft_config_rows *config,
                               weft_error *err) {
    /* A row has to be told from the others. */
    if (config->field_count == 0 && rows->source->columns == NULL)
        return weft_vector_fields_number(&rows->fields, "fid", err);
    return weft_vector_fields_find(&rows->fields, file, (const char *const *)config->fields, config->field_count, err);
}

static weft_status check_count(const weft_plan_file_rows *rows, const char *path, weft_error *err) {
    if (rows->count > rows->empty) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, rows->count == 0 ? "%s: there is no %s in it" : "%s: no %s in it has a geometry",
                   path, rows->source->row);
    weft_error_hint(err, "ogrinfo -al -so shows what is there");
    return WEFT_ERR_DATA;
}

static weft_status look_at_all(weft_plan *plan, weft_vector_file *file, weft_error *err) {
    weft_plan_file_rows *rows = plan->rows.file;
    weft_status status = WEFT_OK;
    for (bool any = true; status == WEFT_OK;) {
        if (rows->count % 4096 == 0) status = weft_cancel_check(plan->retries.cancel, err);
        if (status == WEFT_OK) status = weft_vector_file_next(file, &any, err);
        if (status != WEFT_OK || !any) break;
        rows->count++;
        status = weft_vector_fields_look(&rows->fields, file, err);
        if (status == WEFT_OK) status = rows->source->look(rows, file, err);
    }
    weft_vector_fields_settle(&rows->fields);
    return status == WEFT_OK ? check_count(rows, plan->config->rows_of.file.path, err) : status;
}

/* What other programs read as a text with a quote in it, OGR reads as one that goes on over the next lines. */
static weft_status warn_of_quote(weft_plan *plan, const weft_vector_file *file, weft_error *err) {
    int64_t row = weft_vector_file_open_quote(file);
    if (row == 0) return WEFT_OK;
    return weft_plan_warn(
        plan, err,
        "rows: %s: feature %lld: a quote inside a field does not end in its line, so that GDAL takes "
        "what follows, up to the next quote, for the same field, and rows are lost in it: such a field "
        "is written in quotes, with each of its own twice",
        plan->config->rows_of.file.path, (long long)row);
}

/* It may be why values are not those that were meant: whole numbers beyond 64 bits, texts of another encoding. */
static weft_status pass_on(weft_plan *plan, const weft_vector_file *file, weft_error *err) {
    const char *warnings = weft_vector_file_warnings(file);
    if (warnings == NULL) return WEFT_OK;
    return weft_plan_warn(plan, err, "rows: %s: GDAL warns: %s", plan->config->rows_of.file.path, warnings);
}

static weft_status look(weft_plan *plan, weft_error *err) {
    const weft_config_rows *config = &plan->config->rows_of;
    const weft_vector_options options = weft_file_rows_options(plan->config);
    weft_plan_file_rows *rows = plan->rows.file;
    weft_vector_file *file = NULL;
    weft_status status = weft_vector_file_open(&file, &options, err);
    if (status == WEFT_OK) status = check_geometry(plan, file, err);
    if (status == WEFT_OK) status = find_crs(rows, file, config, err);
    if (status == WEFT_OK) status = find_fields(rows, file, config, err);
    if (status == WEFT_OK) status = look_at_all(plan, file, err);
    if (status == WEFT_OK) status = warn_of_quote(plan, file, err);
    if (status == WEFT_OK) status = pass_on(plan, file, err);
    weft_vector_file_close(file);
    return status;
}

weft_status weft_file_rows_look(weft_plan *plan, weft_error *err) {
    const weft_row_source *source = weft_row_source_at(plan->config->rows_of.of);
    if (!source->facts.file) return WEFT_OK;
    weft_plan_file_rows *rows = plan->rows.file = calloc(1, sizeof *rows);
    if (rows == NULL) return weft_error_no_memory(err, "the plan");
    rows->source = source;
    rows->bounds = (weft_bounds){INFINITY, INFINITY, -INFINITY, -INFINITY};
    weft_status status = look(plan, err);
    if (status != WEFT_OK) {
        if (status != WEFT_ERR_CANCELLED) weft_file_rows_place_error(plan, err);
        return status;
    }
    if (rows->empty == 0) return WEFT_OK;
    return weft_plan_warn(plan, err, "rows: %s: %lld of %lld features have no geometry: their values are missing",
                          plan->config->rows_of.file.path, (long long)rows->empty, (long long)rows->count);
}

/* The configuration's default is for rows of a grid, which are thousands of cells. */
static int64_t rows_at_once(const weft_plan *plan) {
    const weft_config *config = plan->config;
    if (config->enable_streaming)
        return config->streaming_chunk_size_given ? config->streaming_chunk_size : plan->table_rows;
    return config->chunk_size_given ? config->chunk_size : plan->table_rows;
}

void weft_file_rows_need(weft_memory_needs *needs, const weft_plan *plan) {
    needs->chunk_rows = rows_at_once(plan);
    needs->once_a_chunk = true;
    needs->sweep_line = 0;
    needs->sweep_row = 0;
    plan->rows.file->source->need(needs, plan);
}

void weft_file_rows_describe(const weft_plan *plan, weft_text *out) {
    const weft_plan_file_rows *rows = plan->rows.file;
    const weft_bounds *b = &rows->bounds;
    weft_text_add(out, "rows of      %s: %lld %s%s\n", plan->config->rows_of.file.path, (long long)rows->count,
                  rows->source->row, rows->count == 1 ? "" : "s");
    weft_text_add(out, "bounds       %.15g, %.15g, %.15g, %.15g in %s\n", b->xmin, b->ymin, b->xmax, b->ymax,
                  weft_crs_name(rows->crs));
    if (rows->half[0] > 0)
        weft_text_add(out, "cells        %.15g x %.15g around each, in %s\n", 2 * rows->half[0], 2 * rows->half[1],
                      weft_crs_name(plan->grid.crs));
}

json_t *weft_file_rows_json(const weft_plan *plan) {
    const weft_plan_file_rows *rows = plan->rows.file;
    const weft_bounds *b = &rows->bounds;
    json_t *out = json_pack("{s:s, s:o, s:o, s:I, s:I, s:[f, f, f, f]}", "of", rows->source->facts.choice.word, "path",
                            weft_plan_json_text(plan->config->rows_of.file.path), "crs",
                            weft_plan_json_text(weft_crs_wkt(rows->crs)), "count", (json_int_t)rows->count,
                            "without_geometry", (json_int_t)rows->empty, "bounds", b->xmin, b->ymin, b->xmax, b->ymax);
    if (out != NULL && rows->half[0] > 0)
        weft_plan_json_put(&out, "cell", json_pack("[f, f]", 2 * rows->half[0], 2 * rows->half[1]));
    return out;
}
