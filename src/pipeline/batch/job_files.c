/* SPDX-License-Identifier: MIT
 *
 * Nothing here opens a raster, but weft_job_files_of_now(): what a raster is made of was found out by the run, and
 * stands in its metadata. Looking again is a stat() a file. */
#include "pipeline/batch/job_files.h"

#include "core/clock.h"
#include "pipeline/datasets/catalog_choice.h"
#include "pipeline/datasets/input_files.h"
#include "pipeline/outputs/finished_run.h"
#include "raster/files/file_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_BYTES 100 /* of a value in a reason */

/* --- the configuration --- */

char *weft_job_identity(const weft_config *config) {
    return weft_text_format("the configuration's folder: %s\noutput_dir: %s\nexperiment: %s\n%s", config->folder,
                            config->output_dir, config->experiment, config->identity);
}

/* A line of an identity: "KEY: VALUE", or a key alone. Both lengths are 0 after the last line. */
typedef struct identity_line {
    const char *text;
    int length, key_length;
} identity_line;

static identity_line line_at(const char *text) {
    int length = (int)strcspn(text, "\n");
    const char *colon = strstr(text, ": ");
    bool has_value = colon != NULL && colon < text + length;
    return (identity_line){text, length, has_value ? (int)(colon - text) : length};
}

static const char *line_behind(const identity_line *line) {
    const char *end = line->text + line->length;
    return *end == '\n' ? end + 1 : end;
}

static bool lines_are_equal(const identity_line *a, const identity_line *b) {
    return a->length == b->length && strncmp(a->text, b->text, (size_t)a->length) == 0;
}

static bool keys_are_equal(const identity_line *a, const identity_line *b) {
    return a->key_length == b->key_length && strncmp(a->text, b->text, (size_t)a->key_length) == 0;
}

static int shown(int length) {
    return length < SHOWN_BYTES ? length : SHOWN_BYTES;
}

static void add_key(weft_text *reason, const identity_line *line) {
    weft_text_add(reason, "%.*s", shown(line->key_length), line->text);
}

static void add_value(weft_text *reason, const identity_line *line) {
    int skipped = line->key_length + 2 < line->length ? line->key_length + 2 : line->length;
    weft_text_add(reason, "%.*s", shown(line->length - skipped), line->text + skipped);
}

static void tell_difference(weft_text *reason, const identity_line *then, const identity_line *now) {
    if (then->key_length == 0) {
        add_key(reason, now);
        weft_text_add(reason, " was not there and is ");
        add_value(reason, now);
        return;
    }
    add_key(reason, then);
    weft_text_add(reason, " was ");
    add_value(reason, then);
    if (keys_are_equal(then, now)) {
        weft_text_add(reason, " and is ");
        add_value(reason, now);
    } else {
        weft_text_add(reason, " and is not there");
    }
}

bool weft_job_identity_differs(const char *then, const char *now, weft_text *reason) {
    while (*then != '\0' || *now != '\0') {
        identity_line then_line = line_at(then), now_line = line_at(now);
        if (!lines_are_equal(&then_line, &now_line)) {
            tell_difference(reason, &then_line, &now_line);
            return true;
        }
        then = line_behind(&then_line);
        now = line_behind(&now_line);
    }
    return false;
}

/* --- hashes --- */

static weft_status hash_file(const char *path, const weft_cancel *cancel, char out[WEFT_DIGEST_HEX_BYTES],
                             weft_error *err) {
    weft_digest *digest = NULL;
    weft_file_facts facts;
    weft_status status = weft_file_facts_read(&facts, path, cancel, err);
    out[0] = '\0';
    /* Of a folder (Zarr) there is no hash of the bytes, but one of what the file system says of all in it. */
    if (status == WEFT_OK && facts.contents != 0)
        (void)snprintf(out, WEFT_DIGEST_HEX_BYTES, "folder-%016llx", (unsigned long long)facts.contents);
    if (status != WEFT_OK || facts.contents != 0 || facts.bytes < 0) return status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return WEFT_OK; /* of one of GDAL's file systems: not known */
    status = weft_digest_new(&digest, WEFT_DIGEST_SHA256, err);
    if (status == WEFT_OK) status = weft_digest_add_file(digest, fd, 0, facts.bytes, path, cancel, err);
    if (status == WEFT_OK) status = weft_digest_finish_hex(digest, out, err);
    weft_digest_free(digest);
    (void)close(fd);
    return status;
}

/* The same; what another job's record has of the file as it is need not be read again. */
static weft_status hash_once(const weft_job_compare *compare, weft_job_file *file, weft_error *err) {
    weft_status status =
        weft_batch_record_hash(compare->record, file->path, file->bytes, file->modified_ns, file->hash, err);
    if (status != WEFT_OK || file->hash[0] != '\0') return status;
    return hash_file(file->path, compare->cancel, file->hash, err);
}

/* --- comparing --- */

static weft_status file_differs(const weft_job_compare *compare, const weft_job_file *then, bool *differs,
                                weft_text *reason, weft_error *err) {
    weft_file_facts now;
    char hash[WEFT_DIGEST_HEX_BYTES], time[WEFT_CLOCK_TEXT_BYTES];
    weft_status status = weft_file_facts_read(&now, then->path, compare->cancel, err);
    if (status != WEFT_OK) return status;
    bool same_time = now.modified_ns == then->modified_ns, same_size = now.bytes == then->bytes;
    *differs = true;
    if (now.bytes < 0 && then->bytes >= 0)
        weft_text_add(reason, "%s is gone", then->path);
    else if (now.bytes >= 0 && then->bytes < 0)
        weft_text_add(reason, "%s was not there and is", then->path);
    else if (!same_size)
        weft_text_add(reason, "%s has %lld bytes, for %lld before", then->path, (long long)now.bytes,
                      (long long)then->bytes);
    else if (same_time || compare->by == WEFT_BATCH_SIZE)
        *differs = false;
    else if (compare->by == WEFT_BATCH_SIZE_MTIME) {
        weft_clock_format(now.modified_ns / 1000000, time);
        weft_text_add(reason, "%s was written to at %s", then->path, time);
    } else {
        status = hash_file(then->path, compare->cancel, hash, err);
        *differs = hash[0] == '\0' || strcmp(hash, then->hash) != 0;
        if (*differs) weft_text_add(reason, "%s has other content", then->path);
    }
    return status;
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const weft_job_file *)a)->path, ((const weft_job_file *)b)->path);
}

static bool has_input(const weft_job_file *inputs, int count, const char *path) {
    weft_job_file wanted = {.path = (char *)path};
    return count > 0 && bsearch(&wanted, inputs, (size_t)count, sizeof *inputs, by_path) != NULL;
}

/* Names of side-cars that GDAL looks for beside `path`: index `i` of them, on the heap; NULL: no such. */
static char *sidecar(const char *path, int i) {
    static const char *const behind[] = {".aux.xml", ".msk", ".ovr"};
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash != NULL ? slash : path, '.');
    int stem = dot != NULL ? (int)(dot - path) : 0;
    if (i < 3) return weft_text_format("%s%s", path, behind[i]);
    if (dot == NULL || dot[1] == '\0') return NULL;
    if (i == 3) return weft_text_format("%.*s.wld", stem, path);
    if (i == 4) return weft_text_format("%sw", path);
    return weft_text_format("%.*s.%c%cw", stem, path, dot[1], dot[strlen(dot) - 1]);
}
#define SIDECARS 6

static weft_status sidecar_came(const weft_job_file *inputs, int count, bool *differs, weft_text *reason) {
    for (int i = 0; i < count && !*differs; i++)
        for (int j = 0; j < SIDECARS && inputs[i].path[0] == '/' && !*differs; j++) {
            char *path = sidecar(inputs[i].path, j);
            if (path != NULL && access(path, F_OK) == 0 && !has_input(inputs, count, path)) {
                weft_text_add(reason, "%s was not there and is", path);
                *differs = true;
            }
            free(path);
        }
    return WEFT_OK;
}

static bool has_pattern(const weft_config_dataset *dataset) {
    if (dataset->catalog.file != NULL) return true;
    for (int i = 0; i < dataset->path_count; i++)
        if (weft_config_is_pattern(dataset->paths[i])) return true;
    return false;
}

/* A pattern that matches nothing any more is a reason by what is gone. */
static weft_status pattern_differs(const weft_config *config, const weft_job_file *inputs, int count, bool *differs,
                                   weft_text *reason, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < config->dataset_count && status == WEFT_OK && !*differs; i++) {
        weft_input_files found = {0};
        if (!has_pattern(&config->datasets[i])) continue;
        status = weft_dataset_files_find(&found, config, &config->datasets[i], err);
        if (status == WEFT_ERR_NO_INPUT) status = WEFT_OK;
        for (int j = 0; j < found.count && !*differs; j++) {
            *differs = !has_input(inputs, count, found.paths[j]);
            if (*differs) weft_text_add(reason, "%s was not there and is", found.paths[j]);
        }
        weft_input_files_dispose(&found);
    }
    return status;
}

weft_status weft_job_files_differ(const weft_job_compare *compare, const char *job, const weft_config *config,
                                  bool *differs, weft_text *reason, weft_error *err) {
    weft_job_files files = {0};
    int inputs = 0;
    weft_status status = weft_batch_record_files(compare->record, job, &files, err);
    *differs = false;
    for (int i = 0; i < files.count && status == WEFT_OK && !*differs; i++)
        status = file_differs(compare, &files.items[i], differs, reason, err);
    while (inputs < files.count && !files.items[inputs].is_output)
        inputs++;
    if (status == WEFT_OK && !*differs) status = pattern_differs(config, files.items, inputs, differs, reason, err);
    if (status == WEFT_OK && !*differs) status = sidecar_came(files.items, inputs, differs, reason);
    weft_job_files_dispose(&files);
    return status;
}

/* --- gathering --- */

/* An output as it is; hash: as the run noted it, or NULL. */
static weft_status add_output(weft_job_files *out, const weft_job_compare *compare, const char *path, const char *hash,
                              weft_error *err) {
    weft_file_facts facts;
    weft_status status = weft_file_facts_read(&facts, path, compare->cancel, err);
    if (status != WEFT_OK) return status;
    if (facts.bytes < 0) return weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: the output is not there", path);
    weft_job_file file = {
        .path = (char *)path, .bytes = facts.bytes, .modified_ns = facts.modified_ns, .is_output = true};
    if (hash != NULL && hash[0] != '\0')
        (void)snprintf(file.hash, sizeof file.hash, "%s", hash);
    else
        status = hash_file(path, compare->cancel, file.hash, err);
    if (status == WEFT_OK && !weft_job_files_add(out, &file)) status = weft_error_no_memory(err, "a job's files");
    return status;
}

static weft_status add_input(weft_job_files *out, const weft_job_compare *compare, const char *path, int64_t bytes,
                             int64_t modified_ns, weft_error *err) {
    weft_job_file file = {.path = (char *)path, .bytes = bytes, .modified_ns = modified_ns};
    weft_file_facts now;
    weft_status status = WEFT_OK;
    if (compare->by == WEFT_BATCH_CONTENT) {
        status = weft_file_facts_read(&now, path, compare->cancel, err);
        /* What was written to meanwhile has the run's size and time, and no hash: it differs the next time. */
        if (status == WEFT_OK && now.bytes == bytes && now.modified_ns == modified_ns)
            status = hash_once(compare, &file, err);
    }
    if (status == WEFT_OK && !weft_job_files_add(out, &file)) status = weft_error_no_memory(err, "a job's files");
    return status;
}

/* Where files are gathered. */
typedef struct gatherer {
    weft_job_files *out;
    const weft_job_compare *compare;
} gatherer;

static weft_status add_visited(void *payload, const char *path, const weft_file_facts *facts, weft_error *err) {
    const gatherer *to = payload;
    return add_input(to->out, to->compare, path, facts->bytes, facts->modified_ns, err);
}

/* Files of a pattern that the run left out belong to it as well: else they would have come the next time. What is there
 * already is in order. */
static weft_status add_left_out(weft_job_files *out, const weft_job_compare *compare, const weft_config *config,
                                weft_error *err) {
    int known = out->count;
    weft_status status = WEFT_OK;
    for (int i = 0; i < config->dataset_count && status == WEFT_OK; i++) {
        weft_input_files found = {0};
        if (!has_pattern(&config->datasets[i])) continue;
        status = weft_dataset_files_find(&found, config, &config->datasets[i], err);
        if (status == WEFT_ERR_NO_INPUT) status = WEFT_OK;
        for (int j = 0; j < found.count && status == WEFT_OK; j++) {
            weft_file_facts facts;
            if (has_input(out->items, known, found.paths[j])) continue;
            status = weft_file_facts_read(&facts, found.paths[j], compare->cancel, err);
            if (status == WEFT_OK)
                status = add_input(out, compare, found.paths[j], facts.bytes, facts.modified_ns, err);
        }
        weft_input_files_dispose(&found);
    }
    return status;
}

/* All that GDAL says the datasets are made of, and files of polygons. */
static weft_status add_datasets(weft_job_files *out, const weft_job_compare *compare, const weft_config *config,
                                weft_error *err) {
    gatherer to = {out, compare};
    weft_status status = WEFT_OK;
    for (int i = 0; i < config->dataset_count && status == WEFT_OK; i++) {
        weft_input_files found = {0};
        status = weft_dataset_files_find(&found, config, &config->datasets[i], err);
        for (int j = 0; j < found.count && status == WEFT_OK; j++)
            status = weft_file_list_visit(found.paths[j], add_visited, &to, compare->cancel, err);
        weft_input_files_dispose(&found);
    }
    const char *const vectors[] = {config->rows_of.within.path, config->rows_of.zone.path};
    for (int i = 0; i < 2 && status == WEFT_OK; i++)
        if (vectors[i] != NULL) status = weft_file_list_visit(vectors[i], add_visited, &to, compare->cancel, err);
    return status;
}

/* Keeps one of each path, in order. */
static void sort_inputs(weft_job_files *files) {
    int kept = 0;
    if (files->count == 0) return;
    qsort(files->items, (size_t)files->count, sizeof *files->items, by_path);
    for (int i = 1; i < files->count; i++) {
        if (strcmp(files->items[kept].path, files->items[i].path) == 0)
            free(files->items[i].path);
        else
            files->items[++kept] = files->items[i];
    }
    files->count = kept + 1;
}

static weft_status add_outputs(weft_job_files *out, const weft_job_compare *compare, const weft_run_facts *facts,
                               bool hashed, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < facts->output_count && status == WEFT_OK; i++)
        status = add_output(out, compare, facts->outputs[i].path, hashed ? facts->outputs[i].hash : NULL, err);
    return status;
}

static weft_status read_metadata(weft_run_facts *out, const weft_config *config, weft_error *err) {
    char *path = weft_finished_run_path(config);
    weft_status status =
        path == NULL ? weft_error_no_memory(err, "a job's files") : weft_finished_run_read(out, path, err);
    free(path);
    return status;
}

weft_status weft_job_files_of_run(weft_job_files *out, const weft_job_compare *compare, const weft_config *config,
                                  weft_error *err) {
    weft_run_facts facts;
    weft_status status = read_metadata(&facts, config, err);
    if (status != WEFT_OK) return status;
    for (int i = 0; i < facts.input_count && status == WEFT_OK; i++)
        status = add_input(out, compare, facts.inputs[i].path, facts.inputs[i].bytes, facts.inputs[i].modified_ns, err);
    if (status == WEFT_OK) sort_inputs(out);
    if (status == WEFT_OK) status = add_left_out(out, compare, config, err);
    if (status == WEFT_OK) sort_inputs(out);
    if (status == WEFT_OK) status = add_outputs(out, compare, &facts, true, err);
    weft_run_facts_dispose(&facts);
    return status;
}

weft_status weft_job_files_of_now(weft_job_files *out, const weft_job_compare *compare, const weft_config *config,
                                  weft_error *err) {
    weft_run_facts facts;
    weft_status status = read_metadata(&facts, config, err);
    if (status != WEFT_OK) return status;
    status = add_datasets(out, compare, config, err);
    if (status == WEFT_OK) sort_inputs(out);
    if (status == WEFT_OK) status = add_outputs(out, compare, &facts, false, err);
    weft_run_facts_dispose(&facts);
    return status;
}
