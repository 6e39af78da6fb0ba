/* What a run is, so that another process can tell whether it would resume the same one: the configuration as far as
 * the answer depends on it, what the plan made of it, and the files that are read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_IDENTITY_H
#define WEFT_PIPELINE_RUN_IDENTITY_H

#include "pipeline/plan/plan.h"
#include "store/run_state.h"

/* Fills `out` for a run that begins now in this process; outputs have nothing on disk yet. They are the plan's, then,
 * without a path, the statistics, if there are any, then the metadata.
 *
 * command  to type for resuming it, or NULL
 * errors   WEFT_ERR_MEMORY; `out` is then empty */
weft_status weft_run_identity_gather(weft_run_facts *out, const weft_plan *plan, const char *command, weft_error *err);

/* Whether `now` is the run that `then` was. Errors: WEFT_ERR_DATA: the first difference, with both values. */
weft_status weft_run_identity_compare(const weft_run_facts *then, const weft_run_facts *now, weft_error *err);

/* How a difference is worded. */
typedef struct weft_identity_words {
    const char *who;     /* "experiment olinda": it read a file, or began */
    const char *refusal; /* "experiment olinda cannot be resumed" */
    const char *hint, *file_hint;
    const char *again; /* what can be done besides moving an input back */
} weft_identity_words;

/* The same, in other words. */
weft_status weft_run_identity_match(const weft_run_facts *then, const weft_run_facts *now,
                                    const weft_identity_words *words, weft_error *err);

/* For a configuration without a name of its own: takes the name of the run to resume, which is the one of the same
 * configuration in its output folder that began last, is not finished and not alive. The name that was made for it
 * stays where there is none; `found` says which. `cancel` may be NULL. Errors: those of weft_run_list_read(). */
weft_status weft_run_identity_choose(weft_config *config, const weft_cancel *cancel, bool *found, weft_error *err);

#endif
