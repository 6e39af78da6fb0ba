/* A folder of files that are one output: FOLDER.part while it is filled, and FOLDER when it is whole. A file that
 * stands in it under a name of its own says that it is one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_RESULT_FOLDER_H
#define WEFT_CORE_RESULT_FOLDER_H

#include "core/status.h"

/* Whether what stands at FOLDER may be replaced: nothing, an empty folder (which is removed), or one with the file
 * `name` in it and below it no other files but part-.. and hidden ones; and FOLDER.part is a folder, or nothing. Errors:
 * WEFT_ERR_DATA (another folder, a file that no run made), WEFT_ERR_IO, WEFT_ERR_PERMISSION. */
weft_status weft_result_folder_check(const char *folder, const char *name, weft_error *err);
/* Removes all that is in FOLDER.part but the file `name`. */
void weft_result_folder_clear(const char *folder, const char *name);
/* Renames FOLDER.part to FOLDER, in place of the one that is there. Syncing it before, and the folder above it
 * afterwards, is the caller's; then weft_result_folder_tidy() removes the one that was replaced. Errors: WEFT_ERR_IO,
 * WEFT_ERR_PERMISSION. */
weft_status weft_result_folder_rename(const char *folder, weft_error *err);
void weft_result_folder_tidy(const char *folder);
/* Removes FOLDER.part. */
void weft_result_folder_drop(const char *folder);

#endif
