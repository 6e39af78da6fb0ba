/* Which files a dataset's paths stand for.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_INPUT_FILES_H
#define WEFT_PIPELINE_INPUT_FILES_H

#include "config/config.h"

typedef struct weft_input_files {
    char **paths; /* in list order; those of a pattern sorted by their bytes */
    int count, capacity;
} weft_input_files;

/* Finds the files of a dataset: paths as they are, patterns by what the file system has. A pattern that is itself the
 * name of a file is that file.
 *
 * out      zero-initialised; disposed by the caller, also on failure
 * folder   the configuration's: what stands in its name is no pattern
 * errors   WEFT_ERR_NO_INPUT (nothing matches; names the pattern), WEFT_ERR_PERMISSION and WEFT_ERR_IO (a folder cannot
 *          be read), WEFT_ERR_MEMORY */
weft_status weft_input_files_find(weft_input_files *out, const weft_config_dataset *dataset, const char *folder,
                                  weft_error *err);
/* Adds a copy of a path. Errors: WEFT_ERR_MEMORY. */
weft_status weft_input_files_add(weft_input_files *files, const char *path, weft_error *err);
void weft_input_files_dispose(weft_input_files *files);

#endif
