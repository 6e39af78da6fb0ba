/* weft run: one job, or one shard of it.
 *
 * SPDX-License-Identifier: MIT */
#include "cli/arguments.h"
#include "cli/progress.h"
#include "cli/rank_session.h"
#include "cli/run_session.h"
#include "cli/shard_session.h"
#include "core/log.h"
#include "core/text.h"
#include "pipeline/shards/shard_config.h"
#include "pipeline/shards/shard_place.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct run_arguments {
    weft_overrides overrides;
    weft_progress_kind progress;
    bool resume, json, mpi;
    weft_serve_request serve;
    const char *shard, *shards;
} run_arguments;

/* Which shard the command line asks for; count 0: none. With --mpi, how many ranges. */
static weft_status find_place(weft_shard_place *out, const run_arguments *taken, weft_error *err) {
    int count = 0;
    *out = (weft_shard_place){0};
    if (taken->mpi && taken->serve.wanted)
        return weft_error_set(err, WEFT_ERR_USAGE, "--serve is for one process: --mpi has many");
    if (taken->mpi && taken->shard != NULL)
        return weft_error_set(err, WEFT_ERR_USAGE, "--mpi gives ranks their rows: --shard is for runs without it");
    if (taken->shards != NULL) {
        char *end;
        long asked = strtol(taken->shards, &end, 10);
        if (*end != '\0' || asked < 1 || asked > WEFT_MAX_SHARDS)
            return weft_error_set(err, WEFT_ERR_USAGE, "--shards: %s is no number from 1 to %d", taken->shards,
                                  WEFT_MAX_SHARDS);
        count = (int)asked;
    }
    if (taken->mpi) out->count = count;
    if (taken->mpi || (taken->shard == NULL && count == 0)) return WEFT_OK;
    if (taken->shard == NULL || (strcmp(taken->shard, "auto") != 0 && count > 0)) {
        weft_error_set(err, WEFT_ERR_USAGE, "--shards says how many there are where --shard is auto");
        weft_error_hint(err, "--shard I/N has both");
        return WEFT_ERR_USAGE;
    }
    if (strcmp(taken->shard, "auto") != 0) return weft_shard_place_read(out, taken->shard, err);
    weft_status status = weft_shard_place_find(out, count, getenv, err);
    if (status == WEFT_OK)
        weft_log(WEFT_LOG_INFO, "shard %d of %d, as %s says", out->number, out->count, out->scheduler);
    return status;
}

/* Parts of a table are several runs'; one run has all its rows. */
static weft_status check_whole(const weft_config *config, weft_error *err) {
    if (config->partition != WEFT_PARTITION_SHARDS) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: export.partition: shards: this run is of all rows", config->file);
    weft_error_hint(err, "--shard I/N makes one part (1/1 the only one), --mpi all; or leave out export.partition");
    return WEFT_ERR_DATA;
}

static int run_config(weft_config *config, const run_arguments *taken) {
    weft_shard_place place;
    weft_error err = {0};
    char words[64] = "";
    weft_status status = find_place(&place, taken, &err);
    bool whole = !taken->mpi && place.number == 0;
    if (status == WEFT_OK && whole) status = check_whole(config, &err);
    if (status != WEFT_OK) return weft_run_session_none(&err, weft_fail(&err), taken->json);
    (void)snprintf(words, sizeof words, "--shard %d/%d", place.number, place.count);
    weft_run_request request = {.command = "run",
                                .place = taken->mpi ? "--mpi"
                                         : whole    ? NULL
                                                    : words,
                                .overrides = &taken->overrides,
                                .progress = taken->progress,
                                .resume = taken->resume,
                                .json = taken->json,
                                .serve = taken->serve};
    if (taken->mpi) return weft_rank_session(config, &request, place.count);
    return whole ? weft_run_session(config, &request) : weft_shard_session(config, &request, place.number, place.count);
}

extern const weft_command weft_run_command;

static int run_run(int argc, char **argv) {
    run_arguments taken = {0};
    weft_arguments arguments;
    weft_config *config = NULL;
    weft_error err = {0};
    int exit_code;
    if (!weft_arguments_read(&arguments, &weft_run_command, &taken, argc, argv)) {
        exit_code = arguments.exit_code;
    } else {
        exit_code = weft_load_config(&config, arguments.files[0], &taken.overrides, &err);
        bool to_stdout = exit_code == 0 && config->to_stdout;
        if (to_stdout && taken.json) {
            weft_error_set(&err, WEFT_ERR_USAGE, "--json prints where the table goes: export.name is -");
            weft_error_hint(&err, "--progress json says the same on standard error, in its last line");
            exit_code = weft_fail(&err);
        }
        exit_code = exit_code == 0 ? run_config(config, &taken)
                                   : weft_run_session_none(&err, exit_code, taken.json && !to_stdout);
    }
    weft_config_free(config);
    weft_overrides_dispose(&taken.overrides);
    return exit_code;
}

static const weft_option options[] = {
    {"set", "KEY=VALUE", "override a key of the configuration: --set memory.limit=512MiB", true,
     offsetof(run_arguments, overrides), weft_take_set},
    {"resume", NULL,
     "continue the stopped or killed run of this configuration\n"
     "It is the run of the same name, or, where none is configured, the one that began last and is not finished. "
     "Nothing "
     "to resume: starts from the beginning. Threads, memory, window and chunk sizes, mode and output_dir may be "
     "others; anything else that changed, or an input that did, is exit code 65",
     false, offsetof(run_arguments, resume), weft_take_flag},
    {"shard", "I/N|auto",
     "make the I-th of N ranges of the grid's rows, which merge-shards joins\n"
     "The ranges cost about the same. auto: an array of Slurm, AWS Batch, PBS, Grid Engine or LSF says which one it "
     "is, a "
     "Kubernetes indexed Job, or the launcher of MPI ranks. The pieces lie in output_dir/.weft/shards, with state and "
     "metrics of their own",
     false, offsetof(run_arguments, shard), weft_take_text},
    {"shards", "N", "how many shards there are, where --shard auto cannot know it (Kubernetes, PBS); ranges of --mpi",
     false, offsetof(run_arguments, shards), weft_take_text},
    {"mpi", NULL,
     "make the table with all ranks of an MPI job: mpirun -np 8 weft run --mpi config.yml\n"
     "Each rank takes the next of --shards N ranges of rows (16 a rank) that is not done, and rank 0 joins them. After "
     "a "
     "rank has died, --resume makes what is missing, on any number of ranks. Needs a weft that was built with Open MPI",
     false, offsetof(run_arguments, mpi), weft_take_flag},
    {"json", NULL, "print the summary as one JSON object, also of a run that failed", false,
     offsetof(run_arguments, json), weft_take_flag},
    {"progress", "auto|plain|json|none",
     "how progress is shown; auto: a bar on a terminal, plain lines otherwise\n"
     "json: every line on stderr is an object with time, level, experiment and event: start, plan, progress, warning, "
     "adaptation, error or end",
     false, offsetof(run_arguments, progress), weft_take_progress},
    {"serve", "[=ADDR]", WEFT_SERVE_HELP, false, offsetof(run_arguments, serve), weft_take_serve},
    {0}};

const weft_command weft_run_command = {
    .name = "run",
    .summary = "put the rasters on the grid and write the table",
    .argument = "CONFIG",
    .takes = "needs one configuration",
    .example = "weft run config.yml",
    .description =
        "Runs one job. The table is written beside its final place as .part and gets its name when it is complete and "
        "on disk; what stood there before stays until then. Prints what it made on stdout, all else on stderr. The "
        "first SIGINT, SIGTERM or SIGHUP finishes the chunk in hand, within 5 seconds, and leaves a run that --resume "
        "goes on with; the second stops at once.",
    .options = options,
    .run = run_run};
