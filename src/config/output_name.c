/* SPDX-License-Identifier: MIT
 *
 * `export.name`: the stem of the outputs' names, in which {experiment} stands for the experiment, or "-" for standard
 * output. */
#include "config/config_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_NAME   255 /* of a file, on every file system that Linux users have */
#define LONGEST_ENDING (sizeof ".metadata.json.part" - 1)

void weft_config_read_output_name(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                  void *target) {
    bool is_text = node->kind == WEFT_YAML_SCALAR && strlen(node->text) <= LONGEST_NAME;
    char stem[LONGEST_NAME + 2];
    if (is_text) (void)weft_config_fill_stem(node->text, "x", stem, sizeof stem);
    if (!is_text || !weft_config_is_name(stem)) {
        weft_config_expect(reader, key, node, "the stem of a file's name, or - for standard output",
                           "letters, digits, \".\", \"_\", \"-\" and once \"{experiment}\", all in quotes");
        return;
    }
    weft_config_read_text(reader, key, node, target);
    reader->config->to_stdout = strcmp(node->text, "-") == 0;
}

static const weft_yaml_node *name_node(const weft_yaml_node *root) {
    const weft_yaml_node *section = weft_yaml_find(root, "export");
    const weft_yaml_node *name =
        section == NULL || section->kind != WEFT_YAML_MAPPING ? NULL : weft_yaml_find(section, "name");
    const weft_yaml_node *experiment = weft_yaml_find(root, "experiment");
    return name != NULL ? name : experiment != NULL ? experiment : root;
}

static void check_stdout(weft_config_reader *reader, const weft_yaml_node *at) {
    const bool *formats = reader->config->formats;
    int count = 0;
    for (int i = 0; i < WEFT_FORMAT_COUNT; i++)
        count += formats[i];
    if (count == 0) return; /* they were refused */
    if (count != 1 || (!formats[WEFT_FORMAT_CSV] && !formats[WEFT_FORMAT_CSV_GZ]))
        weft_yaml_report(&reader->report, at->place, at->origin, "export.formats: [csv], or [csv.gz]",
                         "export: standard output (name: -) takes one format, a text");
}

void weft_config_check_output_name(weft_config_reader *reader, const weft_yaml_node *root) {
    const weft_config *config = reader->config;
    const char *experiment = config->experiment != NULL ? config->experiment : "";
    const weft_yaml_node *at = name_node(root);
    char stem[4 * LONGEST_NAME];
    if (config->output_name == NULL) return; /* it was refused */
    if (config->to_stdout) {
        check_stdout(reader, at);
        return;
    }
    int length = weft_config_fill_stem(config->output_name, experiment, stem, sizeof stem);
    if (length < 0 || (size_t)length + LONGEST_ENDING > LONGEST_NAME)
        weft_yaml_report(&reader->report, at->place, at->origin, "a shorter experiment, or export.name",
                         "the outputs' names would have %d characters and an ending; %d in all are the most", length,
                         LONGEST_NAME);
}
