/* SPDX-License-Identifier: MIT
 *
 * The process's own memory, against what it may have and against what a batch scheduler grants. /proc/self/statm stays
 * open: the probe must see when descriptors have run out. */
#include "monitors/memory_probe_kind.h"

#include "core/log.h"
#include "monitors/process_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct process_probe {
    weft_memory_probe base;
    int64_t limit_bytes, library_bytes;
    int statm; /* -1: it could not be opened */
} process_probe;

static bool read_process(weft_memory_probe *base, weft_memory_reading *out) {
    const process_probe *probe = (process_probe *)base;
    char text[128];
    long long resident, shared;
    int64_t page = (int64_t)sysconf(_SC_PAGESIZE);
    ssize_t length = pread(probe->statm, text, sizeof text - 1, 0);
    if (length <= 0) return false;
    text[length] = '\0';
    if (sscanf(text, "%*s %lld %lld", &resident, &shared) != 2) return false;
    weft_process_memory now = {.resident_bytes = resident * page, .file_bytes = shared * page};
    out->used_bytes = weft_process_memory_held(&now, probe->library_bytes);
    out->limit_bytes = probe->limit_bytes;
    return true;
}

static void free_probe(weft_memory_probe *base) {
    int statm = ((process_probe *)base)->statm;
    if (statm >= 0) close(statm);
    free(base);
}

static weft_status make(weft_memory_probe **out, const char *name, int64_t limit_bytes, weft_error *err) {
    process_probe *probe = calloc(1, sizeof *probe);
    weft_process_memory now = {0};
    if (probe == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "no memory for the %s probe", name);
    (void)weft_process_memory_read(&now);
    *probe = (process_probe){.base = {.name = name, .read = read_process, .free = free_probe},
                             .limit_bytes = limit_bytes,
                             .library_bytes = weft_process_library_bytes(&now),
                             .statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)};
    if (probe->statm < 0)
        weft_log(WEFT_LOG_WARNING, "/proc/self/statm: %s: the %s probe does not see this run's memory", strerror(errno),
                 name);
    *out = &probe->base;
    return WEFT_OK;
}

static weft_status make_process(weft_memory_probe **out, const weft_probe_setup *setup, weft_error *err) {
    return make(out, "process", setup->limit_bytes, err);
}

static weft_status make_batch(weft_memory_probe **out, const weft_probe_setup *setup, weft_error *err) {
    return setup->batch_limit_bytes > 0 ? make(out, "batch", setup->batch_limit_bytes, err) : WEFT_OK;
}

const weft_memory_probe_kind weft_process_probe = {"process", make_process};
const weft_memory_probe_kind weft_batch_probe = {"batch", make_batch};
