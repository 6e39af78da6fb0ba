/* SPDX-License-Identifier: MIT */
#include "pipeline/columns/column_report.h"

#include <stdlib.h>
#include <string.h>

static int longer(int width, const char *name) {
    return (int)strlen(name) > width ? (int)strlen(name) : width;
}

static int widest(const weft_plan *plan) {
    int width = (int)strlen("column");
    for (int i = 0; i < plan->layer_total; i++)
        width = longer(width, plan->layers[i].column);
    for (int i = 0; i < plan->derived_count; i++)
        width = longer(width, plan->derived[i].name);
    return width;
}

static bool is_written(const weft_plan *plan, const weft_plan_layer *layer, const weft_plan_derived *derived) {
    for (int i = 0; i < plan->column_count; i++)
        if (plan->columns[i].layer == layer && plan->columns[i].derived == derived) return true;
    return false;
}

static bool is_computed(const weft_plan *plan, const weft_plan_derived *column) {
    for (int i = 0; plan->program != NULL && i < plan->program->derived_count; i++)
        if (plan->program->derived[i].name == column->name) return true;
    return false;
}

/* --- one line --- */

static void add_layer(const weft_plan *plan, const weft_plan_layer *layer, const char *use, int width, weft_text *out) {
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    weft_text_add(out, "%-*s  %-7s  %-7s  ", width, layer->column, weft_data_type_name(layer->type), use);
    if (dataset->made != NULL)
        weft_text_add(out, "%s", dataset->made->from[layer->which]);
    else if (dataset->skipped != NULL)
        weft_text_add(out, "skipped: %s", dataset->skipped);
    else
        weft_text_add(out, "%s%s band %d, %s", weft_source_describe(dataset->inputs[0].source)->path,
                      dataset->file_count > 1 ? ", .." : "", layer->band, layer->method.name);
    if (dataset->skipped == NULL && layer->method.class != NULL)
        weft_text_add(out, " of class %.*Lg", weft_config_class_digits(layer->method.class),
                      layer->method.class->value);
    weft_text_add(out, "\n");
}

static void add_derived(const weft_plan_derived *column, const char *use, int width, weft_text *out) {
    weft_text_add(out, "%-*s  %-7s  %-7s  = %s\n", width, column->name, weft_data_type_name(column->from->type), use,
                  column->from->expression.text);
}

/* --- the list --- */

static void add_others(const weft_plan *plan, int width, weft_text *out) {
    for (int i = 0; i < plan->layer_count; i++)
        if (!is_written(plan, &plan->layers[i], NULL)) add_layer(plan, &plan->layers[i], "operand", width, out);
    for (int i = 0; i < plan->derived_count; i++)
        if (!is_written(plan, NULL, &plan->derived[i]) && is_computed(plan, &plan->derived[i]))
            add_derived(&plan->derived[i], "operand", width, out);
    for (int i = plan->layer_count; i < plan->layer_total; i++)
        add_layer(plan, &plan->layers[i], "unused", width, out);
    for (int i = 0; i < plan->derived_count; i++)
        if (!is_computed(plan, &plan->derived[i])) add_derived(&plan->derived[i], "unused", width, out);
}

weft_status weft_plan_list_columns(const weft_plan *plan, weft_text *out, weft_error *err) {
    int width = widest(plan);
    weft_text_add(out, "%-*s  %-7s  %-7s  %s\n", width, "column", "type", "use", "from");
    for (int i = 0; i < plan->column_count; i++) {
        const weft_plan_column *column = &plan->columns[i];
        if (column->layer != NULL)
            add_layer(plan, column->layer, "written", width, out);
        else
            add_derived(column->derived, "written", width, out);
    }
    add_others(plan, width, out);
    return out->failed ? weft_error_no_memory(err, "the list of columns") : WEFT_OK;
}

void weft_plan_describe_derived(const weft_plan *plan, weft_text *out) {
    const weft_config *config = plan->config;
    int width = widest(plan);
    if (config->column_count > 0) weft_text_add(out, "derived      column, type, expression\n");
    for (int i = 0; i < plan->derived_count; i++)
        if (is_computed(plan, &plan->derived[i]))
            weft_text_add(out, "  %-*s  %-7s  %s\n", width, plan->derived[i].name,
                          weft_data_type_name(plan->derived[i].from->type), plan->derived[i].from->expression.text);
    if (config->where.text != NULL)
        weft_text_add(out, "rows         where %s; other cells are missing in rasters\n", config->where.text);
    if (config->chosen_count == 0) return;
    weft_text_add(out, "columns      ");
    for (int i = 0; i < plan->column_count; i++)
        weft_text_add(out, i == 0 ? "%s" : ", %s", plan->columns[i].name);
    weft_text_add(out, "\n");
}
