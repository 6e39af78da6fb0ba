/* SPDX-License-Identifier: MIT
 *
 * Columns that are folders are not in the files, as readers of such folders (Arrow, DuckDB, Spark) take them from the
 * names. */
#include "pipeline/columns/table_partition.h"

#include "core/text.h"
#include "stages/layouts/partition_folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void place_error(const weft_plan *plan, const weft_config_chosen *chosen, weft_error *err) {
    if (chosen->origin != NULL)
        weft_error_prefix(err, "%s: ", chosen->origin);
    else
        weft_config_place_error(plan->config, chosen->place, err);
}

static weft_status unknown(const weft_plan *plan, const weft_config_chosen *chosen, weft_error *err) {
    const char **names = calloc((size_t)plan->table.column_count + 1, sizeof *names);
    if (names == NULL) return weft_error_no_memory(err, "the plan");
    for (int i = 0; i < plan->table.column_count; i++)
        names[i] = plan->table.names[i];
    const char *nearest = weft_text_nearest(chosen->name, names);
    free(names);
    weft_error_set(err, WEFT_ERR_DATA, "export.partition.by: the table has no column \"%s\"", chosen->name);
    if (nearest != NULL)
        weft_error_hint(err, "did you mean %s?", nearest);
    else
        weft_error_hint(err, "weft columns %s lists them; export.columns leaves some out", plan->config->file);
    place_error(plan, chosen, err);
    return WEFT_ERR_DATA;
}

static weft_status find_column(const weft_plan *plan, const weft_config_chosen *chosen, int *out, weft_error *err) {
    for (*out = 0; *out < plan->table.column_count; ++*out) {
        if (strcmp(plan->table.names[*out], chosen->name) != 0) continue;
        weft_data_type type = plan->table.types[*out];
        if (!weft_data_type_is_float(type)) return WEFT_OK;
        weft_error_set(err, WEFT_ERR_DATA,
                       "export.partition.by: %s is %s, and folders are of whole numbers, dates or texts", chosen->name,
                       weft_data_type_name(type));
        weft_error_hint(err, "columns: {class: {expr: floor(%s), type: Int16}} makes whole numbers", chosen->name);
        place_error(plan, chosen, err);
        return WEFT_ERR_DATA;
    }
    return unknown(plan, chosen, err);
}

static weft_status find_all(weft_plan *plan, weft_error *err) {
    const weft_config *config = plan->config;
    weft_plan_partition *partition = &plan->partition;
    weft_status status = WEFT_OK;
    for (int i = 0; i < config->partition_by_count && status == WEFT_OK; i++) {
        int column;
        status = find_column(plan, &config->partition_by[i], &column, err);
        if (status != WEFT_OK) break;
        partition->by[partition->by_count] = column;
        partition->by_names[partition->by_count] = plan->table.names[column];
        partition->by_types[partition->by_count++] = plan->table.types[column];
    }
    return status;
}

/* --- zones, whose texts are known before a row is made --- */

/* Whether the feature's bounds touch the grid. */
static bool is_on_grid(const weft_polygon_set *set, int64_t feature) {
    double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
    for (int64_t i = 0; i < set->count; i++) {
        const weft_polygon_edge *edge = &set->edges[i];
        if (edge->feature != feature) continue;
        left = fmin(left, fmin(edge->u0, edge->u1));
        right = fmax(right, fmax(edge->u0, edge->u1));
        top = fmin(top, edge->v0);
        bottom = fmax(bottom, edge->v1);
    }
    return left < (double)set->cols && right > 0 && top < (double)set->rows && bottom > 0;
}

/* Whether each value of the zones makes a folder's name; of zones that are off the grid it need not. */
static weft_status check_zone_values(const weft_plan *plan, const weft_config_chosen *chosen, weft_error *err) {
    const weft_values *values = &plan->rows.zone_values;
    for (int64_t at = 0; at < plan->rows.zone_features; at++) {
        const uint8_t *value = (const uint8_t *)values->values + (size_t)at * weft_data_type_size(values->type);
        if (values->valid == NULL || values->valid[at] == 0) continue;
        weft_status status = weft_partition_folder_check(chosen->name, values->type, value, err);
        if (status == WEFT_OK || (status == WEFT_ERR_DATA && !is_on_grid(plan->rows.zones, at))) continue;
        if (status == WEFT_ERR_DATA) place_error(plan, chosen, err);
        return status;
    }
    return WEFT_OK;
}

static weft_status check_zones(const weft_plan *plan, weft_error *err) {
    const weft_config *config = plan->config;
    const char *field = config->rows_of.zone_field;
    weft_status status = WEFT_OK;
    if (plan->rows.zones == NULL || field == NULL) return WEFT_OK;
    for (int i = 0; i < config->partition_by_count && status == WEFT_OK; i++)
        if (strcmp(field, config->partition_by[i].name) == 0)
            status = check_zone_values(plan, &config->partition_by[i], err);
    return status;
}

static bool is_folder(const weft_plan_partition *partition, int column) {
    for (int i = 0; i < partition->by_count; i++)
        if (partition->by[i] == column) return true;
    return false;
}

static void add(weft_plan_partition *partition, const char *name, weft_data_type type, int from) {
    partition->names[partition->column_count] = name;
    partition->types[partition->column_count] = type;
    partition->from[partition->column_count++] = from;
}

weft_status weft_table_partition_make(weft_plan *plan, weft_error *err) {
    static const char *const places[] = {"row", "col", "x", "y"};
    const weft_config *config = plan->config;
    weft_plan_partition *partition = &plan->partition;
    size_t folders = (size_t)config->partition_by_count + 1, columns = (size_t)plan->table.column_count + 4;
    if (config->partition != WEFT_PARTITION_BY) return WEFT_OK;
    partition->by = calloc(folders, sizeof *partition->by);
    partition->by_names = calloc(folders, sizeof *partition->by_names);
    partition->by_types = calloc(folders, sizeof *partition->by_types);
    partition->names = calloc(columns, sizeof *partition->names);
    partition->types = calloc(columns, sizeof *partition->types);
    partition->from = calloc(columns, sizeof *partition->from);
    if (partition->by == NULL || partition->by_names == NULL || partition->by_types == NULL ||
        partition->names == NULL || partition->types == NULL || partition->from == NULL)
        return weft_error_no_memory(err, "the plan");
    weft_status status = find_all(plan, err);
    if (status == WEFT_OK) status = check_zones(plan, err);
    if (status != WEFT_OK) return status;
    for (int i = config->index_columns ? 0 : 2; i < 4 && plan->rows.file == NULL; i++)
        add(partition, places[i], i < 2 ? WEFT_INT32 : WEFT_FLOAT64, -1);
    for (int i = 0; i < plan->table.column_count; i++)
        if (!is_folder(partition, i)) add(partition, plan->table.names[i], plan->table.types[i], i);
    return WEFT_OK;
}
