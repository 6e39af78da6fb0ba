/* SPDX-License-Identifier: MIT */
#include "pipeline/batch/batch_folder.h"

#include "core/clock.h"
#include "core/files/output_file.h"
#include "core/files/plain_file.h"
#include "core/files/plain_folder.h"
#include "core/log.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOBS_END_NS INT64_C(30000000000) /* within which the jobs of a killed batch are gone */

weft_status weft_batch_folder_name(weft_batch_folder *out, const weft_batch_file *batch, weft_error *err) {
    *out = (weft_batch_folder){.path = weft_text_format("%s/.weft/batch/%s", batch->folder, batch->name)};
    if (out->path == NULL) return weft_error_no_memory(err, "the batch's folder");
    out->record_path = weft_text_format("%s/record.sqlite", out->path);
    out->joblog_path = weft_text_format("%s/joblog.tsv", out->path);
    return out->record_path == NULL || out->joblog_path == NULL ? weft_error_no_memory(err, "the batch's folder")
                                                                : WEFT_OK;
}

/* The folder `name` in the batch's, or the batch's own where that is "". No link is followed. */
static weft_status make(const weft_batch_folder *folder, const char *name, weft_error *err) {
    char *path = weft_text_format("%s%s", folder->path, name);
    if (path == NULL) return weft_error_no_memory(err, "the batch's folder");
    weft_status status = weft_plain_folder_check(path, err);
    if (status == WEFT_OK) status = weft_make_folders(path, err);
    free(path);
    return status;
}

/* A batch shares its lock with its jobs. When it is killed, the kernel kills them too, but that takes a moment, in which
 * their outputs are still locked. So a batch that is started at once waits for them: the lock is held, but the process
 * whose name stands in it, the killed batch, is dead. */
static weft_status lock(weft_batch_folder *folder, const char *path, int64_t *holder, weft_error *err) {
    int64_t until_ns = weft_clock_monotonic_ns() + JOBS_END_NS;
    weft_status status = weft_file_lock_take(&folder->lock, path, holder, err);
    if (status == WEFT_ERR_BUSY && *holder == 0)
        weft_log(WEFT_LOG_INFO, "%s: this batch was killed; waiting until its jobs have ended", folder->path);
    while (status == WEFT_ERR_BUSY && *holder == 0 && weft_clock_monotonic_ns() < until_ns)
        status = weft_file_lock_take(&folder->lock, path, holder, err);
    return status;
}

weft_status weft_batch_folder_take(weft_batch_folder *folder, weft_error *err) {
    int64_t holder = 0;
    char *lock_path = weft_text_format("%s/lock", folder->path);
    weft_status status = lock_path == NULL ? weft_error_no_memory(err, "the batch's folder") : make(folder, "", err);
    if (status == WEFT_OK) status = make(folder, "/logs", err);
    if (status == WEFT_OK) status = make(folder, "/jobs", err);
    if (status == WEFT_OK) status = lock(folder, lock_path, &holder, err);
    if (status == WEFT_ERR_BUSY) {
        if (holder > 0)
            weft_error_set(err, status, "%s: this batch is running: process %lld", folder->path, (long long)holder);
        else
            weft_error_set(err, status, "%s: this batch is running, or was killed and its jobs have not ended",
                           folder->path);
        weft_error_hint(err, "wait until it ends; a batch with another name: may run beside it");
    }
    free(lock_path);
    return status;
}

bool weft_batch_folder_is_in_use(const weft_batch_folder *folder, int64_t *holder) {
    char *lock_path = weft_text_format("%s/lock", folder->path);
    *holder = 0;
    bool is = lock_path != NULL && weft_file_lock_is_held(lock_path, holder);
    free(lock_path);
    return is;
}

void weft_batch_folder_dispose(weft_batch_folder *folder) {
    weft_file_lock_release(folder->lock);
    free(folder->path);
    free(folder->record_path);
    free(folder->joblog_path);
    *folder = (weft_batch_folder){0};
}

weft_status weft_batch_folder_write_config(const weft_batch_folder *folder, const char *job, const weft_config *config,
                                           char **path, weft_error *err) {
    int fd;
    size_t length = strlen(config->text);
    *path = weft_text_format("%s/jobs/%s.yml", folder->path, job);
    if (*path == NULL) return weft_error_no_memory(err, "the batch's folder");
    weft_status status = weft_plain_file_open(&fd, *path, O_WRONLY | O_CREAT | O_TRUNC, 0666, err);
    if (status != WEFT_OK) return status;
    if (write(fd, config->text, length) != (ssize_t)length) status = weft_error_set_errno(err, errno, "%s", *path);
    (void)close(fd);
    return status;
}

char *weft_batch_folder_log(const weft_batch_folder *folder, const char *job, int64_t attempt) {
    return weft_text_format("%s/logs/%s.%lld.log", folder->path, job, (long long)attempt);
}

char *weft_batch_folder_plan(const weft_batch_folder *folder, const char *job) {
    return weft_text_format("%s/jobs/%s.plan.json", folder->path, job);
}
