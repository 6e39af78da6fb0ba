/* The memory plan: how the limit is shared out between libraries and the ledger, and the ledger between its uses.
 *
 * Configured sizes are the desired ones. The plan gives as much of them as the ledger can hold. What it goes by:
 *
 *     memory_needs.h       what the sources, columns and outputs need
 *     memory_limit.h       the limit in bytes
 *     unmanaged_memory.h   what of it libraries take
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_PIPELINE_MEMORY_PLAN_H
#define WEFT_PIPELINE_MEMORY_PLAN_H

#include "config/config.h"
#include "core/status.h"
#include "pipeline/memory/memory_needs.h"
#include "pipeline/plan/memory_shares.h"

/* Shares the limit out. Errors: WEFT_ERR_MEMORY, with the smallest limit that works. */
weft_status weft_memory_plan_make(weft_memory_plan *out, const weft_config *config, const weft_memory_needs *needs,
                                  weft_error *err);

/* The ledger's capacity while `unmanaged_bytes` are resident outside it: 10 points under the warning level. */
int64_t weft_memory_plan_capacity(const weft_config *config, int64_t limit_bytes, int64_t unmanaged_bytes);

/* The ledger's bound: under the critical level, and under 95 % of the limit. */
int64_t weft_memory_plan_bound(const weft_config *config, int64_t limit_bytes, int64_t unmanaged_bytes);

#endif
