/* Between the files of this folder only: what a partitioned table says of itself.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_PART_MANIFEST_H
#define WEFT_PIPELINE_PART_MANIFEST_H

#include "core/text.h"
#include "pipeline/shards/shard_set.h"

/* Adds the manifest of all shards' parts, as JSON: the metadata of a run (outputs/metadata_file.h), with the parts as
 * outputs, each with its rows and statistics.
 *
 * *rows, *bytes  of all parts together; rows: of one format
 * errors         WEFT_ERR_IO, WEFT_ERR_DATA (a shard's metadata is none), WEFT_ERR_MEMORY */
weft_status weft_part_manifest_add(weft_text *out, const weft_config *config, const weft_shard_set *set, int64_t *rows,
                                   int64_t *bytes, weft_error *err);

#endif
