/* SPDX-License-Identifier: MIT
 *
 * What no single key can be blamed for. */
#include "config/config_keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void report(weft_config_reader *reader, const weft_yaml_node *at, const char *hint, const char *message) {
    weft_yaml_report(&reader->report, at->place, at->origin, hint, "%s", message);
}

/* `like` says all but the resolution. */
static void check_like(weft_config_reader *reader, const weft_yaml_node *grid) {
    static const char *const others[] = {"crs", "bounds", "extent", "align", NULL};
    for (int i = 0; others[i] != NULL; i++) {
        const weft_yaml_node *other = weft_yaml_find(grid, others[i]);
        if (other != NULL)
            weft_yaml_report(&reader->report, other->place, other->origin, "leave out one of them",
                             "grid: %s and like cannot both say what the grid is", others[i]);
    }
}

static void check_grid(weft_config_reader *reader, const weft_yaml_node *grid) {
    const weft_yaml_node *bounds = weft_yaml_find(grid, "bounds"), *extent = weft_yaml_find(grid, "extent");
    if (weft_yaml_find(grid, "like") != NULL) {
        check_like(reader, grid);
        return;
    }
    if (bounds != NULL && extent != NULL)
        report(reader, extent, "leave out one of them", "grid: bounds and extent cannot both say what the grid covers");
}

/* Whether names can be looked up: none was refused. */
static bool all_are_named(const weft_config *config) {
    for (int i = 0; i < config->dataset_count; i++)
        if (config->datasets[i].name == NULL) return false;
    return config->dataset_count > 0;
}

static void check_extent(weft_config_reader *reader, const weft_yaml_node *grid) {
    const weft_config *config = reader->config;
    const weft_yaml_node *extent = weft_yaml_find(grid, "extent");
    if (extent == NULL || config->grid.extent != WEFT_EXTENT_DATASET || config->grid.extent_dataset == NULL) return;
    if (weft_config_find_dataset(config, config->grid.extent_dataset) >= 0 || !all_are_named(config)) return;
    const char **names = calloc((size_t)config->dataset_count + 3, sizeof *names);
    if (names == NULL) {
        reader->no_memory = true;
        return;
    }
    int count = 0;
    names[count++] = "union";
    names[count++] = "intersection";
    for (int i = 0; i < config->dataset_count; i++)
        names[count++] = config->datasets[i].name;
    const char *nearest = weft_text_nearest(config->grid.extent_dataset, names);
    char *hint = nearest != NULL ? weft_text_format("did you mean %s?", nearest) : NULL;
    weft_yaml_report(&reader->report, extent->place, extent->origin,
                     hint != NULL ? hint : "union, intersection, or a dataset's name",
                     "extent: there is no dataset \"%s\"", config->grid.extent_dataset);
    free(hint);
    free(names);
}

static void check_names(weft_config_reader *reader, const weft_yaml_node *datasets) {
    const weft_config *config = reader->config;
    for (int i = 0; i < config->dataset_count; i++) {
        const char *name = config->datasets[i].name;
        const weft_yaml_node *at = datasets->children[i];
        if (name == NULL) continue;
        if (at->kind == WEFT_YAML_MAPPING && weft_yaml_find(at, "name") != NULL) at = weft_yaml_find(at, "name");
        bool place = strcmp(name, "x") == 0 || strcmp(name, "y") == 0;
        bool index = config->index_columns && (strcmp(name, "row") == 0 || strcmp(name, "col") == 0);
        if (place || index)
            weft_yaml_report(&reader->report, at->place, at->origin,
                             place ? "x and y are the coordinates' columns" : "row and col are export.index's columns",
                             "name: a dataset cannot be called \"%s\"", name);
        int first = weft_config_find_dataset(config, name);
        if (first != i)
            weft_yaml_report(&reader->report, at->place, at->origin, "names are columns: each is there once",
                             "name: \"%s\" is the name of the dataset in line %d too", name,
                             config->datasets[first].place.line);
    }
}

/* One name a band, where both are listed. */
static void check_columns(weft_config_reader *reader, const weft_yaml_node *datasets) {
    for (int i = 0; i < reader->config->dataset_count; i++) {
        const weft_config_dataset *dataset = &reader->config->datasets[i];
        const weft_yaml_node *at = datasets->children[i];
        if (dataset->column_count == 0 || dataset->band_count == 0 || dataset->column_count == dataset->band_count)
            continue;
        at = weft_yaml_find(at, "columns");
        weft_yaml_report(&reader->report, at->place, at->origin, "one name a band, in the order of bands",
                         "columns: %d names are for %d bands", dataset->column_count, dataset->band_count);
    }
}

/* What overrides a file must be able to hold. */
static void check_overrides(weft_config_reader *reader, const weft_yaml_node *datasets) {
    static const char *const factors[] = {"scale", "offset"};
    for (int i = 0; i < reader->config->dataset_count; i++) {
        const weft_config_dataset *dataset = &reader->config->datasets[i];
        const weft_yaml_node *at = datasets->children[i];
        if (dataset->is_mosaic && dataset->has_geotransform)
            report(reader, weft_yaml_find(at, "geotransform"), "each file of a mosaic has its own place",
                   "geotransform: it is for one file, and this is a mosaic");
        for (int j = 0; j < 2 && at->kind == WEFT_YAML_MAPPING && !dataset->unscale; j++)
            if (weft_yaml_find(at, factors[j]) != NULL)
                report(reader, weft_yaml_find(at, factors[j]), "leave out one of them",
                       "unscale: false leaves pixels as they are, scale and offset change them");
    }
}

/* Overviews stand for the pixels of one file on cells; they cannot go with what needs the pixels themselves. */
static void check_overviews(weft_config_reader *reader, const weft_yaml_node *datasets) {
    const weft_config *config = reader->config;
    const weft_row_facts *rows = reader->registries->row_source(config->rows_of.of);
    for (int i = 0; i < config->dataset_count; i++) {
        const weft_config_dataset *dataset = &config->datasets[i];
        const weft_yaml_node *at = datasets->children[i];
        if (dataset->overviews == WEFT_OVERVIEWS_NONE || at->kind != WEFT_YAML_MAPPING) continue;
        at = weft_yaml_find(at, "overviews");
        if (at == NULL) continue;
        if (dataset->is_mosaic)
            report(reader, at, "gdalbuildvrt makes one raster of the files, and gdaladdo gives it overviews",
                   "overviews: they are read of one file, and this is a mosaic");
        if (dataset->mask.path != NULL)
            report(reader, at, "leave out one of them",
                   "overviews: the mask says of each pixel whether it counts, and overviews have mixed them");
        if (rows != NULL && rows->file)
            report(reader, at, "leave it out",
                   "overviews: they are read for cells, and rows are the features of a file");
        for (int j = 0; dataset->open_options != NULL && dataset->open_options[j] != NULL; j++)
            if (strncasecmp(dataset->open_options[j], "OVERVIEW_LEVEL=", strlen("OVERVIEW_LEVEL=")) == 0)
                report(reader, at, "leave out one of them",
                       "overviews: open_options says already which one is read: OVERVIEW_LEVEL");
    }
}

static void check_memory(weft_config_reader *reader, const weft_yaml_node *root) {
    const weft_config *config = reader->config;
    const weft_yaml_node *memory = weft_yaml_find(root, "memory");
    if (memory == NULL || memory->kind != WEFT_YAML_MAPPING) return;
    /* 0: it was refused. */
    if (config->critical_percent == 0 || config->warning_percent < config->critical_percent) return;
    const weft_yaml_node *at = weft_yaml_find(memory, "warning_percent");
    if (at == NULL) at = weft_yaml_find(memory, "critical_percent");
    weft_yaml_report(&reader->report, at->place, at->origin, "warning comes before critical: 80 and 90",
                     "memory: warning_percent (%.6g) is not under critical_percent (%.6g)", config->warning_percent,
                     config->critical_percent);
}

void weft_config_check(weft_config_reader *reader, const weft_yaml_node *root) {
    const weft_yaml_node *grid = weft_yaml_find(root, "grid"), *datasets = weft_yaml_find(root, "datasets");
    const weft_yaml_node *rows = weft_yaml_find(root, "rows");
    if (grid != NULL && grid->kind == WEFT_YAML_MAPPING) {
        check_grid(reader, grid);
        check_extent(reader, grid);
    }
    if (datasets != NULL && datasets->kind == WEFT_YAML_SEQUENCE) {
        check_names(reader, datasets);
        check_columns(reader, datasets);
        check_overrides(reader, datasets);
        check_overviews(reader, datasets);
        weft_config_check_fields(reader, datasets);
    }
    if (rows != NULL && rows->kind == WEFT_YAML_MAPPING) weft_config_check_rows(reader, root, rows);
    check_memory(reader, root);
    weft_config_check_output_name(reader, root);
}
