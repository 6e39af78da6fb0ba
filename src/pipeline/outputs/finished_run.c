/* SPDX-License-Identifier: MIT
 *
 * What is read may have been written by anyone: whatever is not as it should be makes the whole no metadata of weft. */
#include "pipeline/outputs/finished_run.h"

#include "core/clock.h"
#include "core/text.h"
#include "pipeline/plan/plan_json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES (INT64_C(1) << 30)

/* --- writing --- */

static json_t *lines_of(const char *text) {
    json_t *out = json_array();
    while (text != NULL && *text != '\0') {
        size_t length = strcspn(text, "\n");
        char *line = strndup(text, length);
        weft_plan_json_append(&out, line == NULL ? NULL : weft_plan_json_text(line));
        free(line);
        text += length + (text[length] == '\n');
    }
    return out;
}

/* Every byte as two digits. NULL: no memory. */
static json_t *json_hex(const char *bytes) {
    weft_text out = {0};
    for (const char *at = bytes; *at != '\0'; at++)
        weft_text_add(&out, "%02x", (unsigned)(unsigned char)*at);
    json_t *hex = out.failed || out.data == NULL ? NULL : json_string(out.data);
    weft_text_dispose(&out);
    return hex;
}

/* Behind a path that is not UTF-8, and stands there for people only, stand its bytes: it is compared when the run is
 * resumed, and a batch looks for the file. */
static json_t *json_input(const weft_run_input *input) {
    json_t *out = json_pack("[o, I, I]", weft_plan_json_text(input->path), (json_int_t)input->bytes,
                            (json_int_t)input->modified_ns);
    if (!weft_text_is_utf8(input->path)) weft_plan_json_append(&out, json_hex(input->path));
    return out;
}

json_t *weft_finished_run_json(const weft_run_facts *facts) {
    json_t *inputs = json_array();
    for (int i = 0; i < facts->input_count; i++)
        weft_plan_json_append(&inputs, json_input(&facts->inputs[i]));
    return json_pack("{s:I, s:I, s:o, s:o, s:o}", "started_ms", (json_int_t)facts->started_ms, "ended_ms",
                     (json_int_t)weft_clock_wall_ms(), "identity", lines_of(facts->identity), "plan",
                     lines_of(facts->plan), "inputs", inputs);
}

/* --- reading --- */

static weft_status not_ours(const char *path, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_DATA, "%s: not the metadata of a finished run", path);
}

static char *text_of_lines(const json_t *lines) {
    weft_text out = {0};
    const json_t *line;
    size_t i;
    weft_text_add_bytes(&out, "", 0);
    json_array_foreach(lines, i, line) weft_text_add(&out, "%s\n", json_is_string(line) ? json_string_value(line) : "");
    if (!out.failed) return out.data != NULL ? out.data : strdup("");
    weft_text_dispose(&out);
    return NULL;
}

static int digit_of(char c) {
    static const char digits[] = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c);
    return found == NULL ? -1 : (int)(found - digits);
}

/* What json_hex() wrote. NULL: no memory, or it is not that. */
static char *text_of_hex(const char *hex) {
    size_t length = strlen(hex) / 2;
    char *out = calloc(length + 1, 1);
    for (size_t i = 0; out != NULL && i < length; i++) {
        int high = digit_of(hex[2 * i]), low = digit_of(hex[2 * i + 1]);
        if (high < 0 || low < 0 || high + low == 0) {
            free(out);
            return NULL;
        }
        out[i] = (char)(16 * high + low);
    }
    return out;
}

/* On the heap. NULL: no memory, or there is none. */
static char *path_of_input(const json_t *input) {
    const char *path = json_string_value(json_array_get(input, 0)), *hex = json_string_value(json_array_get(input, 3));
    if (hex != NULL) return text_of_hex(hex);
    return path == NULL ? NULL : strdup(path);
}

static bool take_inputs(weft_run_facts *out, const json_t *inputs) {
    const json_t *one;
    size_t i;
    out->inputs = calloc(json_array_size(inputs) + 1, sizeof *out->inputs);
    if (out->inputs == NULL) return false;
    json_array_foreach(inputs, i, one) {
        char *path = path_of_input(one);
        if (path == NULL) return false;
        out->inputs[out->input_count++] = (weft_run_input){path, (int64_t)json_integer_value(json_array_get(one, 1)),
                                                           (int64_t)json_integer_value(json_array_get(one, 2))};
    }
    return true;
}

/* hash: NULL where none was kept. */
static bool add_output(weft_run_facts *out, const char *format, const char *folder, const char *file, int64_t bytes,
                       const char *hash) {
    weft_run_output *output = &out->outputs[out->output_count++];
    *output = (weft_run_output){
        .format = strdup(format), .path = weft_text_format("%s/%s", folder, file), .bytes = bytes, .whole = true};
    if (hash != NULL) (void)snprintf(output->hash, sizeof output->hash, "%s", hash);
    return output->format != NULL && output->path != NULL;
}

/* A name, or a partitioned table's manifest in its folder. */
static bool is_beside(const char *file) {
    const char *slash = strchr(file, '/');
    return slash == NULL || (file[0] != '.' && slash != file && strcmp(slash + 1, WEFT_PARTS_MANIFEST) == 0);
}

/* Names are looked for beside the metadata only. */
static bool take_outputs(weft_run_facts *out, const json_t *outputs, const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path));
    const json_t *one;
    size_t i;
    bool ok = folder != NULL && json_array_size(outputs) > 0;
    out->outputs = ok ? calloc(json_array_size(outputs) + 1, sizeof *out->outputs) : NULL;
    ok = ok && out->outputs != NULL;
    if (ok) {
        json_array_foreach(outputs, i, one) {
            const char *file = json_string_value(json_object_get(one, "file"));
            const char *format = json_string_value(json_object_get(one, "format"));
            ok = ok && file != NULL && format != NULL && is_beside(file) &&
                 add_output(out, format, folder, file, (int64_t)json_integer_value(json_object_get(one, "bytes")),
                            json_string_value(json_object_get(one, "sha256")));
        }
    }
    ok = ok && add_output(out, "metadata", folder, slash == NULL ? path : slash + 1, 0, NULL);
    free(folder);
    return ok;
}

/* Of the table: a row for each one of the file that gives them, or else the grid's. NULL, or no number: not known. */
static const json_t *table_rows(const json_t *root) {
    const json_t *file = json_object_get(root, "rows_of");
    return file != NULL ? json_object_get(file, "count") : json_object_get(json_object_get(root, "grid"), "rows");
}

static bool take_facts(weft_run_facts *out, const json_t *root, const char *path) {
    const char *experiment = json_string_value(json_object_get(root, "experiment"));
    const json_t *run = json_object_get(root, "run"), *identity = json_object_get(run, "identity"),
                 *plan = json_object_get(run, "plan"), *inputs = json_object_get(run, "inputs"),
                 *rows = table_rows(root);
    if (experiment == NULL || !json_is_array(identity) || !json_is_array(plan) || !json_is_array(inputs) ||
        !json_is_integer(rows))
        return false;
    out->phase = WEFT_RUN_FINISHED;
    out->grid_rows = out->rows_done = (int64_t)json_integer_value(rows);
    out->started_ms = (int64_t)json_integer_value(json_object_get(run, "started_ms"));
    out->updated_ms = (int64_t)json_integer_value(json_object_get(run, "ended_ms"));
    out->experiment_id = strdup(experiment);
    out->identity = text_of_lines(identity);
    out->plan = text_of_lines(plan);
    return out->experiment_id != NULL && out->identity != NULL && out->plan != NULL && take_inputs(out, inputs) &&
           take_outputs(out, json_object_get(root, "outputs"), path);
}

/* Takes `fd`. Through a stream: json_loadfd() reads a byte a call. */
static json_t *load(int fd) {
    FILE *file = fdopen(fd, "r");
    json_t *root = file == NULL ? NULL : json_loadf(file, JSON_REJECT_DUPLICATES, NULL);
    if (file == NULL)
        (void)close(fd);
    else
        (void)fclose(file);
    return root;
}

char *weft_finished_run_path(const weft_config *config) {
    char stem[PATH_MAX];
    (void)weft_config_output_stem(config, stem, sizeof stem);
    return weft_text_format("%s.metadata.json", stem);
}

weft_status weft_finished_run_read(weft_run_facts *out, const char *path, weft_error *err) {
    struct stat info;
    *out = (weft_run_facts){0};
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return weft_error_set_errno(err, errno, "%s", path);
    json_t *root = NULL;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= MAX_BYTES)
        root = load(fd);
    else
        (void)close(fd);
    bool ok = root != NULL && take_facts(out, root, path);
    json_decref(root);
    if (ok) return WEFT_OK;
    weft_run_facts_dispose(out);
    return not_ours(path, err);
}

bool weft_finished_run_has_name(void *config, const char *name) {
    weft_config other = *(const weft_config *)config;
    weft_run_facts facts = {0};
    other.experiment = (char *)name;
    char *path = weft_finished_run_path(&other);
    bool has = path == NULL ||
               (weft_finished_run_read(&facts, path, NULL) == WEFT_OK && strcmp(facts.experiment_id, name) == 0);
    weft_run_facts_dispose(&facts);
    free(path);
    return has;
}
