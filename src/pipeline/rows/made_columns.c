/* SPDX-License-Identifier: MIT */
#include "pipeline/rows/made_columns.h"

#include "core/text.h"
#include "pipeline/plan/legal_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

weft_status weft_made_columns_new(weft_plan *plan, const char *name, weft_place place, int capacity, weft_error *err) {
    weft_plan_made *made = plan->rows.made = calloc(1, sizeof *made);
    if (made == NULL) return weft_error_no_memory(err, "the plan");
    made->types = calloc((size_t)capacity + 1, sizeof *made->types);
    made->from = calloc((size_t)capacity + 1, sizeof *made->from);
    made->config.columns = calloc((size_t)capacity + 1, sizeof *made->config.columns);
    made->config.name = weft_text_format("%s", name);
    if (made->types == NULL || made->from == NULL || made->config.columns == NULL || made->config.name == NULL)
        return weft_error_no_memory(err, "the plan");
    made->config.methods.items = &made->method;
    made->config.methods.count = 1;
    made->config.column_names = WEFT_COLUMNS_LIST;
    made->config.place = place;
    weft_plan_dataset *more = realloc(plan->datasets, (size_t)(plan->dataset_count + 1) * sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the plan");
    plan->datasets = more;
    plan->datasets[plan->dataset_count++] = (weft_plan_dataset){.config = &made->config, .made = made, .on_grid = true};
    return WEFT_OK;
}

weft_status weft_made_columns_add(weft_plan *plan, const char *field, const char *fallback, weft_data_type type,
                                  const char *from, weft_error *err) {
    weft_plan_made *made = plan->rows.made;
    int at = made->config.column_count;
    char *name = weft_plan_legal_name(field);
    if (name == NULL) name = weft_text_format("%s", fallback);
    made->config.columns[at] = name;
    made->from[at] = weft_text_format("%s of %s", field, from);
    made->types[at] = type;
    made->config.column_count++;
    return name == NULL || made->from[at] == NULL ? weft_error_no_memory(err, "the plan") : WEFT_OK;
}

/* The column has another name than the field, which `from` begins with. */
static bool has_other_name(const weft_plan_made *made, int i) {
    const char *name = made->config.columns[i], *from = made->from[i];
    size_t length = strlen(name);
    return strncmp(from, name, length) != 0 || strncmp(from + length, " of ", 4) != 0;
}

weft_status weft_made_columns_warn(weft_plan *plan, const char *key, weft_error *err) {
    const weft_plan_made *made = plan->rows.made;
    int count = 0, first = 0;
    for (int i = made->config.column_count - 1; i >= 0; i--) {
        if (!has_other_name(made, i)) continue;
        first = i;
        count++;
    }
    char others[48] = "";
    if (count > 1) (void)snprintf(others, sizeof others, " (the first of %d such fields)", count);
    return count == 0 ? WEFT_OK
                      : weft_plan_warn(plan, err,
                                       "%s: a column's name is letters, digits, \".\", \"_\", \"-\": \"%s\" is the "
                                       "field %s%s",
                                       key, made->config.columns[first], made->from[first], others);
}
