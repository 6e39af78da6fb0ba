/* Places for buffers in a few large mappings, so that a place that is used again costs no system call and no page
 * fault.
 *
 * A place is taken from pages that an earlier buffer left (kept), or from addresses without pages (clean). Kept pages
 * are resident: whoever keeps the account of memory counts them, and has them purged when others need the memory. The
 * arena itself has no bound and knows no ledger.
 *
 * Any thread may call; one lock guards everything.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_ARENA_H
#define WEFT_CORE_ARENA_H

#include <stdbool.h>
#include <stdint.h>

typedef struct weft_arena weft_arena;

/* Addresses from `place->data` on, `place->bytes` of them: whole pages. */
typedef enum weft_arena_state { WEFT_ARENA_CLEAN, WEFT_ARENA_KEPT, WEFT_ARENA_TAKEN } weft_arena_state;

typedef struct weft_arena_place weft_arena_place;
struct weft_arena_place {
    void *data;
    int64_t bytes;
    /* The arena's own: neighbours by address, and by time of the last use while kept. */
    weft_arena_place *before, *after, *newer, *older;
    weft_arena_state state;
};

/* What places are rounded up to: 4 KiB on most machines, 16 or 64 KiB on some. */
int64_t weft_page_bytes(void);

/* NULL: no memory. */
weft_arena *weft_arena_new(void);
/* Every place must have been given back. NULL is fine. */
void weft_arena_free(weft_arena *arena);

/* A place of `bytes` (whole pages) whose pages were kept, contents undefined; NULL when no kept place is large enough.
 */
weft_arena_place *weft_arena_take_kept(weft_arena *arena, int64_t bytes);

/* A place of `bytes` (whole pages, over 0) without pages: reads as zeros. NULL: the system refused. */
weft_arena_place *weft_arena_take_clean(weft_arena *arena, int64_t bytes);

/* Gives a place back with its pages, for take_kept(). False: it is too large for that, and still taken. */
bool weft_arena_keep(weft_arena *arena, weft_arena_place *place);

/* Gives a place back, its pages to the system. */
void weft_arena_drop(weft_arena *arena, weft_arena_place *place);

/* Gives kept pages to the system, those used longest ago first, until there are `bytes` of them or none are left.
 * Returns how many bytes. */
int64_t weft_arena_purge(weft_arena *arena, int64_t bytes);

#endif
