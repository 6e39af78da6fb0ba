/* How malloc is told to give memory back. Libraries allocate what they decode with it, by threads that come and go;
 * left to itself it keeps much of that.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_ALLOCATOR_H
#define WEFT_CORE_ALLOCATOR_H

#include <stdbool.h>

/* At the start of the program, before any thread. Where the C library is not glibc, nothing. */
void weft_allocator_setup(void);

/* Gives free heap back to the system, unless that was done within the last second: it looks through all of the heap.
 * Returns whether it did. Any thread. */
bool weft_allocator_trim(void);

#endif
