/* SPDX-License-Identifier: MIT */
#include "pipeline/columns/value_names.h"

#include "core/grown_array.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

static const weft_plan_derived *derived_at(const weft_plan *plan, int value) {
    return value < plan->layer_total ? NULL : &plan->derived[value - plan->layer_total];
}

int weft_value_count(const weft_plan *plan) {
    return plan->layer_total + plan->derived_count;
}

const char *weft_value_name(const weft_plan *plan, int value) {
    const weft_plan_derived *derived = derived_at(plan, value);
    return derived != NULL ? derived->name : plan->layers[value].column;
}

weft_data_type weft_value_type(const weft_plan *plan, int value) {
    const weft_plan_derived *derived = derived_at(plan, value);
    return derived != NULL ? derived->from->type : plan->layers[value].type;
}

/* Its variable, which is its name where it has no date; *date: NULL where it has none. */
static const char *variable_of(const weft_plan *plan, int value, const weft_moment **date) {
    const weft_plan_derived *derived = derived_at(plan, value);
    bool has_date = derived != NULL ? derived->has_date : plan->layers[value].has_date;
    *date = NULL;
    if (!has_date) return weft_value_name(plan, value);
    *date = derived != NULL ? &derived->date : &plan->layers[value].date;
    return derived != NULL ? derived->from->name : plan->layers[value].variable;
}

int weft_value_find(const weft_plan *plan, const char *name) {
    for (int i = 0; i < weft_value_count(plan); i++)
        if (strcmp(weft_value_name(plan, i), name) == 0) return i;
    return -1;
}

int weft_value_find_dated(const weft_plan *plan, const char *variable, const weft_moment *date) {
    const weft_moment *own;
    for (int i = 0; i < weft_value_count(plan); i++)
        if (strcmp(variable_of(plan, i, &own), variable) == 0 && own != NULL &&
            (date == NULL || weft_moment_compare(own, date) == 0))
            return i;
    return -1;
}

void weft_value_suggest(const weft_plan *plan, const char *name, weft_error *err) {
    const weft_moment *date;
    int count = 0;
    const char **names = calloc(2 * (size_t)weft_value_count(plan) + 1, sizeof *names);
    for (int i = 0; names != NULL && i < weft_value_count(plan); i++) {
        const char *variable = variable_of(plan, i, &date);
        names[count++] = weft_value_name(plan, i);
        if (date != NULL) names[count++] = variable;
    }
    const char *nearest = names == NULL ? NULL : weft_text_nearest(name, names);
    if (nearest != NULL)
        weft_error_hint(err, "did you mean %s?", nearest);
    else
        weft_error_hint(err, "weft columns %s lists them", plan->config->file);
    free(names);
}

weft_status weft_date_list_add(weft_date_list *list, const weft_moment *date, weft_error *err) {
    int at = list->count;
    while (at > 0 && weft_moment_compare(&list->items[at - 1], date) >= 0)
        at--;
    if (at < list->count && weft_moment_compare(&list->items[at], date) == 0) return WEFT_OK;
    weft_moment *more = weft_grown_array(list->items, list->count, &list->capacity, sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the plan");
    list->items = more;
    memmove(more + at + 1, more + at, (size_t)(list->count - at) * sizeof *more);
    more[at] = *date;
    list->count++;
    return WEFT_OK;
}

weft_status weft_date_list_add_variable(weft_date_list *list, const weft_plan *plan, const char *variable,
                                        weft_error *err) {
    const weft_moment *date;
    weft_status status = WEFT_OK;
    for (int i = 0; i < weft_value_count(plan) && status == WEFT_OK; i++)
        if (strcmp(variable_of(plan, i, &date), variable) == 0 && date != NULL)
            status = weft_date_list_add(list, date, err);
    return status;
}
