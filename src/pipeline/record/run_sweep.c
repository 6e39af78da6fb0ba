/* SPDX-License-Identifier: MIT
 *
 * A folder is swept only if all of this holds: it is a folder and no link, this user's, on the device of the others; a
 * lock file lies in it, which nobody holds; its state is one that this weft reads, and it is of the experiment that the
 * folder is named for. What a run leaves that ended by itself has no lock file, so it is passed over without being
 * opened, and what is swept once loses its own. */
#include "pipeline/record/run_sweep.h"

#include "core/files/file_lock.h"
#include "core/files/plain_folder.h"
#include "core/text.h"
#include "pipeline/record/run_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE "state.sqlite"

/* Where the sweep is. */
typedef struct place {
    const char *output_dir, *experiment;
    int output_fd, runs_fd, own_fd; /* open folders: the output folder, .weft, and the experiment's */
} place;

static bool is_own(int folder_fd, dev_t device) {
    struct stat info;
    return fstat(folder_fd, &info) == 0 && info.st_uid == geteuid() && info.st_dev == device;
}

/* The part file that a dead run was writing as `path`, if it bears the experiment's name and nobody writes it now. Only
 * the name is believed: the file is looked for in the output folder. */
static void remove_part(const place *at, const char *path) {
    const char *slash = strrchr(path, '/');
    char *part = weft_text_format("%s.part", slash == NULL ? path : slash + 1);
    if (part != NULL && strstr(part, at->experiment) != NULL && weft_plain_folder_has_file(at->output_fd, part)) {
        int fd = openat(at->output_fd, part, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0 && weft_file_lock_output(fd, part, NULL) == WEFT_OK) (void)unlinkat(at->output_fd, part, 0);
        if (fd >= 0) (void)close(fd);
    }
    free(part);
}

/* Whether there is a state that says what may go, and if so what is kept. */
static bool judge(const place *at, weft_run_kept *kept) {
    weft_run_facts facts = {0};
    char *path = weft_text_format("%s/.weft/%s/" STATE, at->output_dir, at->experiment);
    bool known = path != NULL && weft_plain_folder_has_file(at->own_fd, STATE) &&
                 weft_run_state_read(&facts, path, NULL) == WEFT_OK &&
                 strcmp(facts.experiment_id, at->experiment) == 0 &&
                 !(facts.phase == WEFT_RUN_RUNNING && weft_process_identity_is_alive(&facts.process));
    *kept = known && !weft_run_facts_can_resume(&facts) ? WEFT_RUN_KEEP_NOTHING : WEFT_RUN_KEEP_SPOOLS;
    if (known && *kept == WEFT_RUN_KEEP_NOTHING && facts.phase != WEFT_RUN_FINISHED)
        for (int i = 0; i < facts.output_count; i++)
            remove_part(at, facts.outputs[i].path);
    weft_run_facts_dispose(&facts);
    free(path);
    return known;
}

static void sweep_open(const place *at) {
    struct stat info;
    weft_file_lock *lock = NULL;
    weft_run_kept kept;
    if (!weft_plain_folder_has_file(at->own_fd, "lock") || !weft_file_lock_take_dead(&lock, at->own_fd, "lock")) return;
    bool has_state = fstatat(at->own_fd, STATE, &info, AT_SYMLINK_NOFOLLOW) == 0, known = judge(at, &kept);
    if (known) weft_plain_folder_clear(at->own_fd, weft_run_folder_keeps, &kept);
    /* A run that was killed before it had a state left its lock and nothing else. */
    if (known || !has_state)
        weft_file_lock_release(lock);
    else
        weft_file_lock_let_go(lock);
    (void)unlinkat(at->runs_fd, at->experiment, AT_REMOVEDIR);
}

static void sweep_one(place at) {
    struct stat info;
    if (fstat(at.runs_fd, &info) != 0) return;
    at.own_fd = weft_plain_folder_open(at.runs_fd, at.experiment);
    if (at.own_fd < 0) return;
    if (is_own(at.own_fd, info.st_dev)) sweep_open(&at);
    (void)close(at.own_fd);
}

static void sweep_all(place at, const char *own, const weft_cancel *cancel) {
    int again = weft_plain_folder_open(at.runs_fd, ".");
    DIR *runs = again < 0 ? NULL : fdopendir(again);
    if (runs == NULL && again >= 0) (void)close(again);
    if (runs == NULL) return;
    for (struct dirent *entry; weft_cancel_check(cancel, NULL) == WEFT_OK && (entry = readdir(runs)) != NULL;) {
        at.experiment = entry->d_name;
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, own) != 0) sweep_one(at);
    }
    (void)closedir(runs);
}

void weft_run_sweep(const char *output_dir, const char *own, const weft_cancel *cancel) {
    place at = {.output_dir = output_dir, .runs_fd = -1};
    at.output_fd = open(output_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at.output_fd >= 0) at.runs_fd = weft_plain_folder_open(at.output_fd, ".weft");
    if (at.runs_fd >= 0) sweep_all(at, own, cancel);
    if (at.runs_fd >= 0) (void)close(at.runs_fd);
    if (at.output_fd >= 0) (void)close(at.output_fd);
}
