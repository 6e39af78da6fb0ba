/* weft columns: which columns there are, and where each comes from.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/plan_printer.h"
#include "pipeline/columns/column_report.h"

extern const weft_command weft_columns_command;

static int run_columns(int argc, char **argv) {
    weft_overrides overrides = {0};
    weft_arguments arguments;
    if (weft_arguments_read(&arguments, &weft_columns_command, &overrides, argc, argv))
        return weft_print_plan(arguments.files[0], &overrides, NULL, weft_plan_list_columns);
    weft_overrides_dispose(&overrides);
    return arguments.exit_code;
}

static const weft_option options[] = {
    {"set", "KEY=VALUE", "override a key of the configuration: --set memory.limit=512MiB", true, 0, weft_take_set},
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
