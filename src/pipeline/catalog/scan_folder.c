/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* d_type */
#include "pipeline/catalog/scan_folder.h"

#include "core/text.h"
#include "raster/info/raster_header.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A file that was written to within one tick of the clock that stamps files looks unchanged later. So what is as young
 * as that does not count as known. */
#define TICK_NS        INT64_C(50000000)
#define COARSE_TICK_NS INT64_C(2000000000) /* where times are whole seconds */

static int64_t time_ns(const struct timespec *time) {
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

/* The time, or 0 where it is too young to tell. */
static int64_t settled_ns(const struct timespec *time) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    int64_t age = time_ns(&now) - time_ns(time);
    return age < (time->tv_nsec == 0 ? COARSE_TICK_NS : TICK_NS) ? 0 : time_ns(time);
}

static weft_status no_memory(const weft_scan_folder *folder, weft_error *err) {
    return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to list it", folder->path);
}

weft_status weft_scan_folder_open(weft_scan_folder **out, const char *path, weft_error *err) {
    struct stat info;
    *out = NULL;
    if (stat(path, &info) != 0) return weft_error_set_errno(err, errno, "%s", path);
    if (!S_ISDIR(info.st_mode)) return weft_error_set(err, WEFT_ERR_DATA, "%s: not a folder", path);
    weft_scan_folder *folder = calloc(1, sizeof *folder);
    if (folder == NULL || (folder->path = weft_text_format("%s", path)) == NULL) {
        free(folder);
        return weft_error_set(err, WEFT_ERR_MEMORY, "%s: no memory to list it", path);
    }
    folder->holders = 1;
    folder->device = (uint64_t)info.st_dev;
    folder->inode = (uint64_t)info.st_ino;
    folder->modified_ns = settled_ns(&info.st_mtim);
    *out = folder;
    return WEFT_OK;
}

void weft_scan_folder_release(weft_scan_folder *folder) {
    if (folder == NULL || --folder->holders > 0) return;
    for (int i = 0; i < folder->count; i++)
        free(folder->names[i]);
    free(folder->names);
    free(folder->entries);
    free(folder->path);
    free(folder);
}

/* --- names --- */

static weft_status add_name(weft_scan_folder *folder, const char *name, weft_error *err) {
    if (folder->count == folder->capacity) {
        int capacity = folder->capacity == 0 ? 64 : 2 * folder->capacity;
        char **more = realloc(folder->names, (size_t)capacity * sizeof *more);
        if (more == NULL) return no_memory(folder, err);
        folder->names = more;
        folder->capacity = capacity;
    }
    folder->names[folder->count] = strdup(name);
    return folder->names[folder->count++] != NULL ? WEFT_OK : no_memory(folder, err);
}

static weft_status read_names(weft_scan_folder *folder, weft_error *err) {
    DIR *open = opendir(folder->path);
    weft_status status = WEFT_OK;
    if (open == NULL) return weft_error_set_errno(err, errno, "%s: cannot be listed", folder->path);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(open);
        if (entry == NULL && errno != 0)
            status = weft_error_set_errno(err, errno, "%s: cannot be listed", folder->path);
        if (entry == NULL || status != WEFT_OK) break;
        bool any, maybe = weft_raster_header_may_be_raster(entry->d_name) ||
                          weft_raster_header_companion_of(entry->d_name, &any) > 0 || entry->d_type != DT_REG;
        if (entry->d_name[0] != '.' && maybe) status = add_name(folder, entry->d_name, err);
    }
    (void)closedir(open);
    return status;
}

static weft_status add_subfolder(void *payload, int64_t id, const char *path, weft_error *err) {
    (void)id;
    return add_name(payload, strrchr(path, '/') + 1, err);
}

static weft_status take_known_names(weft_scan_folder *folder, weft_catalog *catalog, const weft_catalog_files *known,
                                    weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < known->count && status == WEFT_OK; i++)
        status = add_name(folder, known->items[i].name, err);
    return status == WEFT_OK ? weft_catalog_subfolders(catalog, folder->id, add_subfolder, folder, err) : status;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* --- what the file system says --- */

static bool is_one_raster(const char *folder_name) {
    size_t length = strlen(folder_name);
    return length > 5 && strcmp(folder_name + length - 5, ".zarr") == 0;
}

/* False: it is nothing that counts, or gone. */
static bool look(int fd, const char *name, weft_scan_entry *out) {
    struct stat info;
    *out = (weft_scan_entry){.name = name};
    if (fstatat(fd, name, &info, 0) != 0) {
        /* A link may lead nowhere, or to itself. */
        int failure = errno;
        if (fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return false;
        out->trouble = failure == ENOENT ? "a link that leads nowhere" : strerror(failure);
    }
    out->is_folder = S_ISDIR(info.st_mode) && !is_one_raster(name);
    struct stat own;
    out->is_link = out->is_folder && fstatat(fd, name, &own, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(own.st_mode);
    out->bytes = (int64_t)info.st_size;
    out->modified_ns = time_ns(&info.st_mtim);
    out->changed_ns = settled_ns(&info.st_ctim);
    out->inode = (int64_t)info.st_ino;
    bool any, maybe = weft_raster_header_may_be_raster(name) || weft_raster_header_companion_of(name, &any) > 0;
    return out->is_folder || (maybe && (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode) || S_ISLNK(info.st_mode)));
}

static bool is_same(const weft_scan_entry *entry, const weft_catalog_file *file) {
    return entry->bytes == file->bytes && entry->modified_ns == file->modified_ns &&
           entry->changed_ns == file->changed_ns && entry->changed_ns != 0 && entry->inode == file->inode;
}

static weft_status look_at_all(weft_scan_folder *folder, const weft_catalog_files *known, weft_error *err) {
    int fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), kept = 0, k = 0;
    if (fd < 0) return weft_error_set_errno(err, errno, "%s: cannot be listed", folder->path);
    folder->entries = calloc((size_t)folder->count + 1, sizeof *folder->entries);
    if (folder->entries == NULL) {
        (void)close(fd);
        return no_memory(folder, err);
    }
    for (int i = 0; i < folder->count; i++) {
        weft_scan_entry *entry = &folder->entries[kept];
        if (!look(fd, folder->names[i], entry)) {
            free(folder->names[i]);
            continue;
        }
        while (k < known->count && strcmp(known->items[k].name, entry->name) < 0)
            k++;
        entry->is_known = k < known->count && strcmp(known->items[k].name, entry->name) == 0;
        entry->fid = entry->is_known ? known->items[k].fid : 0;
        entry->opens = !entry->is_folder && (!entry->is_known || !is_same(entry, &known->items[k]));
        folder->names[kept++] = folder->names[i];
    }
    folder->count = kept;
    (void)close(fd);
    return WEFT_OK;
}

/* --- companions --- */

static int first_from(const weft_scan_folder *folder, const char *name, size_t length) {
    int low = 0, high = folder->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (strncmp(folder->entries[middle].name, name, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The rasters that a companion says something of are to be opened: what they declare may be another. */
static void open_owners(weft_scan_folder *folder, const char *companion) {
    bool any, is_companion;
    size_t length = weft_raster_header_companion_of(companion, &any);
    for (int i = first_from(folder, companion, length); length > 0 && i < folder->count; i++) {
        weft_scan_entry *entry = &folder->entries[i];
        if (strncmp(entry->name, companion, length) != 0) break;
        const char *rest = entry->name + length;
        is_companion = weft_raster_header_companion_of(entry->name, &any) > 0;
        if (!entry->is_folder && !is_companion &&
            (rest[0] == '\0' || (rest[0] == '.' && strchr(rest + 1, '.') == NULL)))
            entry->opens = true;
    }
}

const weft_scan_entry *weft_scan_folder_find(const weft_scan_folder *folder, const char *name) {
    int i = first_from(folder, name, strlen(name) + 1);
    return i < folder->count && strcmp(folder->entries[i].name, name) == 0 ? &folder->entries[i] : NULL;
}

weft_status weft_scan_folder_list(weft_scan_folder *folder, weft_catalog *catalog, int64_t listed_ns,
                                  const weft_catalog_files *known, weft_error *err) {
    bool any, listed = listed_ns != 0 && listed_ns == folder->modified_ns;
    weft_status status = listed ? take_known_names(folder, catalog, known, err) : read_names(folder, err);
    if (status != WEFT_OK) return status;
    if (folder->count > 0) qsort(folder->names, (size_t)folder->count, sizeof *folder->names, by_bytes);
    status = look_at_all(folder, known, err);
    if (status != WEFT_OK) return status;
    for (int i = 0; i < folder->count; i++)
        if (folder->entries[i].opens && weft_raster_header_companion_of(folder->entries[i].name, &any) > 0)
            open_owners(folder, folder->entries[i].name);
    for (int i = 0; i < known->count; i++)
        if (weft_raster_header_companion_of(known->items[i].name, &any) > 0 &&
            weft_scan_folder_find(folder, known->items[i].name) == NULL)
            open_owners(folder, known->items[i].name);
    return WEFT_OK;
}

const char **weft_scan_folder_siblings(const weft_scan_folder *folder, const weft_scan_entry *entry) {
    char key[NAME_MAX + 2];
    const char *dot = strrchr(entry->name, '.');
    int length = snprintf(key, sizeof key, "%.*s.", dot != NULL ? (int)(dot - entry->name) : NAME_MAX, entry->name);
    int first = first_from(folder, key, (size_t)length), end = first;
    while (end < folder->count && strncmp(folder->entries[end].name, key, (size_t)length) == 0)
        end++;
    const char **out = malloc(((size_t)(end - first) + 2) * sizeof *out);
    int count = 0;
    if (out == NULL) return NULL;
    if (dot == NULL) out[count++] = entry->name;
    for (int i = first; i < end; i++)
        if (!folder->entries[i].is_folder) out[count++] = folder->entries[i].name;
    out[count] = NULL;
    return out;
}
