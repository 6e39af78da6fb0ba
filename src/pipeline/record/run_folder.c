/* SPDX-License-Identifier: MIT
 *
 * The lock says who is alive; where a file system has no locks, the process that the state names does. */
#include "pipeline/record/run_folder.h"

#include "core/files/output_file.h"
#include "core/files/plain_file.h"
#include "core/files/plain_folder.h"
#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES         200  /* to lock a folder that someone else is removing */
#define MAX_OF_A_NAME 1000 /* runs that begin in one second */

bool weft_run_facts_can_resume(const weft_run_facts *facts) {
    bool can = false;
    for (int i = 0; i < facts->output_count && facts->phase != WEFT_RUN_FINISHED; i++)
        can = can || facts->outputs[i].bytes > 0;
    return can;
}

static bool ends_in(const char *name, const char *ending) {
    size_t length = strlen(name), end = strlen(ending);
    return length >= end && strcmp(name + length - end, ending) == 0;
}

bool weft_run_folder_keeps(void *payload, const char *name) {
    weft_run_kept kept = *(const weft_run_kept *)payload;
    if (strcmp(name, "lock") == 0) return true;
    if (kept == WEFT_RUN_KEEP_NOTHING) return false;
    return strncmp(name, "state.sqlite", strlen("state.sqlite")) == 0 || ends_in(name, ".spool");
}

static void clear(const weft_run_folder *folder, weft_run_kept kept) {
    int fd = weft_plain_folder_open(AT_FDCWD, folder->path);
    if (fd < 0) return;
    weft_plain_folder_clear(fd, weft_run_folder_keeps, &kept);
    (void)close(fd);
}

/* --- taking one --- */

static weft_status word_busy(const weft_run_folder *folder, const char *experiment, int64_t holder, weft_error *err) {
    if (holder > 0)
        weft_error_set(err, WEFT_ERR_BUSY, "%s: another run is writing it: experiment %s, process %lld",
                       folder->output_dir, experiment, (long long)holder);
    else
        weft_error_set(err, WEFT_ERR_BUSY, "%s: another run is writing it: experiment %s", folder->output_dir,
                       experiment);
    weft_error_hint(err, "wait until it ends; --set experiment=NAME writes beside it");
    return WEFT_ERR_BUSY;
}

/* Whether another process is at work there that the lock does not know of. */
static bool is_at_work(const char *state_path, int64_t *pid) {
    weft_run_facts facts = {0};
    weft_process_identity own;
    weft_process_identity_read(&own);
    bool alive = weft_run_state_read(&facts, state_path, NULL) == WEFT_OK && facts.phase == WEFT_RUN_RUNNING &&
                 facts.process.pid != own.pid && weft_process_identity_is_alive(&facts.process);
    *pid = facts.process.pid;
    weft_run_facts_dispose(&facts);
    return alive;
}

/* Makes the folder and those above it. Someone may have put a link where weft's own begin. */
static weft_status make_folders(const weft_run_folder *folder, weft_error *err) {
    char *parent = weft_text_format("%s/.weft", folder->output_dir);
    if (parent == NULL) return weft_error_no_memory(err, "the run's folder");
    weft_status status = weft_plain_folder_check(parent, err);
    if (status == WEFT_OK) status = weft_plain_folder_check(folder->path, err);
    if (status == WEFT_OK) status = weft_make_folders(folder->path, err);
    if (status == WEFT_OK) status = weft_plain_folder_check(folder->path, err);
    free(parent);
    return status;
}

/* Whatever is no file where weft keeps its own would be written through, or waited for. */
static weft_status check_files(const weft_run_folder *folder, weft_error *err) {
    DIR *entries = opendir(folder->path);
    weft_status status = WEFT_OK;
    if (entries == NULL) return weft_error_set_errno(err, errno, "%s", folder->path);
    for (struct dirent *entry; status == WEFT_OK && (entry = readdir(entries)) != NULL;) {
        struct stat info;
        bool is_folder = fstatat(dirfd(entries), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                         S_ISDIR(info.st_mode) &&
                         !weft_run_folder_keeps(&(weft_run_kept){WEFT_RUN_KEEP_SPOOLS}, entry->d_name);
        if (is_folder) continue;
        char *path = weft_text_format("%s/%s", folder->path, entry->d_name);
        status = path == NULL ? weft_error_no_memory(err, "the run's folder") : weft_plain_file_check(path, err);
        free(path);
    }
    (void)closedir(entries);
    return status;
}

/* What lies in `.weft` besides runs, which a run of such a name would clear away. */
static const struct {
    const char *name, *pattern, *what;
} kept_beside[] = {
    {"batch", "*/record.sqlite", "records of batches"}, /* batch_folder.h */
    {"shards", "*/*-of-*", "shards"},                   /* shard_config.h */
};

static weft_status check_name(const char *output_dir, const char *experiment, weft_error *err) {
    size_t at = 0, count = sizeof kept_beside / sizeof *kept_beside;
    while (at < count && strcmp(experiment, kept_beside[at].name) != 0)
        at++;
    if (at == count) return WEFT_OK;
    char *path = weft_text_format("%s/.weft/%s/%s", output_dir, experiment, kept_beside[at].pattern);
    glob_t found = {0};
    bool taken = path != NULL && glob(path, GLOB_NOSORT, NULL, &found) == 0;
    globfree(&found);
    weft_status status = path == NULL ? weft_error_no_memory(err, "the run's folder") : WEFT_OK;
    if (taken) {
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: %s are kept there: no experiment can be called %s", path,
                                kept_beside[at].what, experiment);
        weft_error_hint(err, "--set experiment=NAME gives it another name");
    }
    free(path);
    return status;
}

/* Makes the folder and locks it. Runs that end remove folders that are empty, and others may have made them again since:
 * that something was gone is all that is known then. */
static weft_status lock_folder(weft_run_folder *folder, const char *lock_path, int64_t *holder, weft_error *err) {
    weft_error last = {0};
    weft_status status = WEFT_ERR_IO;
    for (int i = 0; i < TRIES; i++) {
        status = make_folders(folder, &last);
        if (status == WEFT_OK) status = weft_file_lock_take(&folder->lock, lock_path, holder, &last);
        if (status == WEFT_OK || !last.is_gone) break;
    }
    if (status != WEFT_OK && err != NULL) *err = last;
    return status;
}

weft_status weft_run_folder_take(weft_run_folder *out, const char *output_dir, const char *experiment,
                                 weft_error *err) {
    out->output_dir = weft_text_format("%s", output_dir);
    out->path = weft_text_format("%s/.weft/%s", output_dir, experiment);
    out->state_path = weft_text_format("%s/.weft/%s/state.sqlite", output_dir, experiment);
    char *lock_path = weft_text_format("%s/.weft/%s/lock", output_dir, experiment);
    weft_status status = WEFT_ERR_MEMORY;
    int64_t holder = 0;
    out->made_output_dir = access(output_dir, F_OK) != 0;
    if (out->output_dir == NULL || out->path == NULL || out->state_path == NULL || lock_path == NULL) {
        weft_error_no_memory(err, "the run's folder");
        goto done;
    }
    status = check_name(output_dir, experiment, err);
    if (status != WEFT_OK) goto done;
    status = lock_folder(out, lock_path, &holder, err);
    if (status == WEFT_OK && is_at_work(out->state_path, &holder)) {
        weft_file_lock_release(out->lock);
        out->lock = NULL;
        status = WEFT_ERR_BUSY;
    }
    if (status == WEFT_ERR_BUSY) word_busy(out, experiment, holder, err);
    if (status == WEFT_OK) status = check_files(out, err);
    if (status == WEFT_OK) clear(out, WEFT_RUN_KEEP_SPOOLS);
done:
    free(lock_path);
    return status;
}

weft_status weft_run_folder_take_new(weft_run_folder *out, const char *output_dir, char **name,
                                     bool (*is_used)(void *payload, const char *name), void *payload, weft_error *err) {
    weft_status status = WEFT_ERR_BUSY;
    for (int i = 1; status == WEFT_ERR_BUSY && i <= MAX_OF_A_NAME; i++) {
        char *one = i == 1 ? weft_text_format("%s", *name) : weft_text_format("%s_%d", *name, i);
        status = one == NULL ? weft_error_no_memory(err, "the run's folder")
                             : weft_run_folder_take(out, output_dir, one, err);
        if (status == WEFT_OK && access(out->state_path, F_OK) != 0 && !is_used(payload, one)) {
            free(*name);
            *name = one;
            return WEFT_OK;
        }
        /* It is another run's, at work or not. */
        if (status == WEFT_OK) status = WEFT_ERR_BUSY;
        weft_run_folder_release(out, WEFT_RUN_KEEP_SPOOLS);
        free(one);
    }
    return status;
}

/* A folder that others use is not empty and stays. */
static void remove_empty(const weft_run_folder *folder) {
    char *parent = weft_text_format("%s/.weft", folder->output_dir);
    (void)rmdir(folder->path);
    if (parent != NULL) (void)rmdir(parent);
    if (folder->made_output_dir) (void)rmdir(folder->output_dir);
    free(parent);
}

void weft_run_folder_release(weft_run_folder *folder, weft_run_kept kept) {
    if (folder->lock != NULL) {
        clear(folder, kept);
        weft_file_lock_release(folder->lock);
        remove_empty(folder);
    }
    free(folder->output_dir);
    free(folder->path);
    free(folder->state_path);
    *folder = (weft_run_folder){0};
}
