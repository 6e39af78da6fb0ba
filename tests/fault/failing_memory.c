/* SPDX-License-Identifier: MIT
 *
 * A request that fails says so as the real one would: NULL or the like, and errno. */
#define _GNU_SOURCE /* MAP_FAILED beside POSIX names */
#include "fault/failing_memory.h"

#include "core/ledger.h"

#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <yaml.h>
#include <zlib.h>
#include <zstd.h>

static _Atomic(failing_memory *) active;

extern const char __executable_start;

void failing_memory_start(failing_memory *plan) {
    atomic_store(&active, plan);
}

static bool fails(failing_kind kind, const void *caller) {
    failing_memory *plan = atomic_load(&active);
    if (plan == NULL || plan->kind != kind) return false;
    int64_t number = atomic_fetch_add(&plan->asked, 1) + 1;
    if (plan->at == 0 || number < plan->at || (number > plan->at && !plan->lasting)) return false;
    if (number == plan->at) atomic_store(&plan->from, (uintptr_t)caller - (uintptr_t)&__executable_start);
    errno = ENOMEM;
    return true;
}

#define FAILS() fails(FAILING_ALLOCATIONS, __builtin_return_address(0))

/* Declares the real function and its stand-in, which gives `failure` where it fails. */
#define STAND_IN(type, name, parameters, arguments, failure)                                                           \
    type __real_##name parameters;                                                                                     \
    type __wrap_##name parameters;                                                                                     \
    type __wrap_##name parameters {                                                                                    \
        return FAILS() ? (failure) : __real_##name arguments;                                                          \
    }

STAND_IN(void *, malloc, (size_t bytes), (bytes), NULL)
STAND_IN(void *, calloc, (size_t count, size_t bytes), (count, bytes), NULL)
STAND_IN(void *, realloc, (void *memory, size_t bytes), (memory, bytes), NULL)
STAND_IN(char *, strdup, (const char *text), (text), NULL)
STAND_IN(char *, strndup, (const char *text, size_t most), (text, most), NULL)
STAND_IN(char *, realpath, (const char *path, char *out), (path, out), NULL)
STAND_IN(ssize_t, getline, (char **line, size_t *capacity, FILE *file), (line, capacity, file), -1)
STAND_IN(FILE *, fopen64, (const char *path, const char *mode), (path, mode), NULL)
STAND_IN(void *, mmap64, (void *at, size_t bytes, int protection, int flags, int fd, off_t offset),
         (at, bytes, protection, flags, fd, offset), MAP_FAILED)
STAND_IN(int, glob64, (const char *pattern, int flags, int (*failed)(const char *, int), glob_t *out),
         (pattern, flags, failed, out), GLOB_NOSPACE)
STAND_IN(int, pthread_create,
         (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *payload),
         (thread, attributes, start, payload), EAGAIN)
STAND_IN(int, deflateInit2_,
         (z_streamp stream, int level, int method, int bits, int memory, int strategy, const char *version, int bytes),
         (stream, level, method, bits, memory, strategy, version, bytes), Z_MEM_ERROR)
STAND_IN(ZSTD_CCtx *, ZSTD_createCCtx, (void), (), NULL)
STAND_IN(int, yaml_parser_initialize, (yaml_parser_t * parser), (parser), 0)

/* Only ever called without an address, so that the fifth argument does not matter. */
void *__real_mremap(void *old, size_t old_bytes, size_t bytes, int flags, ...);
void *__wrap_mremap(void *old, size_t old_bytes, size_t bytes, int flags);
void *__wrap_mremap(void *old, size_t old_bytes, size_t bytes, int flags) {
    return FAILS() ? MAP_FAILED : __real_mremap(old, old_bytes, bytes, flags);
}

weft_status __real_weft_ledger_reserve(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err);
weft_status __wrap_weft_ledger_reserve(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err);
weft_status __wrap_weft_ledger_reserve(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err) {
    if (!fails(FAILING_RESERVATIONS, __builtin_return_address(0)))
        return __real_weft_ledger_reserve(ledger, tag, bytes, err);
    return weft_error_set(err, WEFT_ERR_MEMORY, "%lld bytes for %s are refused by the test", (long long)bytes,
                          weft_ledger_tag_name(tag));
}
