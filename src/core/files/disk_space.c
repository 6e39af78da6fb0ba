/* SPDX-License-Identifier: MIT
 *
 * Free is what an unprivileged process may still take (f_bavail). */
#include "core/files/disk_space.h"

#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static int64_t free_of(const struct statvfs *disk) {
    unsigned long long blocks = disk->f_bavail, size = disk->f_frsize;
    return size > 0 && blocks > INT64_MAX / size ? INT64_MAX : (int64_t)(blocks * size);
}

/* Cuts the last name off; false when none is left. */
static bool go_up(char *path) {
    char *slash = strrchr(path, '/');
    if (slash == NULL || path[1] == '\0') return false;
    slash[slash == path] = '\0';
    return true;
}

bool weft_disk_space_at(const char *path, weft_disk_space *out) {
    struct stat info;
    struct statvfs disk;
    char *at = weft_text_format("%s", path);
    bool found = at != NULL;
    while (found && stat(at, &info) != 0)
        found = errno == ENOENT && go_up(at);
    found = found && statvfs(at, &disk) == 0 && disk.f_blocks > 0;
    if (found) *out = (weft_disk_space){info.st_dev, free_of(&disk)};
    free(at);
    return found;
}

void weft_disk_space_hint(int fd, int errno_value, int64_t needed_bytes, weft_error *err) {
    struct statvfs disk;
    if (errno_value == EFBIG)
        weft_error_hint(err, "the file would be larger than this process may write: ulimit -f shows it");
    else if (errno_value == EDQUOT)
        weft_error_hint(err, "%lld bytes more were to be written than the quota allows: quota -s shows it",
                        (long long)needed_bytes);
    else if (errno_value == ENOSPC && fstatvfs(fd, &disk) == 0 && needed_bytes == 0)
        weft_error_hint(err, "%lld bytes are free", (long long)free_of(&disk));
    else if (errno_value == ENOSPC && fstatvfs(fd, &disk) == 0)
        weft_error_hint(err, "%lld bytes more were needed, %lld are free", (long long)needed_bytes,
                        (long long)free_of(&disk));
}
