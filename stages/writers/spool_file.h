/* Bytes that are put by until the output's end: appended as they come, copied into the output when all are there.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_SPOOL_FILE_H
#define WEFT_STAGES_SPOOL_FILE_H

#include "core/files/output_file.h"

typedef struct weft_spool_file weft_spool_file;

/* Makes the file at `path`, in a folder that is there; the first `kept_bytes` of one that is there stay. Errors:
 * WEFT_ERR_IO (also when it has fewer), WEFT_ERR_MEMORY. */
weft_status weft_spool_file_open(weft_spool_file **out, const char *path, int64_t kept_bytes, weft_error *err);
/* Closes it, and removes it unless it is to be kept. NULL is fine. */
void weft_spool_file_close(weft_spool_file *file, bool keep);

/* One thread. Errors: WEFT_ERR_IO. */
weft_status weft_spool_file_append(weft_spool_file *file, const void *bytes, size_t length, weft_error *err);
/* Returns when all of it is on disk. Errors: WEFT_ERR_IO. */
weft_status weft_spool_file_sync(weft_spool_file *file, weft_error *err);
/* The SHA-256 of all of it, in hex. What was hashed before is not read again; `cancel` is looked at meanwhile, and may
 * be NULL. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY; those of weft_cancel_check(). */
weft_status weft_spool_file_digest(weft_spool_file *file, const weft_cancel *cancel, char out[WEFT_DIGEST_HEX_BYTES],
                                   weft_error *err);
int64_t weft_spool_file_size(const weft_spool_file *file);

/* Reads `length` bytes at `offset`, all of which are there. Errors: WEFT_ERR_IO. */
weft_status weft_spool_file_read(const weft_spool_file *file, int64_t offset, void *out, size_t length,
                                 weft_error *err);

/* Appends all of it to `output`. Errors: WEFT_ERR_IO; those of weft_output_file_write(). */
weft_status weft_spool_file_copy(const weft_spool_file *file, weft_output_file *output, weft_error *err);

#endif
