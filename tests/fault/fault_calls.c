/* SPDX-License-Identifier: MIT
 *
 * Calls by path and by descriptor. Each judges, notes what a power loss would undo, and passes on. */
#define _GNU_SOURCE
#include "fault/fault_calls.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void *fault_find_real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) _exit(99);
    return found;
}

void fault_lock(void) {
    (void)pthread_mutex_lock(&lock);
}

void fault_unlock(void) {
    int kept = errno;
    (void)pthread_mutex_unlock(&lock);
    errno = kept;
}

_Noreturn void fault_die(void) {
    if (fault_rules_track_power() && !fault_rules_drop()) fault_power_lose();
    fault_rules_report();
    for (;;)
        (void)kill(getpid(), SIGKILL);
}

bool fault_refuses(fault_kind kind, const char *path) {
    switch (fault_rules_judge(kind, path)) {
    case FAULT_TEARS:
    case FAULT_KILLS:
        fault_die();
    case FAULT_FAILS:
        return true;
    case FAULT_SHORT:
    case FAULT_PASSES:
        break;
    }
    return false;
}

long fault_allows(fault_kind kind, const char *path, size_t length, bool *dies) {
    *dies = false;
    switch (fault_rules_judge(kind, path)) {
    case FAULT_KILLS:
        fault_die();
    case FAULT_FAILS:
        return -1;
    case FAULT_TEARS:
        *dies = true;
        return (long)(length / 2);
    case FAULT_SHORT:
        return (long)(length > 1 ? length / 2 : length);
    case FAULT_PASSES:
        break;
    }
    return (long)length;
}

/* --- opening --- */

typedef int (*open_fn)(const char *path, int flags, ...);

static int open_counted(const char *path, int flags, mode_t mode, open_fn real) {
    bool power = fault_rules_track_power();
    bool makes = (flags & O_CREAT) != 0 && access(path, F_OK) != 0;
    if (fault_refuses(FAULT_OPEN, path)) return -1;
    if (power && !makes && (flags & O_TRUNC) != 0) fault_power_truncate_path(path);
    int fd = real(path, flags, mode);
    if (fd < 0) return -1;
    if (power && makes) fault_power_made(path);
    fault_files_add(fd, path);
    return fd;
}

static int open_any(int folder, const char *path, int flags, mode_t mode) {
    FAULT_REAL(int, (const char *, int, ...), "open64");
    typedef int (*openat_fn)(int folder_fd, const char *name, int how, ...);
    static openat_fn at;
    char full[FAULT_PATH_BYTES];
    if (at == NULL) at = (openat_fn)fault_find_real("openat64");
    if (!fault_files_resolve(folder, path, full)) return at(folder, path, flags, mode);
    fault_lock();
    int fd = open_counted(full, flags, mode, real_);
    fault_unlock();
    return fd;
}

#define OPEN_MODE(last)                                                                                                \
    mode_t mode = 0;                                                                                                   \
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                                                                        \
        va_list args;                                                                                                  \
        va_start(args, last);                                                                                          \
        mode = va_arg(args, mode_t);                                                                                   \
        va_end(args);                                                                                                  \
    }

FAULT_EXPORT int open(const char *path, int flags, ...) {
    OPEN_MODE(flags)
    return open_any(AT_FDCWD, path, flags, mode);
}

FAULT_EXPORT int open64(const char *path, int flags, ...) {
    OPEN_MODE(flags)
    return open_any(AT_FDCWD, path, flags, mode);
}

FAULT_EXPORT int openat(int folder, const char *path, int flags, ...) {
    OPEN_MODE(flags)
    return open_any(folder, path, flags, mode);
}

FAULT_EXPORT int openat64(int folder, const char *path, int flags, ...) {
    OPEN_MODE(flags)
    return open_any(folder, path, flags, mode);
}

FAULT_EXPORT int creat(const char *path, mode_t mode) {
    return open_any(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

FAULT_EXPORT int close(int fd) {
    FAULT_REAL(int, (int), "close");
    const char *path = fault_files_path(fd);
    if (path == NULL) return real_(fd);
    fault_lock();
    bool refused = fault_refuses(FAULT_CLOSE, path);
    int reason = errno;
    fault_files_remove(fd);
    int result = real_(fd); /* the descriptor is gone, whatever close says */
    fault_unlock();
    if (refused) errno = reason;
    return refused ? -1 : result;
}

/* Closes the descriptor that fdopendir() took over without a call of close(). A path that stayed behind would make
 * calls on the next file with that number count, whatever file it is: which one it is depends on the threads. */
FAULT_EXPORT int closedir(DIR *folder) {
    FAULT_REAL(int, (DIR *), "closedir");
    fault_files_remove(dirfd(folder));
    return real_(folder);
}

/* --- moving bytes --- */

typedef ssize_t (*write_fn)(int fd, const void *bytes, size_t length);

static int64_t growth_of(int fd, int64_t end) {
    struct stat info;
    return fstat(fd, &info) == 0 && end > info.st_size ? end - info.st_size : 0;
}

/* How much the limited file system takes of a write. */
static long fits(int fd, int64_t offset, long length) {
    int64_t growth = growth_of(fd, offset + length), taken = fault_rules_take_space(growth);
    long fitting = length - (long)(growth - taken);
    if (fitting > 0 || length == 0) return fitting;
    errno = ENOSPC;
    return -1;
}

/* offset < 0: where the descriptor stands. */
static ssize_t write_any(int fd, const char *path, const void *bytes, size_t length, int64_t offset) {
    FAULT_REAL(ssize_t, (int, const void *, size_t, off64_t), "pwrite64");
    static write_fn plain;
    bool dies, power = fault_rules_track_power();
    if (plain == NULL) plain = (write_fn)fault_find_real("write");
    fault_lock();
    int64_t at = offset >= 0 ? offset : lseek64(fd, 0, SEEK_CUR);
    long allowed = fault_allows(FAULT_WRITE, path, length, &dies);
    if (allowed > 0) allowed = fits(fd, at, allowed);
    ssize_t written = -1;
    if (allowed >= 0) {
        if (power) fault_power_write(fd, bytes, (size_t)allowed, at);
        written = offset >= 0 ? real_(fd, bytes, (size_t)allowed, offset) : plain(fd, bytes, (size_t)allowed);
        if (power) fault_power_wrote(written);
    }
    if (dies) fault_die();
    fault_unlock();
    return written;
}

FAULT_EXPORT ssize_t write(int fd, const void *bytes, size_t length) {
    FAULT_REAL(ssize_t, (int, const void *, size_t), "write");
    const char *path = fault_files_path(fd);
    return path == NULL ? real_(fd, bytes, length) : write_any(fd, path, bytes, length, -1);
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off64_t offset) {
    FAULT_REAL(ssize_t, (int, const void *, size_t, off64_t), "pwrite64");
    const char *path = fault_files_path(fd);
    return path == NULL ? real_(fd, bytes, length, offset) : write_any(fd, path, bytes, length, offset);
}

FAULT_EXPORT ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return write_at(fd, bytes, length, offset);
}

FAULT_EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    return write_at(fd, bytes, length, offset);
}

/* A short count is legal, so the first part stands for all. */
FAULT_EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) {
    FAULT_REAL(ssize_t, (int, const struct iovec *, int), "writev");
    const char *path = fault_files_path(fd);
    if (path == NULL || count < 1) return real_(fd, parts, count);
    return write_any(fd, path, parts[0].iov_base, parts[0].iov_len, -1);
}

/* How much may be read: -1, with errno, none. */
static long may_read(const char *path, size_t length) {
    bool dies;
    fault_lock();
    long allowed = fault_allows(FAULT_READ, path, length, &dies);
    fault_unlock();
    return allowed;
}

FAULT_EXPORT ssize_t read(int fd, void *bytes, size_t length) {
    FAULT_REAL(ssize_t, (int, void *, size_t), "read");
    const char *path = fault_files_path(fd);
    if (path == NULL) return real_(fd, bytes, length);
    long allowed = may_read(path, length);
    return allowed < 0 ? -1 : real_(fd, bytes, (size_t)allowed);
}

static ssize_t read_at(int fd, void *bytes, size_t length, off64_t offset) {
    FAULT_REAL(ssize_t, (int, void *, size_t, off64_t), "pread64");
    const char *path = fault_files_path(fd);
    if (path == NULL) return real_(fd, bytes, length, offset);
    long allowed = may_read(path, length);
    return allowed < 0 ? -1 : real_(fd, bytes, (size_t)allowed, offset);
}

FAULT_EXPORT ssize_t pread(int fd, void *bytes, size_t length, off_t offset) {
    return read_at(fd, bytes, length, offset);
}

FAULT_EXPORT ssize_t pread64(int fd, void *bytes, size_t length, off64_t offset) {
    return read_at(fd, bytes, length, offset);
}

/* --- syncing and cutting --- */

/* A sync that fails, and what may be lost with it. */
static bool refuses_sync(int fd, const char *path) {
    if (!fault_refuses(FAULT_SYNC, path)) return false;
    int reason = errno;
    if (fault_rules_drop()) fault_power_drop(fd);
    errno = reason;
    return true;
}

static int sync_any(int fd, const char *path, int (*real)(int)) {
    fault_lock();
    int result = refuses_sync(fd, path) ? -1 : real(fd);
    if (result == 0 && fault_rules_track_power()) fault_power_synced(fd, path);
    fault_unlock();
    return result;
}

FAULT_EXPORT int fsync(int fd) {
    FAULT_REAL(int, (int), "fsync");
    const char *path = fault_files_path(fd);
    return path == NULL ? real_(fd) : sync_any(fd, path, real_);
}

FAULT_EXPORT int fdatasync(int fd) {
    FAULT_REAL(int, (int), "fdatasync");
    const char *path = fault_files_path(fd);
    return path == NULL ? real_(fd) : sync_any(fd, path, real_);
}

/* It promises nothing of metadata, so it makes nothing safe. */
FAULT_EXPORT int sync_file_range(int fd, off64_t offset, off64_t length, unsigned how) {
    FAULT_REAL(int, (int, off64_t, off64_t, unsigned), "sync_file_range");
    const char *path = fault_files_path(fd);
    if (path == NULL) return real_(fd, offset, length, how);
    fault_lock();
    int result = refuses_sync(fd, path) ? -1 : real_(fd, offset, length, how);
    fault_unlock();
    return result;
}

static int cut_any(int fd, off64_t size) {
    FAULT_REAL(int, (int, off64_t), "ftruncate64");
    const char *path = fault_files_path(fd);
    if (path == NULL) return real_(fd, size);
    fault_lock();
    int result = -1;
    if (!fault_refuses(FAULT_TRUNCATE, path)) {
        if (fault_rules_track_power()) fault_power_truncate(fd, size);
        result = real_(fd, size);
    }
    fault_unlock();
    return result;
}

FAULT_EXPORT int ftruncate(int fd, off_t size) {
    return cut_any(fd, size);
}

FAULT_EXPORT int ftruncate64(int fd, off64_t size) {
    return cut_any(fd, size);
}
