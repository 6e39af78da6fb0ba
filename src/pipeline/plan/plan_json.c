/* SPDX-License-Identifier: MIT
 *
 * Nothing that these say depends on memory: one plan has one text. */
#include "pipeline/plan/plan_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void weft_plan_json_append(json_t **array, json_t *item) {
    if (json_array_append_new(*array, item) == 0) return;
    json_decref(*array);
    *array = NULL;
}

void weft_plan_json_put(json_t **object, const char *key, json_t *item) {
    if (json_object_set_new(*object, key, item) == 0) return;
    json_decref(*object);
    *object = NULL;
}

static int print_part(const char *bytes, size_t length, void *out) {
    weft_text_add_bytes(out, bytes, length);
    return ((weft_text *)out)->failed ? -1 : 0;
}

void weft_plan_json_print(const json_t *root, size_t flags, weft_text *out) {
    if (root == NULL || json_dump_callback(root, print_part, out, flags | JSON_REAL_PRECISION(17)) != 0)
        out->failed = true;
}

json_t *weft_plan_json_text(const char *text) {
    char *copy = strdup(text);
    if (copy == NULL) return NULL;
    weft_text_make_utf8(copy);
    json_t *out = json_string(copy);
    free(copy);
    return out;
}

json_t *weft_plan_json_nodata(const weft_band_info *info) {
    if (info == NULL) return json_null();
    switch (info->nodata_kind) {
    case WEFT_NODATA_VALUE:
        if (isnan(info->nodata)) return json_string("nan");
        return isinf(info->nodata) ? json_string(info->nodata > 0 ? "inf" : "-inf") : json_real(info->nodata);
    case WEFT_NODATA_MASK:
        return json_string("mask");
    case WEFT_NODATA_ALPHA:
        return json_string("alpha");
    case WEFT_NODATA_NONE:
        break;
    }
    return json_null();
}

json_t *weft_plan_json_paths(const weft_plan_dataset *dataset) {
    json_t *out = json_array();
    if (dataset->mosaic != NULL)
        for (int i = 0; i < weft_mosaic_file_count(dataset->mosaic); i++)
            weft_plan_json_append(&out, weft_plan_json_text(weft_mosaic_file_path(dataset->mosaic, i)));
    else if (dataset->input_count > 0)
        weft_plan_json_append(&out, weft_plan_json_text(weft_source_describe(dataset->inputs[0].source)->path));
    else
        for (int i = 0; i < dataset->config->path_count; i++)
            weft_plan_json_append(&out, weft_plan_json_text(dataset->config->paths[i]));
    return out;
}

void weft_plan_json_put_overview(json_t **object, const weft_plan_dataset *dataset) {
    const weft_source_overview *overview = &dataset->overview;
    if (dataset->config->overviews == WEFT_OVERVIEWS_NONE || dataset->inputs == NULL || !dataset->on_grid) return;
    weft_plan_json_put(object, "overview",
                       json_pack("{s:i, s:i, s:[f, f]}", "level", overview->level, "of", overview->count, "factor",
                                 overview->factor[0], overview->factor[1]));
}

json_t *weft_plan_json_grid(const weft_grid *grid) {
    weft_bounds b = weft_grid_bounds(grid);
    return json_pack("{s:o, s:[f, f, f, f], s:[f, f], s:I, s:I}", "crs", weft_plan_json_text(weft_crs_wkt(grid->crs)),
                     "bounds", b.xmin, b.ymin, b.xmax, b.ymax, "resolution", grid->res_x, grid->res_y, "cols",
                     (json_int_t)grid->cols, "rows", (json_int_t)grid->rows);
}

void weft_plan_json_put_date(json_t **object, const weft_plan_layer *layer) {
    char text[WEFT_MOMENT_TEXT_BYTES];
    if (!layer->has_date) return;
    weft_moment_text(&layer->date, text);
    weft_plan_json_put(object, "date", json_string(text));
    weft_plan_json_put(object, "variable", weft_plan_json_text(layer->variable));
}

json_t *weft_plan_json_class(long double value) {
    bool fits = value >= (long double)INT64_MIN && value <= (long double)INT64_MAX;
    bool exact = (long double)(double)value == value;
    return fits && !exact ? json_integer((json_int_t)value) : json_real((double)value);
}
