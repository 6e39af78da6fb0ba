/* SPDX-License-Identifier: MIT
 *
 * Long layout: the dates of all columns that are written, sorted; and a column for each of their variables, in the
 * order in which the first of its columns stands. Columns without a date have the same value on all dates. */
#include "pipeline/columns/table_layout.h"

#include "core/text.h"
#include "pipeline/columns/value_names.h"
#include "pipeline/rows/row_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- wide --- */

static weft_status make_wide(weft_plan *plan, weft_error *err) {
    weft_plan_table *table = &plan->table;
    table->cell_rows = 1;
    table->names = calloc((size_t)plan->column_count + 1, sizeof *table->names);
    table->types = calloc((size_t)plan->column_count + 1, sizeof *table->types);
    if (table->names == NULL || table->types == NULL) return weft_error_no_memory(err, "the plan");
    for (; table->column_count < plan->column_count; table->column_count++) {
        table->names[table->column_count] = plan->columns[table->column_count].name;
        table->types[table->column_count] = plan->columns[table->column_count].type;
    }
    return WEFT_OK;
}

/* --- long --- */

/* NULL: the column has no date. */
static const weft_moment *date_of(const weft_plan_column *column) {
    if (column->layer != NULL) return column->layer->has_date ? &column->layer->date : NULL;
    return column->derived->has_date ? &column->derived->date : NULL;
}

static const char *variable_of(const weft_plan_column *column) {
    if (date_of(column) == NULL) return column->name;
    return column->layer != NULL ? column->layer->variable : column->derived->from->name;
}

static weft_status find_dates(const weft_plan *plan, weft_date_list *dates, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->column_count && status == WEFT_OK; i++)
        if (date_of(&plan->columns[i]) != NULL) status = weft_date_list_add(dates, date_of(&plan->columns[i]), err);
    if (status != WEFT_OK || dates->count > 0) return status;
    weft_error_set(err, WEFT_ERR_DATA, "%s: export.layout: long has a row a date, and no column has a date",
                   plan->config->file);
    weft_error_hint(err,
                    "a dataset has dates by path: red_{date:%%Y%%m%%d}.tif, or by variable: NAME of a NetCDF file");
    return WEFT_ERR_DATA;
}

/* Days, where all are whole days of the common calendar; else texts, as other calendars have days that it has not. */
static bool are_days(const weft_date_list *dates) {
    int32_t day;
    for (int i = 0; i < dates->count; i++) {
        const weft_moment *date = &dates->items[i];
        if (date->hour != 0 || date->minute != 0 || date->second != 0) return false;
        if (!weft_date_days(date->year, date->month, date->day, &day)) return false;
    }
    return true;
}

/* Adds the column of dates. */
static weft_status put_dates(weft_plan_table *table, const weft_date_list *dates, weft_error *err) {
    static const char day_format[] = "%Y-%m-%d", time_format[] = "%Y-%m-%dT%H:%M:%S";
    bool days = are_days(dates), times = false;
    char text[WEFT_MOMENT_TEXT_BYTES];
    size_t width = 1;
    for (int i = 0; i < dates->count; i++)
        times = times || dates->items[i].hour != 0 || dates->items[i].minute != 0 || dates->items[i].second != 0;
    const char *format = times ? time_format : day_format;
    for (int i = 0; i < dates->count; i++) {
        size_t length = weft_moment_write(format, strlen(format), &dates->items[i], text, sizeof text);
        width = length > width ? length : width;
    }
    int at = table->column_count++;
    table->names[at] = WEFT_PLAN_DATE_COLUMN;
    table->carried[at] = true;
    table->types[at] = days ? WEFT_DATE : WEFT_TEXT(width);
    for (int i = 0; i < dates->count; i++)
        table->from[at * dates->count + i] = WEFT_PLAN_DATES;
    table->dates = calloc((size_t)dates->count, weft_data_type_size(table->types[at]));
    if (table->dates == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < dates->count; i++) {
        const weft_moment *date = &dates->items[i];
        if (days) {
            (void)weft_date_days(date->year, date->month, date->day, (int32_t *)table->dates + i);
        } else {
            size_t length = weft_moment_write(format, strlen(format), date, text, sizeof text);
            memcpy((char *)table->dates + (size_t)i * width, text, length < width ? length : width);
        }
    }
    return WEFT_OK;
}

/* The table's column of this variable, added after the others where there is none. */
static int find_column(weft_plan_table *table, const char *variable) {
    for (int i = 0; i < table->column_count; i++)
        if (strcmp(table->names[i], variable) == 0) return i;
    table->names[table->column_count] = variable;
    return table->column_count++;
}

static weft_status name_is_taken(const weft_plan *plan, const char *name, const weft_plan_column *column,
                                 weft_error *err) {
    weft_error_set(err, WEFT_ERR_DATA, "%s: export.layout: long: two columns would be called \"%s\", one of %s",
                   plan->config->file, name, column->name);
    weft_error_hint(err, "rename a dataset or a derived column, or leave one out: export.columns");
    return WEFT_ERR_DATA;
}

/* One type for the values of all dates. */
static weft_status put_column(weft_plan *plan, int index, const weft_date_list *dates, weft_error *err) {
    weft_plan_table *table = &plan->table;
    const weft_plan_column *column = &plan->columns[index];
    const weft_moment *date = date_of(column);
    const char *variable = variable_of(column);
    int before = table->column_count, at = find_column(table, variable);
    int *from = &table->from[(int64_t)at * table->cell_rows];
    if (strcmp(variable, WEFT_PLAN_DATE_COLUMN) == 0) return name_is_taken(plan, variable, column, err);
    for (int i = 0; i < dates->count && at == before; i++)
        from[i] = -1;
    if (at == before) {
        table->types[at] = column->type;
        table->carried[at] = date == NULL;
    } else if (table->carried[at] || date == NULL) {
        return name_is_taken(plan, variable, column, err);
    } else {
        table->types[at] = weft_data_type_union(table->types[at], column->type);
    }
    for (int i = 0; i < dates->count; i++) {
        if (date != NULL && weft_moment_compare(date, &dates->items[i]) != 0) continue;
        if (from[i] >= 0) return name_is_taken(plan, variable, column, err);
        from[i] = index;
    }
    return WEFT_OK;
}

static weft_status make_long(weft_plan *plan, weft_error *err) {
    weft_plan_table *table = &plan->table;
    weft_date_list dates = {0};
    size_t columns = (size_t)plan->column_count + 1;
    weft_status status = find_dates(plan, &dates, err);
    if (status != WEFT_OK) goto done;
    table->cell_rows = dates.count;
    table->names = calloc(columns, sizeof *table->names);
    table->types = calloc(columns, sizeof *table->types);
    table->carried = calloc(columns, sizeof *table->carried);
    table->from = calloc(columns * (size_t)dates.count, sizeof *table->from);
    if (table->names == NULL || table->types == NULL || table->carried == NULL || table->from == NULL) {
        status = weft_error_no_memory(err, "the plan");
        goto done;
    }
    /* The date stands after x and y, which rows that are no cells have as columns. */
    int places = weft_plan_rows_coordinates(plan);
    for (int i = 0; i < plan->column_count && status == WEFT_OK; i++) {
        if (i == places) status = put_dates(table, &dates, err);
        if (status == WEFT_OK) status = put_column(plan, i, &dates, err);
    }
done:
    free(dates.items);
    return status;
}

weft_status weft_table_layout_make(weft_plan *plan, weft_error *err) {
    return plan->config->layout == WEFT_LAYOUT_LONG ? make_long(plan, err) : make_wide(plan, err);
}
