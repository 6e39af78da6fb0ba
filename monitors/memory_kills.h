/* How many processes the kernel has killed since memory was short, in control groups or in all.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_MONITORS_MEMORY_KILLS_H
#define WEFT_MONITORS_MEMORY_KILLS_H

#include <stdint.h>

/* Since the system began (Linux 4.13); -1 where that is not known. root: what stands before /proc, "" but in tests. Any
 * thread. */
int64_t weft_memory_kills(const char *root);

#endif
