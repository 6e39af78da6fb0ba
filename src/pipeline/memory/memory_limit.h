/* The memory limit in bytes, and what it is a part of.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_MEMORY_LIMIT_H
#define WEFT_PIPELINE_MEMORY_LIMIT_H

#include "config/config.h"
#include "core/status.h"

#include <stdint.h>

/* The limit in bytes that the configuration asks for: auto is 75 % of the smallest of the cgroup's limit, the batch
 * scheduler's grant, available memory and what the process's own limits leave; a percentage is of the smallest of the
 * first two and all memory.
 *
 * root    put before /proc and /sys
 * errors  WEFT_ERR_MEMORY: the system does not say */
weft_status weft_memory_limit(int64_t *out, weft_size desired, const char *root, weft_error *err);

/* What `auto` is 75 % of, in words: "the cgroup's limit", "Slurm's grant", "available memory", "ulimit -v" and so on.
 * NULL: the system does not say. */
const char *weft_memory_limit_origin(const char *root);

#endif
