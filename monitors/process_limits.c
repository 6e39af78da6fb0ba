/* SPDX-License-Identifier: MIT
 *
 * Without /proc a limit is taken as it is. */
#include "monitors/process_limits.h"

#include "monitors/proc_file.h"

#include <sys/resource.h>

/* The smaller of what is known and what the limit leaves on top of `resident`. */
static void consider(weft_process_limit *known, int resource, const char *name, int64_t taken, int64_t resident) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= WEFT_PROC_NO_LIMIT)
        return;
    int64_t left = (int64_t)limit.rlim_cur - taken, bytes = resident + (left > 0 ? left : 0);
    if (bytes < 1) bytes = 1;
    if (known->bytes == 0 || bytes < known->bytes) *known = (weft_process_limit){bytes, name};
}

void weft_process_limit_read(weft_process_limit *out) {
    char text[8192];
    int64_t space = 0, data = 0, resident = 0;
    *out = (weft_process_limit){0};
    if (weft_proc_read("", "/proc/self/status", text, sizeof text)) {
        (void)weft_proc_find(text, "VmSize:", &space);
        (void)weft_proc_find(text, "VmData:", &data);
        (void)weft_proc_find(text, "VmRSS:", &resident);
    }
    consider(out, RLIMIT_AS, "ulimit -v", space * 1024, resident * 1024);
    consider(out, RLIMIT_DATA, "ulimit -d", data * 1024, resident * 1024);
}
