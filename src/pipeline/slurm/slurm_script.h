/* Between the files of this folder only: the text of what Slurm runs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SLURM_SCRIPT_H
#define WEFT_PIPELINE_SLURM_SCRIPT_H

#include "core/text.h"

/* What Slurm is asked for. Texts are borrowed. */
typedef struct weft_slurm_head {
    const char *name;  /* the job's, in the queue */
    int indices;       /* of the array, from 1; 0: it is none */
    int at_once;       /* of them; 0: all */
    int64_t mebibytes; /* of memory */
    int64_t minutes;   /* 0: what the partition gives */
    int threads;
    const char *log_folder;
} weft_slurm_head;

/* The first lines of a script: what it asks for, and where its words go. */
void weft_slurm_script_head(weft_text *out, const weft_slurm_head *head);

/* A task that runs the configuration in the line of `list` whose number is the task's. What an earlier task left, it
 * goes on with, if it can: else it begins anew. */
void weft_slurm_script_jobs(weft_text *out, const char *program, const char *list);

/* A task that makes its shard of a configuration. */
void weft_slurm_script_shard(weft_text *out, const char *program, const char *config);

/* Runs one command of weft; words: ends with NULL. */
void weft_slurm_script_command(weft_text *out, const char *program, const char *const *words);

#endif
