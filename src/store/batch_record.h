/* The record of a batch: how each job ended, of which configuration, with which files; and every attempt, for people.
 *
 * A metrics database (metrics_schema.h) with tables of its own. Each change is one transaction. That a job is done is
 * on disk when the call returns; that one began may be lost with the power, and then it begins again.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STORE_BATCH_RECORD_H
#define WEFT_STORE_BATCH_RECORD_H

#include "core/files/digest.h"
#include "core/status.h"

#include <stdint.h>

typedef struct weft_batch_record weft_batch_record;

typedef enum weft_job_outcome {
    WEFT_JOB_RUNNING, /* or its batch died */
    WEFT_JOB_DONE,
    WEFT_JOB_FAILED,
    WEFT_JOB_INTERRUPTED,
} weft_job_outcome;

/* A file that a job read or wrote, as it was then. */
typedef struct weft_job_file {
    char *path;
    int64_t bytes; /* -1: not there */
    int64_t modified_ns;
    char hash[WEFT_DIGEST_HEX_BYTES]; /* "": not known */
    bool is_output;
} weft_job_file;

typedef struct weft_job_files {
    weft_job_file *items; /* inputs before outputs, by path */
    int count, capacity;
} weft_job_files;

/* Adds a file; path is copied, hash may be NULL. False: no memory. */
bool weft_job_files_add(weft_job_files *files, const weft_job_file *file);
void weft_job_files_dispose(weft_job_files *files);

#define WEFT_JOB_CAUSE_BYTES 32

/* What is known of a job. */
typedef struct weft_job_facts {
    weft_job_outcome outcome;
    char cause[WEFT_JOB_CAUSE_BYTES];
    char *identity;
    int64_t attempts, threads, granted_bytes, peak_bytes, adaptations, updated_ms;
    double seconds;
    bool accepted;
} weft_job_facts;

void weft_job_facts_dispose(weft_job_facts *facts);

/* One attempt that is over. Texts are borrowed. */
typedef struct weft_job_attempt {
    const char *batch, *job, *cause, *message, *log; /* message: NULL where there is none */
    int64_t attempt, started_ms, ended_ms;
    int exit_code, signal; /* signal 0: it exited */
    int64_t threads, granted_bytes, peak_bytes, adaptations, rows, bytes;
    double cpu_seconds;
} weft_job_attempt;

/* Opens or makes the file, in a folder that is there. One thread. Errors: WEFT_ERR_DATA (another program's, or made by
 * a newer weft), WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_BUSY, WEFT_ERR_MEMORY. */
weft_status weft_batch_record_open(weft_batch_record **out, const char *path, weft_error *err);
/* Opens a file that is there, for what is read alone: neither it nor what stands beside it changes. Errors: as above,
 * WEFT_ERR_NO_INPUT. */
weft_status weft_batch_record_open_reading(weft_batch_record **out, const char *path, weft_error *err);
/* NULL is fine. */
void weft_batch_record_close(weft_batch_record *record);

/* What is known of `job`; *found false, and `out` empty, where nothing is. Errors: WEFT_ERR_IO, WEFT_ERR_DATA,
 * WEFT_ERR_MEMORY. */
weft_status weft_batch_record_read(weft_batch_record *record, const char *job, weft_job_facts *out, bool *found,
                                   weft_error *err);
/* Adds the files that the job read and wrote when it was done. Errors: as above. */
weft_status weft_batch_record_files(weft_batch_record *record, const char *job, weft_job_files *out, weft_error *err);
/* The hash of that file as it is, where any job's has it; "" else. Errors: as above. */
weft_status weft_batch_record_hash(weft_batch_record *record, const char *path, int64_t bytes, int64_t modified_ns,
                                   char out[WEFT_DIGEST_HEX_BYTES], weft_error *err);

/* Keeps that an attempt of `identity` begins. Errors: WEFT_ERR_IO. */
weft_status weft_batch_record_begin(weft_batch_record *record, const weft_job_attempt *attempt, const char *identity,
                                    weft_error *err);
/* Keeps how an attempt ended; files: of one that is done, else NULL. Errors: WEFT_ERR_IO. */
weft_status weft_batch_record_end(weft_batch_record *record, const weft_job_attempt *attempt, weft_job_outcome outcome,
                                  const weft_job_files *files, weft_error *err);
/* Keeps that the job is done, of `identity`, with these files: nobody ran it. Errors: WEFT_ERR_IO. */
weft_status weft_batch_record_accept(weft_batch_record *record, const char *job, const char *identity,
                                     const weft_job_files *files, int64_t now_ms, weft_error *err);

#endif
