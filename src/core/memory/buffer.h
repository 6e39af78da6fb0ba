/* Memory whose size follows the data. A buffer is reserved in the ledger and lies in the ledger's arena; it takes no
 * system call when the pages of an earlier buffer can be reused.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_BUFFER_H
#define WEFT_CORE_BUFFER_H

#include "core/memory/ledger.h"

/* A zero-initialised buffer is empty and may be released. One thread at a time owns a buffer. */
typedef struct weft_buffer {
    void *data;    /* aligned to a page; contents are undefined after a reserve */
    int64_t bytes; /* usable, and booked in the ledger: whole pages */
    weft_arena_range *range;
    weft_ledger *ledger;
    weft_ledger_tag tag;
} weft_buffer;

/* Makes the buffer hold at least `bytes`. A buffer that is large enough stays as it is; a smaller one is released
 * first, so its contents are lost.
 *
 * errors  WEFT_ERR_MEMORY: the ledger or the system refused; the buffer is then empty */
weft_status weft_buffer_reserve(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes,
                                weft_error *err);

/* The same for a size that the caller cannot work without: weft_ledger_reserve_min(). */
weft_status weft_buffer_reserve_min(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes,
                                    weft_error *err);

/* Gives everything back. NULL and an empty buffer are allowed. */
void weft_buffer_release(weft_buffer *buffer);

#endif
