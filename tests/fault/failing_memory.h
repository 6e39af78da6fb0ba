/* Memory that fails on purpose: the n-th time that weft's own code asks for some, or the n-th reservation, or the n-th
 * time that SQLite asks in a call of weft's. The linker sends weft's calls here (--wrap in CMakeLists.txt); those of
 * libraries go where they always go, but for jansson's and SQLite's, which take an allocator.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULT_FAILING_MEMORY_H
#define WEFT_TESTS_FAULT_FAILING_MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum failing_kind {
    FAILING_ALLOCATIONS,  /* malloc and what is like it, mappings, threads, codecs */
    FAILING_RESERVATIONS, /* of the ledger */
    FAILING_SQLITE,       /* what SQLite asks for while weft calls it; not while PROJ does, which has one too */
} failing_kind;

#define FAILING_REQUESTS (1 << 18) /* whose callers are kept */

/* Shared between the process that fails and the one that looks on. */
typedef struct failing_memory {
    failing_kind kind;
    int64_t at;             /* the first request that fails, counted from 1; 0: none does */
    bool lasting;           /* all that follow fail too */
    _Atomic int64_t asked;  /* requests so far */
    _Atomic uintptr_t from; /* the caller of the first that failed, from the start of the program: for addr2line */
    uint32_t callers[FAILING_REQUESTS]; /* of the first requests, likewise */
} failing_memory;

/* Gives SQLite and jansson allocators that can fail: once, before anything uses them. */
void failing_memory_enter_libraries(void);

/* From here on, in this process. `plan` lives as long as it does; NULL: nothing fails any more. */
void failing_memory_start(failing_memory *plan);

#endif
