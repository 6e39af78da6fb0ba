/* Resident memory outside the ledger: libraries, and what they hold for open files and for each worker.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_UNMANAGED_MEMORY_H
#define WEFT_PIPELINE_UNMANAGED_MEMORY_H

#include "config/config.h"
#include "pipeline/memory/memory_needs.h"

/* Bytes that are resident when the sources are open, and what the run will add to them. */
int64_t weft_unmanaged_bytes(const weft_config *config, const weft_memory_needs *needs);

/* What GDAL's cache is to hold for `threads` when `bytes` are for one. */
int64_t weft_gdal_cache_bytes(int64_t bytes, int threads);

#endif
