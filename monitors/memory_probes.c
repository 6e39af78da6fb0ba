/* SPDX-License-Identifier: MIT
 *
 * The list of all kinds of probes. */
#include "monitors/memory_probe_kind.h"

#include <string.h>

extern const weft_memory_probe_kind weft_process_probe, weft_cgroup_probe, weft_system_probe, weft_pressure_probe,
    weft_batch_probe;

static const weft_memory_probe_kind *const kinds[] = {
    &weft_process_probe, &weft_cgroup_probe, &weft_system_probe, &weft_pressure_probe, &weft_batch_probe,
};

_Static_assert(sizeof kinds / sizeof *kinds <= WEFT_MAX_PROBES, "a run has room for a probe of each kind");

weft_status weft_memory_probe_new(weft_memory_probe **out, const char *name, const weft_probe_setup *setup,
                                  weft_error *err) {
    *out = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i]->name, name) == 0) return kinds[i]->make(out, setup, err);
    return weft_error_set(err, WEFT_ERR_INTERNAL, "%s: no such probe", name);
}

weft_status weft_memory_probes_make(weft_memory_probe *out[WEFT_MAX_PROBES], int *count, const weft_probe_setup *setup,
                                    weft_error *err) {
    weft_status status = WEFT_OK;
    *count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && status == WEFT_OK; i++) {
        out[*count] = NULL;
        status = kinds[i]->make(&out[*count], setup, err);
        *count += out[*count] != NULL;
    }
    return status;
}

void weft_memory_probe_free(weft_memory_probe *probe) {
    if (probe != NULL) probe->free(probe);
}
