/* SPDX-License-Identifier: MIT */
#include "cli/version.h"

#include "pipeline/outputs/versions.h"

void weft_print_version(FILE *to) {
    for (const weft_version *version = weft_versions(); version->name != NULL; version++)
        fprintf(to, "%s %s\n", version->name, version->version);
}
