/* SPDX-License-Identifier: MIT
 *
 * Written and read by position, with a small buffer: mapped pages would count as resident. */
#include "stages/writers/spool_file.h"

#include "core/files/disk_space.h"
#include "core/files/plain_file.h"
#include "core/steady_io.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES 65536

struct weft_spool_file {
    char *path;
    int fd;
    int64_t size;
    weft_digest *hash; /* of the first `hashed` bytes; NULL: of none */
    int64_t hashed;
};

static weft_status set_io_error(const weft_spool_file *file, int errno_value, weft_error *err) {
    weft_error_set_errno(err, errno_value, "%s: scratch", file->path);
    if (err != NULL) err->status = WEFT_ERR_IO;
    return WEFT_ERR_IO;
}

/* Cuts the file to what is kept of it. */
static weft_status cut(weft_spool_file *file, int64_t kept_bytes, weft_error *err) {
    struct stat info;
    if (fstat(file->fd, &info) != 0) return set_io_error(file, errno, err);
    if (info.st_size < kept_bytes) {
        weft_error_set(err, WEFT_ERR_IO, "%s: scratch has %lld bytes, not the %lld that were noted", file->path,
                       (long long)info.st_size, (long long)kept_bytes);
        weft_error_hint(err, "it cannot be resumed: start from the beginning");
        return WEFT_ERR_IO;
    }
    if (ftruncate(file->fd, (off_t)kept_bytes) != 0) return set_io_error(file, errno, err);
    file->size = kept_bytes;
    return WEFT_OK;
}

weft_status weft_spool_file_open(weft_spool_file **out, const char *path, int64_t kept_bytes, weft_error *err) {
    weft_spool_file *file = calloc(1, sizeof *file);
    weft_status status = WEFT_OK;
    *out = NULL;
    if (file != NULL) {
        file->fd = -1;
        file->path = weft_text_format("%s", path);
    }
    if (file == NULL || file->path == NULL) {
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a scratch file", path);
        goto done;
    }
    status = weft_plain_file_open(&file->fd, path, O_RDWR | O_CREAT, 0600, err);
    if (status == WEFT_OK) status = cut(file, kept_bytes, err);
done:
    if (status == WEFT_OK)
        *out = file;
    else
        weft_spool_file_close(file, kept_bytes > 0);
    return status;
}

void weft_spool_file_close(weft_spool_file *file, bool keep) {
    if (file == NULL) return;
    weft_digest_free(file->hash);
    if (file->fd >= 0) {
        close(file->fd);
        if (!keep) unlink(file->path);
    }
    free(file->path);
    free(file);
}

weft_status weft_spool_file_append(weft_spool_file *file, const void *bytes, size_t length, weft_error *err) {
    int failure = weft_steady_pwrite(file->fd, bytes, length, file->size);
    if (failure != 0) {
        weft_status status = set_io_error(file, failure, err);
        weft_disk_space_hint(file->fd, failure, (int64_t)length, err);
        return status;
    }
    file->size += (int64_t)length;
    return WEFT_OK;
}

weft_status weft_spool_file_sync(weft_spool_file *file, weft_error *err) {
    int failure = weft_steady_sync(file->fd);
    return failure == 0 ? WEFT_OK : set_io_error(file, failure, err);
}

weft_status weft_spool_file_digest(weft_spool_file *file, const weft_cancel *cancel, char out[WEFT_DIGEST_HEX_BYTES],
                                   weft_error *err) {
    weft_status status = file->hash == NULL ? weft_digest_new(&file->hash, WEFT_DIGEST_CRC32, err) : WEFT_OK;
    if (status == WEFT_OK)
        status = weft_digest_add_file(file->hash, file->fd, file->hashed, file->size, file->path, cancel, err);
    if (status != WEFT_OK) return status;
    file->hashed = file->size;
    return weft_digest_finish_hex(file->hash, out, err);
}

int64_t weft_spool_file_size(const weft_spool_file *file) {
    return file->size;
}

weft_status weft_spool_file_read(const weft_spool_file *file, int64_t offset, void *out, size_t length,
                                 weft_error *err) {
    char *next = out;
    while (length > 0) {
        ssize_t got = pread(file->fd, next, length, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return set_io_error(file, got < 0 ? errno : EIO, err);
        next += got;
        offset += got;
        length -= (size_t)got;
    }
    return WEFT_OK;
}

weft_status weft_spool_file_copy(const weft_spool_file *file, weft_output_file *output, weft_error *err) {
    char *bytes = malloc(COPY_BYTES);
    weft_status status = WEFT_OK;
    if (bytes == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to copy it", file->path);
    for (int64_t at = 0; at < file->size && status == WEFT_OK; at += COPY_BYTES) {
        int64_t left = file->size - at;
        size_t length = (size_t)(left < COPY_BYTES ? left : COPY_BYTES);
        int failure = weft_steady_pread(file->fd, bytes, length, at);
        status = failure != 0 ? set_io_error(file, failure, err) : weft_output_file_write(output, bytes, length, err);
    }
    free(bytes);
    return status;
}
