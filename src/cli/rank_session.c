/* SPDX-License-Identifier: MIT
 *
 * Rank 0 speaks for all: it shows warnings of the plan, joins, and prints the summary. Others speak of what fails. */
#include "cli/rank_session.h"

#include "cli/interruption.h"
#include "cli/shard_session.h"
#include "core/log.h"
#include "pipeline/ranks/rank_run.h"
#include "pipeline/shards/shard_config.h"

#include <stdbool.h>

/* The plan's warnings, once, not once a range. */
static void show_warnings(void *payload, const weft_plan *plan) {
    bool *shown = payload;
    for (int i = 0; i < plan->warning_count && !*shown; i++)
        weft_log(WEFT_LOG_WARNING, "%s", plan->warnings[i]);
    *shown = true;
}

/* A rank that has to stop does not wait for others, which may be gone already. */
static int make_ranges(weft_config *config, const weft_run_request *request, const weft_rank_link *link, int *count,
                       weft_error *err) {
    bool shown = link->rank > 0;
    weft_rank_options options = {
        .link = link,
        .run = {.cancel = weft_interruption_catch(), .planned = show_warnings, .planned_payload = &shown},
        .count = *count,
        .resume = request->resume};
    weft_status status = weft_rank_run(config, &options, count, err);
    int exit_code = status == WEFT_OK ? 0 : weft_fail(err);
    if (status == WEFT_ERR_CANCELLED) {
        weft_log(WEFT_LOG_INFO, "ranges that are done stay; --resume makes the others, on any number of ranks");
        link->abort(exit_code);
    }
    return (int)link->max(exit_code);
}

int weft_rank_session(weft_config *config, const weft_run_request *request, int count) {
    weft_rank_link link = {0};
    weft_error err = {0};
    weft_status status = weft_shard_config_name(config, &err);
    if (status == WEFT_OK) status = weft_rank_link_load(&link, &err);
    if (status != WEFT_OK) return weft_run_session_none(&err, weft_fail(&err), request->json);
    weft_log_set_experiment(config->experiment);
    int exit_code = make_ranges(config, request, &link, &count, &err);
    if (link.rank == 0)
        exit_code = exit_code == 0 ? weft_join_session(config, request, count, false)
                                   : weft_run_session_none(&err, exit_code, request->json);
    exit_code = (int)link.of_first(exit_code);
    link.close();
    return exit_code;
}
