/* Heap as libraries leave it behind: large blocks that were freed, under small things that are still needed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_USED_HEAP_H
#define WEFT_TESTS_SUPPORT_USED_HEAP_H

#include <stdbool.h>
#include <stddef.h>

/* The small things; zero-initialised is empty. */
typedef struct used_heap {
    void **kept;
    size_t count;
} used_heap;

/* Allocates and touches `bytes` or a little more in blocks too small to be mapped, with small things between, and frees
 * the blocks. What malloc keeps of them is resident, and in no ledger, until somebody trims the heap. Returns whether
 * there was memory. The calling thread's arena. */
bool used_heap_make(used_heap *self, size_t bytes);
void used_heap_free(used_heap *self);

#endif
