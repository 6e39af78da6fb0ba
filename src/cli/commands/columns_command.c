/* weft columns: which columns there are, and where each comes from.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "pipeline/planner/column_report.h"
#include "pipeline/planner/planner.h"
#include "pipeline/run/run_threads.h"
#include "raster/gdal/gdal_setup.h"

#include <stddef.h>
#include <stdio.h>

typedef struct columns_arguments {
    weft_overrides overrides;
} columns_arguments;

static int print_columns(const weft_config *config) {
    weft_plan *plan = NULL;
    weft_text text = {0};
    weft_error err = {0};
    weft_status status = weft_raster_init(&err);
    if (status == WEFT_OK) status = weft_plan_new(&plan, config, NULL, weft_run_threads(config), NULL, &err);
    if (status == WEFT_OK) status = weft_plan_list_columns(plan, &text, &err);
    if (status == WEFT_OK) fputs(text.data, stdout);
    weft_text_dispose(&text);
    weft_plan_free(plan);
    return status == WEFT_OK ? 0 : weft_fail(&err);
}

extern const weft_command weft_columns_command;

static int run_columns(int argc, char **argv) {
    columns_arguments taken = {0};
    weft_arguments arguments;
    weft_config *config = NULL;
    int exit_code;
    if (!weft_arguments_read(&arguments, &weft_columns_command, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else {
        exit_code = weft_load_config(&config, arguments.files[0], &taken.overrides);
        if (exit_code == 0) exit_code = print_columns(config);
    }
    weft_config_free(config);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

static const weft_option options[] = {{"set", "KEY=VALUE", "as if it stood in the file: --set memory.limit=512MiB",
                                       true, offsetof(columns_arguments, overrides), weft_take_set},
                                      {0}};

const weft_command weft_columns_command = {
    .name = "columns",
    .summary = "list the columns: type, use, and where each comes from",
    .argument = "CONFIG",
    .takes = "needs one configuration",
    .example = "weft columns config.yml",
    .description = "Prints a line a column: those that are written, in order, then operands that are not, then what "
                   "nobody uses. Opens the rasters, reads no pixels, writes nothing.",
    .options = options,
    .run = run_columns};
