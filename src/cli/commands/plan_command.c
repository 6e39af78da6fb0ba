/* weft plan: what a run would do and cost, before it does it.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/plan_printer.h"
#include "pipeline/planner/plan_report.h"

#include <stddef.h>

typedef struct plan_arguments {
    weft_overrides overrides;
    bool json;
    const char *shard;
} plan_arguments;

extern const weft_command weft_plan_command;

static int run_plan(int argc, char **argv) {
    plan_arguments taken = {0};
    weft_arguments arguments;
    if (weft_arguments_read(&arguments, &weft_plan_command, &taken, argc, argv))
        return weft_print_plan(arguments.files[0], &taken.overrides, taken.shard,
                               taken.json ? weft_plan_json : weft_plan_describe);
    weft_overrides_dispose(&taken.overrides);
    return arguments.exit_code;
}

static const weft_option options[] = {
    {"json", NULL, "print one JSON object, for scripts", false, offsetof(plan_arguments, json), weft_take_flag},
    {"shard", "I/N", "of the I-th of N shards: its rows, memory and pieces", false, offsetof(plan_arguments, shard),
     weft_take_text},
    {"set", "KEY=VALUE", "override a key of the configuration: --set memory.limit=512MiB", true,
     offsetof(plan_arguments, overrides), weft_take_set},
    {0}};

const weft_command weft_plan_command = {
    .name = "plan",
    .summary = "print what a run would do and cost; reads no pixels",
    .argument = "CONFIG",
    .takes = "needs one configuration",
    .example = "weft plan config.yml --set grid.resolution=100",
    .description = "Prints the grid, the layers with their scales, the memory's shares, chunks and the output's size. "
                   "Opens the rasters, reads no pixels, writes nothing.",
    .options = options,
    .run = run_plan};
