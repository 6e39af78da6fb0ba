/* SPDX-License-Identifier: MIT */
#include "core/files/plain_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEEPEST 16 /* weft makes no folders there */

weft_status weft_plain_folder_check(const char *path, weft_error *err) {
    struct stat info;
    if (lstat(path, &info) != 0) {
        if (errno == ENOENT) return WEFT_OK;
        return weft_error_set_errno(err, errno, "%s: cannot be looked at", path);
    }
    if (S_ISDIR(info.st_mode)) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_IO, "%s: is %s, not a folder that weft may use", path,
                   S_ISLNK(info.st_mode) ? "a link" : "no folder");
    weft_error_hint(err, "move it away, or choose another output_dir or experiment");
    return WEFT_ERR_IO;
}

int weft_plain_folder_open(int folder_fd, const char *name) {
    return openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool is_dots(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void clear(int folder_fd, int depth, bool (*keeps)(void *payload, const char *name), void *payload);

static void remove_entry(int folder_fd, const char *name, dev_t device, int depth) {
    struct stat info;
    if (fstatat(folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0 || info.st_uid != geteuid() || info.st_dev != device)
        return;
    if (!S_ISDIR(info.st_mode)) {
        (void)unlinkat(folder_fd, name, 0);
        return;
    }
    int inner = depth < DEEPEST ? weft_plain_folder_open(folder_fd, name) : -1;
    if (inner < 0) return;
    clear(inner, depth + 1, NULL, NULL);
    (void)close(inner);
    (void)unlinkat(folder_fd, name, AT_REMOVEDIR);
}

static void clear(int folder_fd, int depth, bool (*keeps)(void *payload, const char *name), void *payload) {
    struct stat own;
    int again = fstat(folder_fd, &own) == 0 ? weft_plain_folder_open(folder_fd, ".") : -1;
    DIR *entries = again < 0 ? NULL : fdopendir(again);
    if (entries == NULL) {
        if (again >= 0) (void)close(again);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (!is_dots(entry->d_name) && (keeps == NULL || !keeps(payload, entry->d_name)))
            remove_entry(folder_fd, entry->d_name, own.st_dev, depth);
    (void)closedir(entries);
}

void weft_plain_folder_clear(int folder_fd, bool (*keeps)(void *payload, const char *name), void *payload) {
    clear(folder_fd, 0, keeps, payload);
}

bool weft_plain_folder_has_file(int folder_fd, const char *name) {
    struct stat info;
    return fstatat(folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode) &&
           info.st_uid == geteuid() && info.st_nlink == 1;
}
