/* `<output_dir>/.weft/<experiment>/`: where a run keeps its state and its scratch, and which of them are alive.
 *
 * A run holds the lock in its folder for as long as its process lives. What lies in the folder of a dead one is
 * scratch, but for its state and the spools (*.spool) from which it is resumed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_RUN_FOLDER_H
#define WEFT_PIPELINE_RUN_FOLDER_H

#include "core/files/file_lock.h"
#include "store/run_state.h"

/* Zero-initialised is none. One thread. */
typedef struct weft_run_folder {
    char *output_dir, *path, *state_path; /* path: of the folder */
    weft_file_lock *lock;
    bool made_output_dir; /* by taking this */
} weft_run_folder;

/* Makes and locks the folder, and removes scratch that a dead run of that name left there. Errors: WEFT_ERR_BUSY (names
 * the process and the experiment), WEFT_ERR_IO (also where a link, a pipe or the like lies in the way: they are never
 * followed), WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY. The caller releases it in any case. */
weft_status weft_run_folder_take(weft_run_folder *out, const char *output_dir, const char *experiment, weft_error *err);

/* Makes and locks the folder of a run that has no name of its own: `*name`, or, where another run has had it, `*name`
 * with _2, _3.. after it, which takes its place. Two runs never get the same one. is_used: whether a finished run has
 * had a name. Errors and release: as above. */
weft_status weft_run_folder_take_new(weft_run_folder *out, const char *output_dir, char **name,
                                     bool (*is_used)(void *payload, const char *name), void *payload, weft_error *err);

/* What a folder keeps. */
typedef enum weft_run_kept {
    WEFT_RUN_KEEP_NOTHING,
    WEFT_RUN_KEEP_SPOOLS, /* the state, and all that it takes to resume the run */
} weft_run_kept;

/* Whether the file `name` of a run's folder stays when so much is kept; the lock always does. kept: a weft_run_kept. */
bool weft_run_folder_keeps(void *kept, const char *name);

/* Removes what is not kept, lets go of the lock, and removes folders that are empty then; the output folder only if it
 * was made for this. */
void weft_run_folder_release(weft_run_folder *folder, weft_run_kept kept);

/* Whether there is something on disk to resume from. */
bool weft_run_facts_can_resume(const weft_run_facts *facts);

#endif
