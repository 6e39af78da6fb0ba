/* What stands beside the files of a partitioned table: which there are, as JSON, an entry at a time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_STAGES_PARTITION_MANIFEST_H
#define WEFT_STAGES_PARTITION_MANIFEST_H

#include "core/files/output_file.h"

/* Each adds to `output`. Errors: those of weft_output_file_write(), WEFT_ERR_MEMORY. */
weft_status weft_partition_manifest_begin(weft_output_file *output, const char *const *by, int by_count, int partitions,
                                          int64_t rows, weft_error *err);
/* number: from 0; file: its path in the folder; digest: "" is none. */
weft_status weft_partition_manifest_add(weft_output_file *output, int number, const char *file, int64_t rows,
                                        int64_t bytes, const char *digest, weft_error *err);
weft_status weft_partition_manifest_end(weft_output_file *output, weft_error *err);

#endif
