/* SPDX-License-Identifier: MIT
 *
 * What is there is looked at before it is opened, since opening a device may do something, and once more after: it may
 * have been exchanged in between. */
#include "core/files/plain_file.h"

#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* NULL for a regular file. */
static const char *name_kind(mode_t mode) {
    if (S_ISREG(mode)) return NULL;
    if (S_ISLNK(mode)) return "a link";
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

static weft_status refuse(const char *path, const char *kind, weft_error *err) {
    weft_error_set(err, WEFT_ERR_IO, "%s: is %s, not a file that weft may write", path, kind);
    weft_error_hint(err, "move it away, or choose another output_dir or experiment");
    return WEFT_ERR_IO;
}

static weft_status fail(const char *path, const char *what, weft_error *err) {
    weft_status status = weft_error_set_errno(err, errno, "%s: %s", path, what);
    if (status != WEFT_ERR_NO_INPUT) return status;
    if (err != NULL) err->status = WEFT_ERR_IO;
    return WEFT_ERR_IO;
}

/* The file that stands where the path has a folder. */
static weft_status refuse_folder(const char *path, weft_error *err) {
    char *folder = weft_text_format("%s", path);
    if (folder == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to look at its folder", path);
    weft_error_set(err, WEFT_ERR_IO, "%s: is a file, not a folder that weft may write", dirname(folder));
    weft_error_hint(err, "move it away, or choose another output_dir or experiment");
    free(folder);
    return WEFT_ERR_IO;
}

weft_status weft_plain_file_check(const char *path, weft_error *err) {
    struct stat info;
    if (lstat(path, &info) != 0) {
        if (errno == ENOTDIR) return refuse_folder(path, err);
        return errno == ENOENT ? WEFT_OK : fail(path, "cannot be looked at", err);
    }
    const char *kind = name_kind(info.st_mode);
    return kind == NULL ? WEFT_OK : refuse(path, kind, err);
}

weft_status weft_plain_file_check_replacing(const char *path, weft_error *err) {
    struct stat info, folder;
    uid_t me = geteuid();
    if (me == 0 || lstat(path, &info) != 0 || info.st_uid == me) return WEFT_OK;
    char *copy = weft_text_format("%s", path);
    if (copy == NULL) return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to look at its folder", path);
    bool kept = stat(dirname(copy), &folder) == 0 && (folder.st_mode & S_ISVTX) != 0 && folder.st_uid != me;
    free(copy);
    if (!kept) return WEFT_OK;
    weft_error_set(err, WEFT_ERR_PERMISSION, "%s: another user's, in a folder where only that user may replace it",
                   path);
    weft_error_hint(err, "the folder has the sticky bit (chmod +t); choose another output_dir or experiment");
    return WEFT_ERR_PERMISSION;
}

static weft_status check_open(int fd, const char *path, weft_error *err) {
    struct stat info;
    if (fstat(fd, &info) != 0) return fail(path, "cannot be looked at", err);
    const char *kind = name_kind(info.st_mode);
    if (kind == NULL && info.st_nlink > 1) kind = "a file that has a second name (a hard link)";
    return kind == NULL ? WEFT_OK : refuse(path, kind, err);
}

weft_status weft_plain_file_open(int *fd, const char *path, int flags, unsigned mode, weft_error *err) {
    *fd = -1;
    weft_status status = weft_plain_file_check(path, err);
    if (status != WEFT_OK) return status;
    *fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, (mode_t)mode);
    if (*fd < 0 && errno == ENOENT && (flags & O_CREAT) == 0) return weft_error_set_errno(err, errno, "%s", path);
    if (*fd < 0) return fail(path, (flags & O_CREAT) != 0 ? "cannot create" : "cannot open", err);
    status = check_open(*fd, path, err);
    if (status == WEFT_OK) return WEFT_OK;
    (void)close(*fd);
    *fd = -1;
    return status;
}
