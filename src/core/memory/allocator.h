/* Makes malloc give memory back to the system. GDAL and other libraries allocate decoded blocks with malloc from many
 * threads; by default glibc keeps much of that memory after it is freed (docs/memory.md, "The allocator").
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_ALLOCATOR_H
#define WEFT_CORE_ALLOCATOR_H

#include <stdbool.h>

/* Call it at the start of the program, before any thread exists. Under a limit on address space (ulimit -v) malloc gets
 * one arena, since each further one reserves 64 MiB of addresses, and its heap grows by 16 MiB of addresses at once: so
 * there is heap left where a library can no longer be mapped. Without it glibc, or the library, ends the process. Does
 * nothing where the C library is not glibc. */
void weft_allocator_setup(void);

/* Gives free heap back to the system. Slow: it walks the whole heap. Any thread. */
void weft_allocator_trim(void);

/* Gives back the free end of the calling thread's arena, up to 1 MiB, which weft_allocator_trim() leaves to arenas
 * other than the first. Cheap. */
void weft_allocator_trim_own(void);

/* As weft_allocator_trim(), at most once a second. Returns whether it trimmed. Any thread. */
bool weft_allocator_trim_seldom(void);

/* Whether the system would now refuse a mapping of 16 MiB. Ask it after a library failed without a reason: if so, the
 * reason was memory. Any thread. */
bool weft_allocator_is_exhausted(void);

#endif
