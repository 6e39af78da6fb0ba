/* SPDX-License-Identifier: MIT */
#include "cli/plan_printer.h"

#include "pipeline/planner/planner.h"
#include "pipeline/run/run_threads.h"
#include "pipeline/shards/shard_config.h"
#include "pipeline/shards/shard_place.h"
#include "raster/gdal/gdal_setup.h"

static int print(const weft_config *config, weft_plan_tell_fn tell) {
    weft_plan *plan = NULL;
    weft_text text = {0};
    weft_error err = {0};
    weft_status status = weft_raster_init(&err);
    if (status == WEFT_OK) status = weft_plan_new(&plan, config, NULL, weft_run_threads(config), NULL, &err);
    if (status == WEFT_OK) status = tell(plan, &text, &err);
    if (status == WEFT_OK) weft_print_plain(&text, stdout);
    weft_text_dispose(&text);
    weft_plan_free(plan);
    return status == WEFT_OK ? 0 : weft_fail(&err);
}

static int print_shard(weft_config *config, const char *shard, weft_plan_tell_fn tell) {
    weft_shard_place place;
    weft_config own;
    weft_error err = {0};
    weft_status status = weft_shard_place_read(&place, shard, &err);
    if (status == WEFT_OK) status = weft_shard_config_name(config, &err);
    if (status == WEFT_OK) status = weft_shard_config_copy(&own, config, place.number, place.count, &err);
    if (status != WEFT_OK) return weft_fail(&err);
    int exit_code = print(&own, tell);
    weft_shard_config_dispose(&own);
    return exit_code;
}

int weft_print_plan(const char *file, weft_overrides *overrides, const char *shard, weft_plan_tell_fn tell) {
    weft_config *config = NULL;
    int exit_code = weft_load_config(&config, file, overrides, NULL);
    if (exit_code == 0) exit_code = shard != NULL ? print_shard(config, shard, tell) : print(config, tell);
    weft_config_free(config);
    weft_overrides_dispose(overrides);
    return exit_code;
}
