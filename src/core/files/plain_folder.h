/* Folders in which weft removes files. Nothing here follows a link or leaves the folder that is open, whatever is put
 * there meanwhile: names are looked up in open folders, and what is removed is this user's and on the same device.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_PLAIN_FOLDER_H
#define WEFT_CORE_PLAIN_FOLDER_H

#include "core/status.h"

/* Whether `path` is a folder, and no link to one, or nothing at all. Errors: WEFT_ERR_IO (names what is there),
 * WEFT_ERR_PERMISSION. */
weft_status weft_plain_folder_check(const char *path, weft_error *err);

/* Opens the folder `name` in the open folder `folder_fd`; -1 and errno where it is none, or a link. */
int weft_plain_folder_open(int folder_fd, const char *name);

/* Removes what is in the open folder, folders within too, but what `keeps` says of the names at the top. */
void weft_plain_folder_clear(int folder_fd, bool (*keeps)(void *payload, const char *name), void *payload);

/* Whether `name` in the open folder is a regular file, this user's, with no second name. */
bool weft_plain_folder_has_file(int folder_fd, const char *name);

#endif
