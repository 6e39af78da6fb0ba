/* What a configuration or a batch file depends on: its jobs, the jobs that these need, and the files that they read.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_WORK_DEPS_H
#define WEFT_CLI_WORK_DEPS_H

#include "core/status.h"

#include <stdbool.h>

typedef struct weft_work_deps weft_work_deps;

/* Whether the name is that of a configuration or a batch file: it ends in .yml or .yaml. */
bool weft_work_deps_is_one(const char *file);

/* Reads the file, and finds its jobs. *out: freed by the caller; NULL on failure.
 *
 * errors  those of weft_batch_file_load(); WEFT_ERR_DATA with all problems as the message, also where jobs need each
 *         other: then with the circle */
weft_status weft_work_deps_new(weft_work_deps **out, const char *file, weft_error *err);
void weft_work_deps_free(weft_work_deps *deps);

/* Gives `add` what the file, or "job NAME" of it, needs: "job NAME" for a job, a path else. A pattern stands for the
 * files that it matches; where there is none, for itself. Of a catalog its own file is given, not the rasters in it:
 * which of these a run takes is told by its plan.
 *
 * *known  whether it is the file or a job of it; else nothing is given
 * errors  those of loading a job's configuration, of reading folders, and of add() */
weft_status weft_work_deps_of(weft_work_deps *deps, const char *name, bool *known,
                              weft_status (*add)(void *payload, const char *name, weft_error *err), void *payload,
                              weft_error *err);

#endif
