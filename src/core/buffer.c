/* Anonymous mappings: what is given back leaves the process at once, which malloc does not promise.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* mremap, madvise */
#include "core/buffer.h"

#include "core/window.h"

#include <sys/mman.h>
#include <unistd.h>

#define HUGE_BYTES (INT64_C(2) << 20)

int64_t weft_page_bytes(void) {
    return (int64_t)sysconf(_SC_PAGESIZE);
}

/* Whole pages, one at least. */
static weft_status round_up(int64_t bytes, int64_t *out, weft_error *err) {
    int64_t page = weft_page_bytes();
    if (!weft_checked_add(bytes, page - 1, out))
        return weft_error_set(err, WEFT_ERR_MEMORY, "%lld bytes are more than can be addressed", (long long)bytes);
    *out = bytes == 0 ? page : *out / page * page;
    return WEFT_OK;
}

static weft_status refused(weft_ledger_tag tag, int64_t bytes, weft_error *err) {
    weft_error_set(err, WEFT_ERR_MEMORY, "the system refused %lld bytes for %s", (long long)bytes,
                   weft_ledger_tag_name(tag));
    weft_error_hint_short_memory(err);
    return WEFT_ERR_MEMORY;
}

typedef weft_status (*book_fn)(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err);

static weft_status reserve(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, book_fn book,
                           weft_error *err) {
    if (bytes <= buffer->bytes && buffer->ledger == ledger && buffer->tag == tag) return WEFT_OK;
    weft_buffer_release(buffer);
    int64_t rounded;
    weft_status status = round_up(bytes, &rounded, err);
    if (status == WEFT_OK) status = book(ledger, tag, rounded, err);
    if (status != WEFT_OK) return status;
    void *data = mmap(NULL, (size_t)rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) {
        weft_ledger_release(ledger, tag, rounded);
        return refused(tag, rounded, err);
    }
    /* All of it is in the ledger, so whole huge pages cost nothing more, and large buffers fill much faster. */
    if (rounded >= 2 * HUGE_BYTES) (void)madvise(data, (size_t)rounded, MADV_HUGEPAGE);
    *buffer = (weft_buffer){data, rounded, rounded, ledger, tag};
    return WEFT_OK;
}

weft_status weft_buffer_reserve(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes,
                                weft_error *err) {
    return reserve(buffer, ledger, tag, bytes, weft_ledger_reserve, err);
}

weft_status weft_buffer_reserve_least(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes,
                                      weft_error *err) {
    return reserve(buffer, ledger, tag, bytes, weft_ledger_reserve_least, err);
}

weft_status weft_buffer_resize(weft_buffer *buffer, int64_t bytes, weft_error *err) {
    int64_t rounded, before = buffer->reserved_bytes;
    weft_status status = round_up(bytes, &rounded, err);
    if (status == WEFT_OK && rounded > before)
        status = weft_ledger_reserve(buffer->ledger, buffer->tag, rounded - before, err);
    if (status != WEFT_OK || rounded == before) return status;
    void *data = mremap(buffer->data, (size_t)before, (size_t)rounded, MREMAP_MAYMOVE);
    if (data == MAP_FAILED) {
        if (rounded > before) weft_ledger_release(buffer->ledger, buffer->tag, rounded - before);
        return refused(buffer->tag, rounded, err);
    }
    if (rounded < before) weft_ledger_release(buffer->ledger, buffer->tag, before - rounded);
    *buffer = (weft_buffer){data, rounded, rounded, buffer->ledger, buffer->tag};
    return WEFT_OK;
}

void weft_buffer_release(weft_buffer *buffer) {
    if (buffer == NULL || buffer->data == NULL) return;
    munmap(buffer->data, (size_t)buffer->reserved_bytes);
    weft_ledger_release(buffer->ledger, buffer->tag, buffer->reserved_bytes);
    *buffer = (weft_buffer){0};
}
