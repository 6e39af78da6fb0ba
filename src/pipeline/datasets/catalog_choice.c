/* SPDX-License-Identifier: MIT */
#include "pipeline/datasets/catalog_choice.h"

#include "pipeline/datasets/grid_place.h"
#include "store/catalog/catalog_query.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What one raster after the other goes through. */
typedef struct choosing {
    weft_path_fields fields; /* of the template: names */
    weft_catalog_choice_fn fn;
    void *payload;
    const weft_cancel *cancel;
} choosing;

static bool is_date(const weft_path_field *field) {
    return strcmp(field->name, "date") == 0;
}

static bool read_time(const char *text, weft_moment *out) {
    static const char form[] = "%Y-%m-%dT%H:%M:%S";
    size_t used;
    return text != NULL && weft_moment_read(form, strlen(form), text, &used, out);
}

static weft_status take(void *payload, const weft_catalog_pick *pick, weft_error *err) {
    choosing *of = payload;
    weft_path_fields *fields = &of->fields;
    weft_expected_raster expected = {.layout = pick->layout,
                                     .bytes = pick->bytes,
                                     .modified_ms = pick->modified_ms,
                                     .cols = pick->cols,
                                     .rows = pick->rows};
    weft_catalog_choice choice = {.path = pick->location, .fields = fields, .complete = true, .expected = &expected};
    weft_status status = weft_cancel_check_next(of->cancel, err);
    if (status != WEFT_OK || pick->location == NULL) return status;
    memcpy(expected.geotransform, pick->geotransform, sizeof expected.geotransform);
    fields->has_date = read_time(pick->acquired, &fields->date);
    fields->has_time = false;
    for (int i = 0; i < fields->count; i++) {
        const char *value = is_date(&fields->items[i]) ? pick->acquired : pick->values[i];
        bool there = is_date(&fields->items[i]) ? fields->has_date : value != NULL && value[0] != '\0';
        choice.complete = choice.complete && there && strlen(value) < WEFT_PATH_FIELD_BYTES;
        (void)snprintf(fields->items[i].value, WEFT_PATH_FIELD_BYTES, "%s", value != NULL ? value : "");
    }
    return of->fn(of->payload, &choice, err);
}

weft_status weft_catalog_choose(const weft_config *whole, const weft_config_dataset *dataset, const char *template,
                                weft_catalog_choice_fn fn, void *payload, const weft_cancel *cancel, weft_error *err) {
    const weft_config_catalog *config = &dataset->catalog;
    choosing of = {.fn = fn, .payload = payload, .cancel = cancel};
    const char *names[WEFT_PATH_FIELDS];
    weft_catalog *catalog = NULL;
    weft_catalog_filter filter = {.by_pixels = true,
                                  .name = config->name,
                                  .from = config->from,
                                  .to = config->to,
                                  .has_resolution = config->resolution[0] > 0,
                                  .resolution = {config->resolution[0], config->resolution[1]},
                                  .band = config->band,
                                  .has_cloud_cover = !isnan(config->cloud_cover),
                                  .cloud_cover = config->cloud_cover,
                                  .where = config->where,
                                  .order = config->order};
    weft_path_fields_list(template, &of.fields);
    for (int i = 0; i < of.fields.count; i++)
        names[i] = of.fields.items[i].name;
    weft_status status = weft_grid_place_find(filter.bbox, &filter.has_bbox, whole, err);
    if (status == WEFT_OK) status = weft_catalog_open(&catalog, config->file, WEFT_CATALOG_READ, NULL, err);
    if (status == WEFT_OK) status = weft_catalog_pick_all(catalog, &filter, names, of.fields.count, take, &of, err);
    weft_catalog_close(catalog);
    return status == WEFT_ERR_USAGE ? (err->status = WEFT_ERR_DATA) : status;
}

/* --- paths alone --- */

typedef struct path_list {
    weft_input_files *files;
    const weft_config_dataset *dataset;
} path_list;

static weft_status add_path(void *payload, const weft_catalog_choice *choice, weft_error *err) {
    const path_list *list = payload;
    const weft_moment *date = &choice->fields->date, *dates = list->dataset->dates;
    bool in_time =
        !list->dataset->has_dates || (choice->fields->has_date && weft_moment_compare(date, &dates[0]) >= 0 &&
                                      weft_moment_compare(date, &dates[1]) <= 0);
    return choice->complete && in_time ? weft_input_files_add(list->files, choice->path, err) : WEFT_OK;
}

weft_status weft_dataset_files_find(weft_input_files *out, const weft_config *config,
                                    const weft_config_dataset *dataset, weft_error *err) {
    path_list list = {out, dataset};
    if (dataset->catalog.file == NULL) return weft_input_files_find(out, dataset, config->folder, err);
    const char *template = dataset->column_template != NULL ? dataset->column_template : dataset->name;
    return weft_catalog_choose(config, dataset, template, add_path, &list, NULL, err);
}
