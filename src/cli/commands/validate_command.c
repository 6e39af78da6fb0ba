/* weft validate: all problems of all files at once, without looking at a raster.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"

#include <stdio.h>

extern const weft_command weft_validate_command;

static int run_validate(int argc, char **argv) {
    weft_overrides overrides = {0};
    weft_arguments arguments;
    bool go_on = weft_arguments_read(&arguments, &weft_validate_command, &overrides, argc, argv);
    int exit_code = go_on ? 0 : arguments.exit_code;
    for (int i = 0; go_on && i < arguments.file_count; i++) {
        weft_config *config = NULL;
        int one = weft_load_config(&config, arguments.files[i], &overrides, NULL);
        if (one == 0) weft_print_plain_line(stdout, "%s: ok\n", arguments.files[i]);
        if (exit_code == 0) exit_code = one;
        weft_config_free(config);
    }
    weft_overrides_dispose(&overrides);
    return exit_code;
}

static const weft_option options[] = {
    {"set", "KEY=VALUE", "override a key of the configuration: --set memory.limit=512MiB", true, 0, weft_take_set},
    {0}};

const weft_command weft_validate_command = {
    .name = "validate",
    .summary = "check configurations, all problems at once",
    .argument = "CONFIG..",
    .takes = "needs a configuration",
    .example = "weft validate *.yml",
    .description = "Checks configurations and prints every problem as FILE:LINE:COL: message. Looks at no raster; weft "
                   "plan does. Exits with the code of the first file that is not in order (65), else 0.",
    .options = options,
    .run = run_validate};
