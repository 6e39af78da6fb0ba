/* A first configuration for the rasters of a folder, as commented YAML.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CLI_STARTER_CONFIG_H
#define WEFT_CLI_STARTER_CONFIG_H

#include "cli/init/raster_groups.h"
#include "core/text.h"

/* What it is made of; borrowed. */
typedef struct weft_starter {
    const weft_found_rasters *found;
    const weft_raster_groups *groups;
    const char *experiment;
    const char *folder;    /* put before the files' names, or NULL */
    char *const *warnings; /* of a plan of it, that it tells; warning_count of them */
    int warning_count;
} weft_starter;

/* Adds the YAML. There is one group at least. */
void weft_starter_write(weft_text *out, const weft_starter *starter);

#endif
