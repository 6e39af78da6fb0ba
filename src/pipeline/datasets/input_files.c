/* SPDX-License-Identifier: MIT
 *
 * glob() finds; order is by bytes, so that it does not depend on the locale. */
#include "pipeline/datasets/input_files.h"

#include "core/files/path_fields.h"
#include "core/grown_array.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

weft_status weft_input_files_add(weft_input_files *files, const char *path, weft_error *err) {
    char **paths = weft_grown_array(files->paths, files->count, &files->capacity, sizeof *paths);
    if (paths == NULL) return weft_error_no_memory(err, "the names of files");
    files->paths = paths;
    files->paths[files->count] = weft_text_format("%s", path);
    if (files->paths[files->count] == NULL) return weft_error_no_memory(err, "the names of files");
    files->count++;
    return WEFT_OK;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The folder's own characters mean themselves. */
static char *escape_folder(const char *pattern, const char *folder) {
    size_t length = strlen(folder);
    bool below = strncmp(pattern, folder, length) == 0 && pattern[length] == '/';
    weft_text out = {0};
    for (size_t i = 0; below && i < length; i++) {
        if (strchr("*?[\\", folder[i]) != NULL) weft_text_add(&out, "\\");
        weft_text_add_bytes(&out, folder + i, 1);
    }
    weft_text_add(&out, "%s", below ? pattern + length : pattern);
    if (!out.failed) return out.data;
    weft_text_dispose(&out);
    return NULL;
}

static weft_status glob_failed(const char *pattern, int reason, int errno_value, weft_error *err) {
    if (reason == GLOB_NOSPACE) return weft_error_no_memory(err, "the names of files");
    bool absent = errno_value == ENOENT || errno_value == ENOTDIR;
    if (reason == GLOB_ABORTED && !absent)
        return weft_error_set_errno(err, errno_value, "%s: a folder cannot be read", pattern);
    weft_error_set(err, WEFT_ERR_NO_INPUT, "%s: no file matches this pattern", pattern);
    weft_error_hint(err,
                    "* and {field} stand for any characters of a name, ? for one, [a-c] for one of these; not for a /");
    return WEFT_ERR_NO_INPUT;
}

static weft_status add_matches(weft_input_files *files, const char *pattern, const char *folder, weft_error *err) {
    char *escaped = escape_folder(pattern, folder);
    glob_t found = {0};
    weft_text wild = {0};
    if (escaped == NULL) return weft_error_no_memory(err, "the names of files");
    weft_path_fields_glob(escaped, &wild);
    free(escaped);
    if (wild.failed) return weft_error_no_memory(err, "the names of files");
    int first = files->count, reason = glob(wild.data, GLOB_ERR | GLOB_NOSORT, NULL, &found), errno_value = errno;
    weft_status status = reason == 0 ? WEFT_OK : glob_failed(pattern, reason, errno_value, err);
    for (size_t i = 0; reason == 0 && i < found.gl_pathc && status == WEFT_OK; i++)
        status = weft_input_files_add(files, found.gl_pathv[i], err);
    if (status == WEFT_OK) qsort(files->paths + first, (size_t)(files->count - first), sizeof *files->paths, by_bytes);
    if (reason == 0) globfree(&found);
    weft_text_dispose(&wild);
    return status;
}

/* Whether a path is a pattern: what stands in the folder's name does not count. */
static bool is_pattern(const char *path, const char *folder) {
    size_t length = strlen(folder);
    bool below = strncmp(path, folder, length) == 0 && path[length] == '/';
    return weft_config_is_pattern(below ? path + length : path) && access(path, F_OK) != 0;
}

weft_status weft_input_files_find(weft_input_files *out, const weft_config_dataset *dataset, const char *folder,
                                  weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < dataset->path_count && status == WEFT_OK; i++) {
        const char *path = dataset->paths[i];
        status = is_pattern(path, folder) ? add_matches(out, path, folder, err) : weft_input_files_add(out, path, err);
    }
    return status;
}

void weft_input_files_dispose(weft_input_files *files) {
    for (int i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    *files = (weft_input_files){0};
}
