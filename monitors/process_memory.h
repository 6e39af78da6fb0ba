/* What this process has in memory.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_PROCESS_MEMORY_H
#define WEFT_MONITORS_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct weft_process_memory {
    int64_t resident_bytes, anonymous_bytes;
    int64_t file_bytes;          /* mapped files, libraries among them */
    int64_t peak_resident_bytes; /* VmHWM, or the most that a read has seen */
} weft_process_memory;
bool weft_process_memory_read(weft_process_memory *out);

/* What libraries may hold of mapped files: what is mapped now, and some more as code is used for the first time. */
int64_t weft_process_library_bytes(const weft_process_memory *now);
/* What counts against a limit: all but mapped files beyond `library_bytes`, which the kernel takes back when it needs
 * to. */
int64_t weft_process_memory_held(const weft_process_memory *now, int64_t library_bytes);

#endif
