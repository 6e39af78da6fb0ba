/* Between the files of this folder only: a table format's output as a folder of files (export.partition.by).
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PARTITION_OUTPUT_H
#define WEFT_PIPELINE_PARTITION_OUTPUT_H

#include "core/memory/reserve.h"
#include "pipeline/formats/format.h"
#include "stages/layouts/partition_writer.h"

/* Whether an output is in a folder. */
bool weft_partition_output_is(const weft_plan *plan, const weft_format *format);

/* Its folder, of a path that ends in the manifest: so many of the first characters. */
int weft_partition_output_folder_length(const char *path);

/* The name of its spool in the scratch folder; on the heap, NULL: no memory. */
char *weft_partition_output_spool(const weft_format *format);

/* What it asks for: for the rows on their way, and for the writer of one file. shape: of the whole table. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_partition_output_reserve(weft_reserve *out, const weft_format *format, const weft_format_shape *shape,
                                          weft_error *err);

/* Makes the writer: place->file is the manifest, place->keep holds what it needs. Errors: those of weft_format's open.
 */
weft_status weft_partition_output_open(weft_table_writer **out, const weft_format *format,
                                       const weft_format_place *place, weft_error *err);

#endif
