/* weft schema: for editors that complete and check configurations.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "config/batch/batch_file.h"
#include "config/config_schema.h"
#include "core/text.h"
#include "pipeline/formats/formats.h"

#include <stdio.h>

extern const weft_command weft_schema_command;

static int run_schema(int argc, char **argv) {
    bool batch = false;
    weft_arguments arguments;
    weft_text text = {0};
    weft_error err = {0};
    if (!weft_arguments_read(&arguments, &weft_schema_command, &batch, argc, argv)) return arguments.exit_code;
    int exit_code = 0;
    if ((batch ? weft_batch_file_schema : weft_config_schema)(&weft_all_registries, &text, &err) != WEFT_OK)
        exit_code = weft_fail(&err);
    else
        fputs(text.data, stdout);
    weft_text_dispose(&text);
    return exit_code;
}

static const weft_option options[] = {
    {"batch", NULL, "print the schema of a batch file, which weft batch runs", false, 0, weft_take_flag}, {0}};

const weft_command weft_schema_command = {
    .name = "schema",
    .summary = "print the JSON Schema of the configuration",
    .example = "weft schema > weft.schema.json",
    .description = "Prints the JSON Schema (draft 2020-12) of the configuration, with descriptions and defaults. "
                   "Editors with a YAML language server complete and check with it, where the configuration's first "
                   "line names it:\n\n"
                   "  # yaml-language-server: $schema=weft.schema.json",
    .options = options,
    .run = run_schema};
