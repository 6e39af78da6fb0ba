/* SPDX-License-Identifier: MIT */
#include "monitors/process_memory.h"

#include "core/memory/units.h"
#include "monitors/proc_file.h"

#include <stdatomic.h>

/* A run of the bundled sample uses half a MiB of library code for the first time after its plan stands; 16 MiB leave
 * room for codecs that it has not. */
#define LIBRARY_GROWTH (16 * WEFT_MIB)

/* The kernel notes the peak (VmHWM) when memory is given back, from counters that lag behind by a few pages a thread, so
 * it may lie under a VmRSS that was read before. The larger of both is the peak. */
static void raise_to_peak(weft_process_memory *now) {
    static _Atomic int64_t highest;
    int64_t seen = atomic_load(&highest);
    while (now->resident_bytes > seen && !atomic_compare_exchange_weak(&highest, &seen, now->resident_bytes)) {
    }
    seen = atomic_load(&highest);
    if (now->peak_resident_bytes < seen) now->peak_resident_bytes = seen;
}

bool weft_process_memory_read(weft_process_memory *out) {
    char text[8192];
    if (!weft_proc_read("", "/proc/self/status", text, sizeof text)) return false;
    bool ok = weft_proc_find(text, "VmRSS:", &out->resident_bytes) &&
              weft_proc_find(text, "VmHWM:", &out->peak_resident_bytes);
    if (!weft_proc_find(text, "RssAnon:", &out->anonymous_bytes)) out->anonymous_bytes = 0;
    if (!weft_proc_find(text, "RssFile:", &out->file_bytes)) out->file_bytes = 0;
    out->resident_bytes *= 1024;
    out->peak_resident_bytes *= 1024;
    out->anonymous_bytes *= 1024;
    out->file_bytes *= 1024;
    raise_to_peak(out);
    return ok;
}

int64_t weft_process_library_bytes(const weft_process_memory *now) {
    return now->file_bytes + LIBRARY_GROWTH;
}

int64_t weft_process_memory_held(const weft_process_memory *now, int64_t library_bytes) {
    int64_t data = now->file_bytes - library_bytes;
    return now->resident_bytes - (data > 0 ? data : 0);
}
