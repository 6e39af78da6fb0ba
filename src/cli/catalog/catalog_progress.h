/* How far a scan is: a bar on a terminal, plain lines in a pipe, JSON lines for programs. All on stderr.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_CATALOG_PROGRESS_H
#define WEFT_CLI_CATALOG_PROGRESS_H

#include "cli/progress.h"
#include "pipeline/catalog/catalog_scan.h"

typedef struct weft_catalog_progress {
    weft_progress_kind kind;
    int64_t began_ns, shown_ns;
    bool bar_standing;
} weft_catalog_progress;

/* Starts showing; log lines clear the bar first. `progress` must not move until it is finished. */
void weft_catalog_progress_start(weft_catalog_progress *progress, weft_progress_kind kind);
/* As weft_catalog_scan.progressed. */
void weft_catalog_progress_show(void *progress, const weft_catalog_counts *counts);
void weft_catalog_progress_finish(weft_catalog_progress *progress);

#endif
