/* Gives the jobs of a batch to Slurm: an array for each entry, with memory and time from its plan or from what it took
 * before, after the arrays of the entries that it needs; and at the end a job that notes what was made.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SLURM_SUBMIT_H
#define WEFT_PIPELINE_SLURM_SUBMIT_H

#include "pipeline/batch/batch_forecast.h"

/* The most indices of one array: Slurm's default for MaxArraySize, which is one past the last index. */
#define WEFT_SLURM_MAX_INDICES 1000

typedef struct weft_slurm_options {
    int shards;               /* of each job, which are an array then, with a job that joins them; 0: none */
    bool dry_run;             /* nothing is written or submitted: scripts and commands are told */
    const char *const *files; /* file_count of them: the batch file or the configurations, as given */
    int file_count;
    /* A line for people: what was submitted; or with dry_run a text of several lines. */
    void (*told)(void *payload, const char *text);
    void *payload;
} weft_slurm_options;

/* Submits what a batch would run.
 *
 * work    checked; open, unless it is a dry run
 * errors  WEFT_ERR_DATA (jobs of one entry, or of two, need each other both ways; --shards of what cannot be cut),
 *         WEFT_ERR_BUSY (jobs of this batch are in the queue still), WEFT_ERR_IO (sbatch fails: what was submitted
 *         before is named), WEFT_ERR_NO_INPUT (there is no sbatch); those of weft_batch_forecast(); WEFT_ERR_MEMORY */
weft_status weft_slurm_submit(weft_batch_work *work, const weft_slurm_options *options, weft_error *err);

#endif
