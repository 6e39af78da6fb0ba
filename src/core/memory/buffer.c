/* SPDX-License-Identifier: MIT */
#include "core/memory/buffer.h"

#include "core/window.h"

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
    if (status != WEFT_OK) return status;
    weft_arena_range *range = weft_ledger_take_kept(ledger, tag, rounded);
    if (range == NULL) {
        status = book(ledger, tag, rounded, err);
        if (status != WEFT_OK) return status;
        range = weft_arena_take_clean(weft_ledger_arena(ledger), rounded);
    }
    if (range == NULL) {
        weft_ledger_release(ledger, tag, rounded);
        return refused(tag, rounded, err);
    }
    *buffer = (weft_buffer){range->data, rounded, range, ledger, tag};
    return WEFT_OK;
}

weft_status weft_buffer_reserve(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes,
                                weft_error *err) {
    return reserve(buffer, ledger, tag, bytes, weft_ledger_reserve, err);
}

weft_status weft_buffer_reserve_min(weft_buffer *buffer, weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes,
                                    weft_error *err) {
    return reserve(buffer, ledger, tag, bytes, weft_ledger_reserve_min, err);
}

void weft_buffer_release(weft_buffer *buffer) {
    if (buffer == NULL || buffer->data == NULL) return;
    weft_arena_range *range = buffer->range;
    int64_t bytes = buffer->bytes;
    if (!weft_ledger_keep(buffer->ledger, buffer->tag, range)) {
        weft_arena_drop(weft_ledger_arena(buffer->ledger), range);
        weft_ledger_release(buffer->ledger, buffer->tag, bytes);
    }
    *buffer = (weft_buffer){0};
}
