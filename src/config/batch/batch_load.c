/* SPDX-License-Identifier: MIT
 *
 * Plain configurations become the tree that a batch file with a job for each would give. */
#include "config/batch/batch_file.h"

#include "config/batch/batch_entry.h"
#include "config/batch/batch_keys.h"
#include "config/config_name.h"
#include "config/config_source.h"
#include "config/yaml/yaml_reuse.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLAIN_FILE "weft batch"
#define PLAIN_NAME "command-line"

/* --- the tree --- */

/* A scalar that is read as it is. */
static weft_yaml_node *new_scalar(const char *text) {
    weft_yaml_node *node = weft_yaml_new(WEFT_YAML_SCALAR, (weft_place){0, 0}, NULL);
    weft_text out = {0};
    weft_text_add(&out, "%s", "");
    for (; *text != '\0'; text++)
        weft_text_add(&out, *text == '$' ? "$$" : "%c", *text);
    if (node != NULL && !out.failed) {
        node->text = out.data;
        node->quoted = true;
        return node;
    }
    weft_text_dispose(&out);
    weft_yaml_free(node);
    return NULL;
}

static weft_yaml_node *tree_of_files(const char *const *files, int count) {
    weft_yaml_node *root = weft_yaml_new(WEFT_YAML_MAPPING, (weft_place){0, 0}, NULL);
    weft_yaml_node *jobs = weft_yaml_new(WEFT_YAML_SEQUENCE, (weft_place){0, 0}, NULL);
    bool ok = root != NULL && jobs != NULL;
    for (int i = 0; i < count && ok; i++) {
        weft_yaml_node *job = weft_yaml_new(WEFT_YAML_MAPPING, (weft_place){0, 0}, NULL);
        weft_yaml_node *path = new_scalar(files[i]);
        ok = job != NULL && path != NULL && weft_yaml_put(job, "config", (weft_place){0, 0}, path);
        if (job != NULL && path == NULL) ok = false;
        if (ok)
            ok = weft_yaml_append(jobs, job);
        else
            weft_yaml_free(job);
    }
    if (ok && weft_yaml_put(root, "jobs", (weft_place){0, 0}, jobs)) return root;
    if (!ok) weft_yaml_free(jobs);
    weft_yaml_free(root);
    return NULL;
}

/* The tree of a file. NULL: reported, or no memory. */
static weft_yaml_node *tree_of_text(weft_config_reader *reader, const char *text, size_t length) {
    weft_yaml_node *root = weft_config_source_check(&reader->report, text, length)
                               ? weft_yaml_parse(&reader->report, text, length, NULL)
                               : NULL;
    if (root != NULL && weft_yaml_reuse(&reader->report, root, NULL)) return root;
    reader->no_memory = root != NULL || reader->report.found->count == 0;
    weft_yaml_free(root);
    return NULL;
}

/* --- reading it --- */

/* Of a job the environment fills in what says which jobs there are; the rest is filled in with each job's parameters. */
static bool expand_job(weft_config_reader *reader, weft_yaml_node *job) {
    static const char *const keys[] = {"matrix", "retry", "timeout"};
    if (job->kind != WEFT_YAML_MAPPING) return true;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        weft_yaml_node *node = weft_yaml_find(job, keys[i]);
        if (node != NULL && !weft_config_source_expand(&reader->report, node, NULL)) return false;
    }
    return true;
}

/* False: no memory. */
static bool expand(weft_config_reader *reader, weft_yaml_node *root) {
    bool ok = true;
    for (int i = 0; i < root->count && ok; i++) {
        weft_yaml_node *value = root->children[i];
        bool is_jobs = strcmp(root->keys[i], "jobs") == 0;
        for (int j = 0; is_jobs && j < value->count && ok; j++)
            ok = expand_job(reader, value->children[j]);
        if (!is_jobs && strcmp(root->keys[i], "defaults") != 0)
            ok = weft_config_source_expand(&reader->report, value, NULL);
    }
    return ok;
}

static bool override(weft_config_reader *reader, weft_yaml_node *root, const weft_override *overrides,
                     const char *const *given, int count) {
    bool ok = true;
    for (int i = 0; i < count && ok; i++)
        ok = weft_config_source_override(&reader->report, root, &overrides[i], given[i]);
    return ok;
}

static char *name_of_file(const char *file) {
    char *name = weft_config_file_stem(file);
    if (name != NULL) weft_config_make_name(name);
    return name;
}

static void read_tree(weft_config_reader *reader, weft_batch_tree *tree, bool plain) {
    weft_batch_file *batch = &tree->batch;
    if (!expand(reader, tree->root)) {
        reader->no_memory = true;
        return;
    }
    weft_batch_read(reader, tree);
    if (batch->name == NULL) batch->name = plain ? weft_text_format(PLAIN_NAME) : name_of_file(batch->file);
    reader->no_memory = reader->no_memory || batch->name == NULL;
}

/* Reads the one file that may be a batch file; *root is NULL where it is a plain configuration. */
static weft_status read_file(weft_config_reader *reader, const char *file, weft_yaml_node **root, weft_error *err) {
    char *text = NULL;
    size_t length = 0;
    weft_status status = weft_config_source_read(&text, &length, file, err);
    if (status != WEFT_OK) return status;
    *root = tree_of_text(reader, text, length);
    free(text);
    if (*root != NULL && ((*root)->kind != WEFT_YAML_MAPPING || weft_yaml_find(*root, "jobs") == NULL)) {
        weft_yaml_free(*root);
        *root = NULL;
    }
    return WEFT_OK;
}

weft_status weft_batch_file_load(weft_batch_file **out, const char *const *files, int file_count,
                                 const weft_override *overrides, const char *const *given, int override_count,
                                 const weft_registries *registries, weft_problems *problems, weft_error *err) {
    weft_batch_tree *tree = calloc(1, sizeof *tree);
    weft_problem_list found = {0};
    weft_config stub = {0};
    weft_config_reader reader = {
        .report = {.file = files[0], .found = &found, .batch = true}, .config = &stub, .registries = registries};
    weft_status status = WEFT_OK;
    *out = NULL;
    if (tree == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to read it", files[0]);
    if (file_count == 1) status = read_file(&reader, files[0], &tree->root, err);
    if (status != WEFT_OK) goto done;
    bool plain = tree->root == NULL && found.count == 0 && !reader.no_memory;
    if (plain) {
        reader.report.file = PLAIN_FILE;
        tree->root = tree_of_files(files, file_count);
    }
    tree->batch.registries = registries;
    tree->batch.file = weft_text_format("%s", reader.report.file);
    reader.no_memory = reader.no_memory || tree->batch.file == NULL || (plain && tree->root == NULL);
    if (!reader.no_memory) status = weft_config_source_folder(&tree->batch.folder, tree->batch.file, err);
    if (status != WEFT_OK) goto done;
    stub.folder = tree->batch.folder;
    if (tree->root != NULL && override(&reader, tree->root, overrides, given, override_count))
        read_tree(&reader, tree, plain);
    else if (found.count == 0)
        reader.no_memory = true;
    status = weft_config_summarise(&reader, problems, err);
done:
    weft_problem_list_move(&found, problems);
    if (status == WEFT_OK)
        *out = &tree->batch;
    else
        weft_batch_file_free(&tree->batch);
    return status;
}

void weft_batch_file_free(weft_batch_file *batch) {
    weft_batch_tree *tree = (weft_batch_tree *)batch;
    if (batch == NULL) return;
    for (int i = 0; i < batch->entry_count; i++) {
        if (batch->entries[i] != NULL) weft_batch_matrix_dispose(&batch->entries[i]->matrix);
        free(batch->entries[i]);
    }
    for (int i = 0; i < tree->origin_count; i++)
        free(tree->origins[i]);
    free(tree->origins);
    free(batch->entries);
    free(batch->file);
    free(batch->folder);
    free(batch->name);
    weft_yaml_free(tree->root);
    free(tree);
}
