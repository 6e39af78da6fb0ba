/* SPDX-License-Identifier: MIT */
#include "config/config.h"

#include "config/gdal_name.h"
#include "core/files/path_fields.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool weft_config_is_pattern(const char *path) {
    return (strpbrk(path, "*?[") != NULL || weft_path_has_fields(path)) && !weft_gdal_name_is(path);
}

int64_t weft_config_option_value(const weft_config *config, const char *key) {
    for (int i = 0; i < config->option_count; i++)
        if (strcmp(config->options[i].key, key) == 0) return config->options[i].value;
    return 0;
}

int weft_config_class_digits(const weft_config_class *class) {
    return roundl(class->value) == class->value ? 20 : 15;
}

#define PLACE "{experiment}"

int weft_config_fill_stem(const char *pattern, const char *experiment, char *out, size_t capacity) {
    const char *place = strstr(pattern, PLACE);
    if (place == NULL) return snprintf(out, capacity, "%s", pattern);
    return snprintf(out, capacity, "%.*s%s%s", (int)(place - pattern), pattern, experiment, place + sizeof PLACE - 1);
}

int weft_config_output_stem(const weft_config *config, char *out, size_t capacity) {
    int folder = snprintf(out, capacity, "%s/", config->output_dir);
    bool fits = folder >= 0 && (size_t)folder < capacity;
    int stem = weft_config_fill_stem(config->output_name, config->experiment, fits ? out + folder : NULL,
                                     fits ? capacity - (size_t)folder : 0);
    return folder + stem;
}

int weft_config_find_dataset(const weft_config *config, const char *name) {
    for (int i = 0; i < config->dataset_count; i++)
        if (config->datasets[i].name != NULL && strcmp(config->datasets[i].name, name) == 0) return i;
    return -1;
}

void weft_config_place_error(const weft_config *config, weft_place place, weft_error *err) {
    if (place.line > 0)
        weft_error_prefix(err, "%s:%d:%d: ", config->file, place.line, place.column);
    else
        weft_error_prefix(err, "%s: ", config->file);
}

void weft_config_place_expression(const weft_config *config, const weft_config_expression *expression, size_t at,
                                  weft_error *err) {
    weft_place place = expression->place;
    if (expression->in_place) place.column += (int)at;
    if (expression->origin != NULL)
        weft_error_prefix(err, "%s: ", expression->origin);
    else
        weft_config_place_error(config, place, err);
}

static void free_expression(weft_config_expression *expression) {
    free(expression->text);
    free(expression->origin);
}

static void free_columns(weft_config *config) {
    for (int i = 0; i < config->column_count; i++) {
        free(config->columns[i].name);
        free_expression(&config->columns[i].expression);
    }
    for (int i = 0; i < config->chosen_count; i++) {
        free(config->chosen[i].name);
        free(config->chosen[i].origin);
    }
    free_expression(&config->where);
    free(config->columns);
    free(config->chosen);
    for (int i = 0; i < config->partition_by_count; i++) {
        free(config->partition_by[i].name);
        free(config->partition_by[i].origin);
    }
    free(config->partition_by);
}

static void free_texts(char **texts, int count) {
    for (int i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static void free_vector(weft_config_vector *vector) {
    free(vector->path);
    free(vector->layer);
    free(vector->where);
}

static void free_rows(weft_config_rows *rows) {
    free_vector(&rows->file);
    free(rows->x);
    free(rows->y);
    free(rows->crs);
    free_vector(&rows->within);
    free_vector(&rows->zone);
    free(rows->zone_field);
    free(rows->sample.by);
    free_texts(rows->fields, rows->field_count);
}

static void free_catalog(weft_config_catalog *catalog) {
    char *const owned[] = {catalog->file,  catalog->name, catalog->band, catalog->where,
                           catalog->order, catalog->from, catalog->to};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
}

void weft_config_free(weft_config *config) {
    if (config == NULL) return;
    for (int i = 0; i < config->dataset_count; i++) {
        free(config->datasets[i].name);
        free_texts(config->datasets[i].paths, config->datasets[i].path_count);
        free_texts(config->datasets[i].columns, config->datasets[i].column_count);
        free(config->datasets[i].bands);
        free(config->datasets[i].methods.items);
        for (int j = 0; j < config->datasets[i].class_count; j++)
            free(config->datasets[i].classes[j].label);
        free(config->datasets[i].classes);
        free(config->datasets[i].column_template);
        free(config->datasets[i].variable);
        free_catalog(&config->datasets[i].catalog);
        free(config->datasets[i].mask.path);
        free(config->datasets[i].mask.values);
        free(config->datasets[i].mask.bits);
        free_expression(&config->datasets[i].mask.where);
        free(config->datasets[i].nodata);
        free(config->datasets[i].crs);
        free(config->datasets[i].sign);
        char **options = config->datasets[i].open_options;
        for (int j = 0; options != NULL && options[j] != NULL; j++)
            free(options[j]);
        free(options);
    }
    free(config->methods.items);
    free_columns(config);
    free_rows(&config->rows_of);
    free(config->datasets);
    free(config->formats);
    free(config->options);
    free(config->grid.crs);
    free(config->grid.extent_dataset);
    free(config->grid.like);
    free(config->file);
    free(config->folder);
    free(config->text);
    free(config->identity);
    free(config->experiment);
    free(config->output_dir);
    free(config->output_name);
    free(config->nodata_text);
    free(config->metrics_database);
    free(config->metrics_textfile);
    free(config);
}
