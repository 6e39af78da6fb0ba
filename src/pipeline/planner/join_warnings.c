/* SPDX-License-Identifier: MIT
 *
 * Bands are joined by their numbers, values as they are. */
#include "pipeline/planner/join_warnings.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* --- names and units --- */

/* Whether band `at` of a file is odd beside the first file's, and *like: the first file's band that says so. */
typedef bool (*is_odd_fn)(const weft_source_info *info, const weft_source_info *first, int at, int *like);

/* It has the name of another band of the first file. Names that only differ (of scenes, of dates) say nothing. */
static bool is_swapped(const weft_source_info *info, const weft_source_info *first, int at, int *like) {
    const char *name = info->bands[at].description, *own = first->bands[at].description;
    if (name == NULL || own == NULL || strcmp(name, own) == 0) return false;
    for (*like = 0; *like < first->band_count; ++*like) {
        const char *other = first->bands[*like].description;
        if (*like != at && other != NULL && strcmp(name, other) == 0) return true;
    }
    return false;
}

static bool has_other_unit(const weft_source_info *info, const weft_source_info *first, int at, int *like) {
    const char *unit = info->bands[at].unit, *own = first->bands[at].unit;
    *like = at;
    return unit != NULL && own != NULL && strcasecmp(unit, own) != 0;
}

/* Its values have the same names, but not each its own: tables of classes that were sorted in different ways. */
static bool has_other_classes(const weft_source_info *info, const weft_source_info *first, int at, int *like) {
    const weft_class_names *names = &info->bands[at].class_names, *own = &first->bands[at].class_names;
    *like = at;
    return names->set != 0 && names->set == own->set && names->placed != own->placed;
}

/* The number of files that have an odd band; of the first of them, which file, band and the first file's band. */
static int count_odd(const weft_mosaic *mosaic, is_odd_fn is_odd, int *file, int *at, int *like) {
    const weft_source_info *first = weft_mosaic_file_info(mosaic, 0);
    int count = 0;
    for (int i = 1; i < weft_mosaic_file_count(mosaic); i++) {
        const weft_source_info *info = weft_mosaic_file_info(mosaic, i);
        bool odd = false;
        for (int b = 0; b < first->band_count && b < info->band_count && !odd; b++) {
            int other;
            odd = info->bands[b].wanted && is_odd(info, first, b, &other);
            if (!odd || count > 0) continue;
            *file = i;
            *at = b;
            *like = other;
        }
        count += odd;
    }
    return count;
}

static const char *first_of(int count, char out[48]) {
    out[0] = '\0';
    if (count > 1) (void)snprintf(out, 48, " (the first of %d such files)", count);
    return out;
}

static weft_status warn_of_files(weft_plan *plan, const weft_plan_dataset *dataset, weft_error *err) {
    const weft_mosaic *mosaic = dataset->mosaic;
    const weft_source_info *first = weft_mosaic_file_info(mosaic, 0);
    const char *name = dataset->config->name;
    char others[48];
    int file = 0, at = 0, like = 0;
    weft_status status = WEFT_OK;
    int count = count_odd(mosaic, is_swapped, &file, &at, &like);
    if (count > 0) {
        const weft_source_info *info = weft_mosaic_file_info(mosaic, file);
        status = weft_plan_warn(plan, err,
                                "dataset %s: band %d of %s%s is called \"%s\", as band %d of "
                                "%s is: the bands of a mosaic are joined by their numbers",
                                name, info->bands[at].number, info->path, first_of(count, others),
                                info->bands[at].description, first->bands[like].number, first->path);
    }
    count = status == WEFT_OK ? count_odd(mosaic, has_other_classes, &file, &at, &like) : 0;
    if (count > 0) {
        const weft_source_info *info = weft_mosaic_file_info(mosaic, file);
        status =
            weft_plan_warn(plan, err,
                           "dataset %s: band %d of %s%s gives the names of its classes to other values than %s does: "
                           "the values of a mosaic are joined as they are",
                           name, info->bands[at].number, info->path, first_of(count, others), first->path);
    }
    count = status == WEFT_OK ? count_odd(mosaic, has_other_unit, &file, &at, &like) : 0;
    if (count == 0) return status;
    const weft_source_info *info = weft_mosaic_file_info(mosaic, file);
    return weft_plan_warn(plan, err,
                          "dataset %s: band %d of %s%s is in %s, that of %s in %s: the values "
                          "of a mosaic are joined as they are",
                          name, info->bands[at].number, info->path, first_of(count, others), info->bands[at].unit,
                          first->path, first->bands[at].unit);
}

/* --- 64-bit integers --- */

static bool is_wide(weft_data_type type) {
    return type == WEFT_INT64 || type == WEFT_UINT64;
}

/* Mosaics of means are floats in any case. */
static weft_status warn_of_layer(weft_plan *plan, const weft_plan_layer *layer, weft_error *err) {
    const weft_plan_dataset *dataset = &plan->datasets[layer->dataset];
    bool wide = false;
    for (int i = 0; i < dataset->input_count; i++)
        wide = wide || is_wide(layer->resamplers[i].type);
    if (!wide || !weft_data_type_is_float(layer->type) || dataset->overlap == WEFT_OVERLAP_MEAN) return WEFT_OK;
    return weft_plan_warn(plan, err,
                          "column %s: no type holds the pixels of all its files, which are of several: 64-bit integers "
                          "beyond 2^53 are rounded",
                          layer->column);
}

static weft_status warn_of_table(weft_plan *plan, int column, weft_error *err) {
    const weft_plan_table *table = &plan->table;
    for (int64_t i = 0; i < table->cell_rows && table->from != NULL; i++) {
        int from = table->from[column * table->cell_rows + i];
        if (from < 0 || !is_wide(plan->columns[from].type) || !weft_data_type_is_float(table->types[column])) continue;
        return weft_plan_warn(plan, err,
                              "column %s: no type holds the values of all its dates, which are of several: 64-bit "
                              "integers beyond 2^53 are rounded",
                              table->names[column]);
    }
    return WEFT_OK;
}

weft_status weft_plan_warn_of_joins(weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++)
        if (plan->datasets[i].mosaic != NULL && plan->datasets[i].input_count > 0)
            status = warn_of_files(plan, &plan->datasets[i], err);
    for (int i = 0; i < plan->layer_count && status == WEFT_OK; i++)
        if (plan->layers[i].info != NULL) status = warn_of_layer(plan, &plan->layers[i], err);
    for (int i = 0; i < plan->table.column_count && status == WEFT_OK; i++)
        status = warn_of_table(plan, i, err);
    return status;
}
