/* SPDX-License-Identifier: MIT
 *
 * A folder is a raster of many files (Zarr): one digest stands for all of them. */
#define _GNU_SOURCE /* struct stat64, which is GDAL's VSIStatBufL; S_IFMT */
#include "raster/files/file_facts.h"

#include "core/retry.h"
#include "core/text.h"
#include "raster/files/vrt_sources.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEEPEST 16 /* folders, and VRTs, within each other: a loop of them ends here */

/* --- facts --- */

static int64_t time_ns(const struct stat *info) {
    return (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
}

static uint64_t mix(uint64_t sum, const void *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        sum = (sum ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3; /* FNV-1a */
    return sum;
}

/* One look under a folder. */
typedef struct folder_walk {
    weft_file_facts *out;
    const weft_cancel *cancel;
    weft_error *err;
} folder_walk;

static weft_status add_folder(const folder_walk *walk, const char *folder, int depth);

/* Files are summed up, so that their order in the folder does not matter. */
static weft_status add_entry(const folder_walk *walk, const char *path, int depth) {
    weft_file_facts *out = walk->out;
    struct stat info;
    if (stat(path, &info) != 0) return WEFT_OK;
    if (S_ISDIR(info.st_mode)) return add_folder(walk, path, depth + 1);
    int64_t facts[3] = {(int64_t)info.st_size, time_ns(&info), (int64_t)info.st_ino};
    out->bytes += facts[0];
    if (facts[1] > out->modified_ns) out->modified_ns = facts[1];
    out->contents += mix(mix(0xcbf29ce484222325, path, strlen(path)), facts, sizeof facts);
    return WEFT_OK;
}

static weft_status add_folder(const folder_walk *walk, const char *folder, int depth) {
    DIR *open = depth < DEEPEST ? opendir(folder) : NULL;
    weft_status status = WEFT_OK;
    for (const struct dirent *entry; open != NULL && status == WEFT_OK && (entry = readdir(open)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char *path = weft_text_format("%s/%s", folder, entry->d_name);
        status = weft_cancel_check(walk->cancel, walk->err);
        if (status == WEFT_OK && path != NULL) status = add_entry(walk, path, depth);
        free(path);
    }
    if (open != NULL) (void)closedir(open);
    return status;
}

static weft_status read_virtual(weft_file_facts *out, const char *path) {
    VSIStatBufL info;
    if (VSIStatExL(path, &info, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG | VSI_STAT_SIZE_FLAG) == 0)
        *out = (weft_file_facts){.bytes = (int64_t)info.st_size, .modified_ns = (int64_t)info.st_mtime * 1000000000};
    return WEFT_OK;
}

/* *folder: whether it is one on a plain file system. */
static weft_status read_flat(weft_file_facts *out, const char *path, bool *folder, weft_error *err) {
    struct stat info;
    weft_retry retry = {0};
    int failure;
    *out = (weft_file_facts){.bytes = -1};
    *folder = false;
    if (strncmp(path, "/vsi", 4) == 0) return read_virtual(out, path);
    do
        failure = stat(path, &info) == 0 ? 0 : errno;
    while (failure != 0 && weft_errno_may_pass(failure) && weft_retry_wait(&retry));
    if (failure == 0)
        *out = (weft_file_facts){.bytes = (int64_t)info.st_size,
                                 .modified_ns = time_ns(&info),
                                 .device = (uint64_t)info.st_dev,
                                 .inode = (uint64_t)info.st_ino};
    *folder = failure == 0 && S_ISDIR(info.st_mode);
    /* Text that is no path at all (XML, a name of GDAL's) is not there either. */
    if (failure == 0 || failure == ENOENT || failure == ENOTDIR || failure == ENAMETOOLONG) return WEFT_OK;
    return weft_error_set_errno(err, failure, "%s", path);
}

weft_status weft_file_facts_read_flat(weft_file_facts *out, const char *path, weft_error *err) {
    bool folder;
    return read_flat(out, path, &folder, err);
}

weft_status weft_file_facts_read(weft_file_facts *out, const char *path, const weft_cancel *cancel, weft_error *err) {
    bool folder;
    weft_status status = read_flat(out, path, &folder, err);
    if (status != WEFT_OK || !folder) return status;
    out->bytes = out->modified_ns = 0;
    return add_folder(&(folder_walk){out, cancel, err}, path, 0);
}

/* --- names --- */

/* `name` from `start` up to `end`, where that is there: a file, or a folder where the whole rest is one. */
static char *try_part(const char *name, size_t start, size_t end) {
    struct stat info;
    char *part = weft_text_format("%.*s", (int)(end - start), name + start);
    if (part != NULL && stat(part, &info) == 0 && (!S_ISDIR(info.st_mode) || name[end] != '/')) return part;
    free(part);
    return NULL;
}

/* The longest path that begins at `start`. It ends where the name does, or before a quote, a colon or a slash. */
static char *path_from(const char *name, size_t start) {
    char *found = NULL;
    for (size_t end = strlen(name); end > start + 1 && found == NULL; end--)
        if (name[end] == '\0' || strchr("\":/}", name[end]) != NULL) found = try_part(name, start, end);
    return found;
}

char *weft_file_in_name(const char *name) {
    char *found = NULL;
    if (name[0] == '<') return NULL;
    if (strncmp(name, "/vsi", 4) != 0 && strchr(name, ':') == NULL) return path_from(name, 0);
    for (size_t at = 0; name[at] != '\0' && found == NULL; at++) {
        bool behind = at == 0 || strchr("\":{", name[at - 1]) != NULL;
        bool below = strncmp(name, "/vsi", 4) == 0 && at > 4 && name[at] == '/';
        if (name[at] == '/' && (behind || below)) found = path_from(name, at);
    }
    return found;
}

/* --- what is no file, or may not be read --- */

static weft_status refuse_path(const char *path, weft_error *err) {
    struct stat info;
    if (stat(path, &info) != 0 ? errno == EACCES : access(path, R_OK) != 0)
        return weft_error_set_errno(err, errno, "%s", path);
    if (stat(path, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) return WEFT_OK;
    const char *kind = S_ISFIFO(info.st_mode) ? "a FIFO" : S_ISSOCK(info.st_mode) ? "a socket" : "a device";
    weft_error_set(err, WEFT_ERR_DATA, "%s: %s, not a raster", path, kind);
    weft_error_hint(err, "rasters are read in any order, more than once: write it to a file first");
    return WEFT_ERR_DATA;
}

static weft_status refuse_name(const char *name, int depth, weft_error *err);

static weft_status refuse_source(void *payload, const char *path, weft_error *err) {
    return refuse_name(path, *(const int *)payload + 1, err);
}

static weft_status refuse_name(const char *name, int depth, weft_error *err) {
    static const char *const companions[] = {"", ".aux.xml", ".msk", ".ovr"};
    char *own = weft_text_format("%s", name), *file = weft_file_in_name(name); /* CPL's texts are its own */
    weft_status status = WEFT_OK;
    if (own == NULL) status = weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its name", name);
    if (own != NULL && file == NULL) status = refuse_path(own, err); /* in a folder that may not be looked into */
    for (size_t i = 0; i < sizeof companions / sizeof *companions && file != NULL && status == WEFT_OK; i++) {
        char *path = weft_text_format("%s%s", file, companions[i]);
        status = path == NULL ? weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory for its name", name)
                              : refuse_path(path, err);
        free(path);
    }
    if (status == WEFT_OK && depth < DEEPEST && weft_file_is_vrt(own))
        status = weft_vrt_sources_visit(own, refuse_source, &depth, err);
    free(own);
    free(file);
    return status;
}

weft_status weft_file_refuse_special(const char *name, weft_error *err) {
    return refuse_name(name, 0, err);
}
