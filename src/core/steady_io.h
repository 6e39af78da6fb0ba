/* Reads, writes and syncs that move all they were asked to: short counts and interruptions go on, "not now" (EAGAIN) is
 * tried again after a pause.
 *
 * Nothing else is tried again: after a failed write or sync the kernel may have dropped the pages, and a second try
 * that succeeds would be a lie.
 *
 * All return 0 or an errno. Any thread.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_STEADY_IO_H
#define WEFT_CORE_STEADY_IO_H

#include "core/retry.h"

#include <stddef.h>

/* Where the descriptor stands. written: how much was, also on failure; may be NULL. */
int weft_steady_write(int fd, const void *bytes, size_t length, size_t *written);
int weft_steady_pwrite(int fd, const void *bytes, size_t length, int64_t offset);
/* EIO where the file ends before. */
int weft_steady_pread(int fd, void *bytes, size_t length, int64_t offset);
int weft_steady_sync(int fd);

/* Of the whole process, since it began. */
const weft_retry_account *weft_steady_io_account(void);

#endif
