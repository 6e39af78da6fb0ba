/* SPDX-License-Identifier: MIT
 *
 * Names are found in a sorted list; a pattern is held against all of them. */
#include "pipeline/batch/job_list.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NEEDS    2000000 /* of all jobs together */
#define MAX_PROBLEMS 20

/* What the list is made with. */
typedef struct maker {
    weft_job_list *list;
    const weft_batch_file *batch;
    weft_problems *problems;
    int *by_name; /* indices of jobs, in the order of their names */
    int64_t needs;
    bool no_memory;
} maker;

const char *weft_job_state_name(weft_job_state state) {
    static const char *const names[] = {"waiting", "running", "done", "unchanged", "failed", "blocked", "unfinished"};
    return names[state];
}

static void report(maker *m, weft_place place, const char *hint, const char *message, const char *a, const char *b) {
    if (place.line > 0)
        weft_text_add(&m->problems->text, "%s:%d:%d: ", m->batch->file, place.line, place.column);
    else
        weft_text_add(&m->problems->text, "%s: ", m->batch->file);
    weft_text_add(&m->problems->text, message, a, b);
    weft_text_add(&m->problems->text, "\n");
    if (hint != NULL) weft_text_add(&m->problems->text, "  hint: %s\n", hint);
    m->problems->count++;
}

static weft_place place_of(const maker *m, int job) {
    return weft_batch_entry_place(m->batch->entries[m->list->jobs[job].entry]);
}

/* --- names --- */

static void make_jobs(maker *m) {
    int total = 0;
    for (int i = 0; i < m->batch->entry_count; i++)
        total += weft_batch_entry_count(m->batch->entries[i]);
    m->list->jobs = calloc((size_t)total + 1, sizeof *m->list->jobs);
    m->no_memory = m->list->jobs == NULL;
    for (int i = 0; i < m->batch->entry_count && !m->no_memory; i++) {
        const weft_batch_entry *entry = m->batch->entries[i];
        for (int j = 0; j < weft_batch_entry_count(entry) && m->problems->count < MAX_PROBLEMS; j++) {
            weft_job *job = &m->list->jobs[m->list->count];
            int before = m->problems->count;
            *job = (weft_job){.name = weft_batch_entry_name(m->batch, entry, j, m->problems), .entry = i, .number = j};
            m->no_memory = m->no_memory || (job->name == NULL && m->problems->count == before);
            m->list->count++;
        }
    }
}

static const weft_job *compared; /* qsort() passes nothing on; one thread */

static int by_name(const void *a, const void *b) {
    int i = *(const int *)a, j = *(const int *)b, order = strcmp(compared[i].name, compared[j].name);
    return order != 0 ? order : i - j;
}

static void sort_names(maker *m) {
    m->by_name = calloc((size_t)m->list->count + 1, sizeof *m->by_name);
    if (m->by_name == NULL) {
        m->no_memory = true;
        return;
    }
    for (int i = 0; i < m->list->count; i++)
        m->by_name[i] = i;
    compared = m->list->jobs;
    qsort(m->by_name, (size_t)m->list->count, sizeof *m->by_name, by_name);
    for (int i = 1; i < m->list->count && m->problems->count < MAX_PROBLEMS; i++) {
        const char *name = m->list->jobs[m->by_name[i]].name;
        if (strcmp(name, m->list->jobs[m->by_name[i - 1]].name) != 0) continue;
        weft_place place = place_of(m, m->by_name[i]);
        report(m, place,
               place.line > 0 ? "give them a name each: name: tile_${n}"
                              : "a job is called as its configuration's file; a batch file names jobs: "
                                "jobs: [{name: north, config: north/run.yml}, ..]",
               "two jobs are called %s%s", name, "");
    }
}

/* The job of that name, or -1. */
static int find(const maker *m, const char *name) {
    int low = 0, high = m->list->count - 1;
    while (low <= high) {
        int middle = low + (high - low) / 2, order = strcmp(name, m->list->jobs[m->by_name[middle]].name);
        if (order == 0) return m->by_name[middle];
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

/* --- needs --- */

static void add_need(maker *m, weft_job *job, int needed) {
    for (int i = 0; i < job->need_count; i++)
        if (job->needs[i] == needed) return;
    /* Room is taken in powers of two. */
    if ((job->need_count & (job->need_count - 1)) == 0) {
        size_t capacity = job->need_count == 0 ? 1 : 2 * (size_t)job->need_count;
        int *more = realloc(job->needs, capacity * sizeof *more);
        if (more == NULL) {
            m->no_memory = true;
            return;
        }
        job->needs = more;
    }
    job->needs[job->need_count++] = needed;
    m->needs++;
}

static void add_matches(maker *m, weft_job *job, const char *pattern, weft_place place) {
    int before = job->need_count;
    for (int i = 0; i < m->list->count && m->needs < MAX_NEEDS; i++)
        if (&m->list->jobs[i] != job && fnmatch(pattern, m->list->jobs[i].name, 0) == 0) add_need(m, job, i);
    if (job->need_count == before) report(m, place, NULL, "%s needs %s, which no job is called", job->name, pattern);
}

static void report_missing(maker *m, const weft_job *job, const char *name, weft_place place) {
    const char *nearest = NULL;
    const char **names = calloc((size_t)m->list->count + 1, sizeof *names);
    for (int i = 0; i < m->list->count && names != NULL; i++)
        names[i] = m->list->jobs[i].name;
    if (names != NULL) nearest = weft_text_nearest(name, names);
    char *hint = nearest != NULL ? weft_text_format("did you mean %s?", nearest) : NULL;
    report(m, place, hint, "%s needs %s, which is no job", job->name, name);
    free(hint);
    free(names);
}

static void read_needs(maker *m, weft_job *job) {
    const weft_batch_entry *entry = m->batch->entries[job->entry];
    int count = weft_batch_entry_need_count(entry);
    for (int i = 0; i < count && m->problems->count < MAX_PROBLEMS; i++) {
        weft_place place;
        int before = m->problems->count;
        char *name = weft_batch_entry_need(m->batch, entry, job->number, i, &place, m->problems);
        if (name == NULL) {
            m->no_memory = m->no_memory || m->problems->count == before;
        } else if (strpbrk(name, "*?[") != NULL) {
            add_matches(m, job, name, place);
        } else {
            int needed = find(m, name);
            if (needed < 0)
                report_missing(m, job, name, place);
            else
                add_need(m, job, needed);
        }
        free(name);
    }
    job->unmet = job->need_count;
}

static void link_dependents(maker *m) {
    weft_job_list *list = m->list;
    list->first_dependent = calloc((size_t)list->count + 2, sizeof *list->first_dependent);
    list->dependents = calloc((size_t)m->needs + 1, sizeof *list->dependents);
    if (list->first_dependent == NULL || list->dependents == NULL) {
        m->no_memory = true;
        return;
    }
    for (int i = 0; i < list->count; i++)
        for (int j = 0; j < list->jobs[i].need_count; j++)
            list->first_dependent[list->jobs[i].needs[j] + 2]++;
    for (int i = 2; i <= list->count + 1; i++)
        list->first_dependent[i] += list->first_dependent[i - 1];
    for (int i = 0; i < list->count; i++)
        for (int j = 0; j < list->jobs[i].need_count; j++)
            list->dependents[list->first_dependent[list->jobs[i].needs[j] + 1]++] = i;
}

/* --- circles --- */

/* Words the circle that the walk has closed: from `from` on the stack to its end, and back. */
static void report_circle(maker *m, const int *stack, int depth, int from) {
    weft_text path = {0};
    int start = depth;
    while (start > 0 && stack[start] != from)
        start--;
    for (int i = start; i <= depth; i++)
        weft_text_add(&path, "%s -> ", m->list->jobs[stack[i]].name);
    report(m, place_of(m, from), NULL, "jobs need each other: %s%s", path.data != NULL ? path.data : "",
           m->list->jobs[from].name);
    weft_text_dispose(&path);
}

/* Walks from job to the jobs it needs, depth first. A job that is met while it is on the stack closes a circle; the
 * first one is told. */
static void find_circle(maker *m) {
    size_t room = (size_t)m->list->count + 1;
    int *stack = calloc(room, sizeof *stack), *next = calloc(room, sizeof *next);
    char *seen = calloc(room, 1); /* 1: on the stack, 2: done with */
    m->no_memory = m->no_memory || stack == NULL || next == NULL || seen == NULL;
    bool found = false;
    for (int i = 0; i < m->list->count && !m->no_memory && !found; i++) {
        int depth = 0;
        if (seen[i] != 0) continue;
        stack[0] = i;
        next[0] = 0;
        seen[i] = 1;
        while (depth >= 0 && !found) {
            const weft_job *job = &m->list->jobs[stack[depth]];
            if (next[depth] == job->need_count) {
                seen[stack[depth--]] = 2;
                continue;
            }
            int needed = job->needs[next[depth]++];
            if (seen[needed] == 1) {
                report_circle(m, stack, depth, needed);
                found = true;
            } else if (seen[needed] == 0) {
                stack[++depth] = needed;
                next[depth] = 0;
                seen[needed] = 1;
            }
        }
    }
    free(stack);
    free(next);
    free(seen);
}

weft_status weft_job_list_make(weft_job_list *out, const weft_batch_file *batch, weft_problems *problems,
                               weft_error *err) {
    maker m = {.list = out, .batch = batch, .problems = problems};
    *out = (weft_job_list){0};
    make_jobs(&m);
    if (!m.no_memory && problems->count == 0) sort_names(&m);
    for (int i = 0; i < out->count && !m.no_memory && problems->count == 0; i++)
        read_needs(&m, &out->jobs[i]);
    if (!m.no_memory && problems->count == 0 && m.needs >= MAX_NEEDS)
        report(&m, (weft_place){0, 0}, NULL, "%s needs too many jobs%s", "a pattern", "");
    if (!m.no_memory && problems->count == 0) find_circle(&m);
    if (!m.no_memory && problems->count == 0) link_dependents(&m);
    free(m.by_name);
    if (problems->count > 0)
        return weft_error_set(err, WEFT_ERR_DATA, "%s: %d %s", batch->file, problems->count,
                              problems->count == 1 ? "problem" : "problems");
    return m.no_memory ? weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its jobs", batch->file) : WEFT_OK;
}

void weft_job_list_dispose(weft_job_list *list) {
    for (int i = 0; i < list->count; i++) {
        free(list->jobs[i].name);
        free(list->jobs[i].needs);
        free(list->jobs[i].message);
    }
    free(list->jobs);
    free(list->dependents);
    free(list->first_dependent);
    *list = (weft_job_list){0};
}
