/* How much room a file system has, and the words for when it is too little.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_DISK_SPACE_H
#define WEFT_CORE_DISK_SPACE_H

#include "core/status.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct weft_disk_space {
    dev_t device;
    int64_t free_bytes; /* for this process */
} weft_disk_space;

/* Of the file system that `path` lies on, or will: of the nearest folder above it that is there. False: the system does
 * not say, as for file systems without a size of their own. */
bool weft_disk_space_at(const char *path, weft_disk_space *out);

/* Gives a failed write its hint: how many bytes more were needed, and how many are free. needed_bytes 0: not
 * known. For other errnos than ENOSPC and EDQUOT it does nothing. */
void weft_disk_space_hint(int fd, int errno_value, int64_t needed_bytes, weft_error *err);

#endif
