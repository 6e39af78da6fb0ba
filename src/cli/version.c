/* SPDX-License-Identifier: MIT */
#include "cli/version.h"

#include "pipeline/outputs/versions.h"

#include <weft_commit.h>

void weft_print_version(FILE *to) {
    const weft_version *version = weft_versions_unloaded();
    fprintf(to, WEFT_COMMIT[0] != '\0' ? "%s %s (commit %s)\n" : "%s %s\n", version->name, version->version,
            WEFT_COMMIT);
    while ((++version)->name != NULL)
        fprintf(to, "%s %s\n", version->name, version->version);
}
