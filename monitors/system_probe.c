/* SPDX-License-Identifier: MIT
 *
 * MemTotal - MemAvailable against MemTotal. */
#include "monitors/memory_probe_kind.h"

#include "monitors/memory_room.h"

#include <stdlib.h>

typedef struct system_probe {
    weft_memory_probe base;
    const char *root;
} system_probe;

static bool read_system(weft_memory_probe *base, weft_memory_reading *out) {
    int64_t available;
    if (!weft_meminfo_read(((system_probe *)base)->root, &out->limit_bytes, &available)) return false;
    out->used_bytes = out->limit_bytes - available;
    return true;
}

static void free_probe(weft_memory_probe *base) {
    free(base);
}

static weft_status make(weft_memory_probe **out, const weft_probe_setup *setup, weft_error *err) {
    system_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL) return weft_error_no_memory(err, "the system probe");
    probe->base = (weft_memory_probe){.name = "system", .read = read_system, .free = free_probe, .is_shared = true};
    probe->root = setup->root;
    *out = &probe->base;
    return WEFT_OK;
}

const weft_memory_probe_kind weft_system_probe = {"system", make};
