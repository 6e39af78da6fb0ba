/* Each mapping (segment) is a list of ranges in the order of their addresses, which covers it without gaps. Free
 * neighbours of one state are joined, so that large requests find room; a free range is split for a smaller request.
 *
 * Why not mmap and munmap for each buffer: a run decodes thousands of blocks, and each call takes the lock of the whole
 * address space, flushes other processors' address translations, and has every page cleared and mapped anew.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* madvise, MAP_NORESERVE */
#include "core/memory/arena.h"
#include "core/memory/units.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define FORBID(data, bytes) ASAN_POISON_MEMORY_REGION(data, (size_t)(bytes))
#define ALLOW(data, bytes)  ASAN_UNPOISON_MEMORY_REGION(data, (size_t)(bytes))
#else
#define FORBID(data, bytes) ((void)(data))
#define ALLOW(data, bytes)  ((void)(data))
#endif

#define HUGE_BYTES    (2 * WEFT_MIB) /* of a huge page on x86-64 and most others */
#define LARGE_BYTES   (2 * HUGE_BYTES)
#define SEGMENT       (64 * WEFT_MIB)
#define SMALL_SEGMENT (4 * WEFT_MIB) /* where the process may have so many addresses and no more (ulimit -v, -d) */

typedef struct segment segment;
struct segment {
    segment *next;
    void *data;
    int64_t bytes;
    weft_arena_range *first;
};

/* Free ranges of one state, in the order in which they were given back. */
typedef struct range_list {
    weft_arena_range *newest, *oldest;
} range_list;

/* Ranges' descriptions come in slabs of their own. Taken one by one from malloc they would be strewn over the heaps of
 * all threads and keep those from shrinking. */
#define SLAB_RANGES 1024
typedef struct slab {
    struct slab *next;
    weft_arena_range ranges[SLAB_RANGES];
} slab;

struct weft_arena {
    pthread_mutex_t lock;
    segment *segments;
    slab *slabs;
    weft_arena_range *unused; /* descriptions of no range, chained by `after` */
    range_list lists[2];      /* clean, kept */
    int64_t segment_bytes;
};

int64_t weft_page_bytes(void) {
    return (int64_t)sysconf(_SC_PAGESIZE);
}

static bool is_limited(void) {
    struct rlimit space, data;
    return (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) ||
           (getrlimit(RLIMIT_DATA, &data) == 0 && data.rlim_cur != RLIM_INFINITY);
}

weft_arena *weft_arena_new(void) {
    weft_arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL || pthread_mutex_init(&arena->lock, NULL) != 0) {
        free(arena);
        return NULL;
    }
    arena->segment_bytes = is_limited() ? SMALL_SEGMENT : SEGMENT;
    return arena;
}

void weft_arena_free(weft_arena *arena) {
    if (arena == NULL) return;
    for (segment *at = arena->segments, *next; at != NULL; at = next) {
        next = at->next;
        ALLOW(at->data, at->bytes);
        (void)munmap(at->data, (size_t)at->bytes);
        free(at);
    }
    for (slab *at = arena->slabs, *next; at != NULL; at = next) {
        next = at->next;
        free(at);
    }
    pthread_mutex_destroy(&arena->lock);
    free(arena);
}

/* --- descriptions --- */

/* NULL: no memory. */
static weft_arena_range *new_range(weft_arena *arena) {
    if (arena->unused == NULL) {
        slab *made = calloc(1, sizeof *made);
        if (made == NULL) return NULL;
        made->next = arena->slabs;
        arena->slabs = made;
        for (int i = 0; i < SLAB_RANGES; i++) {
            made->ranges[i].after = arena->unused;
            arena->unused = &made->ranges[i];
        }
    }
    weft_arena_range *range = arena->unused;
    arena->unused = range->after;
    return range;
}

static void free_range(weft_arena *arena, weft_arena_range *range) {
    range->after = arena->unused;
    arena->unused = range;
}

/* --- lists --- */

/* Takes a free range out of its list; one that is taken stands in none. */
static void unlist(weft_arena *arena, weft_arena_range *range) {
    if (range->state == WEFT_ARENA_TAKEN) return;
    range_list *list = &arena->lists[range->state];
    *(range->newer != NULL ? &range->newer->older : &list->newest) = range->older;
    *(range->older != NULL ? &range->older->newer : &list->oldest) = range->newer;
    range->newer = range->older = NULL;
}

static void list_newest(weft_arena *arena, weft_arena_range *range) {
    range_list *list = &arena->lists[range->state];
    range->older = list->newest;
    *(list->newest != NULL ? &list->newest->newer : &list->oldest) = range;
    list->newest = range;
}

/* Joins a range, which stands in no list, with the next one of its segment, which goes. */
static void absorb_next(weft_arena *arena, weft_arena_range *range) {
    weft_arena_range *next = range->after;
    unlist(arena, next);
    range->bytes += next->bytes;
    range->after = next->after;
    if (range->after != NULL) range->after->before = range;
    free_range(arena, next);
}

/* Enters a range among the free ones of a state, joined with its neighbours of that state. `range` may be gone then. */
static void set_free(weft_arena *arena, weft_arena_range *range, weft_arena_state state) {
    unlist(arena, range);
    range->state = WEFT_ARENA_TAKEN;
    if (range->after != NULL && range->after->state == state) absorb_next(arena, range);
    if (range->before != NULL && range->before->state == state) {
        range = range->before;
        unlist(arena, range);
        range->state = WEFT_ARENA_TAKEN;
        absorb_next(arena, range);
    }
    range->state = state;
    list_newest(arena, range);
}

/* Cuts a free range after `bytes`. False: no memory; the range is then as it was. */
static bool split(weft_arena *arena, weft_arena_range *range, int64_t bytes) {
    weft_arena_range *rest = new_range(arena);
    if (rest == NULL) return false;
    *rest = (weft_arena_range){.data = (char *)range->data + bytes,
                               .bytes = range->bytes - bytes,
                               .before = range,
                               .after = range->after,
                               .state = range->state};
    if (rest->after != NULL) rest->after->before = rest;
    range->after = rest;
    range->bytes = bytes;
    list_newest(arena, rest);
    return true;
}

/* Takes `bytes` of the smallest range of a state that has them, the one given back last among equals: its pages are the
 * likeliest to be in the processor's caches. NULL: there is none. */
static weft_arena_range *take(weft_arena *arena, int state, int64_t bytes) {
    weft_arena_range *best = NULL;
    for (weft_arena_range *at = arena->lists[state].newest; at != NULL; at = at->older) {
        if (at->bytes >= bytes && (best == NULL || at->bytes < best->bytes)) best = at;
        if (best != NULL && best->bytes == bytes) break;
    }
    if (best == NULL || (best->bytes > bytes && !split(arena, best, bytes))) return NULL;
    unlist(arena, best);
    best->state = WEFT_ARENA_TAKEN;
    ALLOW(best->data, best->bytes);
    return best;
}

/* --- segments --- */

/* Maps a segment with room for `bytes`: one clean range. */
static bool add_segment(weft_arena *arena, int64_t bytes) {
    if (bytes > INT64_MAX - SMALL_SEGMENT) return false;
    int64_t size = (bytes + SMALL_SEGMENT - 1) / SMALL_SEGMENT * SMALL_SEGMENT;
    if (size < arena->segment_bytes) size = arena->segment_bytes;
    segment *made = calloc(1, sizeof *made);
    weft_arena_range *range = new_range(arena);
    void *data = made == NULL || range == NULL ? MAP_FAILED
                                               : mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
                                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED) {
        if (range != NULL) free_range(arena, range);
        free(made);
        return false;
    }
    (void)madvise(data, (size_t)size, MADV_NOHUGEPAGE);
    FORBID(data, size);
    *range = (weft_arena_range){.data = data, .bytes = size, .state = WEFT_ARENA_CLEAN};
    list_newest(arena, range);
    *made = (segment){arena->segments, data, size, range};
    arena->segments = made;
    return true;
}

/* --- huge pages --- */

static bool is_large(int64_t bytes) {
    return bytes >= LARGE_BYTES;
}

/* Asks for huge pages, or no longer, where a large range holds whole ones. All of a large buffer is accounted for, so
 * they cost nothing more, and it fills much faster. Small ranges must not lie in them: their neighbours, which nobody
 * accounts for, would be resident too. So the pages of a large range are never kept, and it is made plain again when it
 * is left. */
static void advise_huge(const weft_arena_range *range, int advice) {
    uintptr_t first = ((uintptr_t)range->data + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
    uintptr_t end = ((uintptr_t)range->data + (uintptr_t)range->bytes) / HUGE_BYTES * HUGE_BYTES;
    if (is_large(range->bytes) && end > first) (void)madvise((void *)first, end - first, advice);
}

static void drop_pages(weft_arena *arena, weft_arena_range *range) {
    ALLOW(range->data, range->bytes); /* madvise is intercepted */
    (void)madvise(range->data, (size_t)range->bytes, MADV_DONTNEED);
    FORBID(range->data, range->bytes);
    set_free(arena, range, WEFT_ARENA_CLEAN);
}

/* --- the door --- */

weft_arena_range *weft_arena_take_kept(weft_arena *arena, int64_t bytes) {
    pthread_mutex_lock(&arena->lock);
    weft_arena_range *range = take(arena, WEFT_ARENA_KEPT, bytes);
    pthread_mutex_unlock(&arena->lock);
    return range;
}

weft_arena_range *weft_arena_take_clean(weft_arena *arena, int64_t bytes) {
    pthread_mutex_lock(&arena->lock);
    weft_arena_range *range = take(arena, WEFT_ARENA_CLEAN, bytes);
    if (range == NULL && add_segment(arena, bytes)) range = take(arena, WEFT_ARENA_CLEAN, bytes);
    if (range != NULL) advise_huge(range, MADV_HUGEPAGE);
    pthread_mutex_unlock(&arena->lock);
    return range;
}

bool weft_arena_keep(weft_arena *arena, weft_arena_range *range) {
    if (is_large(range->bytes)) return false;
    pthread_mutex_lock(&arena->lock);
    FORBID(range->data, range->bytes);
    set_free(arena, range, WEFT_ARENA_KEPT);
    pthread_mutex_unlock(&arena->lock);
    return true;
}

void weft_arena_drop(weft_arena *arena, weft_arena_range *range) {
    pthread_mutex_lock(&arena->lock);
    advise_huge(range, MADV_NOHUGEPAGE);
    drop_pages(arena, range);
    pthread_mutex_unlock(&arena->lock);
}

int64_t weft_arena_purge(weft_arena *arena, int64_t bytes) {
    int64_t purged = 0;
    pthread_mutex_lock(&arena->lock);
    while (purged < bytes && arena->lists[WEFT_ARENA_KEPT].oldest != NULL) {
        weft_arena_range *oldest = arena->lists[WEFT_ARENA_KEPT].oldest;
        purged += oldest->bytes;
        drop_pages(arena, oldest);
    }
    pthread_mutex_unlock(&arena->lock);
    return purged;
}
