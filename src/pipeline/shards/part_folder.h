/* The folder of a table that stays in the parts that its shards made (export.partition: shards).
 *
 * Parts are written in the shards' own folders. When all are done they are moved into one folder, which gets its name
 * when it is whole, with a manifest: what metadata says of a table, and of each part which rows it has.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PART_FOLDER_H
#define WEFT_PIPELINE_PART_FOLDER_H

#include "config/config.h"

/* What a folder has. */
typedef struct weft_part_folder {
    char *path; /* on the heap */
    int parts;  /* files of each format */
    int64_t rows, bytes;
    bool was_there; /* nothing was done */
} weft_part_folder;

/* Makes the folder of a named configuration from its shards, in place of the one that was there, and removes what else
 * the shards left. Where it was stopped it goes on. If there are no shards, but the folder is there and has all that
 * its manifest says, there is nothing to do.
 *
 * count   of shards; 0: as many as are there
 * errors  those of weft_shard_set_read() and weft_shard_set_match(); WEFT_ERR_DATA (something else has the name, or the
 *         folder lacks parts), WEFT_ERR_BUSY (another process is at it), WEFT_ERR_IO, WEFT_ERR_PERMISSION */
weft_status weft_part_folder_make(weft_part_folder *out, const weft_config *config, int count, weft_error *err);

/* The same for a shard that is done: where others are not, *out stays empty, and the last one makes it. */
weft_status weft_part_folder_offer(weft_part_folder *out, const weft_config *config, int number, int count,
                                   weft_error *err);

void weft_part_folder_dispose(weft_part_folder *folder);

#endif
