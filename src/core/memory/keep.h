/* Small allocations that are freed together, when their owner is: what several parts of it borrow from each other.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_KEEP_H
#define WEFT_CORE_KEEP_H

#include <stddef.h>

typedef struct weft_kept weft_kept;

/* Zero-initialised is empty. One thread. */
typedef struct weft_keep {
    weft_kept *last;
} weft_keep;

/* count * size bytes, all zero, aligned for any type; NULL: no memory. */
void *weft_keep_new(weft_keep *keep, size_t count, size_t size);
/* Text made by printf's rules; NULL: no memory. */
char *weft_keep_text(weft_keep *keep, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Frees all of it. */
void weft_keep_dispose(weft_keep *keep);

#endif
