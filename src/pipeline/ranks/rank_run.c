/* SPDX-License-Identifier: MIT */
#include "pipeline/ranks/rank_run.h"

#include "core/log.h"
#include "core/window.h"
#include "monitors/usable_cpus.h"
#include "pipeline/memory/memory_limit.h"
#include "pipeline/run/orchestrator.h"
#include "pipeline/shards/shard_config.h"
#include "pipeline/shards/shard_find.h"

#include <unistd.h>

/* Each rank would take what there is, for itself. Threads are shared out only where ranks are not bound to CPUs of
 * their own, as launchers bind them. */
static weft_status share_host(weft_config *config, int ranks, weft_error *err) {
    int64_t limit;
    int cpus = weft_usable_cpus("");
    if (config->threads == 0 && cpus == sysconf(_SC_NPROCESSORS_ONLN))
        config->threads = (int)weft_larger(cpus / ranks, 1);
    if (config->memory_limit.kind == WEFT_SIZE_BYTES) return WEFT_OK;
    weft_status status = weft_memory_limit(&limit, config->memory_limit, "", err);
    if (status == WEFT_OK) config->memory_limit = (weft_size){.kind = WEFT_SIZE_BYTES, .bytes = limit / ranks};
    return status;
}

/* What rank 0 decides for all: 0 where it cannot. */
static int choose_count(const weft_config *config, const weft_rank_options *options, weft_error *err) {
    int count = options->count;
    if (count == 0 && options->resume) count = weft_shards_there(config);
    if (count == 0) count = (int)weft_smaller((int64_t)WEFT_RANGES_A_RANK * options->link->size, WEFT_MAX_SHARDS);
    return !options->resume && weft_shards_clear(config, err) != WEFT_OK ? 0 : count;
}

static weft_status run_range(const weft_config *config, const weft_rank_options *options, int number, int count,
                             weft_error *err) {
    weft_config own;
    weft_run_result result;
    weft_run_options run = options->run;
    run.resume = options->resume;
    weft_status status = weft_shard_config_copy(&own, config, number, count, err);
    if (status != WEFT_OK) return status;
    status = weft_run(&own, &run, &result, err);
    weft_shard_config_dispose(&own);
    if (status == WEFT_OK && !result.was_finished)
        weft_log(WEFT_LOG_INFO, "range %d of %d: made by rank %d in %.2f s", number, count, options->link->rank,
                 result.seconds);
    return status;
}

weft_status weft_rank_run(weft_config *config, const weft_rank_options *options, int *count, weft_error *err) {
    const weft_rank_link *link = options->link;
    weft_error own = {0};
    weft_status first = share_host(config, link->local_size, err);
    int64_t chosen = link->rank == 0 ? choose_count(config, options, &own) : 0;
    *count = (int)link->of_first(chosen);
    if (*count == 0) {
        if (link->rank == 0 && err != NULL) *err = own;
        return link->rank == 0 ? own.status : WEFT_OK;
    }
    for (int64_t range; first != WEFT_ERR_CANCELLED && (range = link->next()) < *count;) {
        weft_status status = run_range(config, options, (int)range + 1, *count, &own);
        if (status == WEFT_OK) continue;
        weft_error_context(&own, "range %d of %d", (int)range + 1, *count);
        if (first == WEFT_OK || status == WEFT_ERR_CANCELLED) {
            first = status;
            if (err != NULL) *err = own;
        }
    }
    return first;
}
