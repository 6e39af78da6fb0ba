/* The shim's calls on names, and those of stdio, through which GDAL reads and writes.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fault/fault_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- names --- */

FAULT_EXPORT int rename(const char *from, const char *to) {
    FAULT_REAL(int, (const char *, const char *), "rename");
    char full_from[FAULT_PATH_BYTES], full_to[FAULT_PATH_BYTES];
    if (!fault_files_resolve(AT_FDCWD, from, full_from) || !fault_files_resolve(AT_FDCWD, to, full_to))
        return real_(from, to);
    fault_lock();
    int result = -1;
    if (!fault_refuses(FAULT_RENAME, full_to)) {
        if (fault_rules_track_power()) fault_power_rename(full_from, full_to);
        result = real_(from, to);
        if (result != 0 && fault_rules_track_power()) fault_power_failed();
    }
    fault_unlock();
    return result;
}

static int remove_any(const char *path, const char *full, int (*real)(const char *)) {
    fault_lock();
    int result = -1;
    if (!fault_refuses(FAULT_UNLINK, full)) {
        if (fault_rules_track_power()) fault_power_remove(full);
        result = real(path);
        if (result != 0 && fault_rules_track_power()) fault_power_failed();
    }
    fault_unlock();
    return result;
}

FAULT_EXPORT int unlink(const char *path) {
    FAULT_REAL(int, (const char *), "unlink");
    char full[FAULT_PATH_BYTES];
    return fault_files_resolve(AT_FDCWD, path, full) ? remove_any(path, full, real_) : real_(path);
}

FAULT_EXPORT int unlinkat(int folder, const char *path, int flags) {
    FAULT_REAL(int, (int, const char *, int), "unlinkat");
    char full[FAULT_PATH_BYTES];
    if (!fault_files_resolve(folder, path, full)) return real_(folder, path, flags);
    fault_lock();
    int result = -1;
    if (!fault_refuses(FAULT_UNLINK, full)) {
        if (fault_rules_track_power()) fault_power_remove(full);
        result = real_(folder, path, flags);
        if (result != 0 && fault_rules_track_power()) fault_power_failed();
    }
    fault_unlock();
    return result;
}

FAULT_EXPORT int remove(const char *path) {
    FAULT_REAL(int, (const char *), "remove");
    char full[FAULT_PATH_BYTES];
    return fault_files_resolve(AT_FDCWD, path, full) ? remove_any(path, full, real_) : real_(path);
}

FAULT_EXPORT int rmdir(const char *path) {
    FAULT_REAL(int, (const char *), "rmdir");
    char full[FAULT_PATH_BYTES];
    return fault_files_resolve(AT_FDCWD, path, full) ? remove_any(path, full, real_) : real_(path);
}

FAULT_EXPORT int mkdir(const char *path, mode_t mode) {
    FAULT_REAL(int, (const char *, mode_t), "mkdir");
    char full[FAULT_PATH_BYTES];
    if (!fault_files_resolve(AT_FDCWD, path, full)) return real_(path, mode);
    fault_lock();
    int result = fault_refuses(FAULT_MKDIR, full) ? -1 : real_(path, mode);
    if (result == 0 && fault_rules_track_power()) fault_power_made(full);
    fault_unlock();
    return result;
}

/* --- stdio --- */

typedef FILE *(*fopen_fn)(const char *path, const char *mode);

static FILE *fopen_any(const char *path, const char *mode, fopen_fn real) {
    char full[FAULT_PATH_BYTES];
    if (!fault_files_resolve(AT_FDCWD, path, full)) return real(path, mode);
    fault_lock();
    FILE *file = NULL;
    bool power = fault_rules_track_power(), makes = mode[0] != 'r' && access(full, F_OK) != 0;
    if (!fault_refuses(FAULT_OPEN, full)) {
        if (power && mode[0] == 'w' && !makes) fault_power_truncate_path(full);
        file = real(path, mode);
    }
    if (file != NULL && power && makes) fault_power_made(full);
    if (file != NULL) fault_files_add(fileno(file), full);
    fault_unlock();
    return file;
}

FAULT_EXPORT FILE *fopen(const char *path, const char *mode) {
    FAULT_REAL(FILE *, (const char *, const char *), "fopen");
    return fopen_any(path, mode, real_);
}

FAULT_EXPORT FILE *fopen64(const char *path, const char *mode) {
    FAULT_REAL(FILE *, (const char *, const char *), "fopen64");
    return fopen_any(path, mode, real_);
}

FAULT_EXPORT int fclose(FILE *file) {
    FAULT_REAL(int, (FILE *), "fclose");
    const char *path = fault_files_path(fileno(file));
    if (path == NULL) return real_(file);
    fault_lock();
    bool refused = fault_refuses(FAULT_CLOSE, path);
    int reason = errno;
    fault_files_remove(fileno(file));
    int result = real_(file);
    fault_unlock();
    if (refused) errno = reason;
    return refused ? EOF : result;
}

/* What a failed system call under stdio would leave behind: glibc's _IO_ERR_SEEN, which ferror() reports. */
static void mark_failed(FILE *file) {
    file->_flags |= 0x20;
}

FAULT_EXPORT size_t fread(void *bytes, size_t size, size_t count, FILE *file) {
    FAULT_REAL(size_t, (void *, size_t, size_t, FILE *), "fread");
    const char *path = fault_files_path(fileno(file));
    bool dies;
    if (path == NULL) return real_(bytes, size, count, file);
    fault_lock();
    long allowed = fault_allows(FAULT_READ, path, size * count, &dies);
    fault_unlock();
    if (allowed >= 0) return real_(bytes, size, size > 0 ? (size_t)allowed / size : 0, file);
    mark_failed(file);
    return 0;
}

/* Nothing stays in stdio's buffer, so that the account of a power loss sees every byte. */
FAULT_EXPORT size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file) {
    FAULT_REAL(size_t, (const void *, size_t, size_t, FILE *), "fwrite");
    const char *path = fault_files_path(fileno(file));
    bool dies, power = fault_rules_track_power();
    if (path == NULL) return real_(bytes, size, count, file);
    fault_lock();
    long allowed = fault_allows(FAULT_WRITE, path, size * count, &dies);
    size_t written = 0;
    if (allowed >= 0) {
        if (power) fault_power_write(fileno(file), bytes, (size_t)allowed, ftello64(file));
        written = real_(bytes, size, size > 0 ? (size_t)allowed / size : 0, file);
        if (power) (void)fflush(file);
        if (power) fault_power_wrote((int64_t)(written * size));
    } else {
        mark_failed(file);
    }
    if (dies) fault_die();
    fault_unlock();
    return written;
}
