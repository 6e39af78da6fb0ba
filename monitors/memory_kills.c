/* SPDX-License-Identifier: MIT */
#include "monitors/memory_kills.h"

#include "monitors/proc_file.h"

#include <stdio.h>
#include <string.h>

#define VMSTAT_BYTES 32768 /* some 190 lines of 20 to 40 */

int64_t weft_memory_kills(const char *root) {
    char text[VMSTAT_BYTES];
    long long count;
    if (!weft_proc_read(root, "/proc/vmstat", text, sizeof text)) return -1;
    const char *line = strstr(text, "\noom_kill ");
    return line != NULL && sscanf(line, "\noom_kill %lld", &count) == 1 ? count : -1;
}
