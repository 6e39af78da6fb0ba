/* What dead runs left in an output folder goes when another run starts there; what is needed to resume them stays.
 *
 * A sweep touches only what it can prove to be a dead run of weft's: never the folder of a run that is alive or
 * starting, one whose state it cannot read (a newer weft's, a damaged or a locked one), or anything behind a link.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_SWEEP_H
#define WEFT_PIPELINE_RUN_SWEEP_H

#include "core/cancel.h"

/* `own`, an experiment, is passed over. Ends early when `cancel` says so, which may be NULL. Any thread; several
 * processes may sweep one folder at a time. */
void weft_run_sweep(const char *output_dir, const char *own, const weft_cancel *cancel);

#endif
