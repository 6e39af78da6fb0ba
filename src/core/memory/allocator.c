/* glibc raises its threshold for mapped blocks to the largest one freed (mallopt(3)): decoded blocks then come from the
 * arenas of threads and stay there, under whatever is allocated last.
 *
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* M_MMAP_THRESHOLD, MAP_ANONYMOUS */
#include "core/memory/allocator.h"

#include "core/clock.h"
#include "core/memory/units.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define MAPPED      (1 * WEFT_MIB)  /* blocks from this size on are mapped, and unmapped when freed */
#define KEPT        (1 * WEFT_MIB)  /* free heap at an arena's end that is not given back */
#define LOOKED_AT   (96 << 10)      /* freeing as much (64 KiB and more) makes malloc look at an arena's end */
#define ARENAS      4               /* each keeps free memory of its own */
#define SET_ASIDE   (16 * WEFT_MIB) /* addresses that heap grows by, where they are few */
#define EXHAUSTED   (16 * WEFT_MIB)
#define TRIM_GAP_NS INT64_C(1000000000)

void weft_allocator_setup(void) {
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT);
    struct rlimit space;
    bool limited = getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY;
    (void)mallopt(M_ARENA_MAX, limited ? 1 : ARENAS);
    if (limited) (void)mallopt(M_TOP_PAD, SET_ASIDE);
#endif
}

void weft_allocator_trim(void) {
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}

void weft_allocator_trim_own(void) {
#ifdef __GLIBC__
    (void)mallopt(M_TRIM_THRESHOLD, LOOKED_AT);
    void *volatile block = malloc(LOOKED_AT); /* volatile: or the two calls are left out */
    free(block);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT);
#endif
}

bool weft_allocator_trim_seldom(void) {
    static _Atomic int64_t trimmed_ns = INT64_MIN / 2;
    int64_t now_ns = weft_clock_monotonic_ns(), last_ns = atomic_load(&trimmed_ns);
    if (now_ns - last_ns < TRIM_GAP_NS || !atomic_compare_exchange_strong(&trimmed_ns, &last_ns, now_ns)) return false;
    weft_allocator_trim();
    return true;
}

bool weft_allocator_is_exhausted(void) {
    void *room = mmap(NULL, EXHAUSTED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return true;
    (void)munmap(room, EXHAUSTED);
    return false;
}
