/* How malloc is told to give memory back. Libraries allocate what they decode with it, by threads that come and go;
 * left to itself it keeps much of that.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_ALLOCATOR_H
#define WEFT_CORE_ALLOCATOR_H

#include <stdbool.h>

/* At the start of the program, before any thread. Where address space is limited (ulimit -v), there is one arena, since
 * each further one sets 64 MiB aside. Where the C library is not glibc, nothing. */
void weft_allocator_setup(void);

/* Gives free heap back to the system. It looks through all of the heap. Any thread. */
void weft_allocator_trim(void);

/* The same, unless this function has done so within the last second. Returns whether it did. Any thread. */
bool weft_allocator_trim_seldom(void);

/* Whether the system would now refuse a mapping of 16 MiB: what failed without saying why then failed for this. Any
 * thread. */
bool weft_allocator_is_exhausted(void);

#endif
