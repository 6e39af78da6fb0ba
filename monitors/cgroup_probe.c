/* SPDX-License-Identifier: MIT
 *
 * The cgroup's usage, file cache left out, against its limit (versions 1 and 2): of all levels on the path to the root,
 * the one that is nearest to its limit, which need not be the one with the smallest. */
#include "monitors/memory_probe_kind.h"

#include "monitors/cgroup_memory.h"

#include <stdlib.h>

typedef struct cgroup_probe {
    weft_memory_probe base;
    const char *root;
    weft_cgroup cgroup;
} cgroup_probe;

static bool read_cgroup(weft_memory_probe *base, weft_memory_reading *out) {
    const cgroup_probe *probe = (cgroup_probe *)base;
    weft_cgroup_memory memory;
    bool limited = weft_cgroup_memory_read(probe->root, &probe->cgroup, &memory);
    *out = memory.fullest;
    return limited;
}

static void free_probe(weft_memory_probe *base) {
    free(base);
}

static weft_status make(weft_memory_probe **out, const weft_probe_setup *setup, weft_error *err) {
    cgroup_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL) return weft_error_no_memory(err, "the cgroup probe");
    probe->base = (weft_memory_probe){.name = "cgroup", .read = read_cgroup, .free = free_probe};
    probe->root = setup->root;
    weft_cgroup_find(setup->root, WEFT_CGROUP_MEMORY, &probe->cgroup);
    *out = &probe->base;
    return WEFT_OK;
}

const weft_memory_probe_kind weft_cgroup_probe = {"cgroup", make};
