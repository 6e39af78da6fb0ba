/* The shards of an output folder as runs, which they are: each in a folder of its own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SHARD_RUNS_H
#define WEFT_PIPELINE_SHARD_RUNS_H

#include "pipeline/record/run_list.h"

/* Adds the shards that were not joined yet to the runs of the folder, those of one table in order, tables by the name.
 * Errors: those of weft_run_list_read(). */
weft_status weft_shard_runs_add(weft_run_list *list, const char *output_dir, weft_error *err);

#endif
