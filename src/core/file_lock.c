/* SPDX-License-Identifier: MIT
 *
 * The file is removed while it is locked; whoever waited for its name then sees that it is another file now. */
#include "core/file_lock.h"

#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct weft_file_lock {
    char *path;
    int fd;
};

static bool ask(int fd, int64_t *holder) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_GETLK, &whole) != 0 || whole.l_type == F_UNLCK) return false;
    *holder = whole.l_pid > 0 ? (int64_t)whole.l_pid : 0;
    return true;
}

/* Whether the file that was locked is still the one of that name. */
static bool is_still_there(const weft_file_lock *lock) {
    struct stat locked, named;
    return fstat(lock->fd, &locked) == 0 && stat(lock->path, &named) == 0 && locked.st_ino == named.st_ino &&
           locked.st_dev == named.st_dev;
}

static weft_status set_io_error(const weft_file_lock *lock, weft_error *err) {
    weft_status status = weft_error_set_errno(err, errno, "%s: cannot lock", lock->path);
    if (status == WEFT_ERR_PERMISSION) return status;
    if (err != NULL) err->status = WEFT_ERR_IO;
    return WEFT_ERR_IO;
}

static weft_status lock_file(weft_file_lock *lock, int64_t *holder, weft_error *err) {
    for (;;) {
        struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (lock->fd < 0) return set_io_error(lock, err);
        if (fcntl(lock->fd, F_SETLK, &whole) != 0) {
            if (errno != EACCES && errno != EAGAIN) return set_io_error(lock, err);
            (void)ask(lock->fd, holder);
            return weft_error_set(err, WEFT_ERR_BUSY, "%s: process %lld holds it", lock->path, (long long)*holder);
        }
        if (is_still_there(lock)) return WEFT_OK;
        close(lock->fd);
        lock->fd = -1;
    }
}

weft_status weft_file_lock_take(weft_file_lock **out, const char *path, int64_t *holder, weft_error *err) {
    weft_file_lock *lock = calloc(1, sizeof *lock);
    weft_status status = WEFT_ERR_MEMORY;
    *out = NULL;
    *holder = 0;
    if (lock != NULL) {
        lock->fd = -1;
        lock->path = weft_text_format("%s", path);
    }
    if (lock == NULL || lock->path == NULL)
        weft_error_set(err, status, "%s: no memory for a lock", path);
    else
        status = lock_file(lock, holder, err);
    if (status == WEFT_OK) {
        *out = lock;
        return WEFT_OK;
    }
    if (lock != NULL && lock->fd >= 0) close(lock->fd);
    if (lock != NULL) free(lock->path);
    free(lock);
    return status;
}

void weft_file_lock_release(weft_file_lock *lock) {
    if (lock == NULL) return;
    unlink(lock->path);
    close(lock->fd);
    free(lock->path);
    free(lock);
}

bool weft_file_lock_is_held(const char *path, int64_t *holder) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *holder = 0;
    if (fd < 0) return false;
    bool held = ask(fd, holder);
    close(fd);
    return held;
}
