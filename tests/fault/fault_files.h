/* Which open descriptor is which file of the folder that is watched.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_FILES_H
#define WEFT_TESTS_FAULT_FILES_H

#include <stdbool.h>
#include <stddef.h>

#define FAULT_PATH_BYTES 4352

/* The absolute form of `path`, which is relative to `folder_fd`; true when it is one that counts. */
bool fault_files_resolve(int folder_fd, const char *path, char out[FAULT_PATH_BYTES]);

/* Any thread, the shim's lock held. */
void fault_files_add(int fd, const char *path);
void fault_files_remove(int fd);
/* Its path, or NULL for one that does not count. Without the lock: the answer may be late, never wrong in a program
 * that does not close what it uses. */
const char *fault_files_path(int fd);

#endif
