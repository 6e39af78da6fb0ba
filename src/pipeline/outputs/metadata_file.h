/* What a run has written, for whoever finds the files later: merged_data_<experiment>.metadata.json (export.name gives
 * another stem) beside them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_METADATA_FILE_H
#define WEFT_PIPELINE_METADATA_FILE_H

#include "core/text.h"
#include "pipeline/outputs/table_outputs.h"
#include "pipeline/plan/plan.h"

typedef struct weft_metadata {
    const weft_plan *plan;
    const weft_table_outputs *outputs; /* which are whole */
    const weft_run_facts *facts;       /* what the run is */
    int64_t rows;                      /* of the table */
    int64_t started_ms;                /* wall time */
} weft_metadata;

/* Writes it beside its place, and adds what it wrote to `text`; it gets its name when the caller commits it, after the
 * outputs that it is of. Errors: those of weft_output_file_open(), WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_metadata_file_write(weft_output_file **out, const weft_metadata *metadata, weft_text *text,
                                     weft_error *err);

#endif
