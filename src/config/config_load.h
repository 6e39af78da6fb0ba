/* From a file to a configuration.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_CONFIG_LOAD_H
#define WEFT_CONFIG_CONFIG_LOAD_H

#include "config/config.h"

/* What is read, and with what. All of it is borrowed; the registries outlive the configuration. */
typedef struct weft_config_request {
    const char *file;
    const weft_override *overrides; /* override_count of them, applied in order */
    int override_count;
    int64_t now_ms; /* wall time, for the generated experiment name */
    const weft_registries *registries;
} weft_config_request;

/* Reads, expands, overrides, checks and fills. Looks at no raster.
 *
 * out        freed by the caller with weft_config_free(); NULL on failure
 * problems   every problem found; also on failure. Initialised by the caller with {0}
 * errors     WEFT_ERR_NO_INPUT (no such file), WEFT_ERR_IO, WEFT_ERR_DATA (`problems` says what; err summarises),
 *            WEFT_ERR_MEMORY */
weft_status weft_config_load(weft_config **out, const weft_config_request *request, weft_problems *problems,
                             weft_error *err);

#endif
