/* How much memory is in use, of how much.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_MEMORY_READING_H
#define WEFT_MONITORS_MEMORY_READING_H

#include <stdint.h>

typedef struct weft_memory_reading {
    int64_t used_bytes, limit_bytes; /* limit_bytes 0: no limit, the reading has no say */
} weft_memory_reading;

#endif
