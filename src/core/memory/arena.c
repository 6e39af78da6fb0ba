/* Each mapping (segment) is a list of places in the order of their addresses, which covers it without gaps. Free
 * neighbours of one state are joined, so that large requests find room; a free place is split for a smaller request.
 *
 * Why not mmap and munmap for each buffer: a run decodes thousands of blocks, and each call takes the lock of the whole
 * address space, flushes other processors' address translations, and has every page cleared and mapped anew.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* madvise, MAP_NORESERVE */
#include "core/memory/arena.h"

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

#define MIB           (INT64_C(1) << 20)
#define HUGE_BYTES    (2 * MIB) /* of a huge page on x86-64 and most others */
#define LARGE_BYTES   (2 * HUGE_BYTES)
#define SEGMENT       (64 * MIB)
#define SMALL_SEGMENT (4 * MIB) /* where the process may have so many addresses and no more (ulimit -v, -d) */

typedef struct segment segment;
struct segment {
    segment *next;
    void *data;
    int64_t bytes;
    weft_arena_place *first;
};

/* Free places of one state, in the order in which they were given back. */
typedef struct place_list {
    weft_arena_place *newest, *oldest;
} place_list;

/* Places' descriptions come in slabs of their own. Taken one by one from malloc they would be strewn over the heaps of
 * all threads and keep those from shrinking. */
#define SLAB_PLACES 1024
typedef struct slab {
    struct slab *next;
    weft_arena_place places[SLAB_PLACES];
} slab;

struct weft_arena {
    pthread_mutex_t lock;
    segment *segments;
    slab *slabs;
    weft_arena_place *unused; /* descriptions of no place, chained by `after` */
    place_list lists[2];      /* clean, kept */
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
static weft_arena_place *new_place(weft_arena *arena) {
    if (arena->unused == NULL) {
        slab *made = calloc(1, sizeof *made);
        if (made == NULL) return NULL;
        made->next = arena->slabs;
        arena->slabs = made;
        for (int i = 0; i < SLAB_PLACES; i++) {
            made->places[i].after = arena->unused;
            arena->unused = &made->places[i];
        }
    }
    weft_arena_place *place = arena->unused;
    arena->unused = place->after;
    return place;
}

static void free_place(weft_arena *arena, weft_arena_place *place) {
    place->after = arena->unused;
    arena->unused = place;
}

/* --- lists --- */

/* Takes a free place out of its list; one that is taken stands in none. */
static void unlist(weft_arena *arena, weft_arena_place *place) {
    if (place->state == WEFT_ARENA_TAKEN) return;
    place_list *list = &arena->lists[place->state];
    *(place->newer != NULL ? &place->newer->older : &list->newest) = place->older;
    *(place->older != NULL ? &place->older->newer : &list->oldest) = place->newer;
    place->newer = place->older = NULL;
}

static void list_newest(weft_arena *arena, weft_arena_place *place) {
    place_list *list = &arena->lists[place->state];
    place->older = list->newest;
    *(list->newest != NULL ? &list->newest->newer : &list->oldest) = place;
    list->newest = place;
}

/* Joins a place, which stands in no list, with the next one of its segment, which goes. */
static void absorb_next(weft_arena *arena, weft_arena_place *place) {
    weft_arena_place *next = place->after;
    unlist(arena, next);
    place->bytes += next->bytes;
    place->after = next->after;
    if (place->after != NULL) place->after->before = place;
    free_place(arena, next);
}

/* Enters a place among the free ones of a state, joined with its neighbours of that state. `place` may be gone then. */
static void set_free(weft_arena *arena, weft_arena_place *place, weft_arena_state state) {
    unlist(arena, place);
    place->state = WEFT_ARENA_TAKEN;
    if (place->after != NULL && place->after->state == state) absorb_next(arena, place);
    if (place->before != NULL && place->before->state == state) {
        place = place->before;
        unlist(arena, place);
        place->state = WEFT_ARENA_TAKEN;
        absorb_next(arena, place);
    }
    place->state = state;
    list_newest(arena, place);
}

/* Cuts a free place after `bytes`. False: no memory; the place is then as it was. */
static bool split(weft_arena *arena, weft_arena_place *place, int64_t bytes) {
    weft_arena_place *rest = new_place(arena);
    if (rest == NULL) return false;
    *rest = (weft_arena_place){.data = (char *)place->data + bytes,
                               .bytes = place->bytes - bytes,
                               .before = place,
                               .after = place->after,
                               .state = place->state};
    if (rest->after != NULL) rest->after->before = rest;
    place->after = rest;
    place->bytes = bytes;
    list_newest(arena, rest);
    return true;
}

/* Takes `bytes` of the smallest place of a state that has them, the one given back last among equals: its pages are the
 * likeliest to be in the processor's caches. NULL: there is none. */
static weft_arena_place *take(weft_arena *arena, int state, int64_t bytes) {
    weft_arena_place *best = NULL;
    for (weft_arena_place *at = arena->lists[state].newest; at != NULL; at = at->older) {
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

/* Maps a segment with room for `bytes`: one clean place. */
static bool add_segment(weft_arena *arena, int64_t bytes) {
    if (bytes > INT64_MAX - SMALL_SEGMENT) return false;
    int64_t size = (bytes + SMALL_SEGMENT - 1) / SMALL_SEGMENT * SMALL_SEGMENT;
    if (size < arena->segment_bytes) size = arena->segment_bytes;
    segment *made = calloc(1, sizeof *made);
    weft_arena_place *place = new_place(arena);
    void *data = made == NULL || place == NULL ? MAP_FAILED
                                               : mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
                                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED) {
        if (place != NULL) free_place(arena, place);
        free(made);
        return false;
    }
    (void)madvise(data, (size_t)size, MADV_NOHUGEPAGE);
    FORBID(data, size);
    *place = (weft_arena_place){.data = data, .bytes = size, .state = WEFT_ARENA_CLEAN};
    list_newest(arena, place);
    *made = (segment){arena->segments, data, size, place};
    arena->segments = made;
    return true;
}

/* --- huge pages --- */

static bool is_large(int64_t bytes) {
    return bytes >= LARGE_BYTES;
}

/* Asks for huge pages, or no longer, where a large place holds whole ones. All of a large buffer is accounted for, so
 * they cost nothing more, and it fills much faster. Small places must not lie in them: their neighbours, which nobody
 * accounts for, would be resident too. So the pages of a large place are never kept, and it is made plain again when it
 * is left. */
static void advise_huge(const weft_arena_place *place, int advice) {
    uintptr_t first = ((uintptr_t)place->data + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
    uintptr_t end = ((uintptr_t)place->data + (uintptr_t)place->bytes) / HUGE_BYTES * HUGE_BYTES;
    if (is_large(place->bytes) && end > first) (void)madvise((void *)first, end - first, advice);
}

static void drop_pages(weft_arena *arena, weft_arena_place *place) {
    ALLOW(place->data, place->bytes); /* madvise is intercepted */
    (void)madvise(place->data, (size_t)place->bytes, MADV_DONTNEED);
    FORBID(place->data, place->bytes);
    set_free(arena, place, WEFT_ARENA_CLEAN);
}

/* --- the door --- */

weft_arena_place *weft_arena_take_kept(weft_arena *arena, int64_t bytes) {
    pthread_mutex_lock(&arena->lock);
    weft_arena_place *place = take(arena, WEFT_ARENA_KEPT, bytes);
    pthread_mutex_unlock(&arena->lock);
    return place;
}

weft_arena_place *weft_arena_take_clean(weft_arena *arena, int64_t bytes) {
    pthread_mutex_lock(&arena->lock);
    weft_arena_place *place = take(arena, WEFT_ARENA_CLEAN, bytes);
    if (place == NULL && add_segment(arena, bytes)) place = take(arena, WEFT_ARENA_CLEAN, bytes);
    if (place != NULL) advise_huge(place, MADV_HUGEPAGE);
    pthread_mutex_unlock(&arena->lock);
    return place;
}

bool weft_arena_keep(weft_arena *arena, weft_arena_place *place) {
    if (is_large(place->bytes)) return false;
    pthread_mutex_lock(&arena->lock);
    FORBID(place->data, place->bytes);
    set_free(arena, place, WEFT_ARENA_KEPT);
    pthread_mutex_unlock(&arena->lock);
    return true;
}

void weft_arena_drop(weft_arena *arena, weft_arena_place *place) {
    pthread_mutex_lock(&arena->lock);
    advise_huge(place, MADV_NOHUGEPAGE);
    drop_pages(arena, place);
    pthread_mutex_unlock(&arena->lock);
}

int64_t weft_arena_purge(weft_arena *arena, int64_t bytes) {
    int64_t purged = 0;
    pthread_mutex_lock(&arena->lock);
    while (purged < bytes && arena->lists[WEFT_ARENA_KEPT].oldest != NULL) {
        weft_arena_place *oldest = arena->lists[WEFT_ARENA_KEPT].oldest;
        purged += oldest->bytes;
        drop_pages(arena, oldest);
    }
    pthread_mutex_unlock(&arena->lock);
    return purged;
}
