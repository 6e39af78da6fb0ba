/* What the process itself may have (setrlimit(2), a shell's ulimit), in the terms of memory.limit.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_PROCESS_LIMITS_H
#define WEFT_MONITORS_PROCESS_LIMITS_H

#include <stdint.h>

/* Resident bytes at which the system will refuse more; 0 where there is no such limit. */
typedef struct weft_process_limit {
    int64_t bytes;
    const char *name; /* "ulimit -v", "ulimit -d": the one that comes first */
} weft_process_limit;

/* RLIMIT_AS counts address space, RLIMIT_DATA private writable mappings, touched or not. Both are used up by more than
 * what is resident: by libraries that are mapped, and not needed as a whole; so what they leave is what may still be
 * mapped on top of what is resident now. Stacks and whatever else is mapped and never touched come out of it. `root` is
 * put before /proc. Any thread. */
void weft_process_limit_read(const char *root, weft_process_limit *out);

#endif
