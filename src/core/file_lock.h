/* A lock that one process holds on a file, and that the kernel drops when the process ends, however it ends.
 *
 * A record lock of POSIX: it also drops when the process closes any other descriptor of the same file, so nobody opens
 * a lock's file but this module, and a process asks only about locks that it does not hold itself.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_FILE_LOCK_H
#define WEFT_CORE_FILE_LOCK_H

#include "core/status.h"

#include <stdint.h>

typedef struct weft_file_lock weft_file_lock;

/* Makes the file and locks it, at once or not at all.
 *
 * holder   with WEFT_ERR_BUSY: the process that has it, 0 where that cannot be told
 * errors   WEFT_ERR_BUSY, WEFT_ERR_PERMISSION, WEFT_ERR_IO, WEFT_ERR_MEMORY */
weft_status weft_file_lock_take(weft_file_lock **out, const char *path, int64_t *holder, weft_error *err);

/* Removes the file and lets go. NULL is fine. */
void weft_file_lock_release(weft_file_lock *lock);

/* Whether another process holds it. */
bool weft_file_lock_is_held(const char *path, int64_t *holder);

#endif
