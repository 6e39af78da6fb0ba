/* SPDX-License-Identifier: MIT */
#include "pipeline/record/run_list.h"

#include "core/files/file_lock.h"
#include "core/log.h"
#include "core/text.h"
#include "pipeline/outputs/finished_run.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int later_first(const void *a, const void *b) {
    int64_t first = ((const weft_run_entry *)a)->facts.started_ms,
            second = ((const weft_run_entry *)b)->facts.started_ms;
    return first < second ? 1 : first > second ? -1 : 0;
}

static DIR *open_runs(const char *output_dir) {
    char *parent = weft_text_format("%s/.weft", output_dir);
    DIR *runs = parent == NULL ? NULL : opendir(parent);
    free(parent);
    return runs;
}

static weft_status add_entry(weft_run_list *list, const char *output_dir, const char *experiment, weft_error *err) {
    weft_run_entry *more = realloc(list->entries, ((size_t)list->count + 1) * sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the list of runs");
    list->entries = more;
    char *state = weft_text_format("%s/.weft/%s/state.sqlite", output_dir, experiment);
    char *lock = weft_text_format("%s/.weft/%s/lock", output_dir, experiment);
    weft_run_entry *entry = &more[list->count];
    *entry = (weft_run_entry){0};
    int64_t holder;
    weft_status status = state == NULL || lock == NULL ? weft_error_no_memory(err, "the list of runs") : WEFT_OK,
                found = WEFT_ERR_NO_INPUT;
    weft_error reason = {0};
    if (status == WEFT_OK) found = weft_run_state_read(&entry->facts, state, &reason);
    if (found != WEFT_OK && found != WEFT_ERR_NO_INPUT) weft_log(WEFT_LOG_WARNING, "%s", reason.message);
    if (found == WEFT_OK) {
        entry->alive = weft_file_lock_is_held(lock, &holder) || (entry->facts.phase == WEFT_RUN_RUNNING &&
                                                                 weft_process_identity_is_alive(&entry->facts.process));
        list->count++;
    }
    free(state);
    free(lock);
    return status;
}

static bool is_known(const weft_run_list *list, const char *experiment) {
    bool known = false;
    for (int i = 0; i < list->count; i++)
        known = known || strcmp(list->entries[i].facts.experiment_id, experiment) == 0;
    return known;
}

/* Where a finished run describes itself, by the name of something in its output folder: its metadata, or the folder of
 * a table in parts. NULL: it is neither, or no memory. */
static char *description_of(const char *output_dir, const char *name) {
    static const char ending[] = ".metadata.json";
    size_t length = strlen(name), end = sizeof ending - 1;
    bool metadata = length > end && strcmp(name + length - end, ending) == 0;
    char *path = weft_text_format(metadata ? "%s/%s" : "%s/%s/" WEFT_PARTS_MANIFEST, output_dir, name);
    if (path != NULL && (metadata || access(path, F_OK) == 0)) return path;
    free(path);
    return NULL;
}

/* A run that has a state is not finished, whatever its earlier metadata says. */
static weft_status add_finished(weft_run_list *list, const char *output_dir, const char *name, weft_error *err) {
    char *path = description_of(output_dir, name);
    if (path == NULL) return WEFT_OK;
    weft_run_entry *more = realloc(list->entries, ((size_t)list->count + 1) * sizeof *more);
    weft_run_facts facts = {0};
    if (more != NULL) list->entries = more;
    weft_status status = more == NULL ? weft_error_no_memory(err, "the list of runs") : WEFT_OK;
    bool found = status == WEFT_OK && weft_finished_run_read(&facts, path, NULL) == WEFT_OK;
    if (found && !is_known(list, facts.experiment_id))
        list->entries[list->count++] = (weft_run_entry){.facts = facts};
    else
        weft_run_facts_dispose(&facts);
    free(path);
    return status;
}

typedef weft_status (*add_fn)(weft_run_list *list, const char *output_dir, const char *name, weft_error *err);

/* Takes `folder`. Without such a folder there is nothing to add. */
static weft_status add_all(weft_run_list *list, const char *output_dir, DIR *folder, add_fn add,
                           const weft_cancel *cancel, weft_error *err) {
    if (folder == NULL)
        return errno == ENOENT || errno == ENOTDIR ? WEFT_OK : weft_error_set_errno(err, errno, "%s", output_dir);
    weft_status status = WEFT_OK;
    for (struct dirent *entry; status == WEFT_OK && (entry = readdir(folder)) != NULL;) {
        status = weft_cancel_check(cancel, err);
        if (status == WEFT_OK && entry->d_name[0] != '.') status = add(list, output_dir, entry->d_name, err);
    }
    (void)closedir(folder);
    return status;
}

weft_status weft_run_list_read(weft_run_list *out, const char *output_dir, bool finished, const weft_cancel *cancel,
                               weft_error *err) {
    *out = (weft_run_list){0};
    weft_status status = add_all(out, output_dir, open_runs(output_dir), add_entry, cancel, err);
    if (status == WEFT_OK && finished)
        status = add_all(out, output_dir, opendir(output_dir), add_finished, cancel, err);
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
