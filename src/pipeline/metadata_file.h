/* What a run has written, for whoever finds the files later: merged_data_<experiment>.metadata.json beside them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_METADATA_FILE_H
#define WEFT_PIPELINE_METADATA_FILE_H

#include "pipeline/plan.h"
#include "pipeline/table_outputs.h"

typedef struct weft_metadata {
    const weft_plan *plan;
    const weft_table_outputs *outputs; /* which have their final names */
    int64_t rows;                      /* of the table */
    int64_t started_ms;                /* wall time */
} weft_metadata;

/* Writes it whole, or leaves what stood there. Errors: those of weft_output_file_open(), WEFT_ERR_IO,
 * WEFT_ERR_MEMORY. */
weft_status weft_metadata_file_write(const weft_metadata *metadata, weft_error *err);

#endif
