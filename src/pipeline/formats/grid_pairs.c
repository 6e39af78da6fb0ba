/* SPDX-License-Identifier: MIT */
#include "pipeline/formats/grid_pairs.h"

#include "core/text.h"
#include "pipeline/plan/plan_json.h"

#include <jansson.h>

static json_t *json_column(const weft_plan_column *column) {
    const weft_plan_layer *layer = column->layer;
    json_t *out = json_pack("{s:s}", "name", column->name);
    if (layer == NULL) {
        weft_plan_json_put(&out, "expression", weft_plan_json_text(column->derived->from->expression.text));
        return out;
    }
    weft_plan_json_put(&out, "method", json_string(layer->method.name));
    weft_plan_json_put_date(&out, layer);
    if (weft_plan_layer_unit(layer) != NULL)
        weft_plan_json_put(&out, "unit", weft_plan_json_text(weft_plan_layer_unit(layer)));
    return out;
}

/* A variable: what its first column has, but for the date; the others differ in that alone. */
static json_t *json_variable(const weft_plan *plan, int number) {
    const weft_plan_table *table = &plan->table;
    const int *from = &table->from[number * table->cell_rows];
    int64_t date = 0;
    if (from[0] == WEFT_PLAN_DATES) return json_pack("{s:s}", "name", table->names[number]);
    while (from[date] < 0)
        date++;
    json_t *out = json_column(&plan->columns[from[date]]);
    if (table->carried[number]) return out;
    weft_plan_json_put(&out, "name", json_string(table->names[number]));
    if (out == NULL) return NULL;
    (void)json_object_del(out, "date");
    (void)json_object_del(out, "variable");
    return out;
}

/* Takes `json` over. NULL: no memory. */
static char *keep_json(weft_keep *keep, json_t *json) {
    weft_text text = {0};
    weft_plan_json_print(json, 0, &text);
    json_decref(json);
    char *out = text.failed ? NULL : weft_keep_text(keep, "%s", text.data);
    weft_text_dispose(&text);
    return out;
}

weft_status weft_grid_pairs_make(weft_pair out[WEFT_GRID_PAIRS], const weft_plan *plan, weft_keep *keep,
                                 weft_error *err) {
    static const char *const kept[] = {
        [WEFT_ROWS_ALL] = "all", [WEFT_ROWS_ANY] = "any", [WEFT_ROWS_COMPLETE] = "complete"};
    const weft_grid *grid = &plan->grid;
    weft_bounds b = weft_grid_bounds(grid);
    json_t *json = json_pack("{s:[f, f], s:[f, f], s:I, s:I, s:[f, f, f, f]}", "origin", grid->origin_x, grid->origin_y,
                             "resolution", grid->res_x, grid->res_y, "cols", (json_int_t)grid->cols, "rows",
                             (json_int_t)grid->rows, "bounds", b.xmin, b.ymin, b.xmax, b.ymax);
    json_t *columns = json_array();
    for (int i = 0; i < plan->table.column_count; i++)
        weft_plan_json_append(&columns, plan->config->layout == WEFT_LAYOUT_LONG ? json_variable(plan, i)
                                                                                 : json_column(&plan->columns[i]));
    char *grid_text = keep_json(keep, json), *columns_text = keep_json(keep, columns);
    if (grid_text == NULL || columns_text == NULL) return weft_error_no_memory(err, "the table's metadata");
    out[0] = (weft_pair){"weft.version", WEFT_VERSION};
    out[1] = (weft_pair){"weft.crs", weft_crs_wkt(grid->crs)};
    out[2] = (weft_pair){"weft.grid", grid_text};
    out[3] = (weft_pair){"weft.rows", kept[plan->config->rows]};
    out[4] = (weft_pair){"weft.columns", columns_text};
    return WEFT_OK;
}
