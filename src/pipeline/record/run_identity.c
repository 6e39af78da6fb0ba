/* SPDX-License-Identifier: MIT
 *
 * Texts of "name: value" lines, compared line by line, and a list of files by size and time. */
#include "pipeline/record/run_identity.h"

#include "core/clock.h"
#include "core/grown_array.h"
#include "core/text.h"
#include "pipeline/datasets/input_files.h"
#include "pipeline/formats/formats.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/outputs/metadata_file.h"
#include "pipeline/planner/plan_inputs.h"
#include "pipeline/record/run_list.h"
#include "raster/files/file_list.h"
#include "raster/gdal/gdal_setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- gathering --- */

/* A raster that is a folder (Zarr) has one digest of all files in it. */
static weft_status add_folder(void *payload, const char *path, const weft_file_facts *facts, weft_error *err) {
    (void)err;
    if (facts->contents != 0)
        weft_text_add(payload, "the digest of all files in %s: %016llx\n", path, (unsigned long long)facts->contents);
    return WEFT_OK;
}

/* UTF-8 in any case, as it stands in JSON when the run has finished. */
static char *describe_plan(const weft_plan *plan) {
    const weft_grid *grid = &plan->grid;
    weft_text out = {0};
    weft_text_add(&out, "version of weft: %s\nversion of GDAL: %s\nversion of PROJ: %s\n", WEFT_VERSION,
                  weft_raster_gdal_version(), weft_raster_proj_version());
    weft_text_add(&out, "the grid's columns: %lld\nthe grid's rows: %lld\n", (long long)grid->cols,
                  (long long)grid->rows);
    weft_text_add(&out, "the grid's origin: %.17g, %.17g\nthe grid's resolution: %.17g, %.17g\n", grid->origin_x,
                  grid->origin_y, grid->res_x, grid->res_y);
    weft_text_add(&out, "the grid's CRS: ");
    for (const char *at = weft_crs_wkt(grid->crs); *at != '\0'; at++)
        weft_text_add_bytes(&out, *at == '\n' ? " " : at, 1);
    weft_text_add(&out, "\n");
    for (int i = 0; i < plan->layer_count; i++)
        weft_text_add(&out, "column %d: %s, %s, band %d%s\n", i + 1, plan->layers[i].column,
                      weft_data_type_name(plan->layers[i].type), plan->layers[i].band,
                      plan->datasets[plan->layers[i].dataset].skipped != NULL ? ", skipped" : "");
    for (int i = 0; i < plan->column_count && plan->program != NULL; i++)
        weft_text_add(&out, "written column %d: %s, %s\n", i + 1, plan->columns[i].name,
                      weft_data_type_name(plan->columns[i].type));
    for (int i = 0; i < plan->dataset_count; i++)
        (void)weft_plan_visit_files(&plan->datasets[i], add_folder, &out, NULL);
    for (int i = 0; i < plan->dataset_count; i++)
        for (int j = 0; j < plan->datasets[i].skipped_file_count; j++)
            weft_text_add(&out, "skipped file: %s\n", plan->datasets[i].skipped_files[j].path);
    if (!out.failed) {
        weft_text_make_utf8(out.data);
        return out.data;
    }
    weft_text_dispose(&out);
    return NULL;
}

typedef struct input_list {
    weft_run_input *items;
    int count, capacity;
} input_list;

static weft_status add_input(void *payload, const char *path, const weft_file_facts *facts, weft_error *err) {
    input_list *list = payload;
    weft_run_input *more = weft_grown_array(list->items, list->count, &list->capacity, sizeof *more);
    if (more == NULL) return weft_error_no_memory(err, "the run's identity");
    list->items = more;
    char *copy = weft_text_format("%s", path);
    if (copy == NULL) return weft_error_no_memory(err, "the run's identity");
    list->items[list->count++] = (weft_run_input){copy, facts->bytes, facts->modified_ns};
    return WEFT_OK;
}

static weft_status add_dataset(const weft_plan *plan, const weft_plan_dataset *dataset, input_list *list,
                               weft_error *err) {
    weft_input_files found = {0};
    weft_status status = WEFT_OK;
    if (dataset->input_count > 0) return weft_plan_visit_files(dataset, add_input, list, err);
    if (dataset->made != NULL) return WEFT_OK;
    /* Of a skipped one, what is there of it: it may be whole at the next attempt. */
    if (weft_input_files_find(&found, dataset->config, plan->config->folder, NULL) == WEFT_ERR_MEMORY)
        status = weft_error_no_memory(err, "the run's identity");
    for (int i = 0; i < found.count && status == WEFT_OK; i++)
        status = weft_file_list_visit(found.paths[i], add_input, list, plan->retries.cancel, err);
    weft_input_files_dispose(&found);
    return status;
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const weft_run_input *)a)->path, ((const weft_run_input *)b)->path);
}

static void sort_inputs(weft_run_facts *facts) {
    int kept = 0;
    if (facts->input_count == 0) return;
    qsort(facts->inputs, (size_t)facts->input_count, sizeof *facts->inputs, by_path);
    for (int i = 1; i < facts->input_count; i++) {
        if (strcmp(facts->inputs[kept].path, facts->inputs[i].path) == 0)
            free(facts->inputs[i].path);
        else
            facts->inputs[++kept] = facts->inputs[i];
    }
    facts->input_count = kept + 1;
}

static weft_status gather_inputs(weft_run_facts *out, const weft_plan *plan, weft_error *err) {
    const weft_config_rows *rows = &plan->config->rows_of;
    const char *const vectors[] = {rows->file.path, rows->within.path, rows->zone.path};
    input_list list = {0};
    weft_status status = WEFT_OK;
    for (int i = 0; i < plan->dataset_count && status == WEFT_OK; i++)
        status = add_dataset(plan, &plan->datasets[i], &list, err);
    for (int i = 0; i < 3 && status == WEFT_OK; i++)
        if (vectors[i] != NULL) status = weft_file_list_visit(vectors[i], add_input, &list, plan->retries.cancel, err);
    out->inputs = list.items;
    out->input_count = list.count;
    if (status == WEFT_OK) sort_inputs(out);
    return status;
}

/* path: on the heap, or NULL for want of memory. */
static weft_status add_output(weft_run_facts *out, const char *format, char *path, weft_error *err) {
    weft_run_output *output = &out->outputs[out->output_count++];
    *output = (weft_run_output){.format = weft_text_format("%s", format), .path = path};
    return output->format == NULL || path == NULL ? weft_error_no_memory(err, "the run's identity") : WEFT_OK;
}

static weft_status gather_outputs(weft_run_facts *out, const weft_plan *plan, weft_error *err) {
    weft_status status = WEFT_OK;
    out->outputs = calloc((size_t)plan->output_count + 2, sizeof *out->outputs);
    if (out->outputs == NULL) return weft_error_no_memory(err, "the run's identity");
    for (int i = 0; i < plan->output_count && status == WEFT_OK; i++)
        status = add_output(out, weft_format_name(plan->outputs[i].format),
                            weft_text_format("%s", plan->outputs[i].path), err);
    if (status == WEFT_OK && plan->config->stats)
        status = add_output(out, "statistics", weft_text_format("%s", ""), err);
    return status == WEFT_OK ? add_output(out, "metadata", weft_finished_run_path(plan->config), err) : status;
}

weft_status weft_run_identity_gather(weft_run_facts *out, const weft_plan *plan, const char *command, weft_error *err) {
    *out =
        (weft_run_facts){.phase = WEFT_RUN_RUNNING, .grid_rows = plan->table_rows, .started_ms = weft_clock_wall_ms()};
    weft_process_identity_read(&out->process);
    out->experiment_id = weft_text_format("%s", plan->config->experiment);
    out->command = command == NULL ? NULL : weft_text_format("%s", command);
    out->weft_version = weft_text_format("%s", WEFT_VERSION);
    out->identity = weft_text_format("%s", plan->config->identity);
    out->plan = describe_plan(plan);
    weft_status status = WEFT_OK;
    if (out->experiment_id == NULL || (command != NULL && out->command == NULL) || out->weft_version == NULL ||
        out->identity == NULL || out->plan == NULL)
        status = weft_error_no_memory(err, "the run's identity");
    if (status == WEFT_OK) status = gather_inputs(out, plan, err);
    if (status == WEFT_OK) status = gather_outputs(out, plan, err);
    if (status != WEFT_OK) weft_run_facts_dispose(out);
    return status;
}

/* --- comparing --- */

#define SHOWN_BYTES 120 /* of a value in a message */

static int shown(size_t length) {
    return (int)(length < SHOWN_BYTES ? length : SHOWN_BYTES);
}

/* Of the line at `at`: where its value begins, and how long name and value are. */
static void split_line(const char *at, int *name_length, const char **value, int *value_length) {
    size_t length = strcspn(at, "\n");
    const char *colon = strstr(at, ": ");
    if (colon == NULL || colon > at + length) colon = at + length;
    *name_length = shown((size_t)(colon - at));
    *value = colon + (colon < at + length ? 2 : 0);
    *value_length = shown((size_t)(at + length - *value));
}

/* Whether one of the lines has this name. */
static bool has_name(const char *lines, const char *name, int length) {
    for (const char *at = lines; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n') {
        int own, value_length;
        const char *value;
        split_line(at, &own, &value, &value_length);
        if (own == length && strncmp(at, name, (size_t)length) == 0) return true;
    }
    return false;
}

/* A line that only one of them has stands before one that both have: a key without a default came or went. */
static weft_status word_difference(const char *then, const char *now, const weft_identity_words *words,
                                   weft_error *err) {
    int then_name, now_name, then_length, now_length;
    const char *then_value, *now_value;
    split_line(then, &then_name, &then_value, &then_length);
    split_line(now, &now_name, &now_value, &now_length);
    if (then_name == now_name && strncmp(then, now, (size_t)then_name) == 0)
        weft_error_set(err, WEFT_ERR_DATA, "%s: %.*s was %.*s and is %.*s", words->refusal, then_name, then,
                       then_length, then_value, now_length, now_value);
    else if (then_name > 0 && !has_name(now, then, then_name))
        weft_error_set(err, WEFT_ERR_DATA, "%s: %.*s was %.*s and is not there", words->refusal, then_name, then,
                       then_length, then_value);
    else
        weft_error_set(err, WEFT_ERR_DATA, "%s: %.*s was not there and is %.*s", words->refusal, now_name, now,
                       now_length, now_value);
    weft_error_hint(err, "%s", words->hint);
    return WEFT_ERR_DATA;
}

/* The first line that differs. */
static weft_status compare_lines(const char *then, const char *now, const weft_identity_words *words, weft_error *err) {
    while (*then != '\0' || *now != '\0') {
        size_t length = strcspn(then, "\n");
        if (length != strcspn(now, "\n") || strncmp(then, now, length) != 0)
            return word_difference(then, now, words, err);
        then += length + (then[length] == '\n');
        now += length + (now[length] == '\n');
    }
    return WEFT_OK;
}

static weft_status word_input(const weft_run_input *then, const weft_run_input *now, const weft_identity_words *words,
                              weft_error *err) {
    char before[WEFT_CLOCK_TEXT_BYTES], after[WEFT_CLOCK_TEXT_BYTES];
    const char *path = then != NULL ? then->path : now->path;
    if (now == NULL || now->bytes < 0)
        weft_error_set(err, WEFT_ERR_DATA, "%s: %s read it, and it is gone", path, words->who);
    else if (then == NULL || then->bytes < 0)
        weft_error_set(err, WEFT_ERR_DATA, "%s: was not there when %s began", path, words->who);
    else if (then->bytes != now->bytes)
        weft_error_set(err, WEFT_ERR_DATA, "%s: changed since %s began: %lld bytes then, %lld now", path, words->who,
                       (long long)then->bytes, (long long)now->bytes);
    else {
        weft_clock_format(then->modified_ns / 1000000, before);
        weft_clock_format(now->modified_ns / 1000000, after);
        weft_error_set(err, WEFT_ERR_DATA, "%s: changed since %s began: of %s then, of %s now", path, words->who,
                       before, after);
    }
    weft_error_hint(err, "%s", words->file_hint);
    return WEFT_ERR_DATA;
}

static bool has_input(const weft_run_facts *facts, const char *path) {
    for (int i = 0; i < facts->input_count; i++)
        if (strcmp(facts->inputs[i].path, path) == 0) return true;
    return false;
}

/* The file of this name, size and time that `facts` has and `own` has not; NULL: there is none. */
static const weft_run_input *find_moved(const weft_run_facts *facts, const weft_run_facts *own,
                                        const weft_run_input *input) {
    const char *slash = strrchr(input->path, '/'), *name = slash != NULL ? slash : input->path;
    for (int i = 0; i < facts->input_count; i++) {
        const weft_run_input *other = &facts->inputs[i];
        const char *end = strrchr(other->path, '/');
        if (other->bytes == input->bytes && other->modified_ns == input->modified_ns &&
            strcmp(end != NULL ? end : other->path, name) == 0 && !has_input(own, other->path))
            return other;
    }
    return NULL;
}

/* An input that only one of two lists has: gone, new, or the other list's in another place. */
static weft_status word_single(const weft_run_facts *then, const weft_run_facts *now, const weft_run_input *input,
                               bool was, const weft_identity_words *words, weft_error *err) {
    const weft_run_input *other = find_moved(was ? now : then, was ? then : now, input);
    if (other == NULL || input->bytes < 0)
        return was ? word_input(input, NULL, words, err) : word_input(NULL, input, words, err);
    const weft_run_input *before = was ? input : other, *after = was ? other : input;
    weft_error_set(err, WEFT_ERR_DATA, "%s: %s read it there, and it is %s now", before->path, words->who, after->path);
    weft_error_hint(err, "a folder was moved: move it back, or %s", words->again);
    return WEFT_ERR_DATA;
}

/* Both lists are sorted by path. */
static weft_status compare_inputs(const weft_run_facts *then, const weft_run_facts *now,
                                  const weft_identity_words *words, weft_error *err) {
    int i = 0, j = 0;
    while (i < then->input_count || j < now->input_count) {
        const weft_run_input *a = i < then->input_count ? &then->inputs[i] : NULL;
        const weft_run_input *b = j < now->input_count ? &now->inputs[j] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a->path, b->path);
        if (order < 0) return word_single(then, now, a, true, words, err);
        if (order > 0) return word_single(then, now, b, false, words, err);
        if (a->bytes != b->bytes || a->modified_ns != b->modified_ns) return word_input(a, b, words, err);
        i++;
        j++;
    }
    return WEFT_OK;
}

weft_status weft_run_identity_match(const weft_run_facts *then, const weft_run_facts *now,
                                    const weft_identity_words *words, weft_error *err) {
    weft_status status = compare_lines(then->identity, now->identity, words, err);
    if (status == WEFT_OK) status = compare_inputs(then, now, words, err);
    if (status == WEFT_OK) status = compare_lines(then->plan, now->plan, words, err);
    return status;
}

weft_status weft_run_identity_compare(const weft_run_facts *then, const weft_run_facts *now, weft_error *err) {
    char *who = weft_text_format("experiment %s", then->experiment_id);
    char *refusal = weft_text_format("experiment %s cannot be resumed", then->experiment_id);
    weft_identity_words words = {who, refusal, "change it back, or run without --resume to start from the beginning",
                                 "the rows on disk are of other data: run without --resume to start from the beginning",
                                 "run without --resume to start from the beginning"};
    weft_status status = who == NULL || refusal == NULL ? weft_error_no_memory(err, "the run's identity")
                                                        : weft_run_identity_match(then, now, &words, err);
    free(who);
    free(refusal);
    return status;
}

/* --- choosing --- */

weft_status weft_run_identity_choose(weft_config *config, const weft_cancel *cancel, bool *found, weft_error *err) {
    weft_run_list list = {0};
    *found = false;
    if (config->experiment_given) return WEFT_OK;
    weft_status status = weft_run_list_read(&list, config->output_dir, false, cancel, err);
    for (int i = 0; i < list.count && status == WEFT_OK; i++) {
        const weft_run_entry *entry = &list.entries[i];
        if (entry->alive || entry->facts.phase == WEFT_RUN_FINISHED ||
            strcmp(entry->facts.identity, config->identity) != 0)
            continue;
        char *name = weft_text_format("%s", entry->facts.experiment_id);
        if (name == NULL) status = weft_error_no_memory(err, "the run's identity");
        if (name != NULL) free(config->experiment);
        if (name != NULL) config->experiment = name;
        *found = name != NULL;
        break;
    }
    weft_run_list_dispose(&list);
    return status;
}
