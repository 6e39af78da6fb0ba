/* SPDX-License-Identifier: MIT
 *
 * Without a name from the start, so that a run that is killed leaves nothing of it. */
#include "stages/writers/scratch_file.h"

#include "core/steady_io.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct weft_scratch_file {
    char *path;
    int fd;
};

static weft_status set_io_error(const weft_scratch_file *file, int errno_value, weft_error *err) {
    weft_error_set_errno(err, errno_value, "%s: scratch", file->path);
    if (err != NULL) err->status = WEFT_ERR_IO;
    return WEFT_ERR_IO;
}

weft_status weft_scratch_file_open(weft_scratch_file **out, const char *path, weft_error *err) {
    weft_scratch_file *file = calloc(1, sizeof *file);
    weft_status status = WEFT_OK;
    *out = NULL;
    if (file == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a scratch file", path);
    file->fd = -1;
    file->path = weft_text_format("%s", path);
    if (file->path == NULL) {
        status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for a scratch file", path);
        goto done;
    }
    file->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file->fd < 0)
        status = set_io_error(file, errno, err);
    else
        unlink(path);
done:
    if (status == WEFT_OK)
        *out = file;
    else
        weft_scratch_file_close(file);
    return status;
}

void weft_scratch_file_close(weft_scratch_file *file) {
    if (file == NULL) return;
    if (file->fd >= 0) close(file->fd);
    free(file->path);
    free(file);
}

weft_status weft_scratch_file_write(weft_scratch_file *file, int64_t place, const void *bytes, int64_t length,
                                    weft_error *err) {
    int failed = weft_steady_pwrite(file->fd, bytes, (size_t)length, place);
    return failed == 0 ? WEFT_OK : set_io_error(file, failed, err);
}

weft_status weft_scratch_file_read(weft_scratch_file *file, int64_t place, void *bytes, int64_t length,
                                   weft_error *err) {
    int failed = weft_steady_pread(file->fd, bytes, (size_t)length, place);
    return failed == 0 ? WEFT_OK : set_io_error(file, failed, err);
}
