/* The parts of a run's report. Each adds itself to the page, or nothing where the run has nothing of it.
 *
 * Errors of all: WEFT_ERR_MEMORY, those of the reader.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_REPORT_SECTIONS_H
#define WEFT_PIPELINE_REPORT_SECTIONS_H

#include "core/text.h"
#include "pipeline/report/run_card.h"

typedef struct weft_report {
    weft_text *out;
    weft_metrics_reader *reader;
    weft_run_card run;
    bool pictures; /* may be looked for where the run wrote them */
} weft_report;

/* The head, the verdict and the figures below it. */
weft_status weft_report_summary(weft_report *report, weft_error *err);

weft_status weft_report_job(weft_report *report, weft_error *err);      /* what ran */
weft_status weft_report_inputs(weft_report *report, weft_error *err);   /* and how they come onto the grid */
weft_status weft_report_memory(weft_report *report, weft_error *err);   /* over time, by holder and stage */
weft_status weft_report_pressure(weft_report *report, weft_error *err); /* alerts, adaptations, events */
weft_status weft_report_time(weft_report *report, weft_error *err);     /* by stage and operation */
weft_status weft_report_grid(weft_report *report, weft_error *err);     /* time per chunk, throughput */
weft_status weft_report_slow(weft_report *report, weft_error *err);     /* the longest calls */
weft_status weft_report_pools(weft_report *report, weft_error *err);    /* and the block cache */
weft_status weft_report_outputs(weft_report *report, weft_error *err);  /* and pictures of them */

/* All of a batch's page between its head and its end. */
weft_status weft_report_batch(weft_text *out, weft_metrics_reader *reader, weft_error *err);

#endif
