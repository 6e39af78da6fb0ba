/* Memory whose size follows the data: reserved in the ledger, and a place in its arena, which takes no system call
 * where pages of an earlier buffer are at hand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_BUFFER_H
#define WEFT_CORE_BUFFER_H

#include "core/memory/ledger.h"

/* Zero-initialised is empty and may be disposed. Owned by one thread at a time. */
typedef struct weft_buffer {
    void *data;    /* 64-byte aligned; contents are undefined after a reserve */
    int64_t bytes; /* what is usable, and what the ledger holds for it: whole pages */
    weft_arena_place *place;
    weft_ledger *ledger;
    weft_ledger_tag tag;
} weft_buffer;

/* Makes room for at least `bytes`, keeping what is there when it is large enough, else giving it back first: contents
 * are not kept. Errors: WEFT_ERR_MEMORY (the ledger or the system refused); the buffer is then empty. */
weft_status weft_buffer_reserve(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes,
                                weft_error *err);

/* The same for the least that the asker can do with (weft_ledger_reserve_min). */
weft_status weft_buffer_reserve_min(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes,
                                    weft_error *err);

/* Gives everything back. NULL and empty are fine. */
void weft_buffer_release(weft_buffer *buffer);

#endif
