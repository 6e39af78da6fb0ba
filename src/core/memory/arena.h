/* Address ranges for buffers, cut from a few large mappings. Reusing a range costs no system call and no page fault.
 *
 * A free range is in one of two states:
 *
 * clean   it has no pages: it reads as zeros, and takes no resident memory
 * kept    it still has the pages of the buffer that was there: its contents are undefined, and its pages are resident
 *
 * The ledger counts kept pages as held, and purges them when someone else needs the memory. The arena itself has no
 * limit and does not know the ledger.
 *
 * thread  any, for every function; one lock guards the arena
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_ARENA_H
#define WEFT_CORE_ARENA_H

#include <stdbool.h>
#include <stdint.h>

typedef struct weft_arena weft_arena;

typedef enum weft_arena_state { WEFT_ARENA_CLEAN, WEFT_ARENA_KEPT, WEFT_ARENA_TAKEN } weft_arena_state;

/* `bytes` bytes of addresses from `data` on: whole pages. */
typedef struct weft_arena_range weft_arena_range;
struct weft_arena_range {
    void *data;
    int64_t bytes;
    /* The arena's own: neighbours by address, and by time of the last use while kept. */
    weft_arena_range *before, *after, *newer, *older;
    weft_arena_state state;
};

/* Ranges are multiples of this: 4 KiB on most machines, 16 or 64 KiB on some. */
int64_t weft_page_bytes(void);

/* NULL when there is no memory. */
weft_arena *weft_arena_new(void);
/* Every range must have been kept or dropped before. NULL is allowed. */
void weft_arena_free(weft_arena *arena);

/* Takes a kept range.
 *
 * bytes    whole pages, over 0
 * returns  NULL when no kept range is large enough */
weft_arena_range *weft_arena_take_kept(weft_arena *arena, int64_t bytes);

/* Takes a clean range, from a new mapping if need be.
 *
 * bytes    whole pages, over 0
 * returns  NULL when the system refuses */
weft_arena_range *weft_arena_take_clean(weft_arena *arena, int64_t bytes);

/* Gives a range back and keeps its pages. Returns false when the range is too large to be kept: it is then still taken.
 */
bool weft_arena_keep(weft_arena *arena, weft_arena_range *range);

/* Gives a range back, and its pages to the system. */
void weft_arena_drop(weft_arena *arena, weft_arena_range *range);

/* Gives kept ranges' pages to the system, the least recently used first, until at least `bytes` are given or none is
 * left. Returns how many bytes were given. */
int64_t weft_arena_purge(weft_arena *arena, int64_t bytes);

#endif
