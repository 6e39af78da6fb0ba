/* weft validate: all problems of all files at once, without looking at a raster.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"

#include <stdio.h>

static bool take_set(void *payload, const char *value, weft_error *err) {
    return weft_overrides_add(payload, value, err);
}

static int run_validate(int argc, char **argv) {
    static const weft_option options[] = {{"set", true, take_set}, {0}};
    weft_overrides overrides = {0};
    weft_arguments arguments;
    weft_error err = {0};
    int exit_code = 0;
    if (!weft_arguments_read(&arguments, &weft_validate_command, options, &overrides, argc, argv)) {
        exit_code = arguments.exit_code;
        goto done;
    }
    if (arguments.file_count == 0) {
        weft_error_set(&err, WEFT_ERR_USAGE, "weft validate needs a configuration");
        weft_error_hint(&err, "weft validate config.yml");
        exit_code = weft_fail(&err);
        goto done;
    }
    for (int i = 0; i < arguments.file_count; i++) {
        weft_config *config = NULL;
        int one = weft_load_config(&config, arguments.files[i], &overrides);
        if (one == 0) printf("%s: ok\n", arguments.files[i]);
        if (exit_code == 0) exit_code = one;
        weft_config_free(config);
    }
done:
    weft_overrides_dispose(&overrides);
    return exit_code;
}

const weft_command weft_validate_command = {
    "validate", "check configurations, all problems at once",
    "usage: weft validate CONFIG.. [--set KEY=VALUE]..\n"
    "\n"
    "Checks configurations and prints every problem as FILE:LINE:COL: message. Looks at no raster;\n"
    "weft plan does. Exits with the code of the first file that is not in order (65), else 0.\n"
    "\n"
    "  --set KEY=VALUE  as if it stood in the file: --set export.rows=complete\n",
    run_validate};
