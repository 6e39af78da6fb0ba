/* Every file that a run makes, but its metadata: the plan's outputs, and after one whose format has them the files of
 * its columns, which belong to the same output.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PLAN_FILES_H
#define WEFT_PIPELINE_PLAN_FILES_H

#include "pipeline/formats/formats.h"

typedef struct weft_plan_file {
    const weft_format *format;
    char *path;             /* absolute */
    int64_t bytes_estimate; /* an upper guess, of this file alone */
    int output;             /* which of the plan's outputs it is; -1: the file of a column */
} weft_plan_file;

/* Zero-initialised is none. */
typedef struct weft_plan_files {
    weft_plan_file *files;
    int count;
} weft_plan_files;

/* Errors: WEFT_ERR_MEMORY. */
weft_status weft_plan_files_list(weft_plan_files *out, const weft_plan *plan, weft_error *err);
void weft_plan_files_dispose(weft_plan_files *files);

#endif
