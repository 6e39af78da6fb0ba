/* Between the files of this folder only: Slurm's own programs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_SLURM_QUEUE_H
#define WEFT_PIPELINE_SLURM_QUEUE_H

#include "core/text.h"

#define WEFT_SLURM_ID_BYTES 32

/* Runs sbatch, whose own words go to standard error. command: as a shell reads it; id: what it prints, the job's
 * number. Errors: WEFT_ERR_NO_INPUT (there is no sbatch), WEFT_ERR_IO. */
weft_status weft_slurm_sbatch(const char *command, char id[WEFT_SLURM_ID_BYTES], weft_error *err);

/* Whether one of the jobs, numbers with commas between them, waits or runs still; false where that cannot be told. */
bool weft_slurm_has_jobs(const char *ids);

#endif
