/* Which of many intervals touch one: found without going through all of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_INTERVAL_INDEX_H
#define WEFT_CORE_INTERVAL_INDEX_H

#include "core/status.h"

#include <stdint.h>

typedef struct weft_interval {
    double start, end; /* both belong to it */
    int id;
} weft_interval;

typedef struct weft_interval_index weft_interval_index; /* immutable after creation: any thread may read */

/* The intervals are copied. Errors: WEFT_ERR_MEMORY. */
weft_status weft_interval_index_new(weft_interval_index **out, const weft_interval *intervals, int count,
                                    weft_error *err);
/* NULL is fine. */
void weft_interval_index_free(weft_interval_index *index);

/* Calls `visit` for each interval that touches start .. end, in the order of their starts, until it returns false. */
void weft_interval_index_find(const weft_interval_index *index, double start, double end,
                              bool (*visit)(void *payload, int id), void *payload);

#endif
