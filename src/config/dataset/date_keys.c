/* SPDX-License-Identifier: MIT
 *
 * Dates that count, and what ties fields in paths to templates, dates and masks. */
#include "config/config_keys.h"
#include "core/files/path_fields.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void weft_config_read_dates(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target) {
    static const char hint[] = "[2025-05-01, 2025-09-30], or [2025-05, 2025-09]; one date alone is all of it";
    weft_config_dataset *dataset = (weft_config_dataset *)((char *)target - offsetof(weft_config_dataset, dates));
    weft_moment unused;
    bool list = node->kind == WEFT_YAML_SEQUENCE;
    const weft_yaml_node *first = list && node->count > 0 ? node->children[0] : node;
    const weft_yaml_node *last = list && node->count > 0 ? node->children[node->count - 1] : node;
    bool ok = first->kind == WEFT_YAML_SCALAR && last->kind == WEFT_YAML_SCALAR && (!list || node->count <= 2);
    ok = ok && weft_moment_read_span(first->text, &dataset->dates[0], &unused) &&
         weft_moment_read_span(last->text, &unused, &dataset->dates[1]);
    if (!ok) {
        weft_config_expect(reader, key, node, "the first and the last date", hint);
        return;
    }
    dataset->has_dates = true;
    if (weft_moment_compare(&dataset->dates[0], &dataset->dates[1]) > 0)
        weft_yaml_report(&reader->report, node->place, node->origin, "the earlier one comes first",
                         "dates: %s is after %s", first->text, last->text);
}

/* --- fields --- */

static void report(weft_config_reader *reader, const weft_yaml_node *dataset, const char *key, const char *hint,
                   char *fault) {
    const weft_yaml_node *at = weft_yaml_find(dataset, key);
    if (at == NULL) at = dataset;
    if (fault != NULL) weft_yaml_report(&reader->report, at->place, at->origin, hint, "%s: %s", key, fault);
    free(fault);
}

static void check_mask(weft_config_reader *reader, const weft_yaml_node *node, const weft_config_dataset *dataset,
                       const weft_path_fields *fields) {
    const weft_config_mask *mask = &dataset->mask;
    const weft_yaml_node *at = weft_yaml_find(node, "mask");
    if (at == NULL || at->kind != WEFT_YAML_MAPPING) return;
    int rules = (mask->value_count > 0) + (mask->bit_count > 0) + (mask->where.text != NULL);
    if (weft_yaml_find(at, "path") == NULL)
        weft_yaml_report(&reader->report, at->place, at->origin, "{path: scl.tif, values: [3, 8, 9, 10]}",
                         "mask: path is missing");
    else if (mask->path != NULL && strchr(mask->path, '{') != NULL)
        report(reader, at, "path", "the mask's fields are filled in from those of the dataset's path",
               weft_path_fields_fault(mask->path, fields));
    bool any = weft_yaml_find(at, "values") != NULL || weft_yaml_find(at, "bits") != NULL ||
               weft_yaml_find(at, "where") != NULL;
    if (rules > 1 || !any)
        weft_yaml_report(&reader->report, at->place, at->origin,
                         "values: [3, 8, 9, 10], bits: {10: 1, 11: 1}, or where: \"value > 60\"",
                         rules > 1 ? "mask: more than one of values, bits and where says which pixels do not count"
                                   : "mask: one of values, bits and where must say which pixels do not count");
}

static void check_catalog(weft_config_reader *reader, const weft_yaml_node *node, const weft_config_dataset *dataset) {
    const weft_yaml_node *at = weft_yaml_find(node, "catalog");
    if (at == NULL || at->kind != WEFT_YAML_MAPPING) return;
    if (weft_yaml_find(at, "file") == NULL)
        weft_yaml_report(&reader->report, at->place, at->origin, "{file: catalog.gti.gpkg, band: B08}",
                         "catalog: file is missing");
    if (weft_yaml_find(node, "path") != NULL)
        weft_yaml_report(&reader->report, at->place, at->origin, "a dataset each",
                         "catalog: the rasters are those of path, or those of a catalog");
    if (dataset->column_template != NULL)
        report(reader, node, "columns", NULL, weft_path_fields_fault(dataset->column_template, NULL));
}

static void check_dataset(weft_config_reader *reader, const weft_yaml_node *node, const weft_config_dataset *dataset) {
    weft_path_fields fields = {0};
    bool any = false;
    for (int i = 0; i < dataset->path_count; i++) {
        if (!weft_config_is_pattern(dataset->paths[i]) || !weft_path_has_fields(dataset->paths[i])) continue;
        char *fault = weft_path_fields_fault(dataset->paths[i], NULL);
        if (fault == NULL) weft_path_fields_list(dataset->paths[i], &fields);
        any = true;
        report(reader, node, "path", NULL, fault);
    }
    if (any && dataset->path_count > 1)
        report(reader, node, "path", "a dataset each, or one pattern",
               weft_text_format("of a path with fields there is one"));
    check_catalog(reader, node, dataset);
    if (dataset->column_template != NULL && !any && weft_yaml_find(node, "catalog") == NULL)
        report(reader, node, "columns", "path: wc2.1_bio_{n}.tif captures what stands there",
               weft_text_format("a template needs a path with fields, or a catalog"));
    else if (dataset->column_template != NULL && any)
        report(reader, node, "columns", NULL, weft_path_fields_fault(dataset->column_template, &fields));
    if (any && dataset->column_names == WEFT_COLUMNS_LIST)
        report(reader, node, "columns", "columns: \"bio_{n}\" is a template of names",
               weft_text_format("a list cannot name what a path captures"));
    check_mask(reader, node, dataset, &fields);
}

void weft_config_check_fields(weft_config_reader *reader, const weft_yaml_node *datasets) {
    for (int i = 0; i < reader->config->dataset_count; i++)
        if (datasets->children[i]->kind == WEFT_YAML_MAPPING)
            check_dataset(reader, datasets->children[i], &reader->config->datasets[i]);
}
