/* What the database knows of a run itself: its row of `experiments`, with the plan and the metadata read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_REPORT_RUN_CARD_H
#define WEFT_PIPELINE_REPORT_RUN_CARD_H

#include "store/metrics_reader.h"

#include <jansson.h>

typedef struct weft_run_card {
    int64_t run_id, started_ms, ended_ms; /* ended 0: it has not said that it ended */
    double seconds;                       /* of a run that goes on, or was killed: as far as was seen */
    char *experiment, *status, *message, *config_file, *config_text, *weft_version, *mode, *command, *bound_by,
        *verdict;
    int64_t limit_bytes, threads, grid_cols, grid_rows, layers, rows, peak_bytes, enough_bytes;
    double warning_percent, critical_percent;
    json_t *plan, *metadata; /* NULL where there is none, or it cannot be read */
} weft_run_card;

/* Errors: WEFT_ERR_DATA (no such run), those of the reader. `out` is to be disposed of in any case. */
weft_status weft_run_card_read(weft_run_card *out, weft_metrics_reader *reader, int64_t run_id, weft_error *err);
void weft_run_card_dispose(weft_run_card *card);

/* A member's text, "" where there is none; number: NaN. NULL as the object is fine. */
const char *weft_json_text(const json_t *object, const char *name);
double weft_json_real(const json_t *object, const char *name);

#endif
