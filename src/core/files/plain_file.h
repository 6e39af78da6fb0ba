/* Files that weft makes for itself in a folder that others can write to: outputs, part files, locks, states, spools.
 *
 * Where weft is to write, someone may have put a link, a pipe, a device or a folder. Following it would write to or
 * empty a file somewhere else, or wait forever. Such a thing is refused by name and never opened through.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_PLAIN_FILE_H
#define WEFT_CORE_PLAIN_FILE_H

#include "core/status.h"

/* Whether weft may write a file at `path`: nothing is there, or a regular file, not a link to one. The folders above it
 * may be links. Any thread. Errors: WEFT_ERR_IO (names what is there), WEFT_ERR_PERMISSION. */
weft_status weft_plain_file_check(const char *path, weft_error *err);

/* Whether another file may be renamed over the one at `path`, as far as the owners tell: in a folder with the sticky
 * bit
 * (/tmp) only the owner of either may. Nothing there: yes. Any thread. Errors: WEFT_ERR_PERMISSION, WEFT_ERR_MEMORY. */
weft_status weft_plain_file_check_replacing(const char *path, weft_error *err);

/* Opens the regular file at `path`, which weft writes in place and which therefore has no second name (hard link).
 *
 * flags    O_RDWR, O_CREAT and their like; a link is never followed and nothing is waited for
 * fd       to be closed by the caller; -1 on failure
 * errors   WEFT_ERR_NO_INPUT (without O_CREAT: there is none), WEFT_ERR_IO (what is there is no such file, and all
 *          else), WEFT_ERR_PERMISSION. Any thread */
weft_status weft_plain_file_open(int *fd, const char *path, int flags, unsigned mode, weft_error *err);

#endif
