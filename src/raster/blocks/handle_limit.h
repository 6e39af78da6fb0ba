/* Limits how many files of all sources are open at once, and how much memory their decoders take. One for a run.
 *
 * From its first decode until it is closed, a handle holds memory of its library. That memory is booked in the ledger
 * before the decode (WEFT_TAG_DECODER). Where it does not fit, idle handles are closed, least recently used first; if
 * that is not enough, the thread waits until others have decoded. One thread may always decode, so a run needs room for
 * one decoder only.
 *
 * The first block of each kind of file (weft_codec_cost.shape) is decoded while nobody else decodes, and resident memory
 * is measured. Where it takes more than assumed, the measured amount is booked from then on.
 *
 * thread  any, for every function; the lock is not held during a decode
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

/* A source's handles. Must stay valid until weft_handle_limit_remove(). */
typedef struct weft_handle_owner {
    weft_object_pool *handles;
    const weft_codec_cost *codec;
    const _Atomic int *open_files; /* of all handles together; NULL: each is one */
} weft_handle_owner;

/* Reads the process's resident memory, now and at its peak (VmRSS, VmHWM). Returns false where the system does not say.
 */
typedef bool (*weft_resident_fn)(int64_t *now_bytes, int64_t *peak_bytes);

/* At first at most 64 handles, and at most a quarter of the files that the process may open, with any memory. Errors:
 * WEFT_ERR_MEMORY. */
weft_status weft_handle_limit_new(weft_handle_limit **out, weft_error *err);
/* Sets the number of handles: at least 4, and at most a quarter of the files that the process may open. */
void weft_handle_limit_allow(weft_handle_limit *limit, int64_t handles);
/* Books decoders in `ledger` from now on, and lets them take at most `bytes` while there is more than one. Call it before
 * anything is decoded.
 *
 * ledger    borrowed; outlives every source
 * resident  NULL: nothing is measured */
void weft_handle_limit_share(weft_handle_limit *limit, weft_ledger *ledger, int64_t bytes, weft_resident_fn resident);
/* NULL is allowed. */
void weft_handle_limit_free(weft_handle_limit *limit);

/* Removes a source. Call it before the source is closed. */
void weft_handle_limit_remove(weft_handle_limit *limit, const weft_handle_owner *owner);

/* Call it after a source was opened. Closes idle handles of other sources when there are too many. Handles in use stay
 * open, so there may be more than the limit, by one for each thread. */
void weft_handle_limit_opened(weft_handle_limit *limit, const weft_handle_owner *owner);

/* Closes the idle handles of a source, and releases what was booked for them. */
void weft_handle_limit_close_idle(weft_handle_limit *limit, const weft_handle_owner *owner);

/* Waits for room to decode through a handle of the source. Call weft_handle_limit_leave() after the decode, on the same
 * thread. The caller must hold no lock.
 *
 * errors  WEFT_ERR_MEMORY: the ledger has no room even for one decoder */
weft_status weft_handle_limit_enter(weft_handle_limit *limit, const weft_handle_owner *owner, weft_error *err);
/* Ends a decode, when the handle is back in its pool, or `closed`. Closes idle handles of others when there are too many.
 */
void weft_handle_limit_leave(weft_handle_limit *limit, const weft_handle_owner *owner, bool closed);

#endif
