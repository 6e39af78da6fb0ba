/* SPDX-License-Identifier: MIT
 *
 * One loop for the three that move bytes; offset < 0 stands for the descriptor's own place. */
#include "core/steady_io.h"

#include <errno.h>
#include <unistd.h>

static weft_retry_account account;

const weft_retry_account *weft_steady_io_account(void) {
    return &account;
}

typedef struct transfer {
    int fd;
    char *to;         /* reading; else NULL */
    const char *from; /* writing; else NULL */
    int64_t offset;
} transfer;

static ssize_t move_some(const transfer *one, size_t done, size_t length) {
    if (one->to != NULL) return pread(one->fd, one->to + done, length - done, (off_t)(one->offset + (int64_t)done));
    if (one->offset < 0) return write(one->fd, one->from + done, length - done);
    return pwrite(one->fd, one->from + done, length - done, (off_t)(one->offset + (int64_t)done));
}

static int move(const transfer *one, size_t length, size_t *moved) {
    weft_retry retry = {.account = &account};
    int failure = 0;
    *moved = 0;
    while (*moved < length && failure == 0) {
        ssize_t some = move_some(one, *moved, length);
        if (some > 0)
            *moved += (size_t)some;
        else if (some == 0)
            failure = EIO;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            failure = weft_retry_wait(&retry) ? 0 : EAGAIN;
        else if (errno != EINTR)
            failure = errno;
    }
    weft_retry_end(&retry, failure == 0);
    return failure;
}

int weft_steady_write(int fd, const void *bytes, size_t length, size_t *written) {
    size_t own;
    return move(&(transfer){.fd = fd, .from = bytes, .offset = -1}, length, written != NULL ? written : &own);
}

int weft_steady_pwrite(int fd, const void *bytes, size_t length, int64_t offset) {
    size_t moved;
    return move(&(transfer){.fd = fd, .from = bytes, .offset = offset}, length, &moved);
}

int weft_steady_pread(int fd, void *bytes, size_t length, int64_t offset) {
    size_t moved;
    return move(&(transfer){.fd = fd, .to = bytes, .offset = offset}, length, &moved);
}

int weft_steady_sync(int fd) {
    int failed;
    while ((failed = fsync(fd)) != 0 && errno == EINTR) {
    }
    return failed == 0 ? 0 : errno;
}
