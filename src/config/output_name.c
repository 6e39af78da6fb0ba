/* SPDX-License-Identifier: MIT
 *
 * `export.name`: the stem of the outputs' names, in which {experiment} stands for the experiment, or "-" for standard
 * output. */
#include "config/config_keys.h"

#include "config/config_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_NAME   255 /* of a file, on every file system that Linux users have */
#define LONGEST_ENDING (sizeof ".metadata.json.part" - 1)

void weft_config_read_output_name(weft_config_reader *reader, const weft_config_key *key, const weft_yaml_node *node,
                                  void *target) {
    bool is_text = node->kind == WEFT_YAML_SCALAR && !weft_yaml_is_null(node) && strlen(node->text) <= LONGEST_NAME;
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
    const weft_format_facts *format;
    int count = 0;
    bool fits = true;
    weft_text hint = {0};
    for (int i = 0; (format = reader->registries->format(i)) != NULL; i++) {
        if (format->to_stdout)
            weft_text_add(&hint, hint.length == 0 ? "export.formats: [%s]" : ", or [%s]", format->choice.word);
        if (!reader->config->formats[i]) continue;
        count++;
        fits = fits && format->to_stdout;
    }
    if (count > 0 && (count != 1 || !fits)) /* 0: they were refused */
        weft_yaml_report(&reader->report, at->place, at->origin, hint.data,
                         "export: standard output (name: -) takes one format, csv or csv.gz");
    if (reader->config->partition == WEFT_PARTITION_BY)
        weft_yaml_report(&reader->report, at->place, at->origin, NULL,
                         "export: partition.by makes folders, which standard output (name: -) cannot hold");
    weft_text_dispose(&hint);
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
