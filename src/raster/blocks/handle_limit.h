/* Keeps the open files of many sources few, and what decoders take inside the memory that was granted to them. One for
 * all sources of a run.
 *
 * A handle takes memory of its library's from its first decode until it is closed: that is booked in the ledger before
 * the decode. Where it does not fit, idle handles are closed, those used longest ago first; then whoever wants to
 * decode waits until others have. One may always decode, so a run comes to its end with room for one decoder.
 *
 * The first block of each shape of file (weft_codec_cost.shape) is decoded while nobody else decodes, and resident
 * memory is measured: where it takes more than was reckoned, more is booked from then on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_RASTER_HANDLE_LIMIT_H
#define WEFT_RASTER_HANDLE_LIMIT_H

#include "core/memory/ledger.h"
#include "core/threads/object_pool.h"
#include "raster/info/codec_memory.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct weft_handle_limit weft_handle_limit;

/* A source, as far as its handles go. Outlives its last call. */
typedef struct weft_handle_owner {
    weft_object_pool *handles;
    const weft_codec_cost *codec;
} weft_handle_owner;

/* What the process has resident, now and at most since it began. False: the system does not say. Any thread. */
typedef bool (*weft_resident_fn)(int64_t *now_bytes, int64_t *peak_bytes);

/* Allows a part of the files that the process may open, at most 64, and any memory. Errors: WEFT_ERR_MEMORY. */
weft_status weft_handle_limit_new(weft_handle_limit **out, weft_error *err);
/* Allows so many from now on, 4 at least, and no more than a quarter of the files that the process may open. Any
 * thread. */
void weft_handle_limit_allow(weft_handle_limit *limit, int64_t handles);
/* From now on decoders are booked in `ledger`, which outlives every source, and take no more than `bytes` as long as
 * more than one is there. Before anything is decoded. resident: NULL: nothing is measured. */
void weft_handle_limit_share(weft_handle_limit *limit, weft_ledger *ledger, int64_t bytes, weft_resident_fn resident);
/* NULL is fine. */
void weft_handle_limit_free(weft_handle_limit *limit);

/* Forgets a source, before it is closed. Any thread. */
void weft_handle_limit_remove(weft_handle_limit *limit, const weft_handle_owner *owner);

/* To be told after a source was opened: closes idle handles of others when there are too many. Handles in use stay
 * open, so that there may be one a thread more. Any thread. */
void weft_handle_limit_opened(weft_handle_limit *limit, const weft_handle_owner *owner);

/* Closes the idle handles of a source and gives back what was booked for them. Any thread. */
void weft_handle_limit_close_idle(weft_handle_limit *limit, const weft_handle_owner *owner);

/* Waits for room to decode through a handle of the source; then weft_handle_limit_leave() is to follow, on the same
 * thread. Holds and needs no other lock. Any thread. Errors: WEFT_ERR_MEMORY: the ledger has no room for one decoder.
 */
weft_status weft_handle_limit_enter(weft_handle_limit *limit, const weft_handle_owner *owner, weft_error *err);
/* The handle is in its pool again, or `closed`. Closes idle handles of others when there are too many. */
void weft_handle_limit_leave(weft_handle_limit *limit, const weft_handle_owner *owner, bool closed);

#endif
