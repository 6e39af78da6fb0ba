/* SPDX-License-Identifier: MIT
 *
 * What an entry says is kept as it stands, and filled in when a job is asked for: ten thousand jobs take the room of
 * one. */
#include "config/batch/batch_entry.h"

#include "config/config_name.h"
#include "config/config_recipe.h"
#include "config/config_source.h"

#include <stdlib.h>
#include <string.h>

int weft_batch_entry_count(const weft_batch_entry *entry) {
    return weft_batch_matrix_count(&entry->matrix);
}

weft_config_variables weft_batch_entry_variables(const weft_batch_entry *entry, int number, weft_config_variable *out) {
    return weft_batch_matrix_variables(&entry->matrix, number, out);
}

weft_place weft_batch_entry_place(const weft_batch_entry *entry) {
    return entry->place;
}

int64_t weft_batch_entry_retry(const weft_batch_file *batch, const weft_batch_entry *entry) {
    return entry->retry >= 0 ? entry->retry : batch->retry;
}

int64_t weft_batch_entry_timeout_ms(const weft_batch_file *batch, const weft_batch_entry *entry) {
    return entry->timeout_ms >= 0 ? entry->timeout_ms : batch->timeout_ms;
}

/* The text of a scalar with its variables filled in, on the heap. NULL: reported, or no memory. */
static char *fill_in(const weft_batch_file *batch, const weft_batch_entry *entry, int number,
                     const weft_yaml_node *node, weft_problems *problems) {
    weft_config_variable items[WEFT_BATCH_MAX_PARAMETERS];
    weft_config_variables variables = weft_batch_entry_variables(entry, number, items);
    weft_problem_list found = {0};
    weft_yaml_reporter reporter = {.file = batch->file, .found = &found, .batch = true};
    weft_yaml_node *copy = weft_yaml_copy(node);
    char *text = NULL;
    if (copy != NULL && weft_config_source_expand(&reporter, copy, &variables) && found.count == 0) {
        text = copy->text;
        copy->text = NULL;
    }
    weft_problem_list_move(&found, problems);
    weft_yaml_free(copy);
    return text;
}

static void report(const weft_batch_file *batch, weft_place place, const char *hint, const char *message,
                   const char *word, weft_problems *problems) {
    weft_problem_list found = {0};
    weft_yaml_reporter reporter = {.file = batch->file, .found = &found, .batch = true};
    weft_yaml_report(&reporter, place, NULL, hint, message, word);
    weft_problem_list_move(&found, problems);
}

/* The file's stem and the values, with what a name cannot hold replaced. */
static char *make_name(const weft_batch_file *batch, const weft_batch_entry *entry, int number,
                       weft_problems *problems) {
    weft_config_variable items[WEFT_BATCH_MAX_PARAMETERS];
    weft_config_variables variables = weft_batch_entry_variables(entry, number, items);
    weft_text out = {0};
    if (entry->config->kind == WEFT_YAML_SCALAR) {
        char *path = fill_in(batch, entry, number, entry->config, problems);
        char *stem = path != NULL ? weft_config_file_stem(path) : NULL;
        free(path);
        if (stem == NULL) return NULL;
        weft_text_add(&out, "%s", stem);
        free(stem);
    } else {
        weft_text_add(&out, "job%d", entry->index + 1);
    }
    for (int i = 0; i < variables.count; i++)
        weft_text_add(&out, "_%s", variables.items[i].value);
    if (out.failed) {
        weft_text_dispose(&out);
        return NULL;
    }
    weft_config_make_name(out.data);
    return out.data;
}

char *weft_batch_entry_name(const weft_batch_file *batch, const weft_batch_entry *entry, int number,
                            weft_problems *problems) {
    if (entry->name == NULL) return make_name(batch, entry, number, problems);
    char *name = fill_in(batch, entry, number, entry->name, problems);
    if (name == NULL || weft_config_is_name(name)) return name;
    report(batch, entry->name->place, WEFT_NAME_RULE, "name: \"%.60s\" cannot be the name of a job", name, problems);
    free(name);
    return NULL;
}

int weft_batch_entry_need_count(const weft_batch_entry *entry) {
    if (entry->needs == NULL) return 0;
    return entry->needs->kind == WEFT_YAML_SEQUENCE ? entry->needs->count : 1;
}

char *weft_batch_entry_need(const weft_batch_file *batch, const weft_batch_entry *entry, int number, int which,
                            weft_place *place, weft_problems *problems) {
    const weft_yaml_node *node =
        entry->needs->kind == WEFT_YAML_SEQUENCE ? entry->needs->children[which] : entry->needs;
    *place = node->place;
    return fill_in(batch, entry, number, node, problems);
}

char *weft_batch_entry_config_file(const weft_batch_file *batch, const weft_batch_entry *entry, int number) {
    weft_problems problems = {0};
    if (entry->config->kind != WEFT_YAML_SCALAR) return NULL;
    char *path = fill_in(batch, entry, number, entry->config, &problems);
    char *absolute = NULL;
    if (path != NULL)
        absolute = path[0] == '/' ? weft_text_format("%s", path) : weft_text_format("%s/%s", batch->folder, path);
    weft_problems_dispose(&problems);
    free(path);
    return absolute;
}

/* A job is handed its configuration as a file with absolute paths, and such a file is UTF-8. */
static weft_status check_paths(weft_config **config, weft_error *err) {
    if (weft_text_is_utf8((*config)->text)) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: paths that begin here, or at ~, are not UTF-8", (*config)->folder);
    weft_error_hint(err, "jobs of a batch need names that are; weft run does not");
    weft_config_free(*config);
    *config = NULL;
    return WEFT_ERR_DATA;
}

weft_status weft_batch_entry_load(weft_config **out, const weft_batch_file *batch, const weft_batch_entry *entry,
                                  int number, const char *experiment, int64_t now_ms, weft_problems *problems,
                                  weft_error *err) {
    weft_config_variable items[WEFT_BATCH_MAX_PARAMETERS];
    weft_config_variables variables = weft_batch_entry_variables(entry, number, items);
    weft_config_recipe recipe = {.file = batch->file,
                                 .sets = entry->sets,
                                 .set_count = 2,
                                 .experiment = experiment,
                                 .variables = &variables,
                                 .registries = batch->registries};
    char *path = NULL, *shown = NULL;
    *out = NULL;
    if (entry->config->kind == WEFT_YAML_SCALAR) {
        path = fill_in(batch, entry, number, entry->config, problems);
        if (path == NULL && problems->count > 0)
            return weft_error_set(err, WEFT_ERR_DATA, "%s: a job's configuration has no name", batch->file);
        /* Named from where the batch file was named from. */
        const char *slash = strrchr(batch->file, '/');
        if (path != NULL)
            shown = path[0] == '/' || slash == NULL
                        ? weft_text_format("%s", path)
                        : weft_text_format("%.*s%s", (int)(slash - batch->file) + 1, batch->file, path);
        free(path);
        if (shown == NULL) return weft_error_no_memory(err, "a job's configuration");
        recipe.file = shown;
    } else {
        recipe.tree = entry->config;
    }
    weft_status status = weft_config_load_recipe(out, &recipe, now_ms, problems, err);
    free(shown);
    return status == WEFT_OK ? check_paths(out, err) : status;
}
