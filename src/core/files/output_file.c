/* Write beside, sync, rename, sync the folder: the four steps that make a name mean "whole".
 *
 * What is written goes to disk while more is made, and leaves the page cache once it is there: an output of any size
 * has few dirty pages, the sync at the end has little left to do, and pages that the kernel has at hand are used again
 * (on a virtual machine a fresh one costs several times the copy).
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sync_file_range, copy_file_range */
#include "core/files/output_file.h"

#include "core/files/digest_thread.h"
#include "core/files/disk_space.h"
#include "core/files/file_lock.h"
#include "core/files/plain_file.h"
#include "core/files/result_folder.h"
#include "core/steady_io.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEND_BYTES     (INT64_C(8) << 20) /* goes to disk at once */
#define PASSED_BYTES   (1 << 18)          /* of another file, through memory at once */
#define STREAM_LOOK_MS 100                /* at whether to stop, while nobody reads standard output */

struct weft_output_file {
    char *path, *part_path, *folder_path; /* folder_path: what is synced when it gets its name */
    char *whole_folder, *part_folder;     /* of files that are one output: what is renamed. NULL: the file alone is */
    int fd;
    int64_t size;
    /* Bytes, from the start, that are on their way to disk; all but the last SEND_BYTES of them are there. */
    int64_t sent;
    bool cannot_send, committed, keep;
    bool is_stdout;
    weft_digest_thread *hash; /* NULL: none is kept */
    const weft_cancel *cancel;
};

/* Whether the file that is open is still the one of that name: between opening and locking, the run that had it may
 * have given it its final name. */
static bool is_still_there(const weft_output_file *file) {
    struct stat locked, named;
    return fstat(file->fd, &locked) == 0 && lstat(file->part_path, &named) == 0 && locked.st_ino == named.st_ino &&
           locked.st_dev == named.st_dev;
}

/* Cuts the file to what is kept of it, and goes to its end. */
static weft_status cut_part(weft_output_file *file, int64_t kept_bytes, weft_error *err) {
    struct stat info;
    if (fstat(file->fd, &info) != 0)
        return weft_error_set_no_output(err, errno, file->part_path, "cannot be looked at");
    if (info.st_size < kept_bytes && kept_bytes > 0)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: %lld bytes are there, %lld were noted", file->part_path,
                              (long long)info.st_size, (long long)kept_bytes);
    if (ftruncate(file->fd, (off_t)kept_bytes) != 0 || lseek(file->fd, (off_t)kept_bytes, SEEK_SET) < 0)
        return weft_error_set_no_output(err, errno, file->part_path, "cannot truncate");
    file->size = kept_bytes;
    file->sent = kept_bytes / SEND_BYTES * SEND_BYTES;
    return WEFT_OK;
}

static weft_status open_part(weft_output_file *file, int64_t kept_bytes, weft_error *err) {
    for (;;) {
        weft_status status = weft_plain_file_open(&file->fd, file->part_path, O_RDWR | O_CREAT, 0666, err);
        if (status != WEFT_OK) return status;
        status = weft_file_lock_output(file->fd, file->path, err);
        if (status == WEFT_OK && is_still_there(file)) break;
        close(file->fd);
        file->fd = -1; /* not ours: it stays */
        if (status != WEFT_OK) return status;
    }
    weft_status status = cut_part(file, kept_bytes, err);
    if (status == WEFT_OK) return WEFT_OK;
    file->keep = kept_bytes > 0;
    return status;
}

/* Known from the start: once the file has its final name, nothing may fail for want of memory. */
static char *folder_of(const char *path) {
    char *copy = weft_text_format("%s", path);
    char *folder = copy != NULL ? weft_text_format("%s", dirname(copy)) : NULL;
    free(copy);
    return folder;
}

weft_status weft_output_file_open_at(weft_output_file **out, const char *path, int64_t kept_bytes, weft_error *err) {
    weft_output_file *file = calloc(1, sizeof *file);
    weft_status status = WEFT_ERR_MEMORY;
    *out = NULL;
    if (file == NULL) return weft_error_set(err, status, "%s: no memory for an output file", path);
    file->fd = -1;
    file->path = weft_text_format("%s", path);
    file->part_path = weft_text_format("%s.part", path);
    file->folder_path = folder_of(path);
    if (file->path == NULL || file->part_path == NULL || file->folder_path == NULL) {
        weft_error_set(err, status, "%s: no memory for an output file", path);
    } else {
        status = open_part(file, kept_bytes, err);
    }
    if (status != WEFT_OK) {
        weft_output_file_close(file);
        return status;
    }
    *out = file;
    return WEFT_OK;
}

/* --- that ends a folder --- */

static weft_status open_part_in_folder(weft_output_file *file, const char *name, int64_t kept_bytes, weft_error *err) {
    weft_status status = weft_result_folder_check(file->whole_folder, name, err);
    if (status == WEFT_OK) status = weft_make_folders(file->part_folder, err);
    if (status == WEFT_OK) status = open_part(file, kept_bytes, err);
    if (status == WEFT_OK && kept_bytes == 0) weft_result_folder_clear(file->whole_folder, name);
    return status;
}

weft_status weft_output_file_open_in_folder(weft_output_file **out, const char *folder, const char *name,
                                            int64_t kept_bytes, weft_error *err) {
    weft_output_file *file = calloc(1, sizeof *file);
    weft_status status = WEFT_ERR_MEMORY;
    *out = NULL;
    if (file == NULL) return weft_error_set(err, status, "%s: no memory for an output file", folder);
    file->fd = -1;
    file->whole_folder = weft_text_format("%s", folder);
    file->part_folder = weft_text_format("%s.part", folder);
    file->path = weft_text_format("%s/%s", folder, name);
    file->part_path = weft_text_format("%s.part/%s", folder, name);
    file->folder_path = folder_of(folder);
    if (file->whole_folder == NULL || file->part_folder == NULL || file->path == NULL || file->part_path == NULL ||
        file->folder_path == NULL)
        weft_error_set(err, status, "%s: no memory for an output file", folder);
    else
        status = open_part_in_folder(file, name, kept_bytes, err);
    if (status != WEFT_OK) {
        weft_output_file_close(file);
        return status;
    }
    *out = file;
    return WEFT_OK;
}

int64_t weft_output_file_part_bytes(const char *path) {
    const char *slash = strrchr(path, '/');
    struct stat info;
    char *part = weft_text_format("%s.part", path);
    int64_t bytes = part != NULL && stat(part, &info) == 0 ? (int64_t)info.st_size : -1;
    free(part);
    if (bytes >= 0 || slash == NULL) return bytes;
    part = weft_text_format("%.*s.part%s", (int)(slash - path), path, slash);
    if (part != NULL && stat(part, &info) == 0) bytes = (int64_t)info.st_size;
    free(part);
    return bytes;
}

static weft_status rename_folder(weft_output_file *file, weft_error *err) {
    weft_status status = weft_sync_folder(file->part_folder, err);
    if (status == WEFT_OK) status = weft_result_folder_rename(file->whole_folder, err);
    file->committed = status == WEFT_OK;
    if (status == WEFT_OK) status = weft_sync_folder(file->folder_path, err);
    if (status == WEFT_OK) weft_result_folder_tidy(file->whole_folder);
    return status;
}

/* --- standard output --- */

weft_status weft_output_file_open_stdout(weft_output_file **out, const weft_cancel *cancel, weft_error *err) {
    weft_output_file *file = calloc(1, sizeof *file);
    *out = NULL;
    if (file == NULL) return weft_error_no_memory(err, "standard output");
    *file = (weft_output_file){.fd = STDOUT_FILENO, .is_stdout = true, .cannot_send = true, .cancel = cancel};
    file->path = weft_text_format("standard output");
    file->part_path = weft_text_format("standard output");
    if (file->path == NULL || file->part_path == NULL) {
        weft_output_file_close(file);
        return weft_error_no_memory(err, "standard output");
    }
    *out = file;
    return WEFT_OK;
}

weft_status weft_output_file_open(weft_output_file **out, const char *path, weft_error *err) {
    return weft_output_file_open_at(out, path, 0, err);
}

void weft_output_file_set_cancel(weft_output_file *file, const weft_cancel *cancel) {
    file->cancel = cancel;
}

static weft_status set_write_error(weft_output_file *file, int errno_value, size_t length, weft_error *err) {
    weft_status status = weft_error_set_no_output(err, errno_value, file->part_path, "cannot write");
    weft_disk_space_hint(file->fd, errno_value, (int64_t)length, err);
    return status;
}

/* 0, or errno. Failing to sync is failing to write: the kernel reports it once, here and not at the last sync. */
static int sync_range(weft_output_file *file, int64_t from, unsigned how) {
    if (file->cannot_send) return 0;
    int failed;
    while ((failed = sync_file_range(file->fd, from, SEND_BYTES, how)) != 0 && errno == EINTR) {
    }
    if (failed == 0) return 0;
    file->cannot_send = errno == ENOSYS || errno == EINVAL || errno == ESPIPE;
    return file->cannot_send ? 0 : errno;
}

/* Starts the next part on its way and waits for the one before it. */
static int send_part(weft_output_file *file) {
    int failure = sync_range(file, file->sent, SYNC_FILE_RANGE_WRITE);
    int64_t before = file->sent - SEND_BYTES;
    file->sent += SEND_BYTES;
    if (failure != 0 || before < 0) return failure;
    failure =
        sync_range(file, before, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
    if (failure == 0 && !file->cannot_send) (void)posix_fadvise(file->fd, before, SEND_BYTES, POSIX_FADV_DONTNEED);
    return failure;
}

/* What a pipe takes at once when poll() says that it takes something (POSIX: PIPE_BUF bytes are written whole). More
 * would block until its reader goes on, deaf to signals. */
static size_t piece_of_stream(int fd, size_t length) {
    struct stat info;
    bool blocks = fstat(fd, &info) != 0 || !S_ISREG(info.st_mode);
    return blocks && length > PIPE_BUF ? PIPE_BUF : length;
}

static weft_status write_stream(weft_output_file *file, const char *bytes, size_t length, weft_error *err) {
    while (length > 0) {
        struct pollfd ready = {.fd = file->fd, .events = POLLOUT};
        weft_status status = weft_cancel_check(file->cancel, err);
        if (status != WEFT_OK) return status;
        if (poll(&ready, 1, STREAM_LOOK_MS) <= 0) continue; /* a signal interrupts it, always */
        size_t written, piece = piece_of_stream(file->fd, length);
        int failure = weft_steady_write(file->fd, bytes, piece, &written);
        file->size += (int64_t)written;
        if (failure != 0) return weft_error_set_no_output(err, failure, file->path, "cannot write");
        bytes += piece;
        length -= piece;
    }
    return WEFT_OK;
}

static weft_status append(weft_output_file *file, const void *bytes, size_t length, weft_error *err) {
    size_t written;
    if (file->is_stdout) return write_stream(file, bytes, length, err);
    weft_status status = weft_cancel_check(file->cancel, err);
    if (status != WEFT_OK) return status;
    int failure = weft_steady_write(file->fd, bytes, length, &written);
    file->size += (int64_t)written;
    if (failure != 0) return set_write_error(file, failure, length - written, err);
    while (file->size - file->sent >= SEND_BYTES) {
        failure = send_part(file);
        if (failure != 0) return set_write_error(file, failure, length, err);
    }
    return WEFT_OK;
}

weft_status weft_output_file_write(weft_output_file *file, const void *bytes, size_t length, weft_error *err) {
    if (file->hash == NULL) return append(file, bytes, length, err);
    weft_digest_thread_start(file->hash, bytes, length);
    weft_status status = append(file, bytes, length, err);
    weft_status hashed = weft_digest_thread_wait(file->hash, status == WEFT_OK ? err : NULL);
    return status == WEFT_OK ? hashed : status;
}

/* --- from another file --- */

/* errno of copy_file_range() where this kernel, these file systems or this pair of them cannot. */
static bool cannot_copy(int errno_value) {
    return errno_value == ENOSYS || errno_value == EXDEV || errno_value == EINVAL || errno_value == EOPNOTSUPP ||
           errno_value == EBADF || errno_value == EPERM || errno_value == ETXTBSY;
}

static weft_status set_read_error(int errno_value, const char *path, weft_error *err) {
    return weft_error_set_no_output(err, errno_value, path, "cannot read");
}

/* Through memory. */
static weft_status pass_on(weft_output_file *file, int fd, const char *path, int64_t offset, int64_t bytes,
                           weft_error *err) {
    char *buffer = malloc(PASSED_BYTES);
    weft_status status = WEFT_OK;
    if (buffer == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to copy it", path);
    while (bytes > 0 && status == WEFT_OK) {
        size_t length = bytes < PASSED_BYTES ? (size_t)bytes : PASSED_BYTES;
        int failure = weft_steady_pread(fd, buffer, length, offset);
        status = failure != 0 ? set_read_error(failure, path, err) : weft_output_file_write(file, buffer, length, err);
        offset += (int64_t)length;
        bytes -= (int64_t)length;
    }
    free(buffer);
    return status;
}

/* One piece of at most SEND_BYTES; *copied: how much the kernel took. 0, or errno. */
static int copy_piece(weft_output_file *file, int fd, int64_t offset, int64_t bytes, int64_t *copied) {
    off_t from = (off_t)offset;
    ssize_t got;
    while ((got = copy_file_range(fd, &from, file->fd, NULL, (size_t)bytes, 0)) < 0 && errno == EINTR) {
    }
    *copied = got > 0 ? got : 0;
    if (got < 0) return errno;
    return got == 0 ? ENODATA : 0;
}

/* What was copied is read once more for the digest, from the page cache mostly. */
static weft_status hash_copied(weft_output_file *file, int fd, const char *path, int64_t offset, int64_t bytes,
                               weft_error *err) {
    if (file->hash == NULL) return WEFT_OK;
    return weft_digest_add_file(weft_digest_thread_own(file->hash), fd, offset, offset + bytes, path, file->cancel,
                                err);
}

static weft_status copy_range(weft_output_file *file, int fd, const char *path, int64_t offset, int64_t bytes,
                              weft_error *err) {
    while (bytes > 0) {
        int64_t copied = 0;
        weft_status status = weft_cancel_check(file->cancel, err);
        if (status != WEFT_OK) return status;
        int failure =
            file->is_stdout ? ENOSYS : copy_piece(file, fd, offset, bytes < SEND_BYTES ? bytes : SEND_BYTES, &copied);
        if (failure != 0 && cannot_copy(failure)) return pass_on(file, fd, path, offset, bytes, err);
        if (failure == ENODATA) return set_read_error(EIO, path, err);
        if (failure != 0) return set_write_error(file, failure, (size_t)bytes, err);
        file->size += copied;
        status = hash_copied(file, fd, path, offset, copied, err);
        if (status != WEFT_OK) return status;
        offset += copied;
        bytes -= copied;
        while (file->size - file->sent >= SEND_BYTES)
            if ((failure = send_part(file)) != 0) return set_write_error(file, failure, (size_t)copied, err);
    }
    return WEFT_OK;
}

weft_status weft_output_file_append_file(weft_output_file *file, const char *path, int64_t offset, int64_t bytes,
                                         weft_error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return set_read_error(errno, path, err);
    weft_status status = copy_range(file, fd, path, offset, bytes, err);
    (void)close(fd);
    return status;
}

/* --- its digest --- */

static weft_digest_kind kept_kind(const weft_output_file *file) {
    return weft_digest_kind_of(weft_digest_thread_digest(file->hash));
}

static void drop_digest(weft_output_file *file) {
    weft_digest_thread_free(file->hash);
    file->hash = NULL;
}

weft_status weft_output_file_keep_digest(weft_output_file *file, weft_digest_kind kind, weft_error *err) {
    weft_digest *digest = NULL;
    if (file->hash != NULL && kept_kind(file) == kind) return WEFT_OK;
    drop_digest(file);
    weft_status status = weft_digest_new(&digest, kind, err);
    if (status == WEFT_OK)
        status = weft_digest_add_file(digest, file->fd, 0, file->size, file->part_path, file->cancel, err);
    if (status == WEFT_OK) return weft_digest_thread_new(&file->hash, digest, err);
    weft_digest_free(digest);
    return status;
}

weft_status weft_output_file_digest(const weft_output_file *file, char out[WEFT_DIGEST_HEX_BYTES], weft_error *err) {
    out[0] = '\0';
    if (file->hash == NULL) return WEFT_OK;
    return weft_digest_finish_hex(weft_digest_thread_digest(file->hash), out, err);
}

const char *weft_output_file_part_path(const weft_output_file *file) {
    return file->part_path;
}

/* A library opens the part file by its name. Where that name led elsewhere meanwhile (the file was removed and made
 * anew, or a link was put there), what it wrote is not what is locked and synced here. */
weft_status weft_output_file_adopt(weft_output_file *file, weft_error *err) {
    struct stat info;
    if (!is_still_there(file)) {
        weft_error_set(err, WEFT_ERR_IO, "%s: was removed or replaced while it was written", file->part_path);
        weft_error_hint(err, "nothing else may write in the output folder during a run");
        return WEFT_ERR_IO;
    }
    if (fstat(file->fd, &info) != 0)
        return weft_error_set_no_output(err, errno, file->part_path, "cannot be looked at");
    file->size = info.st_size;
    if (file->hash == NULL) return WEFT_OK;
    weft_digest_kind kind = kept_kind(file);
    drop_digest(file);
    return weft_output_file_keep_digest(file, kind, err);
}

int64_t weft_output_file_size(const weft_output_file *file) {
    return file->size;
}

weft_status weft_sync_folder(const char *folder, weft_error *err) {
    weft_status status = WEFT_OK;
    int fd = open(folder, O_RDONLY | O_CLOEXEC);
    /* Some network file systems cannot sync a folder (EINVAL), and some folders may be written but not opened (EACCES):
     * there a name is as durable as it gets. */
    int failure = fd < 0 ? errno : weft_steady_sync(fd);
    if (failure != 0 && failure != EINVAL && failure != EACCES)
        status = weft_error_set_no_output(err, failure, folder, "cannot sync");
    if (fd >= 0) close(fd);
    return status;
}

static weft_status sync_folder_of(const char *path, weft_error *err) {
    char *folder = folder_of(path);
    if (folder == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to sync its folder", path);
    weft_status status = weft_sync_folder(folder, err);
    free(folder);
    return status;
}

weft_status weft_output_file_sync(weft_output_file *file, weft_error *err) {
    if (file->is_stdout) return WEFT_OK;
    int failure = weft_steady_sync(file->fd);
    return failure == 0 ? WEFT_OK : set_write_error(file, failure, 0, err);
}

void weft_output_file_keep(weft_output_file *file, bool keep) {
    file->keep = keep;
}

weft_status weft_output_file_commit(weft_output_file *file, weft_error *err) {
    if (file->is_stdout) return WEFT_OK;
    int failure = weft_steady_sync(file->fd);
    if (failure != 0) return set_write_error(file, failure, 0, err);
    if (file->whole_folder != NULL) return rename_folder(file, err);
    if (rename(file->part_path, file->path) != 0)
        return weft_error_set_no_output(err, errno, file->part_path, "cannot rename");
    file->committed = true;
    return weft_sync_folder(file->folder_path, err);
}

void weft_output_file_close(weft_output_file *file) {
    if (file == NULL) return;
    if (file->fd >= 0 && !file->is_stdout) {
        if (!file->committed && !file->keep) unlink(file->part_path);
        if (!file->committed && !file->keep && file->whole_folder != NULL) weft_result_folder_drop(file->whole_folder);
        close(file->fd);
    }
    weft_digest_thread_free(file->hash);
    free(file->path);
    free(file->part_path);
    free(file->folder_path);
    free(file->whole_folder);
    free(file->part_folder);
    free(file);
}

static weft_status make_folder(const char *path, weft_error *err) {
    struct stat info;
    /* A folder that is lost with the power takes all that was synced in it along. */
    if (mkdir(path, 0777) == 0) return sync_folder_of(path, err);
    if (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) return WEFT_OK;
    return weft_error_set_no_output(err, errno == EEXIST ? ENOTDIR : errno, path, "cannot make the folder");
}

weft_status weft_make_folders(const char *path, weft_error *err) {
    char *copy = weft_text_format("%s", path);
    if (copy == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a path", path);
    weft_status status = WEFT_OK;
    for (char *slash = strchr(copy + 1, '/'); slash != NULL && status == WEFT_OK; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        status = make_folder(copy, err);
        *slash = '/';
    }
    if (status == WEFT_OK) status = make_folder(path, err);
    free(copy);
    return status;
}
