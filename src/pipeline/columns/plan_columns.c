/* SPDX-License-Identifier: MIT */
#include "pipeline/columns/plan_columns.h"

#include "core/files/path_fields.h"
#include "core/text.h"
#include "pipeline/formats/formats.h"
#include "pipeline/plan/legal_name.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The bands whose dates count. */
static int wanted_bands(const weft_source_info *info) {
    int count = 0;
    for (int i = 0; i < info->band_count; i++)
        count += info->bands[i].wanted;
    return count;
}

/* Whether bands lie along a time axis, and some of them were chosen by their dates. */
static bool chooses_dates(const weft_plan_dataset *dataset) {
    return dataset->config->has_dates && dataset->input_count > 0 &&
           weft_source_describe(dataset->inputs[0].source)->bands[0].has_date;
}

int weft_plan_bands_of(const weft_plan_dataset *dataset) {
    const weft_config_dataset *config = dataset->config;
    if (chooses_dates(dataset)) return wanted_bands(weft_source_describe(dataset->inputs[0].source));
    if (config->band_count > 0) return config->band_count;
    if (dataset->input_count > 0) return weft_source_describe(dataset->inputs[0].source)->band_count;
    return config->column_count > 0 ? config->column_count : 1;
}

/* --- methods --- */

/* How many columns a method makes of a band. */
static int columns_of(const weft_config_dataset *config, weft_config_method method) {
    return weft_method_at(method.number)->of_classes ? config->class_count : 1;
}

int weft_plan_methods_of(const weft_plan_dataset *dataset) {
    const weft_config_dataset *config = dataset->config;
    int count = 0;
    for (int i = 0; i < config->methods.count; i++)
        count += columns_of(config, config->methods.items[i]);
    return count;
}

weft_plan_method weft_plan_method_at(const weft_plan_dataset *dataset, int number) {
    const weft_config_dataset *config = dataset->config;
    const weft_config_method *from = config->methods.items;
    for (; number >= columns_of(config, *from); from++)
        number -= columns_of(config, *from);
    weft_plan_method out = {.method = weft_method_at(from->number), .argument = from->argument};
    if (out.method->of_classes) out.class = &config->classes[number];
    weft_plan_method_write(*from, out.name);
    return out;
}

/* What methods ask for, and cannot use. */
static weft_status check_methods(const weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_config_dataset *config = dataset->config;
    bool of_classes = false;
    for (int i = 0; i < config->methods.count; i++) {
        const weft_method *method = weft_method_at(config->methods.items[i].number);
        of_classes = of_classes || method->of_classes;
        if (method->of_classes && config->class_count == 0) {
            weft_error_set(err, WEFT_ERR_DATA, "method %s needs classes", weft_method_name(method));
            weft_error_hint(err, "classes: {311: forest, 112: town}, or [311, 112]: a column each");
        } else if (config->min_coverage > 0 && !weft_method_needs_corners(method)) {
            weft_error_set(err, WEFT_ERR_DATA, "min_coverage: method %s has no footprint that pixels could cover",
                           weft_method_name(method));
            weft_error_hint(err, "method: average, or another of footprints");
        } else if (config->overviews == WEFT_OVERVIEWS_USE && method->adds) {
            weft_error_set(err, WEFT_ERR_DATA,
                           "overviews: method %s needs the pixels themselves, and overviews have fewer",
                           weft_method_name(method));
            weft_error_hint(err, "overviews: none for this dataset, or method: average");
        } else {
            continue;
        }
        weft_plan_place_error(plan, config, config->place, err);
        return WEFT_ERR_DATA;
    }
    if (config->class_count == 0 || of_classes) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "classes are given, but no method uses them");
    weft_error_hint(err, "method: share gives a column a class");
    weft_plan_place_error(plan, config, config->place, err);
    return WEFT_ERR_DATA;
}

/* --- bands --- */

/* Whether the files of a dataset were chosen by dates that their names, or a catalog, have. */
static bool are_files_dated(const weft_plan_dataset *dataset) {
    weft_path_fields fields;
    if (dataset->own == NULL || dataset->config->catalog.file != NULL) return dataset->own != NULL;
    weft_path_fields_list(dataset->origin->paths[0], &fields);
    return fields.has_date;
}

/* Whether a dataset that the same path captures has bands whose dates count: a file a year, of which some years do. */
static bool has_dated_sibling(const weft_plan *plan, const weft_plan_dataset *dataset) {
    for (int i = 0; i < plan->dataset_count; i++)
        if (dataset->own != NULL && plan->datasets[i].origin == dataset->origin &&
            weft_plan_bands_of(&plan->datasets[i]) > 0)
            return true;
    return false;
}

/* Dates are the path's, or those of a time axis, of which some must be left. */
static weft_status check_dates(const weft_plan *plan, const weft_plan_dataset *dataset, int count, weft_error *err) {
    const weft_config_dataset *config = dataset->config;
    if (!config->has_dates || dataset->has_date || dataset->input_count == 0) return WEFT_OK;
    const weft_source_info *info = weft_source_describe(dataset->inputs[0].source);
    if (!info->bands[0].has_date && are_files_dated(dataset)) return WEFT_OK;
    if (info->bands[0].has_date && (count > 0 || has_dated_sibling(plan, dataset))) return WEFT_OK;
    if (info->undated != NULL) {
        weft_error_set(err, WEFT_ERR_DATA, "dates: %s cannot be chosen by date: %s", info->path, info->undated);
        weft_error_hint(err, "bands: [..] chooses them by their numbers, of one level for example");
    } else if (!info->bands[0].has_date) {
        weft_error_set(err, WEFT_ERR_DATA, "dates: path has no {date}, and %s has no time axis", info->path);
        weft_error_hint(err, "path: red_{date:%%Y%%m%%d}.tif; of a NetCDF file, variable: NAME");
    } else {
        char first[WEFT_MOMENT_TEXT_BYTES], last[WEFT_MOMENT_TEXT_BYTES];
        weft_moment_text(&info->bands[0].date, first);
        weft_moment_text(&info->bands[info->band_count - 1].date, last);
        weft_error_set(err, WEFT_ERR_DATA, "dates: none of the %d bands of %s lies within them: those are of %s to %s",
                       info->band_count, info->path, first, last);
        weft_error_hint(err, "dates: [%s, %s] takes all", first, last);
    }
    weft_plan_place_error(plan, config, config->place, err);
    return WEFT_ERR_DATA;
}

weft_status weft_plan_columns_check(const weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    int names = dataset->config->column_count, columns = weft_plan_bands_of(dataset);
    weft_status status = check_methods(plan, dataset, err);
    if (status == WEFT_OK) status = check_dates(plan, dataset, columns, err);
    if (status != WEFT_OK) return status;
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
    if (chooses_dates(dataset)) {
        for (*which = 0; !info->bands[*which].wanted || column-- > 0;)
            ++*which;
        return WEFT_OK;
    }
    if (config->band_count == 0) return WEFT_OK;
    for (*which = 0; *which < info->band_count; (*which)++)
        if (info->bands[*which].number == config->bands[column]) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s has no band %d that can be a column", info->path, config->bands[column]);
    if (info->alpha_band == config->bands[column])
        weft_error_hint(err,
                        "it is alpha, a mask; if it holds values, gdal_edit.py -colorinterp_%d undefined makes it one",
                        info->alpha_band);
    else
        weft_error_hint(err, "it has %d; an alpha band is a mask, never a column", info->band_count);
    weft_plan_place_error(plan, config, config->place, err);
    return WEFT_ERR_DATA;
}

char *weft_plan_dated_name(const char *name, const weft_moment *date) {
    char text[WEFT_MOMENT_TEXT_BYTES];
    bool day = date->hour == 0 && date->minute == 0 && date->second == 0;
    const char *format = day ? "%Y%m%d" : "%Y%m%dT%H%M%S";
    (void)weft_moment_write(format, strlen(format), date, text, sizeof text);
    return weft_text_format("%s_%s", name, text);
}

/* What the columns of a band are called, before their methods. */
static char *band_name(const weft_plan_dataset *dataset, int place, const weft_band_info *info, int band,
                       const char *own, bool without_date) {
    const weft_config_dataset *config = dataset->config;
    if (config->column_names == WEFT_COLUMNS_LIST) return weft_text_format("%s", config->columns[place]);
    if (config->column_names == WEFT_COLUMNS_DESCRIPTION && info != NULL && info->description != NULL) {
        char *name = weft_plan_legal_name(info->description);
        if (name != NULL) return name;
    }
    if (info != NULL && info->has_date && (config->variable != NULL || config->has_dates))
        return without_date ? weft_text_format("%s", own) : weft_plan_dated_name(own, &info->date);
    if (weft_plan_bands_of(dataset) == 1) return weft_text_format("%s", own);
    return weft_text_format("%s_%d", own, band);
}

char *weft_plan_column_name(const weft_plan_dataset *dataset, int place, const weft_plan_layer *layer,
                            bool without_date) {
    const char *own = without_date && dataset->variable != NULL ? dataset->variable : dataset->config->name;
    char *name = band_name(dataset, place, layer->info, layer->band, own, without_date);
    const weft_plan_method *method = &layer->method;
    if (name == NULL || (dataset->config->methods.count == 1 && method->class == NULL)) return name;
    char *whole = weft_text_format("%s_%s", name, method->class != NULL ? method->class->label : method->name);
    free(name);
    return whole;
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

bool weft_plan_column_is_taken(const weft_plan *plan, const char *name) {
    bool taken = is_place(plan, name);
    for (int i = 0; i < plan->layer_total && !taken; i++)
        taken = is_same_name(plan, name, plan->layers[i].column);
    for (int i = 0; i < plan->derived_count && !taken; i++)
        taken = is_same_name(plan, name, plan->derived[i].name);
    return taken;
}

/* Says where the column `name` is from, and how it gets another name. */
static weft_status refuse_name(const weft_plan *plan, const weft_plan_dataset *dataset, const char *name,
                               const char *other, weft_error *err) {
    if (other == NULL)
        weft_error_set(err, WEFT_ERR_DATA, "\"%s\" says where a cell is: no column can be named so", name);
    else
        weft_error_set(err, WEFT_ERR_DATA,
                       strcmp(name, other) == 0 ? "there are two columns named \"%s\"%.0s"
                                                : "there are two columns named \"%s\": "
                                                  "sqlite takes \"%s\" for the same name",
                       name, other);
    if (dataset->made == NULL) {
        weft_error_hint(err, "rename the dataset, or give it names: columns: [red, green, blue]");
        weft_plan_place_error(plan, dataset->config, dataset->config->place, err);
        return WEFT_ERR_DATA;
    }
    weft_error_hint(err, "rename the dataset, or the field: ogr2ogr -dialect sqlite -sql 'select *, FIELD as NAME ..'");
    weft_error_prefix(err, "a field of rows: ");
    weft_config_place_error(plan->config, dataset->config->place, err);
    return WEFT_ERR_DATA;
}

weft_status weft_plan_columns_unique(const weft_plan *plan, weft_error *err) {
    for (int i = 0; i < plan->layer_count; i++) {
        const char *column = plan->layers[i].column, *other = NULL;
        bool taken = plan->rows.file == NULL && is_place(plan, column);
        for (int j = 0; j < i && !taken; j++) {
            taken = is_same_name(plan, column, plan->layers[j].column);
            if (taken) other = plan->layers[j].column;
        }
        if (taken) return refuse_name(plan, &plan->datasets[plan->layers[i].dataset], column, other, err);
    }
    return WEFT_OK;
}
