/* `.weft/batch/NAME/` beside a batch file: its record, the configuration of each job as it ran, and a log an attempt.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_BATCH_FOLDER_H
#define WEFT_PIPELINE_BATCH_FOLDER_H

#include "config/batch/batch_file.h"
#include "core/files/file_lock.h"

/* Zero-initialised is none. One thread. */
typedef struct weft_batch_folder {
    char *path;        /* absolute */
    char *record_path; /* of the SQLite file */
    char *joblog_path;
    weft_file_lock *lock;
} weft_batch_folder;

/* Says where all is; looks at nothing. Errors: WEFT_ERR_MEMORY. The caller disposes of it in any case. */
weft_status weft_batch_folder_name(weft_batch_folder *out, const weft_batch_file *batch, weft_error *err);
/* Makes the folders, and locks them for as long as this process and its jobs live. Where a batch of that name was
 * killed, waits for its jobs to end (the kernel has killed them too), 30 s at most. Errors: WEFT_ERR_BUSY (another batch
 * of that name is running: names its process), WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY. */
weft_status weft_batch_folder_take(weft_batch_folder *folder, weft_error *err);
/* Whether a batch of this folder is at work in another process; holder: which one, 0 where that is not known. */
bool weft_batch_folder_is_in_use(const weft_batch_folder *folder, int64_t *holder);

/* Lets go of the lock. */
void weft_batch_folder_dispose(weft_batch_folder *folder);

/* Writes a job's configuration as it runs: every value, so that it can be run by itself. *path: of the file, on the
 * heap, also on failure, unless there is no memory. Errors: WEFT_ERR_IO, WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY. */
weft_status weft_batch_folder_write_config(const weft_batch_folder *folder, const char *job, const weft_config *config,
                                           char **path, weft_error *err);
/* Where the log of an attempt stands, on the heap; NULL: no memory. */
char *weft_batch_folder_log(const weft_batch_folder *folder, const char *job, int64_t attempt);
/* Where the plan of a job goes. */
char *weft_batch_folder_plan(const weft_batch_folder *folder, const char *job);

#endif
