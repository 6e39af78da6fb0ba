/* SPDX-License-Identifier: MIT */
#include "pipeline/formats/grid_pairs.h"

#include "core/text.h"
#include "pipeline/plan/plan_json.h"

#include <jansson.h>

weft_status weft_grid_pairs_make(weft_pair out[WEFT_GRID_PAIRS], const weft_plan *plan, weft_keep *keep,
                                 weft_error *err) {
    static const char *const kept[] = {
        [WEFT_ROWS_ALL] = "all", [WEFT_ROWS_ANY] = "any", [WEFT_ROWS_COMPLETE] = "complete"};
    const weft_grid *grid = &plan->grid;
    weft_bounds b = weft_grid_bounds(grid);
    json_t *json = json_pack("{s:[f, f], s:[f, f], s:I, s:I, s:[f, f, f, f]}", "origin", grid->origin_x, grid->origin_y,
                             "resolution", grid->res_x, grid->res_y, "cols", (json_int_t)grid->cols, "rows",
                             (json_int_t)grid->rows, "bounds", b.xmin, b.ymin, b.xmax, b.ymax);
    weft_text text = {0};
    weft_plan_json_print(json, 0, &text);
    json_decref(json);
    char *grid_text = text.failed ? NULL : weft_keep_text(keep, "%s", text.data);
    weft_text_dispose(&text);
    if (grid_text == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the table's metadata");
    out[0] = (weft_pair){"weft.version", WEFT_VERSION};
    out[1] = (weft_pair){"weft.crs", weft_crs_wkt(grid->crs)};
    out[2] = (weft_pair){"weft.grid", grid_text};
    out[3] = (weft_pair){"weft.rows", kept[plan->config->rows]};
    return WEFT_OK;
}
