/* SPDX-License-Identifier: MIT */
#include "core/files/result_folder.h"

#include "core/files/plain_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEEPEST 16 /* weft makes no folders there */

/* Names are made on the stack: parts are removed when memory has run out, too. */
typedef struct folder_name {
    char path[PATH_MAX];
} folder_name;

static folder_name with_suffix(const char *folder, const char *suffix) {
    folder_name out;
    (void)snprintf(out.path, sizeof out.path, "%.*s%s", PATH_MAX - 16, folder, suffix);
    return out;
}

static bool is_this(void *payload, const char *name) {
    return payload != NULL && strcmp(payload, name) == 0;
}

static void clear(const char *path, const char *name) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return;
    weft_plain_folder_clear(fd, is_this, (void *)name);
    (void)close(fd);
}

static void remove_folder(const char *path) {
    clear(path, NULL);
    (void)rmdir(path);
}

/* Whether a run may have made the file: those of runs are called part-.., and `name`. Hidden ones are those of file systems
 * and file managers (.nfs.., .DS_Store), which make them again. */
static bool may_be_ours(const char *file, const char *name) {
    return file[0] == '.' || strncmp(file, "part-", 5) == 0 || strcmp(file, name) == 0;
}

static bool is_dots(const char *entry) {
    return strcmp(entry, ".") == 0 || strcmp(entry, "..") == 0;
}

/* Refuses a file, in the folder or below it, that no run has made: it would be deleted with the folder. */
static weft_status check_entries(const char *folder, const char *name, int depth, weft_error *err) {
    DIR *entries = opendir(folder);
    weft_status status = WEFT_OK;
    if (entries == NULL) return weft_error_set_errno(err, errno, "%s: cannot be listed", folder);
    for (struct dirent *entry; status == WEFT_OK && (entry = readdir(entries)) != NULL;) {
        char path[PATH_MAX];
        struct stat info;
        if (is_dots(entry->d_name) || fstatat(dirfd(entries), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
        (void)snprintf(path, sizeof path, "%.*s/%s", PATH_MAX - NAME_MAX - 2, folder, entry->d_name);
        if (S_ISDIR(info.st_mode) && depth < DEEPEST) {
            status = check_entries(path, name, depth + 1, err);
            continue;
        }
        if (may_be_ours(entry->d_name, name)) continue;
        status = weft_error_set(err, WEFT_ERR_DATA, "%s: no run made it, and it would be lost with its folder", path);
        weft_error_hint(err, "move it away, or choose another experiment or output_dir");
    }
    (void)closedir(entries);
    return status;
}

weft_status weft_result_folder_check(const char *folder, const char *name, weft_error *err) {
    folder_name part = with_suffix(folder, ".part");
    char file[PATH_MAX];
    struct stat info;
    weft_status status = weft_plain_folder_check(part.path, err);
    if (status == WEFT_OK) status = weft_plain_folder_check(folder, err);
    if (status != WEFT_OK || lstat(folder, &info) != 0) return status;
    (void)snprintf(file, sizeof file, "%.*s/%s", PATH_MAX - NAME_MAX - 2, folder, name);
    if (access(file, F_OK) == 0) return check_entries(folder, name, 0, err);
    if (rmdir(folder) == 0) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_DATA, "%s: is there, and is no output of weft: it has no %s", folder, name);
    weft_error_hint(err, "choose another experiment or output_dir, or remove it");
    return WEFT_ERR_DATA;
}

void weft_result_folder_clear(const char *folder, const char *name) {
    clear(with_suffix(folder, ".part").path, name);
}

weft_status weft_result_folder_rename(const char *folder, weft_error *err) {
    folder_name part = with_suffix(folder, ".part"), old = with_suffix(folder, ".old");
    remove_folder(old.path);
    if (rename(folder, old.path) != 0 && errno != ENOENT)
        return weft_error_set_no_output(err, errno, folder, "cannot be replaced");
    return rename(part.path, folder) == 0 ? WEFT_OK : weft_error_set_no_output(err, errno, part.path, "cannot rename");
}

void weft_result_folder_tidy(const char *folder) {
    remove_folder(with_suffix(folder, ".old").path);
}

void weft_result_folder_drop(const char *folder) {
    remove_folder(with_suffix(folder, ".part").path);
}
