/* SPDX-License-Identifier: MIT
 *
 * A request that fails says so as the real one would: NULL or the like, and errno. */
#define _GNU_SOURCE /* MAP_FAILED beside POSIX names */
#include "fault/failing_memory.h"

#include "core/memory/ledger.h"

#include <cairo.h>
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <jansson.h>
#include <libdeflate.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
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
    uintptr_t from = (uintptr_t)caller - (uintptr_t)&__executable_start;
    if (number <= FAILING_REQUESTS) plan->callers[number - 1] = (uint32_t)from;
    if (plan->at == 0 || number < plan->at || (number > plan->at && !plan->lasting)) return false;
    if (number == plan->at) atomic_store(&plan->from, from);
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
STAND_IN(char *, strndup, (const char *text, size_t max), (text, max), NULL)
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
STAND_IN(DIR *, opendir, (const char *path), (path), NULL)
STAND_IN(struct libdeflate_compressor *, libdeflate_alloc_compressor, (int level), (level), NULL)
STAND_IN(EVP_MD_CTX *, EVP_MD_CTX_new, (void), (), NULL)
STAND_IN(cairo_status_t, cairo_surface_write_to_png_stream,
         (cairo_surface_t * surface, cairo_write_func_t write, void *closure), (surface, write, closure),
         CAIRO_STATUS_NO_MEMORY)

/* cairo gives a surface that is none, never NULL; a stride that cannot be gets one. */
cairo_surface_t *__real_cairo_image_surface_create_for_data(unsigned char *data, cairo_format_t format, int width,
                                                            int height, int stride);
cairo_surface_t *__wrap_cairo_image_surface_create_for_data(unsigned char *data, cairo_format_t format, int width,
                                                            int height, int stride);
cairo_surface_t *__wrap_cairo_image_surface_create_for_data(unsigned char *data, cairo_format_t format, int width,
                                                            int height, int stride) {
    return __real_cairo_image_surface_create_for_data(data, format, width, height, FAILS() ? 1 : stride);
}

/* Declares the real function and its stand-in, which refuses where it fails. */
#define STAND_IN_LEDGER(name)                                                                                          \
    weft_status __real_##name(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err);               \
    weft_status __wrap_##name(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err);               \
    weft_status __wrap_##name(weft_ledger *ledger, weft_ledger_tag tag, int64_t bytes, weft_error *err) {              \
        if (!fails(FAILING_RESERVATIONS, __builtin_return_address(0))) return __real_##name(ledger, tag, bytes, err);  \
        return weft_error_set(err, WEFT_ERR_MEMORY, "%lld bytes for %s are refused by the test", (long long)bytes,     \
                              weft_ledger_tag_name(tag));                                                              \
    }

STAND_IN_LEDGER(weft_ledger_reserve)
STAND_IN_LEDGER(weft_ledger_reserve_min)

/* Also where assertions are not compiled: what a run that failed forgot to give back is no leak to any tool. */
void __real_weft_ledger_free(weft_ledger *ledger);
void __wrap_weft_ledger_free(weft_ledger *ledger);
void __wrap_weft_ledger_free(weft_ledger *ledger) {
    weft_ledger_state left = {0};
    if (ledger != NULL) weft_ledger_read(ledger, &left);
    for (int tag = 0; tag < WEFT_TAG_COUNT; tag++) {
        if (left.used_by_tag[tag] == 0) continue;
        (void)fprintf(stderr, "%lld bytes for %s are still reserved at the end\n", (long long)left.used_by_tag[tag],
                      weft_ledger_tag_name((weft_ledger_tag)tag));
        (void)fflush(stderr);
        abort();
    }
    __real_weft_ledger_free(ledger);
}

/* --- SQLite --- */

static sqlite3_mem_methods usual_sqlite;
static _Thread_local const void *sqlite_caller; /* in weft; NULL: someone else calls */

static void *sqlite_malloc(int bytes) {
    return sqlite_caller != NULL && fails(FAILING_SQLITE, sqlite_caller) ? NULL : usual_sqlite.xMalloc(bytes);
}

static void *sqlite_realloc(void *memory, int bytes) {
    bool refused = sqlite_caller != NULL && fails(FAILING_SQLITE, sqlite_caller);
    return refused ? NULL : usual_sqlite.xRealloc(memory, bytes);
}

/* Declares the real function and its stand-in, in which SQLite's requests count. */
#define STAND_IN_SQLITE(name, parameters, arguments)                                                                   \
    int __real_##name parameters;                                                                                      \
    int __wrap_##name parameters;                                                                                      \
    int __wrap_##name parameters {                                                                                     \
        sqlite_caller = __builtin_return_address(0);                                                                   \
        int code = __real_##name arguments;                                                                            \
        sqlite_caller = NULL;                                                                                          \
        return code;                                                                                                   \
    }

STAND_IN_SQLITE(sqlite3_open_v2, (const char *path, sqlite3 **out, int flags, const char *vfs), (path, out, flags, vfs))
STAND_IN_SQLITE(sqlite3_exec,
                (sqlite3 * database, const char *sql, int (*row)(void *, int, char **, char **), void *payload,
                 char **message),
                (database, sql, row, payload, message))
STAND_IN_SQLITE(sqlite3_prepare_v2,
                (sqlite3 * database, const char *sql, int bytes, sqlite3_stmt **out, const char **rest),
                (database, sql, bytes, out, rest))
STAND_IN_SQLITE(sqlite3_prepare_v3,
                (sqlite3 * database, const char *sql, int bytes, unsigned flags, sqlite3_stmt **out, const char **rest),
                (database, sql, bytes, flags, out, rest))
STAND_IN_SQLITE(sqlite3_step, (sqlite3_stmt * statement), (statement))
STAND_IN_SQLITE(sqlite3_bind_text,
                (sqlite3_stmt * statement, int at, const char *text, int bytes, void (*dispose)(void *)),
                (statement, at, text, bytes, dispose))

void failing_memory_enter_libraries(void) {
    (void)sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual_sqlite);
    sqlite3_mem_methods mine = usual_sqlite;
    mine.xMalloc = sqlite_malloc;
    mine.xRealloc = sqlite_realloc;
    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
    json_set_alloc_funcs(malloc, free);
}
