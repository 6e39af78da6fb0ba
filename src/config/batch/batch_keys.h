/* Between the files of this folder only: the table of a batch file's keys.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CONFIG_BATCH_KEYS_H
#define WEFT_CONFIG_BATCH_KEYS_H

#include "config/batch/batch_entry.h"

extern const weft_config_key weft_batch_keys[];

/* Reads tree->root into the rest of the tree; reports what is wrong. */
void weft_batch_read(weft_config_reader *reader, weft_batch_tree *tree);

#endif
