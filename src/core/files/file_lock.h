/* A lock that one process holds on a file, and that the kernel drops when the process ends, however it ends.
 *
 * It belongs to the open file (F_OFD_SETLK), so that other descriptors of the same file may come and go. Two bytes of
 * the file are locked, each for a question of its own: the first by whoever works there, for as long as it works; the
 * second for a moment by whoever looks whether that one is dead, and tidies up after it. So somebody who is only
 * looking is never taken for somebody at work.
 *
 * The file's text says which process has it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_FILE_LOCK_H
#define WEFT_CORE_FILE_LOCK_H

#include "core/status.h"

#include <stdint.h>

typedef struct weft_file_lock weft_file_lock;

/* Makes the file and locks it, at once or not at all; waits only for whoever is tidying up (a few milliseconds, 10 s at
 * most).
 *
 * holder   with WEFT_ERR_BUSY: the process that has it, 0 where that cannot be told
 * errors   WEFT_ERR_BUSY; WEFT_ERR_IO (a link or the like is in the way; the file system has no locks: says which),
 *          WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY */
weft_status weft_file_lock_take(weft_file_lock **out, const char *path, int64_t *holder, weft_error *err);

/* Locks the file `name` of the open folder `folder_fd`, which outlives the lock, if whoever made it is dead: whoever
 * comes to work there waits until it is released. False, and *out is NULL, where that is not certain. */
bool weft_file_lock_take_dead(weft_file_lock **out, int folder_fd, const char *name);

/* The descriptor that holds it, closed at exec: a child that keeps it open (FD_CLOEXEC taken off) holds the lock as
 * well, until it ends. */
int weft_file_lock_descriptor(const weft_file_lock *lock);

/* Removes the file and lets go. NULL is fine. */
void weft_file_lock_release(weft_file_lock *lock);

/* Lets go and leaves the file. NULL is fine. */
void weft_file_lock_let_go(weft_file_lock *lock);

/* Whether a process is at work there. */
bool weft_file_lock_is_held(const char *path, int64_t *holder);

/* Locks an output against other runs for as long as the file is open. One byte is locked, the first: SQLite, which
 * writes some outputs itself, keeps its own locks further on (at 1 GiB), and locks of the two kinds exclude each other
 * also within a process.
 *
 * path     for the message
 * errors   WEFT_ERR_BUSY (another has it), WEFT_ERR_IO (the file system has no locks) */
weft_status weft_file_lock_output(int fd, const char *path, weft_error *err);

#endif
