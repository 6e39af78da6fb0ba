/* SPDX-License-Identifier: MIT
 *
 * Entries are gone through until each is submitted after those that it needs. A dry run tells what a shell would do,
 * with $job1, $job2 for the numbers that Slurm would give. */
#include "pipeline/slurm/slurm_submit.h"

#include "core/clock.h"
#include "core/files/output_file.h"
#include "core/files/plain_file.h"
#include "core/memory/units.h"
#include "pipeline/slurm/slurm_queue.h"
#include "pipeline/slurm/slurm_script.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_OF_MEM  0.75 /* of Slurm's grant, which memory.limit: auto takes */
#define LEAST_MEM     128  /* MiB: libraries alone take some tens */
#define UNKNOWN_MEM   1024
#define JOIN_MEM      512 /* a job that joins holds what writers hold */
#define START_SECONDS 300.0
/* An upper bound, ten times what docs/scaling.md measures of the sample, since the partition's machines, sources and
 * methods are not known: what ran before is better. */
#define SECONDS_A_VALUE 1e-6
#define TIMES_BEFORE    3.0 /* what it took before */

typedef struct submitter {
    weft_batch_work *work;
    const weft_slurm_options *options;
    weft_job_forecast *forecast;
    char *folder, *logs; /* of scripts and lists, and of what they say */
    char program[PATH_MAX];
    weft_text *ids; /* one an entry: ":NUMBER" of each job that has to end well before the entry is made */
    weft_text all;  /* of all that was submitted */
    int count;      /* of them */
} submitter;

/* --- what runs --- */

static bool runs(const submitter *self, int job) {
    weft_forecast_kind kind = self->forecast[job].kind;
    return kind == WEFT_FORECAST_RUNS || kind == WEFT_FORECAST_MAY_RUN;
}

/* What one array asks for. */
typedef struct needs {
    int64_t mebibytes, minutes;
    int threads;
} needs;

static void add_needs(needs *out, const submitter *self, int at, int threads) {
    const weft_job *job = &self->work->list.jobs[at];
    const weft_job_forecast *forecast = &self->forecast[at];
    const weft_batch_file *batch = self->work->batch;
    int shards = self->options->shards > 0 ? self->options->shards : 1;
    int64_t timeout_ms = weft_batch_entry_timeout_ms(batch, batch->entries[job->entry]);
    double mem =
        forecast->desired_bytes > 0 ? ceil((double)forecast->desired_bytes / LIMIT_OF_MEM / WEFT_MIB) : UNKNOWN_MEM;
    double values = self->work->estimates[job->kind].values;
    double seconds = forecast->seconds > 0 ? TIMES_BEFORE * forecast->seconds : SECONDS_A_VALUE * values;
    bool known = forecast->seconds > 0 || values > 0;
    double minutes = timeout_ms > 0 ? ceil((double)timeout_ms / 60000)
                     : known        ? ceil((START_SECONDS + seconds / shards) / 60)
                                    : 0;
    if (mem < LEAST_MEM) mem = LEAST_MEM;
    if ((double)out->mebibytes < mem) out->mebibytes = (int64_t)mem;
    if ((double)out->minutes < minutes) out->minutes = (int64_t)minutes;
    if (out->threads < threads) out->threads = threads;
}

/* Writes the job's configuration, or in a dry run says where it would be. *path: on the heap. */
static weft_status write_config(const submitter *self, int at, needs *needed, bool *parts, char **path,
                                weft_error *err) {
    const weft_job *job = &self->work->list.jobs[at];
    const weft_batch_file *batch = self->work->batch;
    weft_config *config = NULL;
    weft_problems problems = {0};
    *path = NULL;
    weft_status status = weft_batch_entry_load(&config, batch, batch->entries[job->entry], job->number, job->name,
                                               weft_clock_wall_ms(), &problems, err);
    weft_problems_dispose(&problems);
    if (status != WEFT_OK) return status;
    *parts = config->partition == WEFT_PARTITION_SHARDS;
    add_needs(needed, self, at, config->threads > 0 ? config->threads : 1);
    if (*parts && self->options->shards == 0) {
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: export.partition: shards: it is one job", job->name);
        weft_error_hint(err, "--shards N makes N jobs of each");
    } else if (self->options->dry_run) {
        *path = weft_text_format("%s/jobs/%s.yml", self->work->folder.path, job->name);
        if (*path == NULL) status = weft_error_no_memory(err, "what is submitted");
    } else {
        status = weft_batch_folder_write_config(&self->work->folder, job->name, config, path, err);
    }
    weft_config_free(config);
    return status;
}

/* --- submitting --- */

static weft_status write_file(const char *path, const weft_text *text, weft_error *err) {
    int fd;
    if (text->failed) return weft_error_no_memory(err, "what is submitted");
    weft_status status = weft_plain_file_open(&fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0666, err);
    if (status != WEFT_OK) return status;
    if (write(fd, text->data, text->length) != (ssize_t)text->length)
        status = weft_error_set_errno(err, errno, "%s", path);
    (void)close(fd);
    return status;
}

static weft_status tell(const submitter *self, const weft_text *text, weft_error *err) {
    if (text->failed) return weft_error_no_memory(err, "what is submitted");
    self->options->told(self->options->payload, text->data);
    return WEFT_OK;
}

static weft_status tell_dry(const submitter *self, const char *path, const weft_text *script, const weft_text *command,
                            weft_error *err) {
    weft_text text = {0};
    weft_text_add(&text, "cat >");
    weft_text_add_shell_word(&text, path);
    weft_text_add(&text, " <<'END'\n%sEND\njob%d=$(%s)\n", script->failed ? "" : script->data, self->count,
                  command->failed ? "" : command->data);
    text.failed = text.failed || script->failed || command->failed;
    weft_status status = tell(self, &text, err);
    weft_text_dispose(&text);
    return status;
}

/* What was submitted before stays in the queue. */
static void name_submitted(const submitter *self, weft_error *err) {
    if (self->all.length > 0 && !self->all.failed)
        weft_error_hint(err, "submitted before: scancel %s ends them", self->all.data + 1);
}

/* Submits a script after others. after: ":NUMBER" of each, "" where it need not wait; rule: "afterok". id: ":NUMBER"
 * is added to it. */
static weft_status submit(submitter *self, const weft_text *script, const char *rule, const char *after,
                          const char *what, weft_text *id, weft_error *err) {
    weft_text command = {0}, line = {0};
    char number[WEFT_SLURM_ID_BYTES];
    char *path = weft_text_format("%s/%d.sbatch", self->folder, ++self->count);
    bool dry = self->options->dry_run;
    weft_text_add(&command, "sbatch --parsable ");
    /* Quotes keep the dry run's variables. */
    if (after[0] != '\0') weft_text_add(&command, "--kill-on-invalid-dep=yes --dependency=\"%s%s\" ", rule, after);
    weft_text_add_shell_word(&command, path != NULL ? path : "");
    weft_status status = path == NULL || command.failed ? weft_error_no_memory(err, "what is submitted") : WEFT_OK;
    if (status == WEFT_OK && dry) status = tell_dry(self, path, script, &command, err);
    if (status == WEFT_OK && !dry) status = write_file(path, script, err);
    if (status == WEFT_OK && !dry) status = weft_slurm_sbatch(command.data, number, err);
    if (status == WEFT_OK && dry) (void)snprintf(number, sizeof number, "$job%d", self->count);
    if (status != WEFT_OK) {
        if (!dry) name_submitted(self, err);
        goto done;
    }
    weft_text_add(id, ":%s", number);
    weft_text_add(&self->all, ":%s", number);
    weft_text_add(&line, "%s: %s", number, what);
    if (!dry) status = tell(self, &line, err);
done:
    weft_text_dispose(&command);
    weft_text_dispose(&line);
    free(path);
    return status;
}

static weft_slurm_head head_of(const submitter *self, const needs *needed, int indices) {
    const weft_batch_file *batch = self->work->batch;
    return (weft_slurm_head){.name = batch->name,
                             .indices = indices,
                             .at_once = batch->workers,
                             .mebibytes = needed->mebibytes,
                             .minutes = needed->minutes,
                             .threads = needed->threads,
                             .log_folder = self->logs};
}

static void describe(weft_text *out, const needs *needed) {
    weft_text_add(out, ", each with %lld MiB", (long long)needed->mebibytes);
    if (needed->minutes > 0) weft_text_add(out, " and %lld min", (long long)needed->minutes);
}

/* Jobs of one entry as one array; `list` has their configurations, a line each. */
static weft_status submit_list(submitter *self, const weft_text *list, int count, const needs *needed,
                               const char *after, weft_text *ids, weft_error *err) {
    weft_text script = {0}, what = {0}, shown = {0};
    char *path = weft_text_format("%s/%d.jobs", self->folder, self->count + 1);
    weft_slurm_head head = head_of(self, needed, count);
    weft_status status = path == NULL ? weft_error_no_memory(err, "what is submitted") : WEFT_OK;
    weft_slurm_script_head(&script, &head);
    if (path != NULL) weft_slurm_script_jobs(&script, self->program, path);
    weft_text_add(&what, "%d %s", count, count == 1 ? "job" : "jobs");
    describe(&what, needed);
    if (status == WEFT_OK && self->options->dry_run) {
        weft_text_add(&shown, "cat >");
        weft_text_add_shell_word(&shown, path);
        weft_text_add(&shown, " <<'END'\n%sEND\n", list->failed ? "" : list->data);
        shown.failed = shown.failed || list->failed;
        status = tell(self, &shown, err);
    } else if (status == WEFT_OK) {
        status = write_file(path, list, err);
    }
    if (status == WEFT_OK && what.failed) status = weft_error_no_memory(err, "what is submitted");
    if (status == WEFT_OK) status = submit(self, &script, "afterok", after, what.data, ids, err);
    weft_text_dispose(&script);
    weft_text_dispose(&what);
    weft_text_dispose(&shown);
    free(path);
    return status;
}

/* The shards of one job as one array, and what joins them. */
static weft_status submit_shards(submitter *self, int at, const char *after, weft_text *ids, weft_error *err) {
    weft_text script = {0}, what = {0}, own = {0}, join = {0};
    needs needed = {0};
    bool parts = false;
    char *path;
    const char *job = self->work->list.jobs[at].name;
    weft_status status = write_config(self, at, &needed, &parts, &path, err);
    if (status != WEFT_OK) goto done;
    weft_slurm_head head = head_of(self, &needed, self->options->shards);
    weft_slurm_script_head(&script, &head);
    weft_slurm_script_shard(&script, self->program, path);
    weft_text_add(&what, "%d shards of %s", self->options->shards, job);
    describe(&what, &needed);
    status = what.failed ? weft_error_no_memory(err, "what is submitted")
                         : submit(self, &script, "afterok", after, what.data, &own, err);
    if (status != WEFT_OK) goto done;
    if (parts) { /* the last shard makes the folder */
        weft_text_add(ids, "%s", own.data);
        goto done;
    }
    const char *const words[] = {"merge-shards", "--resume", "--progress", "plain", path, NULL};
    if (needed.mebibytes < JOIN_MEM) needed.mebibytes = JOIN_MEM;
    head = head_of(self, &needed, 0);
    weft_slurm_script_head(&join, &head);
    weft_slurm_script_command(&join, self->program, words);
    what.length = 0;
    weft_text_add(&what, "joins the shards of %s", job);
    status = what.failed || own.failed ? weft_error_no_memory(err, "what is submitted")
                                       : submit(self, &join, "afterok", own.data, what.data, ids, err);
done:
    weft_text_dispose(&script);
    weft_text_dispose(&what);
    weft_text_dispose(&own);
    weft_text_dispose(&join);
    free(path);
    return status;
}

/* The jobs of an entry that run, as arrays of as many as one may have. */
static weft_status submit_jobs(submitter *self, int entry, const char *after, weft_error *err) {
    const weft_job_list *jobs = &self->work->list;
    weft_text list = {0};
    needs needed = {0};
    int count = 0;
    weft_status status = WEFT_OK;
    for (int i = 0; i <= jobs->count && status == WEFT_OK; i++) {
        bool last = i == jobs->count, parts;
        if (!last && (jobs->jobs[i].entry != entry || !runs(self, i))) continue;
        if (!last) {
            char *path;
            status = write_config(self, i, &needed, &parts, &path, err);
            if (status == WEFT_OK) weft_text_add(&list, "%s\n", path);
            count++;
            free(path);
        }
        if (status != WEFT_OK || count == 0 || (!last && count < WEFT_SLURM_MAX_INDICES)) continue;
        status = submit_list(self, &list, count, &needed, after, &self->ids[entry], err);
        weft_text_dispose(&list);
        needed = (needs){0};
        count = 0;
    }
    weft_text_dispose(&list);
    return status;
}

/* --- entries --- */

/* Whether a job of the entry that runs needs one of `other` that does. */
static bool entry_needs(const submitter *self, int entry, int other) {
    const weft_job_list *list = &self->work->list;
    for (int i = 0; i < list->count; i++) {
        const weft_job *job = &list->jobs[i];
        if (job->entry != entry || !runs(self, i)) continue;
        for (int j = 0; j < job->need_count; j++)
            if (list->jobs[job->needs[j]].entry == other && runs(self, job->needs[j])) return true;
    }
    return false;
}

static weft_status submit_entry(submitter *self, int entry, weft_error *err) {
    weft_text after = {0};
    weft_status status = WEFT_OK;
    weft_text_add(&after, "%s", "");
    for (int i = 0; i < self->work->batch->entry_count; i++)
        if (self->ids[i].length > 0 && entry_needs(self, entry, i)) weft_text_add(&after, "%s", self->ids[i].data);
    if (after.failed) status = weft_error_no_memory(err, "what is submitted");
    if (status == WEFT_OK && self->options->shards == 0) status = submit_jobs(self, entry, after.data, err);
    for (int i = 0; i < self->work->list.count && status == WEFT_OK && self->options->shards > 0; i++)
        if (self->work->list.jobs[i].entry == entry && runs(self, i))
            status = submit_shards(self, i, after.data, &self->ids[entry], err);
    if (status == WEFT_OK && self->ids[entry].failed) status = weft_error_no_memory(err, "what is submitted");
    weft_text_dispose(&after);
    return status;
}

static bool can_submit(const submitter *self, const bool *submitted, int entry) {
    for (int i = 0; i < self->work->batch->entry_count; i++)
        if (!submitted[i] && entry_needs(self, entry, i)) return false;
    return true;
}

static weft_status submit_entries(submitter *self, weft_error *err) {
    int entries = self->work->batch->entry_count, left = entries;
    bool *submitted = calloc((size_t)entries + 1, sizeof *submitted);
    weft_status status = submitted == NULL ? weft_error_no_memory(err, "what is submitted") : WEFT_OK;
    for (bool any = true; status == WEFT_OK && left > 0 && any;) {
        any = false;
        for (int i = 0; i < entries && status == WEFT_OK; i++) {
            if (submitted[i] || !can_submit(self, submitted, i)) continue;
            status = submit_entry(self, i, err);
            submitted[i] = any = true;
            left--;
        }
    }
    free(submitted);
    if (status != WEFT_OK || left == 0) return status;
    weft_error_set(err, WEFT_ERR_DATA, "%s: jobs of an entry need jobs of the same entry, or of one that needs it",
                   self->work->batch->file);
    weft_error_hint(err, "an entry is one array of Slurm's: make entries of their own of them");
    return WEFT_ERR_DATA;
}

/* The last job: when all have ended, however they did, the record learns what was made. */
static weft_status submit_collecting(submitter *self, weft_error *err) {
    weft_text script = {0}, id = {0};
    const needs needed = {.mebibytes = LEAST_MEM, .minutes = 60, .threads = 1};
    weft_slurm_head head = head_of(self, &needed, 0);
    const char **words = calloc((size_t)self->options->file_count + 3, sizeof *words);
    char folder[PATH_MAX];
    weft_status status = words == NULL ? weft_error_no_memory(err, "what is submitted") : WEFT_OK;
    if (status == WEFT_OK && getcwd(folder, sizeof folder) == NULL)
        status = weft_error_set_errno(err, errno, "the working folder");
    if (status != WEFT_OK) goto done;
    words[0] = "batch";
    words[1] = "collect";
    for (int i = 0; i < self->options->file_count; i++)
        words[i + 2] = self->options->files[i];
    weft_slurm_script_head(&script, &head);
    weft_text_add(&script, "cd ");
    weft_text_add_shell_word(&script, folder);
    weft_text_add(&script, " || exit\n");
    weft_slurm_script_command(&script, self->program, words);
    status = submit(self, &script, "afterany", self->all.data, "notes what was made", &id, err);
done:
    free(words);
    weft_text_dispose(&script);
    weft_text_dispose(&id);
    return status;
}

/* --- all of it --- */

/* The numbers of what was submitted, which the next submission asks the queue for. */
static char *queue_path(const submitter *self) {
    return weft_text_format("%s/queued", self->folder);
}

static weft_status check_queue(const submitter *self, weft_error *err) {
    char ids[1 << 16] = "", *path = queue_path(self);
    if (path == NULL) return weft_error_no_memory(err, "what is submitted");
    FILE *file = fopen(path, "re");
    size_t length = file == NULL ? 0 : fread(ids, 1, sizeof ids - 1, file);
    if (file != NULL) (void)fclose(file);
    free(path);
    ids[length] = '\0';
    if (strspn(ids, "0123456789,") != length || length == 0 || !weft_slurm_has_jobs(ids)) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_BUSY, "%s: jobs of this batch are in Slurm's queue", self->work->batch->file);
    weft_error_hint(err, "wait until they end, or scancel %.200s", ids);
    return WEFT_ERR_BUSY;
}

static weft_status keep_queue(const submitter *self, weft_error *err) {
    weft_text text = {0};
    char *path = queue_path(self);
    for (const char *at = self->all.data + 1; *at != '\0'; at++)
        weft_text_add_bytes(&text, *at == ':' ? "," : at, 1);
    weft_status status = path == NULL ? weft_error_no_memory(err, "what is submitted") : write_file(path, &text, err);
    weft_text_dispose(&text);
    free(path);
    return status;
}

static weft_status prepare(submitter *self, weft_error *err) {
    double seconds;
    ssize_t length = readlink("/proc/self/exe", self->program, sizeof self->program - 1);
    if (length < 0) return weft_error_set_errno(err, errno, "/proc/self/exe");
    self->program[length] = '\0';
    self->folder = weft_text_format("%s/slurm", self->work->folder.path);
    self->logs = weft_text_format("%s/logs", self->work->folder.path);
    self->ids = calloc((size_t)self->work->batch->entry_count + 1, sizeof *self->ids);
    if (self->folder == NULL || self->logs == NULL || self->ids == NULL)
        return weft_error_no_memory(err, "what is submitted");
    weft_status status = self->options->dry_run ? WEFT_OK : weft_make_folders(self->folder, err);
    if (status == WEFT_OK && !self->options->dry_run) status = check_queue(self, err);
    return status == WEFT_OK ? weft_batch_forecast(self->work, &self->forecast, &seconds, err) : status;
}

weft_status weft_slurm_submit(weft_batch_work *work, const weft_slurm_options *options, weft_error *err) {
    submitter self = {.work = work, .options = options};
    weft_status status = prepare(&self, err);
    if (status == WEFT_OK) status = submit_entries(&self, err);
    if (status == WEFT_OK && self.all.failed) status = weft_error_no_memory(err, "what is submitted");
    if (status == WEFT_OK && self.count > 0) status = submit_collecting(&self, err);
    if (self.count > 0 && self.all.length > 0 && !self.all.failed && !options->dry_run) {
        weft_status kept = keep_queue(&self, status == WEFT_OK ? err : NULL);
        if (status == WEFT_OK) status = kept;
    }
    if (status == WEFT_OK && self.count == 0) options->told(options->payload, "nothing is to be done");
    for (int i = 0; i < work->batch->entry_count && self.ids != NULL; i++)
        weft_text_dispose(&self.ids[i]);
    free(self.ids);
    weft_text_dispose(&self.all);
    if (self.forecast != NULL) weft_batch_forecast_free(self.forecast, work->list.count);
    free(self.folder);
    free(self.logs);
    return status;
}
