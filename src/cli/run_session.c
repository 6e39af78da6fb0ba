/* SPDX-License-Identifier: MIT */
#include "cli/run_session.h"

#include "cli/interruption.h"
#include "cli/run_summary.h"
#include "cli/standard_streams.h"
#include "core/log.h"
#include "core/text.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/record/run_identity.h"
#include "pipeline/run/orchestrator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *counted(int count, const char *one, const char *many) {
    return count == 1 ? one : many;
}

/* All that a run shows while it is under way. */
typedef struct shown_run {
    weft_progress progress;
    weft_progress_kind wanted;
    weft_run_summary summary;
    weft_served served;
} shown_run;

static void say_plan(const weft_plan *plan) {
    weft_text fields = {0};
    const weft_grid *grid = &plan->grid;
    weft_text_add_json_member(&fields, "crs", weft_crs_name(grid->crs));
    weft_text_add(&fields, ", \"cols\": %lld, \"rows\": %lld, \"layers\": %d, \"threads\": %d", (long long)grid->cols,
                  (long long)grid->rows, plan->layer_count, plan->memory.threads);
    weft_text_add(&fields, ", \"mode\": \"%s\", \"limit_bytes\": %lld, \"peak_estimate_bytes\": %lld",
                  weft_plan_is_in_memory(plan) ? "in memory" : "streaming", (long long)plan->memory.limit_bytes,
                  (long long)plan->memory.peak_bytes);
    weft_log_event(WEFT_LOG_INFO, "plan", &fields);
    weft_text_dispose(&fields);
}

static void show_plan(void *payload, const weft_plan *plan) {
    shown_run *shown = payload;
    char limit[WEFT_SIZE_TEXT_BYTES];
    const weft_grid *grid = &plan->grid;
    int threads = plan->memory.threads;
    weft_text_size(plan->memory.limit_bytes, limit);
    for (int i = 0; i < plan->warning_count; i++)
        weft_log(WEFT_LOG_WARNING, "%s", plan->warnings[i]);
    if (plan->rows.file != NULL)
        weft_log(WEFT_LOG_INFO, "%s: %d %s of %lld rows; %d %s, limit %s", plan->config->experiment, plan->column_count,
                 counted(plan->column_count, "column", "columns"), (long long)plan->table_rows, threads,
                 counted(threads, "thread", "threads"), limit);
    else
        weft_log(WEFT_LOG_INFO, "%s: %d %s on %lld x %lld cells, %s; %s, %d %s, limit %s", plan->config->experiment,
                 plan->layer_count, counted(plan->layer_count, "layer", "layers"), (long long)grid->cols,
                 (long long)grid->rows, weft_crs_name(grid->crs),
                 weft_plan_is_in_memory(plan) ? "in memory" : "streaming", threads,
                 counted(threads, "thread", "threads"), limit);
    if (plan->config->shard.count > 0)
        weft_log(WEFT_LOG_INFO, "shard %d of %d: %lld rows, from row %lld on", plan->config->shard.number,
                 plan->config->shard.count, (long long)(plan->end_row - plan->first_row), (long long)plan->first_row);
    say_plan(plan);
    weft_run_summary_plan(&shown->summary, plan);
    weft_progress_start(&shown->progress, shown->wanted, plan);
    if (shown->served.run != NULL) weft_live_run_planned(shown->served.run, plan);
}

static void keep_statistics(void *payload, const char *statistics) {
    weft_text_add(&((shown_run *)payload)->summary.statistics, "%s", statistics);
}

static void show_step(void *payload, weft_stage_id stage, int64_t done, int64_t total) {
    shown_run *shown = payload;
    weft_progress_step(&shown->progress, stage, done, total);
    if (shown->served.run != NULL) weft_live_run_progressed(shown->served.run, stage, done, total);
}

/* Any thread. */
static void show_adaptation(void *payload, const weft_adaptation *adaptation) {
    weft_text fields = {0};
    (void)payload;
    if (!weft_log_is_json()) return;
    weft_text_add(&fields, ", \"stage\": \"%s\", \"parameter\": \"%s\", \"from\": %lld, \"to\": %lld",
                  weft_stage_name(adaptation->stage), adaptation->parameter, (long long)adaptation->old_value,
                  (long long)adaptation->new_value);
    weft_text_add(&fields, ", \"pressure\": \"%s\", \"usage_percent\": %.1f",
                  weft_pressure_level_name(adaptation->level), adaptation->usage_percent);
    weft_text_add_json_member(&fields, "reason", adaptation->reason);
    weft_log_event(WEFT_LOG_INFO, "adaptation", &fields);
    weft_text_dispose(&fields);
}

/* What to type, in any folder, to resume this run. NULL where there is no memory for it. */
static char *resume_command(const weft_config *config, const weft_run_request *request) {
    weft_text out = {0};
    char *path = realpath(config->file, NULL);
    weft_text_add(&out, "weft %s ", request->command);
    weft_text_add_shell_word(&out, path != NULL ? path : config->file);
    for (int i = 0; i < request->overrides->count; i++) {
        char *override =
            weft_text_format("%s=%s", request->overrides->items[i].key, request->overrides->items[i].value);
        weft_text_add(&out, " --set ");
        weft_text_add_shell_word(&out, override != NULL ? override : "");
        out.failed = out.failed || override == NULL;
        free(override);
    }
    if (!config->experiment_given) weft_text_add(&out, " --set experiment=%s", config->experiment);
    if (request->place != NULL) weft_text_add(&out, " %s", request->place);
    weft_text_add(&out, " --resume");
    free(path);
    if (!out.failed) return out.data;
    weft_text_dispose(&out);
    return NULL;
}

/* The name of the run to resume, or one that no other run has. */
static weft_status choose_name(weft_config *config, bool resume, const weft_cancel *cancel, weft_run_folder *folder,
                               weft_error *err) {
    bool found = false;
    if (config->experiment_given) return WEFT_OK;
    weft_status status = resume ? weft_run_identity_choose(config, cancel, &found, err) : WEFT_OK;
    if (status != WEFT_OK || found) return status;
    return weft_run_folder_take_new(folder, config->output_dir, &config->experiment, weft_finished_run_has_name, config,
                                    err);
}

static void say_start(const weft_config *config, bool resume) {
    weft_text fields = {0};
    weft_text_add_json_member(&fields, "configuration", config->file);
    weft_text_add_json_member(&fields, "version", WEFT_VERSION);
    weft_text_add(&fields, ", \"resume\": %s", resume ? "true" : "false");
    weft_log_event(WEFT_LOG_INFO, "start", &fields);
    weft_text_dispose(&fields);
}

/* What a run that ended well made: nothing, where it was finished before. */
static void print_results(const shown_run *shown, const weft_run_result *result) {
    const weft_config *config = shown->summary.config;
    if (result->was_finished)
        weft_log(WEFT_LOG_INFO, "%s is finished: there is nothing to resume", config->experiment);
    else if (!config->to_stdout)
        weft_run_summary_print(&shown->summary, result, stdout);
    else if (!weft_log_is_json() && shown->wanted != WEFT_PROGRESS_NONE)
        weft_run_summary_print(&shown->summary, result, stderr);
}

/* Ends what is said, on both streams; returns the process's exit code. */
static int tell_end(shown_run *shown, const weft_run_result *result, const weft_error *err, const char *command,
                    bool json) {
    bool interrupted = err->status == WEFT_ERR_CANCELLED;
    weft_run_end end = {result, err, weft_status_exit_code(err->status), result->can_resume ? command : NULL};
    weft_text members = {0}, name = {0};
    if (err->status != WEFT_OK)
        (void)weft_fail(err);
    else if (!json)
        print_results(shown, result);
    if (result->can_resume && command != NULL)
        weft_log(WEFT_LOG_INFO, "to go on where it stopped: %s", command);
    else if (interrupted && command != NULL)
        weft_log(WEFT_LOG_INFO, "nothing of it is on disk yet; to begin again: %s", command);
    weft_text_add_json_member(&name, "experiment", shown->summary.config->experiment);
    weft_run_summary_members(&shown->summary, &end, &members);
    if (json && !name.failed && !members.failed) printf("{%s%s}\n", name.data + 2, members.data);
    end.exit_code = weft_standard_output_check(end.exit_code);
    weft_text_dispose(&members);
    weft_run_summary_members(&shown->summary, &end, &members);
    weft_log_event(WEFT_LOG_INFO, "end", &members);
    weft_text_dispose(&members);
    weft_text_dispose(&name);
    return end.exit_code;
}

int weft_run_session(weft_config *config, const weft_run_request *request) {
    shown_run shown = {.wanted = request->progress, .summary.config = config};
    weft_run_result result = {0};
    weft_error err = {0};
    weft_run_folder folder = {0};
    char *command = NULL;
    weft_cancel *cancel = weft_interruption_catch();
    if (config->experiment_given) weft_log_set_experiment(config->experiment);
    weft_status status = weft_served_run_start(&shown.served, &request->serve, config, &err);
    if (status == WEFT_OK) status = choose_name(config, request->resume, cancel, &folder, &err);
    if (status == WEFT_OK) {
        command = resume_command(config, request);
        weft_run_options options = {
            .cancel = cancel,
            .observer = {.adapted = show_adaptation, .progressed = show_step, .payload = &shown},
            .planned = show_plan,
            .planned_payload = &shown,
            .working = shown.served.run != NULL ? weft_live_run_working : NULL,
            .working_payload = shown.served.run,
            .summarised = keep_statistics,
            .summarised_payload = &shown,
            .resume = request->resume,
            .folder = &folder,
            .shards = request->shards,
            .resume_command = command};
        weft_log_set_experiment(config->experiment);
        say_start(config, request->resume);
        status = weft_run(config, &options, &result, &err);
        weft_run_folder_release(&folder, WEFT_RUN_KEEP_NOTHING); /* of a run that did not come to it */
        weft_progress_finish(&shown.progress);
    }
    weft_served_stop(&shown.served);
    if (status == WEFT_OK) err = (weft_error){0};
    int exit_code = tell_end(&shown, &result, &err, command, request->json);
    weft_run_summary_dispose(&shown.summary);
    free(command);
    return exit_code;
}

static void add_end(weft_text *out, const weft_error *err, int exit_code) {
    weft_text_add(out, ", \"state\": \"failed\", \"exit_code\": %d", exit_code);
    if (err->message[0] != '\0') weft_text_add_json_member(out, "error", err->message);
    if (err->hint[0] != '\0') weft_text_add_json_member(out, "hint", err->hint);
    weft_text_add(out, ", \"resume\": null");
}

int weft_run_session_none(const weft_error *err, int exit_code, bool json) {
    weft_text members = {0};
    add_end(&members, err, exit_code);
    if (json && !members.failed) printf("{\"experiment\": null%s}\n", members.data);
    weft_text_dispose(&members);
    exit_code = weft_standard_output_check(exit_code);
    add_end(&members, err, exit_code);
    weft_log_event(WEFT_LOG_INFO, "end", &members);
    weft_text_dispose(&members);
    return exit_code;
}
