/* What a job's outputs follow from: its configuration, and the files that it read; and whether they are as they were.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOB_FILES_H
#define WEFT_PIPELINE_JOB_FILES_H

#include "config/batch/batch_file.h"
#include "core/cancel.h"
#include "core/text.h"
#include "store/batch_record.h"

/* A line "key: value" for each value of the configuration that the outputs depend on, and for where they go. On the
 * heap; NULL: no memory. */
char *weft_job_identity(const weft_config *config);

/* The first line that differs, in words: "grid.resolution was "30" and is "60"". False: they are the same. */
bool weft_job_identity_differs(const char *then, const char *now, weft_text *reason);

/* What files are compared by. */
typedef struct weft_job_compare {
    weft_batch_fingerprint by;
    weft_batch_record *record;
    const weft_cancel *cancel; /* looked at while files are read; may be NULL */
} weft_job_compare;

/* Whether a file that the job read or wrote is another one now, is gone, or has come (one of a pattern's, or a
 * side-car: .aux.xml, .msk, .ovr, a world file): *differs, with the reason. With WEFT_BATCH_CONTENT a file is read
 * where its size or time is another one. Errors: those of reading the record and files; WEFT_ERR_CANCELLED,
 * WEFT_ERR_MEMORY. */
weft_status weft_job_files_differ(const weft_job_compare *compare, const char *job, const weft_config *config,
                                  bool *differs, weft_text *reason, weft_error *err);

/* The files of a run of `config` that has just ended: those that its metadata names, as they were when it read them,
 * and its outputs, with their hashes. out: zero-initialised, disposed by the caller. Errors: WEFT_ERR_DATA,
 * WEFT_ERR_NO_INPUT (there are no metadata, or an output is not there), WEFT_ERR_IO, WEFT_ERR_CANCELLED,
 * WEFT_ERR_MEMORY. */
weft_status weft_job_files_of_run(weft_job_files *out, const weft_job_compare *compare, const weft_config *config,
                                  weft_error *err);

/* The same as they are now, whoever made the outputs: GDAL is asked which files the inputs are made of. */
weft_status weft_job_files_of_now(weft_job_files *out, const weft_job_compare *compare, const weft_config *config,
                                  weft_error *err);

#endif
