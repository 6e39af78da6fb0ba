/* SPDX-License-Identifier: MIT
 *
 * A description is what somebody wrote; a column's name is letters, digits, ".", "_" and "-". */
#include "pipeline/planner/plan_columns.h"

#include "core/text.h"
#include "pipeline/formats/formats.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

int weft_plan_columns_of(const weft_plan_dataset *dataset) {
    const weft_config_dataset *config = dataset->config;
    if (config->band_count > 0) return config->band_count;
    if (dataset->input_count > 0) return weft_source_describe(dataset->inputs[0].source)->band_count;
    return config->column_count > 0 ? config->column_count : 1;
}

weft_status weft_plan_columns_check(const weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    int names = dataset->config->column_count, columns = weft_plan_columns_of(dataset);
    if (names == 0 || names == columns) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "columns has %d names for %d bands", names, columns);
    weft_error_hint(err, "one name a band, in the order of bands; columns: number names them by their numbers");
    weft_plan_place_error(plan, dataset->config, dataset->config->place, err);
    return WEFT_ERR_DATA;
}

weft_status weft_plan_column_band(const weft_plan *plan, const weft_plan_dataset *dataset, int column, int *which,
                                  weft_error *err) {
    const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
    const weft_config_dataset *config = dataset->config;
    *which = column;
    if (config->band_count == 0) return WEFT_OK;
    for (*which = 0; *which < info->band_count; (*which)++)
        if (info->bands[*which].number == config->bands[column]) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s has no band %d that can be a column", info->path, config->bands[column]);
    weft_error_hint(err, "it has %d; an alpha band is a mask, never a column", info->band_count);
    weft_plan_place_error(plan, config, config->place, err);
    return WEFT_ERR_DATA;
}

static bool is_ascii_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The description with "_" for each run of what a name cannot hold, none at its ends; NULL when nothing is left. */
static char *legal_name(const char *description) {
    char *name = malloc(strlen(description) + 1);
    size_t length = 0;
    if (name == NULL) return NULL;
    for (const char *at = description; *at != '\0'; at++) {
        bool kept = is_ascii_alphanumeric(*at) || strchr(".-", *at) != NULL;
        if (kept)
            name[length++] = *at;
        else if (length > 0 && name[length - 1] != '_')
            name[length++] = '_';
    }
    if (length > 0 && name[length - 1] == '_') length--;
    name[length] = '\0';
    if (length > 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) return name;
    free(name);
    return NULL;
}

char *weft_plan_column_name(const weft_plan_dataset *dataset, int column, const weft_band_info *info, int band) {
    const weft_config_dataset *config = dataset->config;
    if (config->column_names == WEFT_COLUMNS_LIST) return weft_text_format("%s", config->columns[column]);
    if (config->column_names == WEFT_COLUMNS_DESCRIPTION && info != NULL && info->description != NULL) {
        char *name = legal_name(info->description);
        if (name != NULL) return name;
    }
    if (weft_plan_columns_of(dataset) == 1) return weft_text_format("%s", config->name);
    return weft_text_format("%s_%d", config->name, band);
}

/* Databases do not tell capital letters from small ones. */
static bool has_one_case(const weft_format *format) {
    return format->one_case;
}

static bool is_same_name(const weft_plan *plan, const char *a, const char *b) {
    return (weft_format_any(plan->config, has_one_case) ? strcasecmp(a, b) : strcmp(a, b)) == 0;
}

static bool is_place(const weft_plan *plan, const char *name) {
    static const char *const places[] = {"x", "y", "row", "col"};
    for (int i = 0; i < (plan->config->index_columns ? 4 : 2); i++)
        if (is_same_name(plan, name, places[i])) return true;
    return false;
}

bool weft_plan_column_is_taken(const weft_plan *plan, const char *name, int derived) {
    bool taken = is_place(plan, name);
    for (int i = 0; i < plan->layer_total && !taken; i++)
        taken = is_same_name(plan, name, plan->layers[i].column);
    for (int i = 0; i < derived && !taken; i++)
        taken = is_same_name(plan, name, plan->config->columns[i].name);
    return taken;
}

weft_status weft_plan_columns_unique(const weft_plan *plan, weft_error *err) {
    for (int i = 0; i < plan->layer_count; i++) {
        const char *column = plan->layers[i].column;
        const weft_config_dataset *dataset = plan->datasets[plan->layers[i].dataset].config;
        bool taken = is_place(plan, column);
        for (int j = 0; j < i && !taken; j++)
            taken = is_same_name(plan, column, plan->layers[j].column);
        if (!taken) continue;
        weft_error_set(err, WEFT_ERR_DATA, "there are two columns named \"%s\"", column);
        weft_error_hint(err, "rename the dataset, or give it names: columns: [red, green, blue]");
        weft_plan_place_error(plan, dataset, dataset->place, err);
        return WEFT_ERR_DATA;
    }
    return WEFT_OK;
}
