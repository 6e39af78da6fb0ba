/* SPDX-License-Identifier: MIT
 *
 * Soft limits as proc(5) lists them. Without /proc there are none that anyone knows of. */
#include "monitors/process_limits.h"

#include "monitors/proc_file.h"

/* The smaller of what is known and what the limit leaves on top of `resident`. "unlimited" is no number. */
static void consider(weft_process_limit *known, const char *limits, const char *key, const char *name, int64_t taken,
                     int64_t resident) {
    int64_t limit;
    if (!weft_proc_find(limits, key, &limit) || limit >= WEFT_PROC_NO_LIMIT) return;
    int64_t left = limit - taken, bytes = resident + (left > 0 ? left : 0);
    if (bytes < 1) bytes = 1;
    if (known->bytes == 0 || bytes < known->bytes) *known = (weft_process_limit){bytes, name};
}

void weft_process_limit_read(const char *root, weft_process_limit *out) {
    char limits[4096], text[8192];
    int64_t space = 0, data = 0, resident = 0;
    *out = (weft_process_limit){0};
    if (!weft_proc_read(root, "/proc/self/limits", limits, sizeof limits)) return;
    if (weft_proc_read(root, "/proc/self/status", text, sizeof text)) {
        (void)weft_proc_find(text, "VmSize:", &space);
        (void)weft_proc_find(text, "VmData:", &data);
        (void)weft_proc_find(text, "VmRSS:", &resident);
    }
    consider(out, limits, "Max address space", "ulimit -v", space * 1024, resident * 1024);
    consider(out, limits, "Max data size", "ulimit -d", data * 1024, resident * 1024);
}
