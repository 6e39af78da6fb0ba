/* Threads that do nothing but hold the place of others: of those that a library starts later, and cannot do without.
 *
 * A system may allow few threads (a container's limit of processes, ulimit -u and -v). Where they are reserved first, the
 * library's own can be started when they are let go; else it is known beforehand that they cannot.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_THREAD_RESERVE_H
#define WEFT_CORE_THREAD_RESERVE_H

#include <stdbool.h>

typedef struct weft_thread_reserve weft_thread_reserve;

/* Starts `count` threads that wait. NULL: the system does not allow so many, or there is no memory; none is left. */
weft_thread_reserve *weft_thread_reserve_new(int count);
/* Ends one of them, so that another may be started now. Returns at once where none is left. One thread. */
void weft_thread_reserve_let_go(weft_thread_reserve *reserve);
/* Ends all. NULL is fine. */
void weft_thread_reserve_free(weft_thread_reserve *reserve);

#endif
