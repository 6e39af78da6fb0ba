/* SPDX-License-Identifier: MIT
 *
 * Readers of what only a dataset has: where it comes from, and what its columns are called. No file is looked at: a
 * pattern stays one. */
#include "config/config_keys.h"

#include "config/config_name.h"
#include "config/gdal_name.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static weft_config_dataset *dataset_at(void *target, size_t offset) {
    return (weft_config_dataset *)((char *)target - offset);
}

/* Room for the texts of a list, or of one scalar. */
static char **new_texts(weft_config_reader *reader, const weft_yaml_node *node) {
    char **texts = calloc(node->kind == WEFT_YAML_SEQUENCE ? (size_t)node->count : 1, sizeof *texts);
    if (texts == NULL) reader->no_memory = true;
    return texts;
}

/* --- paths --- */

static void add_path(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                     weft_config_dataset *dataset) {
    if (!weft_config_is_filled(reader, key, node, "a path")) return;
    char *path = weft_config_raster_name(reader, node->text);
    if (path != NULL) dataset->paths[dataset->path_count++] = path;
    dataset->is_mosaic = dataset->is_mosaic || weft_config_is_pattern(node->text);
}

void weft_config_read_paths(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                            void *target) {
    weft_config_dataset *dataset = dataset_at(target, offsetof(weft_config_dataset, paths));
    bool list = node->kind == WEFT_YAML_SEQUENCE;
    if (node->kind == WEFT_YAML_MAPPING || (list && node->count == 0)) {
        weft_config_expect(reader, key, node, "a path, or a list of paths", "tiles/*.tif, or [west.tif, east.tif]");
        return;
    }
    dataset->paths = new_texts(reader, node);
    if (dataset->paths == NULL) return;
    dataset->is_mosaic = list;
    if (!list) add_path(reader, key, node, dataset);
    for (int i = 0; list && i < node->count; i++)
        add_path(reader, key, node->children[i], dataset);
}

/* --- columns --- */

static void add_column(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                       weft_config_dataset *dataset) {
    static const char expected[] = "a list of names, each once";
    if (!weft_config_is_filled(reader, key, node, expected)) return;
    bool ok = weft_config_is_name(node->text) && strcmp(node->text, "x") != 0 && strcmp(node->text, "y") != 0;
    for (int i = 0; i < dataset->column_count; i++)
        ok = ok && strcmp(node->text, dataset->columns[i]) != 0;
    if (!ok) {
        weft_config_expect(reader, key, node, expected,
                           "letters, digits, \".\", \"_\" and \"-\"; x and y are the coordinates");
        return;
    }
    char *name = weft_text_format("%s", node->text);
    if (name == NULL)
        reader->no_memory = true;
    else
        dataset->columns[dataset->column_count++] = name;
}

void weft_config_read_columns(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                              void *target) {
    weft_config_dataset *dataset = dataset_at(target, offsetof(weft_config_dataset, column_names));
    bool word = node->kind == WEFT_YAML_SCALAR, list = node->kind == WEFT_YAML_SEQUENCE && node->count > 0;
    if (word && strcmp(node->text, "number") == 0) {
        dataset->column_names = WEFT_COLUMNS_NUMBER;
    } else if (word && strcmp(node->text, "description") == 0) {
        dataset->column_names = WEFT_COLUMNS_DESCRIPTION;
    } else if (word && strchr(node->text, '{') != NULL) {
        dataset->column_names = WEFT_COLUMNS_TEMPLATE;
        dataset->column_template = weft_text_format("%s", node->text);
        reader->no_memory = reader->no_memory || dataset->column_template == NULL;
    } else if (list) {
        dataset->column_names = WEFT_COLUMNS_LIST;
        dataset->columns = new_texts(reader, node);
        for (int i = 0; dataset->columns != NULL && i < node->count; i++)
            add_column(reader, key, node->children[i], dataset);
    } else {
        weft_config_expect(reader, key, node, "number, description, or a list of names", "[red, green, blue]");
    }
}
