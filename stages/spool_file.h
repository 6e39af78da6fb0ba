/* Bytes that are put by until the output's end: appended as they come, copied into the output when all are there.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_SPOOL_FILE_H
#define WEFT_STAGES_SPOOL_FILE_H

#include "core/output_file.h"

typedef struct weft_spool_file weft_spool_file;

/* Makes the file at `path`, in a folder that is there. Errors: WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_spool_file_open(weft_spool_file **out, const char *path, weft_error *err);
/* Closes and removes it. NULL is fine. */
void weft_spool_file_close(weft_spool_file *file);

/* One thread. Errors: WEFT_ERR_IO. */
weft_status weft_spool_file_append(weft_spool_file *file, const void *bytes, size_t length, weft_error *err);
int64_t weft_spool_file_size(const weft_spool_file *file);

/* Appends all of it to `output`. Errors: WEFT_ERR_IO. */
weft_status weft_spool_file_copy(const weft_spool_file *file, weft_output_file *output, weft_error *err);

#endif
