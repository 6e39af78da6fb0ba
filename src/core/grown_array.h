/* Arrays on the heap that grow by doubling.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_GROWN_ARRAY_H
#define WEFT_CORE_GROWN_ARRAY_H

#include <stdlib.h>

/* The array with room for one item more than `count`, to be kept in place of `items`; *capacity says how many it holds.
 * NULL: no memory, and the array is as it was. */
static inline void *weft_grown_array(void *items, int count, int *capacity, size_t item_bytes) {
    if (count < *capacity) return items;
    int larger = *capacity == 0 ? 8 : 2 * *capacity;
    void *more = realloc(items, (size_t)larger * item_bytes);
    if (more != NULL) *capacity = larger;
    return more;
}

#endif
