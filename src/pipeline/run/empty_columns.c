/* SPDX-License-Identifier: MIT
 *
 * A column's mark is set by the first value that merge meets. Chunks that are read ahead may set it before they are
 * written; whoever goes on reads them again, so that it stays true. */
#include "pipeline/run/empty_columns.h"

#include <stdlib.h>
#include <string.h>

void weft_empty_columns_begin(const weft_run_record *record, atomic_uchar *seen, int column_count) {
    const char *then = record->facts.columns_seen;
    bool known = then != NULL && strlen(then) == (size_t)column_count;
    for (int i = 0; i < column_count && record->goes_on; i++)
        if (!known || then[i] != '0') atomic_store(&seen[i], 1);
}

weft_status weft_empty_columns_note(weft_run_record *record, atomic_uchar *seen, int column_count, weft_error *err) {
    char *text = realloc(record->facts.columns_seen, (size_t)column_count + 1);
    if (text == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the run");
    for (int i = 0; i < column_count; i++)
        text[i] = atomic_load(&seen[i]) != 0 ? '1' : '0';
    text[column_count] = '\0';
    record->facts.columns_seen = text;
    return WEFT_OK;
}

/* Files and extents are what one looks at first: axes in other units, or nothing but nodata. */
static weft_status warn_of(weft_plan *plan, const weft_plan_layer *layer, weft_error *err) {
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    const weft_source *source = dataset->inputs[0].source;
    const weft_source_info *info = weft_source_describe(source);
    weft_bounds b = weft_source_bounds(source);
    return weft_plan_warn(
        plan, err,
        "column %s has no value in any of %lld cells: %s%s (%.10g, %.10g, %.10g, %.10g in %s) touches "
        "the grid, but no cell gets a pixel that is not missing: is it where it should be, and is its "
        "nodata value right?",
        layer->column, (long long)(plan->grid.cols * plan->grid.rows), info->path,
        dataset->file_count > 1 ? " and the files beside it" : "", b.xmin, b.ymin, b.xmax, b.ymax,
        weft_crs_name(info->crs));
}

weft_status weft_empty_columns_warn(weft_plan *plan, atomic_uchar *seen, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->layer_count && status == WEFT_OK; i++) {
        const weft_plan_dataset *dataset = &plan->datasets[plan->layers[i].dataset];
        /* Skipped, or off the grid: that was said. */
        if (atomic_load(&seen[i]) != 0 || !dataset->on_grid || dataset->input_count == 0) continue;
        status = warn_of(plan, &plan->layers[i], err);
    }
    return status;
}
