/* SPDX-License-Identifier: MIT
 *
 * All files of a run are put in one list, with what each is for; sorted by path, two of one name are neighbours. */
#include "pipeline/outputs/output_names.h"

#include "core/files/plain_file.h"
#include "core/grown_array.h"
#include "core/text.h"
#include "pipeline/outputs/finished_run.h"
#include "pipeline/outputs/metadata_file.h"
#include "pipeline/outputs/plan_files.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

typedef struct file_name {
    char *path;
    const char *what;
    bool is_final; /* an output's own name */
    bool is_there;
    dev_t device;
    ino_t inode;
} file_name;

typedef struct name_list {
    file_name *names;
    int count, capacity;
} name_list;

/* Takes `path` over; NULL is no memory. */
static weft_status add(name_list *list, char *path, const char *what, bool is_final, weft_error *err) {
    file_name *more = weft_grown_array(list->names, list->count, &list->capacity, sizeof *more);
    if (more != NULL) list->names = more;
    if (path == NULL || more == NULL) {
        free(path);
        return weft_error_no_memory(err, "the names of the outputs");
    }
    list->names[list->count++] = (file_name){.path = path, .what = what, .is_final = is_final};
    return WEFT_OK;
}

static weft_status add_with_part(name_list *list, const char *path, const char *what, weft_error *err) {
    weft_status status = add(list, weft_text_format("%s", path), what, true, err);
    return status == WEFT_OK ? add(list, weft_text_format("%s.part", path), what, false, err) : status;
}

static void dispose(name_list *list) {
    for (int i = 0; i < list->count; i++)
        free(list->names[i].path);
    free(list->names);
}

static weft_status list_outputs(name_list *out, const weft_plan *plan, weft_error *err) {
    weft_plan_files files = {0};
    if (plan->config->to_stdout) return WEFT_OK; /* there are none */
    char *metadata = weft_finished_run_path(plan->config);
    weft_status status = weft_plan_files_list(&files, plan, err);
    for (int i = 0; i < files.count && status == WEFT_OK; i++)
        status = add_with_part(out, files.files[i].path,
                               files.files[i].output < 0 ? files.files[i].format->column_file
                                                         : weft_format_name(files.files[i].format),
                               err);
    if (status == WEFT_OK)
        status = metadata == NULL ? weft_error_no_memory(err, "the names of the outputs")
                                  : add_with_part(out, metadata, "the metadata", err);
    weft_plan_files_dispose(&files);
    free(metadata);
    return status;
}

/* In the words of the outputs' paths, where it lies in their folder. NULL: no memory. */
static char *metrics_path(const weft_config *config) {
    const char *path = config->metrics_database, *slash = strrchr(path, '/');
    char *folder = slash == NULL ? weft_text_format(".") : strndup(path, (size_t)(slash - path));
    struct stat own, outputs;
    if (folder == NULL) return NULL;
    bool same = stat(folder, &own) == 0 && stat(config->output_dir, &outputs) == 0 && own.st_ino == outputs.st_ino &&
                own.st_dev == outputs.st_dev;
    free(folder);
    return same ? weft_text_format("%s/%s", config->output_dir, slash == NULL ? path : slash + 1)
                : weft_text_format("%s", path);
}

static bool is_same_folder(const char *path, const struct stat *folder) {
    struct stat info;
    return stat(path, &info) == 0 && info.st_ino == folder->st_ino && info.st_dev == folder->st_dev;
}

/* Whether `path` lies in `folder` or below: by their words, and where the folder is there by any way to it. */
static bool is_below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    struct stat info;
    bool below = strncmp(path, folder, length) == 0 && path[length] == '/';
    char *above = below || stat(folder, &info) != 0 ? NULL : strdup(path);
    for (char *slash; above != NULL && !below && (slash = strrchr(above, '/')) != NULL && slash > above;) {
        *slash = '\0';
        below = is_same_folder(above, &info);
    }
    free(above);
    return below;
}

/* What lies among the state of runs is cleared away when one ends. */
static weft_status check_metrics_place(const weft_config *config, weft_error *err) {
    char *folder = weft_text_format("%s/.weft", config->output_dir);
    if (folder == NULL) return weft_error_no_memory(err, "the names of the outputs");
    bool below = is_below(config->metrics_database, folder);
    free(folder);
    if (!below) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "metrics.database: %s lies where weft keeps the state of runs, which is removed",
                   config->metrics_database);
    weft_error_hint(err, "choose a place beside the outputs, or leave it out: metrics.sqlite in output_dir");
    return WEFT_ERR_DATA;
}

static weft_status list_metrics(name_list *out, const weft_plan *plan, weft_error *err) {
    static const char *const beside[] = {"", "-wal", "-shm", "-journal"};
    char *path = metrics_path(plan->config);
    weft_status status = path == NULL ? weft_error_no_memory(err, "the names of the outputs") : WEFT_OK;
    for (size_t i = 0; i < sizeof beside / sizeof *beside && status == WEFT_OK; i++)
        status = add(out, weft_text_format("%s%s", path, beside[i]), "metrics.database", false, err);
    free(path);
    return status;
}

/* --- lengths and collisions --- */

static weft_status check_length(const file_name *name, weft_error *err) {
    const char *slash = strrchr(name->path, '/'), *base = slash == NULL ? name->path : slash + 1;
    if (strlen(base) <= NAME_MAX && strlen(name->path) < PATH_MAX) return WEFT_OK;
    bool is_base = strlen(base) > NAME_MAX;
    weft_error_set(err, WEFT_ERR_DATA, "%.200s..: %s: its %s would have %zu bytes, of at most %d", name->path,
                   name->what, is_base ? "name" : "path", is_base ? strlen(base) : strlen(name->path),
                   is_base ? NAME_MAX : PATH_MAX - 1);
    weft_error_hint(err, "choose a shorter experiment, output_dir, or name of a dataset or column");
    return WEFT_ERR_DATA;
}

static int by_path(const void *a, const void *b) {
    const file_name *first = a, *second = b;
    int order = strcasecmp(first->path, second->path);
    return order != 0 ? order : strcmp(first->path, second->path);
}

/* warned: the plan that is told of names that differ in case alone, or NULL. */
static weft_status check_pair(weft_plan *warned, const file_name *a, const file_name *b, weft_error *err) {
    if (strcasecmp(a->path, b->path) != 0) return WEFT_OK;
    if (strcmp(a->path, b->path) != 0)
        return a->is_final && b->is_final && warned != NULL
                   ? weft_plan_warn(warned, err, "%s and %s are one file where a file system ignores case", a->path,
                                    b->path)
                   : WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: is the name of two files: %s and %s", a->path, a->what, b->what);
    weft_error_hint(err, "choose another experiment, metrics.database, or name of a dataset or column");
    return WEFT_ERR_DATA;
}

static weft_status check_names(const weft_plan *plan, weft_plan *warned, weft_error *err) {
    name_list list = {0};
    weft_status status = check_metrics_place(plan->config, err);
    if (status == WEFT_OK) status = list_outputs(&list, plan, err);
    for (int i = 0; i < list.count && status == WEFT_OK; i++)
        status = check_length(&list.names[i], err);
    if (status == WEFT_OK) status = list_metrics(&list, plan, err);
    if (status == WEFT_OK) qsort(list.names, (size_t)list.count, sizeof *list.names, by_path);
    for (int i = 1; i < list.count && status == WEFT_OK; i++)
        status = check_pair(warned, &list.names[i - 1], &list.names[i], err);
    dispose(&list);
    return status;
}

weft_status weft_output_names_check(weft_plan *plan, weft_error *err) {
    return check_names(plan, plan, err);
}

/* --- what is there --- */

/* Whether the finished experiment `name` has an output of this name. */
static bool is_output_of(const weft_config *config, const char *name, const char *base) {
    weft_config other = *config;
    weft_run_facts facts = {0};
    other.experiment = (char *)name;
    char *metadata = weft_finished_run_path(&other);
    bool is = false;
    if (metadata != NULL && weft_finished_run_read(&facts, metadata, NULL) == WEFT_OK &&
        strcmp(facts.experiment_id, name) == 0)
        for (int i = 0; i < facts.output_count; i++)
            is = is || strcmp(strrchr(facts.outputs[i].path, '/') + 1, base) == 0;
    weft_run_facts_dispose(&facts);
    free(metadata);
    return is;
}

/* Experiment `a` with a column `b_c` and experiment `a_b` with a column `c` have one picture: which experiments a name
 * may be of, its parts say. */
static weft_status check_owner(const weft_config *config, const char *path, weft_error *err) {
    const char *base = strrchr(path, '/') + 1;
    weft_status status = WEFT_OK;
    for (const char *from = strpbrk(base, "._"); from != NULL && status == WEFT_OK; from = strpbrk(from + 1, "._")) {
        for (const char *to = strpbrk(from + 1, "._"); to != NULL && status == WEFT_OK; to = strpbrk(to + 1, "._")) {
            char *name = strndup(from + 1, (size_t)(to - from - 1));
            if (name == NULL) return weft_error_no_memory(err, "the names of the outputs");
            if (name[0] != '\0' && strcmp(name, config->experiment) != 0 && is_output_of(config, name, base)) {
                status = weft_error_set(err, WEFT_ERR_DATA, "%s: is an output of experiment %s", path, name);
                weft_error_hint(err, "choose another experiment or output_dir, or remove that experiment's outputs");
            }
            free(name);
        }
    }
    return status;
}

static weft_status check_input(const name_list *list, const char *path, weft_error *err) {
    struct stat input;
    bool is_there = stat(path, &input) == 0;
    for (int i = 0; i < list->count && is_there; i++) {
        const file_name *name = &list->names[i];
        if (!name->is_there || input.st_ino != name->inode || input.st_dev != name->device) continue;
        weft_error_set(err, WEFT_ERR_DATA, "%s: is an input of this run (%s), and would be overwritten", name->path,
                       path);
        weft_error_hint(err, "choose another output_dir or experiment");
        return WEFT_ERR_DATA;
    }
    return WEFT_OK;
}

/* What a run reads besides its rasters and rows. */
static weft_status check_others(const name_list *list, const weft_config *config, weft_error *err) {
    weft_status status = check_input(list, config->file, err);
    if (status == WEFT_OK && config->grid.like != NULL) status = check_input(list, config->grid.like, err);
    for (int i = 0; i < config->dataset_count && status == WEFT_OK; i++)
        if (config->datasets[i].catalog.file != NULL) status = check_input(list, config->datasets[i].catalog.file, err);
    return status;
}

static weft_status look_at(file_name *name, const weft_config *config, weft_error *err) {
    struct stat info;
    weft_status status = weft_plain_file_check(name->path, err);
    if (status != WEFT_OK || stat(name->path, &info) != 0) return status;
    name->is_there = true;
    name->device = info.st_dev;
    name->inode = info.st_ino;
    /* A manifest's folder is looked at when it is opened. */
    bool has_owner = name->is_final && strcmp(strrchr(name->path, '/') + 1, WEFT_PARTS_MANIFEST) != 0;
    status = has_owner ? check_owner(config, name->path, err) : WEFT_OK;
    return status == WEFT_OK ? weft_plain_file_check_replacing(name->path, err) : status;
}

weft_status weft_output_names_look(const weft_plan *plan, const weft_run_facts *facts, weft_error *err) {
    name_list list = {0};
    /* Once more: now that the folder is there, another way to it is known to be one. */
    weft_status status = check_names(plan, NULL, err);
    if (status == WEFT_OK) status = list_outputs(&list, plan, err);
    for (int i = 0; i < list.count && status == WEFT_OK; i++)
        status = look_at(&list.names[i], plan->config, err);
    for (int i = 0; i < facts->input_count && status == WEFT_OK; i++)
        status = check_input(&list, facts->inputs[i].path, err);
    if (status == WEFT_OK) status = check_others(&list, plan->config, err);
    dispose(&list);
    return status;
}
