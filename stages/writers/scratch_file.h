/* Cells that do not fit into memory, written and read by position: mapped pages would count as resident.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_SCRATCH_FILE_H
#define WEFT_STAGES_SCRATCH_FILE_H

#include "core/status.h"

#include <stdint.h>

typedef struct weft_scratch_file weft_scratch_file;

/* Makes the file at `path`, in a folder that is there, and takes its name away: it is gone with the process. Errors:
 * WEFT_ERR_IO, WEFT_ERR_MEMORY. */
weft_status weft_scratch_file_open(weft_scratch_file **out, const char *path, weft_error *err);
/* NULL is fine. */
void weft_scratch_file_close(weft_scratch_file *file);

/* Any thread; places that are written and read at the same time must not overlap. Reading what was never written is an
 * error. Errors: WEFT_ERR_IO. */
weft_status weft_scratch_file_write(weft_scratch_file *file, int64_t place, const void *bytes, int64_t length,
                                    weft_error *err);
weft_status weft_scratch_file_read(weft_scratch_file *file, int64_t place, void *bytes, int64_t length,
                                   weft_error *err);

#endif
