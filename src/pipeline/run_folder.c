/* SPDX-License-Identifier: MIT
 *
 * The lock says who is alive; where a file system has no locks, the process that the state names does. */
#define _GNU_SOURCE /* nftw's flags */
#include "pipeline/run_folder.h"

#include "core/output_file.h"
#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES          10   /* to lock a folder that someone else is removing */
#define MOST_OF_A_NAME 1000 /* runs that begin in one second */

static weft_status no_memory(weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the run's folder");
}

bool weft_run_facts_can_go_on(const weft_run_facts *facts) {
    bool can = false;
    for (int i = 0; i < facts->output_count && facts->phase != WEFT_RUN_FINISHED; i++)
        can = can || facts->outputs[i].bytes > 0;
    return can;
}

/* --- removing --- */

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
    (void)info;
    (void)where;
    if (kind == FTW_DP)
        (void)rmdir(path);
    else
        (void)unlink(path);
    return 0;
}

static bool ends_in(const char *name, const char *ending) {
    size_t length = strlen(name), end = strlen(ending);
    return length >= end && strcmp(name + length - end, ending) == 0;
}

static bool is_kept(const char *name, weft_run_kept kept) {
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "lock") == 0) return true;
    if (kept >= WEFT_RUN_KEEP_STATE && strncmp(name, "state.sqlite", strlen("state.sqlite")) == 0) return true;
    return kept == WEFT_RUN_KEEP_SPOOLS && ends_in(name, ".spool");
}

static void sweep_folder(const char *path, weft_run_kept kept) {
    DIR *folder = opendir(path);
    if (folder == NULL) return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char *inside = is_kept(entry->d_name, kept) ? NULL : weft_text_format("%s/%s", path, entry->d_name);
        if (inside != NULL) (void)nftw(inside, remove_one, 8, FTW_DEPTH | FTW_PHYS);
        free(inside);
    }
    (void)closedir(folder);
}

/* --- taking one --- */

static weft_status word_busy(const weft_run_folder *folder, const char *experiment, int64_t holder, weft_error *err) {
    weft_run_facts facts = {0};
    if (holder == 0 && weft_run_state_read(&facts, folder->state_path, NULL) == WEFT_OK) holder = facts.process.pid;
    weft_run_facts_dispose(&facts);
    weft_error_set(err, WEFT_ERR_BUSY, "%s: another run is writing it: experiment %s, process %lld", folder->output_dir,
                   experiment, (long long)holder);
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
        no_memory(err);
        goto done;
    }
    for (int i = 0; i < TRIES; i++) {
        status = weft_make_folders(out->path, err);
        if (status == WEFT_OK) status = weft_file_lock_take(&out->lock, lock_path, &holder, err);
        if (status != WEFT_ERR_IO || access(out->path, F_OK) == 0) break;
    }
    if (status == WEFT_OK && is_at_work(out->state_path, &holder)) {
        weft_file_lock_release(out->lock);
        out->lock = NULL;
        status = WEFT_ERR_BUSY;
    }
    if (status == WEFT_ERR_BUSY) word_busy(out, experiment, holder, err);
done:
    free(lock_path);
    return status;
}

weft_status weft_run_folder_take_new(weft_run_folder *out, const char *output_dir, char **name, weft_error *err) {
    weft_status status = WEFT_ERR_BUSY;
    for (int i = 1; status == WEFT_ERR_BUSY && i <= MOST_OF_A_NAME; i++) {
        char *one = i == 1 ? weft_text_format("%s", *name) : weft_text_format("%s_%d", *name, i);
        status = one == NULL ? no_memory(err) : weft_run_folder_take(out, output_dir, one, err);
        if (status == WEFT_OK && access(out->state_path, F_OK) != 0) {
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
        sweep_folder(folder->path, kept);
        weft_file_lock_release(folder->lock);
        remove_empty(folder);
    }
    free(folder->output_dir);
    free(folder->path);
    free(folder->state_path);
    *folder = (weft_run_folder){0};
}

/* --- those of others --- */

/* Whether any output that a finished run made is still there. */
static bool has_outputs(const weft_run_facts *facts) {
    bool has = false;
    for (int i = 0; i < facts->output_count; i++)
        has = has || (facts->outputs[i].path[0] != '\0' && access(facts->outputs[i].path, F_OK) == 0);
    return has;
}

static void remove_parts(const weft_run_facts *facts) {
    for (int i = 0; i < facts->output_count; i++) {
        bool has_file = facts->outputs[i].path[0] != '\0';
        char *part = has_file ? weft_text_format("%s.part", facts->outputs[i].path) : NULL;
        if (part != NULL) (void)unlink(part);
        free(part);
    }
}

static void sweep_dead(const char *output_dir, const char *experiment) {
    weft_run_folder folder = {0};
    weft_run_facts facts = {0};
    weft_run_kept kept = WEFT_RUN_KEEP_NOTHING;
    if (weft_run_folder_take(&folder, output_dir, experiment, NULL) == WEFT_OK &&
        weft_run_state_read(&facts, folder.state_path, NULL) == WEFT_OK) {
        if (weft_run_facts_can_go_on(&facts))
            kept = WEFT_RUN_KEEP_SPOOLS;
        else if (facts.phase == WEFT_RUN_FINISHED && has_outputs(&facts))
            kept = WEFT_RUN_KEEP_STATE;
        else if (facts.phase != WEFT_RUN_FINISHED)
            remove_parts(&facts);
    }
    weft_run_facts_dispose(&facts);
    weft_run_folder_release(&folder, kept);
}

static DIR *open_runs(const char *output_dir) {
    char *parent = weft_text_format("%s/.weft", output_dir);
    DIR *runs = parent == NULL ? NULL : opendir(parent);
    free(parent);
    return runs;
}

void weft_run_folder_sweep(const char *output_dir, const char *own) {
    DIR *runs = open_runs(output_dir);
    if (runs == NULL) return;
    for (struct dirent *entry; (entry = readdir(runs)) != NULL;)
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, own) != 0) sweep_dead(output_dir, entry->d_name);
    (void)closedir(runs);
}

/* --- listing --- */

static int later_first(const void *a, const void *b) {
    int64_t first = ((const weft_run_entry *)a)->facts.started_ms,
            second = ((const weft_run_entry *)b)->facts.started_ms;
    return first < second ? 1 : first > second ? -1 : 0;
}

static weft_status add_entry(weft_run_list *list, const char *output_dir, const char *experiment, weft_error *err) {
    weft_run_entry *more = realloc(list->entries, ((size_t)list->count + 1) * sizeof *more);
    if (more == NULL) return no_memory(err);
    list->entries = more;
    char *state = weft_text_format("%s/.weft/%s/state.sqlite", output_dir, experiment);
    char *lock = weft_text_format("%s/.weft/%s/lock", output_dir, experiment);
    weft_run_entry *entry = &more[list->count];
    *entry = (weft_run_entry){0};
    int64_t holder;
    weft_status status = state == NULL || lock == NULL ? no_memory(err) : WEFT_OK;
    if (status == WEFT_OK && weft_run_state_read(&entry->facts, state, NULL) == WEFT_OK) {
        entry->alive = weft_file_lock_is_held(lock, &holder) || (entry->facts.phase == WEFT_RUN_RUNNING &&
                                                                 weft_process_identity_is_alive(&entry->facts.process));
        list->count++;
    }
    free(state);
    free(lock);
    return status;
}

weft_status weft_run_list_read(weft_run_list *out, const char *output_dir, weft_error *err) {
    *out = (weft_run_list){0};
    DIR *runs = open_runs(output_dir);
    if (runs == NULL)
        return errno == ENOENT || errno == ENOTDIR ? WEFT_OK : weft_error_set_errno(err, errno, "%s/.weft", output_dir);
    weft_status status = WEFT_OK;
    for (struct dirent *entry; status == WEFT_OK && (entry = readdir(runs)) != NULL;)
        if (entry->d_name[0] != '.') status = add_entry(out, output_dir, entry->d_name, err);
    (void)closedir(runs);
    if (status != WEFT_OK)
        weft_run_list_dispose(out);
    else if (out->count > 0)
        qsort(out->entries, (size_t)out->count, sizeof *out->entries, later_first);
    return status;
}

void weft_run_list_dispose(weft_run_list *list) {
    for (int i = 0; i < list->count; i++)
        weft_run_facts_dispose(&list->entries[i].facts);
    free(list->entries);
    *list = (weft_run_list){0};
}
