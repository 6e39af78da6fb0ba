/* SPDX-License-Identifier: MIT */
#include "cli/catalog/work_deps.h"

#include "config/batch/batch_file.h"
#include "core/clock.h"
#include "core/text.h"
#include "pipeline/batch/job_list.h"
#include "pipeline/datasets/input_files.h"
#include "pipeline/formats/formats.h"

#include <stdlib.h>
#include <string.h>

#define JOB "job "

struct weft_work_deps {
    char *file;
    weft_batch_file *batch;
    weft_job_list list;
    const weft_job **by_name;
    bool is_configuration; /* not a batch file: it is its one job */
};

/* Who takes what is found. */
typedef struct taker {
    weft_status (*add)(void *payload, const char *name, weft_error *err);
    void *payload;
} taker;

bool weft_work_deps_is_one(const char *file) {
    const char *suffix = strrchr(file, '.');
    return suffix != NULL && (strcmp(suffix, ".yml") == 0 || strcmp(suffix, ".yaml") == 0);
}

/* The problems are the message, where there are any. */
static weft_status say(weft_status status, weft_problems *problems, weft_error *err) {
    if (status == WEFT_ERR_DATA && problems->count > 0)
        weft_error_set(err, status, "%.*s", (int)problems->text.length - 1, problems->text.data);
    weft_problems_dispose(problems);
    return status;
}

static int compare_names(const void *a, const void *b) {
    return strcmp((*(const weft_job *const *)a)->name, (*(const weft_job *const *)b)->name);
}

static weft_status sort_jobs(weft_work_deps *deps, weft_error *err) {
    deps->by_name = calloc((size_t)deps->list.count + 1, sizeof(*deps->by_name));
    if (deps->by_name == NULL) return weft_error_no_memory(err, "jobs");
    for (int i = 0; i < deps->list.count; i++)
        deps->by_name[i] = &deps->list.jobs[i];
    qsort(deps->by_name, (size_t)deps->list.count, sizeof(*deps->by_name), compare_names);
    return WEFT_OK;
}

static char *config_file(const weft_work_deps *deps, const weft_job *job) {
    return weft_batch_entry_config_file(deps->batch, deps->batch->entries[job->entry], job->number);
}

weft_status weft_work_deps_new(weft_work_deps **out, const char *file, weft_error *err) {
    weft_problems problems = {0};
    weft_work_deps *deps = calloc(1, sizeof *deps);
    *out = NULL;
    if (deps == NULL || (deps->file = strdup(file)) == NULL) {
        free(deps);
        return weft_error_no_memory(err, "jobs");
    }
    weft_status status =
        weft_batch_file_load(&deps->batch, &file, 1, NULL, NULL, 0, &weft_all_registries, &problems, err);
    if (status == WEFT_OK) status = weft_job_list_make(&deps->list, deps->batch, &problems, err);
    status = say(status, &problems, err);
    if (status == WEFT_OK) status = sort_jobs(deps, err);
    if (status != WEFT_OK) {
        weft_work_deps_free(deps);
        return status;
    }
    if (deps->list.count == 1) {
        char *of_job = config_file(deps, &deps->list.jobs[0]);
        deps->is_configuration = of_job != NULL && strcmp(of_job, file) == 0;
        free(of_job);
    }
    *out = deps;
    return WEFT_OK;
}

void weft_work_deps_free(weft_work_deps *deps) {
    if (deps == NULL) return;
    weft_job_list_dispose(&deps->list);
    weft_batch_file_free(deps->batch);
    free(deps->by_name);
    free(deps->file);
    free(deps);
}

/* --- what a job needs --- */

static weft_status add_path(const taker *to, const char *path, weft_error *err) {
    return path == NULL ? WEFT_OK : to->add(to->payload, path, err);
}

static weft_status add_job(const taker *to, const char *name, weft_error *err) {
    char *text = weft_text_format(JOB "%s", name);
    weft_status status = text == NULL ? weft_error_no_memory(err, "jobs") : to->add(to->payload, text, err);
    free(text);
    return status;
}

static weft_status add_dataset(const taker *to, const weft_config *config, const weft_config_dataset *dataset,
                               weft_error *err) {
    weft_input_files files = {0};
    if (dataset->catalog.file != NULL) return add_path(to, dataset->catalog.file, err);
    weft_status status = weft_input_files_find(&files, dataset, config->folder, err);
    char *const *paths = status == WEFT_OK ? files.paths : dataset->paths;
    int count = status == WEFT_OK ? files.count : dataset->path_count;
    if (status == WEFT_ERR_NO_INPUT) status = WEFT_OK;
    for (int i = 0; i < count && status == WEFT_OK; i++)
        status = add_path(to, paths[i], err);
    if (status == WEFT_OK) status = add_path(to, dataset->mask.path, err);
    weft_input_files_dispose(&files);
    return status;
}

static weft_status add_inputs(const taker *to, const weft_config *config, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < config->dataset_count && status == WEFT_OK; i++)
        status = add_dataset(to, config, &config->datasets[i], err);
    const char *like = config->grid.like;
    if (status == WEFT_OK && like != NULL && like[0] == '/') status = add_path(to, like, err);
    if (status == WEFT_OK) status = add_path(to, config->rows_of.file.path, err);
    if (status == WEFT_OK) status = add_path(to, config->rows_of.within.path, err);
    return status == WEFT_OK ? add_path(to, config->rows_of.zone.path, err) : status;
}

static weft_status needs_of_job(const weft_work_deps *deps, const weft_job *job, const taker *to, weft_error *err) {
    weft_problems problems = {0};
    weft_config *config = NULL;
    weft_status status = WEFT_OK;
    char *file = deps->is_configuration ? NULL : config_file(deps, job);
    for (int i = 0; i < job->need_count && status == WEFT_OK; i++)
        status = add_job(to, deps->list.jobs[job->needs[i]].name, err);
    if (status == WEFT_OK) status = add_path(to, file, err);
    free(file);
    if (status != WEFT_OK) return status;
    status = weft_batch_entry_load(&config, deps->batch, deps->batch->entries[job->entry], job->number, job->name,
                                   weft_clock_wall_ms(), &problems, err);
    status = say(status, &problems, err);
    if (status == WEFT_OK) status = add_inputs(to, config, err);
    weft_config_free(config);
    return status;
}

weft_status weft_work_deps_of(weft_work_deps *deps, const char *name, bool *known,
                              weft_status (*add)(void *payload, const char *name, weft_error *err), void *payload,
                              weft_error *err) {
    const taker to = {add, payload};
    weft_status status = WEFT_OK;
    *known = true;
    if (strcmp(name, deps->file) == 0) {
        if (deps->is_configuration) return needs_of_job(deps, &deps->list.jobs[0], &to, err);
        for (int i = 0; i < deps->list.count && status == WEFT_OK; i++)
            status = add_job(&to, deps->list.jobs[i].name, err);
        return status;
    }
    *known = false;
    if (strncmp(name, JOB, strlen(JOB)) != 0) return WEFT_OK;
    const weft_job key = {.name = (char *)name + strlen(JOB)}, *wanted = &key;
    const weft_job **job =
        bsearch(&wanted, deps->by_name, (size_t)deps->list.count, sizeof(*deps->by_name), compare_names);
    *known = job != NULL;
    return job == NULL ? WEFT_OK : needs_of_job(deps, *job, &to, err);
}
