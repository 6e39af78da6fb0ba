/* weft plan: what a run would do and cost, before it does it.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "pipeline/planner/plan_report.h"
#include "pipeline/planner/planner.h"
#include "pipeline/run/run_threads.h"
#include "raster/gdal/gdal_setup.h"

#include <stddef.h>
#include <stdio.h>

typedef struct plan_arguments {
    weft_overrides overrides;
    bool json;
} plan_arguments;

static int print_plan(const weft_config *config, bool json) {
    weft_plan *plan = NULL;
    weft_text text = {0};
    weft_error err = {0};
    weft_status status = weft_raster_init(&err);
    if (status == WEFT_OK) status = weft_plan_new(&plan, config, NULL, weft_run_threads(config), NULL, &err);
    if (status == WEFT_OK) status = json ? weft_plan_json(plan, &text, &err) : weft_plan_describe(plan, &text, &err);
    if (status == WEFT_OK) fputs(text.data, stdout);
    weft_text_dispose(&text);
    weft_plan_free(plan);
    return status == WEFT_OK ? 0 : weft_fail(&err);
}

extern const weft_command weft_plan_command;

static int run_plan(int argc, char **argv) {
    plan_arguments taken = {0};
    weft_arguments arguments;
    weft_config *config = NULL;
    int exit_code;
    if (!weft_arguments_read(&arguments, &weft_plan_command, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else {
        exit_code = weft_load_config(&config, arguments.files[0], &taken.overrides);
        if (exit_code == 0) exit_code = print_plan(config, taken.json);
    }
    weft_config_free(config);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

static const weft_option options[] = {
    {"json", NULL, "print one JSON object, for scripts", false, offsetof(plan_arguments, json), weft_take_flag},
    {"set", "KEY=VALUE", "as if it stood in the file: --set memory.limit=512MiB", true,
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
