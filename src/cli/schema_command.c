/* weft schema: for editors that complete and check configurations.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "config/config_schema.h"
#include "core/text.h"
#include "pipeline/formats/formats.h"

#include <stdio.h>

static bool take_batch(void *payload, const char *value, weft_error *err) {
    (void)value;
    (void)err;
    *(bool *)payload = true;
    return true;
}

static int run_schema(int argc, char **argv) {
    static const weft_option options[] = {{"batch", false, take_batch}, {0}};
    bool batch = false;
    weft_arguments arguments;
    weft_text text = {0};
    weft_error err = {0};
    if (!weft_arguments_read(&arguments, &weft_schema_command, options, &batch, argc, argv)) return arguments.exit_code;
    if (arguments.file_count > 0) {
        weft_error_set(&err, WEFT_ERR_USAGE, "weft schema takes no file");
        return weft_fail(&err);
    }
    int exit_code = 0;
    if ((batch ? weft_batch_file_schema : weft_config_schema)(&weft_all_registries, &text, &err) != WEFT_OK)
        exit_code = weft_fail(&err);
    else
        fputs(text.data, stdout);
    weft_text_dispose(&text);
    return exit_code;
}

const weft_command weft_schema_command = {
    "schema", "print the JSON Schema of the configuration",
    "usage: weft schema [--batch]\n"
    "\n"
    "Prints the JSON Schema (draft 2020-12) of the configuration, with descriptions and defaults.\n"
    "Editors with a YAML language server complete and check with it:\n"
    "\n"
    "  weft schema > weft.schema.json\n"
    "  # and as the first line of config.yml:\n"
    "  # yaml-language-server: $schema=weft.schema.json\n"
    "\n"
    "  --batch  of a batch file, which weft batch runs\n",
    run_schema};
