/* SPDX-License-Identifier: MIT
 *
 * A column's mark is set by the first value that merge meets. Chunks that are read ahead may set it before they are
 * written; a resumed run reads them again, so that it stays true. */
#include "pipeline/run/empty_columns.h"

#include <stdlib.h>
#include <string.h>

void weft_empty_columns_begin(const weft_run_record *record, atomic_uchar *seen, int column_count) {
    const char *then = record->facts.columns_seen;
    bool known = then != NULL && strlen(then) == (size_t)column_count;
    for (int i = 0; i < column_count && record->resumes; i++)
        atomic_store(&seen[i], known ? (unsigned char)(then[i] - '0') : 1);
}

weft_status weft_empty_columns_note(weft_run_record *record, atomic_uchar *seen, int column_count, weft_error *err) {
    char *text = realloc(record->facts.columns_seen, (size_t)column_count + 1);
    if (text == NULL) return weft_error_no_memory(err, "the run");
    for (int i = 0; i < column_count; i++)
        text[i] = (char)('0' + atomic_load(&seen[i]));
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
    if (layer->method.class != NULL)
        return weft_plan_warn(plan, err,
                              "column %s is 0 or missing in every cell: no pixel of class %.*Lg lies under the "
                              "grid: %s",
                              layer->column, weft_config_class_digits(layer->method.class), layer->method.class->value,
                              info->path);
    return weft_plan_warn(
        plan, err,
        "column %s has no value in any of %lld cells: %s%s (%.10g, %.10g, %.10g, %.10g in %s) touches "
        "the grid, but no cell gets a pixel that is not missing: is it where it should be, and is its "
        "nodata value right?",
        layer->column, (long long)(plan->table_cols * plan->table_rows), info->path,
        dataset->file_count > 1 ? " and the files beside it" : "", b.xmin, b.ymin, b.xmax, b.ymax,
        weft_crs_name(info->crs));
}

static weft_status warn_of_derived(weft_plan *plan, const weft_derived_column *column, int marks, weft_error *err) {
    weft_status status = WEFT_OK;
    if ((marks & WEFT_MARK_OUT_OF_RANGE) != 0)
        status = weft_plan_warn(plan, err, "column %s: values that do not fit into %s are missing", column->name,
                                weft_data_type_name(column->type));
    if (status == WEFT_OK && (marks & WEFT_MARK_VALUE) == 0)
        status = weft_plan_warn(plan, err,
                                "column %s has no value in any cell: in each an operand is missing, or it divides by "
                                "zero, or takes the logarithm or the root of what has none",
                                column->name);
    return status;
}

static weft_status warn_of_program(weft_plan *plan, atomic_uchar *marks, weft_error *err) {
    const weft_column_program *program = plan->program;
    weft_status status = WEFT_OK;
    for (int i = 0; i < program->derived_count && status == WEFT_OK; i++)
        status = warn_of_derived(plan, &program->derived[i], atomic_load(&marks[i]), err);
    if (status != WEFT_OK || !program->has_where || atomic_load(&marks[program->derived_count]) != 0) return status;
    return weft_plan_warn(plan, err, "rows.where is true in no cell: there are no rows");
}

int weft_empty_columns_marks(const weft_plan *plan) {
    return plan->layer_count + (plan->program == NULL ? 0 : plan->program->derived_count + 1);
}

weft_status weft_empty_columns_warn(weft_plan *plan, atomic_uchar *seen, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->layer_count && status == WEFT_OK; i++) {
        const weft_plan_dataset *dataset = &plan->datasets[plan->layers[i].dataset];
        /* Skipped, or off the grid: that was said. */
        if (atomic_load(&seen[i]) != 0 || !dataset->on_grid || dataset->input_count == 0) continue;
        status = warn_of(plan, &plan->layers[i], err);
    }
    return status == WEFT_OK && plan->program != NULL ? warn_of_program(plan, &seen[plan->layer_count], err) : status;
}
