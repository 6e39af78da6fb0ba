/* SPDX-License-Identifier: MIT */
#include "stages/pieces/piece_file.h"

#include "core/files/plain_file.h"
#include "core/steady_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

weft_status weft_piece_file_open(int *fd, const weft_table_piece *piece, weft_error *err) {
    struct stat info;
    weft_status status = weft_plain_file_open(fd, piece->path, O_RDONLY, 0, err);
    if (status != WEFT_OK) {
        if (status == WEFT_ERR_NO_INPUT && err != NULL) err->status = WEFT_ERR_IO;
        return status == WEFT_ERR_NO_INPUT ? WEFT_ERR_IO : status;
    }
    if (fstat(*fd, &info) == 0 && info.st_size == (off_t)piece->bytes) return WEFT_OK;
    (void)close(*fd);
    *fd = -1;
    return weft_piece_file_damaged(piece, err);
}

weft_status weft_piece_file_read(int fd, const weft_table_piece *piece, int64_t offset, void *bytes, size_t length,
                                 weft_error *err) {
    if (offset < 0 || offset > piece->bytes || (int64_t)length > piece->bytes - offset)
        return weft_piece_file_damaged(piece, err);
    int failure = weft_steady_pread(fd, bytes, length, offset);
    if (failure == 0) return WEFT_OK;
    weft_error_set_errno(err, failure, "%s: cannot read", piece->path);
    if (err != NULL) err->status = WEFT_ERR_IO;
    return WEFT_ERR_IO;
}

weft_status weft_piece_file_damaged(const weft_table_piece *piece, weft_error *err) {
    weft_error_set(err, WEFT_ERR_DATA, "%s: it is not the piece that a shard wrote: it is damaged, or was replaced",
                   piece->path);
    weft_error_hint(err, "remove its folder and run that shard again");
    return WEFT_ERR_DATA;
}
