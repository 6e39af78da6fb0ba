/* weft merge-shards: the one output of each format, of what its shards have made.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/progress.h"
#include "cli/shard_session.h"
#include "pipeline/shards/shard_config.h"

#include <stddef.h>
#include <stdlib.h>

typedef struct merge_arguments {
    weft_overrides overrides;
    weft_progress_kind progress;
    bool resume, json, keep;
    const char *shards;
} merge_arguments;

static bool take_count(const merge_arguments *taken, int *out, weft_error *err) {
    char *end = "";
    long count = taken->shards == NULL ? 0 : strtol(taken->shards, &end, 10);
    *out = (int)count;
    if (*end == '\0' && count >= (taken->shards != NULL) && count <= WEFT_MAX_SHARDS) return true;
    (void)weft_error_set(err, WEFT_ERR_USAGE, "--shards: %s is no number from 1 to %d", taken->shards, WEFT_MAX_SHARDS);
    return false;
}

static int merge(weft_config *config, const merge_arguments *taken) {
    weft_error err = {0};
    int count;
    if (!take_count(taken, &count, &err)) return weft_run_session_none(&err, weft_fail(&err), taken->json);
    weft_run_request request = {.command = "merge-shards",
                                .overrides = &taken->overrides,
                                .progress = taken->progress,
                                .resume = taken->resume,
                                .json = taken->json};
    return weft_join_session(config, &request, count, taken->keep);
}

extern const weft_command weft_merge_shards_command;

static int run_merge_shards(int argc, char **argv) {
    merge_arguments taken = {0};
    weft_arguments arguments;
    weft_config *config = NULL;
    weft_error err = {0};
    int exit_code;
    if (!weft_arguments_read(&arguments, &weft_merge_shards_command, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else {
        exit_code = weft_load_config(&config, arguments.files[0], &taken.overrides, &err);
        exit_code = exit_code == 0 ? merge(config, &taken) : weft_run_session_none(&err, exit_code, taken.json);
    }
    weft_config_free(config);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

static const weft_option options[] = {
    {"set", "KEY=VALUE", "the same overrides as the shards had", true, offsetof(merge_arguments, overrides),
     weft_take_set},
    {"shards", "N", "how many shards there are; default: as many as are found", false,
     offsetof(merge_arguments, shards), weft_take_text},
    {"keep", NULL, "leave the shards' pieces where they are", false, offsetof(merge_arguments, keep), weft_take_flag},
    {"resume", NULL, "continue joining that was stopped or killed", false, offsetof(merge_arguments, resume),
     weft_take_flag},
    {"json", NULL, "print the summary as one JSON object, also after a failure", false, offsetof(merge_arguments, json),
     weft_take_flag},
    {"progress", "auto|plain|json|none", "how progress is shown, as of weft run", false,
     offsetof(merge_arguments, progress), weft_take_progress},
    {0}};

const weft_command weft_merge_shards_command = {
    .name = "merge-shards",
    .summary = "join what the shards of a run have made",
    .argument = "CONFIG",
    .takes = "needs one configuration",
    .example = "weft merge-shards config.yml",
    .description =
        "Makes the outputs of a run that was cut into shards (weft run --shard I/N), the same bytes as without. All "
        "shards must be there and done, with the same configuration, inputs and versions of weft, GDAL and PROJ. Text, "
        "gzip members and Parquet's row groups are copied; what is one whole (databases, rasters, pictures) is written "
        "of the cells that the shards kept. No pixel is read. Afterwards the shards' pieces are removed. Of a table "
        "that "
        "stays in parts (export.partition: shards) it checks the folder, or makes it where the last shard could not.",
    .options = options,
    .run = run_merge_shards};
