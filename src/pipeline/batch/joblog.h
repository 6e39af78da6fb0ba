/* The joblog: a line an attempt, tab-separated, with GNU parallel's columns (Seq, Host, Starttime, JobRuntime, Send,
 * Receive, Exitval, Signal, Command) and weft's own after them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_JOBLOG_H
#define WEFT_PIPELINE_JOBLOG_H

#include "store/batch_record.h"

/* Adds the line of an attempt to the file at `path`, which is made, with a header, where it is not there. Receive is
 * the bytes of the outputs. seq: the job's number in the batch, from 1. Errors: WEFT_ERR_IO, WEFT_ERR_PERMISSION,
 * WEFT_ERR_MEMORY. */
weft_status weft_joblog_add(const char *path, int seq, const weft_job_attempt *attempt, const char *command,
                            weft_error *err);

#endif
