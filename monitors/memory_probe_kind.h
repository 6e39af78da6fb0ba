/* What a kind of probe is made by: a file of its own, and a line of memory_probes.c.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_MEMORY_PROBE_KIND_H
#define WEFT_MONITORS_MEMORY_PROBE_KIND_H

#include "monitors/memory_probe.h"

typedef struct weft_memory_probe_kind {
    const char *name; /* what alerts and samples call it */
    /* Leaves *out (NULL before) where this kind has nothing to look at. A probe that cannot see for now is made all the
     * same: its read() says so. Errors: WEFT_ERR_MEMORY, WEFT_ERR_INTERNAL. */
    weft_status (*make)(weft_memory_probe **out, const weft_probe_setup *setup, weft_error *err);
} weft_memory_probe_kind;

#endif
