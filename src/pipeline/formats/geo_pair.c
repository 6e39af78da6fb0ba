/* SPDX-License-Identifier: MIT
 *
 * Source: the GeoParquet specification 1.1.0. */
#include "pipeline/formats/geo_pair.h"

#include "core/text.h"
#include "pipeline/plan/plan_json.h"
#include "pipeline/rows/row_source.h"

#include <jansson.h>
#include <string.h>

static bool is_column(const weft_plan *plan, const char *name) {
    for (int i = 0; i < plan->table.column_count; i++)
        if (strcmp(plan->table.names[i], name) == 0) return true;
    return false;
}

static const char *free_name(const weft_plan *plan, const char *name, weft_keep *keep) {
    char *out = weft_keep_text(keep, "%s", name);
    while (out != NULL && is_column(plan, out))
        out = weft_keep_text(keep, "%s_", out);
    return out;
}

/* No list is "unknown". */
static json_t *kinds(const weft_plan *plan) {
    const weft_plan_file_rows *rows = plan->rows.file;
    json_t *out = json_array();
    if (weft_plan_rows_coordinates(plan) > 0) {
        weft_plan_json_append(&out, json_string("Point"));
        return out;
    }
    if (rows->others) return out;
    if (rows->polygons) weft_plan_json_append(&out, json_string("Polygon"));
    if (rows->multipolygons) weft_plan_json_append(&out, json_string("MultiPolygon"));
    return out;
}

static json_t *covering(const char *bounds) {
    static const char *const sides[] = {"xmin", "ymin", "xmax", "ymax"};
    json_t *out = json_object();
    for (int i = 0; i < 4; i++)
        weft_plan_json_put(&out, sides[i], json_pack("[s, s]", bounds, sides[i]));
    return out;
}

/* A CRS that PROJJSON cannot say is unknown: null. */
static json_t *crs(const weft_plan *plan) {
    char *text = weft_crs_projjson(plan->rows.file->crs);
    json_t *out = text == NULL ? json_null() : json_loads(text, 0, NULL);
    weft_crs_projjson_free(text);
    return out;
}

weft_status weft_geo_pair_make(weft_pair *out, const char **shape_name, const char **bounds_name, const weft_plan *plan,
                               weft_keep *keep, weft_error *err) {
    const weft_bounds *b = &plan->rows.file->bounds;
    *shape_name = free_name(plan, "geometry", keep);
    *bounds_name = free_name(plan, "bbox", keep);
    if (*shape_name == NULL || *bounds_name == NULL) return weft_error_no_memory(err, "the table's metadata");
    json_t *column =
        json_pack("{s:s, s:o, s:o, s:[f, f, f, f], s:{s:o}}", "encoding", "WKB", "geometry_types", kinds(plan), "crs",
                  crs(plan), "bbox", b->xmin, b->ymin, b->xmax, b->ymax, "covering", "bbox", covering(*bounds_name));
    json_t *json = json_pack("{s:s, s:s, s:{s:o}}", "version", "1.1.0", "primary_column", *shape_name, "columns",
                             *shape_name, column);
    weft_text text = {0};
    weft_plan_json_print(json, 0, &text);
    json_decref(json);
    *out = (weft_pair){"geo", text.failed ? NULL : weft_keep_text(keep, "%s", text.data)};
    weft_text_dispose(&text);
    return out->value == NULL ? weft_error_no_memory(err, "the table's metadata") : WEFT_OK;
}
