/* Anonymous mappings: what is given back leaves the process at once, which malloc does not promise.
 *
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, madvise */
#include "core/buffer.h"

#include "core/window.h"

#include <sys/mman.h>

#define PAGE_BYTES 4096
#define HUGE_BYTES (INT64_C(2) << 20)

weft_status weft_buffer_reserve(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes,
                                weft_error *err) {
    if (bytes <= buffer->bytes && buffer->ledger == ledger && buffer->tag == tag) return WEFT_OK;
    weft_buffer_release(buffer);
    int64_t rounded;
    if (!weft_checked_add(bytes, PAGE_BYTES - 1, &rounded))
        return weft_error_set(err, WEFT_ERR_MEMORY, "%lld bytes are more than can be addressed", (long long)bytes);
    rounded = rounded / PAGE_BYTES * PAGE_BYTES;
    if (rounded == 0) rounded = PAGE_BYTES;
    weft_status status = weft_ledger_reserve(ledger, tag, rounded, err);
    if (status != WEFT_OK) return status;
    void *data = mmap(NULL, (size_t)rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) {
        weft_ledger_release(ledger, tag, rounded);
        return weft_error_set(err, WEFT_ERR_MEMORY, "the system refused %lld bytes for %s", (long long)rounded,
                              weft_ledger_tag_name(tag));
    }
    /* All of it is in the ledger, so whole huge pages cost nothing more, and large buffers fill much faster. */
    if (rounded >= 2 * HUGE_BYTES) (void)madvise(data, (size_t)rounded, MADV_HUGEPAGE);
    *buffer = (weft_buffer){data, rounded, rounded, ledger, tag};
    return WEFT_OK;
}

void weft_buffer_release(weft_buffer *buffer) {
    if (buffer == NULL || buffer->data == NULL) return;
    munmap(buffer->data, (size_t)buffer->reserved_bytes);
    weft_ledger_release(buffer->ledger, buffer->tag, buffer->reserved_bytes);
    *buffer = (weft_buffer){0};
}
