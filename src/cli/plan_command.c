/* weft plan: what a run would do and cost, before it does it.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "pipeline/planner/plan_report.h"
#include "pipeline/planner/planner.h"
#include "pipeline/run/orchestrator.h"
#include "raster/gdal/gdal_setup.h"

#include <stdio.h>

typedef struct plan_arguments {
    weft_overrides overrides;
    bool json;
} plan_arguments;

static bool take_set(void *payload, const char *value, weft_error *err) {
    return weft_overrides_add(&((plan_arguments *)payload)->overrides, value, err);
}

static bool take_json(void *payload, const char *value, weft_error *err) {
    (void)value;
    (void)err;
    ((plan_arguments *)payload)->json = true;
    return true;
}

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

static int run_plan(int argc, char **argv) {
    static const weft_option options[] = {{"set", true, take_set}, {"json", false, take_json}, {0}};
    plan_arguments taken = {0};
    weft_arguments arguments;
    weft_config *config = NULL;
    weft_error err = {0};
    int exit_code;
    if (!weft_arguments_read(&arguments, &weft_plan_command, options, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else if (arguments.file_count != 1) {
        weft_error_set(&err, WEFT_ERR_USAGE, "weft plan needs one configuration");
        weft_error_hint(&err, "weft plan config.yml");
        exit_code = weft_fail(&err);
    } else {
        exit_code = weft_load_config(&config, arguments.files[0], &taken.overrides);
        if (exit_code == 0) exit_code = print_plan(config, taken.json);
    }
    weft_config_free(config);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

const weft_command weft_plan_command = {
    "plan", "print what a run would do and cost; reads no pixels",
    "usage: weft plan CONFIG [--json] [--set KEY=VALUE]..\n"
    "\n"
    "Prints the grid, the layers with their scales, the memory's shares, chunks and the output's size.\n"
    "Opens the rasters, reads no pixels, writes nothing.\n"
    "\n"
    "  --json           one JSON object, for scripts\n"
    "  --set KEY=VALUE  as if it stood in the file: --set grid.resolution=100\n",
    run_plan};
