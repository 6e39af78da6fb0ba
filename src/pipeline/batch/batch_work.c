/* SPDX-License-Identifier: MIT */
#include "pipeline/batch/batch_work.h"

#include "config/config_load.h"
#include "core/clock.h"
#include "core/files/real_path.h"
#include "monitors/usable_cpus.h"
#include "pipeline/formats/formats.h"
#include "pipeline/memory/memory_limit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEM_BYTES  4096
#define MAX_CLASHES 20 /* told of jobs that write one output */

/* Threads: as many as CPUs, and one a worker at least. */
static weft_status make_budget(weft_batch_work *work, weft_error *err) {
    int cpus = weft_usable_cpus("");
    int workers = work->batch->workers > 0 ? work->batch->workers : cpus;
    work->grants = (weft_job_grants){.workers = workers, .budget_threads = workers > cpus ? workers : cpus};
    return weft_memory_limit(&work->grants.budget_bytes, work->batch->memory, "", err);
}

weft_status weft_batch_work_init(weft_batch_work *out, const weft_batch_file *batch, weft_problems *problems,
                                 weft_error *err) {
    *out = (weft_batch_work){.batch = batch, .compare.by = batch->fingerprint};
    weft_status status = weft_job_list_make(&out->list, batch, problems, err);
    if (status == WEFT_OK) status = weft_batch_folder_name(&out->folder, batch, err);
    if (status == WEFT_OK) status = make_budget(out, err);
    out->estimates = calloc((size_t)out->list.count + 1, sizeof *out->estimates);
    return status == WEFT_OK && out->estimates == NULL ? weft_error_no_memory(err, "the batch") : status;
}

weft_status weft_batch_work_open(weft_batch_work *work, weft_error *err) {
    weft_status status = weft_batch_folder_take(&work->folder, err);
    if (status != WEFT_OK) return status;
    return weft_batch_record_open(&work->compare.record, work->folder.record_path, err);
}

void weft_batch_work_dispose(weft_batch_work *work) {
    weft_batch_record_close(work->compare.record);
    weft_batch_folder_dispose(&work->folder);
    weft_job_list_dispose(&work->list);
    free(work->estimates);
    *work = (weft_batch_work){0};
}

void weft_batch_work_fail(weft_job *job, const weft_error *err) {
    weft_job_end end = {.exit_code = weft_status_exit_code(err->status)};
    job->state = WEFT_JOB_HAS_FAILED;
    job->cause = weft_job_cause_of(&end);
    job->exit_code = end.exit_code;
    free(job->message);
    job->message = err->hint[0] != '\0' ? weft_text_format("%s (%s)", err->message, err->hint)
                                        : weft_text_format("%s", err->message);
}

/* --- kinds --- */

/* The power of two below a size: sizes within a factor of two mostly have the same. */
static int magnitude(double value) {
    return value > 0 ? (int)floor(log2(value)) : -1;
}

/* Those settings of a job on which its memory depends, as a text: jobs with equal texts are of one kind. Files are not
 * opened here; those of one entry are taken to be alike. NULL: no memory. */
static char *describe_kind(const weft_config *config, int entry) {
    weft_text out = {0};
    const weft_config_grid *grid = &config->grid;
    weft_text_add(&out, "%d grid %d", entry, (int)grid->extent);
    for (int i = 0; i < 2; i++) {
        weft_text_add(&out, " %d", magnitude(grid->resolution[i]));
        if (grid->extent == WEFT_EXTENT_BOUNDS)
            weft_text_add(&out, "x%d", magnitude(grid->bounds[i + 2] - grid->bounds[i]));
    }
    weft_text_add(&out, " %s rows %d %d %d %d", grid->like != NULL ? "like" : "", config->rows_of.of,
                  config->rows_of.within.path != NULL, config->rows_of.zone.path != NULL,
                  config->rows_of.sample.count > 0 || config->rows_of.sample.share > 0);
    weft_text_add(&out, " table %d %d %d %d formats", config->column_count, config->chosen_count, (int)config->layout,
                  (int)config->partition);
    for (int i = 0; weft_format_at(i) != NULL; i++)
        if (config->formats[i]) weft_text_add(&out, " %d", i);
    weft_text_add(&out, " sizes %d %lld %lld %lld", config->enable_streaming, (long long)config->window_size,
                  (long long)config->chunk_size, (long long)config->streaming_chunk_size);
    for (int i = 0; i < config->dataset_count; i++) {
        const weft_config_dataset *dataset = &config->datasets[i];
        weft_text_add(&out, " dataset %d %d %d %d", magnitude(dataset->path_count), dataset->band_count,
                      dataset->class_count, dataset->mask.path != NULL);
        for (int j = 0; j < dataset->methods.count; j++)
            weft_text_add(&out, " %d", dataset->methods.items[j].number);
    }
    if (!out.failed) return out.data;
    weft_text_dispose(&out);
    return NULL;
}

/* The kinds that were found so far. Jobs come entry by entry. */
typedef struct kind_list {
    char **texts;
    int count;
    int entry, first; /* the entry that was looked at last, and its first kind */
} kind_list;

/* The number of the job's kind, a new one where it is not among those that there are. False: no memory. */
static bool find_kind(kind_list *kinds, const weft_config *config, weft_job *job) {
    char *text = describe_kind(config, job->entry);
    if (text == NULL) return false;
    if (job->entry != kinds->entry) kinds->first = kinds->count;
    kinds->entry = job->entry;
    for (job->kind = kinds->first; job->kind < kinds->count; job->kind++)
        if (strcmp(kinds->texts[job->kind], text) == 0) break;
    if (job->kind == kinds->count)
        kinds->texts[kinds->count++] = text;
    else
        free(text);
    return true;
}

/* --- checking --- */

typedef struct output_stem {
    char *path;
    int job;
} output_stem;

static int by_path(const void *a, const void *b) {
    const output_stem *one = a, *other = b;
    int order = strcmp(one->path, other->path);
    return order != 0 ? order : one->job - other->job;
}

/* The path that outputs begin with, by their real folder, however output_dir is spelled. NULL: no memory. */
static char *real_stem(const weft_config *config) {
    char stem[STEM_BYTES];
    if (weft_config_output_stem(config, stem, sizeof stem) >= (int)sizeof stem) return weft_text_format("%s", stem);
    char *slash = strrchr(stem, '/');
    *slash = '\0';
    char *folder = weft_real_path(slash != stem ? stem : "/");
    char *out = folder != NULL ? weft_text_format("%s/%s", folder, slash + 1) : NULL;
    free(folder);
    return out;
}

/* The path that a job's outputs begin with, or NULL and the job has failed; status WEFT_ERR_MEMORY stops all. */
static char *check_job(weft_batch_work *work, weft_job *job, kind_list *kinds, weft_status *status) {
    weft_config *config = NULL;
    weft_problems problems = {0};
    weft_error err = {0};
    char *out = NULL;
    *status = weft_batch_entry_load(&config, work->batch, work->batch->entries[job->entry], job->number, job->name,
                                    weft_clock_wall_ms(), &problems, &err);
    /* All of them, a line each, without the last line break. */
    if (*status == WEFT_ERR_DATA && problems.count > 0) {
        weft_batch_work_fail(job, &err);
        free(job->message);
        job->message = weft_text_format("%.*s", (int)problems.text.length - 1, problems.text.data);
    } else if (*status == WEFT_OK && config->to_stdout) {
        weft_error_set(&err, WEFT_ERR_DATA, "export.name is -: a job's table cannot go to standard output");
        weft_batch_work_fail(job, &err);
    } else if (*status == WEFT_OK) {
        out = real_stem(config);
        if (out == NULL || !find_kind(kinds, config, job)) *status = WEFT_ERR_MEMORY;
    } else if (*status != WEFT_ERR_MEMORY) {
        weft_batch_work_fail(job, &err);
    }
    weft_problems_dispose(&problems);
    weft_config_free(config);
    return out;
}

/* Two jobs that would write the same outputs: sorted by path, they are neighbours. */
static void report_clashes(const weft_batch_work *work, output_stem *stems, int count, weft_problems *problems) {
    if (count > 0) qsort(stems, (size_t)count, sizeof *stems, by_path);
    for (int i = 1; i < count && problems->count < MAX_CLASHES; i++) {
        if (strcmp(stems[i].path, stems[i - 1].path) != 0) continue;
        weft_text_add(&problems->text, "%s: jobs %s and %s write one output: %s\n", work->batch->file,
                      work->list.jobs[stems[i - 1].job].name, work->list.jobs[stems[i].job].name, stems[i].path);
        problems->count++;
    }
}

weft_status weft_batch_work_check(weft_batch_work *work, weft_problems *problems, weft_error *err) {
    size_t room = (size_t)work->list.count + 1;
    output_stem *stems = calloc(room, sizeof *stems);
    kind_list kinds = {.texts = calloc(room, sizeof *kinds.texts), .entry = -1};
    int count = 0;
    weft_status status = stems == NULL || kinds.texts == NULL ? WEFT_ERR_MEMORY : WEFT_OK;
    for (int i = 0; i < work->list.count && status != WEFT_ERR_MEMORY; i++) {
        char *path = check_job(work, &work->list.jobs[i], &kinds, &status);
        if (path != NULL) stems[count++] = (output_stem){path, i};
    }
    if (status != WEFT_ERR_MEMORY) report_clashes(work, stems, count, problems);
    for (int i = 0; i < count; i++)
        free(stems[i].path);
    free(stems);
    for (int i = 0; i < kinds.count; i++)
        free(kinds.texts[i]);
    free(kinds.texts);
    if (status == WEFT_ERR_MEMORY) return weft_error_no_memory(err, "the batch");
    if (problems->count == 0) return WEFT_OK;
    return weft_error_set(err, WEFT_ERR_DATA, "%s: %d %s", work->batch->file, problems->count,
                          problems->count == 1 ? "problem" : "problems");
}
