/* What a run says of itself when it is over: lines for people, or the members of a JSON object for programs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_RUN_SUMMARY_H
#define WEFT_CLI_RUN_SUMMARY_H

#include "pipeline/run/orchestrator.h"

#include <stdio.h>

/* What is known before the end. Zero-initialised is empty; one thread. */
typedef struct weft_run_summary {
    const weft_config *config; /* borrowed */
    weft_text lines;           /* of the outputs and skipped datasets, for people */
    weft_text members;         /* the same and the plan's warnings, as JSON members */
    weft_text statistics;      /* the columns', for people; empty without export.stats */
} weft_run_summary;

/* Takes what the plan says. */
void weft_run_summary_plan(weft_run_summary *summary, const weft_plan *plan);

/* Prints the lines of a run that ended well. */
void weft_run_summary_print(const weft_run_summary *summary, const weft_run_result *result, FILE *to);

/* How a run ended. */
typedef struct weft_run_end {
    const weft_run_result *result;
    const weft_error *err; /* its status is WEFT_OK where it ended well */
    int exit_code;
    const char *resume; /* the command that resumes it, or NULL where it cannot be resumed */
} weft_run_end;

/* Adds the members that tell all of it, each with a comma before it. */
void weft_run_summary_members(const weft_run_summary *summary, const weft_run_end *end, weft_text *out);

void weft_run_summary_dispose(weft_run_summary *summary);

#endif
